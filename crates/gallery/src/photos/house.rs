//! Two stacked volumes with lit windows at dusk, a path and a lawn before them.

use super::Painting;
use crate::paint::{Blend, Canvas, Random, fbm, mix, ramp, rgb, scale, smooth};

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| {
        let sky = ramp(&[(0.0, 0x35588F), (0.5, 0x9DB4CC), (1.0, 0xF4CFA2)], (y / 640.0).min(1.0));
        let cloud = smooth(0.5, 0.8, fbm(150, x / 230.0, y / 60.0, 5)) * 0.5;
        mix(sky, rgb(0xFBE3C8), cloud)
    });
    let mut random = Random::new(151);
    for layer in 0..3 {
        let tone = [0x6E8794, 0x4A6560, 0x2E4740][layer];
        for _ in 0..30 {
            let x = random.between(-40.0, 840.0);
            // The crowns stand apart in the middle, where the house is.
            let edge = (x / 400.0 - 1.0).abs();
            let y = 620.0 - edge * 150.0 + random.between(-50.0, 50.0) + layer as f32 * 22.0;
            let size = random.between(34.0, 74.0);
            let disc = c.ellipse(x, y, size, size * 0.9);
            let disc = c.soft(disc, 9.0 - 2.5 * layer as f32);
            c.lay(&disc, 0.9, Blend::Normal, |px, py| {
                let leaf = fbm(152, px / 9.0, py / 9.0, 4) - 0.5;
                scale(mix(rgb(tone), rgb(0xE8B27A), 0.22 * smooth(500.0, -100.0, px)), 1.0 + leaf * 0.5)
            });
        }
    }
    let ground = c.path("M0 706H800V1000H0Z");
    c.lay(&ground, 1.0, Blend::Normal, |x, y| {
        let patch = fbm(153, x / 70.0, y / 20.0, 4) - 0.5;
        ramp(&[(0.0, 0x55703F), (0.35, 0x41602F), (1.0, 0x22391D)], ((y - 706.0) / 300.0 + patch * 0.4).clamp(0.0, 1.0))
    });
    blades(&mut c, &mut random);
    way(&mut c);
    volumes(&mut c);

    c.each(|x, y, color| {
        let far = ((x + 60.0).powi(2) + (y - 520.0).powi(2)).sqrt() / 760.0;
        Blend::Screen.apply(color, scale(rgb(0xFFC27A), 0.34 * smooth(1.0, 0.0, far)))
    });
    c.finish(155, 0.30);
    c.into()
}

fn blades(c: &mut Canvas, random: &mut Random) {
    for _ in 0..900 {
        let depth = random.unit();
        let (x, y) = (random.between(-10.0, 810.0), 716.0 + depth * depth * 290.0);
        let height = 5.0 + depth * 20.0;
        let lean = random.between(-0.4, 0.4) * height;
        let blade = c.line(&format!("M{x} {y}Q{x} {} {} {}", y - height * 0.6, x + lean, y - height), 0.8 + depth * 1.6);
        let tone = mix(rgb(0x8FA35B), rgb(0x2C4A24), random.unit());
        c.tint(&blade, tone, 0.55, Blend::Normal);
    }
}

fn way(c: &mut Canvas) {
    let way = c.path("M420 724H520L660 1000H250Z");
    c.lay(&c.soft(way, 1.0), 1.0, Blend::Normal, |x, y| {
        let stone = fbm(154, x / 34.0, y / 12.0, 4) - 0.5;
        let joint = smooth(0.05, 0.0, ((y - 724.0) / 36.0 - ((y - 724.0) / 90.0).powi(2) * 0.4).fract().min(0.5));
        let tone = ramp(&[(0.0, 0xD8C4A8), (1.0, 0x8E7C68)], ((y - 724.0) / 280.0 + stone * 0.3).clamp(0.0, 1.0));
        scale(tone, 1.0 - 0.3 * joint)
    });
}

fn volumes(c: &mut Canvas) {
    let shadow = c.rect(90.0, 700.0, 640.0, 34.0);
    c.tint(&c.soft(shadow, 12.0), rgb(0x0D160C), 0.7, Blend::Multiply);
    // Ground floor, dark; upper floor, pale, reaching over it at the left.
    let lower = c.rect(180.0, 520.0, 520.0, 196.0);
    c.lay(&lower, 1.0, Blend::Normal, |x, y| {
        let board = smooth(0.12, 0.0, (x / 15.0).fract());
        let grain = fbm(156, x / 5.0, y / 80.0, 3) - 0.5;
        scale(mix(rgb(0x5A5049), rgb(0x37312D), smooth(180.0, 700.0, x)), 1.0 - 0.22 * board + grain * 0.2)
    });
    let upper = c.rect(104.0, 330.0, 452.0, 190.0);
    c.lay(&upper, 1.0, Blend::Normal, |x, y| {
        let plaster = fbm(157, x / 40.0, y / 40.0, 5) - 0.5;
        scale(mix(rgb(0xFBF4E6), rgb(0xCBC1B3), smooth(104.0, 560.0, x)), 1.0 + plaster * 0.08 - 0.06 * smooth(330.0, 520.0, y))
    });
    for (x, y, width) in [(94.0, 318.0, 472.0), (94.0, 516.0, 620.0)] {
        let slab = c.rect(x, y, width, 14.0);
        c.lay(&slab, 1.0, Blend::Normal, |px, _| mix(rgb(0xF6EBDA), rgb(0xA89D90), smooth(90.0, 640.0, px)));
        let under = c.rect(x, y + 14.0, width, 16.0);
        c.tint(&c.soft(under, 6.0), rgb(0x1C1713), 0.5, Blend::Multiply);
    }
    for (x, y, width, height, panes) in
        [(150.0, 372.0, 210.0, 112.0, 3), (400.0, 372.0, 112.0, 112.0, 2), (216.0, 560.0, 178.0, 150.0, 3), (548.0, 566.0, 122.0, 88.0, 2)]
    {
        window(c, (x, y, width, height), panes);
    }
    let door = c.rect(438.0, 560.0, 72.0, 156.0);
    c.lay(&door, 1.0, Blend::Normal, |x, _| mix(rgb(0xB7743A), rgb(0x7D451D), smooth(438.0, 510.0, x)));
    let handle = c.rect(498.0, 624.0, 4.0, 34.0);
    c.tint(&handle, rgb(0xF3D9A6), 0.9, Blend::Normal);
    let lamp = c.ellipse(474.0, 548.0, 40.0, 40.0);
    c.tint(&c.soft(lamp, 20.0), rgb(0xFFD58A), 0.55, Blend::Screen);
    // Light falls from the windows onto the ground.
    for data in ["M216 716H394L430 800H150Z", "M438 716H510L560 840H430Z"] {
        let glow = c.path(data);
        c.tint(&c.soft(glow, 16.0), rgb(0xFFC46B), 0.30, Blend::Screen);
    }
}

fn window(c: &mut Canvas, (x, y, width, height): (f32, f32, f32, f32), panes: usize) {
    let halo = c.rect(x - 8.0, y - 8.0, width + 16.0, height + 16.0);
    c.tint(&c.soft(halo, 16.0), rgb(0xFFC873), 0.35, Blend::Screen);
    let frame = c.rect(x - 5.0, y - 5.0, width + 10.0, height + 10.0);
    c.tint(&frame, rgb(0x2B2622), 1.0, Blend::Normal);
    let glass = c.rect(x, y, width, height);
    c.lay(&glass, 1.0, Blend::Normal, |px, py| {
        let lamp = ((px - x - width * 0.62) / width).powi(2) + ((py - y - height * 0.3) / height).powi(2);
        ramp(&[(0.0, 0xFFF0C4), (0.35, 0xFFDF9E), (1.0, 0xE79B4E)], (lamp.sqrt() * 1.15).clamp(0.0, 1.0))
    });
    // A curtain at one side, a sideboard, then the frame's bars and one leaning reflection.
    let curtain = c.rect(x, y, width * 0.13, height);
    c.lay(&curtain, 0.55, Blend::Normal, |px, _| scale(rgb(0xF6D7A8), 0.8 + 0.2 * libm::sinf(px * 0.9)));
    let board = c.rect(x + width * 0.3, y + height * 0.76, width * 0.5, height * 0.24);
    c.tint(&board, rgb(0x8E5426), 0.65, Blend::Normal);
    for i in 1..panes {
        let bar = c.rect(x + width * i as f32 / panes as f32 - 2.0, y, 4.0, height);
        c.tint(&bar, rgb(0x2B2622), 1.0, Blend::Normal);
    }
    let shine = c.polygon(&[(x + width * 0.52, y), (x + width * 0.72, y), (x + width * 0.46, y + height), (x + width * 0.26, y + height)]);
    c.tint(&shine.within(&glass), rgb(0xBFD3E6), 0.16, Blend::Screen);
}
