//! A studio portrait without features: shapes, side light and blurred tints.

use super::Painting;
use crate::paint::{Blend, Canvas, fbm, mix, ramp, rgb, scale, smooth};

struct Sitter {
    seed: u64,
    backdrop: [u32; 2],
    /// From the light side to the shade.
    skin: [u32; 3],
    hair: [u32; 2],
    hair_back: &'static str,
    hair_front: &'static str,
    top: [u32; 2],
    collar: &'static str,
    apron: Option<u32>,
    lips: u32,
}

pub fn first(unit: f32) -> Painting {
    paint(
        unit,
        &Sitter {
            seed: 11,
            backdrop: [0xE9C7B0, 0xC98F74],
            skin: [0xF6CDB0, 0xDDA079, 0xA3664A],
            hair: [0x6B3A24, 0x2B140D],
            // A knot above the crown and hair drawn back over the ears.
            hair_back: "M400 118C450 118 486 152 486 196C486 222 474 240 462 250C520 268 560 330 556 420C554 490 540 540 512 572L470 600L330 600L288 572C260 540 246 490 244 420C240 330 280 268 338 250C326 240 314 222 314 196C314 152 350 118 400 118Z",
            hair_front: "M270 428C262 330 316 258 400 256C484 258 538 330 530 428C524 396 512 368 486 348C440 376 356 372 322 342C294 362 276 394 270 428Z",
            top: [0x2F4263, 0x131C30],
            collar: "M314 676C338 744 462 744 486 676L514 692C486 782 314 782 286 692Z",
            apron: Some(0xEDE4D3),
            lips: 0xB0524A,
        },
    )
}

pub fn second(unit: f32) -> Painting {
    paint(
        unit,
        &Sitter {
            seed: 12,
            backdrop: [0xCFE0D8, 0x7FA394],
            skin: [0xB57B54, 0x8A5635, 0x4A2A1A],
            hair: [0x35241D, 0x100A08],
            hair_back: "M400 236C492 236 548 300 544 392C542 430 536 452 526 468L274 468C264 452 258 430 256 392C252 300 308 236 400 236Z",
            hair_front: "M272 424C262 318 318 250 404 250C488 250 540 316 528 424C524 392 518 366 500 344C470 330 448 326 420 328C380 330 340 326 306 340C286 362 278 392 272 424Z",
            top: [0xD99A2B, 0x8A5510],
            collar: "M308 680C332 738 468 738 492 680L512 696C474 770 326 770 288 696Z",
            apron: None,
            lips: 0x7A3B30,
        },
    )
}

pub fn third(unit: f32) -> Painting {
    paint(
        unit,
        &Sitter {
            seed: 13,
            backdrop: [0xD9D4EE, 0x8F86C4],
            skin: [0xEBBB93, 0xC98B62, 0x855037],
            hair: [0x3A2A3C, 0x120C16],
            // Long hair that falls onto the shoulders.
            hair_back: "M400 224C506 222 572 304 574 428C576 540 600 640 612 740C620 806 590 850 540 842L260 842C210 850 180 806 188 740C200 640 224 540 226 428C228 304 294 222 400 224Z",
            hair_front: "M262 470C244 340 300 252 396 250C500 248 556 342 538 470C532 404 500 350 430 312C392 352 312 372 284 396C270 416 264 440 262 470Z",
            top: [0xF7F1E6, 0xB9AE9E],
            collar: "M318 668C344 742 384 786 400 796C416 786 456 742 482 668L512 690C484 770 434 832 400 848C366 832 316 770 288 690Z",
            apron: None,
            lips: 0xA94E4C,
        },
    )
}

const HEAD: &str = "M400 268C476 268 526 326 524 420C522 470 512 512 488 552C466 588 434 612 400 612C366 612 334 588 312 552C288 512 278 470 276 420C274 326 324 268 400 268Z";
const NECK: &str = "M336 520C340 590 338 620 322 672C336 738 464 738 478 672C462 620 460 590 464 520Z";
const SHOULDERS: &str =
    "M54 1010C60 850 100 762 206 722C256 704 300 690 324 662C350 716 450 716 476 662C500 690 544 704 594 722C700 762 740 850 746 1010Z";

fn paint(unit: f32, sitter: &Sitter) -> Painting {
    // Painted larger and cropped, so that the sitter fills the frame.
    let mut c = Canvas::new(unit * 1.2);
    let backdrop = [(0.0, sitter.backdrop[0]), (1.0, sitter.backdrop[1])];
    c.each(|x, y, _| {
        let far = ((x - 320.0).powi(2) + (y - 340.0).powi(2)).sqrt() / 820.0;
        let cloth = fbm(sitter.seed, x / 190.0, y / 230.0, 4) - 0.5;
        ramp(&backdrop, (far * 1.05 + cloth * 0.16).clamp(0.0, 1.0))
    });

    // The sitter's shadow on the backdrop.
    for part in [SHOULDERS, sitter.hair_back] {
        let shadow = c.moved(c.path(part), 46.0, 26.0);
        let shadow = c.soft(shadow, 34.0);
        c.tint(&shadow, scale(rgb(sitter.backdrop[1]), 0.45), 0.55, Blend::Multiply);
    }

    let hair = [(0.0, sitter.hair[0]), (1.0, sitter.hair[1])];
    let strand = |x: f32, y: f32| {
        let bend = x + (y - 400.0) * (x - 400.0) / 1600.0;
        let shine = fbm(sitter.seed + 3, bend / 9.0, y / 210.0, 3) - 0.5;
        let side = (x - 250.0) / 330.0;
        ramp(&hair, (0.25 + side * 0.55 - shine * 0.75).clamp(0.0, 1.0))
    };
    let back = c.path(sitter.hair_back);
    c.lay(&c.soft(back, 1.4), 1.0, Blend::Normal, |x, y| scale(strand(x, y), 0.96));

    body(&mut c, sitter);
    face(&mut c, sitter);

    let front = c.path(sitter.hair_front);
    let under = c.moved(front.clone(), 3.0, 13.0);
    let shade = c.soft(under, 9.0).within(&c.path(HEAD));
    c.tint(&shade, rgb(sitter.skin[2]), 0.45, Blend::Multiply);
    c.lay(&c.soft(front, 1.2), 1.0, Blend::Normal, strand);
    let gleam = c.ellipse(338.0, 300.0, 62.0, 26.0);
    let gleam = c.soft(gleam, 20.0).within(&c.path(sitter.hair_front));
    c.tint(&gleam, mix(rgb(sitter.hair[0]), [1.0; 3], 0.4), 0.4, Blend::Screen);

    // Key light from the top left over everything.
    c.each(|x, y, color| {
        let far = ((x - 230.0).powi(2) + (y - 260.0).powi(2)).sqrt() / 760.0;
        Blend::SoftLight.apply(color, [0.5 + 0.14 * (1.0 - far.min(1.6))].repeat(3).try_into().unwrap_or([0.5; 3]))
    });
    let mut c = c.crop(66.0, 92.0, unit);
    c.finish(sitter.seed, 0.18);
    c.into()
}

fn body(c: &mut Canvas, sitter: &Sitter) {
    let top = [(0.0, sitter.top[0]), (1.0, sitter.top[1])];
    let shoulders = c.path(SHOULDERS);
    c.lay(&c.soft(shoulders.clone(), 0.9), 1.0, Blend::Normal, |x, y| {
        // Cloth falls from the neck: folds run outwards.
        let fold = fbm(sitter.seed + 5, (x - 400.0).abs() / 58.0 - y / 260.0, y / 320.0, 3) - 0.5;
        ramp(&top, (0.08 + (x - 120.0) / 780.0 + fold * 0.5 + (y - 760.0) / 900.0).clamp(0.0, 1.0))
    });
    let skin = skin(sitter);
    let neck = c.path(NECK);
    c.lay(&neck, 1.0, Blend::Normal, |x, _| ramp(&skin, ((x - 320.0) / 150.0).clamp(0.12, 1.0)));
    let chin = c.moved(c.path(HEAD), 10.0, 42.0);
    let shadow = c.soft(chin, 16.0).within(&neck);
    c.tint(&shadow, rgb(sitter.skin[2]), 0.72, Blend::Multiply);

    let collar = c.path(sitter.collar);
    let under = c.moved(collar.clone(), 0.0, 10.0);
    let shadow = c.soft(under, 7.0).within(&shoulders);
    c.tint(&shadow, [0.0; 3], 0.3, Blend::Normal);
    c.lay(&collar.within(&shoulders), 1.0, Blend::Normal, |x, _| {
        ramp(&top, ((x - 260.0) / 420.0).clamp(0.0, 1.0)).map(|channel| channel * 1.06)
    });
    if let Some(color) = sitter.apron {
        let bib = c.path("M236 1010L262 838C262 826 270 820 282 820L296 822L282 700L306 684L326 826C370 832 430 832 474 826L494 684L518 700L504 822L518 820C530 820 538 826 538 838L564 1010Z");
        let under = c.moved(bib.clone(), 4.0, 8.0);
        let shadow = c.soft(under, 8.0).within(&shoulders);
        c.tint(&shadow, [0.0; 3], 0.45, Blend::Normal);
        let color = rgb(color);
        c.lay(&bib.within(&shoulders), 1.0, Blend::Normal, |x, y| {
            let weave = fbm(sitter.seed + 6, x / 40.0, y / 90.0, 3) - 0.5;
            scale(color, 1.0 - 0.26 * smooth(300.0, 560.0, x) + weave * 0.12)
        });
    }
}

fn skin(sitter: &Sitter) -> [(f32, u32); 3] {
    [(0.0, sitter.skin[0]), (0.55, sitter.skin[1]), (1.0, sitter.skin[2])]
}

fn face(c: &mut Canvas, sitter: &Sitter) {
    let skin = skin(sitter);
    for (x, light) in [(274.0, 0.25), (526.0, 0.9)] {
        let ear = c.ellipse(x, 446.0, 20.0, 38.0);
        c.lay(&c.soft(ear, 1.2), 1.0, Blend::Normal, |ex, _| ramp(&skin, light + (ex - x) / 120.0));
    }
    let head = c.path(HEAD);
    c.lay(&c.soft(head.clone(), 0.8), 1.0, Blend::Normal, |x, y| {
        // A ball lit from the top left.
        let (u, v) = ((x - 400.0) / 150.0, (y - 440.0) / 200.0);
        let turn = (u * 0.62 + v * 0.2 + (u * u * 0.35 + v * v * 0.18) * 0.8 + 0.16).clamp(0.0, 1.0);
        ramp(&skin, turn)
    });
    let deep = rgb(sitter.skin[2]);
    let light = rgb(sitter.skin[0]);
    let mut dab = |x: f32, y: f32, rx: f32, ry: f32, blur: f32, color, strength, blend| {
        let spot = c.ellipse(x, y, rx, ry);
        let spot = c.soft(spot, blur).within(&head);
        c.tint(&spot, color, strength, blend);
    };
    // Sockets and brows, shade beside and light on the nose, mouth and the hollow under it, cheeks, chin.
    for x in [347.0, 449.0] {
        dab(x, 436.0, 36.0, 16.0, 11.0, deep, 0.5, Blend::Multiply);
        dab(x, 444.0, 24.0, 5.0, 5.5, scale(deep, 0.6), 0.34, Blend::Normal);
        dab(x, 410.0, 32.0, 4.0, 5.5, rgb(sitter.hair[1]), 0.36, Blend::Normal);
    }
    dab(414.0, 482.0, 11.0, 40.0, 9.0, deep, 0.5, Blend::Multiply);
    dab(394.0, 474.0, 7.0, 42.0, 7.0, light, 0.6, Blend::Screen);
    dab(402.0, 520.0, 26.0, 7.0, 6.0, deep, 0.6, Blend::Multiply);
    dab(400.0, 553.0, 34.0, 6.5, 4.5, rgb(sitter.lips), 0.62, Blend::Normal);
    dab(400.0, 552.0, 33.0, 1.6, 2.4, scale(rgb(sitter.lips), 0.5), 0.34, Blend::Normal);
    dab(402.0, 574.0, 26.0, 5.0, 6.0, deep, 0.45, Blend::Multiply);
    for x in [326.0, 466.0] {
        dab(x, 508.0, 36.0, 26.0, 17.0, rgb(sitter.lips), 0.24, Blend::Normal);
    }
    dab(338.0, 486.0, 22.0, 14.0, 13.0, light, 0.35, Blend::Screen);
    dab(368.0, 350.0, 60.0, 30.0, 24.0, light, 0.28, Blend::Screen);
    dab(398.0, 594.0, 18.0, 8.0, 8.0, light, 0.25, Blend::Screen);
}
