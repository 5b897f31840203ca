//! Hostile pictures through the whole service, in real decoding children: each fails by name and uncharged within ten
//! seconds, and others are served meanwhile. What the text alone shows to be wrong is refused at once.

mod common;

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use common::{Service, client, folder, generate, get};
use serde_json::{Value, json};

/// What an integrator was promised.
const PATIENCE: Duration = Duration::from_secs(10);
/// A debug build on a busy machine may be late by this much.
const SLACK: Duration = Duration::from_secs(5);

fn call(photo: &Value) -> Value {
    json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less.", "photo": photo }, "templates": ["square"], "output": { "scale": 0.2 }, "waitMs": 30000 })
}

/// A PNG that claims a size and brings nothing.
fn png(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    bytes.extend(13u32.to_be_bytes());
    bytes.extend(b"IHDR");
    bytes.extend(&header);
    bytes.extend([0; 4]);
    bytes.extend(more);
    bytes
}

fn svg(body: &str) -> Vec<u8> {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">{body}</svg>"#).into_bytes()
}

fn patterns() -> Vec<u8> {
    let mut body = String::new();
    for level in 0..30 {
        let fill = if level == 0 { "#f00".to_owned() } else { format!("url(#p{level})") };
        let next = level + 1;
        write!(body, r#"<pattern id="p{next}" width="3" height="3" patternUnits="userSpaceOnUse"><rect width="2" height="2" fill="{fill}"/><rect x="1" width="2" height="3" fill="{fill}"/></pattern>"#).unwrap();
    }
    svg(&(body + r#"<rect width="100" height="100" fill="url(#p30)"/>"#))
}

/// Answers by path, badly.
fn hostile_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || drop(answer(stream)));
        }
    });
    address
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer)?;
    let head = String::from_utf8_lossy(&buffer[..count]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut send = |kind: &str, body: &[u8]| -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
        stream.write_all(body)
    };
    match path.as_str() {
        "/bomb" => send("image/png", &png(50_000, 50_000, &[])),
        "/iccp" => send("image/png", &png(100, 100, &[&(1u32 << 30).to_be_bytes()[..], b"iCCPx\0\0"].concat())),
        "/nested" => send("image/svg+xml", &svg(&"<g>".repeat(200_000))),
        "/patterns" => send("image/svg+xml", &patterns()),
        "/html" => send("image/png", b"<!doctype html><title>no picture</title>"),
        "/loop" => write!(stream, "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        "/inside" => write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        "/huge" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n")?;
            (0..400).try_for_each(|_| stream.write_all(&[0x89; 1 << 16]))
        }
        "/truncated" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9999\r\nConnection: close\r\n\r\n\u{89}PNG")
        }
        // Bounded: the fetcher gives up long before.
        "/slow" => (0..60).try_for_each(|_| {
            std::thread::sleep(Duration::from_millis(500));
            stream.write_all(b"H")
        }),
        _ => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}

#[tokio::test]
async fn hostile_pictures_fail_by_name_uncharged_while_others_are_served() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &["--fetch-allow", "127.0.0.0/8"]);
    let (live, _) = service.keys();
    let server = hostile_server();
    let expected = [
        ("/bomb", "image_too_large"),
        ("/iccp", "image_decode_failed"),
        ("/nested", "image_decode_failed"),
        ("/patterns", "image_decode_failed"),
        ("/html", "image_decode_failed"),
        ("/loop", "image_fetch_failed"),
        ("/inside", "image_fetch_failed"),
        ("/huge", "image_too_large"),
        ("/truncated", "image_fetch_failed"),
        ("/slow", "image_fetch_failed"),
        ("/absent", "image_fetch_failed"),
    ];
    let attacks: Vec<_> = expected
        .into_iter()
        .map(|(path, code)| {
            let (address, live, body) = (service.address.clone(), live.clone(), call(&json!(format!("{server}{path}"))));
            tokio::spawn(async move {
                let begun = Instant::now();
                let answer = generate(&client(), &address, &live, &body).await;
                (path, code, answer, begun.elapsed())
            })
        })
        .collect();
    let clean =
        json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": ["square"], "output": { "scale": 0.2 } });
    for _ in 0..5 {
        let answer = generate(&client(), &service.address, &live, &clean).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("completed")), "a neighbour was not served");
    }
    for attack in attacks {
        let (path, code, answer, time) = attack.await.unwrap();
        let body = answer.json();
        assert_eq!((answer.status, body["status"].as_str()), (200, Some("failed")), "{path}: {body}");
        assert_eq!(body["images"][0]["error"]["code"], code, "{path}: {body}");
        assert_eq!(body["images"][0]["error"]["field"], "photo", "{path}");
        assert_eq!(answer.header("x-credits-charged"), "0", "{path}");
        assert!(time < PATIENCE + SLACK, "{path} took {time:?}");
    }
    let credits = get(&client(), &format!("{}/v1/credits", service.address), Some(&live)).await.json();
    assert_eq!((&credits["used"], &credits["reserved"]), (&json!(5), &json!(0)));
    assert_eq!(service.json(&["ledger", "audit"]), json!([]));
    let (log, ended_well) = service.terminate();
    assert!(ended_well && !log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn what_the_text_shows_to_be_wrong_is_refused_at_once_with_its_path() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &[]);
    let (live, _) = service.keys();
    service.json(&["team", "set-rate-limit", "demo", "1000"]);
    tokio::time::sleep(Duration::from_secs(6)).await;
    let title = |text: String| json!({ "templateGroupId": "tg_quote", "inputData": { "title": text } });
    let rows: Vec<(Value, &str, &str)> = vec![
        (title("x".repeat(100_000)), "inputData.title", "too_long"),
        (title("a\u{0}b".to_owned()), "inputData.title", "invalid_characters"),
        (json!({ "templateGroupId": "tg_quote", "inputData": { "title": 5 } }), "inputData.title", "invalid_type"),
        (json!({ "templateGroupId": "tg_quote", "inputData": {} }), "inputData.title", "missing_input"),
        (json!({ "templateGroupId": "tg_quote", "inputData": { "title": "x" }, "colour": 1 }), "colour", "unknown_field"),
        (json!({ "templateGroupId": "tg_event", "inputData": { "title": "x", "date": "2026-02-30" } }), "inputData.date", "invalid_date"),
        (call(&json!("ftp://example.com/a.png")), "inputData.photo", "invalid_url"),
        (call(&json!("http://127.0.0.1/a.png")), "inputData.photo", "invalid_url"),
        (call(&json!("http://[::ffff:10.0.0.1]/a.png")), "inputData.photo", "invalid_url"),
        (call(&json!("http://0x7f000001/a.png")), "inputData.photo", "invalid_url"),
        (call(&json!("https://user:secret@example.com/a.png")), "inputData.photo", "invalid_url"),
        (call(&json!("https://example.com:22/a.png")), "inputData.photo", "invalid_url"),
    ];
    for (body, param, code) in rows {
        let answer = generate(&client(), &service.address, &live, &body).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error["code"].as_str()), (422, Some("validation_failed")), "{param} {code}: {error}");
        assert_eq!((error["param"].as_str(), error["details"][0]["code"].as_str()), (Some(param), Some(code)), "{error}");
        assert!(!answer.header("x-ratelimit-remaining").is_empty());
    }
    let deep = "[".repeat(10_000);
    for (text, status, code) in [
        (deep.as_str(), 400, "invalid_json"),
        (r#"{"a":"\ud800"}"#, 400, "invalid_json"),
        (r#"{"a":1,"a":2}"#, 400, "invalid_json"),
        ("", 400, "invalid_json"),
    ] {
        let request = client()
            .post(format!("{}/v1/generate", service.address))
            .header("X-API-Key", &live)
            .header("Content-Type", "application/json")
            .body(text.to_owned());
        let answer = common::send(request).await;
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (status, Some(code)), "{}", &text[..text.len().min(20)]);
    }
    let credits = get(&client(), &format!("{}/v1/credits", service.address), Some(&live)).await.json();
    assert_eq!(credits["used"], 0);
}
