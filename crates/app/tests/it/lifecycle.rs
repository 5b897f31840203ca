//! A generation after its call: twins, waiting, lists, deletion, crashes, expiry.

use std::collections::BTreeSet;
use std::time::Duration;

use app::view::Status;
use app::{App, Clock, Error, GenerateAnswer, GenerateCall, Missing, Query};
use assets::BlobKey;
use domain::{GenerationId, ImageId, Mode, Plans, Source, TemplateGroupId, TemplateId, Timestamp};
use futures::{TryStreamExt as _, future::join_all};
use serde_json::json;
use store::{Accept, Lease, NewFile, NewGeneration, NewImage};

use crate::house::{House, call, config, eventually, keyed, parts, small, with};

fn query(pairs: &[(&str, &str)]) -> Query {
    Query(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_concurrent_twins_are_one_generation_and_one_charge() {
    let house = House::new().await;
    let before = house.remaining().await;
    let answers = join_all((0..50).map(|_| house.app.generate(&house.live, keyed(small(), "order-42")))).await;
    let mut ids = BTreeSet::new();
    let mut first = 0;
    for answer in answers {
        let Ok(GenerateAnswer::Generation(made)) = answer else { panic!("refused: {answer:?}") };
        assert_eq!(made.generation.status, Status::Completed);
        assert_eq!(made.credits.unwrap().charged, i64::from(!made.replayed));
        first += usize::from(!made.replayed);
        ids.insert(made.generation.id);
    }
    assert_eq!((ids.len(), first), (1, 1));
    assert_eq!(house.remaining().await, before - 1);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_another_body_is_refused_and_the_wait_does_not_count() {
    let house = House::new().await;
    house.app.generate(&house.live, keyed(small(), "k")).await.unwrap();
    let other = with(small(), json!({"inputData": {"title": "Other"}}));
    assert!(matches!(house.app.generate(&house.live, keyed(other, "k")).await, Err(Error::IdempotencyKeyReused)));
    let waits = with(small(), json!({"waitMs": 1}));
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, keyed(waits, "k")).await else { panic!("refused") };
    assert!(made.replayed);
    // The same key in the other mode is another key.
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.test, keyed(small(), "k")).await else { panic!("refused") };
    assert!(!made.replayed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_consumes_no_key() {
    let house = House::new().await;
    let bad = with(small(), json!({"inputData": {}}));
    assert!(matches!(house.app.generate(&house.live, keyed(bad, "k")).await, Err(Error::Validation(_))));
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, keyed(small(), "k")).await else { panic!("refused") };
    assert!(!made.replayed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_call_is_a_job_that_the_worker_ends() {
    let house = House::new().await;
    let background = house.app.start(true).await.unwrap();
    let call = GenerateCall { prefer_async: true, ..call(with(small(), json!({"waitMs": null}))) };
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, call).await else { panic!("refused") };
    assert!(made.preference_applied);
    assert!(!made.generation.status.finished());
    assert_eq!((made.generation.credits.reserved, made.credits.unwrap().charged), (1, 0));
    let ended = house.ended(&house.live, &made.generation.id).await;
    assert_eq!(ended.status, Status::Completed);
    assert_eq!((ended.credits.reserved, ended.credits.charged), (0, 1));
    assert_eq!(background.stop(Duration::from_secs(5)).await, 0);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_another_version_waits_for_that_one_and_is_given_up_at_last() {
    let house = House::new().await;
    let before = house.remaining().await;
    let group: TemplateGroupId = "tg_quote".parse().unwrap();
    let image = NewImage {
        id: ImageId::new(),
        template: TemplateId::of(&group, "square"),
        key: "square".into(),
        name: "Square".into(),
        width: 1080,
        height: 1080,
        files: vec![NewFile {
            format: "png".into(),
            blob_key: BlobKey::picture(assets::Token::random().unwrap(), "png").unwrap().to_string(),
        }],
    };
    let id = GenerationId::new();
    let written_elsewhere = NewGeneration {
        id,
        team: house.live.team,
        mode: Mode::Live,
        source: Source::Api,
        maker: house.live.maker,
        request: None,
        template_group: group,
        template_version: 1,
        brand_kit: None,
        locale: "en".into(),
        input_data: r#"{"title":"Hello"}"#.into(),
        external_id: None,
        metadata: "{}".into(),
        warnings: "[]".into(),
        work: r#"{"of":"a later version"}"#.into(),
        engine: "{}".into(),
        images: vec![image],
        idempotency: None,
        row: None,
        lease: None,
        max_unfinished: None,
    };
    assert!(matches!(house.store.accept(written_elsewhere, Timestamp::now()).await.unwrap(), Accept::Accepted { .. }));
    let background = house.app.start(true).await.unwrap();
    let taken = async || house.store.job_counts().await.unwrap() == (0, 1);
    eventually(Duration::from_secs(10), taken).await;
    let status = async || house.app.generation(&house.live, &id.to_string(), &Query::default()).await.unwrap().generation.status;
    assert_eq!(status().await, Status::Processing, "it has not failed: a node of the other version may end it");
    background.stop(Duration::from_secs(1)).await;
    for _ in 0..3 {
        let lease = Lease { owner: "other".into(), until: Timestamp::now().plus(Duration::from_secs(60)) };
        assert!(house.store.claim_job(lease, Timestamp::now()).await.unwrap().is_some());
        assert_eq!(house.store.take_back_others("nobody").await.unwrap(), 1);
    }
    let _background = house.app.start(true).await.unwrap();
    assert_eq!(house.ended(&house.live, &id.to_string()).await.status, Status::Failed);
    assert_eq!(house.remaining().await, before);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_handed_back_often_is_no_job_that_fails_often() {
    let house = House::new().await;
    let call = || GenerateCall { prefer_async: true, ..call(with(small(), json!({"waitMs": null}))) };
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, call()).await else { panic!("refused") };
    let Ok(GenerateAnswer::Generation(cursed)) = house.app.generate(&house.live, call()).await else { panic!("refused") };
    // Four processes each took both; they were told to stop with the first in hand, and died of the second.
    for n in 0..4 {
        let lease = |what: &str| Lease { owner: format!("{what} {n}"), until: Timestamp::now().minus(Duration::from_secs(1)) };
        let first = house.store.claim_job(lease("stopped"), Timestamp::from_micros(0)).await.unwrap().unwrap();
        assert_eq!(first.generation.to_string(), made.generation.id);
        house.store.claim_job(lease("died"), Timestamp::from_micros(0)).await.unwrap().unwrap();
        assert_eq!(house.store.hand_back(&format!("stopped {n}")).await.unwrap(), 1);
        assert_eq!(house.store.take_back_overdue(Timestamp::now()).await.unwrap(), 1);
    }
    let _background = house.app.start(true).await.unwrap();
    assert_eq!(house.ended(&house.live, &made.generation.id).await.status, Status::Completed);
    assert_eq!(house.ended(&house.live, &cursed.generation.id).await.status, Status::Failed);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_does_not_finish_in_its_wait_runs_on() {
    let house = House::new().await;
    let made = house.made(&house.live, json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "waitMs": 1})).await;
    assert_eq!(made.generation.status, Status::Processing);
    assert_eq!(made.credits.unwrap().reserved, 4);
    let ended = house.ended(&house.live, &made.generation.id).await;
    assert_eq!(ended.status, Status::Completed);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_is_worked_on_after_the_restart_and_charged_once() {
    let house = House::new().await;
    let before = house.remaining().await;
    // Accepted by a process that never gets to work on it: its lease is its own.
    let dead = App::open(parts(&house.dir, house.storage.blobs.clone(), &house.clock, &[], Plans::DEFAULT_TEXT).await, config()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (who, body) = (house.live.clone(), with(small(), json!({"waitMs": 1})));
    let made = runtime.spawn(async move { dead.generate(&who, call(body)).await }).await.unwrap().unwrap();
    // The process dies with every task of its own.
    runtime.shutdown_background();
    let GenerateAnswer::Generation(made) = made else { panic!("a dry run") };
    let id = made.generation.id.clone();
    let background = house.app.start(true).await.unwrap();
    let ended = house.ended(&house.live, &id).await;
    assert_eq!((ended.credits.reserved, ended.credits.charged), (0, 1));
    assert_eq!(house.remaining().await, before - 1);
    drop(background);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn generations_of_the_other_mode_are_not_there() {
    let house = House::new().await;
    let made = house.made(&house.live, small()).await.generation;
    assert!(matches!(
        house.app.generation(&house.test, &made.id, &query(&[])).await,
        Err(Error::NotFound { what: Missing::Generation, .. })
    ));
    assert!(matches!(house.app.delete_generation(&house.test, &made.id).await, Err(Error::NotFound { .. })));
    assert!(house.app.generations(&house.test, &query(&[])).await.unwrap().data.is_empty());
    assert!(matches!(house.app.generation(&house.live, "gen_x", &query(&[])).await, Err(Error::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_newest_first_and_pages_meet() {
    let house = House::new().await;
    let mut ids = Vec::new();
    for index in 0..5 {
        let body = with(small(), json!({"externalId": format!("order-{}", index % 2), "metadata": {"k": "v"}}));
        ids.push(house.made(&house.live, body).await.generation.id);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = house.app.generations(&house.live, &query(&[("limit", "2"), ("cursor", &cursor)])).await.unwrap();
        assert_eq!(page.has_more, page.next_cursor.is_some());
        assert!(page.data.iter().all(|g| g.input_data.is_none() && g.warnings.is_none()));
        seen.extend(page.data.into_iter().map(|generation| generation.id));
        let Some(next) = page.next_cursor else { break };
        cursor = next;
    }
    assert_eq!(seen, ids);
    let odd = house.app.generations(&house.live, &query(&[("externalId", "order-1")])).await.unwrap();
    assert_eq!(odd.data.len(), 2);
    assert!(house.app.generations(&house.live, &query(&[("status", "failed")])).await.unwrap().data.is_empty());
    assert!(matches!(house.app.generations(&house.live, &query(&[("cursor", "nonsense")])).await, Err(Error::InvalidCursor)));
    let Err(Error::Validation(faults)) = house.app.generations(&house.live, &query(&[("limit", "0"), ("status", "done")])).await else {
        panic!("accepted")
    };
    assert_eq!(faults.iter().map(|f| f.param.as_str()).collect::<Vec<_>>(), ["limit", "status"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_generation_is_gone_with_its_pictures_and_its_key() {
    let house = House::new().await;
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, keyed(small(), "k")).await else { panic!("refused") };
    let id = made.generation.id;
    let name = made.generation.images[0].url.clone().unwrap().rsplit('/').next().unwrap().to_owned();
    house.app.delete_generation(&house.live, &id).await.unwrap();
    assert!(matches!(house.app.picture(&name).await, Err(Error::Expired)));
    assert!(matches!(house.app.generation(&house.live, &id, &query(&[])).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.delete_generation(&house.live, &id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.generate(&house.live, keyed(small(), "k")).await, Err(Error::Expired)));
    let (token, extension) = name.split_once('.').unwrap();
    let key = BlobKey::picture(token.parse().unwrap(), extension).unwrap();
    let blobs = house.operator.blobs.clone();
    eventually(Duration::from_secs(5), async || blobs.get(&key).await.unwrap().is_none()).await;
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_an_unfinished_generation_releases_its_credits() {
    let house = House::new().await;
    let before = house.remaining().await;
    // Nobody works on jobs here.
    let made = house.made(&house.live, with(small(), json!({"waitMs": 0}))).await;
    assert_eq!(house.remaining().await, before - 1);
    house.app.delete_generation(&house.live, &made.generation.id).await.unwrap();
    assert_eq!(house.remaining().await, before);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_picture_is_not_found() {
    let house = House::new().await;
    for path in ["", "x", "../../etc/passwd", "00000000000000000000000000000000.png", "0123.png"] {
        assert!(matches!(house.app.picture(path).await, Err(Error::NotFound { .. })), "{path}");
        assert!(matches!(house.app.public_picture(path).await, Err(Error::NotFound { .. })), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_ends_when_the_generation_does_and_the_tag_changes_with_it() {
    let house = House::new().await;
    let made = house.made(&house.live, with(small(), json!({"waitMs": 0}))).await;
    let queued = house.app.generation(&house.live, &made.generation.id, &query(&[])).await.unwrap();
    assert_eq!(queued.generation.status, Status::Queued);
    let start = std::time::Instant::now();
    let waiting = house.app.generation(&house.live, &made.generation.id, &query(&[("waitMs", "200")])).await.unwrap();
    assert_eq!(waiting.etag, queued.etag);
    assert!(start.elapsed() >= Duration::from_millis(200));
    let background = house.app.start(true).await.unwrap();
    let ended = house.app.generation(&house.live, &made.generation.id, &query(&[("waitMs", "30000")])).await.unwrap();
    assert!(ended.generation.status.finished());
    assert_ne!(ended.etag, queued.etag);
    drop(background);
}

#[tokio::test(flavor = "multi_thread")]
async fn asynchronous_calls_are_refused_beyond_the_teams_limit() {
    let house = House::with(app::AppConfig { unfinished_jobs_per_team: 2, ..config() }, &[]).await;
    let body = with(small(), json!({"waitMs": 0}));
    for _ in 0..2 {
        house.call(&house.live, body.clone()).await.unwrap();
    }
    assert!(matches!(house.call(&house.live, body).await, Err(Error::Overloaded)));
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_its_process_again_and_again_is_given_up_and_released() {
    let house = House::new().await;
    let before = house.remaining().await;
    let made = house.made(&house.live, with(small(), json!({"waitMs": 0}))).await;
    for _ in 0..3 {
        let lease = Lease { owner: "dead".into(), until: Timestamp::now().plus(Duration::from_secs(60)) };
        assert!(house.store.claim_job(lease, Timestamp::now()).await.unwrap().is_some());
        assert_eq!(house.store.take_back_others("nobody").await.unwrap(), 1);
    }
    let background = house.app.start(true).await.unwrap();
    let ended = house.ended(&house.live, &made.generation.id).await;
    assert_eq!(ended.status, Status::Failed);
    assert_eq!(ended.error.map(|error| error.code).as_deref(), Some("internal_error"));
    assert_eq!(house.remaining().await, before);
    drop(background);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_nothing_half_done() {
    let house = House::new().await;
    for step in 0..20_u64 {
        let _ = tokio::time::timeout(Duration::from_micros(step * 400), house.app.generate(&house.live, call(small()))).await;
    }
    eventually(Duration::from_secs(20), async || house.store.job_counts().await.unwrap() == (0, 0)).await;
    let page = house.app.generations(&house.live, &query(&[("limit", "100")])).await.unwrap();
    assert!(page.data.iter().all(|generation| generation.status == Status::Completed));
    let credits = house.app.credits(&house.live).await.unwrap();
    assert_eq!((credits.used, credits.reserved), (page.data.len() as i64, 0));
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_calls_wait_for_a_slot_and_the_next_one_is_refused_at_once() {
    // A server that takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a.png", silent.local_addr().unwrap());
    let house = House::with(app::AppConfig { running_calls: 1, waiting_calls: 0, ..config() }, &["127.0.0.0/8"]).await;
    let body = with(small(), json!({"inputData": {"title": "x", "photo": url}}));
    for _ in 0..65 {
        let made = house.made(&house.live, with(body.clone(), json!({"waitMs": 1}))).await;
        assert!(!made.generation.status.finished());
    }
    let before = house.remaining().await;
    let start = std::time::Instant::now();
    assert!(matches!(house.call(&house.live, body.clone()).await, Err(Error::Overloaded)));
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(house.remaining().await, before);
    // An asynchronous call needs no slot.
    house.made(&house.live, with(body, json!({"waitMs": 0}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_expire_by_the_plan_and_the_object_stays() {
    let plans = Plans::DEFAULT_TEXT.replace("[plans.agency]", "[plans.agency]\nretention_days = 1");
    let clock = Clock::manual(Timestamp::now());
    let house = House::built(config(), &[], &plans, clock).await;
    let made = house.made(&house.live, small()).await.generation;
    let name = made.images[0].url.clone().unwrap().rsplit('/').next().unwrap().to_owned();
    house.app.sweep_once().await.unwrap();
    assert!(house.app.picture(&name).await.is_ok());
    house.clock.advance(Duration::from_secs(25 * 3600));
    house.app.sweep_once().await.unwrap();
    assert!(matches!(house.app.picture(&name).await, Err(Error::Expired)));
    let expired = house.app.generation(&house.live, &made.id, &query(&[])).await.unwrap().generation;
    assert!(expired.expired_at.is_some());
    assert_eq!((expired.images[0].url.clone(), expired.images[0].files[0].url.clone()), (None, None));
    assert_eq!(expired.images[0].sha256, made.images[0].sha256);
    let (token, extension) = name.split_once('.').unwrap();
    let key = BlobKey::picture(token.parse().unwrap(), extension).unwrap();
    assert!(house.operator.blobs.get(&key).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_running_generation_leaves_no_file_behind() {
    let house = House::new().await;
    let body = json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "waitMs": 1});
    let made = house.made(&house.live, body).await.generation;
    assert_eq!(made.status, Status::Processing);
    house.app.delete_generation(&house.live, &made.id).await.unwrap();
    let files = async || {
        let found: Vec<(BlobKey, u64)> = house.storage.blobs.list().try_collect().await.unwrap();
        found.iter().filter(|(key, _)| matches!(key, BlobKey::Picture(..))).count()
    };
    // Long enough for the work to have come to its end.
    tokio::time::sleep(Duration::from_secs(4)).await;
    eventually(Duration::from_secs(10), async || files().await == 0).await;
    assert_eq!(house.app.credits(&house.live).await.unwrap().used, 0);
    house.audit().await;
}
