//! "Caching", methods, request ids and addresses in answers ("Conventions").

use reqwest::Method;

use crate::support::World;

#[tokio::test]
async fn answers_under_v1_are_private_and_never_for_browsers() {
    let world = World::new().await;
    let generation = world.made().await;
    for path in ["/v1/credits", "/v1/templates", "/v1/brandkits", "/v1/generate", "/v1/openapi.json", "/v1/nowhere"] {
        let answer = world.live.get(path).await;
        assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
        assert_eq!(answer.maybe("access-control-allow-origin"), None, "{path}");
    }
    let answer = world.live.get(&format!("/v1/generate/{}", generation["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert!(answer.header("etag").starts_with('"'));
}

#[tokio::test]
async fn head_works_where_get_does_and_has_no_body() {
    let world = World::new().await;
    let generation = world.made().await;
    let id = generation["id"].as_str().expect("an id");
    for path in ["/v1/credits", "/v1/templates", "/v1/brandkits", "/v1/generate", "/v1/openapi.json", &format!("/v1/generate/{id}")] {
        let got = world.live.get(path).await.expect(200);
        let head = world.live.head(path).await.expect(200);
        assert!(head.bytes.is_empty(), "{path}");
        assert_eq!(head.header("content-length"), got.bytes.len().to_string(), "{path}");
        assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
    }
    assert_eq!(world.server.stranger().head("/v1/credits").await.status, 401);
}

#[tokio::test]
async fn other_methods_are_405_with_allow_before_any_question_of_keys() {
    let world = World::new().await;
    let cases = [
        (Method::OPTIONS, "/v1/generate", ["GET", "HEAD", "POST"].as_slice()),
        (Method::PUT, "/v1/generate", &["GET", "HEAD", "POST"]),
        (Method::POST, "/v1/credits", &["GET", "HEAD"]),
        (Method::DELETE, "/v1/templates", &["GET", "HEAD"]),
        (Method::PATCH, "/v1/generate/gen_1", &["DELETE", "GET", "HEAD"]),
        (Method::OPTIONS, "/v1/openapi.json", &["GET", "HEAD"]),
        (Method::TRACE, "/v1/assets", &["POST"]),
    ];
    for (method, path, allowed) in cases {
        for client in [&world.live, &world.server.stranger()] {
            let answer = client.send(client.request(method.clone(), path)).await;
            answer.error(405, "method_not_allowed");
            let mut methods: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
            methods.sort_unstable();
            assert_eq!(methods, allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn unknown_addresses_are_404_before_any_question_of_keys() {
    let world = World::new().await;
    for path in ["/v1", "/v1/", "/v1/nowhere", "/v1/generate/", "/v1/generate/a/b", "/v1/Credits", "/v1/%63redits"] {
        for client in [&world.live, &world.server.stranger()] {
            client.get(path).await.error(404, "not_found");
        }
    }
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own() {
    let world = World::new().await;
    let first = world.live.get_with("/v1/credits", &[("X-Request-Id", "mine")]).await;
    let second = world.live.get("/v1/credits").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert_ne!(first.header("x-request-id"), "mine");
    assert!(world.server.stranger().get("/livez").await.header("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn addresses_in_answers_come_from_the_settings_never_from_host() {
    let world = World::with(|setup| {
        setup.app.public_url = "https://pictures.example".to_owned();
        setup.app.api_url = "https://api.example".to_owned();
    })
    .await;
    let request =
        world.live.request(Method::POST, "/v1/generate").header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let answer = world.live.send(request.header("content-type", "application/json").body(world.call().to_string())).await.expect(200);
    let url = answer.json()["images"][0]["url"].as_str().expect("a url").to_owned();
    assert!(url.starts_with("https://pictures.example/p/"), "{url}");
    let group = world.live.get(&format!("/v1/templates/{}", world.card)).await.json();
    assert_eq!(group["inputSchemaUrl"], format!("https://api.example/v1/templates/{}/schema", world.card));
    assert!(group["previewUrl"].as_str().is_some_and(|url| url.starts_with("https://pictures.example/")), "{group}");
}
