//! `GET /v1/generate/{id}`, `GET /v1/generate`, `DELETE /v1/generate/{id}`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{World, only_fault, pictures};

fn path(generation: &Value) -> String {
    format!("/v1/generate/{}", generation["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_generation_reads_as_it_was_answered_and_304_where_it_did_not_change() {
    let world = World::new().await;
    let made = world.made().await;
    let answer = world.live.get(&path(&made)).await.expect(200);
    assert_eq!(answer.json(), made);
    assert_eq!(answer.maybe("retry-after"), None);
    let etag = answer.header("etag").to_owned();
    for value in [etag.as_str(), &format!("W/{etag}"), &format!("\"x\", {etag}"), "*"] {
        let same = world.live.get_with(&path(&made), &[("If-None-Match", value)]).await.expect(304);
        assert!(same.bytes.is_empty());
        assert_eq!((same.header("etag"), same.header("cache-control")), (etag.as_str(), "private, no-cache"));
    }
    let _ = world.live.get_with(&path(&made), &[("If-None-Match", "\"x\"")]).await.expect(200);
}

#[tokio::test]
async fn an_unfinished_generation_says_when_to_come_back_and_can_be_waited_for() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let mut call = world.inputs(json!({ "photo": format!("http://{address}/slow") }));
    call["waitMs"] = json!(0);
    let accepted = world.live.generate(&call).await.expect(202).json();
    let early = world.live.get(&path(&accepted)).await.expect(200);
    assert_eq!(early.header("retry-after"), "2");
    assert!(matches!(early.json()["status"].as_str(), Some("queued" | "processing")));
    let begun = Instant::now();
    let waited = world.live.get(&format!("{}?waitMs=400", path(&accepted))).await.expect(200);
    assert!(begun.elapsed() >= Duration::from_millis(350) && begun.elapsed() < Duration::from_secs(2));
    assert!(matches!(waited.json()["status"].as_str(), Some("queued" | "processing")));
    let done = world.live.get(&format!("{}?waitMs=30000", path(&accepted))).await.expect(200);
    assert_eq!(done.json()["status"], "failed");
    assert!(begun.elapsed() < Duration::from_secs(13));
    assert_eq!(done.maybe("retry-after"), None);
    assert_ne!(done.header("etag"), early.header("etag"));
}

#[tokio::test]
async fn the_wait_of_a_read_has_limits_and_an_unknown_id_comes_first() {
    let world = World::new().await;
    let made = world.made().await;
    for (wait, code) in [("30001", "out_of_range"), ("-1", "out_of_range"), ("x", "invalid_type")] {
        let answer = world.live.get(&format!("{}?waitMs={wait}", path(&made))).await;
        assert_eq!(only_fault(&answer), ("waitMs".to_owned(), code.to_owned()));
        world.live.get(&format!("/v1/generate/gen_none?waitMs={wait}")).await.error(404, "generation_not_found");
    }
    let _ = world.live.get(&format!("{}?waitMs=", path(&made))).await.expect(200);
}

#[tokio::test]
async fn the_list_is_newest_first_in_pages_without_inputs_and_warnings() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, world.made().await["id"].clone());
    }
    let first = world.live.get("/v1/generate?limit=2").await.expect(200).json();
    assert_eq!(first["hasMore"], true);
    for entry in first["data"].as_array().expect("a list") {
        for member in ["inputData", "warnings"] {
            assert_eq!(entry.get(member), None);
        }
        assert_eq!(entry["images"][0].get("warnings"), None);
        assert_eq!(entry["object"], "generation");
    }
    let mut found = Vec::new();
    let mut path = "/v1/generate?limit=2".to_owned();
    loop {
        let page = world.live.get(&path).await.expect(200).json();
        found.extend(page["data"].as_array().expect("a list").iter().map(|entry| entry["id"].clone()));
        let Some(cursor) = page["nextCursor"].as_str() else {
            assert_eq!(page["hasMore"], false);
            break;
        };
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')), "{cursor}");
        path = format!("/v1/generate?limit=2&cursor={cursor}");
    }
    assert_eq!(found, ids);
}

#[tokio::test]
async fn the_list_filters_and_says_what_is_wrong_with_a_filter() {
    let world = World::new().await;
    let failing = world.inputs(json!({ "photo": "https://nowhere.invalid/a.png" }));
    let failed = world.live.generate(&failing).await.expect(200).json();
    let marked = world.live.generate(&world.call_with(json!({ "externalId": "order 42" }))).await.expect(200).json();
    let ids = async |query: &str| -> Vec<Value> {
        let list = world.live.get(&format!("/v1/generate?{query}")).await.expect(200).json();
        list["data"].as_array().expect("a list").iter().map(|entry| entry["id"].clone()).collect()
    };
    assert_eq!(ids("status=failed").await, [failed["id"].clone()]);
    assert_eq!(ids("status=completed").await, [marked["id"].clone()]);
    assert_eq!(ids("status=queued").await, [] as [Value; 0]);
    assert_eq!(ids("externalId=order%2042").await, [marked["id"].clone()]);
    assert_eq!(ids("externalId=order").await, [] as [Value; 0]);
    let created = failed["createdAt"].as_str().expect("a time");
    assert_eq!(ids("createdAfter=2100-01-01T00:00:00Z").await, [] as [Value; 0]);
    assert_eq!(ids("createdBefore=2100-01-01T00:00:00Z&createdAfter=2020-01-01T00:00:00Z").await.len(), 2);
    assert!(!ids(&format!("createdBefore={created}")).await.contains(&marked["id"]));
    for (query, param, code) in [
        ("status=sad", "status", "not_allowed"),
        ("createdAfter=yesterday", "createdAfter", "invalid_date"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=ten", "limit", "invalid_type"),
    ] {
        let answer = world.live.get(&format!("/v1/generate?{query}")).await;
        assert_eq!(only_fault(&answer), (param.to_owned(), code.to_owned()), "{query}");
    }
    for cursor in ["nonsense", "%00", "ZXZpbA", "..", &"x".repeat(3000)] {
        world.live.get(&format!("/v1/generate?cursor={cursor}")).await.error(422, "invalid_cursor");
    }
    // A cursor belongs to its own list.
    let _ = world.made().await;
    let cursor = world.live.get("/v1/generate?limit=1").await.json()["nextCursor"].as_str().expect("a cursor").to_owned();
    world.live.get(&format!("/v1/templates?cursor={cursor}")).await.error(422, "invalid_cursor");
}

#[tokio::test]
async fn deleting_removes_pictures_and_inputs_for_good() {
    let world = World::new().await;
    let made = world.made().await;
    let url = made["images"][0]["url"].as_str().expect("a url").to_owned();
    let _ = world.server.stranger().get(&url).await.expect(200);
    let before = world.live.get("/v1/credits").await.json();
    let gone = world.live.delete(&path(&made)).await.expect(204);
    assert!(gone.bytes.is_empty());
    world.live.get(&path(&made)).await.error(404, "generation_not_found");
    world.live.delete(&path(&made)).await.error(404, "generation_not_found");
    let begun = Instant::now();
    while world.server.stranger().get(&url).await.status == 200 {
        assert!(begun.elapsed().as_secs() < 5, "still served");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    world.server.stranger().get(&url).await.error(410, "generation_expired");
    assert_eq!(world.live.get("/v1/generate").await.json()["data"], json!([]));
    assert_eq!(world.live.get("/v1/credits").await.json(), before, "the ledger stays");
    assert!(world.server.operator.audit().await.expect("an audit").is_empty());
}

#[tokio::test]
async fn deleting_an_unfinished_generation_ends_it_and_releases_its_credits() {
    let address = pictures().await;
    let world = World::with(|setup| setup.fetch_allow = vec!["127.0.0.0/8".to_owned()]).await;
    let before = world.remaining().await;
    let mut call = world.inputs(json!({ "photo": format!("http://{address}/slow") }));
    call["waitMs"] = json!(0);
    let accepted = world.live.generate(&call).await.expect(202).json();
    assert_eq!(world.remaining().await, before - 1);
    let _ = world.live.delete(&path(&accepted)).await.expect(204);
    assert_eq!(world.remaining().await, before);
    world.live.get(&path(&accepted)).await.error(404, "generation_not_found");
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(world.remaining().await, before, "its worker changes nothing any more");
    assert!(world.server.operator.audit().await.expect("an audit").is_empty());
}
