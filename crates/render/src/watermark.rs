//! The mark of test pictures: the word TEST along diagonals, drawn from our own strokes so that it needs no font.

use template::bound::{Cap, Color};
use vello_cpu::kurbo::{Affine, BezPath, Point, Rect};

use crate::{
    geometry::{self, Outline},
    scene::{Ink, Op, Pen, Scene},
};

/// T, E, S, T as strokes in a box 4 high, with each letter's width.
const LETTERS: [(&str, f64); 4] = [
    ("M0 0H3 M1.5 0V4", 3.0),
    ("M2.6 0H0V4H2.6 M0 1.95H2.2", 2.6),
    ("M2.6 .5C2.2 .1 1.8 0 1.35 0C.5 0 .1 .5 .1 1.05C.1 2.4 2.7 1.6 2.7 2.95C2.7 3.6 2.1 4 1.35 4C.8 4 .3 3.8 0 3.4", 2.7),
    ("M0 0H3 M1.5 0V4", 3.0),
];

/// Lays the mark over a finished scene.
pub fn mark(scene: &mut Scene) {
    let (width, height) = (f64::from(scene.width), f64::from(scene.height));
    let unit = (width.min(height) * 0.0075).max(1.0);
    let word = word(unit);
    let bounds = word.control_box();
    let (step_x, step_y) = (bounds.width() * 2.6, bounds.height() * 4.2);
    let turn = geometry::rotation(-28.0, Point::new(width / 2.0, height / 2.0));
    let reach = (width * width + height * height).sqrt() / 2.0;
    let mut path = BezPath::new();
    let (rows, columns) = ((reach / step_y).ceil() as i32, (reach / step_x).ceil() as i32);
    let canvas = Rect::new(0.0, 0.0, width, height).inflate(bounds.width(), bounds.width());
    for row in -rows..=rows {
        for column in -columns..=columns {
            let stagger = if row % 2 == 0 { 0.0 } else { 0.5 };
            let at = (
                width / 2.0 + (f64::from(column) + stagger) * step_x - bounds.width() / 2.0,
                height / 2.0 + f64::from(row) * step_y - bounds.height() / 2.0,
            );
            if canvas.contains(turn * Point::from(at)) {
                path.extend(Affine::translate(at) * word.clone());
            }
        }
    }
    // Dark under light shows on every ground.
    let dark = Affine::translate((unit * 0.22, unit * 0.22)) * path.clone();
    for (path, shade, alpha) in [(dark, 0, 46), (path, 255, 84)] {
        let color = Color { r: shade, g: shade, b: shade, a: alpha };
        let outline = Outline::Path { path, even_odd: false };
        let pen = Pen { width: unit * 0.72, dash: None, cap: Cap::Round };
        scene.ops.push(Op::Stroke { outline, turn: Some(turn), pen, ink: Ink::Solid(color) });
    }
}

fn word(unit: f64) -> BezPath {
    let mut path = BezPath::new();
    let mut x = 0.0;
    for (data, width) in LETTERS {
        let letter = BezPath::from_svg(data).unwrap_or_default();
        path.extend(Affine::translate((x, 0.0)) * letter);
        x += width + 1.3;
    }
    Affine::scale(unit) * path
}
