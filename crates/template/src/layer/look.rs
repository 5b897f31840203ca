//! Compiling how a layer's box looks: fills, borders, shadows, corners.

use super::read::Compiler;
use super::{BorderExpr, LookExpr, PaintExpr, ShadowExpr, StopExpr};
use crate::expr::{ColorExpr, Len, length};
use crate::read::Node;

/// Shadows of a layer, and stops of a gradient.
const MAX_SHADOWS: usize = 8;
const MAX_STOPS: usize = 16;

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
        }
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
        if !border.only(["width", "color"], &format!("a {key}")) {
            return None;
        }
        for needed in ["width", "color"] {
            if border.get(needed).is_none() {
                border.fault(format!("\"{needed}\" is missing"), None);
            }
        }
        Some(BorderExpr { width: self.pixels(&border, "width", em)?, paint: self.paint(&border, "color")? })
    }

    fn shadows(&self, node: &Node<'_>, em: Option<f64>) -> Vec<ShadowExpr> {
        let Some(list) = node.get("shadows") else { return Vec::new() };
        let items = list.items();
        if items.len() > MAX_SHADOWS {
            list.fault(format!("a layer has at most {MAX_SHADOWS} shadows"), None);
            return Vec::new();
        }
        let read = |shadow: &Node<'_>| {
            if !shadow.only(["x", "y", "blur", "spread", "color"], "a shadow") {
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
            Some(ShadowExpr { x: length("x"), y: length("y"), blur, spread: length("spread"), color: self.color(shadow, "color")? })
        };
        items.iter().filter_map(read).collect()
    }

    pub(crate) fn paint(&self, node: &Node<'_>, key: &str) -> Option<PaintExpr> {
        let paint = node.get(key)?;
        if paint.value.is_string() {
            return self.color_of(&paint).map(PaintExpr::Solid);
        }
        if !paint.value.is_object() {
            return paint.mistyped("a colour or a gradient");
        }
        if paint.get("type").is_none() {
            paint.fault("\"type\" is missing", "linear or radial".to_owned());
        }
        let linear = paint.get("type")?.choice(&[("linear", true), ("radial", false)])?;
        let ease = paint.get("ease").and_then(|ease| ease.bool()).unwrap_or(false);
        let stops = self.stops(&paint)?;
        if linear {
            paint.only(["type", "angle", "stops", "ease"], "a linear gradient");
            let angle = paint.get("angle").and_then(|angle| angle.number(-360.0, 360.0)).unwrap_or(180.0);
            return Some(PaintExpr::Linear { angle: angle as f32, stops, ease });
        }
        paint.only(["type", "center", "radius", "stops", "ease"], "a radial gradient");
        let center = paint.get("center").and_then(|center| numbers(&center, -10.0, 10.0)).unwrap_or([0.5; 2]);
        let radius = paint.get("radius").and_then(|radius| numbers(&radius, 0.001, 20.0)).unwrap_or([1.0; 2]);
        Some(PaintExpr::Radial { center, radius, stops, ease })
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
