//! `GET /v1/openapi.json`: complete, current, and true of real answers.

use std::collections::BTreeSet;
use std::path::Path;

use api::{Access, routes};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Answer;
use testkit::schema::mismatches;

use crate::support::World;

/// The address in the committed document.
const EXAMPLE: &str = "http://127.0.0.1:8080";

#[tokio::test]
async fn the_document_needs_no_key_and_is_this_servers() {
    let world = World::new().await;
    let document = world.server.stranger().get("/v1/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], world.server.url);
    assert_eq!(document, api::openapi::document(&world.server.url));
}

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let document = api::openapi::document(EXAMPLE);
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let public = |path: &str| path.starts_with("/v1/") || path.starts_with("/p/");
    let served: BTreeSet<_> =
        routes().into_iter().filter(|route| public(route.path)).map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    assert_eq!(described, served);
    for route in routes().into_iter().filter(|route| public(route.path)) {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        match route.access {
            Access::Key(scope, _) => {
                assert!(operation["description"].as_str().is_some_and(|text| text.contains(&format!("`{scope}`"))), "{}", route.path);
                assert_eq!(operation.get("security"), None);
            }
            _ => assert_eq!(operation["security"], json!([])),
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_is_complete() {
    let document = api::openapi::document(EXAMPLE);
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}");
            let statuses: Vec<&str> = operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect();
            let needed: &[&str] =
                if operation.get("security").is_none() { &["401", "403", "414", "429", "431", "500", "503"] } else { &["500", "503"] };
            assert!(needed.iter().all(|status| statuses.contains(status)), "{method} {path}: {statuses:?}");
            for (status, response) in operation["responses"].as_object().expect("responses") {
                assert!(response["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
                if path.starts_with("/v1") {
                    assert!(response["headers"]["X-RateLimit-Remaining"].is_object(), "{method} {path} {status}");
                }
            }
            let parameters = operation["parameters"].as_array().expect("parameters");
            assert_eq!(path.matches('{').count(), parameters.iter().filter(|parameter| parameter["in"] == "path").count());
        }
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => references.push(reference),
                    _ => collect(member, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[test]
fn the_examples_fit_their_schemas() {
    let document = api::openapi::document(EXAMPLE);
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for operation in methods.as_object().expect("methods").values() {
            for response in operation["responses"].as_object().expect("responses").values() {
                let Some(content) = response["content"].get("application/json") else { continue };
                let examples = content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                for example in examples.chain(content.get("example")) {
                    let found = mismatches(&document, &content["schema"], example);
                    assert!(found.is_empty(), "{path}: {found:?}");
                    seen += 1;
                }
            }
        }
    }
    let request = &document["components"]["schemas"]["GenerateRequest"];
    assert!(mismatches(&document, request, &request["examples"][0]).is_empty());
    assert!(seen > 50, "{seen}");
}

/// `BLESS=1` writes the file.
#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let mut text = serde_json::to_string_pretty(&api::openapi::document(EXAMPLE)).expect("JSON");
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/openapi.json is out of date: run the tests of this crate with BLESS=1");
}

/// The schema of an answer, by the operation that gave it.
fn check(document: &Value, method: &str, path: &str, answer: &Answer) {
    let response = &document["paths"][path][method]["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{method} {path} answered {}, which is not described", answer.status);
    for (name, _) in answer.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-") && *name != "x-content-type-options") {
        let described =
            response["headers"].as_object().is_some_and(|headers| headers.keys().any(|key| key.eq_ignore_ascii_case(name.as_str())));
        assert!(described, "{method} {path} {}: {name} is not described", answer.status);
    }
    let schema = &response["content"]["application/json"]["schema"];
    if schema.is_null() {
        return;
    }
    let found = mismatches(document, schema, &answer.json());
    assert!(found.is_empty(), "{method} {path} {}: {found:#?}", answer.status);
}

#[tokio::test]
async fn real_answers_fit_the_document() {
    let world = World::new().await;
    let document = world.server.stranger().get("/v1/openapi.json").await.expect(200).json();
    let kit = world.server.kit(&world.team.id, "halvmark", true).await;
    let (live, stranger) = (&world.live, world.server.stranger());
    let generate = "/v1/generate";

    let long = "A title that is far too long for its two lines in any size at all, whatever is done to it, whoever sets it.";
    for body in [
        world.call(),
        world.call_with(
            json!({ "templates": null, "output": { "formats": ["png", "webp"], "delivery": "base64" }, "metadata": { "k": "v" } }),
        ),
        world.call_with(json!({ "inputData": { "title": long } })),
        world.call_with(json!({ "dryRun": true, "inputData": { "title": long } })),
        world.call_with(json!({ "dryRun": true, "inputData": {} })),
        world.call_with(json!({ "waitMs": 0 })),
        world.inputs(json!({ "photo": "https://nowhere.invalid/a.png" })),
        world.call_with(json!({ "colour": 1 })),
        json!([]),
        json!({ "templateGroupId": "tg_none", "inputData": {} }),
    ] {
        check(&document, "post", generate, &live.generate(&body).await);
    }
    check(&document, "post", generate, &world.test.generate(&world.call()).await);
    check(&document, "post", generate, &stranger.generate(&world.call()).await);
    check(&document, "post", generate, &live.post_text(generate, "{").await);
    check(&document, "post", generate, &live.send(live.request(Method::POST, generate).body("x")).await);
    for _ in 0..2 {
        check(
            &document,
            "post",
            generate,
            &live.post_with(generate, &[("Idempotency-Key", "k"), ("Prefer", "respond-async")], &world.call()).await,
        );
    }

    let id = world.made().await["id"].as_str().expect("an id").to_owned();
    let url = world.made().await["images"][0]["url"].as_str().expect("a url").to_owned();
    let upload = live.request(Method::POST, "/v1/assets").header("content-type", "image/jpeg").body(testkit::picture("hills.jpg"));
    let asset = live.send(upload).await;
    check(&document, "post", "/v1/assets", &asset);
    let asset = asset.json()["id"].as_str().expect("an id").to_owned();
    for (path, real) in [
        ("/v1/generate", "/v1/generate?limit=3".to_owned()),
        ("/v1/generate", "/v1/generate?limit=0".to_owned()),
        ("/v1/generate", "/v1/generate?cursor=x".to_owned()),
        ("/v1/generate/{id}", format!("/v1/generate/{id}")),
        ("/v1/generate/{id}", "/v1/generate/none".to_owned()),
        ("/v1/templates", "/v1/templates".to_owned()),
        ("/v1/templates/{id}", "/v1/templates/tg_quote".to_owned()),
        ("/v1/templates/{id}", "/v1/templates/none".to_owned()),
        ("/v1/templates/{id}/schema", "/v1/templates/tg_quote/schema".to_owned()),
        ("/v1/brandkits", "/v1/brandkits".to_owned()),
        ("/v1/brandkits/{id}", format!("/v1/brandkits/{kit}")),
        ("/v1/brandkits/{id}", "/v1/brandkits/none".to_owned()),
        ("/v1/credits", "/v1/credits".to_owned()),
        ("/v1/assets/{id}", format!("/v1/assets/{asset}")),
        ("/v1/assets/{id}", "/v1/assets/none".to_owned()),
        ("/v1/openapi.json", "/v1/openapi.json".to_owned()),
        ("/p/{path}", url),
        ("/p/{path}", "/p/none.png".to_owned()),
    ] {
        check(&document, "get", path, &live.get(&real).await);
        if path.starts_with("/v1") && !path.contains("openapi") {
            check(&document, "get", path, &stranger.get(&real).await);
        }
    }
    for (path, real) in [("/v1/generate/{id}", format!("/v1/generate/{id}")), ("/v1/assets/{id}", format!("/v1/assets/{asset}"))] {
        for _ in 0..2 {
            check(&document, "delete", path, &live.delete(&real).await);
        }
    }
}
