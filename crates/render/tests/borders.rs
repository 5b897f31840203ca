//! Fills under borders.

use render::{Engine, Fonts, Options, Picture, PictureError, Scratch, World, render};
use serde_json::{Value, json};
use template::{Document, Inputs};

struct Nothing;

impl World for Nothing {
    fn picture(&self, _: &str) -> Result<Picture, PictureError> {
        Err(PictureError::FetchFailed)
    }
}

/// The lightest red of the square of `side` pixels in the canvas's corner, with a white box in it on black.
fn lightest_in_the_corner(side: u32, border: Value) -> u8 {
    let text = json!({
        "format": 1, "name": "Test", "background": "#000000",
        "layers": [{"id": "box", "type": "shape", "left": 0, "top": 0, "width": 120, "height": 120, "radius": 40, "fill": "#ffffff", "border": border}],
        "templates": [{"key": "one", "name": "One", "width": 120, "height": 120}]
    });
    let document = Document::parse(&text.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (inputs, _) = Inputs::check(&document, &json!({}), "inputData", true).unwrap();
    let (bound, _) = template::bind(&document, &document.sizes()[0], &inputs, None, None);
    let engine = Engine::new(Fonts::default());
    let frame = render(&engine, &mut Scratch::default(), &bound, &Nothing, &Options::default()).unwrap();
    let rows = frame.pixels.chunks_exact(4 * frame.width as usize).take(side as usize);
    rows.flat_map(|row| row.chunks_exact(4).take(side as usize)).map(|pixel| pixel[0]).max().unwrap()
}

#[test]
fn a_fill_does_not_shine_through_the_rounded_edge_of_an_opaque_border() {
    assert_eq!(lightest_in_the_corner(14, json!({"width": 8, "color": "#000000"})), 0);
}

#[test]
fn a_fill_reaches_the_edge_under_a_border_that_lets_it_through() {
    assert!(lightest_in_the_corner(14, json!({"width": 8, "color": "#00000080"})) > 100);
}
