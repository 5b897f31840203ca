use std::time::{Duration, Instant};

use app::{Clock, Role};
use domain::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use testkit::{Server, Shown};

use crate::people::{Signed, joined, owner};

/// Asks for the console's key as the page's script does.
async fn ask(who: &Signed) -> Shown {
    let page = who.browser.open(&who.path("/settings/docs/generate")).await.expect(200);
    let token = page.html().split("data-token=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none").to_owned();
    post(who, &token).await
}

async fn post(who: &Signed, token: &str) -> Shown {
    let pairs = [("sec-fetch-site", "same-origin"), ("accept", "application/json"), ("x-csrf-token", token)];
    let headers: HeaderMap =
        pairs.into_iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect();
    who.browser.post(&who.path("/settings/docs/key"), &[], &headers).await
}

fn key(answer: &Shown) -> String {
    let json: Value = serde_json::from_slice(&answer.answer.bytes).unwrap();
    json["key"].as_str().unwrap_or_else(|| panic!("{json}")).to_owned()
}

async fn still() -> (Server, Clock) {
    let clock = Clock::manual("2026-03-01T09:00:00Z".parse::<Timestamp>().unwrap());
    let hand = clock.clone();
    (Server::start_with(|setup| setup.clock = clock).await, hand)
}

async fn refused_within_5_s(server: &Server, key: &str) {
    let until = Instant::now() + Duration::from_secs(5);
    while server.client(key).get("/v1/credits").await.status != 401 {
        assert!(Instant::now() < until, "it still works after 5 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn the_console_key_makes_test_pictures_and_nothing_else() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let answer = ask(&ada).await.expect(200);
    assert_eq!(answer.answer.header("cache-control"), "no-store");
    let first = key(&answer);
    assert!(first.starts_with("rp_test_"), "{first}");
    let client = server.client(&first);
    let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Hello" }, "templates": ["square"] });
    let made = client.post("/v1/generate", &body).await.expect(200).json();
    assert_eq!((&made["mode"], &made["credits"]["charged"]), (&json!("test"), &json!(0)));
    for path in ["/v1/generate", "/v1/templates", "/v1/brandkits", "/v1/credits"] {
        client.get(path).await.expect(200);
    }
    client.get("/v1/assets/asset_01JD3W5M5Q6X7Y8Z9A0B1C2D3E").await.error(403, "scope_missing");
    let list = ada.browser.open(&ada.path("/settings/keys")).await.expect(200);
    assert!(list.has("API Documentation console") && !list.has(&first));
    let audit = ada.browser.open(&ada.path("/settings/audit")).await.expect(200);
    assert!(audit.has("API Documentation console") && !audit.has(&first));
    server.shut_down().await;
}

#[tokio::test]
async fn a_person_has_one_console_key_and_it_ends_in_an_hour() {
    let (server, clock) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let bo = joined(&server, &ada.member, "bo@example.com", Role::Admin).await;
    let (first, other) = (key(&ask(&ada).await), key(&ask(&bo).await));
    let second = key(&ask(&ada).await);
    refused_within_5_s(&server, &first).await;
    server.client(&second).get("/v1/credits").await.expect(200);
    server.client(&other).get("/v1/credits").await.expect(200);
    let list = ada.browser.open(&ada.path("/settings/keys")).await;
    assert_eq!(list.html().matches("API Documentation console").count(), 2 * 2, "one row each: its name and its menu");
    clock.advance(Duration::from_secs(60 * 60));
    server.client(&second).get("/v1/credits").await.expect(401);
    let list = ada.browser.open(&ada.path("/settings/keys")).await;
    assert!(!list.has("API Documentation console"), "what is over is no clutter");
    server.shut_down().await;
}

#[tokio::test]
async fn the_password_is_asked_for_again_and_the_browser_comes_back_to_its_chapter() {
    let (server, clock) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    clock.advance(Duration::from_secs(16 * 60));
    let answer = ask(&ada).await.expect(401);
    assert!(!answer.has("rp_test_"));
    let page = ada.browser.open(&ada.path("/settings/docs/key/generate")).await;
    assert_eq!(page.heading(), "Confirm your password");
    let page = ada.browser.submit(&page, "/confirm-password", &[("password", "seven green kettles")]).await.expect(200);
    assert_eq!(page.path, ada.path("/settings/docs/generate"));
    ask(&ada).await.expect(200);
    ada.browser.open(&ada.path("/settings/docs/key/nothing")).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn without_the_plan_or_the_right_the_recorded_answer_is_shown() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let bo = joined(&server, &ada.member, "bo@example.com", Role::Member).await;
    let vi = joined(&server, &ada.member, "vi@example.com", Role::Viewer).await;
    for who in [&bo, &vi] {
        let page = who.browser.open(&who.path("/settings/docs/generate")).await.expect(200);
        assert!(page.has("An owner or admin can send requests from here.") && page.has("data-recorded") && !page.has("data-send"));
        ask(who).await.expect(403);
    }
    let open = ada.browser.open(&ada.path("/settings/docs/generate")).await.expect(200);
    assert!(open.has("data-send=\"POST /v1/generate\""));
    server.operator.set_plan(&ada.member.team.to_string(), "growth").await.unwrap();
    let page = ada.browser.open(&ada.path("/settings/docs/generate")).await.expect(200);
    assert!(page.has("API access starts with Agency") && page.has("Upgrade to Agency") && !page.has("data-send"));
    let token = open.html().split("data-token=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    post(&ada, &token).await.expect(400);
    let page = bo.browser.open(&bo.path("/settings/docs/generate")).await.expect(200);
    assert!(page.has("Ask an owner or admin") && page.has("Compare plans"));
    let page = server.browser().open("/docs/generate").await.expect(200);
    assert!(page.has("Log in") && page.has("data-recorded") && !page.has("data-send"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_cookie_opens_nothing_under_v1_and_a_key_no_page() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    assert_eq!(ada.browser.open("/v1/credits").await.answer.status, 401);
    let secret = key(&ask(&ada).await);
    let page = server.client(&secret).request(reqwest::Method::GET, &ada.path("/settings/docs")).send().await.unwrap();
    assert_eq!(page.status(), 303, "a key is nobody who is signed in");
    assert_eq!(post(&ada, "0000").await.answer.status, 403, "and a wrong token makes no key");
    server.shut_down().await;
}
