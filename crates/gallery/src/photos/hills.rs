//! Seven ridges in mist before the setting sun.

use super::Painting;
use crate::paint::{Blend, Canvas, fbm, mix, ramp, rgb, scale, smooth};

const SKY: [(f32, u32); 4] = [(0.0, 0x1D2B50), (0.42, 0x63527F), (0.72, 0xE08F70), (0.90, 0xF8CF9F)];

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    let (sun_x, sun_y) = (528.0, 588.0);
    c.each(|x, y, _| {
        let sky = ramp(&SKY, y / 720.0);
        let far = ((x - sun_x).powi(2) + (y - sun_y).powi(2)).sqrt();
        let glow = (1.0 - (far / 400.0).min(1.0)).powi(2) * 0.75;
        let disc = smooth(35.0, 32.5, far);
        mix(Blend::Screen.apply(sky, scale(rgb(0xFFC98A), glow)), rgb(0xFFF3D6), disc)
    });
    for (i, (x, y, rx, ry)) in [
        (180.0, 250.0, 260.0, 13.0),
        (560.0, 320.0, 300.0, 10.0),
        (330.0, 392.0, 220.0, 9.0),
        (690.0, 440.0, 210.0, 8.0),
        (140.0, 480.0, 240.0, 8.0),
    ]
    .into_iter()
    .enumerate()
    {
        let cloud = c.ellipse(x, y, rx, ry);
        let cloud = c.soft(cloud, 14.0);
        c.lay(&cloud, 0.55, Blend::Screen, |px, py| scale(rgb(0xF2A38A), 0.3 + 0.8 * fbm(60 + i as u64, px / 90.0, py / 22.0, 4)));
    }
    for k in 0..7 {
        let depth = k as f32;
        let base = (0.58 + 0.062 * depth) * 1000.0;
        let amplitude = (0.035 + 0.014 * depth) * 1000.0;
        let frequency = 2.2 + 0.55 * depth;
        let crest = |x: f32| base - amplitude * 2.0 * (fbm(70 + k, x / 800.0 * frequency + depth * 3.7, depth, 5) - 0.5);
        let ridge: Vec<(f32, f32)> =
            (-1..=400).map(|i| (i as f32 * 2.02, crest(i as f32 * 2.02))).chain([(820.0, 1010.0), (-10.0, 1010.0)]).collect();
        let mask = c.polygon(&ridge);
        let color = mix(rgb(0xC98A86), rgb(0x0F1730), smooth(-0.4, 6.0, depth));
        c.lay(&mask, 1.0, Blend::Normal, |x, y| {
            let wood = fbm(90 + k, x / 14.0, y / 14.0, 3) - 0.5;
            let lit = mix(color, rgb(0xF8CF9F), 0.20 * smooth(360.0, 0.0, (x - sun_x).abs()) * smooth(60.0, 0.0, y - crest(x)));
            scale(lit, 1.0 + wood * 0.035 * depth)
        });
        // Mist gathers in the valley before the next ridge.
        let strength = 0.20 - 0.045 * depth;
        if strength > 0.0 {
            let rows = (base + 10.0, base + 78.0);
            let band = c.rect(-60.0, rows.0, 920.0, rows.1 - rows.0);
            let band = c.soft(band, 20.0).within(&mask);
            c.tint(&band, rgb(0xFFE2CC), strength, Blend::Normal);
        }
    }
    c.finish(99, 0.28);
    c.into()
}
