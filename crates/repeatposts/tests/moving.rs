//! A data folder carried over to a server and a bucket, by the real binary.

#[path = "common/cluster.rs"]
mod cluster;
mod common;

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use assets::BlobStore;
use cluster::Shared;
use common::{Service, client, generate, get};
use futures::StreamExt as _;
use serde_json::{Value, json};
use testkit::Weather;

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// `move` from the folder `demo`; the pepper is the folder's matter.
fn moving(shared: &Shared) -> Command {
    let mut command = shared.command("operator");
    command.env_remove("REPEATPOSTS_SECRET").args(["move", "--json", "--from"]).arg(shared.data("demo"));
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_folder_goes_on_elsewhere_as_it_was_even_where_the_move_breaks_off() {
    let shared = Shared::new().await;
    let demo = shared.data("demo");
    let service = Service::start(&demo, &[]);
    let (live, _) = service.keys();
    let client = client();
    let mut pictures = Vec::new();
    for title in ["One.", "Two.", "Three."] {
        let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": title }, "output": { "scale": 0.2 }, "waitMs": 30000 });
        let made = generate(&client, &service.address, &live, &body).await.json();
        assert_eq!(made["status"], "completed", "{made}");
        pictures.push(made);
    }
    let address = service.address.clone();
    let path = |picture: &Value| picture["images"][0]["url"].as_str().unwrap().strip_prefix(&address).unwrap().to_owned();
    let before = get(&client, &format!("{address}{}", path(&pictures[0])), None).await.bytes;
    let credits = get(&client, &format!("{}/v1/credits", service.address), Some(&live)).await.json();

    let refused = moving(&shared).output().unwrap();
    assert!(!refused.status.success() && said(&refused).contains("in use by process"), "{}", said(&refused));
    let (log, clean) = service.terminate();
    assert!(clean, "{log}");

    // Killed when the first pictures have arrived over a slow line.
    let blobs = BlobStore::bucket(assets::Bucket { prefix: "prod".to_owned(), ..shared.s3.bucket() }).unwrap();
    shared.s3.network(Weather::Delay(Duration::from_millis(30)));
    let mut child = moving(&shared).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while blobs.list().count().await == 0 {
        assert!(began.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none(), "nothing was on its way");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    shared.s3.network(Weather::Clear);
    let arrived = blobs.list().count().await as u64;

    let moved = moving(&shared).output().unwrap();
    assert!(moved.status.success(), "{}", said(&moved));
    let moved: Value = serde_json::from_slice(&moved.stdout).unwrap();
    let all = moved["blobs"].as_u64().unwrap();
    assert!(all >= 12 && arrived > 0 && arrived < all, "{arrived} of {moved}");
    assert!(moved["blobsThereBefore"].as_u64().unwrap() > 0, "{moved}");
    assert_eq!(moved["tables"]["generations"], 3, "{moved}");
    assert_eq!(blobs.list().count().await as u64, all);

    let hex: String = std::fs::read(demo.join("secret.key")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let with_secret = |name: &str| {
        let mut command = shared.command(name);
        command.env("REPEATPOSTS_SECRET", format!("hex:{hex}"));
        command
    };
    let audit = with_secret("operator").args(["ledger", "audit"]).output().unwrap();
    assert!(audit.status.success(), "{}", said(&audit));
    let node = Service::run(with_secret("node"), &shared.data("node"), &[]);
    let now = get(&client, &format!("{}/v1/credits", node.address), Some(&live)).await;
    assert_eq!((now.status, now.json()), (200, credits));
    let after = get(&client, &format!("{}{}", node.address, path(&pictures[0])), None).await;
    assert!(after.status == 200 && after.bytes == before);
    for made in &pictures {
        let seen = get(&client, &format!("{}/v1/generate/{}", node.address, made["id"].as_str().unwrap()), Some(&live)).await.json();
        assert_eq!((&seen["status"], &seen["createdAt"]), (&json!("completed"), &made["createdAt"]));
    }
    let made = generate(
        &client,
        &node.address,
        &live,
        &json!({ "templateGroupId": "tg_quote", "inputData": { "title": "On." }, "waitMs": 30000 }),
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.json());

    let again = moving(&shared).output().unwrap();
    assert!(again.status.success() && said(&again).contains(r#""moved":false"#), "{}", said(&again));
    let stale = common::command(&demo).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!stale.status.success() && said(&stale).contains("was moved to postgres://"), "{}", said(&stale));
    // Without its mark the folder is a service that stood still, and the server one that went on.
    std::fs::remove_file(demo.join("moved.json")).unwrap();
    let other = moving(&shared).output().unwrap();
    assert!(!other.status.success() && said(&other).contains("name an empty"), "{}", said(&other));
}

#[test]
fn a_move_says_what_it_lacks() {
    let (_keep, data) = common::folder();
    let run = |args: &[&str]| common::command(&data).arg("move").args(args).output().unwrap();
    let from = data.to_str().unwrap();
    let out = run(&["--from", from]);
    assert!(out.status.code() == Some(2) && said(&out).contains("--to-database"), "{}", said(&out));
    let out = run(&["--from", from, "--to-database", "postgres://me:hush@127.0.0.1:1/x"]);
    assert!(out.status.code() == Some(2) && said(&out).contains("--to-storage"), "{}", said(&out));
    let out = run(&["--from", from, "--to-database", "postgres://me:hush@127.0.0.1:1/x", "--to-storage", "s3://pictures"]);
    assert!(out.status.code() == Some(1) && said(&out).contains("holds no database") && !said(&out).contains("hush"), "{}", said(&out));
}
