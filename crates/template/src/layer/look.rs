//! Compiling how a layer's box looks: fills, borders, shadows, corners.

use super::read::Compiler;
use super::{BorderExpr, FilterExpr, LookExpr, MaskExpr, PaintExpr, ShadowExpr, StopExpr};
use crate::bound::{Blend, Cap, Filter};
use crate::expr::{ColorExpr, Len, length};
use crate::read::Node;

/// Shadows of a layer, and stops of a gradient.
const MAX_SHADOWS: usize = 8;
const MAX_STOPS: usize = 16;

const CAPS: [(&str, Cap); 3] = [("butt", Cap::Butt), ("round", Cap::Round), ("square", Cap::Square)];

/// By their CSS names.
const BLENDS: [(&str, Blend); 16] = [
    ("normal", Blend::Normal),
    ("multiply", Blend::Multiply),
    ("screen", Blend::Screen),
    ("overlay", Blend::Overlay),
    ("darken", Blend::Darken),
    ("lighten", Blend::Lighten),
    ("color-dodge", Blend::ColorDodge),
    ("color-burn", Blend::ColorBurn),
    ("hard-light", Blend::HardLight),
    ("soft-light", Blend::SoftLight),
    ("difference", Blend::Difference),
    ("exclusion", Blend::Exclusion),
    ("hue", Blend::Hue),
    ("saturation", Blend::Saturation),
    ("color", Blend::Color),
    ("luminosity", Blend::Luminosity),
];

impl Compiler<'_> {
    pub(super) fn look(&self, node: &Node<'_>, em: Option<f64>) -> LookExpr {
        let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        LookExpr {
            opacity: number("opacity", 0.0, 1.0).unwrap_or(1.0),
            rotate: number("rotate", -360.0, 360.0).unwrap_or(0.0),
            radius: self.radius(node, em),
            border: self.border(node, "border", em),
            shadows: self.shadows(node, em),
            clip: node.get("clip").and_then(|clip| clip.bool()).unwrap_or(false),
            fill: self.paint(node, "fill"),
            blend: node.get("blend").and_then(|blend| blend.choice(&BLENDS)).unwrap_or_default(),
            filter: self.filter(node, "filter", em),
            backdrop: self.filter(node, "backdrop", em),
            mask: self.mask(node),
        }
    }

    fn filter(&self, node: &Node<'_>, key: &str, em: Option<f64>) -> Option<FilterExpr> {
        let filter = node.get(key)?;
        let known = ["blur", "brightness", "contrast", "saturate", "hueRotate", "grayscale", "sepia", "invert", "dropShadow"].into_iter();
        let backdrop = key == "backdrop";
        filter.only(known.filter(|name| !backdrop || *name != "dropShadow"), if backdrop { "a backdrop" } else { "a filter" });
        let number = |key: &str, max: f64, usual: f32| {
            filter.get(key).and_then(|node| node.number(if key == "hueRotate" { -max } else { 0.0 }, max)).map_or(usual, |n| n as f32)
        };
        let blur = self.pixels(&filter, "blur", em).unwrap_or_default();
        if blur.px < 0.0 {
            filter.fault("\"blur\" is less than 0", None);
        }
        Some(FilterExpr {
            plain: Filter {
                brightness: number("brightness", 10.0, 1.0),
                contrast: number("contrast", 10.0, 1.0),
                saturate: number("saturate", 10.0, 1.0),
                hue_rotate: number("hueRotate", 360.0, 0.0),
                grayscale: number("grayscale", 1.0, 0.0),
                sepia: number("sepia", 1.0, 0.0),
                invert: number("invert", 1.0, 0.0),
                ..Filter::default()
            },
            blur,
            drop_shadow: filter.get("dropShadow").and_then(|shadow| self.shadow(&shadow, &["x", "y", "blur", "color"], em)),
        })
    }

    /// A paint, or `{"layer": id}` of a child.
    fn mask(&self, node: &Node<'_>) -> Option<MaskExpr> {
        let mask = node.get("mask")?;
        let Some(layer) = mask.get("layer") else { return self.paint(node, "mask").map(MaskExpr::Paint) };
        mask.only(["layer"], "a mask");
        let id = layer.string()?;
        let children: Vec<&str> = node.get("children").map_or_else(Vec::new, |list| {
            list.value.as_array().into_iter().flatten().filter_map(|child| child.get("id")?.as_str()).collect()
        });
        if !children.contains(&id) {
            layer.fault(format!("this layer has no child \"{id}\""), crate::suggest::hint(id, children));
        }
        Some(MaskExpr::Child(id.to_owned()))
    }

    fn radius(&self, node: &Node<'_>, em: Option<f64>) -> [Len; 4] {
        let Some(radius) = node.get("radius") else { return [Len::default(); 4] };
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em };
        let corner = |node: &Node<'_>| match node.value.as_str() {
            Some("full") => Len::FULL,
            _ => {
                let length = node.take(length::parse(node.value, context)).unwrap_or_default();
                if length.percent != 0.0 || length.px < 0.0 {
                    node.fault("a radius is 0 or more, and takes no %", "\"full\" is a circle or a pill".to_owned());
                }
                length
            }
        };
        if !radius.value.is_array() {
            return [corner(&radius); 4];
        }
        let corners: Vec<Len> = radius.items().iter().map(corner).collect();
        corners.try_into().unwrap_or_else(|_| {
            radius.fault("radius takes one length, or four from the top left clockwise", None);
            [Len::default(); 4]
        })
    }

    pub(super) fn border(&self, node: &Node<'_>, key: &str, em: Option<f64>) -> Option<BorderExpr> {
        let border = node.get(key)?;
        if !border.only(["width", "color", "dash", "cap"], &format!("a {key}")) {
            return None;
        }
        for needed in ["width", "color"] {
            if border.get(needed).is_none() {
                border.fault(format!("\"{needed}\" is missing"), None);
            }
        }
        Some(BorderExpr {
            width: self.pixels(&border, "width", em)?,
            paint: self.paint(&border, "color")?,
            cap: border.get("cap").and_then(|cap| cap.choice(&CAPS)).unwrap_or(if border.raw("dash").is_some() {
                Cap::Butt
            } else {
                Cap::Round
            }),
            dash: self.dash(&border, em),
        })
    }

    /// One length for dash and space, or two.
    fn dash(&self, border: &Node<'_>, em: Option<f64>) -> Option<[Len; 2]> {
        let dash = border.get("dash")?;
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em };
        let one = |node: &Node<'_>| node.take(length::parse(node.value, context));
        let lengths = match dash.value.is_array() {
            true => dash.raw_items().iter().filter_map(one).collect(),
            false => vec![one(&dash)?; 2],
        };
        match lengths[..] {
            [on, off] if on.percent == 0.0 && off.percent == 0.0 && on.px >= 0.0 && off.px > 0.0 => Some([on, off]),
            _ => {
                dash.fault(
                    "a dash is one length, or two: of the dash and of the space after it",
                    "0 is a dot where \"cap\" is round".to_owned(),
                );
                None
            }
        }
    }

    fn shadows(&self, node: &Node<'_>, em: Option<f64>) -> Vec<ShadowExpr> {
        let Some(list) = node.get("shadows") else { return Vec::new() };
        let items = list.items();
        if items.len() > MAX_SHADOWS {
            list.fault(format!("a layer has at most {MAX_SHADOWS} shadows"), None);
            return Vec::new();
        }
        items.iter().filter_map(|shadow| self.shadow(shadow, &["x", "y", "blur", "spread", "color", "inset"], em)).collect()
    }

    fn shadow(&self, shadow: &Node<'_>, known: &[&str], em: Option<f64>) -> Option<ShadowExpr> {
        if !shadow.only(known.iter().copied(), "a shadow") {
            return None;
        }
        if shadow.get("color").is_none() {
            shadow.fault("\"color\" is missing", None);
        }
        let length = |key: &str| self.pixels(shadow, key, em).unwrap_or_default();
        let blur = length("blur");
        if blur.px < 0.0 {
            shadow.fault("\"blur\" is less than 0", None);
        }
        Some(ShadowExpr {
            x: length("x"),
            y: length("y"),
            blur,
            spread: length("spread"),
            color: self.color(shadow, "color")?,
            inset: shadow.get("inset").and_then(|inset| inset.bool()).unwrap_or(false),
        })
    }

    pub(crate) fn paint(&self, node: &Node<'_>, key: &str) -> Option<PaintExpr> {
        self.paint_of(&node.get(key)?)
    }

    pub(super) fn paint_of(&self, paint: &Node<'_>) -> Option<PaintExpr> {
        if paint.value.is_string() {
            return self.color_of(paint).map(PaintExpr::Solid);
        }
        if !paint.value.is_object() {
            return paint.mistyped("a colour or a gradient");
        }
        if paint.get("type").is_none() {
            paint.fault("\"type\" is missing", "linear, radial or conic".to_owned());
        }
        let kind = paint.get("type")?.choice(&["linear", "radial", "conic"].map(|name| (name, name)))?;
        let ease = paint.get("ease").and_then(|ease| ease.bool()).unwrap_or(false);
        let stops = self.stops(paint)?;
        let angle = |usual: f32| paint.get("angle").and_then(|angle| angle.number(-360.0, 360.0)).map_or(usual, |angle| angle as f32);
        let center = || paint.get("center").and_then(|center| numbers(&center, -10.0, 10.0)).unwrap_or([0.5; 2]);
        Some(match kind {
            "linear" => {
                paint.only(["type", "angle", "stops", "ease"], "a linear gradient");
                PaintExpr::Linear { angle: angle(180.0), stops, ease }
            }
            "radial" => {
                paint.only(["type", "center", "radius", "stops", "ease"], "a radial gradient");
                let radius = paint.get("radius").and_then(|radius| numbers(&radius, 0.001, 20.0)).unwrap_or([1.0; 2]);
                PaintExpr::Radial { center: center(), radius, stops, ease }
            }
            _ => {
                paint.only(["type", "center", "angle", "stops", "ease"], "a conic gradient");
                PaintExpr::Conic { center: center(), angle: angle(0.0), stops, ease }
            }
        })
    }

    fn stops(&self, paint: &Node<'_>) -> Option<Vec<StopExpr>> {
        let Some(list) = paint.get("stops") else {
            paint.fault("\"stops\" is missing", None);
            return None;
        };
        let items = list.items();
        if !(2..=MAX_STOPS).contains(&items.len()) {
            list.fault(format!("a gradient has 2 to {MAX_STOPS} stops"), None);
            return None;
        }
        let last = (items.len() - 1) as f32;
        let mut stops: Vec<StopExpr> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let mut at = i as f32 / last;
            let color: Option<ColorExpr> = if item.value.is_object() {
                item.only(["at", "color"], "a stop");
                at = item.get("at").and_then(|at| at.number(0.0, 1.0)).map_or(at, |at| at as f32);
                if item.get("color").is_none() {
                    item.fault("\"color\" is missing", None);
                }
                self.color(item, "color")
            } else {
                self.color_of(item)
            };
            if stops.last().is_some_and(|before| before.at > at) {
                item.fault("stops go from 0 to 1 and never back", None);
            }
            stops.extend(color.map(|color| StopExpr { at, color }));
        }
        (stops.len() == items.len()).then_some(stops)
    }
}

/// Exactly N numbers.
pub(super) fn numbers<const N: usize>(node: &Node<'_>, min: f64, max: f64) -> Option<[f32; N]> {
    let items = node.items();
    if items.len() != N {
        node.fault(format!("{N} numbers are needed here"), None);
        return None;
    }
    let numbers: Vec<f32> = items.iter().filter_map(|item| item.number(min, max)).map(|number| number as f32).collect();
    numbers.try_into().ok()
}
