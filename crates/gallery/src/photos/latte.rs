//! A cup on planks from above, a milk leaf in it, the spoon beside the saucer.

use super::Painting;
use crate::paint::{Blend, Canvas, Mask, fbm, mix, ramp, rgb, scale, smooth};

const X: f32 = 392.0;
const Y: f32 = 520.0;

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    planks(&mut c);

    let shadow = c.ellipse(X + 34.0, Y + 42.0, 290.0, 290.0);
    c.tint(&c.soft(shadow, 24.0), rgb(0x0E0603), 0.72, Blend::Multiply);
    disc(&mut c, 288.0, [(0.0, 0xFBF8F2), (0.6, 0xE8E2D8), (1.0, 0xC3B9AB)]);
    ring(&mut c, 288.0, 276.0, 0xFFFFFF, 0.6);
    ring(&mut c, 214.0, 206.0, 0x8D8274, 0.35);
    ring(&mut c, 208.0, 200.0, 0xFFFFFF, 0.55);

    // Handle to the lower right, then the cup with its own shadow on the saucer.
    let handle = c.line("M540 648C600 690 636 640 594 596", 30.0);
    let under = c.moved(handle.clone(), 12.0, 16.0);
    c.tint(&c.soft(under, 9.0), rgb(0x2A1D14), 0.5, Blend::Multiply);
    c.lay(&handle, 1.0, Blend::Normal, |x, y| mix(rgb(0xFCF9F4), rgb(0xB9AE9F), smooth(560.0, 680.0, y + (x - 560.0) * 0.4)));
    let shadow = c.ellipse(X + 26.0, Y + 34.0, 198.0, 198.0);
    c.tint(&c.soft(shadow, 16.0), rgb(0x3A2A1E), 0.55, Blend::Multiply);
    disc(&mut c, 200.0, [(0.0, 0xFFFFFF), (0.7, 0xF3EEE6), (1.0, 0xD2C8BA)]);
    ring(&mut c, 200.0, 194.0, 0xFFFFFF, 0.8);
    let inside = c.ellipse(X, Y, 180.0, 180.0);
    c.tint(&inside, rgb(0xA99A88), 1.0, Blend::Normal);
    let coffee = c.ellipse(X + 2.0, Y + 3.0, 174.0, 174.0);
    coffee_and_milk(&mut c, &coffee);
    let rim = c.ellipse(X - 6.0, Y - 8.0, 174.0, 174.0);
    let mut edge = coffee.clone();
    for (i, cover) in edge.cover.iter_mut().enumerate() {
        let (x, y) = (edge.left + (i % edge.width) as i32, edge.top + (i / edge.width) as i32);
        *cover *= 1.0 - rim.at(x, y);
    }
    c.tint(&c.soft(edge, 4.0).within(&coffee), rgb(0xFFDDAE), 0.25, Blend::Screen);
    let top = c.path("M236 420C280 340 360 322 420 338C360 340 290 372 252 440Z");
    c.tint(&c.soft(top, 10.0).within(&coffee), [1.0; 3], 0.26, Blend::Screen);

    spoon(&mut c);
    c.each(|x, y, color| {
        let far = (x * x + y * y).sqrt() / 1150.0;
        let lit = Blend::SoftLight.apply(color, [0.5 + 0.22 * (1.0 - far); 3]);
        Blend::Multiply.apply(lit, mix([1.0; 3], rgb(0xE7C9A8), 0.35 * far.min(1.0)))
    });
    c.finish(140, 0.42);
    c.into()
}

fn planks(c: &mut Canvas) {
    c.each(|x, y, _| {
        let board = ((x + 30.0) / 215.0).floor();
        let offset = board * 137.0;
        let fibre = fbm(130, (x + offset) / 16.0, (y + offset * 3.0) / 192.0, 5);
        let wave = fbm(131, (x + offset) / 70.0, y / 420.0, 3) * 22.0;
        let rings = libm::sinf((x + offset + wave * 9.0) / 11.0) * 0.5 + 0.5;
        let tone = ramp(
            &[(0.0, 0x4A2C1A), (0.5, 0x7A4D2E), (1.0, 0xA2703F)],
            (fibre * 0.75 + rings * 0.22 + (board * 0.37).fract() * 0.16).clamp(0.0, 1.0),
        );
        let seam = smooth(2.4, 0.6, ((x + 30.0) / 215.0).fract().min(1.0 - ((x + 30.0) / 215.0).fract()) * 215.0);
        let chamfer = smooth(9.0, 2.0, ((x + 30.0) / 215.0).fract() * 215.0) * 0.10;
        scale(mix(tone, rgb(0x1C0E07), seam * 0.9), 1.0 + chamfer)
    });
}

fn disc(c: &mut Canvas, radius: f32, stops: [(f32, u32); 3]) {
    let mask = c.ellipse(X, Y, radius, radius);
    c.lay(&mask, 1.0, Blend::Normal, |x, y| {
        let lean = ((x - X) * 0.6 + (y - Y) * 0.8) / radius;
        ramp(&stops, (0.5 + lean * 0.5).clamp(0.0, 1.0))
    });
}

fn ring(c: &mut Canvas, outer: f32, inner: f32, color: u32, strength: f32) {
    let middle = (outer + inner) / 2.0;
    let line = c.line(
        &format!("M{} {Y}A{middle} {middle} 0 1 1 {} {Y}A{middle} {middle} 0 1 1 {} {Y}Z", X - middle, X + middle, X - middle),
        outer - inner,
    );
    c.lay(&c.soft(line, 1.4), strength, Blend::Normal, |x, y| {
        let lean = ((x - X) * 0.6 + (y - Y) * 0.8) / middle;
        scale(rgb(color), 1.0 - 0.22 * (lean * 0.5 + 0.5))
    });
}

fn coffee_and_milk(c: &mut Canvas, coffee: &Mask) {
    c.lay(coffee, 1.0, Blend::Normal, |x, y| {
        let far = ((x - X).powi(2) + (y - Y).powi(2)).sqrt() / 174.0;
        let swirl = fbm(133, x / 30.0, y / 30.0, 4) - 0.5;
        ramp(&[(0.0, 0xC08A4C), (0.55, 0xA5682F), (0.86, 0x74401B), (1.0, 0x4A240F)], (far + swirl * 0.16).clamp(0.0, 1.0))
    });
    let milk = rgb(0xF8EAD4);
    let crema = rgb(0x9C6231);
    // A rosetta: seven nested crescents grow towards the handle's far side, closed by a heart.
    for i in 0..7 {
        let t = i as f32 / 6.0;
        let y = 610.0 - 26.0 * i as f32;
        let reach = 44.0 + 72.0 * (t * 2.6).sin().max(0.15);
        let lift = 26.0 + 18.0 * t;
        let leaf = c.path(&format!(
            "M{X} {}C{} {} {} {} {} {}C{} {} {} {} {X} {}C{} {} {} {} {} {}C{} {} {} {} {X} {}Z",
            y + 16.0,
            X - reach * 0.5,
            y + 12.0,
            X - reach,
            y - lift * 0.3,
            X - reach,
            y - lift,
            X - reach * 0.72,
            y - lift * 0.2,
            X - reach * 0.3,
            y - 4.0,
            y + 2.0,
            X + reach * 0.3,
            y - 4.0,
            X + reach * 0.72,
            y - lift * 0.2,
            X + reach,
            y - lift,
            X + reach,
            y - lift * 0.3,
            X + reach * 0.5,
            y + 12.0,
            y + 16.0,
        ));
        c.tint(&c.soft(leaf, 1.6).within(coffee), milk, 0.95, Blend::Normal);
    }
    let heart = c.path("M392 450C392 424 366 402 344 412C318 424 328 458 392 492C456 458 466 424 440 412C418 402 392 424 392 450Z");
    c.tint(&c.soft(heart, 1.8).within(coffee), milk, 0.96, Blend::Normal);
    let centre = c.line("M392 640C391 580 393 520 392 462", 4.0);
    c.tint(&c.soft(centre, 1.6).within(coffee), crema, 0.8, Blend::Normal);
}

fn spoon(c: &mut Canvas) {
    let whole = "M716 300C744 300 758 336 752 376C748 402 734 416 726 424L722 780C722 794 708 794 708 780L706 424C696 416 684 402 680 376C674 336 688 300 716 300Z";
    let shape = c.path(whole);
    let under = c.moved(shape.clone(), 12.0, 16.0);
    c.tint(&c.soft(under, 9.0), rgb(0x0E0603), 0.7, Blend::Multiply);
    c.lay(&shape, 1.0, Blend::Normal, |x, _| {
        ramp(&[(0.0, 0x6F6B66), (0.3, 0xE9E5DF), (0.5, 0xFFFFFF), (0.75, 0xA39D95), (1.0, 0x5A554F)], ((x - 678.0) / 78.0).clamp(0.0, 1.0))
    });
    let bowl = c.ellipse(716.0, 356.0, 28.0, 46.0);
    c.lay(&c.soft(bowl, 3.0).within(&shape), 0.85, Blend::Normal, |x, y| {
        ramp(&[(0.0, 0x4E4A45), (0.6, 0xA9A39B), (1.0, 0xF4F1EC)], ((x - 690.0) / 60.0 * 0.5 + (y - 312.0) / 90.0 * 0.5).clamp(0.0, 1.0))
    });
}
