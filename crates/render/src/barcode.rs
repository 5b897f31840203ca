//! Barcodes: bars on whole pixels, and digits from our own strokes, so that they need no font.

use template::{barcode::Symbology, bound::Barcode};
use vello_cpu::kurbo::{Affine, BezPath, Rect};

/// Empty modules above and beneath the bars.
const EDGE: f64 = 2.0;
/// What the digits take beneath the bars, and how far guard bars reach into it.
const FOOT: f64 = 9.0;
const GUARD: f64 = 5.0;
/// Lines of a digit, in modules.
pub const PEN: f64 = 0.9;
/// Height without width: that of the bars where the box has none.
const HEIGHT: f32 = 64.0;

/// Digits in boxes of 5 × 7 modules.
const DIGITS: [&str; 10] = [
    "M2.5 .45C4 .45 4.4 1.9 4.4 3.5C4.4 5.1 4 6.55 2.5 6.55C1 6.55 .6 5.1 .6 3.5C.6 1.9 1 .45 2.5 .45Z",
    "M1.1 1.7L2.7 .45V6.55M1.2 6.55H4.2",
    "M.7 1.6C.9 .9 1.6 .45 2.5 .45C3.6 .45 4.3 1.1 4.3 2C4.3 3.5 .7 5 .6 6.55H4.5",
    "M.8 .45H4.2L2.3 2.9C3.6 2.8 4.4 3.6 4.4 4.7C4.4 5.8 3.6 6.55 2.4 6.55C1.6 6.55 1 6.2 .6 5.6",
    "M3.5 6.55V.45L.5 4.8H4.6",
    "M4.1 .45H1.1L.9 3.2C1.3 2.9 1.8 2.7 2.4 2.7C3.6 2.7 4.4 3.5 4.4 4.6C4.4 5.8 3.5 6.55 2.4 6.55C1.6 6.55 1 6.2 .6 5.7",
    "M3.6 .45C1.8 1.2 .6 2.8 .6 4.6C.6 5.8 1.4 6.55 2.5 6.55C3.6 6.55 4.4 5.8 4.4 4.6C4.4 3.5 3.6 2.8 2.6 2.8C1.6 2.8 .8 3.4 .6 4.4",
    "M.6 .45H4.4C3.2 2.4 2.2 4.4 2 6.55",
    "M2.5 3.3C1.5 3.3 .9 2.7 .9 1.9C.9 1 1.6 .45 2.5 .45C3.4 .45 4.1 1 4.1 1.9C4.1 2.7 3.5 3.3 2.5 3.3C1.3 3.3 .6 4 .6 4.9C.6 5.9 1.4 6.55 2.5 6.55C3.6 6.55 4.4 5.9 4.4 4.9C4.4 4 3.7 3.3 2.5 3.3Z",
    "M1.4 6.55C3.2 5.8 4.4 4.2 4.4 2.4C4.4 1.2 3.6 .45 2.5 .45C1.4 .45 .6 1.2 .6 2.4C.6 3.5 1.4 4.2 2.4 4.2C3.4 4.2 4.2 3.6 4.4 2.6",
];

/// A code in its box, in device pixels.
pub struct Drawn {
    pub bars: Vec<Rect>,
    /// Lines of the digits, to be drawn `PEN` modules wide.
    pub digits: BezPath,
    pub module: f64,
}

/// Width by height of a code that has only one of them.
pub fn aspect(code: &Barcode) -> f32 {
    total(code) as f32 / HEIGHT
}

fn total(code: &Barcode) -> usize {
    code.modules.len() + 2 * code.quiet as usize
}

/// Modules are whole pixels wide; what is left over widens the quiet zones. A code that has no room for that is drawn as
/// well as it can be.
pub fn draw(code: &Barcode, rect: Rect) -> Drawn {
    let exact = rect.width() / total(code).max(1) as f64;
    let module = if exact >= 1.0 { exact.floor() } else { exact };
    let left = (rect.x0 + (rect.width() - module * code.modules.len() as f64) / 2.0).round();
    let edge = if code.background.a > 0 { EDGE * module } else { 0.0 };
    let (top, foot) = (rect.y0 + edge, rect.y1 - edge);
    let digits = code.digits.as_ref().filter(|_| foot - top > FOOT * module);
    let (short, long) = match digits {
        Some(_) => (foot - FOOT * module, foot - (FOOT - GUARD) * module),
        None => (foot, foot),
    };
    let mut bars: Vec<Rect> = Vec::new();
    let mut at = 0;
    while at < code.modules.len() {
        let same = code.modules[at..].iter().take_while(|dark| **dark == code.modules[at]).count();
        if code.modules[at] {
            let x = |module_at: usize| left + module_at as f64 * module;
            let bottom = if guards(code.symbology, at) { long } else { short };
            bars.push(Rect::new(x(at), top.round(), x(at + same), bottom.round()));
        }
        at += same;
    }
    let mut path = BezPath::new();
    for (i, digit) in digits.map_or("", String::as_str).bytes().enumerate() {
        let Some(shape) = DIGITS.get(usize::from(digit.wrapping_sub(b'0'))) else { continue };
        let (middle, size) = place(code.symbology, i);
        // Smaller ones stand on the same line.
        let corner = (left + (middle - 2.5 * size) * module, short + (1.5 + 7.0 * (1.0 - size)) * module);
        path.extend(Affine::translate(corner) * Affine::scale(size * module) * BezPath::from_svg(shape).unwrap_or_default());
    }
    Drawn { bars, digits: path, module }
}

/// Whether a bar reaches down between the digits.
fn guards(symbology: Symbology, at: usize) -> bool {
    match symbology {
        Symbology::Code128 => false,
        Symbology::Ean13 => at < 3 || (45..50).contains(&at) || at >= 92,
        Symbology::Ean8 => at < 3 || (31..36).contains(&at) || at >= 64,
        // The first and the last digit stand outside.
        Symbology::UpcA => at < 10 || (45..50).contains(&at) || at >= 85,
    }
}

/// Middle of a digit in modules from the first bar, and its size.
fn place(symbology: Symbology, i: usize) -> (f64, f64) {
    let cell = |start: usize, i: usize| (start + 7 * i) as f64 + 3.5;
    match (symbology, i) {
        (Symbology::Ean13, 0) => (-5.5, 1.0),
        (Symbology::Ean13, 1..=6) => (cell(3, i - 1), 1.0),
        (Symbology::Ean13, _) => (cell(50, i - 7), 1.0),
        (Symbology::UpcA, 0) => (-5.0, 0.8),
        (Symbology::UpcA, 11) => (100.0, 0.8),
        (Symbology::UpcA, 1..=5) => (cell(3, i), 1.0),
        (Symbology::UpcA, _) => (cell(50, i - 6), 1.0),
        (Symbology::Ean8, 0..=3) => (cell(3, i), 1.0),
        (Symbology::Ean8 | Symbology::Code128, _) => (cell(36, i.saturating_sub(4)), 1.0),
    }
}

#[cfg(test)]
mod tests {
    use template::bound::Color;
    use vello_cpu::kurbo::Shape;

    use super::*;

    fn ean13(modules: Vec<bool>, digits: Option<&str>) -> Barcode {
        let black = Color { r: 0, g: 0, b: 0, a: 255 };
        let digits = digits.map(str::to_owned);
        Barcode { field: None, symbology: Symbology::Ean13, modules, digits, color: black, background: black, quiet: 11 }
    }

    #[test]
    fn bars_are_whole_pixels_in_the_middle_and_keep_the_quiet_zone() {
        let mut modules = vec![false; 95];
        for at in [0, 2, 3, 94] {
            modules[at] = true;
        }
        let drawn = draw(&ean13(modules, None), Rect::new(0.0, 0.0, 300.0, 100.0));
        // 117 modules in 300 pixels: 2 each, and 110 pixels left over.
        assert_eq!(drawn.module, 2.0);
        let edges: Vec<(f64, f64)> = drawn.bars.iter().map(|bar| (bar.x0, bar.x1)).collect();
        assert_eq!(edges, [(55.0, 57.0), (59.0, 63.0), (243.0, 245.0)]);
        assert!(drawn.bars.iter().all(|bar| (bar.y0, bar.y1) == (4.0, 96.0)));
    }

    #[test]
    fn guard_bars_reach_between_the_digits_and_these_stay_in_the_box() {
        let rect = Rect::new(0.0, 0.0, 234.0, 160.0);
        let drawn = draw(&ean13(vec![true; 95], Some("4006381333931")), rect);
        let bounds = drawn.digits.bounding_box().inflate(1.0, 1.0);
        assert!(bounds.x0 > 0.0 && bounds.y1 < rect.y1, "{bounds:?}");
        let mut modules = vec![false; 95];
        modules[0] = true;
        modules[10] = true;
        let drawn = draw(&ean13(modules, Some("4006381333931")), rect);
        assert_eq!(drawn.bars[0].y1 - drawn.bars[1].y1, GUARD * drawn.module);
        assert!(bounds.y0 > drawn.bars[1].y1);
    }
}
