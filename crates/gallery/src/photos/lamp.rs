//! A ceramic table lamp and two books in the light of a blind.

use super::Painting;
use crate::paint::{Blend, Canvas, Random, fbm, mix, ramp, rgb, scale, smooth};

const GLAZE: [(f32, u32); 5] = [(0.0, 0x8FA39A), (0.3, 0xDFE8E0), (0.5, 0xC2CFC6), (0.82, 0x6F857C), (1.0, 0x4D625A)];
const VASE: &str = "M392 552C372 560 366 574 366 590C366 618 300 650 300 722C300 776 344 800 372 806H508C536 800 580 776 580 722C580 650 514 618 514 590C514 574 508 560 488 552Z";
const SHADE: &str = "M352 262H528L606 498H274Z";

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| {
        let plaster = fbm(160, x / 120.0, y / 60.0, 5) - 0.5;
        ramp(&[(0.0, 0xEADFCE), (1.0, 0xC3AE96)], (x / 1500.0 + y / 1500.0 + plaster * 0.22).clamp(0.0, 1.0))
    });
    for bar in 0..5 {
        let x = 20.0 + bar as f32 * 92.0;
        let shadow = c.polygon(&[(x, -20.0), (x + 44.0, -20.0), (x - 196.0, 760.0), (x - 240.0, 760.0)]);
        c.tint(&c.soft(shadow, 9.0), rgb(0x6E5C48), 0.20, Blend::Multiply);
    }
    c.each(|x, y, color| {
        let far = ((x - 440.0).powi(2) + ((y - 380.0) * 0.9).powi(2)).sqrt() / 496.0;
        Blend::Screen.apply(color, scale(rgb(0xFFE7B4), 0.55 * smooth(1.0, 0.0, far)))
    });
    let table = c.rect(0.0, 756.0, 800.0, 260.0);
    c.lay(&table, 1.0, Blend::Normal, |x, y| {
        let fibre = fbm(161, x / 150.0, y / 7.0, 5) - 0.5;
        let lit = smooth(420.0, 0.0, (x - 440.0).abs()) * 0.22;
        mix(ramp(&[(0.0, 0xA9754D), (1.0, 0x5B3822)], ((y - 756.0) / 260.0 + fibre * 0.35).clamp(0.0, 1.0)), rgb(0xFFD9A0), lit)
    });
    let edge = c.rect(0.0, 754.0, 800.0, 5.0);
    c.tint(&c.soft(edge, 1.0), rgb(0xF2C99A), 0.5, Blend::Screen);

    books(&mut c);
    let contact = c.ellipse(450.0, 812.0, 190.0, 20.0);
    c.tint(&c.soft(contact, 10.0), rgb(0x1E0F06), 0.75, Blend::Multiply);
    let vase = c.path(VASE);
    c.lay(&vase, 1.0, Blend::Normal, |x, y| {
        let half = if y < 640.0 { 74.0 + (y - 560.0).max(0.0) * 0.8 } else { 140.0 };
        let glaze = fbm(162, x / 60.0, y / 30.0, 4) - 0.5;
        let t = ((x - 440.0) / half * 0.5 + 0.5 + glaze * 0.06).clamp(0.0, 1.0);
        scale(ramp(&GLAZE, t), 1.04 - 0.3 * smooth(700.0, 806.0, y))
    });
    let mut random = Random::new(163);
    for _ in 0..240 {
        let (x, y, size) = (random.between(300.0, 580.0), random.between(570.0, 806.0), random.between(0.5, 1.8));
        let speck = c.ellipse(x, y, size, size).within(&vase);
        c.tint(&speck, rgb(0x3E4D46), 0.55, Blend::Normal);
    }
    let gleam = c.path("M352 660C336 690 330 730 340 756C352 720 356 690 372 656Z");
    c.tint(&c.soft(gleam, 6.0).within(&vase), [1.0; 3], 0.5, Blend::Screen);
    let top = c.rect(360.0, 548.0, 160.0, 24.0);
    c.tint(&c.soft(top, 8.0).within(&vase), rgb(0xFFE2A6), 0.7, Blend::Screen);
    let neck = c.rect(424.0, 490.0, 32.0, 66.0);
    c.lay(&neck, 1.0, Blend::Normal, |x, _| {
        ramp(&[(0.0, 0x7D5A22), (0.35, 0xF3D891), (0.6, 0xC79A45), (1.0, 0x6B4A1A)], (x - 424.0) / 32.0)
    });

    let shade = c.path(SHADE);
    c.lay(&shade, 1.0, Blend::Normal, |x, y| {
        let down = (y - 262.0) / 236.0;
        let half = 88.0 + 78.0 * down;
        let across = (x - 440.0) / half;
        let pleat = libm::cosf(across.clamp(-1.0, 1.0).asin() * 30.0);
        let tone = ramp(&[(0.0, 0xF2DCB0), (0.55, 0xFFF3D3), (1.0, 0xFFE0A0)], down);
        scale(tone, 1.0 - 0.05 * pleat - 0.16 * across.abs().powi(3))
    });
    let glow = c.ellipse(440.0, 420.0, 110.0, 90.0);
    c.tint(&c.soft(glow, 40.0).within(&shade), [1.0, 0.97, 0.86], 0.7, Blend::Screen);
    for (y, half) in [(262.0, 88.0), (492.0, 164.0)] {
        let rim = c.rect(440.0 - half, y, half * 2.0, 6.0);
        c.tint(&rim.within(&shade), rgb(0xC79F5C), 0.7, Blend::Normal);
    }
    let halo = c.ellipse(440.0, 390.0, 230.0, 200.0);
    c.tint(&c.soft(halo, 60.0), rgb(0xFFDC9A), 0.28, Blend::Screen);

    c.texture(165, (2.0, 2.0), 5.0);
    c.finish(166, 0.34);
    c.into()
}

fn books(c: &mut Canvas) {
    let shadow = c.rect(88.0, 800.0, 250.0, 26.0);
    c.tint(&c.soft(shadow, 10.0), rgb(0x1E0F06), 0.75, Blend::Multiply);
    for (x, y, width, height, cover) in [(92.0, 764.0, 238.0, 46.0, 0x9C3D28), (112.0, 726.0, 200.0, 38.0, 0x2F4858)] {
        let book = c.path(&format!("M{x} {y}h{width}v{height}h-{width}a8 {} 0 0 1 0 -{height}z", height / 2.0));
        c.lay(&book, 1.0, Blend::Normal, |px, py| {
            let lit = 0.72 + 0.5 * smooth(x, x + width, px) - 0.25 * ((py - y) / height);
            scale(rgb(cover), lit)
        });
        let pages = c.rect(x + width - 60.0, y + 6.0, 60.0, height - 12.0);
        c.lay(&pages, 1.0, Blend::Normal, |_, py| scale(rgb(0xF2E6CF), 0.86 + 0.1 * libm::sinf(py * 2.4)));
        let band = c.rect(x + 26.0, y, 5.0, height);
        c.tint(&band, rgb(0xE9C987), 0.7, Blend::Normal);
    }
}
