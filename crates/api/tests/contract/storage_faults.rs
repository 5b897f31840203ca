//! Storage that fails under load and comes back: how late callers are answered, and what they are charged for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{Mood, S3, Weather};

use crate::support::{World, finished};

const CALLERS: u64 = 4;
/// How much later than its `waitMs` an answer may be.
const LATE: Duration = Duration::from_secs(1);
/// Load before the trouble and after it.
const CALM: Duration = Duration::from_secs(1);

/// How the generations of a drill ended.
#[derive(Debug, Default)]
struct Ends {
    completed: i64,
    failed: i64,
    /// Answered with 202, whatever the end.
    waited: i64,
}

/// Calls without a pause until `over`, with waits of 0.2 to 0.8 s. Gives what was accepted, as it was answered.
async fn call_on(world: &World, caller: u64, over: &AtomicBool) -> Vec<(u16, Value)> {
    let wait = Duration::from_millis(200 * (caller + 1));
    let mut accepted = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = world.live.generate(&world.call_with(json!({ "waitMs": wait.as_millis() as u64 }))).await;
        let took = begun.elapsed();
        assert!(took < wait + LATE, "{took:?} for a wait of {wait:?}");
        assert!(matches!(answer.status, 200 | 202), "{}: {}", answer.status, answer.json());
        accepted.push((answer.status, answer.json()));
    }
    accepted
}

/// Load, trouble in the middle of it, and then the account of everything that was accepted.
async fn drill(trouble: impl FnOnce(&S3), lasting: Duration) -> Ends {
    let s3 = S3::start().await;
    let world = World::with(|setup| setup.s3 = Some(s3)).await;
    // The first picture of a process has more to do.
    let _ = world.made().await;
    let before = world.remaining().await;
    let over = AtomicBool::new(false);
    let callers = join_all((0..CALLERS).map(|caller| call_on(&world, caller, &over)));
    let weather = async {
        let s3 = world.server.storage.s3();
        tokio::time::sleep(CALM).await;
        trouble(s3);
        tokio::time::sleep(lasting).await;
        s3.network(Weather::Clear);
        s3.mood(Mood::Good);
        tokio::time::sleep(CALM).await;
        over.store(true, Ordering::Relaxed);
    };
    let (accepted, ()) = tokio::join!(callers, weather);

    let mut ends = Ends::default();
    for (status, answer) in accepted.into_iter().flatten() {
        ends.waited += i64::from(status == 202);
        let end = finished(&world.live, answer["id"].as_str().expect("an id")).await;
        let image = &end["images"][0];
        if end["status"] == "completed" {
            ends.completed += 1;
            let picture = world.server.stranger().get(image["url"].as_str().expect("a url")).await.expect(200);
            assert_eq!(image["bytes"], picture.bytes.len(), "charged, and this is stored of it");
        } else {
            ends.failed += 1;
            assert_eq!(end["error"]["code"], "storage_failed", "{end}");
        }
    }
    assert_eq!(world.remaining().await, before - ends.completed, "{ends:?}");
    let found = world.server.operator.audit().await.expect("an audit");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(world.made().await["status"], "completed", "all is well again");
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_that_hangs_for_a_while_makes_pictures_late_and_no_answer() {
    // Longer than one request is waited for, so that puts are repeated.
    let ends = drill(|s3| s3.network(Weather::Hang), Duration::from_secs(7)).await;
    assert!(ends.waited > 0 && ends.completed > 0, "{ends:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_that_drops_connections_for_a_while_fails_pictures_uncharged() {
    let ends = drill(|s3| s3.network(Weather::Cut), Duration::from_secs(4)).await;
    assert!(ends.failed > 0 && ends.completed > 0, "{ends:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_that_answers_503_for_a_while_fails_pictures_uncharged() {
    let ends = drill(|s3| s3.mood(Mood::Unavailable), Duration::from_secs(4)).await;
    assert!(ends.failed > 0 && ends.completed > 0, "{ends:?}");
}
