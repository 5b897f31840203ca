//! Two nodes behind HAProxy, on one database and one bucket: nothing is lost, spent or let through twice.

#[path = "common/cluster.rs"]
mod cluster;
mod common;

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use cluster::Shared;
use common::{Service, client, generate, get, send};
use serde_json::{Value, json};

/// HAProxy with the configuration of `deploy/` before two nodes.
pub struct Balancer {
    child: Child,
    pub url: String,
    pub nodes: [String; 2],
}

impl Balancer {
    pub fn start() -> Self {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/haproxy.cfg");
        let [bind, first, second] = [(); 3].map(|()| free());
        let child = Command::new("haproxy")
            .arg("-db")
            .arg("-f")
            .arg(config)
            .env("BIND", &bind)
            .env("NODE_1", &first)
            .env("NODE_2", &second)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("haproxy: apt-get install haproxy");
        Self { child, url: format!("http://{bind}"), nodes: [first, second] }
    }

    /// Once it takes calls, that is as soon as it has seen a node that is ready.
    pub async fn ready(&self, client: &reqwest::Client) {
        let began = Instant::now();
        loop {
            let answer = client.get(format!("{}/readyz", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "HAProxy finds no node");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node on an address that the balancer knows.
pub fn node(shared: &Shared, address: &str, more: &[&str]) -> Service {
    let name = format!("node-{}", address.rsplit(':').next().unwrap());
    // Everything that calls come through runs on this machine.
    let args: Vec<&str> = ["--trusted-proxies", "127.0.0.0/8"].iter().chain(more).copied().collect();
    Service::run_on(address, shared.command(&name), &shared.data(&name), &args)
}

/// An address that is free now.
fn free() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What is asked for, as small as it can be.
fn body(title: &str) -> Value {
    json!({ "templateGroupId": "tg_quote", "inputData": { "title": title }, "templates": ["square"], "output": { "scale": 0.1 } })
}

/// A command's `--json` answer; the command must succeed.
fn json_of(shared: &Shared, args: &[&str]) -> Value {
    let out = shared.command("operator").args(args).arg("--json").output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// A team whose limit meets nobody, with a live key.
fn team(shared: &Shared, limit: &str) -> (String, Value) {
    let team = json_of(shared, &["team", "create", "--name", "Nodes", "--plan", "agency"])["id"].as_str().unwrap().to_owned();
    json_of(shared, &["team", "set-rate-limit", &team, limit]);
    let key = json_of(shared, &["key", "create", "--team", &team, "--name", "test", "--mode", "live"]);
    (team, key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_calls_over_two_nodes_spend_exactly_the_balance() {
    let shared = Shared::new().await;
    json_of(&shared, &["migrate"]);
    let balancer = Balancer::start();
    // As few places as may be set, so that calls are refused and come again.
    let nodes = balancer.nodes.each_ref().map(|address| node(&shared, address, &["--waiting-calls", "64"]));
    let (team, key) = team(&shared, "100000");
    let live = key["key"].as_str().unwrap().to_owned();
    json_of(&shared, &["team", "adjust-credits", &team, "--by=-4700", "--reason", "leaves 300"]);
    let client = client();
    balancer.ready(&client).await;

    let refused = Arc::new(AtomicU32::new(0));
    let calls: Vec<_> = (0..500)
        .map(|index| {
            let (client, live, url, refused) = (client.clone(), live.clone(), balancer.url.clone(), refused.clone());
            tokio::spawn(async move {
                let began = Instant::now();
                loop {
                    let request = client
                        .post(format!("{url}/v1/generate"))
                        .header("X-API-Key", &live)
                        .header("Idempotency-Key", format!("call-{index}"))
                        .header("Content-Type", "application/json")
                        .body(body(&format!("Call {index}")).to_string());
                    let answer = send(request).await;
                    if answer.status != 503 || began.elapsed() > Duration::from_secs(120) {
                        return answer.status;
                    }
                    refused.fetch_add(1, Ordering::Relaxed);
                    let wait: u64 = answer.header("retry-after").parse().expect("a 503 says when to come again");
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
            })
        })
        .collect();
    let mut ends = std::collections::BTreeMap::<u16, u32>::new();
    for call in calls {
        *ends.entry(call.await.unwrap()).or_default() += 1;
    }
    let done: u32 = ends.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, count)| count).sum();
    assert_eq!(
        (done, ends.get(&402), ends.values().sum()),
        (300, Some(&200), 500),
        "{ends:?}, {} times 503",
        refused.load(Ordering::Relaxed)
    );

    // Those that were answered 202 end too.
    let began = Instant::now();
    loop {
        let credits = get(&client, &format!("{}/v1/credits", balancer.url), Some(&live)).await.json();
        if credits["reserved"] == 0 {
            assert_eq!((&credits["used"], &credits["remaining"]), (&json!(300), &json!(0)), "{credits}");
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{credits}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(json_of(&shared, &["ledger", "audit"]), json!([]));
    limits_are_one_for_both(&shared, &client, &nodes.each_ref().map(|node| node.address.as_str())).await;
    for node in nodes {
        let (log, clean) = node.terminate();
        assert!(clean && !log.contains("\"level\":\"ERROR\""), "{log}");
    }
}

/// A limit of 40 lets 40 calls through over both nodes, and a revoked key is refused by both within 5 s.
async fn limits_are_one_for_both(shared: &Shared, client: &reqwest::Client, nodes: &[&str; 2]) {
    let (_, key) = team(shared, "40");
    let live = key["key"].as_str().unwrap().to_owned();
    let calls: Vec<_> = (0..120)
        .map(|index| {
            let (client, live, url) = (client.clone(), live.clone(), format!("{}/v1/credits", nodes[index % 2]));
            tokio::spawn(async move { get(&client, &url, Some(&live)).await.status })
        })
        .collect();
    let mut let_through = 0;
    for call in calls {
        let_through += u32::from(call.await.unwrap() == 200);
    }
    assert_eq!(let_through, 40);

    json_of(shared, &["key", "revoke", key["id"].as_str().unwrap()]);
    let revoked = Instant::now();
    for node in nodes {
        while get(client, &format!("{node}/v1/credits"), Some(&live)).await.status != 401 {
            assert!(revoked.elapsed() < Duration::from_secs(5), "{node} still takes a revoked key");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_rolling_restarts_under_load_lose_no_call() {
    let shared = Shared::new().await;
    json_of(&shared, &["migrate"]);
    let balancer = Balancer::start();
    // Two probes of HAProxy, and the time that they take.
    let start = |address: &str| node(&shared, address, &["--stop-notice-ms", "1000"]);
    let mut nodes = balancer.nodes.each_ref().map(|address| start(address));
    let (_, key) = team(&shared, "100000");
    let live = key["key"].as_str().unwrap().to_owned();
    let client = client();
    balancer.ready(&client).await;

    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4)
        .map(|caller| {
            let (client, live, url, stop) = (client.clone(), live.clone(), balancer.url.clone(), stop.clone());
            tokio::spawn(async move {
                let mut done = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    let made = generate(&client, &url, &live, &body(&format!("Caller {caller}, call {done}"))).await;
                    assert!(made.status == 200 || made.status == 202, "{}: {}", made.status, String::from_utf8_lossy(&made.bytes));
                    let id = made.json()["id"].as_str().unwrap().to_owned();
                    let seen = get(&client, &format!("{url}/v1/generate/{id}"), Some(&live)).await;
                    assert_eq!(seen.status, 200, "{}", String::from_utf8_lossy(&seen.bytes));
                    done += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                done
            })
        })
        .collect();
    for round in 0..20 {
        let which = round % 2;
        let [first, second] = nodes;
        let (old, other) = if which == 0 { (first, second) } else { (second, first) };
        let (log, clean) = tokio::task::block_in_place(|| old.terminate());
        assert!(clean && !log.contains("requests were cut"), "{log}");
        let new = tokio::task::block_in_place(|| start(&balancer.nodes[which]));
        // HAProxy must have seen it before the other one goes: two probes and a little.
        tokio::time::sleep(Duration::from_millis(700)).await;
        nodes = if which == 0 { [new, other] } else { [other, new] };
    }
    stop.store(true, Ordering::Relaxed);
    let mut calls = 0;
    for caller in callers {
        calls += caller.await.unwrap();
    }
    assert!(calls >= 40, "{calls} calls are no load");
    drop(nodes);
    // What a node handed back was worked off by the other.
    assert_eq!(json_of(&shared, &["ledger", "audit"]), json!([]));
}
