//! Keys, scopes, plans and modes ("Conventions").

use api::{Access, routes};
use domain::{Mode, Scope, Scopes, Timestamp};
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client};

use crate::support::{World, card};

/// A request to every route that needs a key; `generate` is a body that succeeds.
async fn call(client: &Client, method: &Method, path: &str, generate: &serde_json::Value) -> Answer {
    let path = path.replace("{id}", "unknown");
    let request = client.request(method.clone(), &path);
    let request = match (method.as_str(), path.as_str()) {
        ("POST", "/v1/generate") => request.header("content-type", "application/json").body(generate.to_string()),
        ("POST", _) => request.header("content-type", "image/jpeg").body(testkit::picture("hills.jpg")),
        _ => request,
    };
    client.send(request).await
}

fn keyed() -> Vec<(Method, &'static str, Scope)> {
    let routes = routes().into_iter().filter_map(|route| match route.access {
        Access::Key(scope, _) => Some((route.method, route.path, scope)),
        _ => None,
    });
    routes.collect()
}

#[tokio::test]
async fn only_the_openapi_document_needs_no_key() {
    let world = World::new().await;
    let stranger = world.server.stranger();
    for (method, path, _) in keyed() {
        call(&stranger, &method, path, &world.call()).await.error(401, "missing_api_key");
    }
    stranger.get("/v1/openapi.json").await.expect(200);
    let open: Vec<_> =
        routes().into_iter().filter(|route| route.path.starts_with("/v1") && !matches!(route.access, Access::Key(..))).collect();
    assert_eq!(open.iter().map(|route| route.path).collect::<Vec<_>>(), ["/v1/openapi.json"]);
}

#[tokio::test]
async fn every_bad_key_is_the_same_401() {
    let world = World::new().await;
    let expired = {
        let operator = &world.server.operator;
        let plain = domain::PlainKey::generate(Mode::Live).expect("a key");
        let team = world.team.id.parse().expect("an id");
        let now = operator.clock.now();
        let new = store_key(team, &plain, operator.pepper.digest(&plain), now);
        operator.store.create_key(new, None, now).await.expect("a key");
        plain.reveal().to_owned()
    };
    let mistyped = {
        let mut key = world.team.live.clone();
        let last = if key.pop() == Some('a') { 'b' } else { 'a' };
        key.push(last);
        key
    };
    let unknown = domain::PlainKey::generate(Mode::Live).expect("a key").reveal().to_owned();
    let other_mode = world.team.live.replace("rp_live_", "rp_test_");
    let mut bodies = Vec::new();
    for key in [expired.as_str(), &mistyped, &unknown, &other_mode, "rp_live_", "nonsense", "ü", &"x".repeat(5000)] {
        let client = world.server.stranger();
        let answer = client.get_with("/v1/credits", &[("X-API-Key", key)]).await;
        let mut error = answer.error(401, "invalid_api_key");
        assert_eq!(answer.header("www-authenticate"), "ApiKey");
        error["requestId"] = json!(null);
        bodies.push(error);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

fn store_key(team: domain::TeamId, plain: &domain::PlainKey, digest: domain::KeyDigest, now: Timestamp) -> testkit::NewKey {
    testkit::NewKey {
        id: domain::KeyId::new(),
        team,
        mode: Mode::Live,
        name: "expired".to_owned(),
        digest,
        hint: plain.hint(),
        scopes: Scopes::ALL,
        networks: Vec::new(),
        expires_at: Some(now.minus(std::time::Duration::from_secs(1))),
        created_by: "test".to_owned(),
    }
}

#[tokio::test]
async fn a_key_works_only_in_its_header() {
    let world = World::new().await;
    let stranger = world.server.stranger();
    let key = &world.team.live;
    stranger.get(&format!("/v1/credits?apiKey={key}&api_key={key}&X-API-Key={key}")).await.error(401, "missing_api_key");
    stranger.get_with("/v1/credits", &[("Authorization", &format!("Bearer {key}"))]).await.error(401, "missing_api_key");
    stranger.get_with("/v1/credits", &[("Cookie", &format!("X-API-Key={key}"))]).await.error(401, "missing_api_key");
    stranger.get_with("/v1/credits", &[("x-api-key", key)]).await.expect(200);
}

#[tokio::test]
async fn a_new_key_works_at_once_and_a_revoked_one_stops_within_five_seconds() {
    let world = World::new().await;
    let key = world.server.key(&world.team.id, Mode::Live, Scopes::ALL).await;
    let client = world.server.client(&key);
    client.get("/v1/credits").await.expect(200);
    let keys = world.server.operator.keys(&world.team.id).await.expect("keys");
    let newest = keys.last().expect("a key");
    world.server.operator.revoke_key(&newest.id).await.expect("revoked");
    let begun = std::time::Instant::now();
    while client.get("/v1/credits").await.status == 200 {
        assert!(begun.elapsed().as_secs() < 5, "still works");
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    client.get("/v1/credits").await.error(401, "invalid_api_key");
}

#[tokio::test]
async fn each_route_needs_its_scope_and_no_other() {
    let world = World::new().await;
    for (method, path, scope) in keyed() {
        let without: Scopes = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let key = world.server.key(&world.team.id, Mode::Live, without).await;
        let error = call(&world.server.client(&key), &method, path, &world.call()).await.error(403, "scope_missing");
        assert!(error["message"].as_str().is_some_and(|text| text.contains(scope.as_str())), "{error}");
        let key = world.server.key(&world.team.id, Mode::Live, [scope].into_iter().collect()).await;
        let answer = call(&world.server.client(&key), &method, path, &world.call()).await;
        assert!(!matches!(answer.status, 401 | 403), "{method} {path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_plan_without_api_access_is_refused_everywhere_and_its_keys_work_again_after_an_upgrade() {
    let world = World::new().await;
    for plan in ["essentials", "growth"] {
        world.server.operator.set_plan(&world.team.id, plan).await.expect("a plan");
        let begun = std::time::Instant::now();
        while world.live.get("/v1/credits").await.status != 403 {
            assert!(begun.elapsed().as_secs() < 5, "the plan has no effect");
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        for (method, path, _) in keyed() {
            for client in [&world.live, &world.test] {
                let answer = call(client, &method, path, &world.call()).await;
                answer.error(403, "plan_upgrade_required");
                assert_eq!(answer.number("x-ratelimit-limit"), 100_000, "the address' bucket answers");
            }
        }
        world.server.stranger().with_key(&world.team.live).get("/v1/openapi.json").await.expect(200);
    }
    world.server.operator.set_plan(&world.team.id, "enterprise").await.expect("a plan");
    let begun = std::time::Instant::now();
    while world.live.get("/v1/credits").await.status != 200 {
        assert!(begun.elapsed().as_secs() < 5, "the plan has no effect");
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    world.test.generate(&world.call()).await.expect(200);
}

#[tokio::test]
async fn modes_see_only_their_own_generations_but_share_templates_kits_and_assets() {
    let world = World::new().await;
    let live = world.made().await;
    let test = world.test.generate(&world.call()).await.expect(200).json();
    assert_eq!((&live["mode"], &test["mode"]), (&json!("live"), &json!("test")));
    let path = |generation: &serde_json::Value| format!("/v1/generate/{}", generation["id"].as_str().expect("an id"));
    world.live.get(&path(&live)).await.expect(200);
    world.test.get(&path(&test)).await.expect(200);
    world.live.get(&path(&test)).await.error(404, "generation_not_found");
    world.test.get(&path(&live)).await.error(404, "generation_not_found");
    world.test.delete(&path(&live)).await.error(404, "generation_not_found");
    for (client, own) in [(&world.live, &live), (&world.test, &test)] {
        let list = client.get("/v1/generate").await.expect(200).json();
        let ids: Vec<_> = list["data"].as_array().expect("a list").iter().map(|entry| entry["id"].clone()).collect();
        assert_eq!(ids, [own["id"].clone()]);
    }
    let asset = world
        .live
        .send(world.live.request(Method::POST, "/v1/assets").header("content-type", "image/jpeg").body(testkit::picture("hills.jpg")))
        .await;
    let asset = format!("/v1/assets/{}", asset.expect(201).json()["id"].as_str().expect("an id"));
    world.test.get(&asset).await.expect(200);
    assert_eq!(world.live.get("/v1/templates").await.json(), world.test.get("/v1/templates").await.json());
}

#[tokio::test]
async fn another_teams_things_are_404_in_the_same_words_as_what_never_was() {
    let world = World::new().await;
    let other = world.server.team("agency").await;
    let their_card = card(&world.server, &other).await;
    let their_kit = world.server.kit(&other.id, "halvmark", true).await;
    let them = world.server.client(&other.live);
    let call = json!({ "templateGroupId": their_card, "inputData": { "title": "Hello" }, "templates": ["square"] });
    let generation = them.generate(&call).await.expect(200).json()["id"].as_str().expect("an id").to_owned();
    let upload = them.request(Method::POST, "/v1/assets").header("content-type", "image/jpeg").body(testkit::picture("hills.jpg"));
    let asset = them.send(upload).await.expect(201).json()["id"].as_str().expect("an id").to_owned();

    let body = |answer: Answer| {
        let mut body = answer.expect(404).json();
        body["error"]["requestId"] = json!(null);
        body.to_string()
    };
    let ulid = "01JD3W5M5Q6X7Y8Z9A0B1C2D3E";
    for (theirs, never) in [
        (format!("/v1/generate/{generation}"), format!("/v1/generate/gen_{ulid}")),
        (format!("/v1/templates/{their_card}"), format!("/v1/templates/tg_{ulid}")),
        (format!("/v1/templates/{their_card}/schema"), format!("/v1/templates/tg_{ulid}/schema")),
        (format!("/v1/brandkits/{their_kit}"), format!("/v1/brandkits/bk_{ulid}")),
        (format!("/v1/assets/{asset}"), format!("/v1/assets/asset_{ulid}")),
    ] {
        assert_eq!(body(world.live.get(&theirs).await), body(world.live.get(&never).await), "{theirs}");
    }
    for path in [format!("/v1/generate/{generation}"), format!("/v1/assets/{asset}")] {
        let _ = world.live.delete(&path).await.expect(404);
        let _ = them.get(&path).await.expect(200);
    }
    for (theirs, never) in [
        (json!({ "templateGroupId": their_card }), json!({ "templateGroupId": format!("tg_{ulid}") })),
        (json!({ "brandKitId": their_kit }), json!({ "brandKitId": format!("bk_{ulid}") })),
        (
            json!({ "inputData": { "title": "a", "photo": { "assetId": asset } } }),
            json!({ "inputData": { "title": "a", "photo": { "assetId": format!("asset_{ulid}") } } }),
        ),
    ] {
        let (theirs, never) = (world.live.generate(&world.call_with(theirs)).await, world.live.generate(&world.call_with(never)).await);
        assert_eq!(body(theirs), body(never));
    }
    let list = world.live.get("/v1/templates?limit=100").await.expect(200).json().to_string();
    assert!(!list.contains(&their_card));
}
