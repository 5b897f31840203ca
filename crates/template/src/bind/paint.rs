//! Evaluating paints, borders and shadows.

use crate::bound::{Border, Color, Filter, Mask, Paint, Shadow, Stop};
use crate::color::mix;
use crate::eval::Eval;
use crate::expr::Len;
use crate::layer::{BorderExpr, FilterExpr, LookExpr, MaskExpr, PaintExpr, ShadowExpr, StopExpr};

/// Steps that stand in for a curve between two stops.
const EASED: usize = 8;
/// Steps that follow Oklab between two hues closely enough that nobody sees them.
const MIXED: usize = 4;

pub(super) fn paint(paint: &PaintExpr, eval: &Eval<'_>) -> Paint {
    match paint {
        PaintExpr::Solid(color) => Paint::Solid(color.color(eval)),
        PaintExpr::Linear { angle, stops, ease } => Paint::Linear { angle: *angle, stops: self::stops(stops, *ease, eval) },
        PaintExpr::Radial { center, radius, stops, ease } => {
            Paint::Radial { center: *center, radius: *radius, stops: self::stops(stops, *ease, eval) }
        }
        PaintExpr::Conic { center, angle, stops, ease } => {
            Paint::Conic { center: *center, angle: *angle, stops: self::stops(stops, *ease, eval) }
        }
    }
}

fn stops(exprs: &[StopExpr], ease: bool, eval: &Eval<'_>) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::with_capacity(exprs.len() * MIXED);
    for expr in exprs {
        let next = Stop { offset: expr.at, color: expr.color.color(eval) };
        if let Some(last) = stops.last().copied() {
            between(last, next, ease, &mut stops);
        }
        stops.push(next);
    }
    stops
}

/// Stops on the way from one to the next: the engine mixes neighbours in sRGB.
fn between(from: Stop, to: Stop, ease: bool, out: &mut Vec<Stop>) {
    // A colour that fades keeps its hue: transparent black is no dark smear.
    let same = |a: Color, b: Color| (a.r, a.g, a.b) == (b.r, b.g, b.b);
    let steps = match (ease, same(from.color, to.color)) {
        (true, _) => EASED,
        (false, true) => return,
        (false, false) => MIXED,
    };
    for i in 1..steps {
        let at = i as f32 / steps as f32;
        let t = if ease { at * at * (3.0 - 2.0 * at) } else { at };
        out.push(Stop { offset: from.offset + (to.offset - from.offset) * at, color: mix(from.color, to.color, t) });
    }
}

pub(super) fn border(border: &BorderExpr, eval: &Eval<'_>) -> Border {
    let px = |length: Len| length.px(eval.roles.corner).max(0.0);
    Border { width: px(border.width), paint: paint(&border.paint, eval), dash: border.dash.map(|dash| dash.map(px)), cap: border.cap }
}

pub(super) fn shadow(shadow: &ShadowExpr, eval: &Eval<'_>) -> Shadow {
    let px = |length: Len| length.px(eval.roles.corner);
    Shadow {
        x: px(shadow.x),
        y: px(shadow.y),
        blur: px(shadow.blur).max(0.0),
        spread: px(shadow.spread),
        color: shadow.color.color(eval),
        inset: shadow.inset,
    }
}

fn filter(filter: &FilterExpr, eval: &Eval<'_>) -> Filter {
    Filter {
        blur: filter.blur.px(eval.roles.corner).max(0.0),
        drop_shadow: filter.drop_shadow.as_ref().map(|shadow| self::shadow(shadow, eval)),
        ..filter.plain.clone()
    }
}

/// `suffix` tells copies of one layer apart.
pub(super) fn look(look: &LookExpr, eval: &Eval<'_>, suffix: &str) -> crate::bound::Look {
    crate::bound::Look {
        opacity: look.opacity,
        rotate: look.rotate,
        radius: look.radius.map(|radius| radius.px(eval.roles.corner).max(0.0)),
        border: look.border.as_ref().map(|border| self::border(border, eval)),
        shadows: look.shadows.iter().map(|shadow| self::shadow(shadow, eval)).collect(),
        clip: look.clip,
        fill: look.fill.as_ref().map(|fill| paint(fill, eval)),
        blend: look.blend,
        filter: look.filter.as_ref().map(|filter| self::filter(filter, eval)),
        backdrop: look.backdrop.as_ref().map(|filter| self::filter(filter, eval)),
        mask: look.mask.as_ref().map(|mask| match mask {
            MaskExpr::Paint(paint) => Mask::Paint(self::paint(paint, eval)),
            MaskExpr::Child(id) => Mask::Child(format!("{id}{suffix}")),
        }),
    }
}
