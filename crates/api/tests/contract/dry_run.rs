//! `dryRun`.

use serde_json::json;

use crate::support::{World, codes};

#[tokio::test]
async fn a_dry_run_reports_and_does_nothing() {
    let world = World::new().await;
    let before = world.remaining().await;
    let call = world.call_with(
        json!({ "dryRun": true, "templates": null, "inputData": { "title": "Hello", "photo": "https://nowhere.invalid/a.png" } }),
    );
    let answer = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &call).await.expect(200);
    assert_eq!((answer.maybe("x-credits-charged"), answer.maybe("x-generation-status")), (None, None));
    let report = answer.json();
    let members: Vec<&str> = report.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["valid", "errors", "warnings", "estimate", "fit"]);
    assert_eq!((&report["valid"], &report["errors"]), (&json!(true), &json!([])));
    assert_eq!(report["estimate"], json!({ "credits": 2, "images": 2 }));
    for key in ["square", "wide"] {
        let fit = &report["fit"]["title"][key];
        assert!(fit["fontSize"].as_f64().is_some_and(|size| size > 0.0), "{report}");
        assert_eq!((&fit["lines"], &fit["overflow"]), (&json!(1), &json!(false)));
        assert!(fit.get("charactersLeft").is_some());
    }
    assert_eq!(world.remaining().await, before);
    assert_eq!(world.live.get("/v1/generate").await.json()["data"], json!([]));
    // The key was ignored.
    let real = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &world.call()).await.expect(200);
    assert_eq!(real.maybe("idempotency-replayed"), None);
}

#[tokio::test]
async fn a_dry_run_shows_faults_as_a_report_and_warnings_with_their_size() {
    let world = World::new().await;
    let report =
        world.live.generate(&world.call_with(json!({ "dryRun": true, "inputData": {}, "waitMs": 99_999 }))).await.expect(200).json();
    assert_eq!(report["valid"], false);
    let mut faults: Vec<_> = report["errors"].as_array().expect("errors").iter().map(|error| (&error["param"], &error["code"])).collect();
    faults.sort_by_key(|(param, _)| param.to_string());
    assert_eq!(faults, [(&json!("inputData.title"), &json!("missing_input")), (&json!("waitMs"), &json!("out_of_range"))]);
    let long = "A title that is far too long for its two lines in any size at all, whatever is done to it, whoever sets it.";
    let report = world.live.generate(&world.call_with(json!({ "dryRun": true, "inputData": { "title": long } }))).await.expect(200).json();
    assert!(codes(&report["warnings"]).contains(&"text_overflow"), "{report}");
    let overflow = report["warnings"].as_array().expect("warnings").iter().find(|warning| warning["code"] == "text_overflow").expect("it");
    assert_eq!(overflow["template"], "square");
    assert_eq!(report["fit"]["title"]["square"]["overflow"], true);
}

#[tokio::test]
async fn a_dry_run_is_refused_like_a_call() {
    let world = World::new().await;
    let dry = |further: serde_json::Value| {
        let mut call = world.call_with(further);
        call["dryRun"] = json!(true);
        call
    };
    world.server.stranger().generate(&dry(json!({}))).await.error(401, "missing_api_key");
    world.live.generate(&dry(json!({ "templateGroupId": "tg_none" }))).await.error(404, "template_group_not_found");
    world.live.generate(&dry(json!({ "templates": ["cube"] }))).await.error(404, "template_not_in_group");
    world.live.generate(&dry(json!({ "brandKitId": "bk_none" }))).await.error(404, "brand_kit_not_found");
    world
        .live
        .generate(&dry(json!({ "inputData": { "title": "a", "photo": { "assetId": "asset_none" } } })))
        .await
        .error(404, "asset_not_found");
    world.live.post_text("/v1/generate", "{\"dryRun\":true").await.error(400, "invalid_json");
    let request =
        world.live.request(reqwest::Method::POST, "/v1/generate").header("content-type", "text/plain").body(dry(json!({})).to_string());
    world.live.send(request).await.error(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_dry_run_asks_for_no_credits() {
    let world = World::new().await;
    let left = world.remaining().await;
    world.server.operator.adjust_credits(&world.team.id, -left, "test").await.expect("an adjustment");
    let report = world.live.generate(&world.call_with(json!({ "dryRun": true }))).await.expect(200).json();
    assert_eq!((&report["valid"], &report["estimate"]["credits"]), (&json!(true), &json!(1)));
}
