//! A process that is killed in the middle: what it acknowledged is there after it, once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use domain::{GenerationId, Mode};
use store::{Accept, Database, Finish, Store};

use crate::support::*;

on_both_engines!(nothing_acknowledged_is_lost_or_charged_twice_when_the_process_is_killed);

/// For the child: the SQLite file, or the address of the database.
const DATABASE: &str = "STORE_CRASH_DATABASE";

/// The process that is killed: accepts and finishes for ever, and says so after each acknowledgement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs as the child of the test below"]
async fn child() {
    let Ok(place) = std::env::var(DATABASE) else { return };
    let database = place.parse().map_or_else(|_| Database::File(place.into()), Database::Server);
    let store = Store::open(options(database)).await.unwrap();
    let team = store.find_team("some-team", start()).await.unwrap().unwrap().id;
    let key = store.keys(Some(team)).await.unwrap()[0].id;
    let tell = |what: &str, id: GenerationId| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{what} {id}").and_then(|()| out.flush()).unwrap();
    };
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    let call = call(team, key, 2);
                    assert!(matches!(store.accept(call.clone(), start()).await.unwrap(), Accept::Accepted { .. }));
                    tell("accepted", call.id);
                    assert!(matches!(store.finish(end(&call, 1, &[1]), start()).await.unwrap(), Finish::Finished { .. }));
                    tell("finished", call.id);
                }
            })
        })
        .collect();
    // They end by a failed assertion or by the kill alone.
    futures::future::select_all(workers).await.0.unwrap();
}

async fn nothing_acknowledged_is_lost_or_charged_twice_when_the_process_is_killed(fresh: Fresh) {
    team(&fresh.store, "agency").await;
    fresh.store.close().await;
    let (mut accepted, mut finished) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..4_usize {
        let lines = run_and_kill(&fresh.place, 25 + 13 * round);
        for line in &lines {
            match line.split_once(' ') {
                Some(("accepted", id)) => accepted.insert(id.parse::<GenerationId>().unwrap()),
                Some(("finished", id)) => finished.insert(id.parse().unwrap()),
                _ => continue,
            };
        }
        let store = fresh.place.open().await;
        clean(&store, start()).await;
        let team = store.find_team("some-team", start()).await.unwrap().unwrap().id;
        for id in &accepted {
            assert!(store.generation(team, Mode::Live, *id).await.unwrap().is_some(), "{id} was acknowledged");
        }
        for id in &finished {
            let generation = store.generation(team, Mode::Live, *id).await.unwrap().unwrap();
            assert_eq!((generation.status.as_str(), generation.charged), ("partial", 1), "{id}");
        }
        store.take_back_others("nobody").await.unwrap();
        while let Some(job) = store.claim_job(lease("after", start().plus(days(1))), start()).await.unwrap() {
            // The work of the dead process is given up.
            assert!(matches!(
                store.delete_generation(team, Mode::Live, job.generation, start()).await.unwrap(),
                store::Deleted::Done { .. }
            ));
            accepted.remove(&job.generation);
        }
        clean(&store, start()).await;
        let credits = store.credits(team, start()).await.unwrap().unwrap();
        assert_eq!(credits.reserved, 0);
        assert!(credits.used >= i64::try_from(finished.len()).unwrap());
        store.close().await;
    }
    assert!(accepted.len() >= finished.len() && finished.len() > 20, "{} {}", accepted.len(), finished.len());
}

/// Starts the child on the database, kills it after `count` lines, and gives every line that it wrote.
fn run_and_kill(place: &Place, count: usize) -> Vec<String> {
    let database = match place {
        Place::Folder(folder) => folder.path().join("test.db").into_os_string(),
        Place::Server(database) => database.url().into(),
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact", "--ignored", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    while lines.len() < count {
        let Some(Ok(line)) = out.next() else { break };
        lines.push(line);
    }
    child.kill().unwrap();
    lines.extend(out.map_while(Result::ok));
    child.wait().unwrap();
    // The last line may be cut in the middle.
    lines.retain(|line| line.len() == "accepted ".len() + GenerationId::new().to_string().len());
    lines
}
