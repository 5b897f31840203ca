//! What a newcomer meets: the first start, the curl line, the second start.

mod common;

use common::{Service, client, command, folder, generate, get};
use serde_json::json;

#[tokio::test]
async fn the_printed_curl_line_answers_with_four_pictures() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &[]);
    let line = service.printed.lines().find(|line| line.starts_with("curl ")).unwrap();
    let out = std::process::Command::new("sh").args(["-c", &format!("{line} -i")]).output().unwrap();
    let answer = String::from_utf8(out.stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body: serde_json::Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["status"], "completed");
    let sizes: Vec<(&str, u64, u64)> = body["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["key"].as_str().unwrap(), i["width"].as_u64().unwrap(), i["height"].as_u64().unwrap()))
        .collect();
    assert_eq!(sizes, [("square", 1080, 1080), ("portrait", 1080, 1350), ("story", 1080, 1920), ("landscape", 1200, 630)]);
    let client = client();
    for image in body["images"].as_array().unwrap() {
        let picture = get(&client, image["url"].as_str().unwrap(), None).await;
        assert_eq!((picture.status, &picture.bytes[..8]), (200, b"\x89PNG\r\n\x1a\n".as_slice()));
        assert_eq!(picture.bytes.len() as u64, image["bytes"].as_u64().unwrap());
    }
    let credits = get(&client, &format!("{}/v1/credits", service.address), Some(&service.keys().0)).await.json();
    assert_eq!((&credits["used"], &credits["remaining"]), (&json!(4), &json!(4996)));
    let (log, ended_well) = service.terminate();
    assert!(ended_well);
    let faults: Vec<&str> = log.lines().filter(|line| line.contains("\"ERROR\"") || line.contains("panicked")).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test]
async fn a_second_start_prints_no_secret_and_the_keys_stand_nowhere_in_the_clear() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &[]);
    let (live, test) = service.keys();
    let (log, _) = service.terminate();
    let again = Service::start(&data, &[]);
    assert!(!again.printed.contains("rp_live_") && !again.printed.contains("rp_test_"), "{}", again.printed);
    assert!(again.printed.contains("key create"), "{}", again.printed);
    let answer = generate(
        &client(),
        &again.address,
        &live,
        &json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": ["square"] }),
    )
    .await;
    assert_eq!(answer.status, 200);
    let log = log + &again.terminate().0;
    for key in [&live, &test] {
        assert!(!log.contains(key.as_str()));
        assert_eq!(files_with(&data, key.as_bytes()), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_second_serve_on_the_folder_ends_at_once_and_names_the_holder() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &["--no-demo"]);
    let out = command(&data).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let message = String::from_utf8_lossy(&out.stderr);
    assert!(message.contains(&service.child.id().to_string()), "{message}");
}

#[test]
fn no_demo_leaves_an_empty_service() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &["--no-demo"]);
    assert!(!service.printed.contains("rp_"));
    assert_eq!(service.json(&["team", "list"]), json!([]));
}

#[test]
fn an_unknown_setting_is_refused_with_the_one_that_was_meant() {
    let (_keep, data) = folder();
    std::fs::create_dir_all(&data).unwrap();
    let out = command(&data).args(["team", "list"]).env("REPEATPOSTS_PUBLIC_ULR", "x").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("did you mean public_url?"));
}

fn files_with(folder: &std::path::Path, needle: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle) {
            found.push(path);
        }
    }
    found
}
