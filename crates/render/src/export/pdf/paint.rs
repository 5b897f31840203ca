//! Inks as PDF's paints.

use krilla::{
    blend::BlendMode,
    color::rgb,
    geom::Transform,
    num::NormalizedF32,
    paint::{Fill, LineCap, LinearGradient, RadialGradient, SpreadMethod, Stop},
};
use template::bound::{self, Blend};

use crate::{export::stops::straight, scene::Ink};

/// `None` for what PDF's readers don't agree on.
pub fn fill(ink: &Ink) -> Option<Fill> {
    let (paint, opacity) = match ink {
        Ink::Solid(color) => (solid(*color).into(), alpha(color.a)),
        Ink::Linear { from, to, stops } => {
            let gradient = LinearGradient {
                x1: from.x as f32,
                y1: from.y as f32,
                x2: to.x as f32,
                y2: to.y as f32,
                transform: Transform::identity(),
                spread_method: SpreadMethod::Pad,
                stops: self::stops(stops)?,
                anti_alias: false,
            };
            (gradient.into(), NormalizedF32::ONE)
        }
        Ink::Radial { centre, radii, stops } => {
            let gradient = RadialGradient {
                fx: 0.0,
                fy: 0.0,
                fr: 0.0,
                cx: 0.0,
                cy: 0.0,
                cr: 1.0,
                transform: Transform::from_row(radii.0 as f32, 0.0, 0.0, radii.1 as f32, centre.x as f32, centre.y as f32),
                spread_method: SpreadMethod::Pad,
                stops: self::stops(stops)?,
                anti_alias: false,
            };
            (gradient.into(), NormalizedF32::ONE)
        }
        Ink::Conic { .. } => return None,
    };
    Some(Fill { paint, opacity, rule: Default::default() })
}

fn solid(color: bound::Color) -> rgb::Color {
    rgb::Color::new(color.r, color.g, color.b)
}

fn alpha(alpha: u8) -> NormalizedF32 {
    NormalizedF32::new(f32::from(alpha) / 255.0).unwrap_or(NormalizedF32::ONE)
}

fn stops(list: &[(f32, bound::Color)]) -> Option<Vec<Stop>> {
    let stop = |(offset, color): (f32, bound::Color)| {
        Some(Stop { offset: NormalizedF32::new(offset)?, color: solid(color).into(), opacity: alpha(color.a) })
    };
    straight(list).into_iter().map(stop).collect::<Option<Vec<_>>>().filter(|stops| !stops.is_empty())
}

pub fn cap(cap: bound::Cap) -> LineCap {
    match cap {
        bound::Cap::Butt => LineCap::Butt,
        bound::Cap::Round => LineCap::Round,
        bound::Cap::Square => LineCap::Square,
    }
}

pub fn blend(blend: Blend) -> BlendMode {
    match blend {
        Blend::Normal => BlendMode::Normal,
        Blend::Multiply => BlendMode::Multiply,
        Blend::Screen => BlendMode::Screen,
        Blend::Overlay => BlendMode::Overlay,
        Blend::Darken => BlendMode::Darken,
        Blend::Lighten => BlendMode::Lighten,
        Blend::ColorDodge => BlendMode::ColorDodge,
        Blend::ColorBurn => BlendMode::ColorBurn,
        Blend::HardLight => BlendMode::HardLight,
        Blend::SoftLight => BlendMode::SoftLight,
        Blend::Difference => BlendMode::Difference,
        Blend::Exclusion => BlendMode::Exclusion,
        Blend::Hue => BlendMode::Hue,
        Blend::Saturation => BlendMode::Saturation,
        Blend::Color => BlendMode::Color,
        Blend::Luminosity => BlendMode::Luminosity,
    }
}
