use super::*;
use crate::Document;

const TEXT: &str = r##"{
  "format": 1, "name": "Note [1]", "vars": {"foot": 100, "lines": 4, "gap": "0.1s"},
  "fields": [{"name": "title", "type": "text", "example": "Hi"}, {"name": "link", "type": "url"}, {"name": "photo", "type": "image"}],
  "styles": {"big": {"size": "0.1s", "minSize": "0.05s"}},
  "layers": [
    {"id": "title", "type": "text", "style": "big", "text": "{{title}}", "left": "m", "top": 40, "maxLines": "$lines", "bottom": "$foot"},
    {"id": "small", "type": "text", "text": "{{link}}", "left": "m", "bottom": "$foot - 20", "size": 24},
    {"id": "photo", "type": "image", "source": "{{photo}}", "right": 0, "top": 0, "width": 200, "height": "50%"},
    {"id": "code", "type": "qr", "data": "{{link}}", "right": "m", "bottom": "m", "width": 120, "height": 120},
    {"id": "row", "type": "stack", "direction": "row", "left": 10, "bottom": "m", "children": [
      {"id": "who", "type": "text", "text": "Who"}
    ]}
  ],
  "templates": [
    {"key": "square", "name": "Square", "width": 1000, "height": 1000},
    {"key": "story", "name": "Story", "platform": "ig-story", "width": 1080, "height": 1920, "vars": {"foot": 384}, "overrides": {"title": {"top": 270}}}
  ]
}"##;

fn document() -> Value {
    serde_json::from_str(TEXT).unwrap()
}

fn wish(width: u32, height: u32) -> Wish {
    Wish { key: "new".to_owned(), name: "New".to_owned(), platform: String::new(), width, height }
}

fn proposed(width: u32, height: u32) -> Proposal {
    let proposal = propose(&document(), &wish(width, height), None).unwrap();
    let text = insert(TEXT, &proposal.size).expect("it can be inserted");
    Document::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    proposal
}

#[test]
fn the_nearest_shape_is_taken_and_its_pixels_scaled() {
    let tall = proposed(540, 1000);
    assert_eq!(tall.from, "story");
    assert_eq!(tall.size["vars"], json!({"foot": 200}), "a count of lines is no length");
    assert_eq!(tall.size["overrides"]["title"], json!({"top": 140.6}));
    assert_eq!(tall.size["overrides"]["photo"], json!({"width": 100}), "shares of the canvas stay as they are");
    assert_eq!(tall.size.get("platform"), None);
    let same = proposed(1080, 1920);
    assert_eq!((same.from.as_str(), &same.size["overrides"]), ("story", &json!({"title": {"top": 270}})));
    assert_eq!(propose(&document(), &wish(1080, 1920), Some("square")).unwrap().from, "square");
}

#[test]
fn from_a_square_to_landscape_type_grows_and_codes_go() {
    let wide = proposed(1600, 900);
    assert_eq!((wide.from.as_str(), wide.dropped), ("square", vec![("code".to_owned(), "a QR code on this shape can't be scanned")]));
    let overrides = &wide.size["overrides"];
    assert_eq!(overrides["title"]["size"], "0.13s");
    assert_eq!(overrides["small"]["size"], json!(28.08), "pixels by the short edge, then as type");
    assert_eq!(overrides["code"]["hidden"], true);
}

#[test]
fn a_story_has_no_links_and_a_banner_no_photographs() {
    let tall = propose(&document(), &wish(1080, 1920), Some("square")).unwrap();
    assert_eq!(tall.dropped, [("small".to_owned(), "a link in a story can't be followed")]);
    assert_eq!(tall.size["overrides"]["title"]["size"], "0.11s", "only the headline grows");
    let dropped: Vec<String> = proposed(728, 90).dropped.into_iter().map(|(layer, _)| layer).collect();
    assert_eq!(dropped, ["photo", "code"]);
}

#[test]
fn what_stands_in_the_way_of_a_platform_moves_with_what_hangs_on_it() {
    let document = document();
    let mut size = proposed(1080, 1920).size;
    let wanted = [("title".to_owned(), Edge::Bottom, 96.0), ("title".to_owned(), Edge::Top, 0.4), ("who".to_owned(), Edge::Bottom, 300.0)];
    assert_eq!(push(&document, &mut size, &wanted).len(), 3);
    assert_eq!(size["vars"]["foot"], json!(480));
    assert_eq!(size["overrides"]["title"]["top"], json!(271));
    assert_eq!(size["overrides"]["row"], json!({"bottom": "m + 300"}), "a stack moves with what it holds");
    assert_eq!(push(&document, &mut size, &[("who".to_owned(), Edge::Bottom, 20.0)]).len(), 1);
    assert_eq!(size["overrides"]["row"], json!({"bottom": "m + 320"}));
    assert_eq!(
        push(&document, &mut size, &[("title".to_owned(), Edge::Right, 9.0)]).len(),
        1,
        "without a right pin the left one gives way"
    );
    assert_eq!(size["overrides"]["title"]["left"], "m - 9");
}

#[test]
fn a_frame_goes_with_the_only_word_in_it() {
    let mut document = document();
    let pill =
        json!({"id": "pill", "type": "stack", "children": [{"id": "frame", "type": "shape"}, {"id": "word", "type": "text", "text": "x"}]});
    document["layers"].as_array_mut().unwrap().push(pill);
    let mut size = json!({"key": "new"});
    hide_texts(&document, &mut size, &["word".to_owned()]);
    assert_eq!(size["overrides"], json!({"pill": {"hidden": true}}));
    let mut size = json!({"key": "new"});
    document["layers"][4]["children"].as_array_mut().unwrap().push(json!({"id": "face", "type": "image", "source": "{{photo}}"}));
    hide_texts(&document, &mut size, &["who".to_owned()]);
    assert_eq!(size["overrides"], json!({"who": {"hidden": true}}), "a picture is left in the row");
}

#[test]
fn the_text_around_a_new_size_stays_as_it_is() {
    let text = insert(TEXT, &json!({"key": "new", "overrides": {"title": {"top": 1}}})).unwrap();
    let (head, tail) = TEXT.rsplit_once("\n  ]").unwrap();
    assert!(text.starts_with(head) && text.ends_with(&format!("\n  ]{tail}")), "{text}");
    assert!(text.contains(",\n    {\"key\": \"new\",\n      \"overrides\": {\n        \"title\": {\"top\": 1}\n      }}\n  ]"), "{text}");
    let tricky = r#"{"note": "\"templates\": [", "layers": [{"templates": []}], "templates": []}"#;
    assert_eq!(
        insert(tricky, &json!({"key": "a"})).unwrap(),
        "{\"note\": \"\\\"templates\\\": [\", \"layers\": [{\"templates\": []}], \"templates\": [\n    {\"key\": \"a\"}\n  ]}"
    );
    assert_eq!(insert("{}", &json!({})), None);
    assert_eq!(insert("[", &json!({})), None);
}

#[test]
fn a_key_that_stands_already_is_refused() {
    let wish = Wish { key: "story".to_owned(), ..wish(10, 10) };
    assert!(propose(&document(), &wish, None).unwrap_err().contains("already"));
    assert!(propose(&document(), &Wish { key: "x".to_owned(), ..wish }, Some("wide")).unwrap_err().contains("it has square, story"));
}
