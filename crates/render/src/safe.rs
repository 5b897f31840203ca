//! Safe zones: texts (by their lines) and logos (by their boxes) that stand where the platform lays its own things.

use serde_json::{Map, Value, json};
use template::{
    Bound, Severity, Warning, WarningCode,
    bound::{Kind, Mask, SafeZone, Source},
};
use vello_cpu::kurbo::{Affine, Rect};

use crate::{geometry, layout::Placed};

/// Shares of the short edge that nobody sees: platforms' figures are round, and large type is moved by this much for the eye.
const SLACK: f64 = 0.008;

/// One warning for each layer that leaves the free area, in the document's order; figures are pixels of the canvas.
pub fn warnings(bound: &Bound, placed: &[Placed]) -> Vec<Warning> {
    let Some(zone) = &bound.safe_zone else { return Vec::new() };
    let (width, height) = (f64::from(bound.width), f64::from(bound.height));
    let mut look = Look { zone, width, height, slack: SLACK * width.min(height), warnings: Vec::new() };
    for node in placed {
        look.node(node, Affine::IDENTITY);
    }
    look.warnings
}

struct Look<'a> {
    zone: &'a SafeZone,
    width: f64,
    height: f64,
    slack: f64,
    warnings: Vec<Warning>,
}

impl Look<'_> {
    fn node(&mut self, placed: &Placed, turn: Affine) {
        let look = &placed.node.look;
        if placed.node.place.bleed || look.opacity <= 0.0 {
            return;
        }
        let frame = placed.frame.rect();
        let turn = match look.rotate {
            rotate if rotate % 360.0 != 0.0 && rotate.is_finite() => {
                turn * geometry::rotation(if placed.mirrored { -rotate } else { rotate }, frame.center())
            }
            _ => turn,
        };
        match &placed.node.kind {
            Kind::Text(text) => {
                if let Some(block) = placed.letters(text) {
                    let name = text.field.as_deref().unwrap_or(&placed.node.id);
                    self.held(name, text.field.as_ref(), placed, turn.transform_rect_bbox(block));
                }
            }
            Kind::Image(image) if matches!(image.source, Source::Logo { .. }) => {
                self.held("The logo", None, placed, turn.transform_rect_bbox(frame));
            }
            _ => {}
        }
        // What only cuts others is not seen itself.
        let cuts = |child: &Placed| matches!(&look.mask, Some(Mask::Child(id)) if *id == child.node.id);
        for child in placed.children.iter().filter(|child| !cuts(child)) {
            self.node(child, turn);
        }
    }

    /// Holds a box against the zone; `name` begins the sentence.
    fn held(&mut self, name: &str, field: Option<&String>, placed: &Placed, found: Rect) {
        let (mut measured, mut limit, mut told) = (Map::new(), Map::new(), Vec::new());
        let distances = [found.y0, self.width - found.x1, self.height - found.y1, found.x0];
        for ((edge, distance), free) in ["top", "right", "bottom", "left"].into_iter().zip(distances).zip(self.zone.edges.map(f64::from)) {
            if distance + self.slack < free {
                measured.insert(edge.to_owned(), json!(distance.round()));
                limit.insert(edge.to_owned(), json!(free.round()));
                told.push(format!("{:.0} of {free:.0} px from the {edge}", distance.round()));
            }
        }
        for [left, top, width, height] in self.zone.covers.iter().map(|covers| covers.map(f64::from)) {
            let both = found.intersect(Rect::new(left, top, left + width, top + height));
            if both.width() > self.slack && both.height() > self.slack {
                measured.insert("covered".to_owned(), rounded(both));
                limit.insert("free".to_owned(), json!([left, top, width, height].map(f64::round)));
                told.push(format!("{:.0} × {:.0} px under what lies over the picture", both.width(), both.height()));
            }
        }
        if told.is_empty() {
            return;
        }
        measured.insert("layer".to_owned(), json!(placed.node.id));
        limit.insert("platform".to_owned(), json!(self.zone.platform));
        self.warnings.push(Warning {
            code: WarningCode::SafeZoneViolation,
            severity: Severity::Warning,
            field: field.cloned(),
            message: format!("{name} leaves the safe area of {}: {}.", self.zone.platform, told.join(", ")),
            measured,
            limit,
        });
    }
}

fn rounded(rect: Rect) -> Value {
    json!([rect.x0, rect.y0, rect.width(), rect.height()].map(f64::round))
}
