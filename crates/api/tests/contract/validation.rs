//! Limits of `POST /v1/generate` and what counts as given.

use serde_json::{Value, json};

use crate::support::{World, codes, merged, only_fault};

#[tokio::test]
async fn null_means_left_out_but_for_the_brand_kit() {
    let world = World::new().await;
    let kit = world.server.kit(&world.team.id, "halvmark", true).await;
    let nulls = json!({
        "templateGroupVersion": null, "templates": null, "overrides": null, "locale": null, "output": null, "waitMs": null, "failOn": null,
        "dryRun": null, "externalId": null, "metadata": null, "inputData": { "title": "Hello", "photo": null, "price": null }
    });
    let generation = world.live.generate(&world.call_with(nulls)).await.expect(200).json();
    assert_eq!(generation["images"].as_array().map(Vec::len), Some(2), "every size");
    assert_eq!(generation["brandKitId"], kit, "left out: the default kit");
    assert_eq!((&generation["externalId"], &generation["metadata"]), (&json!(null), &json!({})));
    let own = world.live.generate(&world.call_with(json!({ "brandKitId": null }))).await.expect(200).json();
    assert_eq!((&own["brandKitId"], &own["brandKitVersion"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn an_empty_text_counts_as_not_given() {
    let world = World::new().await;
    let _ = world
        .live
        .generate(&world.inputs(json!({ "photo": "", "body": "", "accent": "", "day": "", "style": "", "link": "" })))
        .await
        .expect(200);
}

#[tokio::test]
async fn colours_and_dates_have_the_named_forms() {
    let world = World::new().await;
    for accent in ["#abc", "#a1b2c3", "#A1B2C3d4"] {
        let _ = world.live.generate(&world.inputs(json!({ "accent": accent, "badge": true }))).await.expect(200);
    }
    for day in ["2026-02-28", "2026-10-09T12:00:00Z", "2026-10-09T12:00:00.5+02:00"] {
        let _ = world.live.generate(&world.inputs(json!({ "day": day }))).await.expect(200);
    }
    for (name, value, code) in
        [("accent", "#abcde", "invalid_color"), ("day", "09.10.2026", "invalid_date"), ("day", "2026-13-01", "invalid_date")]
    {
        let answer = world.live.generate(&world.inputs(json!({ (name): value }))).await;
        assert_eq!(only_fault(&answer), (format!("inputData.{name}"), code.to_owned()), "{value}");
    }
}

#[tokio::test]
async fn unknown_fields_are_faults_at_the_top_and_warnings_in_input_data() {
    let world = World::new().await;
    let answer = world.live.generate(&world.call_with(json!({ "colour": 1 }))).await;
    assert_eq!(only_fault(&answer), ("colour".to_owned(), "unknown_field".to_owned()));
    let generation = world.live.generate(&world.inputs(json!({ "colour": 1 }))).await.expect(200).json();
    let warnings = generation["warnings"].as_array().into_iter().chain(generation["images"][0]["warnings"].as_array()).flatten();
    let unknown: Vec<&Value> = warnings.filter(|warning| warning["code"] == "unknown_input").collect();
    assert!(!unknown.is_empty(), "{generation}");
    assert_eq!((&unknown[0]["severity"], &unknown[0]["field"]), (&json!("info"), &json!("colour")));
}

#[tokio::test]
async fn sizes_are_chosen_by_key_or_id_and_come_in_the_groups_order() {
    let world = World::new().await;
    let group = world.live.get(&format!("/v1/templates/{}", world.card)).await.expect(200).json();
    let wide = group["templates"][1]["id"].as_str().expect("an id");
    let keys = |generation: &Value| -> Vec<String> {
        let images = generation["images"].as_array().expect("images");
        images.iter().map(|image| image["key"].as_str().expect("a key").to_owned()).collect()
    };
    for (templates, expected) in
        [(json!([wide, "square"]), ["square", "wide"].as_slice()), (json!(["wide"]), &["wide"]), (json!([wide]), &["wide"])]
    {
        let generation = world.live.generate(&world.call_with(json!({ "templates": templates }))).await.expect(200).json();
        assert_eq!(keys(&generation), expected);
    }
    let answer = world.live.generate(&world.call_with(json!({ "templates": ["wide", wide] }))).await;
    assert_eq!(only_fault(&answer), ("templates[1]".to_owned(), "duplicate".to_owned()));
    let error = world.live.generate(&world.call_with(json!({ "templates": ["square", "cube"] }))).await.error(404, "template_not_in_group");
    assert_eq!(error["param"], "templates[1]");
}

#[tokio::test]
async fn overrides_change_one_size() {
    let world = World::new().await;
    let all = json!({ "templates": ["square", "wide"] });
    let plain = world.live.generate(&world.call_with(all.clone())).await.expect(200).json();
    let overrides = merged(all, json!({ "overrides": { "wide": { "inputData": { "title": "Short" } } } }));
    let changed = world.live.generate(&world.call_with(overrides)).await.expect(200).json();
    assert_eq!(plain["images"][0]["sha256"], changed["images"][0]["sha256"]);
    assert_ne!(plain["images"][1]["sha256"], changed["images"][1]["sha256"]);
    for (overrides, status, param, code) in [
        (json!({ "wide": { "inputData": { "title": "x".repeat(121) } } }), 422, "overrides.wide.inputData.title", "too_long"),
        (json!({ "wide": { "inputData": 1 } }), 422, "overrides.wide.inputData", "invalid_type"),
        (json!({ "wide": 1 }), 422, "overrides.wide", "invalid_type"),
        (json!({ "wide": { "templates": [] } }), 422, "overrides.wide.templates", "unknown_field"),
        (json!({ "cube": { "inputData": {} } }), 404, "overrides.cube", "template_not_in_group"),
    ] {
        let answer = world.live.generate(&world.call_with(json!({ "templates": ["square", "wide"], "overrides": overrides }))).await;
        if status == 404 {
            assert_eq!(answer.error(404, code)["param"], param);
        } else {
            assert_eq!(only_fault(&answer), (param.to_owned(), code.to_owned()));
        }
    }
    // A required field may come from the overrides of every size that is made.
    let call = json!({ "templateGroupId": world.card, "inputData": {}, "templates": ["wide"], "overrides": { "wide": { "inputData": { "title": "Only here" } } } });
    let answer = world.live.generate(&call).await;
    assert!(matches!(answer.status, 200 | 422), "{}", answer.status);
}

#[tokio::test]
async fn formats_are_taken_or_named() {
    let world = World::new().await;
    for (format, kind) in [("png", "png"), ("jpeg", "jpeg"), ("jpg", "jpeg"), ("webp", "webp"), ("avif", "avif"), ("pdf", "pdf")] {
        let generation = world.live.generate(&world.call_with(json!({ "output": { "format": format } }))).await.expect(200).json();
        assert_eq!(generation["images"][0]["format"], kind);
        assert!(generation["images"][0]["url"].as_str().is_some_and(|url| url.ends_with(if kind == "jpeg" { ".jpg" } else { kind })));
    }
    for format in ["bmp", "svg", "PNG"] {
        let answer = world.live.generate(&world.call_with(json!({ "output": { "format": format } }))).await;
        assert_eq!(only_fault(&answer), ("output.format".to_owned(), "unsupported_format".to_owned()));
    }
    let generation =
        world.live.generate(&world.call_with(json!({ "output": { "formats": ["webp", "png", "jpeg"] } }))).await.expect(200).json();
    let image = &generation["images"][0];
    let formats: Vec<&str> =
        image["files"].as_array().expect("files").iter().map(|file| file["format"].as_str().expect("a format")).collect();
    assert_eq!(formats, ["webp", "png", "jpeg"]);
    for member in ["format", "url", "bytes", "sha256"] {
        assert_eq!(image[member], image["files"][0][member], "of the first encoding");
    }
    assert_eq!(generation["credits"]["charged"], 1, "encodings are free");
    let answer =
        world.live.generate(&world.call_with(json!({ "output": { "formats": ["png", "jpeg", "webp", "png", "png", "png"] } }))).await;
    assert!(answer.faults().contains(&("output.formats".to_owned(), "too_many".to_owned())));
}

#[tokio::test]
async fn output_has_limits_by_edge_by_picture_and_by_call() {
    let server = testkit::Server::start().await;
    let team = server.team("agency").await;
    let client = server.client(&team.live);
    let group = async |slug: &str, sizes: Value| {
        let document = json!({
            "format": 1, "name": "Sizes", "fields": [{ "name": "title", "type": "text", "required": true, "example": "a" }],
            "layers": [{ "id": "title", "type": "text", "text": "{{title}}" }], "templates": sizes
        });
        server.operator.import_template(&team.id, slug, &document.to_string()).await.expect("a group").id
    };
    let size = |key: &str, width: u32, height: u32| json!({ "key": key, "name": key, "width": width, "height": height });
    let edge = group("edge", json!([size("long", 4000, 10)])).await;
    let area = group("area", json!([size("large", 3200, 3200)])).await;
    let many = group("many", Value::Array((0..12).map(|n| size(&format!("s{n}"), 2900, 2900)).collect())).await;
    let dry = async |id: &str, output: Value| {
        let body = json!({ "templateGroupId": id, "inputData": { "title": "a" }, "output": output, "dryRun": true });
        client.generate(&body).await.expect(200).json()
    };
    let faults =
        |report: &Value| report["errors"].as_array().expect("errors").iter().map(|error| error["code"].clone()).collect::<Vec<_>>();
    assert!(faults(&dry(&edge, json!({ "scale": 2 })).await).is_empty());
    assert_eq!(faults(&dry(&edge, json!({ "scale": 2.1 })).await), ["output_too_large"]);
    assert_eq!(faults(&dry(&area, json!({ "scale": 1.9 })).await), [] as [&str; 0]);
    assert_eq!(faults(&dry(&area, json!({ "scale": 2 })).await), ["output_too_large"]);
    assert_eq!(faults(&dry(&many, json!({})).await), [] as [&str; 0]);
    assert_eq!(faults(&dry(&many, json!({ "formats": ["png", "webp"] })).await), ["output_too_large"]);
    let answer = client.generate(&json!({ "templateGroupId": area, "inputData": { "title": "a" }, "output": { "scale": 4 } })).await;
    assert_eq!(only_fault(&answer).1, "output_too_large");
}

#[tokio::test]
async fn a_call_names_at_most_ten_different_remote_pictures() {
    let world = World::new().await;
    let sizes: Vec<Value> = (0..11).map(|n| json!({ "key": format!("s{n}"), "name": "S", "width": 20, "height": 20 })).collect();
    let document = json!({
        "format": 1, "name": "Many", "fields": [{ "name": "photo", "type": "image" }],
        "layers": [{ "id": "photo", "type": "image", "source": "{{photo}}" }], "templates": sizes
    });
    let id = world.server.operator.import_template(&world.team.id, "many", &document.to_string()).await.expect("a group").id;
    let call = |count: usize| {
        let overrides: serde_json::Map<String, Value> = (0..11)
            .map(|n| (format!("s{n}"), json!({ "inputData": { "photo": format!("https://example.com/{}.png", n % count) } })))
            .collect();
        json!({ "templateGroupId": id, "inputData": {}, "overrides": overrides, "dryRun": true })
    };
    let eleven = world.live.generate(&call(11)).await.expect(200).json();
    assert_eq!(eleven["errors"][0]["code"], "too_many", "{eleven}");
    let ten = world.live.generate(&call(10)).await.expect(200).json();
    assert_eq!(ten["valid"], true, "{ten}");
}

#[tokio::test]
async fn metadata_and_external_id_come_back_and_have_limits() {
    let world = World::new().await;
    let labels = json!({ "externalId": "order-42", "metadata": { "k": "v", "n": 1, "nested": { "a": [1, 2] } } });
    let answer = world.live.generate(&world.call_with(labels.clone())).await;
    if answer.status == 200 {
        let generation = answer.json();
        assert_eq!((&generation["externalId"], &generation["metadata"]), (&labels["externalId"], &labels["metadata"]));
    }
    let generation =
        world.live.generate(&world.call_with(json!({ "externalId": "order-43", "metadata": { "k": "v" } }))).await.expect(200).json();
    assert_eq!((&generation["externalId"], &generation["metadata"]), (&json!("order-43"), &json!({ "k": "v" })));
    let keys = |count: usize| -> Value { (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into() };
    let _ = world.live.generate(&world.call_with(json!({ "metadata": keys(50) }))).await.expect(200);
    assert_eq!(
        only_fault(&world.live.generate(&world.call_with(json!({ "metadata": keys(51) }))).await),
        ("metadata".to_owned(), "too_many".to_owned())
    );
    let long = world.live.generate(&world.call_with(json!({ "metadata": { "k": "x".repeat(4096) } }))).await;
    assert_eq!(only_fault(&long), ("metadata".to_owned(), "too_long".to_owned()));
}

#[tokio::test]
async fn the_locale_decides_figures_and_comes_back() {
    let world = World::new().await;
    let call = |locale: Value| merged(world.inputs(json!({ "price": 999.5, "day": "2026-10-09" })), json!({ "locale": locale }));
    let german = world.live.generate(&call(json!("de"))).await.expect(200).json();
    let english = world.live.generate(&call(json!("en"))).await.expect(200).json();
    let own = world.live.generate(&call(json!(null))).await.expect(200).json();
    assert_eq!((&german["locale"], &english["locale"]), (&json!("de"), &json!("en")));
    assert_ne!(german["images"][0]["sha256"], english["images"][0]["sha256"]);
    assert_eq!(own["images"][0]["sha256"], english["images"][0]["sha256"], "the template's locale is en");
}

#[tokio::test]
async fn an_older_version_can_be_named_and_an_unknown_one_is_404() {
    let world = World::new().await;
    let first = world.made().await;
    assert_eq!(first["templateGroupVersion"], 1);
    let changed = testkit::CARD.replace("\"size\": 20", "\"size\": 30").replace("Test card", "Test card 2");
    let imported = world.server.operator.import_template(&world.team.id, "card", &changed).await.expect("a version");
    assert_eq!((imported.id.as_str(), imported.version), (world.card.as_str(), 2));
    let begun = std::time::Instant::now();
    let newest = loop {
        let newest = world.made().await;
        if newest["templateGroupVersion"] == 2 {
            break newest;
        }
        assert!(begun.elapsed().as_secs() < 5, "the new version is not used");
    };
    let older = world.live.generate(&world.call_with(json!({ "templateGroupVersion": 1 }))).await.expect(200).json();
    assert_eq!(older["images"][0]["sha256"], first["images"][0]["sha256"]);
    assert_ne!(newest["images"][0]["sha256"], first["images"][0]["sha256"]);
    let error = world.live.generate(&world.call_with(json!({ "templateGroupVersion": 3 }))).await.error(404, "template_version_not_found");
    assert_eq!(error["param"], "templateGroupVersion");
    assert_eq!(codes(&older["images"][0]["warnings"]), codes(&first["images"][0]["warnings"]));
}
