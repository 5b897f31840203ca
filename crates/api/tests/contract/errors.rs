//! "Errors": the envelope is checked on every answer by the client; here is which error answers where several apply.

use std::time::Duration;

use api::BodyTime;
use domain::{Mode, Scope};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, raw};

use crate::support::{World, merged};

#[tokio::test]
async fn a_validation_error_lists_every_fault_of_body_and_input_together() {
    let world = World::new().await;
    let body = json!({
        "templateGroupId": world.card,
        "inputData": { "title": "x".repeat(121), "price": "cheap", "accent": "red", "day": "tomorrow", "style": "loud" },
        "templates": ["square", "square"],
        "output": { "format": "bmp", "quality": 101, "scale": 9 },
        "waitMs": 30_001,
        "colour": "blue",
    });
    let answer = world.live.generate(&body).await;
    let mut faults = answer.faults();
    faults.sort();
    let expected = [
        ("colour", "unknown_field"),
        ("inputData.accent", "invalid_color"),
        ("inputData.day", "invalid_date"),
        ("inputData.price", "invalid_type"),
        ("inputData.style", "not_allowed"),
        ("inputData.title", "too_long"),
        ("output.format", "unsupported_format"),
        ("output.quality", "out_of_range"),
        ("output.scale", "out_of_range"),
        ("templates[1]", "duplicate"),
        ("waitMs", "out_of_range"),
    ];
    let found: Vec<(&str, &str)> = faults.iter().map(|(param, code)| (param.as_str(), code.as_str())).collect();
    assert_eq!(found, expected);
    for detail in answer.json()["error"]["details"].as_array().expect("details") {
        for member in ["param", "code", "message", "limit", "received"] {
            assert!(detail.get(member).is_some(), "{detail} lacks {member}");
        }
    }
}

#[tokio::test]
async fn too_many_faults_or_long_values_do_not_make_a_huge_answer() {
    let world = World::new().await;
    let body = merged(world.call(), json!({ "inputData": { "title": "x".repeat(100_000) } }));
    let answer = world.live.generate(&body).await;
    assert_eq!(answer.faults(), [("inputData.title".to_owned(), "too_long".to_owned())]);
    assert!(answer.bytes.len() < 10_000, "{} bytes", answer.bytes.len());
}

/// Each line of the contract's order, with everything after it wrong too, must still answer with its own code.
#[tokio::test]
async fn where_several_apply_the_first_of_the_contracts_order_answers() {
    let world = World::with(|setup| setup.rate_limit = Some(1)).await;
    let starved = world.server.key(&world.team.id, Mode::Live, [Scope::CreditsRead].into_iter().collect()).await;
    let huge = vec![b'x'; 9 * 1024 * 1024];
    let send = async |client: &Client, path: &str, kind: &str, key: &str, body: Vec<u8>| -> Answer {
        let request = client.request(Method::POST, path).header("content-type", kind).header("Idempotency-Key", key).body(body);
        client.send(request).await
    };
    let stranger = world.server.stranger();
    send(&stranger, "/v1/nowhere", "text/plain", "ü", huge.clone()).await.error(404, "not_found");
    send(&stranger, "/v1/credits", "text/plain", "ü", huge.clone()).await.error(405, "method_not_allowed");
    send(&stranger, "/v1/generate", "text/plain", "ü", huge.clone()).await.error(401, "missing_api_key");
    // The bucket of the team is emptied first: a scope's refusal comes before it, everything else after.
    world.live.get("/v1/credits").await.expect(200);
    send(&world.server.client(&starved), "/v1/generate", "text/plain", "ü", huge.clone()).await.error(403, "scope_missing");
    send(&world.live, "/v1/generate", "text/plain", "ü", huge.clone()).await.error(429, "rate_limited");

    let world = World::new().await;
    send(&world.live, "/v1/generate", "text/plain", "ü", huge.clone()).await.error(415, "unsupported_media_type");
    send(&world.live, "/v1/generate", "application/json", "ü", huge).await.error(413, "payload_too_large");
    let both = send(&world.live, "/v1/generate", "application/json", "ü", b"{".to_vec()).await;
    assert_eq!(both.status, 400);
    send(&world.live, "/v1/generate", "application/json", "ü", b"{}".to_vec()).await.error(400, "invalid_header");

    // From here on the use case decides.
    let with_key = async |key: &str, body: Value| world.live.post_with("/v1/generate", &[("Idempotency-Key", key)], &body).await;
    let _ = with_key("first", world.call()).await.expect(200);
    let unknown = json!({ "templateGroupId": "tg_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", "colour": 1 });
    with_key("first", unknown.clone()).await.error(422, "idempotency_key_reused");
    with_key("second", unknown).await.error(404, "template_group_not_found");
    with_key("third", merged(world.call(), json!({ "templateGroupVersion": 99, "colour": 1 })))
        .await
        .error(404, "template_version_not_found");
    with_key("fourth", merged(world.call(), json!({ "templates": ["cube"], "colour": 1 }))).await.error(404, "template_not_in_group");
    with_key("fifth", merged(world.call(), json!({ "brandKitId": "bk_nope", "colour": 1 }))).await.error(404, "brand_kit_not_found");
    spend_all(&world).await;
    let _ = with_key("sixth", merged(world.call(), json!({ "colour": 1 }))).await.faults();
    with_key("seventh", world.call()).await.error(402, "insufficient_credits");
}

async fn spend_all(world: &World) {
    let left = world.remaining().await;
    world.server.operator.adjust_credits(&world.team.id, -left, "test").await.expect("an adjustment");
}

#[tokio::test]
async fn an_id_that_is_not_well_formed_is_a_404_of_its_kind() {
    let world = World::new().await;
    for id in ["x", "gen_", "gen_ü", "tg_quote", "%00", "%ff", "..%2f..%2fetc"] {
        world.live.get(&format!("/v1/generate/{id}")).await.error(404, "generation_not_found");
        world.live.delete(&format!("/v1/generate/{id}")).await.error(404, "generation_not_found");
        world.live.get(&format!("/v1/brandkits/{id}")).await.error(404, "brand_kit_not_found");
        world.live.get(&format!("/v1/assets/{id}")).await.error(404, "asset_not_found");
    }
    world.live.get("/v1/templates/quote").await.error(404, "template_group_not_found");
}

#[tokio::test]
async fn media_types_other_than_json_are_415() {
    let world = World::new().await;
    for (name, value) in
        [("content-type", "text/plain"), ("content-type", "application/xml"), ("content-type", "multipart/form-data; boundary=x")]
    {
        let request = world.live.request(Method::POST, "/v1/generate").header(name, value).body(world.call().to_string());
        world.live.send(request).await.error(415, "unsupported_media_type");
    }
    let request = world.live.request(Method::POST, "/v1/generate").body(world.call().to_string());
    world.live.send(request).await.error(415, "unsupported_media_type");
    let request =
        world.live.request(Method::POST, "/v1/generate").header("content-type", "application/json").header("content-encoding", "gzip");
    world.live.send(request.body(world.call().to_string())).await.error(415, "unsupported_media_type");
    let request = world.live.request(Method::POST, "/v1/generate").header("content-type", "application/json; charset=utf-8");
    let _ = world.live.send(request.body(world.call().to_string())).await.expect(200);
}

#[tokio::test]
async fn a_body_of_eight_mib_is_taken_and_a_larger_one_is_refused_after_it_was_read() {
    let world = World::new().await;
    let fill = |size: usize| {
        let mut text = world.call().to_string();
        text.extend(std::iter::repeat_n(' ', size - text.len()));
        text
    };
    let limit = 8 * 1024 * 1024;
    let _ = world.live.post_text("/v1/generate", &fill(limit)).await.expect(200);
    for size in [limit + 1, 40 * 1024 * 1024] {
        let answer = world.live.post_text("/v1/generate", &fill(size)).await;
        answer.error(413, "payload_too_large");
        // The connection goes on: everything was read.
        assert_eq!(answer.maybe("connection"), None);
    }
}

#[tokio::test]
async fn a_body_without_end_is_refused_after_64_mib() {
    let world = World::new().await;
    let chunk = axum::body::Bytes::from(vec![b'x'; 1024 * 1024]);
    let endless = futures::stream::iter((0..80).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let request = world.live.request(Method::POST, "/v1/generate").header("content-type", "application/json");
    // The answer comes before everything was sent; whether the client still sees it then is a race that it may lose.
    let sent = request.body(reqwest::Body::wrap_stream(endless)).send().await;
    if let Ok(answer) = sent {
        assert_eq!(answer.status().as_u16(), 413);
    }
    let _ = world.live.get("/v1/credits").await.expect(200);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_408() {
    let world = World::with(|setup| setup.body_time = BodyTime { fixed: Duration::from_millis(300), bytes_per_second: 1024 * 1024 }).await;
    let head = format!(
        "POST /v1/generate HTTP/1.1\r\nHost: a\r\nX-API-Key: {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"a\":",
        world.team.live
    );
    let answer = raw::exchange(world.server.address, head.as_bytes(), Duration::from_secs(5)).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request_timeout") && answer.contains("x-ratelimit-remaining") && answer.contains("x-request-id"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn long_addresses_and_large_headers_are_refused_with_an_envelope() {
    let world = World::new().await;
    let long = format!("/v1/templates?search={}", "x".repeat(10_000));
    world.live.get(&long).await.error(414, "uri_too_long");
    let big = "x".repeat(20_000);
    world.live.get_with("/v1/templates", &[("X-Big", &big)]).await.error(431, "headers_too_large");
    let names: Vec<String> = (0..500).map(|n| format!("x-header-{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "0123456789012345678901234567890123456789")).collect();
    world.live.get_with("/v1/templates", &many).await.error(431, "headers_too_large");
    let _ = world.live.get_with("/v1/templates", &[("X-Fine", &"x".repeat(14_000))]).await.expect(200);
}

#[tokio::test]
async fn a_client_that_waits_for_leave_to_send_is_refused_without_sending() {
    let world = World::new().await;
    let head = "POST /v1/generate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n";
    let answer = raw::exchange(world.server.address, head.as_bytes(), Duration::from_secs(3)).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(!answer.contains("100 Continue"), "{answer}");
}

#[tokio::test]
async fn every_error_explains_itself_at_its_address() {
    let world = World::new().await;
    let error = world.live.generate(&json!({})).await.error(422, "validation_failed");
    let url = error["docUrl"].as_str().expect("an address");
    assert!(url.starts_with(&world.server.url), "{url}");
    let page = world.server.stranger().get(url.split('#').next().expect("a page")).await.expect(200);
    let html = String::from_utf8(page.bytes.clone()).expect("text");
    assert!(html.contains(&format!("id=\"{}\"", url.split('#').nth(1).expect("a fragment"))));
}
