//! Colours of a painting: gamma-coded sRGB, 0 to 1, mixed as painters and browsers mix them.

use super::noise::lerp;

pub type Rgb = [f32; 3];

/// From `0xRRGGBB`.
pub fn rgb(hex: u32) -> Rgb {
    [16, 8, 0].map(|shift| ((hex >> shift) & 255) as f32 / 255.0)
}

pub fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [0, 1, 2].map(|i| lerp(a[i], b[i], t))
}

pub fn scale(color: Rgb, factor: f32) -> Rgb {
    color.map(|channel| channel * factor)
}

/// The colour at `t` of a gradient whose stops rise.
pub fn ramp(stops: &[(f32, u32)], t: f32) -> Rgb {
    let after = stops.iter().position(|(at, _)| *at >= t).unwrap_or(stops.len());
    match (after.checked_sub(1).and_then(|i| stops.get(i)), stops.get(after)) {
        (Some(&(from, a)), Some(&(to, b))) => mix(rgb(a), rgb(b), (t - from) / (to - from).max(1e-6)),
        (None, Some(&(_, only))) | (Some(&(_, only)), None) => rgb(only),
        (None, None) => [0.0; 3],
    }
}

#[derive(Clone, Copy)]
pub enum Blend {
    Normal,
    Multiply,
    Screen,
    SoftLight,
}

impl Blend {
    pub fn apply(self, below: Rgb, above: Rgb) -> Rgb {
        [0, 1, 2].map(|i| {
            let (b, a) = (below[i].clamp(0.0, 1.0), above[i]);
            match self {
                Self::Normal => a,
                Self::Multiply => b * a,
                Self::Screen => 1.0 - (1.0 - b) * (1.0 - a),
                // The smooth variant, without the square root's kink.
                Self::SoftLight => (1.0 - 2.0 * a) * b * b + 2.0 * a * b,
            }
        })
    }
}
