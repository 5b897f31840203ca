//! Texts and logos that leave the safe area of a size's platform.

use std::{path::Path, sync::Arc};

use render::{Engine, FontBytes, FontKind, Fonts, Scratch, measure};
use serde_json::{Value, json};
use template::{Document, Inputs, Severity, Warning, WarningCode};

fn engine() -> Engine {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/fonts/inter/inter-latin-standard-normal.woff2");
    let mut fonts = Fonts::default();
    let bytes: FontBytes = Arc::new(std::fs::read(file).unwrap());
    fonts.add("Inter", FontKind::Text, bytes, 0).unwrap();
    Engine::new(fonts)
}

/// Figures of what leaves the area of `platform` on a canvas of this size: measured, limit.
fn told(platform: &str, (width, height): (u32, u32), layer: Value) -> Vec<(Value, Value)> {
    warnings(platform, (width, height), layer).into_iter().map(|warning| (warning.measured.into(), warning.limit.into())).collect()
}

fn warnings(platform: &str, (width, height): (u32, u32), layer: Value) -> Vec<Warning> {
    let text = json!({
        "format": 1, "name": "Test",
        "look": {"fonts": {"body": {"family": "Inter"}}},
        "fields": [{"name": "title", "type": "text", "label": "Title", "example": "Hello"}],
        "layers": [layer],
        "templates": [{"key": "one", "name": "One", "platform": platform, "width": width, "height": height}]
    });
    let document = Document::parse(&text.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (inputs, _) = Inputs::check(&document, &document.example_inputs(), "inputData", true).unwrap();
    let (bound, _) = template::bind(&document, &document.sizes()[0], &inputs, None, None);
    let found = measure(&engine(), &mut Scratch::default(), &bound).1;
    found.into_iter().filter(|warning| warning.code == WarningCode::SafeZoneViolation).collect()
}

fn title(more: Value) -> Value {
    let mut layer = json!({"id": "title", "type": "text", "text": "{{title}}", "size": 100, "lineHeight": 1, "left": 200, "top": 400});
    layer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    layer
}

#[test]
fn a_text_under_the_head_of_a_story_is_told_with_its_figures() {
    let found = warnings("ig-story", (1080, 1920), title(json!({"top": 200})));
    let warning = found.first().expect("a warning");
    assert_eq!((found.len(), warning.severity, warning.field.as_deref()), (1, Severity::Warning, Some("title")));
    assert_eq!((warning.limit["top"].as_f64(), &warning.measured["layer"]), (Some(270.0), &json!("title")));
    let top = warning.measured["top"].as_f64().unwrap();
    assert!((200.0..240.0).contains(&top) && warning.measured.get("left").is_none(), "{warning:?}");
    assert!(warning.message.contains("Instagram story") && warning.message.contains(&format!("{top} of 270 px")), "{}", warning.message);
}

#[test]
fn the_letters_count_not_the_box() {
    assert_eq!(told("ig-story", (1080, 1920), title(json!({"top": 0, "bottom": 0, "verticalAlign": "middle"}))), []);
    assert_eq!(told("ig-story", (1080, 1920), title(json!({}))), []);
    assert_eq!(told("", (1080, 1920), title(json!({"top": 0}))), [], "no platform covers nothing");
}

#[test]
fn edges_are_scaled_to_the_canvas_and_turned_boxes_are_seen() {
    let found = told("ig-story", (540, 960), title(json!({"left": 10, "size": 40})));
    assert_eq!((&found[0].0["left"], &found[0].1["left"]), (&json!(10.0), &json!(33.0)));
    let lying = title(json!({"top": 300, "width": 600, "height": 100}));
    assert_eq!(told("ig-story", (1080, 1920), lying.clone()), []);
    let mut standing = lying;
    standing["rotate"] = json!(90);
    assert!(told("ig-story", (1080, 1920), standing)[0].0["top"].as_f64() < Some(100.0), "its beginning stands at the top");
}

#[test]
fn a_quotation_mark_may_hang_over_the_edge() {
    let quote = |left: u32| title(json!({"text": "“{{title}}", "hang": true, "left": left}));
    assert_eq!(told("ig-story", (1080, 1920), quote(70)), []);
    assert_eq!(told("ig-story", (1080, 1920), quote(50)).len(), 1);
}

#[test]
fn the_length_of_a_video_lies_over_a_corner() {
    let found = told("yt-thumb", (1280, 720), title(json!({"left": 900, "top": 560})));
    assert_eq!((found.len(), &found[0].1["free"]), (1, &json!([1024.0, 612.0, 256.0, 108.0])));
    assert_eq!(told("yt-thumb", (1280, 720), title(json!({"left": 740, "top": 560}))), []);
}

#[test]
fn decoration_and_what_it_holds_may_bleed() {
    assert_eq!(told("ig-story", (1080, 1920), title(json!({"top": 0, "bleed": true}))), []);
    let group = |bleed: bool| json!({"id": "band", "type": "group", "left": 0, "top": 0, "width": 600, "height": 300, "bleed": bleed, "children": [title(json!({"top": 10}))]});
    assert_eq!(told("ig-story", (1080, 1920), group(true)), []);
    assert_eq!(told("ig-story", (1080, 1920), group(false)).len(), 1);
    assert_eq!(told("ig-story", (1080, 1920), title(json!({"top": 0, "opacity": 0}))), [], "what can't be seen needs no room");
}
