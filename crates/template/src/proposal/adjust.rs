//! Small changes to a proposed size after it was looked at.

use serde_json::{Value, json};

use super::{Layer, layers, patch};

/// An edge of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    Top,
    Right,
    Bottom,
    Left,
}

impl Edge {
    pub const ALL: [Self; 4] = [Self::Top, Self::Right, Self::Bottom, Self::Left];

    /// As pins and warnings name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Right => "right",
            Self::Bottom => "bottom",
            Self::Left => "left",
        }
    }

    fn opposite(self) -> Self {
        match self {
            Self::Top => Self::Bottom,
            Self::Right => Self::Left,
            Self::Bottom => Self::Top,
            Self::Left => Self::Right,
        }
    }
}

/// Leaves a layer out of a size.
pub(super) fn hide(size: &mut Value, layer: &str) {
    patch(size, layer, "hidden", json!(true));
}

/// Leaves texts out of a size, and whatever holds nothing else to read or to look at: a chip goes with its word.
pub fn hide_texts(document: &Value, size: &mut Value, texts: &[String]) {
    let mut layers = layers(document, size);
    let goes = |layer: &Layer| layer.value["hidden"] == true || texts.iter().any(|text| text == layer.id());
    let empty = |holder: &Layer| {
        let held = layers.iter().filter(|layer| layer.holders.iter().any(|id| id == holder.id()));
        let mut told =
            held.filter(|layer| !matches!(layer.value["type"].as_str(), Some("shape" | "group" | "stack" | "pattern"))).peekable();
        told.peek().is_some() && told.all(goes)
    };
    let hidden: Vec<String> = layers.iter().filter(|layer| goes(layer) || empty(layer)).map(|layer| layer.id().to_owned()).collect();
    layers.retain(|layer| {
        hidden.iter().any(|id| id == layer.id()) && layer.holders.iter().all(|holder| hidden.iter().all(|id| id != holder))
    });
    layers.iter().for_each(|layer| hide(size, layer.id()));
}

/// Moves layers away from edges, each by at least so many pixels: by the variable that their pin names, so that what hangs
/// on the same one moves along, else by the pin. Whoever holds a layer is moved in its place, the outermost first, unless it
/// lies flush with the edge. Gives what was moved; layers that no pin holds there are not among it.
pub fn push(document: &Value, size: &mut Value, wanted: &[(String, Edge, f64)]) -> Vec<(String, Edge, f64)> {
    let layers = layers(document, size);
    let mut targets: Vec<(Target, f64)> = Vec::new();
    let mut moved = Vec::new();
    for (id, edge, by) in wanted {
        // A repeated layer is told with its number, `chip.2`.
        let known = layers.iter().find(|layer| id.strip_prefix(layer.id()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
        let Some(target) = known.and_then(|layer| target(document, size, &layers, layer, *edge)) else { continue };
        moved.push((id.clone(), *edge, *by));
        match targets.iter_mut().find(|(other, _)| *other == target) {
            Some((_, most)) => *most = most.max(*by),
            None => targets.push((target, *by)),
        }
    }
    for (Target { place, value, away }, by) in targets {
        let value = added(&value, if away { by } else { -by });
        match place {
            Place::Variable(name) => size["vars"][name] = value,
            Place::Pin(layer, property) => patch(size, &layer, &property, value),
        }
    }
    moved
}

#[derive(PartialEq)]
struct Target {
    place: Place,
    value: Value,
    /// A larger value leads away from the edge.
    away: bool,
}

#[derive(PartialEq)]
enum Place {
    Variable(String),
    Pin(String, String),
}

fn target(document: &Value, size: &Value, layers: &[Layer], layer: &Layer, edge: Edge) -> Option<Target> {
    let holders = layer.holders.iter().filter_map(|id| layers.iter().find(|other| other.id() == id));
    let chain: Vec<&Layer> = holders.chain([layer]).filter(|layer| !layer.flows).collect();
    let pinned = |edge: Edge, flush: bool| {
        let pins = chain.iter().map(|layer| (layer, &layer.value[edge.name()]));
        pins.filter(|(_, pin)| !pin.is_null())
            .find(|(layer, pin)| flush || pin.as_f64() != Some(0.0) || layer.id() == chain.last().map_or("", |last| last.id()))
    };
    let found = pinned(edge, false)
        .map(|found| (found, edge, true))
        .or_else(|| pinned(edge.opposite(), false).map(|found| (found, edge.opposite(), false)));
    let ((layer, pin), edge, away) = found?;
    let variable =
        pin.as_str().and_then(|text| text.strip_prefix('$')).filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    if let Some(name) = variable {
        let own = &size["vars"][name];
        let value = if own.is_null() { document["vars"][name].clone() } else { own.clone() };
        return Some(Target { place: Place::Variable(name.to_owned()), value, away });
    }
    Some(Target { place: Place::Pin(layer.id().to_owned(), edge.name().to_owned()), value: pin.clone(), away })
}

/// Whole where it is.
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e9 { json!(number as i64) } else { json!(number) }
}

/// A length and some pixels more.
fn added(value: &Value, pixels: f64) -> Value {
    let pixels = if pixels < 0.0 { pixels.floor() } else { pixels.ceil() };
    if let Some(length) = value.as_f64() {
        return number(length + pixels);
    }
    let text = value.as_str().unwrap_or_default();
    // What was added before is one number with it.
    let before = text.rsplit_once(" + ").and_then(|(rest, last)| Some((rest, last.parse::<f64>().ok()?)));
    let (rest, pixels) = before.map_or((text, pixels), |(rest, last)| (rest, last + pixels));
    json!(if pixels < 0.0 { format!("{rest} - {}", -pixels) } else { format!("{rest} + {pixels}") })
}

/// A length times a number.
pub(super) fn multiplied(value: &Value, factor: f64) -> Value {
    let rounded = |number: f64| (number * factor * 1e4).round() / 1e4;
    if let Some(length) = value.as_f64() {
        return number(rounded(length));
    }
    let text = value.as_str().unwrap_or_default().trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    match text[..text.len() - unit.len()].parse::<f64>() {
        Ok(number) if !unit.is_empty() && unit.chars().all(char::is_alphabetic) => json!(format!("{}{unit}", rounded(number))),
        _ => json!(format!("({text}) * {factor}")),
    }
}
