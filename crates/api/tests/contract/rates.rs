//! "Rate limits" ("Conventions").

use std::time::Duration;

use app::Clock;
use serde_json::json;
use testkit::{Answer, Client, Server};

use crate::support::World;

/// A clock that stands until it is moved.
fn clock() -> Clock {
    Clock::manual(app::Timestamp::from_micros(1_795_000_000_000_000))
}

fn figures(answer: &Answer) -> (i64, i64, i64) {
    (answer.number("x-ratelimit-limit"), answer.number("x-ratelimit-remaining"), answer.number("x-ratelimit-reset"))
}

/// A service whose team has `limit`, and whose addresses have `address`.
async fn limited(limit: Option<u32>, address: u32, clock: &Clock) -> (Server, Client, Client) {
    let clock = clock.clone();
    let server = Server::start_with(|setup| {
        setup.rate_limit = limit;
        setup.app.address_rate_limit = address;
        setup.clock = clock;
    })
    .await;
    let team = server.team("agency").await;
    let (live, test) = (server.client(&team.live), server.client(&team.test));
    (server, live, test)
}

#[tokio::test]
async fn the_window_is_fixed_starts_with_its_first_request_and_lasts_sixty_seconds() {
    let clock = clock();
    let (_server, live, _) = limited(Some(3), 60, &clock).await;
    let start = 1_795_000_000;
    assert_eq!(figures(&live.get("/v1/credits").await), (3, 2, start + 60));
    clock.advance(Duration::from_secs(59));
    assert_eq!(figures(&live.get("/v1/credits").await), (3, 1, start + 60));
    assert_eq!(figures(&live.get("/v1/credits").await), (3, 0, start + 60));
    let refused = live.get("/v1/credits").await;
    refused.error(429, "rate_limited");
    assert_eq!(figures(&refused), (3, 0, start + 60));
    assert_eq!(refused.number("retry-after"), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(figures(&live.get("/v1/credits").await), (3, 2, start + 120));
}

#[tokio::test]
async fn plans_set_the_limit_and_an_operator_may_set_another() {
    let clock = clock();
    let (server, live, _) = limited(None, 60, &clock).await;
    assert_eq!(live.get("/v1/credits").await.number("x-ratelimit-limit"), 60);
    let enterprise = server.team("enterprise").await;
    assert_eq!(server.client(&enterprise.live).get("/v1/credits").await.number("x-ratelimit-limit"), 600);
    server.operator.set_rate_limit(&enterprise.id, 5).await.expect("a limit");
    let begun = std::time::Instant::now();
    while server.client(&enterprise.live).get("/v1/credits").await.number("x-ratelimit-limit") != 5 {
        assert!(begun.elapsed().as_secs() < 5, "the limit has no effect");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test]
async fn live_and_test_and_polling_have_buckets_of_their_own() {
    let clock = clock();
    let (server, live, test) = limited(Some(2), 60, &clock).await;
    live.get("/v1/credits").await.expect(200);
    live.get("/v1/templates").await.expect(200);
    live.get("/v1/brandkits").await.error(429, "rate_limited");
    assert_eq!(figures(&test.get("/v1/credits").await).1, 1);
    let poll = live.get("/v1/generate/gen_1").await;
    poll.error(404, "generation_not_found");
    assert_eq!(figures(&poll).0, 20);
    assert_eq!(figures(&poll).1, 19);
    for _ in 0..19 {
        live.get("/v1/generate/gen_1").await.error(404, "generation_not_found");
    }
    live.get("/v1/generate/gen_1").await.error(429, "rate_limited");
    live.get("/v1/generate").await.error(429, "rate_limited");
    // Another key of the same team shares the team's bucket.
    let other = server.team("agency").await;
    server.client(&other.live).get("/v1/credits").await.expect(200);
}

#[tokio::test]
async fn without_a_valid_key_the_address_answers_and_it_never_blocks_a_valid_key() {
    let clock = clock();
    let (server, live, _) = limited(Some(1000), 4, &clock).await;
    let stranger = server.stranger();
    assert_eq!(figures(&stranger.get("/v1/credits").await), (4, 3, 1_795_000_060));
    assert_eq!(figures(&stranger.with_key("rp_live_x").get("/v1/credits").await).1, 2);
    assert_eq!(figures(&stranger.get("/v1/openapi.json").await).1, 1);
    stranger.get("/v1/credits").await.error(401, "missing_api_key");
    // 401 yields to the 429 of its address.
    stranger.get("/v1/credits").await.error(429, "rate_limited");
    stranger.get("/v1/openapi.json").await.error(429, "rate_limited");
    stranger.with_key("rp_live_x").generate(&json!({})).await.error(429, "rate_limited");
    assert_eq!(figures(&live.get("/v1/credits").await).0, 1000);
    // Neither pictures nor probes are limited.
    stranger.get("/livez").await.expect(200);
    assert_eq!(stranger.get("/p/nothing.png").await.status, 404);
    clock.advance(Duration::from_secs(60));
    stranger.get("/v1/credits").await.error(401, "missing_api_key");
}

#[tokio::test]
async fn a_plan_without_access_counts_at_its_address() {
    let clock = clock();
    let (server, live, _) = limited(Some(1000), 3, &clock).await;
    let team = server.operator.teams().await.expect("teams").pop().expect("a team");
    server.operator.set_plan(&team.id, "growth").await.expect("a plan");
    for _ in 0..3 {
        let answer = live.get("/v1/credits").await;
        answer.error(403, "plan_upgrade_required");
        assert_eq!(figures(&answer).0, 3);
    }
    live.get("/v1/credits").await.error(429, "rate_limited");
}

#[tokio::test]
async fn routes_that_are_not_there_show_the_bucket_and_take_nothing() {
    let clock = clock();
    let (server, live, _) = limited(Some(5), 4, &clock).await;
    for _ in 0..10 {
        let nowhere = live.get("/v1/nowhere").await;
        nowhere.error(404, "not_found");
        assert_eq!(figures(&nowhere).0, 5);
        let deleted = live.delete("/v1/credits").await;
        deleted.error(405, "method_not_allowed");
        assert_eq!(figures(&deleted), (5, 5, figures(&deleted).2));
        assert_eq!(figures(&server.stranger().get("/v1/nowhere").await).0, 4);
    }
    assert_eq!(figures(&live.get("/v1/credits").await).1, 4);
}

#[tokio::test]
async fn the_address_is_the_one_that_a_trusted_proxy_names() {
    let server = Server::start_with(|setup| {
        setup.app.address_rate_limit = 2;
        setup.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    let stranger = server.stranger();
    let from = async |address: &str| figures(&stranger.get_with("/v1/credits", &[("X-Forwarded-For", address)]).await).1;
    assert_eq!(from("198.51.100.1").await, 1);
    assert_eq!(from("198.51.100.2").await, 1);
    assert_eq!(from("203.0.113.9, 198.51.100.2").await, 0);
    let refused = stranger.get_with("/v1/credits", &[("X-Forwarded-For", "198.51.100.2")]).await;
    refused.error(429, "rate_limited");

    let server = Server::start_with(|setup| setup.app.address_rate_limit = 2).await;
    let stranger = server.stranger();
    for address in ["198.51.100.1", "198.51.100.2"] {
        stranger.get_with("/v1/credits", &[("X-Forwarded-For", address)]).await.error(401, "missing_api_key");
    }
    stranger.get_with("/v1/credits", &[("X-Forwarded-For", "198.51.100.3")]).await.error(429, "rate_limited");
}

#[tokio::test]
async fn nobody_gets_more_than_the_limit_in_parallel() {
    let clock = clock();
    let (_server, live, _) = limited(Some(20), 60, &clock).await;
    let calls = (0..60).map(|_| live.get("/v1/credits"));
    let answers = futures::future::join_all(calls).await;
    let served = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(served, 20);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 429)));
}

#[tokio::test]
async fn errors_of_a_call_count_like_any_call() {
    let world = World::with(|setup| setup.rate_limit = Some(4)).await;
    let before = figures(&world.live.get("/v1/credits").await).1;
    world.live.post_text("/v1/generate", "{").await.error(400, "invalid_json");
    assert_eq!(figures(&world.live.generate(&json!({})).await).1, before - 2);
}
