//! "Bad input", the part that one process can show: what a text can do wrong is refused at once, and nothing is kept.

use serde_json::{Value, json};

use crate::support::{World, merged, only_fault};

#[tokio::test]
async fn text_that_is_not_json_is_400() {
    let world = World::new().await;
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let keys: Vec<String> = (0..2_001).map(|n| format!("\"k{n}\":1")).collect();
    let keys = format!("{{{}}}", keys.join(","));
    let card = &world.card;
    let twice = format!("{{\"templateGroupId\":\"{card}\",\"templateGroupId\":\"{card}\",\"inputData\":{{\"title\":\"a\"}}}}");
    let twice_inside = format!("{{\"templateGroupId\":\"{card}\",\"inputData\":{{\"title\":\"a\",\"ti\\u0074le\":\"b\"}}}}");
    let surrogate = format!("{{\"templateGroupId\":\"{card}\",\"inputData\":{{\"title\":\"\\ud83d\"}}}}");
    let trailing = format!("{} {{}}", world.call());
    for text in
        ["", " ", "{", "nope", "{\"a\":}", "{'a':1}", "[1,]", "\u{feff}{}", &deep, &keys, &twice, &twice_inside, &surrogate, &trailing]
    {
        world.live.post_text("/v1/generate", text).await.error(400, "invalid_json");
    }
    let bytes = [b"{\"templateGroupId\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    let request = world.live.request(reqwest::Method::POST, "/v1/generate").header("content-type", "application/json").body(bytes);
    world.live.send(request).await.error(400, "invalid_json");
    assert_eq!(world.live.get("/v1/generate").await.json()["data"], json!([]));
}

#[tokio::test]
async fn a_body_that_is_json_but_no_object_is_422() {
    let world = World::new().await;
    for text in ["[]", "1", "\"a\"", "null", "true"] {
        let (_, code) = only_fault(&world.live.post_text("/v1/generate", text).await);
        assert_eq!(code, "invalid_type", "{text}");
    }
}

#[tokio::test]
async fn values_of_the_wrong_type_are_named_each_by_its_path() {
    let world = World::new().await;
    let wrong = |value: Value| merged(world.call(), value);
    let input = |value: Value| wrong(json!({ "inputData": merged(json!({ "title": "a" }), value) }));
    let cases = [
        (wrong(json!({ "templateGroupId": 1 })), "templateGroupId", "invalid_type"),
        (wrong(json!({ "templateGroupVersion": "1" })), "templateGroupVersion", "invalid_type"),
        (wrong(json!({ "templateGroupVersion": 1.5 })), "templateGroupVersion", "invalid_type"),
        (wrong(json!({ "inputData": [] })), "inputData", "invalid_type"),
        (wrong(json!({ "inputData": {} })), "inputData.title", "missing_input"),
        (wrong(json!({ "inputData": { "title": null } })), "inputData.title", "missing_input"),
        (wrong(json!({ "inputData": { "title": "" } })), "inputData.title", "missing_input"),
        (wrong(json!({ "inputData": { "title": 5 } })), "inputData.title", "invalid_type"),
        (wrong(json!({ "brandKitId": 5 })), "brandKitId", "invalid_type"),
        (wrong(json!({ "templates": "square" })), "templates", "invalid_type"),
        (wrong(json!({ "templates": [] })), "templates", "too_few"),
        (wrong(json!({ "templates": [1] })), "templates[0]", "invalid_type"),
        (wrong(json!({ "overrides": [] })), "overrides", "invalid_type"),
        (wrong(json!({ "locale": "not a locale!" })), "locale", "not_allowed"),
        (wrong(json!({ "output": "png" })), "output", "invalid_type"),
        (wrong(json!({ "output": { "delivery": "fax" } })), "output.delivery", "not_allowed"),
        (wrong(json!({ "output": { "dpi": 300 } })), "output.dpi", "unknown_field"),
        (wrong(json!({ "output": { "quality": 0 } })), "output.quality", "out_of_range"),
        (wrong(json!({ "output": { "quality": "90" } })), "output.quality", "invalid_type"),
        (wrong(json!({ "output": { "scale": 0.05 } })), "output.scale", "out_of_range"),
        (wrong(json!({ "output": { "format": "png", "formats": ["png"] } })), "output.formats", "conflicting_fields"),
        (wrong(json!({ "output": { "formats": [] } })), "output.formats", "too_few"),
        (wrong(json!({ "output": { "formats": ["png", "png"] } })), "output.formats[1]", "duplicate"),
        (wrong(json!({ "waitMs": -1 })), "waitMs", "out_of_range"),
        (wrong(json!({ "waitMs": "10" })), "waitMs", "invalid_type"),
        (wrong(json!({ "failOn": ["sadness"] })), "failOn[0]", "not_allowed"),
        (wrong(json!({ "dryRun": 1 })), "dryRun", "invalid_type"),
        (wrong(json!({ "externalId": 1 })), "externalId", "invalid_type"),
        (wrong(json!({ "metadata": [] })), "metadata", "invalid_type"),
        (input(json!({ "price": "1" })), "inputData.price", "invalid_type"),
        (input(json!({ "price": 1001 })), "inputData.price", "out_of_range"),
        (input(json!({ "badge": "yes" })), "inputData.badge", "invalid_type"),
        (input(json!({ "accent": "#12" })), "inputData.accent", "invalid_color"),
        (input(json!({ "accent": "blue" })), "inputData.accent", "invalid_color"),
        (input(json!({ "day": "2026-02-30" })), "inputData.day", "invalid_date"),
        (input(json!({ "style": "Bold" })), "inputData.style", "not_allowed"),
        (input(json!({ "link": "javascript:alert(1)" })), "inputData.link", "invalid_url"),
        (input(json!({ "points": ["a"] })), "inputData.points", "too_few"),
        (input(json!({ "points": ["a", "b", "c", "d"] })), "inputData.points", "too_many"),
        (input(json!({ "points": ["a", "b", 1] })), "inputData.points[2]", "invalid_type"),
        (input(json!({ "body": "x".repeat(5_001) })), "inputData.body", "too_long"),
        (input(json!({ "body": "a\u{0}b" })), "inputData.body", "invalid_characters"),
        (input(json!({ "body": "a\tb" })), "inputData.body", "invalid_characters"),
        (input(json!({ "body": "a\u{7f}b" })), "inputData.body", "invalid_characters"),
        (input(json!({ "photo": 7 })), "inputData.photo", "invalid_type"),
    ];
    for (body, param, code) in cases {
        let answer = world.live.generate(&body).await;
        assert_eq!(only_fault(&answer), (param.to_owned(), code.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn text_keeps_line_feeds_and_takes_crlf_as_one() {
    let world = World::new().await;
    let exactly = "x".repeat(120);
    for title in ["a\nb", "a\r\nb", exactly.as_str(), "\u{1f600}".repeat(120).as_str()] {
        let _ = world.live.generate(&world.call_with(json!({ "inputData": { "title": title } }))).await.expect(200);
    }
    // Characters are code points: 120 are taken, 121 are not, however many bytes they have.
    let answer = world.live.generate(&world.call_with(json!({ "inputData": { "title": "\u{1f600}".repeat(121) } }))).await;
    assert_eq!(only_fault(&answer), ("inputData.title".to_owned(), "too_long".to_owned()));
}

#[tokio::test]
async fn addresses_that_their_text_alone_forbids_are_refused_at_once() {
    let world = World::new().await;
    let bad = [
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "http://user:pass@example.com/a.png",
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/a.png",
        "http://0x7f.1/a.png",
        "http://2130706433/a.png",
        "http://[::ffff:127.0.0.1]/a.png",
        "https://example.com:22/a.png",
        "http://",
        "not a url",
        "//example.com/a.png",
        "data:nonsense",
        "http://0.0.0.0/a.png",
        "http://[64:ff9b::7f00:1]/a.png",
    ];
    for url in bad {
        if url == "http://localhost/a.png" {
            continue;
        }
        let answer = world.live.generate(&world.inputs(json!({ "photo": url }))).await;
        assert_eq!(only_fault(&answer), ("inputData.photo".to_owned(), "invalid_url".to_owned()), "{url}");
    }
    let answer = world.live.generate(&world.inputs(json!({ "photo": format!("https://example.com/{}", "a".repeat(3000)) }))).await;
    let (param, code) = only_fault(&answer);
    assert_eq!(param, "inputData.photo");
    assert!(matches!(code.as_str(), "invalid_url" | "too_long"), "{code}");
}

#[tokio::test]
async fn refused_calls_leave_nothing_behind() {
    let world = World::new().await;
    let before = world.remaining().await;
    for body in [json!({}), world.call_with(json!({ "colour": 1 })), world.call_with(json!({ "templateGroupId": "tg_none" }))] {
        let answer = world.live.post_with("/v1/generate", &[("Idempotency-Key", "same")], &body).await;
        assert!((400..500).contains(&answer.status));
    }
    assert_eq!(world.remaining().await, before);
    assert_eq!(world.live.get("/v1/generate").await.json()["data"], json!([]));
    // The key of a refused call is free.
    let answer = world.live.post_with("/v1/generate", &[("Idempotency-Key", "same")], &world.call()).await.expect(200);
    assert_eq!(answer.maybe("idempotency-replayed"), None);
}

/// PostgreSQL keeps no text with U+0000 in it, SQLite does: neither may be what answers.
#[tokio::test]
async fn the_character_nul_is_the_callers_fault_wherever_it_stands() {
    let world = World::new().await;
    let document = world.live.get("/v1/openapi.json").await.expect(200).json();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("operations") {
            let method = method.to_uppercase().parse::<reqwest::Method>().expect("a method");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let address = match parameter["in"].as_str() {
                    Some("path") => path.replace(&format!("{{{name}}}"), "tg_%00"),
                    Some("query") => format!("{}?{name}=a%00b", path.replace("{id}", "tg_quote")),
                    _ => continue,
                };
                let answer = world.live.send(world.live.request(method.clone(), &address)).await;
                assert!((400..500).contains(&answer.status), "{method} {address}: {}", answer.status);
                asked += 1;
            }
        }
    }
    assert!(asked > 10, "{asked} parameters");
    let faulty = world.live.get("/v1/templates?tag=a%00b").await;
    assert_eq!(only_fault(&faulty), ("tag".to_owned(), "invalid_characters".to_owned()));

    for (body, expected) in [
        (json!({ "templateGroupId": "tg_\0" }), 404),
        (json!({ "brandKitId": "bk_\0" }), 404),
        (json!({ "templates": ["square\0"] }), 404),
        (json!({ "externalId": "a\0" }), 422),
        (json!({ "locale": "d\0e" }), 422),
        (json!({ "inputData": { "title": "a", "photo": { "assetId": "asset_\0" } } }), 404),
        (json!({ "overrides": { "square": { "title": "a\0" } } }), 422),
        (json!({ "nothing\0": 1 }), 422),
    ] {
        let answer = world.live.generate(&world.call_with(body.clone())).await;
        assert_eq!(answer.status, expected, "{body}: {}", String::from_utf8_lossy(&answer.bytes));
    }
    // Kept as JSON, in which it is an escape.
    let metadata = json!({ "a\0b": "c\0d" });
    let made = world.live.generate(&world.call_with(json!({ "metadata": metadata }))).await.expect(200).json();
    assert_eq!(world.live.get(&format!("/v1/generate/{}", made["id"].as_str().expect("an id"))).await.json()["metadata"], metadata);
    for path in ["/p/%00", "/p/a%00.png", "/m/%00"] {
        assert_eq!(world.live.get(path).await.status, 404, "{path}");
    }
}
