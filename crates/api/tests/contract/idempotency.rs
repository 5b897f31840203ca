//! `Idempotency-Key`.

use serde_json::{Value, json};
use testkit::Answer;

use crate::support::{World, finished, merged};

async fn post(world: &World, key: &str, body: &Value) -> Answer {
    world.live.post_with("/v1/generate", &[("Idempotency-Key", key)], body).await
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_generation_uncharged() {
    let world = World::new().await;
    let first = post(&world, "k", &world.call()).await.expect(200);
    assert_eq!(first.maybe("idempotency-replayed"), None);
    assert_eq!(first.number("x-credits-charged"), 1);
    let left = world.remaining().await;
    let again = post(&world, "k", &world.call()).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.number("x-credits-charged"), 0);
    assert_eq!(again.number("x-credits-remaining"), left);
    assert_eq!(again.json(), first.json());
    assert_eq!(world.remaining().await, left);
    assert_eq!(world.live.get("/v1/generate").await.json()["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_compared_is_the_parsed_body_without_wait_ms() {
    let world = World::new().await;
    let first = post(&world, "k", &world.call()).await.expect(200).json();
    let send = async |text: String| {
        let request = world.live.request(reqwest::Method::POST, "/v1/generate").header("content-type", "application/json");
        world.live.send(request.header("Idempotency-Key", "k").body(text)).await
    };
    let card = &world.card;
    let reordered = format!(
        "{{ \"templates\" : [\"square\"],\n\"inputData\":{{\"title\":\"H\\u0065llo\"}}, \"waitMs\": 5000, \"templateGroupId\":\"{card}\" }}"
    );
    assert_eq!(send(reordered).await.expect(200).json()["id"], first["id"]);
    for other in [
        world.call_with(json!({ "inputData": { "title": "Hello!" } })),
        world.call_with(json!({ "templates": ["wide"] })),
        world.call_with(json!({ "externalId": "x" })),
        json!({ "templateGroupId": "tg_none" }),
        json!({}),
    ] {
        send(other.to_string()).await.error(422, "idempotency_key_reused");
    }
}

#[tokio::test]
async fn a_running_twin_is_answered_after_its_own_wait() {
    let world = World::new().await;
    let call = world.call_with(json!({ "waitMs": 0 }));
    let first = post(&world, "k", &call).await.expect(202).json();
    let second = post(&world, "k", &call).await;
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert!(matches!(second.status, 200 | 202));
    let waiting = post(&world, "k", &merged(call, json!({ "waitMs": 20_000 }))).await.expect(200);
    assert_eq!(waiting.header("idempotency-replayed"), "true");
    assert_eq!((&waiting.json()["id"], &second.json()["id"]), (&first["id"], &first["id"]));
}

#[tokio::test]
async fn concurrent_twins_make_one_generation() {
    let world = World::new().await;
    let call = world.call();
    let before = world.remaining().await;
    let answers = futures::future::join_all((0..20).map(|_| post(&world, "twin", &call))).await;
    let mut ids: Vec<String> = Vec::new();
    for answer in &answers {
        match answer.status {
            200 | 202 => ids.push(answer.json()["id"].to_string()),
            409 => drop(answer.error(409, "idempotency_in_progress")),
            other => panic!("{other}: {}", answer.json()),
        }
    }
    assert!(!ids.is_empty());
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let firsts = answers.iter().filter(|answer| answer.status < 300 && answer.maybe("idempotency-replayed").is_none()).count();
    assert_eq!(firsts, 1);
    assert_eq!(world.remaining().await, before - 1);
}

#[tokio::test]
async fn keys_are_kept_by_team_and_mode() {
    let world = World::new().await;
    let live = post(&world, "k", &world.call()).await.expect(200).json();
    let test = world.test.post_with("/v1/generate", &[("Idempotency-Key", "k")], &world.call()).await.expect(200);
    assert_eq!(test.maybe("idempotency-replayed"), None);
    assert_ne!(test.json()["id"], live["id"]);
    // Another key of the same team and mode shares them.
    let other = world.server.key(&world.team.id, domain::Mode::Live, domain::Scopes::ALL).await;
    let again = world.server.client(&other).post_with("/v1/generate", &[("Idempotency-Key", "k")], &world.call()).await.expect(200);
    assert_eq!(again.json()["id"], live["id"]);
    let stranger = world.server.team("agency").await;
    let client = world.server.client(&stranger.live);
    client.post_with("/v1/generate", &[("Idempotency-Key", "k")], &world.call()).await.error(404, "template_group_not_found");
}

#[tokio::test]
async fn only_accepted_calls_keep_a_key() {
    let world = World::new().await;
    post(&world, "k", &json!({})).await.error(422, "validation_failed");
    post(&world, "k", &json!({ "templateGroupId": "tg_none", "inputData": {} })).await.error(404, "template_group_not_found");
    let left = world.remaining().await;
    world.server.operator.adjust_credits(&world.team.id, -left, "test").await.expect("an adjustment");
    post(&world, "k", &world.call()).await.error(402, "insufficient_credits");
    world.server.operator.grant_credits(&world.team.id, 10).await.expect("a grant");
    let first = post(&world, "k", &world.call()).await.expect(200);
    assert_eq!(first.maybe("idempotency-replayed"), None);
}

#[tokio::test]
async fn a_failed_generation_replays_as_failed() {
    let world = World::new().await;
    let call = world.inputs(json!({ "photo": "https://nowhere.invalid/a.png" }));
    let first = post(&world, "k", &call).await.expect(200).json();
    assert_eq!(first["status"], "failed");
    let again = post(&world, "k", &call).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json()["id"], first["id"]);
}

#[tokio::test]
async fn the_replay_of_a_deleted_generation_is_410() {
    let world = World::new().await;
    let first = post(&world, "k", &world.call()).await.expect(200).json();
    let _ = world.live.delete(&format!("/v1/generate/{}", first["id"].as_str().expect("an id"))).await.expect(204);
    post(&world, "k", &world.call()).await.error(410, "generation_expired");
    post(&world, "k", &world.call_with(json!({ "templates": ["wide"] }))).await.error(422, "idempotency_key_reused");
}

#[tokio::test]
async fn keys_that_are_not_printable_ascii_are_refused() {
    let world = World::new().await;
    for key in ["", "ä", &"x".repeat(256)] {
        post(&world, key, &world.call()).await.error(400, "invalid_header");
    }
    for key in ["x", "a b", "~!@#$%^&*()", &"x".repeat(255)] {
        let _ = post(&world, key, &world.call()).await.expect(200);
    }
}

#[tokio::test]
async fn an_accepted_call_replays_while_it_is_queued_and_after() {
    let world = World::new().await;
    let call = world.call_with(json!({ "waitMs": 0, "output": { "delivery": "base64" } }));
    let first = post(&world, "k", &call).await.expect(202).json();
    let _ = finished(&world.live, first["id"].as_str().expect("an id")).await;
    let done = post(&world, "k", &call).await.expect(200).json();
    assert_eq!(done["status"], "completed");
}
