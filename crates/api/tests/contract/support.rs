//! What most tests start with.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Value, json};
use testkit::{Answer, CARD, Client, Server, Setup, Team};

/// A service with one Agency team that has the test card.
pub struct World {
    pub server: Server,
    pub team: Team,
    pub live: Client,
    pub test: Client,
    /// The id of the test card.
    pub card: String,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let server = Server::start_with(change).await;
        let team = server.team("agency").await;
        let card = card(&server, &team).await;
        Self { live: server.client(&team.live), test: server.client(&team.test), card, team, server }
    }

    /// A call that succeeds: one small size, one field.
    pub fn call(&self) -> Value {
        json!({ "templateGroupId": self.card, "inputData": { "title": "Hello" }, "templates": ["square"] })
    }

    /// The same call with further members.
    pub fn call_with(&self, further: Value) -> Value {
        merged(self.call(), further)
    }

    /// The same call with further input data.
    pub fn inputs(&self, further: Value) -> Value {
        self.call_with(json!({ "inputData": merged(json!({ "title": "Hello" }), further) }))
    }

    /// Makes one picture; the finished generation comes back.
    pub async fn made(&self) -> Value {
        self.live.generate(&self.call()).await.expect(200).json()
    }

    /// What is left to spend.
    pub async fn remaining(&self) -> i64 {
        self.live.get("/v1/credits").await.expect(200).json()["remaining"].as_i64().expect("a balance")
    }
}

/// Publishes the test card for a team.
pub async fn card(server: &Server, team: &Team) -> String {
    server.operator.import_template(&team.id, "card", CARD).await.expect("a group").id
}

pub fn merged(mut base: Value, further: Value) -> Value {
    for (name, value) in further.as_object().expect("an object") {
        base[name] = value.clone();
    }
    base
}

/// Polls until the generation is finished.
pub async fn finished(client: &Client, id: &str) -> Value {
    let begun = Instant::now();
    loop {
        let generation = client.get(&format!("/v1/generate/{id}?waitMs=2000")).await.expect(200).json();
        let status = generation["status"].as_str().expect("a status");
        if !matches!(status, "queued" | "processing") {
            return generation;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "never finished: {generation}");
    }
}

/// Codes of a list of warnings.
pub fn codes(warnings: &Value) -> Vec<&str> {
    warnings.as_array().expect("warnings").iter().map(|warning| warning["code"].as_str().expect("a code")).collect()
}

/// The one fault of an answer.
pub fn only_fault(answer: &Answer) -> (String, String) {
    let faults = answer.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

/// A web server with pictures: `/hills.jpg`, `/text` (no picture), `/slow` (never ends), `/moved` (redirects for ever),
/// `/short` (cut off).
pub async fn pictures() -> SocketAddr {
    let jpeg = Bytes::from(testkit::picture("hills.jpg"));
    let short = jpeg.slice(..jpeg.len() / 4);
    let router = Router::new()
        .route("/hills.jpg", get(move || async move { ([(CONTENT_TYPE, "image/jpeg")], jpeg) }))
        .route("/short", get(move || async move { ([(CONTENT_TYPE, "image/jpeg")], short) }))
        .route("/text", get(|| async { ([(CONTENT_TYPE, "image/png")], "no picture at all") }))
        .route("/moved", get(|| async { axum::response::Redirect::temporary("/moved") }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(60)).await }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
