//! Towers at blue hour, doubled by still water.

use super::Painting;
use crate::paint::{Blend, Canvas, Random, fbm, mix, ramp, rgb, scale, smooth};

/// Where the water begins.
const HORIZON: f32 = 640.0;
const SKY: [(f32, u32); 4] = [(0.0, 0x0C1A3A), (0.45, 0x2B4A86), (0.8, 0xC07A7E), (1.0, 0xF3B27D)];

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| {
        let cloud = fbm(170, x / 260.0, y / 50.0, 5) - 0.5;
        mix(ramp(&SKY, (y / HORIZON + cloud * 0.08).clamp(0.0, 1.0)), rgb(0xF7C29B), smooth(0.12, 0.3, cloud) * 0.25)
    });
    let mut random = Random::new(171);
    for row in 0..3 {
        towers(&mut c, &mut random, row);
    }
    // The water repeats what stands above it, in lines that sway more the nearer they are.
    let above = c.pixels.clone();
    let (width, height) = (c.width, c.height);
    let step = width as f32 / 800.0;
    c.each(|x, y, color| {
        if y < HORIZON {
            return color;
        }
        let depth = (y - HORIZON) / (1000.0 - HORIZON);
        let sway =
            (libm::sinf(y * 0.55 + 3.0 * fbm(172, x / 60.0, y / 9.0, 2)) + 2.0 * (fbm(173, x / 40.0, y / 4.0, 3) - 0.5)) * 13.0 * depth;
        let from_x = ((x + sway) * step).clamp(0.0, width as f32 - 1.0) as usize;
        let from_y = ((HORIZON - (y - HORIZON) * 1.35 - 2.0).max(0.0) * step).min(height as f32 - 1.0) as usize;
        let mirrored = above[from_y * width + from_x];
        mix(mirrored, rgb(0x0A1430), 0.25 + 0.57 * depth)
    });
    let shore = c.rect(0.0, HORIZON - 5.0, 800.0, 9.0);
    c.tint(&c.soft(shore, 2.0), rgb(0x0B1228), 0.85, Blend::Normal);
    for _ in 0..26 {
        let (x, y, size) = (random.between(0.0, 800.0), HORIZON + random.between(-14.0, 6.0), random.between(3.0, 9.0));
        let disc = c.ellipse(x, y, size, size);
        let color = if random.unit() > 0.3 { rgb(0xFFD08A) } else { rgb(0xFF8E6B) };
        c.tint(&c.soft(disc, 3.0), color, random.between(0.3, 0.7), Blend::Screen);
    }
    c.finish(175, 0.30);
    c.into()
}

fn towers(c: &mut Canvas, random: &mut Random, row: usize) {
    let tone = [0x7D6F94, 0x3A4272, 0x141C3C][row];
    let chance = [0.10, 0.20, 0.24][row];
    let tallest = [250.0, 330.0, 390.0][row];
    let mut x = -20.0;
    while x < 810.0 {
        let width = random.between(0.035, 0.105) * 800.0;
        let height = 60.0 + tallest * random.unit().powi(2) + row as f32 * 10.0;
        let top = HORIZON - height;
        let body = c.rect(x, top, width, height + 4.0);
        let haze = 0.55 - 0.2 * row as f32;
        c.lay(&body, 1.0, Blend::Normal, |px, y| {
            let lit = mix(rgb(tone), rgb(0xE9A98A), haze * smooth(HORIZON - 260.0, HORIZON, y));
            scale(lit, 1.08 - 0.16 * ((px - x) / width))
        });
        if random.unit() > 0.7 {
            let mast = c.rect(x + width * 0.5 - 1.0, top - 34.0, 2.0, 34.0);
            c.tint(&mast, rgb(tone), 1.0, Blend::Normal);
        }
        let (columns, rows) = ((width / 8.0) as usize, (height / 11.0) as usize);
        for j in 1..rows {
            for i in 0..columns {
                let strength = random.between(0.35, 0.95);
                if random.unit() < chance {
                    let pane = c.rect(x + 3.0 + i as f32 * 8.0, top + j as f32 * 11.0, 4.0, 5.5);
                    c.tint(&pane, rgb(0xFFDFA6), strength * (0.55 + 0.2 * row as f32), Blend::Screen);
                }
            }
        }
        x += width + random.between(-4.0, 7.0);
    }
}
