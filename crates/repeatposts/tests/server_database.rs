//! The binary on a PostgreSQL server: what it asks for at start, and two nodes that are one service.

mod common;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::{Service, client, folder, generate, get};
use serde_json::json;

const SECRET: &str = "a secret that all nodes share, long enough";

/// The binary as one node: its own folder, the common database and secret.
fn node(data: &Path, url: &str) -> Command {
    let mut command = common::command(data);
    command.env("REPEATPOSTS_DATABASE_URL", url).env("REPEATPOSTS_SECRET", SECRET);
    command
}

fn told(command: &mut Command, args: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = command.args(args).output().unwrap();
    (status.success(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

#[test]
fn what_is_missing_is_told_with_what_to_do_and_no_password() {
    let database = testdb::Database::fresh().unwrap();
    let url = database.url();
    let (_keep, data) = folder();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let (done, text) = told(&mut node(&data, &url), &serve);
    assert!(!done && text.contains("run the migrate command"), "{text}");
    let (done, text) = told(node(&data, &url).env_remove("REPEATPOSTS_SECRET"), &serve);
    assert!(!done && text.contains("REPEATPOSTS_SECRET"), "{text}");
    let (done, text) = told(&mut node(&data, "mysql://me:hush@127.0.0.1/x"), &["doctor"]);
    assert!(!done && text.contains("postgres://user:password@host") && !text.contains("hush"), "{text}");
    let (done, text) = told(&mut node(&data, "postgres://me:hush@127.0.0.1:1/x"), &["team", "list"]);
    assert!(!done && text.contains("127.0.0.1:1") && text.contains("Is the server up") && !text.contains("hush"), "{text}");
    let (done, text) = told(&mut node(&data, &url), &["migrate"]);
    assert!(done && text.contains("0001_first"), "{text}");
    let (done, text) = told(&mut node(&data, &url), &["migrate"]);
    assert!(done && text.contains("Nothing to do"), "{text}");
    let (done, text) = told(&mut node(&data, &url), &["doctor"]);
    assert!(done && text.contains("answers and takes writes") && text.contains("good  clock: our clock is 0."), "{text}");
    let (done, text) = told(&mut node(&data, &url), &["backup"]);
    assert!(!done && text.contains("pg_dump"), "{text}");
    let (done, text) = told(&mut node(&data, &url), &["team", "list"]);
    assert!(done && !text.contains("demo"), "{text}");
}

/// Functions of the server, overruled for one database: what it says of itself is what an old or a wrong one would say.
fn says(database: &testdb::Database, function: &str) {
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    database.run(&format!("create schema claims; {function}; alter database {name} set search_path = claims, pg_catalog, public")).unwrap();
}

#[test]
fn a_server_before_postgresql_15_is_refused_by_its_version() {
    let database = testdb::Database::fresh().unwrap();
    says(
        &database,
        "create function claims.current_setting(name text) returns text language sql as $$ select case name \
            when 'server_version_num' then '140011' when 'server_version' then '14.11' else pg_catalog.current_setting(name) end $$",
    );
    let (_keep, data) = folder();
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["doctor"]] {
        let (done, text) = told(&mut node(&data, &database.url()), args);
        assert!(!done && text.contains("is PostgreSQL 14.11, and 15 or newer is needed: upgrade the server"), "{args:?}: {text}");
    }
}

#[test]
fn a_clock_that_is_off_is_told_at_start_and_by_doctor() {
    let database = testdb::Database::fresh().unwrap();
    let (_keep, data) = folder();
    assert!(told(&mut node(&data, &database.url()), &["migrate"]).0);
    says(
        &database,
        "create function claims.clock_timestamp() returns timestamptz language sql as \
            $$ select pg_catalog.clock_timestamp() - interval '40 days' $$",
    );
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["worker"], &["doctor"]] {
        let (done, text) = told(&mut node(&data, &database.url()), args);
        assert!(!done && text.contains("ahead of the database's") && text.contains("NTP"), "{args:?}: {text}");
    }
}

#[test]
fn a_schema_of_a_newer_program_is_left_alone() {
    let database = testdb::Database::fresh().unwrap();
    let (_keep, data) = folder();
    assert!(told(&mut node(&data, &database.url()), &["migrate"]).0);
    database.run("insert into schema_migrations (version, name, sql, applied_at) values (9999, '9999_later', '', 0)").unwrap();
    for args in [&["migrate"][..], &["serve", "--migrate", "--listen", "127.0.0.1:0"], &["team", "list"]] {
        let (done, text) = told(&mut node(&data, &database.url()), args);
        assert!(!done && text.contains("newer version of this program") && text.contains("9999_later"), "{args:?}: {text}");
    }
}

#[tokio::test]
async fn two_nodes_are_one_service() {
    let database = testdb::Database::fresh().unwrap();
    let url = database.url();
    let (_keep, data) = folder();
    let first = Service::run(node(&data, &url), &data, &["--migrate", "--demo"]);
    let second = Service::run(node(&data, &url), &data, &[]);
    let (live, _) = first.keys();
    let client = client();
    let body =
        json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": ["square"], "output": { "scale": 0.1 } });
    let made = generate(&client, &first.address, &live, &body).await;
    assert_eq!(made.status, 200, "{}", made.json());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let seen = get(&client, &format!("{}/v1/generate/{id}", second.address), Some(&live)).await;
    assert_eq!((seen.status, &seen.json()["status"]), (200, &json!("completed")));
    // One bucket for both, by its headers.
    let left = |answer: &common::Answer| answer.header("x-ratelimit-remaining").parse::<u32>().unwrap();
    let one = left(&get(&client, &format!("{}/v1/credits", first.address), Some(&live)).await);
    let two = left(&get(&client, &format!("{}/v1/credits", second.address), Some(&live)).await);
    assert_eq!(two + 1, one);
    // Queued by one that works on no jobs, worked off by another.
    let (_keep_idle, idle_data) = folder();
    let idle = Service::run(node(&idle_data, &url), &idle_data, &["--no-worker"]);
    let mut later = body.clone();
    later["waitMs"] = json!(0);
    let queued = generate(&client, &idle.address, &live, &later).await;
    assert_eq!(queued.status, 202, "{}", queued.json());
    let id = queued.json()["id"].as_str().unwrap().to_owned();
    let began = Instant::now();
    loop {
        let seen = get(&client, &format!("{}/v1/generate/{id}", idle.address), Some(&live)).await.json();
        if seen["status"] == "completed" {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{seen}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (log, clean) = first.terminate();
    assert!(clean, "{log}");
    assert!(!log.contains(&live), "a key in the log");
    let (done, text) = told(&mut node(&data, &url), &["ledger", "audit"]);
    assert!(done, "{text}");
}

#[tokio::test]
async fn a_node_outlives_its_database_and_goes_on_by_itself() {
    let cluster = testdb::Cluster::start().unwrap();
    let database = cluster.database().unwrap();
    let (_keep, data) = folder();
    let node = Service::run(node(&data, &database.url()), &data, &["--migrate", "--demo"]);
    let (live, _) = node.keys();
    let client = client();
    let body =
        json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": ["square"], "output": { "scale": 0.1 } });
    assert_eq!(generate(&client, &node.address, &live, &body).await.status, 200);
    cluster.kill().unwrap();
    let refused = generate(&client, &node.address, &live, &body).await;
    assert_eq!(refused.status, 503, "{}", refused.json());
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(get(&client, &format!("{}/readyz", node.address), None).await.status, 503);
    assert_eq!(get(&client, &format!("{}/livez", node.address), None).await.status, 200);
    cluster.revive().unwrap();
    let back = Instant::now();
    while generate(&client, &node.address, &live, &body).await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(10), "{}", node.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(get(&client, &format!("{}/readyz", node.address), None).await.status, 200);
    let (_, clean) = node.terminate();
    assert!(clean);
}

#[tokio::test]
async fn a_worker_works_off_what_others_queue_and_hands_back_what_it_has_not_ended() {
    let database = testdb::Database::fresh().unwrap();
    let (_keep, data) = folder();
    let idle = Service::run(node(&data, &database.url()), &data, &["--migrate", "--demo", "--no-worker"]);
    let (live, _) = idle.keys();
    let (done, text) = told(&mut common::command(&data), &["worker"]);
    assert!(!done && text.contains("worker needs database_url"), "{text}");
    // A process of its own, with its probes on a port of its own.
    let mut command = node(&data, &database.url());
    let mut worker = command.args(["worker", "--metrics-listen", "127.0.0.1:0"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(worker.stdout.take().unwrap()));
    let probes = lines.next().unwrap().unwrap().replace("Metrics and probes on ", "");
    assert_eq!(lines.next().unwrap().unwrap(), "Working off jobs");
    let client = client();
    assert_eq!(get(&client, &format!("{probes}/readyz"), None).await.status, 200);
    assert_eq!(get(&client, &format!("{probes}/v1/credits"), Some(&live)).await.status, 404);
    let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Later." }, "output": { "scale": 0.2 }, "waitMs": 0 });
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(generate(&client, &idle.address, &live, &body).await.json()["id"].as_str().unwrap().to_owned());
    }
    // Told to stop in the middle of it: what it has begun ends, the rest waits for another.
    assert!(Command::new("kill").args(["-TERM", &worker.id().to_string()]).status().unwrap().success());
    assert!(worker.wait().unwrap().success());
    let mut second = node(&data, &database.url()).arg("worker").stdout(std::process::Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    for id in ids {
        while get(&client, &format!("{}/v1/generate/{id}", idle.address), Some(&live)).await.json()["status"] != "completed" {
            assert!(began.elapsed() < Duration::from_secs(45), "{id} waits for a lease's end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert!(Command::new("kill").args(["-TERM", &second.id().to_string()]).status().unwrap().success());
    assert!(second.wait().unwrap().success());
}
