//! What one call to generate answers.

use app::view::{ImageStatus, Status};
use app::{Error, GenerateAnswer, Missing};
use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::house::{House, call, small, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_live_call_gives_every_size_and_charges_one_credit_for_each() {
    let house = House::new().await;
    let before = house.remaining().await;
    let made =
        house.made(&house.live, json!({"templateGroupId": "tg_quote", "inputData": {"title": "Hello *world*"}, "waitMs": 30000})).await;
    note_timings(&made.timings);
    let generation = &made.generation;
    assert_eq!(generation.status, Status::Completed, "{generation:?}");
    assert_eq!(generation.images.iter().map(|i| i.key.as_str()).collect::<Vec<_>>(), ["square", "portrait", "story", "landscape"]);
    assert_eq!((generation.credits.charged, generation.credits.reserved), (4, 0));
    let figures = made.credits.unwrap();
    assert_eq!((figures.charged, figures.reserved, figures.remaining), (4, 0, Some(before - 4)));
    assert_eq!(house.remaining().await, before - 4);
    assert!(generation.brand_kit_id.is_some(), "the team's default kit is used");
    for image in &generation.images {
        let url = image.url.as_deref().unwrap();
        let name = url.strip_prefix("http://pictures.test/p/").unwrap();
        assert!(name.split('.').next().is_some_and(|token| token.len() == 32), "{name}");
        let (media_type, bytes) = house.picture(name).await;
        assert_eq!(media_type, "image/png");
        assert_eq!(bytes.len() as u64, image.bytes.unwrap());
        assert_eq!(hex::encode(Sha256::digest(&bytes)), image.sha256.clone().unwrap());
        assert_eq!(render::codec::header(&bytes).map(|h| (h.width, h.height)), Ok((image.width, image.height)));
        assert_eq!(image.error, None);
        assert!(image.alt_text.as_deref().is_some_and(|text| text.contains("Hello world")), "{:?}", image.alt_text);
    }
    house.audit().await;
}

/// For whoever measures: `APP_TIMINGS` names a file. Nothing depends on it.
fn note_timings(timings: &app::view::Timings) {
    if let Ok(path) = std::env::var("APP_TIMINGS") {
        std::fs::write(path, serde_json::to_string(timings).unwrap()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_charges_nothing_and_says_that_it_is_marked() {
    let house = House::new().await;
    let before = house.remaining().await;
    let made = house.made(&house.test, small()).await;
    assert_eq!(made.generation.status, Status::Completed);
    assert!(made.credits.is_none());
    assert_eq!(house.remaining().await, before);
    let warnings = made.generation.images[0].warnings.as_ref().unwrap();
    assert_eq!(warnings.iter().filter(|w| w["code"] == "test_watermark" && w["severity"] == "info").count(), 1, "{warnings:?}");
    let live = house.made(&house.live, small()).await;
    assert_ne!(live.generation.images[0].sha256, made.generation.images[0].sha256);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_gives_the_same_bytes_alone_and_along_with_other_sizes() {
    let house = House::new().await;
    let body = json!({"templateGroupId": "tg_quote", "inputData": {"title": "Same", "photo": {"assetId": "asset_demo_portrait_1"}}, "output": {"scale": 0.25}, "waitMs": 30000});
    let all = house.made(&house.live, body.clone()).await;
    let alone = house.made(&house.live, with(body, json!({"templates": ["story"]}))).await;
    let story = all.generation.images.iter().find(|image| image.key == "story").unwrap();
    assert_eq!(story.status, ImageStatus::Completed, "{story:?}");
    assert_eq!(story.sha256, alone.generation.images[0].sha256);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_body_and_input_data_comes_in_one_list() {
    let house = House::new().await;
    let faults = house
        .faults(json!({
            "templateGroupId": "tg_quote",
            "inputData": {"title": "x".repeat(200), "name": 7, "photo": "ftp://example.com/a.png"},
            "overrides": {"story": {"inputData": {"title": ["no"]}}},
            "output": {"scale": 5, "format": "gif"}, "waitMs": -1, "colour": "red"
        }))
        .await;
    for expected in [
        ("output.format", "unsupported_format"),
        ("output.scale", "out_of_range"),
        ("waitMs", "out_of_range"),
        ("colour", "unknown_field"),
        ("inputData.title", "too_long"),
        ("inputData.name", "invalid_type"),
        ("inputData.photo", "invalid_url"),
        ("overrides.story.inputData.title", "invalid_type"),
    ] {
        assert!(faults.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} is not in {faults:?}");
    }
    assert_eq!(
        house.faults(json!({"templateGroupId": "tg_quote", "inputData": {}})).await,
        [("inputData.title".to_owned(), "missing_input")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_urls_are_refused_by_their_text_with_their_path() {
    let house = House::new().await;
    for url in [
        "http://127.0.0.1/a.png",
        "http://user:pw@example.com/a.png",
        "https://example.com:22/a.png",
        "http://[::1]/a.png",
        "http://169.254.169.254/latest",
    ] {
        let faults = house.faults(json!({"templateGroupId": "tg_quote", "inputData": {"title": "x", "photo": url}})).await;
        assert_eq!(faults, [("inputData.photo".to_owned(), "invalid_url")], "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_names_at_most_ten_different_remote_pictures() {
    let house = House::new().await;
    let fields: Vec<Value> = (0..11).map(|i| json!({"name": format!("photo{i}"), "type": "image", "label": "Photo"})).collect();
    let document = json!({"format": 1, "name": "Many", "fields": fields, "layers": [], "templates": [{"key": "square", "name": "Square", "width": 100, "height": 100}]});
    let group = house.operator.import_template(&house.team, "many", &document.to_string()).await.unwrap().id;
    let body = |different: usize| {
        let input: serde_json::Map<_, _> =
            (0..11).map(|i| (format!("photo{i}"), json!(format!("https://example.com/{}.png", i % different)))).collect();
        json!({"templateGroupId": group, "inputData": input, "dryRun": true})
    };
    let errors = async |different| match house.call(&house.live, body(different)).await {
        Ok(GenerateAnswer::DryRun { answer, .. }) => answer.errors.into_iter().map(|fault| (fault.param, fault.code)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(errors(10).await, []);
    assert_eq!(errors(11).await, [("inputData.photo10".to_owned(), "too_many")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_is_not_found_whatever_else_is_wrong() {
    let house = House::new().await;
    let cases = [
        (json!({"templateGroupId": "tg_none", "inputData": 7}), Missing::TemplateGroup, "templateGroupId"),
        (
            json!({"templateGroupId": "tg_quote", "templateGroupVersion": 99, "inputData": {}}),
            Missing::TemplateVersion,
            "templateGroupVersion",
        ),
        (json!({"templateGroupId": "tg_quote", "templates": ["square", "poster"], "inputData": {}}), Missing::Template, "templates[1]"),
        (json!({"templateGroupId": "tg_quote", "brandKitId": "bk_none", "inputData": {}}), Missing::BrandKit, "brandKitId"),
        (
            json!({"templateGroupId": "tg_quote", "inputData": {"photo": {"assetId": "asset_none"}}}),
            Missing::Asset,
            "inputData.photo.assetId",
        ),
        (
            json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "overrides": {"poster": {}}}),
            Missing::Template,
            "overrides.poster",
        ),
    ];
    for (body, missing, path) in cases {
        match house.call(&house.live, body.clone()).await {
            Err(Error::NotFound { what, param }) => assert_eq!((what, param.as_deref()), (missing, Some(path)), "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_chosen_by_key_or_id_and_come_in_the_groups_order() {
    let house = House::new().await;
    let group = house.app.template(&house.live, "tg_quote").await.unwrap();
    let story = &group.templates[2];
    assert_eq!(story.key, "story");
    let made = house.made(&house.live, with(small(), json!({"templates": [story.id, "square"]}))).await;
    assert_eq!(made.generation.images.iter().map(|i| i.key.as_str()).collect::<Vec<_>>(), ["square", "story"]);
    let faults = house.faults(with(small(), json!({"templates": ["story", story.id]}))).await;
    assert_eq!(faults, [("templates[1]".to_owned(), "duplicate")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_changes_its_own_size_only_and_can_give_a_required_field() {
    let house = House::new().await;
    let body = with(small(), json!({"templates": ["square", "story"]}));
    let plain = house.made(&house.live, body.clone()).await.generation;
    let over = house.made(&house.live, with(body, json!({"overrides": {"story": {"inputData": {"title": "Short"}}}}))).await.generation;
    assert_eq!(plain.images[0].sha256, over.images[0].sha256);
    assert_ne!(plain.images[1].sha256, over.images[1].sha256);
    let everywhere = json!({"inputData": {}, "templates": ["story"], "overrides": {"story": {"inputData": {"title": "Short"}}}});
    let made = house.made(&house.live, with(small(), everywhere)).await.generation;
    assert_eq!(made.images[0].sha256, over.images[1].sha256);
}

#[tokio::test(flavor = "multi_thread")]
async fn encodings_are_free_and_each_has_its_file() {
    let house = House::new().await;
    let made =
        house.made(&house.live, with(small(), json!({"output": {"formats": ["webp", "jpg", "png"], "scale": 0.1, "quality": 60}}))).await;
    let image = &made.generation.images[0];
    assert_eq!(image.files.iter().map(|f| f.format.as_str()).collect::<Vec<_>>(), ["webp", "jpeg", "png"]);
    assert_eq!((image.format.as_str(), image.url.clone()), ("webp", image.files[0].url.clone()));
    assert_eq!(made.generation.credits.charged, 1);
    let (media_type, jpeg) = house.picture(image.files[1].url.as_deref().unwrap().rsplit('/').next().unwrap()).await;
    assert_eq!(media_type, "image/jpeg");
    assert_eq!(&jpeg[..3], [0xff, 0xd8, 0xff]);
}

/// One size of 25 megapixels.
const LARGE: &str = r##"{"format": 1, "name": "Large", "fields": [], "layers": [], "templates": [{"key": "square", "name": "Square", "width": 5000, "height": 5000}]}"##;

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_names_the_size_that_the_picture_has_at_every_scale() {
    let house = House::new().await;
    for scale in [0.1, 0.333, 0.75] {
        let body = json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "output": {"scale": scale}, "waitMs": 30000});
        for image in house.made(&house.live, body).await.generation.images {
            let (_, bytes) = house.picture(image.url.as_deref().unwrap().rsplit('/').next().unwrap()).await;
            assert_eq!(
                render::codec::header(&bytes).map(|h| (h.width, h.height)),
                Ok((image.width, image.height)),
                "{scale} {}",
                image.key
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_too_large_to_make_are_refused() {
    let house = House::new().await;
    let faults = house
        .faults(
            json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "output": {"scale": 4, "formats": ["png", "jpeg", "webp"]}}),
        )
        .await;
    assert_eq!(faults, [("output".to_owned(), "output_too_large")]);
    house.operator.import_template(&house.team, "large", LARGE).await.unwrap();
    let large = house.app.templates(&house.live, &app::Query(vec![("search".into(), "large".into())])).await.unwrap().data.remove(0);
    let body = |scale: f64| json!({"templateGroupId": large.id, "inputData": {}, "output": {"scale": scale}, "dryRun": true});
    let codes = async |scale| match house.call(&house.live, body(scale)).await {
        Ok(GenerateAnswer::DryRun { answer, .. }) => answer.errors.into_iter().map(|fault| (fault.code, fault.limit)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(codes(1.0).await, []);
    assert_eq!(codes(1.5).await, [("output_too_large", Some(json!(40_000_000)))]);
    assert_eq!(codes(2.0).await, [("output_too_large", Some(json!(8_192)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_named_in_fail_on_fails_its_image_uncharged() {
    let house = House::new().await;
    let before = house.remaining().await;
    let body = with(small(), json!({"inputData": {"title": "x", "nonsense": 1}, "failOn": ["unknown_input"]}));
    let made = house.made(&house.live, body).await;
    assert_eq!(made.generation.status, Status::Failed);
    let error = made.generation.images[0].error.clone().unwrap();
    assert_eq!(error.code, "fail_on_warning");
    assert_eq!(made.generation.error.as_ref().map(|e| e.code.as_str()), Some("fail_on_warning"));
    assert_eq!(made.credits.unwrap().charged, 0);
    assert_eq!(house.remaining().await, before);
    let warnings = made.generation.warnings.unwrap();
    assert_eq!(warnings[0]["code"], "unknown_input");
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_cannot_be_had_fails_the_sizes_that_draw_it_uncharged() {
    let house = House::new().await;
    let before = house.remaining().await;
    let body = with(small(), json!({"inputData": {"title": "x", "photo": "http://no-such-host.invalid/a.png"}}));
    let made = house.made(&house.live, body).await;
    assert_eq!(made.generation.status, Status::Failed);
    let error = made.generation.images[0].error.clone().unwrap();
    assert_eq!((error.code.as_str(), error.field.as_deref()), ("image_fetch_failed", Some("photo")));
    assert_eq!(house.remaining().await, before);
    assert!(made.timings.total < 10_000.0);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_url_becomes_an_asset_and_comes_back_as_one() {
    let house = House::new().await;
    let bytes = assets::builtin::picture("asset_demo_portrait_1").unwrap().bytes.to_vec();
    let url = format!("data:image/jpeg;base64,{}", base64::engine::general_purpose::STANDARD.encode(&bytes));
    let body = with(small(), json!({"inputData": {"title": "x", "photo": {"url": url, "focus": {"x": 0.5, "y": 0.3}}}}));
    let first = house.made(&house.live, body.clone()).await.generation;
    assert_eq!(first.status, Status::Completed, "{:?}", first.images[0].error);
    let photo = &first.input_data.as_ref().unwrap()["photo"];
    assert_eq!(photo["sha256"], hex::encode(Sha256::digest(&bytes)));
    assert_eq!(photo["focus"], json!({"x": 0.5, "y": 0.3}));
    let id = photo["assetId"].as_str().unwrap();
    let asset = house.app.asset(&house.live, id).await.unwrap();
    assert_eq!((asset.format.as_str(), asset.bytes), ("jpeg", bytes.len() as u64));
    let second = house.made(&house.live, body).await.generation;
    assert_eq!(second.input_data.unwrap()["photo"]["assetId"], id);
    assert_eq!(second.images[0].sha256, first.images[0].sha256);
    let named = with(small(), json!({"inputData": {"title": "x", "photo": {"assetId": id, "focus": {"x": 0.5, "y": 0.3}}}}));
    assert_eq!(house.made(&house.live, named).await.generation.images[0].sha256, first.images[0].sha256);
    let broken = with(small(), json!({"inputData": {"title": "x", "photo": "data:image/png;base64,iVBORw0KGgo="}}));
    let failed = house.made(&house.live, broken).await.generation;
    assert_eq!(failed.images[0].error.as_ref().map(|e| e.code.as_str()), Some("image_decode_failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_pictures_are_read_from_the_store() {
    let house = House::new().await;
    let first = house.made(&house.live, small()).await.generation;
    let url = first.images[0].url.clone().unwrap();
    let made = house.made(&house.live, with(small(), json!({"inputData": {"title": "x", "photo": url}}))).await;
    assert_eq!(made.generation.status, Status::Completed, "{:?}", made.generation.images[0].error);
}

#[tokio::test(flavor = "multi_thread")]
async fn base64_delivery_holds_the_files_bytes() {
    let house = House::new().await;
    let made = house.made(&house.live, with(small(), json!({"output": {"delivery": "base64", "scale": 0.1}}))).await;
    let file = &made.generation.images[0].files[0];
    let bytes = base64::engine::general_purpose::STANDARD.decode(file.data.clone().unwrap().unwrap()).unwrap();
    assert_eq!(hex::encode(Sha256::digest(bytes)), file.sha256);
    assert_eq!(made.generation.warnings, Some(Vec::new()));
    let later = house.made(&house.live, with(small(), json!({"output": {"delivery": "base64"}, "waitMs": 0}))).await;
    assert!(!later.generation.status.finished());
    assert_eq!(later.generation.warnings.unwrap()[0]["code"], "data_omitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_all_and_keeps_nothing() {
    let house = House::new().await;
    let before = house.remaining().await;
    let body = json!({"templateGroupId": "tg_quote", "inputData": {"title": "Hello", "nonsense": 1}, "dryRun": true, "overrides": {"story": {"inputData": {"other": 1}}}});
    let Ok(GenerateAnswer::DryRun { answer, .. }) = house.call(&house.live, body).await else { panic!("no dry run") };
    assert!(answer.valid);
    assert_eq!((answer.estimate.credits, answer.estimate.images), (4, 4));
    let templates: Vec<&Value> = answer.warnings.iter().filter(|w| w["code"] == "unknown_input").map(|w| &w["template"]).collect();
    assert_eq!(templates, [&Value::Null, &json!("story")]);
    let fit = &answer.fit["title"]["square"];
    assert!(fit["fontSize"].as_f64().unwrap() > 10.0, "{fit}");
    assert_eq!(fit["overflow"], false);
    let Ok(GenerateAnswer::DryRun { answer, .. }) =
        house.call(&house.live, json!({"templateGroupId": "tg_quote", "inputData": {}, "dryRun": true})).await
    else {
        panic!("no dry run")
    };
    assert!(!answer.valid);
    assert_eq!(answer.errors[0].param, "inputData.title");
    assert_eq!(house.remaining().await, before);
    assert!(house.app.generations(&house.live, &app::Query::default()).await.unwrap().data.is_empty());
    assert!(matches!(
        house.call(&house.live, json!({"templateGroupId": "tg_no", "inputData": {}, "dryRun": true})).await,
        Err(Error::NotFound { .. })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_look_is_not_the_default_kits() {
    let house = House::new().await;
    let own = house.made(&house.live, with(small(), json!({"brandKitId": null}))).await.generation;
    let kit = house.made(&house.live, small()).await.generation;
    assert_eq!((own.brand_kit_id, own.brand_kit_version), (None, None));
    assert_ne!(own.images[0].sha256, kit.images[0].sha256);
    let kits = house.app.brand_kits(&house.live, &app::Query::default()).await.unwrap().data;
    for kit in kits.iter().filter(|kit| !kit.is_default) {
        let other = house.made(&house.live, with(small(), json!({"brandKitId": kit.id}))).await.generation;
        assert_eq!(other.brand_kit_id.as_deref(), Some(kit.id.as_str()));
        assert_eq!(other.status, Status::Completed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_every_group_has_no_warning_above_info() {
    let house = House::new().await;
    for group in house.app.templates(&house.live, &app::Query::default()).await.unwrap().data {
        let made = house
            .made(&house.live, json!({"templateGroupId": group.id, "inputData": group.example_input_data, "waitMs": 30000}))
            .await
            .generation;
        assert_eq!(made.status, Status::Completed, "{}: {:?}", group.id, made.images.iter().map(|i| &i.error).collect::<Vec<_>>());
        let warnings = made.images.iter().flat_map(|image| image.warnings.iter().flatten().map(move |w| (&image.key, w)));
        let bad: Vec<_> = warnings.filter(|(_, w)| w["severity"] != "info").collect();
        assert!(bad.is_empty(), "{}: {bad:?}", group.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_idempotency_key_is_an_invalid_header() {
    let house = House::new().await;
    for key in [String::new(), "k".repeat(256), "käse".to_owned()] {
        let call = app::GenerateCall { idempotency_key: Some(key), ..call(small()) };
        assert!(matches!(house.app.generate(&house.live, call).await, Err(Error::InvalidHeader(_))));
    }
}
