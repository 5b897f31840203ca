//! A stout amber bottle, cut out. Its profile is a function, so that glass and label bend with it.

use std::f32::consts::PI;

use super::Painting;
use crate::paint::{Blend, Canvas, lerp, mix, ramp, rgb, scale, smooth};

const MIDDLE: f32 = 400.0;
const GLASS: [(f32, u32); 9] = [
    (0.0, 0x2C0F04),
    (0.06, 0x6A2C0C),
    (0.16, 0x9B4E16),
    (0.28, 0xE8A548),
    (0.38, 0xB8641D),
    (0.60, 0x8E4211),
    (0.82, 0x5C2608),
    (0.93, 0xC67B2F),
    (1.0, 0x381405),
];
const PAPER: [(f32, u32); 6] = [(0.0, 0xA8987C), (0.12, 0xD9CBB0), (0.30, 0xFCF6EA), (0.55, 0xF1E7D4), (0.85, 0xC9B897), (1.0, 0x9C8A6B)];
const CAP: [(f32, u32); 6] = [(0.0, 0x0B0A0A), (0.14, 0x1E1C1B), (0.28, 0x6B6663), (0.42, 0x2A2726), (0.88, 0x151313), (1.0, 0x2B2827)];

/// Half the width of the glass at a height.
fn half(y: f32) -> f32 {
    let neck = 76.0;
    let body = 188.0;
    let shoulder = smooth(214.0, 404.0, y).powf(0.82);
    let foot = 1.0 - (((y - 944.0) / 40.0).clamp(0.0, 1.0)).powi(2) * 0.16;
    let lip = if (170.0..196.0).contains(&y) { 7.0 } else { 0.0 };
    (lerp(neck, body, shoulder) + lip) * foot
}

fn across(x: f32, y: f32) -> f32 {
    ((x - MIDDLE) / half(y) * 0.5 + 0.5).clamp(0.0, 1.0)
}

/// Things printed around the body sink towards its sides, as seen from a little above.
fn sag(x: f32) -> f32 {
    let u = ((x - MIDDLE) / 188.0).clamp(-1.0, 1.0);
    16.0 * (1.0 - u * u).sqrt()
}

fn band(c: &Canvas, top: f32, bottom: f32) -> crate::paint::Mask {
    let edge = |y: f32, reverse: bool| {
        (0..=60).map(move |i| {
            let i = if reverse { 60 - i } else { i };
            let x = MIDDLE - 188.0 + 376.0 * i as f32 / 60.0;
            (x, y + sag(x))
        })
    };
    c.polygon(&edge(top, false).chain(edge(bottom, true)).collect::<Vec<_>>())
}

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    let rows = || (156..=984).map(|y| y as f32);
    let outline: Vec<(f32, f32)> = rows().map(|y| (MIDDLE - half(y), y)).chain(rows().rev().map(|y| (MIDDLE + half(y), y))).collect();
    let glass = c.polygon(&outline);
    let cap = c.path("M310 34C310 24 318 18 330 18H470C482 18 490 24 490 34V150C490 158 484 164 474 164H326C316 164 310 158 310 150Z");

    c.each(|x, y, _| {
        let t = across(x, y);
        let color = ramp(&GLASS, t);
        // Above the filling the glass is lighter; towards the foot it darkens.
        let filling = smooth(330.0, 338.0, y - 10.0 * (t * PI).sin());
        let empty = mix(color, rgb(0xF0B35C), 0.26);
        let deep = scale(color, 1.0 - 0.32 * smooth(600.0, 980.0, y));
        mix(empty, deep, filling)
    });
    let surface = c.path("M268 334C330 346 470 346 532 334C470 354 330 354 268 334Z");
    c.tint(&c.soft(surface, 1.6).within(&glass), rgb(0xFFD896), 0.55, Blend::Screen);
    let foot = c.path("M230 962C320 982 480 982 570 962L560 990H240Z");
    c.tint(&c.soft(foot, 5.0).within(&glass), rgb(0xE7A14A), 0.45, Blend::Screen);
    let shade = c.rect(300.0, 160.0, 200.0, 26.0);
    c.tint(&c.soft(shade, 7.0).within(&glass), [0.0; 3], 0.6, Blend::Normal);

    label(&mut c, &glass);

    // Window light: one broad band left, a thin one at the right rim, both soft.
    let shine =
        c.path("M262 436C262 400 296 356 322 300C334 272 336 240 336 206H352C352 250 350 290 338 322C316 372 290 404 290 440V930H262Z");
    c.tint(&c.soft(shine, 5.0).within(&glass), [1.0, 0.97, 0.9], 0.42, Blend::Screen);
    let rim = c.path("M556 450C556 404 520 368 496 318L502 314C528 362 564 402 564 450V920H556Z");
    c.tint(&c.soft(rim, 3.0).within(&glass), [1.0, 0.9, 0.72], 0.5, Blend::Screen);

    c.lay(&cap, 1.0, Blend::Normal, |x, y| {
        let t = ((x - 310.0) / 180.0).clamp(0.0, 1.0);
        let rib = if y > 58.0 { 0.78 + 0.3 * ((t * 2.0 - 1.0).asin() * 22.0).cos() } else { 1.12 };
        scale(ramp(&CAP, t), rib)
    });
    let bevel = c.rect(310.0, 52.0, 180.0, 6.0);
    c.tint(&c.soft(bevel, 1.5), [0.0; 3], 0.7, Blend::Normal);
    let gleam = c.path("M346 22H372V50H346Z");
    c.tint(&c.soft(gleam, 4.0).within(&cap), [1.0; 3], 0.4, Blend::Screen);

    let mut whole = c.rect(0.0, 0.0, 800.0, 1000.0);
    for (i, cover) in whole.cover.iter_mut().enumerate() {
        let (x, y) = ((i % whole.width) as i32, (i / whole.width) as i32);
        *cover = glass.at(x, y).max(cap.at(x, y));
    }
    Painting { canvas: c, cutout: Some(whole) }
}

fn label(c: &mut Canvas, glass: &crate::paint::Mask) {
    let paper = band(c, 508.0, 846.0).within(glass);
    let shadow = c.moved(paper.clone(), 0.0, 5.0);
    c.tint(&c.soft(shadow, 4.0).within(glass), [0.0; 3], 0.5, Blend::Normal);
    // No grain: a smooth cut-out packs into a third of the bytes.
    c.lay(&paper, 1.0, Blend::Normal, |x, y| ramp(&PAPER, across(x, y)));
    let ink = rgb(0x33251A);
    let rust = rgb(0xAE3C25);
    for (top, bottom, color) in [(522.0, 525.0, ink), (829.0, 832.0, ink), (690.0, 693.0, rust)] {
        let line = band(c, top, bottom).within(glass);
        c.tint(&line, color, 0.85, Blend::Multiply);
    }
    // A sprig, a name and three lines of small print, all as shapes.
    let sag = 15.0;
    let stem = c.line(&format!("M400 {}C400 {} 400 {} 400 {}", 664.0 + sag, 630.0 + sag, 610.0 + sag, 584.0 + sag), 5.0);
    c.tint(&stem, ink, 0.9, Blend::Multiply);
    for (data, color) in [
        ("M400 640C372 640 356 618 356 588C386 588 400 606 400 640Z", ink),
        ("M400 654C400 626 414 606 444 606C444 636 430 654 400 654Z", rust),
        ("M400 602C388 590 388 572 400 554C412 572 412 590 400 602Z", ink),
    ] {
        let leaf = c.moved(c.path(data), 0.0, sag);
        c.tint(&leaf, color, 0.9, Blend::Multiply);
    }
    // T O N I C in strokes.
    for letter in [
        "M318 718H346M332 718V746",
        "M372 718C380 718 386 724 386 732C386 740 380 746 372 746C364 746 358 740 358 732C358 724 364 718 372 718Z",
        "M401 746V718L421 746V718",
        "M437 718V746",
        "M480 723C476 719 472 718 468 718C460 718 454 724 454 732C454 740 460 746 468 746C472 746 476 745 480 741",
    ] {
        let line = c.moved(c.line(letter, 6.5), 0.0, sag);
        c.tint(&line, ink, 0.9, Blend::Multiply);
    }
    for (y, left, width) in [(764.0, 316.0, 168.0), (782.0, 338.0, 124.0), (800.0, 352.0, 96.0)] {
        let line = c.rect(left, y + sag, width, 5.0);
        c.tint(&line, ink, 0.5, Blend::Multiply);
    }
}
