//! Input data by the contract: what is taken, what is refused, and how faults read.

use serde_json::{Value, json};
use template::inputs::Value as Given;
use template::{Document, InputFault, Inputs, PictureSource};

fn document() -> Document {
    Document::parse(include_str!("full.json")).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn check(data: Value) -> Result<Inputs, Vec<InputFault>> {
    Inputs::check(&document(), &data, "inputData", true).map(|(inputs, _)| inputs)
}

fn given(field: &str, value: Value) -> Option<Given> {
    let document = document();
    let mut data = json!({"title": "x"});
    data[field] = value;
    check(data).unwrap_or_else(|faults| panic!("{faults:#?}")).get(&document, field).cloned()
}

#[test]
fn values_are_kept_as_they_are() {
    assert_eq!(given("title", json!("a\r\nb\nc")), Some(Given::Text("a\nb\nc".into())));
    assert_eq!(given("price", json!(0)), Some(Given::Number(0.0)));
    assert_eq!(given("badge", json!(false)), Some(Given::Boolean(false)));
    assert_eq!(given("style", json!("cross")), Some(Given::Text("cross".into())));
    assert_eq!(given("tone", json!("#F03")), Some(Given::Color(template::bound::Color::parse("#ff0033").unwrap())));
    assert!(matches!(given("until", json!("2026-05-14")), Some(Given::Date(_))));
    assert!(matches!(given("features", json!(["a", null, "", "b"])), Some(Given::List(items)) if items.len() == 2));
    assert!(matches!(given("title", json!("é".repeat(120))), Some(Given::Text(_))));
}

#[test]
fn null_and_the_empty_text_count_as_not_given() {
    for (field, value) in [
        ("body", json!("")),
        ("body", json!(null)),
        ("photo", json!("")),
        ("tone", json!("")),
        ("until", json!("")),
        ("link", json!("")),
        ("features", json!([])),
        ("features", json!(["", null])),
        ("stats", json!([null])),
        ("price", json!(null)),
        ("price", json!("")),
        ("stats", json!("")),
        ("stats", json!(["", null])),
    ] {
        assert_eq!(given(field, value.clone()), None, "{field} {value}");
    }
    assert_eq!(given("currency", json!("")), Some(Given::Text("EUR".into())), "the default");
    assert_eq!(given("badge", json!(null)), Some(Given::Boolean(true)));
    assert_eq!(given("badge", json!("")), Some(Given::Boolean(true)));
}

#[test]
fn members_of_a_picture_that_are_null_or_empty_are_not_given_either() {
    let picture = |value: Value| match given("photo", value.clone()) {
        Some(Given::Picture(picture)) => picture,
        other => panic!("{value}: {other:?}"),
    };
    let plain = picture(json!({"assetId": "asset_1"}));
    for value in [
        json!({"assetId": "asset_1", "url": "", "focus": "", "fit": ""}),
        json!({"assetId": "asset_1", "url": null, "focus": null, "fit": null}),
        json!({"assetId": "asset_1", "url": ""}),
    ] {
        assert_eq!(picture(value), plain);
    }
    let centred = picture(json!({"assetId": "asset_1", "focus": {"x": "", "y": null}}));
    assert_eq!(centred.focus, Some([0.5, 0.5]));
    for empty in [json!({}), json!({"url": ""}), json!({"url": null, "assetId": ""})] {
        let faults = check(json!({"title": "x", "photo": empty})).unwrap_err();
        assert_eq!((faults[0].param.as_str(), faults[0].code), ("inputData.photo.url", "missing_input"));
    }
}

#[test]
fn overrides_take_no_defaults_and_miss_nothing() {
    let document = document();
    let (inputs, _) = Inputs::check(&document, &json!({}), "overrides.story.inputData", false).unwrap();
    assert!(document.fields().iter().all(|field| inputs.get(&document, &field.name).is_none()));
}

#[test]
fn every_fault_has_its_path_code_limit_and_figure() {
    let none = Value::Null;
    let rows = [
        ("title", json!(7), "inputData.title", "invalid_type", none.clone(), json!("number")),
        ("title", json!("x".repeat(121)), "inputData.title", "too_long", json!(120), json!(121)),
        ("title", json!("x".repeat(100_000)), "inputData.title", "too_long", json!(5000), json!(100_000)),
        ("title", json!("a\u{0}b"), "inputData.title", "invalid_characters", none.clone(), json!("U+0000")),
        ("title", json!("a\tb"), "inputData.title", "invalid_characters", none.clone(), json!("U+0009")),
        ("title", json!("a\rb"), "inputData.title", "invalid_characters", none.clone(), json!("U+000D")),
        ("title", json!("a\u{85}b"), "inputData.title", "invalid_characters", none.clone(), json!("U+0085")),
        ("title", json!(""), "inputData.title", "missing_input", none.clone(), none.clone()),
        ("title", json!(null), "inputData.title", "missing_input", none.clone(), none.clone()),
        ("price", json!("19.9"), "inputData.price", "invalid_type", none.clone(), json!("string")),
        ("price", json!(-1), "inputData.price", "out_of_range", json!(0.0), json!(-1)),
        ("price", json!(100_001), "inputData.price", "out_of_range", json!(100_000.0), json!(100_001)),
        ("oldPrice", json!(1e300), "inputData.oldPrice", "out_of_range", json!(1e15), json!(1e300)),
        ("badge", json!("true"), "inputData.badge", "invalid_type", none.clone(), json!("string")),
        ("badge", json!(1), "inputData.badge", "invalid_type", none.clone(), json!("number")),
        ("stars", json!(5.5), "inputData.stars", "out_of_range", json!(5.0), json!(5.5)),
        ("style", json!("dash"), "inputData.style", "not_allowed", json!(["tick", "number", "cross"]), json!("dash")),
        ("tone", json!("red"), "inputData.tone", "invalid_color", none.clone(), json!("red")),
        ("tone", json!("#12345"), "inputData.tone", "invalid_color", none.clone(), json!("#12345")),
        ("until", json!("2026-02-30"), "inputData.until", "invalid_date", none.clone(), json!("2026-02-30")),
        ("until", json!(20260514), "inputData.until", "invalid_type", none.clone(), json!("number")),
        ("link", json!("example.com"), "inputData.link", "invalid_url", none.clone(), none.clone()),
        ("link", json!("javascript:alert(1)"), "inputData.link", "invalid_url", none.clone(), none.clone()),
        ("code", json!("é".repeat(801)), "inputData.code", "too_long", json!(1600), json!(1602)),
        ("link", json!(format!("https://example.com/{}", "a".repeat(1_600))), "inputData.link", "too_long", json!(1600), json!(1620)),
        ("photo", json!(5), "inputData.photo", "invalid_type", none.clone(), json!("number")),
        ("photo", json!("ftp://example.com/a.png"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("file:///etc/passwd"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("http://"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("https://a b/c.png"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("data:text/html;base64,AAAA"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("data:image/png;base64,A"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!("data:image/png;base64,AA*A"), "inputData.photo", "invalid_url", none.clone(), none.clone()),
        ("photo", json!({}), "inputData.photo.url", "missing_input", none.clone(), none.clone()),
        (
            "photo",
            json!({"url": "https://a.b/c", "assetId": "asset_1"}),
            "inputData.photo",
            "conflicting_fields",
            none.clone(),
            none.clone(),
        ),
        ("photo", json!({"url": "https://a.b/c", "crop": 1}), "inputData.photo.crop", "unknown_field", none.clone(), none.clone()),
        ("photo", json!({"assetId": "../x"}), "inputData.photo.assetId", "not_allowed", none.clone(), json!("../x")),
        ("photo", json!({"assetId": "asset_1", "focus": {"x": 2}}), "inputData.photo.focus.x", "out_of_range", json!(1), json!(2)),
        ("photo", json!({"assetId": "asset_1", "focus": [0, 0]}), "inputData.photo.focus", "invalid_type", none.clone(), json!("array")),
        (
            "photo",
            json!({"assetId": "asset_1", "fit": "zoom"}),
            "inputData.photo.fit",
            "not_allowed",
            json!(["cover", "contain", "fill"]),
            json!("zoom"),
        ),
        ("features", json!("Oak"), "inputData.features", "invalid_type", none.clone(), json!("string")),
        ("features", json!(["a", "b", "c", "d"]), "inputData.features", "too_many", json!(3), json!(4)),
        ("features", json!(["a", 5]), "inputData.features[1]", "invalid_type", none.clone(), json!("number")),
        ("features", json!(["a", "x".repeat(19)]), "inputData.features[1]", "too_long", json!(18), json!(19)),
        ("stats", json!([{"label": "years"}]), "inputData.stats[0].value", "missing_input", none.clone(), none.clone()),
        ("stats", json!(["12"]), "inputData.stats[0]", "invalid_type", none.clone(), json!("string")),
        ("stats", json!([{"value": "123456789"}]), "inputData.stats[0].value", "too_long", json!(8), json!(9)),
    ];
    for (field, value, param, code, limit, received) in rows {
        let mut data = json!({"title": "x"});
        data[field] = value;
        let faults = check(data.clone()).unwrap_err();
        let short: String = data.to_string().chars().take(100).collect();
        assert_eq!(faults.len(), 1, "{short}: {faults:?}");
        let fault = &faults[0];
        assert_eq!((fault.param.as_str(), fault.code), (param, code), "{short}");
        assert_eq!((fault.limit.clone().unwrap_or_default(), fault.received.clone().unwrap_or_default()), (limit, received), "{short}");
        assert!(fault.message.ends_with('.') && fault.message.len() < 200, "{}", fault.message);
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_fields() {
    let faults = check(json!({"stars": 9, "price": "x", "photo": 1})).unwrap_err();
    let params: Vec<&str> = faults.iter().map(|fault| fault.param.as_str()).collect();
    assert_eq!(params, ["inputData.title", "inputData.photo", "inputData.price", "inputData.stars"]);
    for data in [json!(null), json!([]), json!("x"), json!(1)] {
        let faults = check(data).unwrap_err();
        assert_eq!((faults[0].param.as_str(), faults[0].code), ("inputData", "invalid_type"));
    }
}

#[test]
fn unknown_keys_are_told_with_the_nearest_field() {
    let data = json!({"title": "x", "titel": "y", "zzz": {}, "stats": [{"value": "1", "icn": 1}]});
    let (_, warnings) = Inputs::check(&document(), &data, "inputData", true).unwrap();
    let fields: Vec<&str> = warnings.iter().map(|warning| warning.measured["param"].as_str().unwrap()).collect();
    assert_eq!(fields, ["inputData.stats[0].icn", "inputData.titel", "inputData.zzz"]);
    assert_eq!(warnings[1].message, "The template has no field \"titel\"; did you mean \"title\"?");
    assert_eq!(warnings[1].field.as_deref(), Some("titel"));
}

#[test]
fn pictures_are_listed_with_field_and_path() {
    let document = document();
    let data = json!({"title": "x", "photo": "https://example.com/a.png", "stats": [{"value": "1"}, {"value": "2", "icon": {"assetId": "asset_7"}}]});
    let inputs = check(data).unwrap();
    let list: Vec<(&str, &str)> = inputs.pictures(&document).into_iter().map(|(field, picture)| (field, picture.path.as_str())).collect();
    assert_eq!(list, [("photo", "inputData.photo"), ("stats", "inputData.stats[1].icon")]);
    let (over, _) =
        Inputs::check(&document, &json!({"photo": "DATA:image/svg+xml,%3Csvg%3E"}), "overrides.story.inputData", false).unwrap();
    let merged = inputs.merged(&over);
    let pictures = merged.pictures(&document);
    assert_eq!(pictures[0].1.path, "overrides.story.inputData.photo");
    assert!(matches!(pictures[0].1.source, PictureSource::DataUrl(_)));
}

#[test]
fn constraints_say_what_the_items_of_a_list_are() {
    let document = document();
    let constraints = |name: &str| serde_json::Value::Object(document.field(name).unwrap().constraints_json());
    assert_eq!(constraints("title"), json!({"minLength": 1, "maxLength": 120}));
    assert_eq!(constraints("features"), json!({"maxItems": 3, "items": {"type": "text", "constraints": {"maxLength": 18}}}));
    let member = json!({"type": "text", "constraints": {"maxLength": 8}, "name": "value", "label": "value", "required": true});
    assert_eq!(constraints("stats")["items"]["fields"][0], member);
}

#[test]
fn the_schema_says_what_the_check_does() {
    let schema = document().input_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["title"]));
    assert_eq!(schema["properties"]["title"]["minLength"], 1);
    assert_eq!(schema["properties"]["title"]["maxLength"], 120);
    assert_eq!(schema["properties"]["title"]["examples"], json!(["A *good* chair"]));
    assert_eq!(schema["properties"]["style"]["anyOf"][0]["enum"], json!(["tick", "number", "cross"]));
    assert_eq!(schema["properties"]["style"]["anyOf"][1]["enum"], json!([null, ""]));
    assert_eq!(schema["properties"]["stats"]["anyOf"][0]["items"]["anyOf"][0]["required"], json!(["value"]));
    assert_eq!(schema["properties"]["stars"]["anyOf"][0]["maximum"], 5.0);
    let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names.len(), document().fields().len());
}
