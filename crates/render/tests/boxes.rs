//! Boxes drawn to the pixel: fills under borders, rows that wrap.

mod support;

use render::{Engine, Frame, Options, Scratch, render};
use serde_json::{Value, json};
use support::{Slope, engine};
use template::{Document, Inputs};

fn draw(engine: &Engine, (width, height): (u32, u32), background: &str, layer: Value) -> Frame {
    let text = json!({
        "format": 1, "name": "Test", "background": background, "layers": [layer],
        "templates": [{"key": "one", "name": "One", "width": width, "height": height}]
    });
    let document = Document::parse(&text.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (inputs, _) = Inputs::check(&document, &json!({}), "inputData", true).unwrap();
    let (bound, _) = template::bind(&document, &document.sizes()[0], &inputs, None, None);
    render(engine, &mut Scratch::default(), &bound, &Slope, &Options::default()).unwrap()
}

/// The lightest red of the 14 × 14 pixels in the corner of a rounded white box on black.
fn lightest_in_the_corner(border: Value) -> u8 {
    let layer = json!({"id": "box", "type": "shape", "left": 0, "top": 0, "width": 120, "height": 120, "radius": 40, "fill": "#ffffff", "border": border});
    let frame = draw(&engine(), (120, 120), "#000000", layer);
    let rows = frame.pixels.chunks_exact(4 * frame.width as usize).take(14);
    rows.flat_map(|row| row.chunks_exact(4).take(14)).map(|pixel| pixel[0]).max().unwrap()
}

#[test]
fn a_fill_does_not_shine_through_the_rounded_edge_of_an_opaque_border() {
    assert_eq!(lightest_in_the_corner(json!({"width": 8, "color": "#000000"})), 0);
}

#[test]
fn a_fill_reaches_the_edge_under_a_border_that_lets_it_through() {
    assert!(lightest_in_the_corner(json!({"width": 8, "color": "#00000080"})) > 100);
}

/// Rows of pixels with ink in them, of a wrapping stack as wide as its seven boxes of 10 px height.
fn inked_rows(engine: &Engine, side: f64, gap: f64) -> usize {
    let layer = json!({"id": "row", "type": "stack", "direction": "row", "wrap": true, "gap": gap, "padding": side / 3.0, "top": 0, "centerX": 0,
        "children": [{"id": "chip", "type": "shape", "repeat": 7, "width": side, "height": 10, "fill": "#000000"}]});
    let frame = draw(engine, (300, 80), "#ffffff", layer);
    frame.pixels.chunks_exact(4 * frame.width as usize).filter(|row| row.chunks_exact(4).any(|pixel| pixel[0] < 200)).count()
}

#[test]
fn a_stack_as_wide_as_its_row_keeps_it_in_one_line() {
    let engine = engine();
    let sizes = (0..120).map(|step| (9.0 + f64::from(step) * 0.173, 1.0 + f64::from(step) * 0.031));
    let wrapped: Vec<_> = sizes.filter(|(side, gap)| inked_rows(&engine, *side, *gap) > 12).collect();
    assert!(wrapped.is_empty(), "{} of 120 wrap: {wrapped:?}", wrapped.len());
}
