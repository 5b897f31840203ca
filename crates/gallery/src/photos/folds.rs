//! Sheets of coloured paper, one curve over the other.

use super::Painting;
use crate::paint::{Blend, Canvas, fbm, mix, ramp, rgb, scale, smooth};

const PALETTE: [(f32, u32); 4] = [(0.0, 0xF4B183), (0.36, 0xE4572E), (0.70, 0x7A1F3D), (1.0, 0x2B1035)];

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| ramp(&PALETTE, ((x * 0.35 + y) / 1280.0 - 0.12).clamp(0.0, 1.0)));
    for k in 0..8 {
        let depth = k as f32 / 7.0;
        let base = -30.0 + 128.0 * k as f32;
        let sway = if k % 2 == 0 { 1.0 } else { -0.75 };
        let crest = |x: f32| {
            let t = x / 800.0;
            base + 150.0 * sway * (libm::sinf(t * 3.4 + k as f32 * 0.9) * 0.55) + 110.0 * (t - 0.5) * sway
        };
        let edge: Vec<(f32, f32)> =
            (-10..=210).map(|i| (i as f32 * 4.0, crest(i as f32 * 4.0))).chain([(850.0, 1300.0), (-50.0, 1300.0)]).collect();
        let mask = c.polygon(&edge);
        let shadow = c.moved(mask.clone(), 0.0, -20.0);
        c.tint(&c.soft(shadow, 34.0), rgb(0x1A0716), 0.55, Blend::Multiply);
        let tight = c.moved(mask.clone(), 0.0, -3.0);
        c.tint(&c.soft(tight, 5.0), rgb(0x1A0716), 0.35, Blend::Multiply);
        let own = 0.06 + depth * 0.86;
        c.lay(&mask, 1.0, Blend::Normal, |x, y| {
            let below = y - crest(x);
            let inner = smooth(0.0, 300.0, below);
            let curl = smooth(16.0, 0.0, below);
            let tone = ramp(&PALETTE, (own - 0.10 + inner * 0.24 + (x / 800.0 - 0.5) * 0.12).clamp(0.0, 1.0));
            mix(tone, rgb(0xFFE3C4), 0.30 * curl * (1.0 - depth * 0.55))
        });
    }
    c.each(|x, y, color| {
        let along = (x + y * 0.8) / 1600.0;
        let lit = Blend::Screen.apply(color, [0.17 * smooth(0.55, 0.0, along); 3]);
        let paper = fbm(120, x / 2.6, y / 2.6, 3) - 0.5;
        scale(lit, (1.0 - 0.25 * smooth(0.5, 1.05, along)) * (1.0 + paper * 0.07))
    });
    c.finish(121, 0.18);
    c.into()
}
