//! A layout for a size that a document has not yet, from the nearest one that it has. Works on the document as it is
//! written, so that a person can go on from there: what comes out is an entry of `templates`.

mod adjust;
mod insert;
mod scale;

use serde_json::{Map, Value, json};

use crate::read::merge_patch;
use scale::Ratios;

pub use adjust::{Edge, hide_texts, push};
pub use insert::insert;

/// The size that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub key: String,
    pub name: String,
    /// A preset's key, or empty.
    pub platform: String,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Key of the size that it began from.
    pub from: String,
    /// The entry of `templates`.
    pub size: Value,
    /// Layers that were left out, each with the reason.
    pub dropped: Vec<(String, &'static str)>,
    /// No size of the document has this shape: the arrangement is that of another one.
    pub foreign: bool,
}

/// Short edges up to which a canvas is a display ad, seen pixel by pixel; and below which it has no room for photographs.
const AD: u32 = 300;
const NO_PHOTO: u32 = 110;
/// From square or upright to landscape, type keeps its share of the width: of the short edge it takes more.
const LANDSCAPE_TYPE: f64 = 1.3;
/// A headline grows where a square becomes taller.
const TALLER_HEADLINE: f64 = 1.1;

/// Shapes that are laid out alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Tall,
    Upright,
    Square,
    Landscape,
    Banner,
}

impl Shape {
    fn of(width: f64, height: f64) -> Self {
        match width / height {
            aspect if aspect < 0.62 => Self::Tall,
            aspect if aspect < 0.9 => Self::Upright,
            aspect if aspect < 1.35 => Self::Square,
            aspect if aspect < 2.5 => Self::Landscape,
            _ => Self::Banner,
        }
    }

    fn is_wide(self) -> bool {
        self >= Self::Landscape
    }
}

/// `from`: the key of the size to begin from; else the nearest of the same shape, or of all: by aspect, then by area.
///
/// # Errors
/// A size that the document has already, or one to begin from that it hasn't.
pub fn propose(document: &Value, wish: &Wish, from: Option<&str>) -> Result<Proposal, String> {
    let sizes = document["templates"].as_array().map(Vec::as_slice).unwrap_or_default();
    let key = |size: &Value| size["key"].as_str().unwrap_or_default().to_owned();
    let keys: Vec<String> = sizes.iter().map(key).collect();
    if keys.contains(&wish.key) {
        return Err(format!("the group has a size {:?} already; name another with --key", wish.key));
    }
    let source = match from {
        Some(from) => sizes.iter().find(|size| size["key"] == from),
        None => sizes
            .iter()
            .min_by(|a, b| shape_distance(a, wish).cmp(&shape_distance(b, wish)).then(distance(a, wish).total_cmp(&distance(b, wish)))),
    };
    let source = source.ok_or_else(|| format!("the group has no size {:?}; it has {}", from.unwrap_or_default(), keys.join(", ")))?;
    let (width, height) = canvas(source);
    let (new_width, new_height) = (f64::from(wish.width), f64::from(wish.height));
    let ratios = Ratios { across: new_width / width, down: new_height / height, short: new_width.min(new_height) / width.min(height) };

    let mut size = source.clone();
    for (name, value) in [("key", &wish.key), ("name", &wish.name), ("platform", &wish.platform)] {
        size[name] = json!(value);
    }
    (size["width"], size["height"]) = (json!(wish.width), json!(wish.height));
    if let Some(members) = size.as_object_mut() {
        if wish.platform.is_empty() {
            members.shift_remove("platform");
        }
        members.shift_remove("note");
    }
    scale::pixels(document, &mut size, ratios);
    let (before, after) = (Shape::of(width, height), Shape::of(new_width, new_height));
    retype(document, &mut size, before, after);
    let dropped = drop(document, &mut size, wish, before, after);
    Ok(Proposal { from: key(source), size, dropped, foreign: before != after })
}

fn canvas(size: &Value) -> (f64, f64) {
    let edge = |name: &str| size[name].as_f64().unwrap_or(1.0).max(1.0);
    (edge("width"), edge("height"))
}

/// Whether a size is laid out like the wish, or has to be turned into another shape.
fn shape_distance(size: &Value, wish: &Wish) -> bool {
    let (width, height) = canvas(size);
    Shape::of(width, height) != Shape::of(wish.width.into(), wish.height.into())
}

/// How far a size is from the wish: its aspect counts, and its area where aspects are the same.
fn distance(size: &Value, wish: &Wish) -> f64 {
    let (width, height) = canvas(size);
    let (new_width, new_height) = (f64::from(wish.width), f64::from(wish.height));
    let apart = |a: f64, b: f64| libm::log(a / b).abs();
    apart(width / height, new_width / new_height) + 1e-3 * apart(width * height, new_width * new_height)
}

/// Type takes another share of the short edge where the layout turns from upright to landscape or back, and headlines
/// grow with a taller canvas.
fn retype(document: &Value, size: &mut Value, before: Shape, after: Shape) {
    let all = match (before.is_wide(), after.is_wide()) {
        (false, true) => LANDSCAPE_TYPE,
        (true, false) => 1.0 / LANDSCAPE_TYPE,
        _ => 1.0,
    };
    let headline = match (before, after) {
        (Shape::Square, Shape::Upright | Shape::Tall) => TALLER_HEADLINE,
        (Shape::Upright | Shape::Tall, Shape::Square) => 1.0 / TALLER_HEADLINE,
        _ => 1.0,
    };
    if all == 1.0 && headline == 1.0 {
        return;
    }
    let layers = layers(document, size);
    let texts: Vec<&Layer> = layers.iter().filter(|layer| layer.value["type"] == "text").collect();
    let first_by_size = texts.iter().max_by(|a, b| share(&a.styled(document, "size")).total_cmp(&share(&b.styled(document, "size"))));
    let first = first_by_size.map(|layer| layer.id().to_owned());
    for layer in texts {
        let factor = if first.as_deref() == Some(layer.id()) { all * headline } else { all };
        for property in ["size", "minSize"] {
            let value = layer.styled(document, property);
            if factor != 1.0 && !value.is_null() {
                patch(size, layer.id(), property, adjust::multiplied(&value, factor));
            }
        }
    }
}

/// A font size as far as it can be compared: `0.12s` by its number, anything else as small.
fn share(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.strip_suffix('s')?.trim().parse().ok()).unwrap_or(0.0)
}

/// What no layout of this shape can use: codes that nobody can scan, links that nobody can follow, photographs without room.
fn drop(document: &Value, size: &mut Value, wish: &Wish, before: Shape, after: Shape) -> Vec<(String, &'static str)> {
    let short = wish.width.min(wish.height);
    let links: Vec<String> = document["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|field| field["type"] == "url")
        .filter_map(|field| Some(format!("{{{{{}}}}}", field["name"].as_str()?)))
        .collect();
    let mut dropped = Vec::new();
    for layer in layers(document, size) {
        let value = &layer.value;
        let logo = value["source"].as_str().is_some_and(|source| source.starts_with("brand.logos"));
        let why = match value["type"].as_str() {
            _ if value["hidden"] == true => continue,
            Some("qr") if after.is_wide() && !before.is_wide() || short <= AD => "a QR code on this shape can't be scanned",
            Some("image") if short < NO_PHOTO && !logo => "there is no room for a photograph",
            Some("text")
                if after == Shape::Tall
                    && before != Shape::Tall
                    && value["text"].as_str().is_some_and(|text| links.iter().any(|link| link == text)) =>
            {
                "a link in a story can't be followed"
            }
            _ => continue,
        };
        adjust::hide(size, layer.id());
        dropped.push((layer.id().to_owned(), why));
    }
    dropped
}

/// Whether text is seen pixel by pixel there, and needs 11 of them.
pub fn is_ad(width: u32, height: u32) -> bool {
    width.min(height) <= AD
}

/// A layer of one size: its properties with the overrides merged in, and the ids of those that hold it, outermost first.
struct Layer {
    value: Value,
    holders: Vec<String>,
    /// Its holder is a stack that places it.
    flows: bool,
}

impl Layer {
    fn id(&self) -> &str {
        self.value["id"].as_str().unwrap_or_default()
    }

    /// A property of its own or of its style.
    fn styled(&self, document: &Value, property: &str) -> Value {
        let own = &self.value[property];
        let style = self.value["style"].as_str().map_or(&Value::Null, |style| &document["styles"][style][property]);
        if own.is_null() { style.clone() } else { own.clone() }
    }
}

/// Every layer with an id that the size has.
fn layers(document: &Value, size: &Value) -> Vec<Layer> {
    let own = &size["layers"];
    let list = if own.is_array() { own } else { &document["layers"] };
    let mut all = Vec::new();
    collect(document, size, list, &[], false, &mut all);
    all
}

fn collect(document: &Value, size: &Value, list: &Value, holders: &[String], in_stack: bool, all: &mut Vec<Layer>) {
    for entry in list.as_array().into_iter().flatten() {
        let mut value = entry.clone();
        if let Some(base) = entry["use"].as_str().and_then(|id| shared(&document["layers"], id)) {
            value = base.clone();
            merge_patch(&mut value, entry);
        }
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        if let Some(patch) = size["overrides"].get(&id) {
            merge_patch(&mut value, patch);
        }
        let children = value["children"].clone();
        let stack = value["type"] == "stack";
        let flows = in_stack && value["absolute"] != true;
        let inner = [holders, std::slice::from_ref(&id)].concat();
        if !id.is_empty() {
            all.push(Layer { value, holders: holders.to_vec(), flows });
        }
        collect(document, size, &children, &inner, stack, all);
    }
}

fn shared<'a>(list: &'a Value, id: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find_map(|layer| if layer["id"] == id { Some(layer) } else { shared(&layer["children"], id) })
}

/// Sets one property of one layer for this size alone.
fn patch(size: &mut Value, layer: &str, property: &str, value: Value) {
    let Some(members) = size.as_object_mut() else { return };
    let overrides = members.entry("overrides").or_insert_with(|| Value::Object(Map::new()));
    if let Some(overrides) = overrides.as_object_mut()
        && let Some(layer) = overrides.entry(layer).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
    {
        layer.insert(property.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
