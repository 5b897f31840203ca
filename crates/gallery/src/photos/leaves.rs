//! Three depths of leaves: the far ones dark and out of focus, the near ones sharp and lit.

use std::f32::consts::PI;

use vello_cpu::kurbo::{Affine, BezPath};

use super::Painting;
use crate::paint::{Blend, Canvas, Random, WIDTH, fbm, mix, ramp, rgb, scale, smooth};

struct Layer {
    count: usize,
    blur: f32,
    length: (f32, f32),
    light: f32,
}

const LAYERS: [Layer; 3] = [
    Layer { count: 26, blur: 7.0, length: (0.24, 0.40), light: 0.36 },
    Layer { count: 18, blur: 2.2, length: (0.26, 0.46), light: 0.68 },
    Layer { count: 11, blur: 0.0, length: (0.34, 0.52), light: 1.0 },
];
const GREENS: [[u32; 2]; 4] = [[0x3F7A4E, 0x2B5E3D], [0x5B8F4A, 0x3E7139], [0x2F6B57, 0x1F5144], [0x7FA65A, 0x567F41]];

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| {
        let tone = fbm(90, x / 150.0, y / 150.0, 4);
        ramp(&[(0.0, 0x1C382C), (1.0, 0x0A1611)], (y / 1000.0 * 0.7 + tone * 0.4).clamp(0.0, 1.0))
    });
    let mut random = Random::new(29);
    for layer in &LAYERS {
        for i in 0..layer.count {
            // Spread evenly by a low-discrepancy walk, then shaken.
            let along = i as f32 / layer.count as f32;
            let x = ((i as f32 * 0.618_034).fract() * 1.25 - 0.12) * WIDTH + random.between(-50.0, 50.0);
            let y = (along * 1.2 - 0.02) * 1000.0 + random.between(-60.0, 60.0);
            let length = random.between(layer.length.0, layer.length.1) * WIDTH;
            let turn = random.between(-1.0, 1.0) * 1.15 + (x / WIDTH - 0.5) * 1.3;
            let greens = GREENS[(random.unit() * 4.0) as usize % 4];
            leaf(&mut c, layer, (x, y), length, turn, greens);
        }
    }
    // Light falls in from the top left.
    c.each(|x, y, color| {
        let far = (x * x + (y + 60.0) * (y + 60.0)).sqrt() / 1050.0;
        let lit = Blend::Screen.apply(color, scale(rgb(0xFFF1B8), 0.30 * (1.0 - smooth(0.0, 1.0, far))));
        scale(lit, 1.05 - 0.25 * smooth(0.4, 1.2, far))
    });
    c.finish(31, 0.45);
    c.into()
}

fn leaf(c: &mut Canvas, layer: &Layer, at: (f32, f32), length: f32, turn: f32, greens: [u32; 2]) {
    let width = length * 0.19;
    // From the stalk at 0 up to the tip at −length, bent a little.
    let bend = length * 0.05;
    let data = format!(
        "M0 0C{} {} {} {} {} {}C{} {} {} {} 0 0Z",
        -width * 1.25,
        -length * 0.18,
        -width * 1.2,
        -length * 0.66,
        bend,
        -length,
        width * 1.35,
        -length * 0.60,
        width * 1.1,
        -length * 0.16,
    );
    let place = Affine::translate((f64::from(at.0), f64::from(at.1))) * Affine::rotate(f64::from(turn));
    let mask = c.shape(&(place * BezPath::from_svg(&data).unwrap_or_default()));
    let shadow = c.moved(mask.clone(), 14.0, 22.0);
    let shadow = c.soft(shadow, 14.0);
    c.tint(&shadow, [0.01, 0.03, 0.02], 0.6, Blend::Normal);

    let (sin, cos) = libm::sincosf(-turn);
    let [lit, dim] = greens.map(rgb);
    let gloss = mix(lit, rgb(0xE9F3C8), 0.6);
    let blade = c.soft(mask, layer.blur);
    c.lay(&blade, 1.0, Blend::Normal, |x, y| {
        let (dx, dy) = (x - at.0, y - at.1);
        let (u, v) = (dx * cos - dy * sin, -(dx * sin + dy * cos) / length);
        let rib = u - bend * v * v;
        let side = rib / width;
        let mut color = if rib < 0.0 { lit } else { dim };
        color = mix(color, scale(color, 0.62), smooth(0.2, 1.0, side.abs()));
        color = mix(color, gloss, 0.34 * smooth(0.5, 0.0, (side + 0.45).abs()) * (v * PI).sin().max(0.0));
        // Seven pairs of veins leave the midrib at an angle.
        let phase = ((v + 0.02) * 8.0 - side.abs() * 1.15).fract();
        let vein = smooth(0.12, 0.0, (phase - 0.5).abs()) * smooth(0.02, 0.10, v) * smooth(1.0, 0.8, v);
        color = mix(color, scale(gloss, 0.9), vein * 0.30);
        color = mix(color, gloss, 0.75 * smooth(width * 0.055 * (1.2 - v), 0.0, rib.abs()));
        scale(color, layer.light * (0.78 + 0.3 * v))
    });
}
