//! Pictures in a bucket: how their URLs are answered, and what callers see while the storage is away.

use std::time::{Duration, Instant};

use app::Delivery;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::{Answer, Mood, S3, Weather};

use crate::support::{World, codes, finished};

async fn world(delivery: impl FnOnce(&S3) -> Delivery) -> World {
    let s3 = S3::start().await;
    World::with(move |setup| {
        setup.app.delivery = delivery(&s3);
        setup.s3 = Some(s3);
    })
    .await
}

fn url(generation: &Value) -> String {
    generation["images"][0]["url"].as_str().expect("a url").to_owned()
}

/// The bucket's own answer, to a client that has no key and knows nothing of S3.
async fn bucket(method: Method, url: &str, range: Option<&str>) -> Response {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = range.into_iter().fold(client.request(method, url), |request, range| request.header("range", range));
    request.send().await.expect("an answer")
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("(none)")
}

fn promises(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "public, max-age=5");
}

#[tokio::test]
async fn a_picture_is_had_by_a_signed_url_of_the_bucket() {
    let world = world(|_| Delivery::Presigned(Duration::from_secs(60))).await;
    let made = world.made().await;
    let stranger = world.server.stranger();
    assert!(url(&made).starts_with(&world.server.url), "answers name our URLs");
    let answer = stranger.get(&url(&made)).await.expect(302);
    promises(&answer);
    let whole = bucket(Method::GET, answer.header("location"), None).await;
    assert_eq!((whole.status().as_u16(), header(&whole, "content-type")), (200, "image/png"));
    assert_eq!(header(&whole, "cache-control"), "public, max-age=31536000, immutable");
    let whole = whole.bytes().await.expect("a body");
    assert_eq!(made["images"][0]["bytes"], whole.len());
    let part = bucket(Method::GET, answer.header("location"), Some("bytes=0-9")).await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.expect("a body"), whole[..10]);

    let answer = stranger.head(&url(&made)).await.expect(302);
    assert_eq!(bucket(Method::HEAD, answer.header("location"), None).await.status(), 200, "signed for what was asked");
    let answer = stranger.get(&format!("{}?download=my%20card", url(&made))).await.expect(302);
    let named = bucket(Method::GET, answer.header("location"), None).await;
    assert_eq!((named.status().as_u16(), header(&named, "content-disposition")), (200, "attachment; filename=\"my card.png\""));
}

#[tokio::test]
async fn a_picture_is_had_by_redirect_to_a_public_bucket() {
    let world = world(|s3| Delivery::Redirect(format!("http://{}/pictures", s3.address()))).await;
    world.server.storage.s3().mood(Mood::Public);
    let made = world.made().await;
    let stranger = world.server.stranger();
    let answer = stranger.get(&url(&made)).await.expect(302);
    promises(&answer);
    assert!(!answer.header("location").contains('?'), "{}", answer.header("location"));
    let found = bucket(Method::GET, answer.header("location"), None).await;
    assert_eq!((found.status().as_u16(), header(&found, "content-type")), (200, "image/png"));
    let found = found.bytes().await.expect("a body");
    // Nobody can ask a public bucket for a name.
    let named = stranger.get(&format!("{}?download=card", url(&made))).await.expect(200);
    assert_eq!(named.header("content-disposition"), "attachment; filename=\"card.png\"");
    assert_eq!(named.bytes, found);
    // Previews are ours alone.
    let group = world.live.get(&format!("/v1/templates/{}", world.card)).await.expect(200).json();
    let _ = stranger.get(group["templates"][0]["previewUrl"].as_str().expect("a url")).await.expect(200);
}

#[tokio::test]
async fn a_deleted_picture_is_gone_however_it_was_delivered() {
    for presigned in [true, false] {
        let world = world(|s3| {
            let public = format!("http://{}/pictures", s3.address());
            if presigned { Delivery::Presigned(Duration::from_secs(60)) } else { Delivery::Redirect(public) }
        })
        .await;
        world.server.storage.s3().mood(Mood::Public);
        let made = world.made().await;
        let stranger = world.server.stranger();
        let location = stranger.get(&url(&made)).await.expect(302).header("location").to_owned();
        let _ = world.live.delete(&format!("/v1/generate/{}", made["id"].as_str().expect("an id"))).await.expect(204);
        stranger.get(&url(&made)).await.error(410, "generation_expired");
        let begun = Instant::now();
        while bucket(Method::GET, &location, None).await.status() == 200 {
            assert!(begun.elapsed() < Duration::from_secs(5), "still in the bucket");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn an_image_that_cannot_be_stored_fails_uncharged_and_the_next_one_is_fine() {
    let world = world(|_| Delivery::Through).await;
    let before = world.remaining().await;
    world.server.storage.s3().mood(Mood::ReadOnly);
    let failed = world.live.generate(&world.call_with(json!({ "waitMs": 30000 }))).await.expect(200).json();
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("storage_failed")), "{failed}");
    assert_eq!(world.remaining().await, before);
    let not_ready = world.server.stranger().get("/readyz").await;
    assert_eq!(not_ready.status, 503);
    world.server.storage.s3().mood(Mood::Good);
    let made = world.made().await;
    assert_eq!(made["status"], "completed");
    let _ = world.server.stranger().get(&url(&made)).await.expect(200);
    let _ = world.server.stranger().get("/readyz").await.expect(200);
    assert_eq!(world.remaining().await, before - 1);
}

#[tokio::test]
async fn storage_that_hangs_delays_no_answer_and_nothing_is_charged_without_its_picture() {
    let world = world(|_| Delivery::Through).await;
    let kept = world.made().await;
    let before = world.remaining().await;
    world.server.storage.s3().network(Weather::Hang);
    let begun = Instant::now();
    let waiting =
        world.live.generate(&world.call_with(json!({ "waitMs": 500, "output": { "delivery": "base64" } }))).await.expect(202).json();
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    assert_eq!(waiting["credits"]["charged"], 0);
    let begun = Instant::now();
    let away = world.server.stranger().get(&url(&kept)).await;
    away.error(503, "overloaded");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let ended = finished(&world.live, waiting["id"].as_str().expect("an id")).await;
    assert_eq!(ended["error"]["code"], "storage_failed", "{ended}");
    assert_eq!(world.remaining().await, before);
    world.server.storage.s3().network(Weather::Clear);
    let _ = world.server.stranger().get(&url(&kept)).await.expect(200);
    let again = world.made().await;
    let _ = world.server.stranger().get(&url(&again)).await.expect(200);
}

#[tokio::test]
async fn a_picture_that_is_slow_to_store_is_finished_later_and_charged_once() {
    let world = world(|_| Delivery::Through).await;
    let before = world.remaining().await;
    world.server.storage.s3().network(Weather::Delay(Duration::from_millis(900)));
    let begun = Instant::now();
    let waiting = world.live.generate(&world.call_with(json!({ "waitMs": 300 }))).await.expect(202).json();
    assert!(begun.elapsed() < Duration::from_millis(1_300), "{:?}", begun.elapsed());
    let ended = finished(&world.live, waiting["id"].as_str().expect("an id")).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(world.remaining().await, before - 1);
}

#[tokio::test]
async fn files_that_cannot_be_read_back_are_left_out_of_an_answer_that_was_charged() {
    let world = world(|_| Delivery::Through).await;
    let body = world.call_with(json!({ "output": { "delivery": "base64" }, "waitMs": 2000 }));
    let first = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &body).await.expect(200).json();
    assert!(first["images"][0]["files"][0]["data"].is_string());
    world.server.storage.s3().network(Weather::Hang);
    let begun = Instant::now();
    let again = world.live.post_with("/v1/generate", &[("Idempotency-Key", "k")], &body).await.expect(200).json();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(again["images"][0]["files"][0]["data"].is_null());
    assert_eq!(codes(&again["warnings"]), ["data_omitted"]);
    assert_eq!(again["id"], first["id"]);
}
