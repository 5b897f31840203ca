//! Many at once: exactly one wins, nothing is lost, other processes may write too.

use std::time::{Duration, Instant};

use crate::support::{self, *};
use domain::Mode;
use store::{Accept, Database, Error, Finish, Options, Store};

on_both_engines!(
    sixty_four_tasks_drain_a_balance_exactly,
    of_two_hundred_twins_one_is_accepted,
    one_job_is_claimed_by_one_of_many_workers,
    another_process_may_write_at_the_same_time,
    a_caller_that_goes_away_leaves_a_whole_operation_behind,
    a_store_that_is_dropped_in_the_middle_opens_again_and_adds_up,
    a_newer_or_altered_schema_is_refused,
    an_empty_database_is_only_filled_where_asked_to,
);

async fn sixty_four_tasks_drain_a_balance_exactly(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    store.grant_credits(team, 140, "pack", None, start()).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut charged = 0;
                loop {
                    let call = call(team, key, 1);
                    match store.accept(call.clone(), start()).await.unwrap() {
                        Accept::Accepted { .. } => finished(&store, &call, &[], start()).await,
                        Accept::Insufficient { required: 1, remaining: 0 } => return charged,
                        other => panic!("{other:?}"),
                    }
                    charged += 1;
                }
            })
        })
        .collect();
    let mut charged = 0;
    for task in tasks {
        charged += task.await.unwrap();
    }
    assert_eq!(charged, 150);
    assert_eq!(remaining(&store, team, start()).await, 0);
    clean(&store, start()).await;
}

async fn of_two_hundred_twins_one_is_accepted(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    let twins: Vec<_> = (0..200)
        .map(|_| {
            let store = store.clone();
            let call = with_key(call(team, key, 1), "order-42", "body");
            tokio::spawn(async move { (call.id, store.accept(call, start()).await.unwrap()) })
        })
        .collect();
    let (mut winners, mut replays) = (Vec::new(), Vec::new());
    for twin in twins {
        match twin.await.unwrap() {
            (id, Accept::Accepted { .. }) => winners.push(id),
            (_, Accept::Replay { generation, deleted: false }) => replays.push(generation),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((winners.len(), replays.len()), (1, 199));
    assert!(replays.iter().all(|generation| *generation == winners[0]));
    assert_eq!(remaining(&store, team, start()).await, 9);
    clean(&store, start()).await;
}

async fn one_job_is_claimed_by_one_of_many_workers(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "agency").await;
    for _ in 0..20 {
        let mut queued = call(team, key, 1);
        queued.lease = None;
        accepted(&store, &queued, start()).await;
    }
    let workers: Vec<_> = (0..30)
        .map(|index| {
            let store = store.clone();
            tokio::spawn(async move { store.claim_job(lease(&format!("w{index}"), start().plus(days(1))), start()).await.unwrap() })
        })
        .collect();
    let mut claimed = std::collections::BTreeSet::new();
    for worker in workers {
        if let Some(job) = worker.await.unwrap() {
            assert!(claimed.insert(job.generation), "claimed twice");
        }
    }
    assert_eq!(claimed.len(), 20);
}

async fn another_process_may_write_at_the_same_time(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "agency").await;
    // Another store on the same database has its own writer and connections, as a command beside the server has.
    let other = fresh.place.open().await;
    let calls = async {
        for _ in 0..60 {
            let call = call(team, key, 1);
            accepted(&fresh.store, &call, start()).await;
            finished(&fresh.store, &call, &[], start()).await;
        }
    };
    let grants = async {
        for _ in 0..60 {
            other.grant_credits(team, 1, "pack", None, start()).await.unwrap();
        }
    };
    tokio::join!(calls, grants);
    assert_eq!(remaining(&other, team, start()).await, 5000);
    clean(&fresh.store, start()).await;
}

async fn a_caller_that_goes_away_leaves_a_whole_operation_behind(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "agency").await;
    for _ in 0..50 {
        let call = call(team, key, 2);
        // Polled once: queued, and then forgotten.
        let _ = tokio::time::timeout(Duration::ZERO, store.accept(call, start())).await;
    }
    let last = call(team, key, 1);
    accepted(&store, &last, start()).await;
    let used = store.credits(team, start()).await.unwrap().unwrap().reserved;
    assert_eq!(used % 2, 1);
    clean(&store, start()).await;
}

async fn a_store_that_is_dropped_in_the_middle_opens_again_and_adds_up(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "agency").await;
    for round in 0..5 {
        let store = fresh.place.open().await;
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    loop {
                        let call = call(team, key, 3);
                        let Ok(outcome) = store.accept(call.clone(), start()).await else { return };
                        assert!(matches!(outcome, Accept::Accepted { .. } | Accept::Insufficient { .. }));
                        if store.finish(end(&call, 1, &[0]), start()).await.is_err() {
                            return;
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(40 + 17 * round)).await;
        for task in &tasks {
            task.abort();
        }
        // What was queued goes on without its callers until it is done, and on a busy machine that can be after the next
        // line. The death of a whole process is a test of its own.
        store.close().await;
        let again = fresh.place.open().await;
        clean(&again, start()).await;
        // What was cut off between acceptance and end is taken back, worked on, and ends once.
        again.take_back_others("the new process").await.unwrap();
        while let Some(job) = again.claim_job(lease("the new process", start().plus(days(1))), start()).await.unwrap() {
            let generation = again.generation(job.team, Mode::Live, job.generation).await.unwrap().unwrap();
            let mut call = call(team, key, 0);
            call.id = generation.id;
            call.images = generation
                .images
                .iter()
                .map(|image| store::NewImage {
                    id: image.id,
                    template: image.template.clone(),
                    key: image.key.clone(),
                    name: image.name.clone(),
                    width: image.width,
                    height: image.height,
                    files: image
                        .files
                        .iter()
                        .map(|file| store::NewFile { format: file.format.clone(), blob_key: file.blob_key.clone() })
                        .collect(),
                })
                .collect();
            assert!(matches!(again.finish(end(&call, job.attempt, &[]), start()).await.unwrap(), Finish::Finished { .. }));
        }
        clean(&again, start()).await;
        assert_eq!(again.credits(team, start()).await.unwrap().unwrap().reserved, 0);
        again.close().await;
    }
}

async fn a_newer_or_altered_schema_is_refused(fresh: Fresh) {
    fresh.store.close().await;
    let place = fresh.place;
    place.run("insert into schema_migrations (version, name, sql, applied_at) values (99, '0099_later', '', 0)").await.unwrap();
    let Err(Error::Schema(message)) = Store::open(place.options()).await.map(|_| ()) else { panic!("opened") };
    assert!(message.contains("newer version") && message.contains("0099_later"), "{message}");
    place.run("delete from schema_migrations where version = 99").await.unwrap();
    place.run("update schema_migrations set sql = 'other' where version = 1").await.unwrap();
    assert!(matches!(Store::open(place.options()).await.map(|_| ()), Err(Error::Schema(_))));
}

async fn an_empty_database_is_only_filled_where_asked_to(fresh: Fresh) {
    let empty = match fresh.place {
        Place::Folder(_) => Place::new(Engine::Sqlite),
        Place::Server(_) => Place::new(Engine::Postgres),
    };
    let Err(Error::Schema(message)) = Store::open(Options { migrate: false, ..empty.options() }).await.map(|_| ()) else { panic!() };
    assert!(message.contains("migrate"), "{message}");
    all_open_at_once(&empty).await;
}

/// Rare moments between two of them are met by many rounds on new files.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn any_number_of_processes_may_start_on_one_new_file() {
    for _ in 0..25 {
        all_open_at_once(&Place::new(Engine::Sqlite)).await;
    }
}

async fn all_open_at_once(empty: &Place) {
    let opening: Vec<_> = (0..8).map(|_| tokio::spawn(Store::open(empty.options()))).collect();
    let mut applied = 0;
    for store in opening {
        let store = store.await.unwrap().unwrap();
        applied += usize::from(!store.applied_migrations().is_empty());
        store.ping_write().await.unwrap();
    }
    assert_eq!(applied, 1);
}

/// Not a check but a measurement: `cargo test -p store --test it figures -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn figures_sqlite() {
    let Fresh { store, place: _place } = fresh(Engine::Sqlite).await;
    figures(&store).await;
}

/// On a server that waits for the disk, as one does that people rely on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn figures_postgres() {
    let cluster = testdb::Cluster::start_with("-c shared_buffers=256MB").unwrap();
    let database = cluster.database().unwrap();
    let url = database.url().parse().unwrap();
    let store = Store::open(Options { connections: 32, ..options(Database::Server(url)) }).await.unwrap();
    figures(&store).await;
}

async fn figures(store: &Store) {
    let (team, key) = team(store, "free").await;
    let mut lines = String::new();
    for tasks in [1_usize, 8, 32, 64] {
        let each = 640 / tasks.max(8);
        let started = Instant::now();
        let running: Vec<_> = (0..tasks)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    for _ in 0..each {
                        let call = with_key(call(team, key, 4), &domain::RequestId::new().to_string(), "body");
                        accepted(&store, &call, start()).await;
                        finished(&store, &call, &[], start()).await;
                    }
                })
            })
            .collect();
        for task in running {
            task.await.unwrap();
        }
        let seconds = started.elapsed().as_secs_f64();
        lines += &format!("{tasks} tasks: {:.0} accept+finish of 4 images a second\n", (tasks * each) as f64 / seconds);
    }
    let (_, digest) = support::key(store, team, Mode::Live).await;
    let started = Instant::now();
    for _ in 0..2000 {
        store.find_key(&digest, start()).await.unwrap().unwrap();
    }
    lines += &format!("find_key: {:.0} µs\n", started.elapsed().as_secs_f64() * 1e6 / 2000.0);
    let page = store.generations(team, &store::GenerationFilter::default(), 1, None).await.unwrap();
    let started = Instant::now();
    for _ in 0..1000 {
        store.generation(team, Mode::Live, page.rows[0].id).await.unwrap().unwrap();
    }
    lines += &format!("generation: {:.0} µs\n", started.elapsed().as_secs_f64() * 1e6 / 1000.0);
    std::io::Write::write_all(&mut std::io::stderr(), lines.as_bytes()).unwrap();
}
