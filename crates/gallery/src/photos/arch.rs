//! A plaster room with an arch, evening sun and five steps.

use super::Painting;
use crate::paint::{Blend, Canvas, fbm, mix, ramp, rgb, scale, smooth};

pub fn paint(unit: f32) -> Painting {
    let mut c = Canvas::new(unit);
    c.each(|x, y, _| {
        let plaster = fbm(41, x / 240.0, y / 200.0, 5) - 0.5;
        ramp(&[(0.0, 0xEFE4D6), (1.0, 0xC9B49C)], (x / 1500.0 + y / 2400.0 + plaster * 0.25).clamp(0.0, 1.0))
    });

    // The opening: 480 ± 184, springing at 372; its depth shows at the left.
    let opening = c.path("M296 742V372C296 270 378 188 480 188C582 188 664 270 664 372V742Z");
    let view = c.path("M332 742V384C332 292 398 222 480 222C582 222 664 290 664 384V742Z");
    c.lay(&opening, 1.0, Blend::Normal, |x, y| {
        ramp(&[(0.0, 0x8F765A), (0.4, 0xB59A80), (1.0, 0xCBB196)], ((y - 200.0) / 560.0 + (x - 300.0) / 300.0 * 0.3).clamp(0.0, 1.0))
    });
    let view = view.within(&opening);
    c.lay(&view, 1.0, Blend::Normal, |x, y| {
        let sky = ramp(&[(0.0, 0x6F9CC4), (0.5, 0xB4CCD6), (0.82, 0xF3DDBE), (1.0, 0xF8CFA2)], ((y - 220.0) / 420.0).clamp(0.0, 1.0));
        let cloud = smooth(0.52, 0.78, fbm(43, x / 130.0, y / 38.0, 4)) * 0.55;
        mix(sky, rgb(0xFFF6E8), cloud)
    });
    for (i, (base, color)) in [(610.0, 0xA9AE9A), (642.0, 0x87936F), (682.0, 0x5F7350)].into_iter().enumerate() {
        let seed = 50 + i as u64;
        let ridge: Vec<(f32, f32)> = (0..=80)
            .map(|step| {
                let x = 280.0 + step as f32 * 5.0;
                (x, base - 70.0 * (fbm(seed, x / 150.0, 0.0, 4) - 0.35))
            })
            .chain([(680.0, 760.0), (280.0, 760.0)])
            .collect();
        let hill = c.polygon(&ridge).within(&view);
        c.lay(&hill, 1.0, Blend::Normal, |_, y| mix(rgb(color), rgb(0xE9D9B4), smooth(base + 70.0, base - 20.0, y) * 0.35));
    }
    // A cypress, so that the hills have a size.
    let tree = c.path("M604 690C590 660 596 600 606 566C616 600 622 660 608 690Z").within(&view);
    c.tint(&tree, rgb(0x33452F), 1.0, Blend::Normal);

    let floor = c.path("M0 742H800V1000H0Z");
    c.lay(&floor, 1.0, Blend::Normal, |x, y| {
        let stone = fbm(44, x / 90.0, y / 26.0, 4) - 0.5;
        ramp(&[(0.0, 0xDCCBB4), (1.0, 0x9C7E5F)], ((y - 742.0) / 300.0 + stone * 0.2).clamp(0.0, 1.0))
    });
    let skirting = c.rect(0.0, 736.0, 800.0, 8.0);
    c.tint(&c.soft(skirting, 3.0), rgb(0x7A6148), 0.5, Blend::Multiply);

    // Sun through the arch lies on the floor as a leaning patch.
    let sun = c.path("M332 744H664L792 1000H300C300 930 312 830 332 744Z");
    c.tint(&c.soft(sun.clone(), 5.0), [1.0, 0.93, 0.74], 0.85, Blend::SoftLight);
    c.tint(&c.soft(sun, 9.0), rgb(0xFFE3AE), 0.34, Blend::Screen);

    // The shadow of a roof outside falls over the wall.
    let shade = c.path("M-40 -40H520L-40 620Z");
    c.tint(&c.soft(shade, 10.0), rgb(0x6C5C52), 0.34, Blend::Multiply);
    let right = c.path("M664 372L664 742L720 742L716 380C712 300 690 260 664 240Z");
    c.tint(&c.soft(right, 16.0), rgb(0x6C5C52), 0.22, Blend::Multiply);

    for step in 0..5 {
        let (x, y) = (-10.0, 742.0 - 52.0 * (step as f32 + 1.0));
        let width = 262.0 - 50.0 * step as f32;
        let side = c.rect(x, y, width, 742.0 - y);
        c.lay(&side, 1.0, Blend::Normal, |px, py| {
            let grain = fbm(46, px / 60.0, py / 60.0, 4) - 0.5;
            scale(mix(rgb(0xB89E83), rgb(0x9A8068), smooth(0.0, 260.0, px)), 1.0 + grain * 0.14)
        });
    }
    for step in 0..5 {
        let (y, width) = (742.0 - 52.0 * (step as f32 + 1.0), 262.0 - 50.0 * step as f32);
        let tread = c.rect(-10.0, y, width, 9.0);
        c.tint(&tread, rgb(0xF3E7D4), 0.92, Blend::Normal);
        let riser = c.rect(width - 22.0, y + 9.0, 12.0, 43.0);
        c.tint(&c.soft(riser, 1.5), rgb(0x6B5440), 0.4, Blend::Multiply);
        let under = c.rect(-10.0, y + 9.0, width, 10.0);
        c.tint(&c.soft(under, 4.0), rgb(0x5A4636), 0.30, Blend::Multiply);
    }
    let contact = c.rect(-10.0, 736.0, 262.0, 18.0);
    c.tint(&c.soft(contact, 8.0), rgb(0x3C2E22), 0.45, Blend::Multiply);

    c.texture(47, (2.2, 2.2), 5.0);
    c.finish(48, 0.20);
    c.into()
}
