//! kill -9 in the middle of work.

mod common;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{Service, client, folder, get, json};
use serde_json::json;

/// Each round kills the service under load and starts it again.
const ROUNDS: usize = 4;
const CLIENTS: usize = 8;

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_charged_twice() {
    let (_keep, data) = folder();
    let mut service = Service::start(&data, &[]);
    let (live, _) = service.keys();
    service.json(&["team", "set-rate-limit", "demo", "1000000"]);
    let acknowledged: Arc<Mutex<HashMap<String, String>>> = Arc::default();
    for round in 0..ROUNDS {
        let load: Vec<_> = (0..CLIENTS)
            .map(|worker| {
                let (address, live, acknowledged) = (service.address.clone(), live.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    let client = client();
                    for call in 0.. {
                        let key = format!("{round}-{worker}-{call}");
                        let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Less." }, "templates": ["square"], "output": { "scale": 0.1 } });
                        let request = client
                            .post(format!("{address}/v1/generate"))
                            .header("X-API-Key", &live)
                            .header("Idempotency-Key", &key)
                            .header("Content-Type", "application/json")
                            .body(body.to_string());
                        let Ok(response) = request.send().await else { return };
                        let status = response.status().as_u16();
                        let Ok(bytes) = response.bytes().await else { return };
                        if status == 200 || status == 202 {
                            let answer: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                            acknowledged.lock().unwrap().insert(key, answer["id"].as_str().unwrap().to_owned());
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(700 + 300 * round as u64)).await;
        service.kill();
        for worker in load {
            worker.await.unwrap();
        }
        service = Service::start(&data, &[]);
    }
    let acknowledged = Arc::try_unwrap(acknowledged).unwrap().into_inner().unwrap();
    assert!(acknowledged.len() > ROUNDS, "the load made only {} calls", acknowledged.len());
    let client = client();
    // What a crash left open is ended within the sweeper's time.
    let mut open = true;
    for _ in 0..100 {
        let credits = get(&client, &format!("{}/v1/credits", service.address), Some(&live)).await.json();
        open = credits["reserved"] != 0;
        if !open {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(!open, "credits stay reserved");
    for (key, id) in &acknowledged {
        let answer = get(&client, &format!("{}/v1/generate/{id}", service.address), Some(&live)).await;
        assert_eq!(answer.status, 200, "{key}: {id} is gone");
        let generation = answer.json();
        assert!(matches!(generation["status"].as_str().unwrap(), "completed" | "failed"), "{key}: {generation}");
    }
    assert_eq!(json(&data, &["ledger", "audit"]), json!([]));
}
