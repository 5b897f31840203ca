//! Commands beside a running service.

mod common;

use std::time::{Duration, Instant};

use common::{Service, client, folder, generate, get, json};
use serde_json::{Value, json};

const ONE: &str = "square";

fn one() -> Value {
    json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": [ONE] })
}

/// Asks until the status is `wanted`, for the five seconds in which a change must be seen.
async fn becomes(service: &Service, key: &str, wanted: u16) -> Value {
    let (client, until) = (client(), Instant::now() + Duration::from_secs(6));
    loop {
        let answer = get(&client, &format!("{}/v1/credits", service.address), Some(key)).await;
        if answer.status == wanted {
            return answer.json();
        }
        assert!(Instant::now() < until, "still {} and not {wanted}", answer.status);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn teams_plans_credits_and_keys_change_under_a_running_service() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &["--no-demo"]);
    let team = service.json(&["team", "create", "--name", "Northbank", "--plan", "growth"]);
    let id = team["id"].as_str().unwrap();
    assert!(id.starts_with("team_"), "{team}");

    let refused = service.tool(&["key", "create", "--team", id, "--name", "Shop", "--mode", "live"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no API access"));

    service.json(&["team", "set-plan", team["slug"].as_str().unwrap(), "agency"]);
    let key = service.json(&["key", "create", "--team", id, "--name", "Shop", "--mode", "live"]);
    let plain = key["key"].as_str().unwrap();
    let answer = generate(&client(), &service.address, plain, &one()).await;
    assert_eq!(
        (answer.status, answer.header("x-credits-charged"), answer.header("x-credits-remaining")),
        (200, "1", "4999"),
        "{}",
        String::from_utf8_lossy(&answer.bytes)
    );

    let granted = service.json(&["team", "grant-credits", id, "7"]);
    assert_eq!(granted["creditsRemaining"], 5006);
    let adjusted = service.json(&["team", "adjust-credits", id, "--by=-5000", "--reason", "wrong import"]);
    assert_eq!(adjusted["creditsRemaining"], 6);
    let below = service.tool(&["team", "adjust-credits", id, "--by=-7", "--reason", "too much"]);
    assert_eq!(below.status.code(), Some(1));

    service.json(&["team", "set-rate-limit", id, "123"]);
    let until = Instant::now() + Duration::from_secs(6);
    while get(&client(), &format!("{}/v1/credits", service.address), Some(plain)).await.header("x-ratelimit-limit") != "123" {
        assert!(Instant::now() < until, "the limit did not arrive");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    service.json(&["team", "set-plan", id, "essentials"]);
    let gate = becomes(&service, plain, 403).await;
    assert_eq!(gate["error"]["code"], "plan_upgrade_required");
    service.json(&["team", "set-plan", id, "enterprise"]);
    becomes(&service, plain, 200).await;
    service.json(&["key", "revoke", key["id"].as_str().unwrap()]);
    let refused = becomes(&service, plain, 401).await;
    assert_eq!(refused["error"]["code"], "invalid_api_key");
    assert_eq!(json(&data, &["ledger", "audit"]), json!([]));
}

#[tokio::test]
async fn render_writes_the_same_bytes_as_the_api() {
    let (keep, data) = folder();
    let service = Service::start(&data, &[]);
    let (live, _) = service.keys();
    let client = client();
    let kits = get(&client, &format!("{}/v1/brandkits", service.address), Some(&live)).await.json();
    let kit = kits["data"].as_array().unwrap().iter().find(|kit| kit["name"] == "Halvmark").unwrap();
    let input = json!({ "title": "Good design is a promise you can *keep* at every size.", "name": "Head baker" });
    let answer =
        json!({ "templateGroupId": "tg_quote", "inputData": input, "brandKitId": kit["id"], "output": { "formats": ["png", "pdf"] } });
    let answer = generate(&client, &service.address, &live, &answer).await.json();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = keep.path().join("out");
    let drawn = json(
        &data,
        &[
            "render",
            root.join("assets/templates/quote.json").to_str().unwrap(),
            "--brand-kit",
            root.join("assets/kits/halvmark/kit.json").to_str().unwrap(),
            "--data",
            &input.to_string(),
            "--format",
            "png,pdf",
            "--out",
            out.to_str().unwrap(),
        ],
    );
    let digest = |file: &Value| file["sha256"].as_str().unwrap().to_owned();
    let sent = answer["images"].as_array().unwrap().iter().flat_map(|image| image["files"].as_array().unwrap());
    assert_eq!(drawn["images"].as_array().unwrap().iter().map(digest).collect::<Vec<_>>(), sent.map(digest).collect::<Vec<_>>());
    assert!(out.join("quote-story.png").exists() && out.join("quote-story.pdf").exists());
}

#[test]
fn render_makes_one_file_of_all_sizes_drawings_and_files_that_keep_to_their_bytes() {
    let (keep, data) = folder();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (group, out) = (root.join("assets/templates/quote.json"), keep.path().join("out"));
    let render = |more: &[&str]| {
        let mut all = vec!["render", group.to_str().unwrap(), "--out", out.to_str().unwrap()];
        all.extend(more);
        json(&data, &all)["images"].as_array().unwrap().clone()
    };
    let drawn = render(&["--format", "pdf,svg", "--one-file", "--templates", "square,story"]);
    let names: Vec<&str> = drawn.iter().map(|image| image["file"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["quote-square.svg", "quote-story.svg", "quote.pdf"]);
    assert_eq!(drawn[2]["pages"], 2);
    assert!(std::fs::read(out.join("quote.pdf")).unwrap().starts_with(b"%PDF-"));

    let kept = render(&["--format", "jpeg", "--templates", "square", "--max-bytes", "30000", "--dpi", "300"]);
    assert!(kept[0]["bytes"].as_u64().unwrap() <= 30_000 && kept[0]["warnings"] == json!([]), "{kept:?}");
    let jpeg = std::fs::read(out.join("quote-square.jpg")).unwrap();
    assert_eq!(jpeg[13..18], [1, 1, 44, 1, 44]);
    assert!(jpeg.windows(26).any(|window| window == b"AltTextAccessibility><rdf:"));
    let too_large = render(&["--format", "webp", "--templates", "square", "--max-bytes", "500", "--no-metadata"]);
    assert_eq!(too_large[0]["warnings"][0]["code"], "file_too_large", "{too_large:?}");
}

#[tokio::test]
async fn a_backup_restores_to_the_same_books_pictures_and_keys() {
    let (keep, data) = folder();
    let service = Service::start(&data, &[]);
    let (live, _) = service.keys();
    let client = client();
    let made = generate(&client, &service.address, &live, &one()).await.json();
    let file = keep.path().join("copy.zip");
    service.json(&["backup", "--out", file.to_str().unwrap()]);
    service.terminate();

    let restored = keep.path().join("restored");
    json(&restored, &["restore", file.to_str().unwrap()]);
    assert!(!restored.join("secret.key").exists(), "the secret must not be in a backup");
    std::fs::copy(data.join("secret.key"), restored.join("secret.key")).unwrap();
    let service = Service::start(&restored, &[]);
    let credits = get(&client, &format!("{}/v1/credits", service.address), Some(&live)).await.json();
    assert_eq!(credits["used"], 1);
    let path = made["images"][0]["url"].as_str().unwrap().splitn(4, '/').nth(3).unwrap();
    let picture = get(&client, &format!("{}/{path}", service.address), None).await;
    assert_eq!((picture.status, picture.bytes.len() as u64), (200, made["images"][0]["bytes"].as_u64().unwrap()));
    assert_eq!(service.json(&["ledger", "audit"]), json!([]));
    let twice = service.tool(&["restore", file.to_str().unwrap()]);
    assert_eq!(twice.status.code(), Some(1), "a full folder must not be restored into");
}

#[test]
fn template_check_names_every_fault_and_fails() {
    let (keep, data) = folder();
    std::fs::create_dir_all(&data).unwrap();
    let file = keep.path().join("broken.json");
    std::fs::write(&file, r#"{"format":1,"name":"x","fields":[{"name":"a","type":"nothing"}],"layers":[],"templates":[{"key":"s","name":"S","width":0,"height":10}]}"#).unwrap();
    let out = common::command(&data).args(["template", "check", file.to_str().unwrap(), "--json"]).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let pointers: Vec<&str> = report[0]["faults"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/fields/0/type") && pointers.contains(&"/templates/0/width"), "{pointers:?}");
}

#[tokio::test]
async fn an_imported_group_and_kit_answer_by_id_and_unchanged_files_make_no_version() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &[]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let group = root.join("assets/templates/sale.json");
    let kit = root.join("assets/kits/pomblo/kit.json");
    let imported = service.json(&["template", "import", group.to_str().unwrap(), "--team", "demo"]);
    let again = service.json(&["template", "import", group.to_str().unwrap(), "--team", "demo"]);
    assert_eq!((&imported["version"], &again["version"], &again["changed"]), (&json!(1), &json!(1), &json!(false)));
    assert_eq!(imported["id"], again["id"]);
    let kit = service.json(&["brandkit", "import", kit.to_str().unwrap(), "--team", "demo", "--default"]);
    let (live, _) = service.keys();
    let body = json!({ "templateGroupId": imported["id"], "inputData": { "figure": "−40 %" }, "templates": [ONE] });
    let answer = generate(&client(), &service.address, &live, &body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.json()["brandKitId"], kit["id"]);
}

#[test]
fn the_template_that_the_readme_shows_is_valid() {
    let (keep, data) = folder();
    std::fs::create_dir_all(&data).unwrap();
    let readme = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let document =
        readme.split("```json\n").find(|block| block.starts_with("{\"format\"")).and_then(|block| block.split("```").next()).unwrap();
    let file = keep.path().join("note.json");
    std::fs::write(&file, document).unwrap();
    let out = common::command(&data).args(["template", "check", file.to_str().unwrap()]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}
