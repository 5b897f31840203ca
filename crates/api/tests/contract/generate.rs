//! `POST /v1/generate` and the generation object.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{World, codes, finished, merged, only_fault, pictures};

#[tokio::test]
async fn a_finished_call_is_200_with_every_member_of_the_object() {
    let world = World::new().await;
    let kit = world.server.kit(&world.team.id, "halvmark", true).await;
    let answer = world.live.generate(&world.call_with(json!({ "templates": null, "locale": "en" }))).await.expect(200);
    assert_eq!(answer.header("x-generation-status"), "completed");
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    let members: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "id",
            "object",
            "mode",
            "status",
            "templateGroupId",
            "templateGroupVersion",
            "brandKitId",
            "brandKitVersion",
            "locale",
            "inputData",
            "externalId",
            "metadata",
            "credits",
            "images",
            "warnings",
            "error",
            "engine",
            "createdAt",
            "completedAt",
            "expiredAt",
        ]
    );
    assert!(body["id"].as_str().is_some_and(|id| id.starts_with("gen_") && id.len() == 30));
    assert_eq!(body["object"], "generation");
    assert_eq!((&body["mode"], &body["status"]), (&json!("live"), &json!("completed")));
    assert_eq!((&body["templateGroupId"], &body["brandKitId"]), (&json!(world.card), &json!(kit)));
    assert_eq!(body["inputData"], json!({ "title": "Hello" }));
    assert_eq!(body["credits"], json!({ "reserved": 0, "charged": 2 }));
    assert_eq!((&body["error"], &body["expiredAt"]), (&json!(null), &json!(null)));
    for member in ["version", "target", "fonts"] {
        assert!(body["engine"][member].as_str().is_some_and(|text| !text.is_empty()));
    }
    for member in ["createdAt", "completedAt"] {
        let time = body[member].as_str().expect("a time");
        assert!(time.len() == 24 && time.ends_with('Z') && time.as_bytes()[19] == b'.', "{time}");
    }
    let sizes: Vec<_> =
        body["images"].as_array().expect("images").iter().map(|image| (&image["key"], &image["width"], &image["height"])).collect();
    assert_eq!(sizes, [(&json!("square"), &json!(200), &json!(200)), (&json!("wide"), &json!(300), &json!(150))]);
    for image in body["images"].as_array().expect("images") {
        let members: Vec<&str> = image.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(
            members,
            [
                "id",
                "templateId",
                "key",
                "name",
                "status",
                "width",
                "height",
                "format",
                "bytes",
                "sha256",
                "url",
                "files",
                "altText",
                "renderMs",
                "warnings",
                "error",
            ]
        );
        assert!(image["id"].as_str().is_some_and(|id| id.starts_with("img_")));
        assert!(image["templateId"].as_str().is_some_and(|id| id.starts_with("tpl_")));
        assert_eq!((&image["status"], &image["format"], &image["error"]), (&json!("completed"), &json!("png"), &json!(null)));
        assert_eq!(image["altText"], "Hello");
        let picture = world.server.stranger().get(image["url"].as_str().expect("a url")).await.expect(200);
        assert_eq!(image["bytes"], picture.bytes.len());
        assert_eq!(picture.header("content-type"), "image/png");
    }
}

#[tokio::test]
async fn the_same_input_gives_the_same_bytes() {
    let world = World::new().await;
    let (first, second) = (world.made().await, world.made().await);
    assert_eq!(first["images"][0]["sha256"], second["images"][0]["sha256"]);
    assert_ne!(first["images"][0]["url"], second["images"][0]["url"]);
    let url = first["images"][0]["url"].as_str().expect("a url");
    let word = url.rsplit('/').next().and_then(|file| file.split('.').next()).expect("a random part");
    assert!(word.len() >= 22, "128 bits: {word}");
    assert!(!first.to_string().replace(url, "").contains(word), "never the id or the hash");
}

#[tokio::test]
async fn an_asynchronous_call_is_202_and_runs_on() {
    let world = World::new().await;
    for (headers, further, applied) in
        [([].as_slice(), json!({ "waitMs": 0 }), None), (&[("Prefer", "respond-async")], json!({}), Some("respond-async"))]
    {
        let answer = world.live.post_with("/v1/generate", headers, &world.call_with(further)).await.expect(202);
        let body = answer.json();
        let id = body["id"].as_str().expect("an id");
        assert_eq!(answer.header("location"), format!("{}/v1/generate/{id}", world.server.url));
        assert_eq!(answer.header("retry-after"), "2");
        assert_eq!(answer.maybe("preference-applied"), applied);
        assert!(matches!(answer.header("x-generation-status"), "queued" | "processing"));
        assert_eq!(answer.number("x-credits-charged"), 0);
        assert_eq!(answer.number("x-credits-reserved"), 1);
        assert_eq!(body["credits"], json!({ "reserved": 1, "charged": 0 }));
        assert_eq!((&body["images"][0]["status"], &body["images"][0]["url"]), (&json!("queued"), &json!(null)));
        let done = finished(&world.live, id).await;
        assert_eq!(
            (&done["id"], &done["status"], &done["credits"]),
            (&json!(id), &json!("completed"), &json!({ "reserved": 0, "charged": 1 }))
        );
    }
}

#[tokio::test]
async fn an_explicit_wait_wins_over_prefer() {
    let world = World::new().await;
    let answer = world
        .live
        .post_with("/v1/generate", &[("Prefer", "respond-async")], &world.call_with(json!({ "waitMs": 20_000 })))
        .await
        .expect(200);
    assert_eq!(answer.maybe("preference-applied"), None);
}

#[tokio::test]
async fn a_call_that_takes_longer_than_it_may_wait_is_202_and_the_same_generation_ends() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let begun = Instant::now();
    let answer = world
        .live
        .generate(&merged(world.inputs(json!({ "photo": format!("http://{address}/slow") })), json!({ "waitMs": 500 })))
        .await
        .expect(202);
    assert!(begun.elapsed() >= Duration::from_millis(450) && begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    let done = finished(&world.live, &id).await;
    assert!(begun.elapsed() < Duration::from_secs(12), "failed within 10 s");
    assert_eq!((&done["status"], &done["images"][0]["error"]["code"]), (&json!("failed"), &json!("image_fetch_failed")));
    assert_eq!(done["credits"], json!({ "reserved": 0, "charged": 0 }));
    assert_eq!(world.live.get("/v1/generate").await.json()["data"].as_array().map(Vec::len), Some(1), "never a second one");
}

#[tokio::test]
async fn an_accepted_call_runs_to_its_end_without_its_client() {
    let world = World::new().await;
    let call = world.call_with(json!({ "externalId": "left" }));
    let request =
        world.live.request(reqwest::Method::POST, "/v1/generate").header("content-type", "application/json").body(call.to_string());
    // Whether it was accepted before the client left is a race; one that was must end.
    let _ = tokio::time::timeout(Duration::from_millis(15), request.send()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let list = world.live.get("/v1/generate?externalId=left").await.expect(200).json();
    for generation in list["data"].as_array().expect("a list") {
        assert_eq!(generation["status"], "completed");
    }
    assert_eq!(world.live.get("/v1/credits").await.json()["reserved"], 0);
}

#[tokio::test]
async fn pictures_that_can_not_be_had_fail_their_images_uncharged_by_name() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let cases = [
        (format!("http://{address}/nothing"), "image_fetch_failed"),
        (format!("http://{address}/moved"), "image_fetch_failed"),
        ("http://127.0.0.1:1/refused.png".to_owned(), "image_fetch_failed"),
        ("https://nowhere.invalid/a.png".to_owned(), "image_fetch_failed"),
        (format!("http://{address}/text"), "image_decode_failed"),
        ("data:image/png;base64,aGVsbG8=".to_owned(), "image_decode_failed"),
    ];
    let before = world.remaining().await;
    for (url, code) in cases {
        let generation = world.live.generate(&world.inputs(json!({ "photo": url }))).await.expect(200).json();
        assert_eq!(generation["status"], "failed", "{url}: {generation}");
        let image = &generation["images"][0];
        assert_eq!((&image["status"], &image["url"]), (&json!("failed"), &json!(null)));
        let members: Vec<&str> = image["error"].as_object().expect("an error").keys().map(String::as_str).collect();
        assert_eq!(members, ["code", "message", "field"]);
        assert_eq!((&image["error"]["code"], &image["error"]["field"]), (&json!(code), &json!("photo")), "{url}");
        assert_eq!(generation["error"]["code"], code, "the images share it");
        assert_eq!(generation["credits"]["charged"], 0);
    }
    assert_eq!(world.remaining().await, before);
}

#[tokio::test]
async fn a_picture_that_is_cut_off_fails_its_image() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let generation = world.live.generate(&world.inputs(json!({ "photo": format!("http://{address}/short") }))).await.expect(200).json();
    assert_eq!(generation["images"][0]["error"]["code"], "image_decode_failed", "{generation}");
}

#[tokio::test]
async fn blocked_and_absent_pictures_look_the_same() {
    let world = World::new().await;
    let error = async |url: &str| {
        let generation = world.live.generate(&world.inputs(json!({ "photo": url }))).await.expect(200).json();
        generation["images"][0]["error"].clone()
    };
    // A name, so its text forbids nothing; it resolves to this machine.
    assert_eq!(error("http://localhost/a.png").await, error("http://nowhere.invalid/a.png").await);
}

#[tokio::test]
async fn a_picture_is_drawn_from_a_url_from_an_asset_and_from_a_data_url() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let bytes = testkit::picture("hills.jpg");
    let upload = world.live.request(reqwest::Method::POST, "/v1/assets").header("content-type", "image/jpeg").body(bytes.clone());
    let asset = world.live.send(upload).await.expect(201).json()["id"].clone();
    let data = format!("data:image/jpeg;base64,{}", base64(&bytes));
    let mut hashes = Vec::new();
    for photo in
        [json!(format!("http://{address}/hills.jpg")), json!({ "assetId": asset }), json!(data), json!({ "url": data, "fit": "cover" })]
    {
        let generation = world.live.generate(&world.inputs(json!({ "photo": photo }))).await.expect(200).json();
        assert_eq!(generation["status"], "completed", "{}", generation["images"][0]["error"]);
        hashes.push(generation["images"][0]["sha256"].clone());
        // A data: URL does not come back as such.
        assert!(!generation["inputData"].to_string().contains("base64"), "{}", generation["inputData"]);
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 1, "the same picture, the same bytes");
    let plain = world.made().await;
    assert_ne!(plain["images"][0]["sha256"], hashes[0]);
    let generation = world.live.generate(&world.inputs(json!({ "photo": data }))).await.expect(200).json();
    let kept = &generation["inputData"]["photo"];
    assert!(
        kept["assetId"].as_str().is_some_and(|id| id.starts_with("asset_")) && kept["sha256"].as_str().is_some_and(|hash| hash.len() == 64),
        "{kept}"
    );
}

/// Standard base64 with padding; the crate has no other need for it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[tokio::test]
async fn one_size_may_fail_while_the_others_complete() {
    let world = World::new().await;
    let call = world.call_with(json!({
        "templates": ["square", "wide"],
        "overrides": { "wide": { "inputData": { "photo": "https://nowhere.invalid/a.png" } } }
    }));
    let answer = world.live.generate(&call).await.expect(200);
    assert_eq!(answer.header("x-generation-status"), "partial");
    assert_eq!((answer.number("x-credits-charged"), answer.number("x-credits-reserved")), (1, 0));
    let generation = answer.json();
    assert_eq!(generation["status"], "partial");
    assert_eq!(generation["credits"], json!({ "reserved": 0, "charged": 1 }));
    assert_eq!((&generation["images"][0]["status"], &generation["images"][1]["status"]), (&json!("completed"), &json!("failed")));
}

#[tokio::test]
async fn a_fallback_picture_stands_in_with_a_critical_warning() {
    let world = World::new().await;
    let generation = world.live.generate(&world.inputs(json!({ "spare": "https://nowhere.invalid/a.png" }))).await.expect(200).json();
    assert_eq!(generation["status"], "completed", "{generation}");
    let warnings = generation["images"][0]["warnings"].as_array().expect("warnings");
    let missing = warnings.iter().find(|warning| warning["code"] == "image_unavailable").expect("a warning");
    assert_eq!((&missing["severity"], &missing["field"]), (&json!("critical"), &json!("spare")));
}

#[tokio::test]
async fn warnings_say_what_was_measured_and_fail_on_fails_their_image() {
    let world = World::new().await;
    let long = json!({ "inputData": { "title": "A title that is far too long for its two lines in any size at all, whatever is done to it, whoever sets it." } });
    let generation = world.live.generate(&world.call_with(long.clone())).await.expect(200).json();
    let image = &generation["images"][0];
    assert!(codes(&image["warnings"]).contains(&"text_overflow"), "{}", image["warnings"]);
    for warning in image["warnings"].as_array().expect("warnings") {
        let members: Vec<&str> = warning.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, ["code", "severity", "field", "message", "measured", "limit"]);
    }
    let overflow = image["warnings"].as_array().expect("warnings").iter().find(|warning| warning["code"] == "text_overflow").expect("it");
    assert_eq!((&overflow["severity"], &overflow["field"]), (&json!("critical"), &json!("title")));
    let before = world.remaining().await;
    let refused = world.live.generate(&world.call_with(merged(long, json!({ "failOn": ["text_overflow"] })))).await.expect(200).json();
    assert_eq!(refused["status"], "failed");
    assert_eq!(refused["images"][0]["error"]["code"], "fail_on_warning");
    assert_eq!(refused["images"][0]["error"]["field"], "title");
    assert_eq!(world.remaining().await, before);
    let fine = world.live.generate(&world.call_with(json!({ "failOn": ["text_overflow", "image_unavailable"] }))).await.expect(200).json();
    assert_eq!(fine["status"], "completed");
}

#[tokio::test]
async fn test_keys_cost_nothing_and_their_pictures_say_so() {
    let world = World::new().await;
    let answer = world.test.generate(&world.call()).await.expect(200);
    assert_eq!(answer.maybe("x-credits-charged"), None);
    let test = answer.json();
    assert_eq!((&test["mode"], &test["credits"]), (&json!("test"), &json!({ "reserved": 0, "charged": 0 })));
    let all: Vec<&Value> = test["warnings"].as_array().into_iter().chain(test["images"][0]["warnings"].as_array()).flatten().collect();
    let mark = all.iter().find(|warning| warning["code"] == "test_watermark").expect("a warning");
    assert_eq!(mark["severity"], "info");
    let live = world.made().await;
    assert_ne!(test["images"][0]["sha256"], live["images"][0]["sha256"]);

    let world = World::with(|setup| setup.app.test_watermark = false).await;
    let test = world.test.generate(&world.call()).await.expect(200).json();
    assert!(!test.to_string().contains("test_watermark"));
    assert_eq!(test["images"][0]["sha256"], world.made().await["images"][0]["sha256"]);
}

#[tokio::test]
async fn base64_comes_with_the_answer_to_post_only() {
    let world = World::new().await;
    let call = world.call_with(json!({ "output": { "delivery": "base64" } }));
    let generation = world.live.generate(&call).await.expect(200).json();
    let file = &generation["images"][0]["files"][0];
    let picture = world.server.stranger().get(file["url"].as_str().expect("a url")).await.expect(200);
    assert_eq!(file["data"], base64(&picture.bytes));
    let read = world.live.get(&format!("/v1/generate/{}", generation["id"].as_str().expect("an id"))).await.expect(200).json();
    assert_eq!(read["images"][0]["files"][0].get("data"), None);
    assert_eq!(world.made().await["images"][0]["files"][0].get("data"), None, "delivery url has no data");
    let accepted = world.live.generate(&merged(call, json!({ "waitMs": 0 }))).await.expect(202).json();
    for file in accepted["images"][0]["files"].as_array().expect("files") {
        assert_eq!(file["data"], Value::Null);
    }
    assert!(codes(&accepted["warnings"]).contains(&"data_omitted"), "{}", accepted["warnings"]);
}

#[tokio::test]
async fn scale_and_quality_act() {
    let world = World::new().await;
    let with = async |output: Value| {
        world.live.generate(&world.call_with(json!({ "output": output }))).await.expect(200).json()["images"][0].clone()
    };
    let double = with(json!({ "scale": 2 })).await;
    assert_eq!((&double["width"], &double["height"]), (&json!(400), &json!(400)));
    let tenth = with(json!({ "scale": 0.1 })).await;
    assert_eq!(tenth["width"], 20);
    let (low, high) = (with(json!({ "format": "jpeg", "quality": 5 })).await, with(json!({ "format": "jpeg", "quality": 100 })).await);
    assert!(low["bytes"].as_u64() < high["bytes"].as_u64());
}

#[tokio::test]
async fn our_own_pictures_are_read_from_the_store() {
    let world = World::new().await;
    let first = world.made().await;
    let url = first["images"][0]["url"].as_str().expect("a url").to_owned();
    // Our own address is a literal, non-public one here, which any other URL would be refused for.
    let second = world.live.generate(&world.inputs(json!({ "photo": url }))).await.expect(200).json();
    assert_eq!(second["status"], "completed", "{}", second["images"][0]["error"]);
}

#[tokio::test]
async fn every_call_names_where_its_time_went() {
    let world = World::new().await;
    let answer = world.live.generate(&world.call()).await.expect(200);
    let timing = answer.header("server-timing");
    let total: f64 = timing.split("total;dur=").nth(1).and_then(|text| text.parse().ok()).expect("a total");
    assert!(total > 0.0 && total < 10_000.0, "{timing}");
    let refused = world.live.generate(&json!({})).await;
    assert!(refused.header("server-timing").starts_with("fetch;dur=0"), "stages not reached are 0");
    assert_eq!(
        only_fault(&world.live.generate(&json!({ "templateGroupId": world.card })).await),
        ("inputData".to_owned(), "missing_input".to_owned())
    );
}

#[tokio::test]
async fn more_than_sixty_calls_may_wait_for_a_slot() {
    let world = World::new().await;
    let call = world.call();
    let answers = futures::future::join_all((0..64).map(|_| world.live.generate(&call))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
}

#[tokio::test]
async fn where_64_calls_wait_already_one_more_is_503_at_once_and_nothing_is_kept() {
    let address = pictures().await;
    let world = World::with(|setup| {
        setup.app.running_calls = 1;
        setup.app.waiting_calls = 64;
        setup.fetch_allow = vec!["127.0.0.0/8".to_owned()];
    })
    .await;
    let slow = world.inputs(json!({ "photo": format!("http://{address}/slow") }));
    let calls = futures::future::join_all((0..68).map(|_| world.live.generate(&slow)));
    let begun = Instant::now();
    let (answers, ()) = tokio::join!(calls, async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let refused = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &world.call()).await;
        refused.error(503, "overloaded");
        assert!(begun.elapsed() < Duration::from_secs(2));
        // An asynchronous call needs no slot.
        let _ = world.live.generate(&world.call_with(json!({ "waitMs": 0 }))).await.expect(202);
    });
    assert!(answers.iter().any(|answer| answer.status == 503));
    // The refused call kept nothing: its key is free.
    let later = world.call_with(json!({ "waitMs": 0 }));
    let again = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &later).await.expect(202);
    assert_eq!(again.maybe("idempotency-replayed"), None);
}
