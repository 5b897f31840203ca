//! Probes, metrics and shutting down.

use std::time::Duration;

use testkit::{Server, raw};

use crate::support::World;

#[tokio::test]
async fn probes_answer_without_a_key() {
    let server = Server::start().await;
    let stranger = server.stranger();
    for path in ["/livez", "/readyz"] {
        let answer = stranger.get(path).await.expect(200);
        assert_eq!(answer.maybe("x-ratelimit-limit"), None, "probes are not limited");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert!(!String::from_utf8_lossy(&stranger.get("/readyz?verbose").await.bytes).contains('{'), "details are not for everyone");
}

#[tokio::test]
async fn metrics_are_for_the_same_machine_only() {
    let server = Server::start().await;
    let stranger = server.stranger();
    let _ = stranger.get("/metrics").await.expect(200);
    for name in ["X-Forwarded-For", "Forwarded", "Via"] {
        stranger.get_with("/metrics", &[(name, "1.2.3.4")]).await.error(404, "not_found");
    }
}

#[tokio::test]
async fn the_operators_listener_tells_more() {
    let server = Server::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(api::serve(listener, api::ops_router(&server.api), api::ServerLimits::default(), std::future::pending()));
    let get = async |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        raw::exchange(address, request.as_bytes(), Duration::from_secs(3)).await
    };
    assert!(get("/metrics").await.contains("testkit 1"));
    let verbose = get("/readyz?verbose").await;
    assert!(verbose.starts_with("HTTP/1.1 200") && verbose.contains("\"ready\":true"), "{verbose}");
    assert!(get("/livez").await.starts_with("HTTP/1.1 200"));
    assert!(get("/v1/credits").await.starts_with("HTTP/1.1 404"));
    server.api.drain();
    assert!(get("/readyz?verbose").await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn a_server_that_drains_is_not_ready_but_finishes_its_calls() {
    let world = World::new().await;
    world.server.api.drain();
    let probe = world.server.stranger().get("/readyz").await.expect(503);
    assert!(probe.number("retry-after") >= 1);
    let _ = world.server.stranger().get("/livez").await.expect(200);
    let (live, call) = (world.live.clone(), world.call());
    let running = tokio::spawn(async move { live.generate(&call).await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    world.server.shut_down().await;
    let _ = running.await.expect("no panic").expect(200);
}
