//! A PostgreSQL server that is away, comes back, or can't be used as it was named.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::support::*;
use domain::Mode;
use store::{Accept, Database, Error, Finish, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn open(url: &str) -> Result<Store, Error> {
    Store::open(options(Database::Server(url.parse()?))).await
}

async fn refused(url: &str) -> String {
    let Err(error) = open(url).await.map(|_| ()) else { panic!("{url} was opened") };
    error.to_string()
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_with_what_to_do_and_without_the_password() {
    let place = testdb::Database::fresh().unwrap();
    let (server, _) = place.url().rsplit_once('/').map(|(server, name)| (server.to_owned(), name.to_owned())).unwrap();
    let message = refused(&format!("{server}/nowhere")).await;
    assert!(message.contains("nowhere") && message.contains("create database"), "{message}");
    let stranger = server.replace("postgres@", "stranger:hush@");
    let message = refused(&format!("{stranger}/postgres")).await;
    assert!(message.contains("stranger") && message.contains("pg_hba.conf") && !message.contains("hush"), "{message}");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let message = refused(&format!("postgres://me:hush@127.0.0.1:{nobody}/db")).await;
    assert!(message.contains("Is the server up") && message.contains(&nobody.to_string()) && !message.contains("hush"), "{message}");
    assert!(refused("sqlite://x").await.contains("postgres://"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_is_unavailable_at_once_and_works_again_when_it_is_back() {
    let cluster = testdb::Cluster::start().unwrap();
    let database = cluster.database().unwrap();
    let store = open(&database.url()).await.unwrap();
    let (team, key) = team(&store, "agency").await;
    let first = call(team, key, 2);
    accepted(&store, &first, start()).await;
    for _ in 0..3 {
        cluster.kill().unwrap();
        let began = Instant::now();
        assert!(matches!(store.generation(team, Mode::Live, first.id).await, Err(Error::Unavailable(_))));
        assert!(matches!(store.accept(call(team, key, 1), start()).await, Err(Error::Unavailable(_))));
        assert!(matches!(store.ping_write().await, Err(Error::Unavailable(_))));
        assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
        cluster.revive().unwrap();
        let back = Instant::now();
        while store.ping().await.is_err() || store.ping_write().await.is_err() {
            assert!(back.elapsed() < Duration::from_secs(5), "it stays away");
        }
        let next = call(team, key, 1);
        accepted(&store, &next, start()).await;
        finished(&store, &next, &[], start()).await;
    }
    finished(&store, &first, &[], start()).await;
    assert_eq!(remaining(&store, team, start()).await, 4995);
    clean(&store, start()).await;
}

/// What was acknowledged while the server was killed again and again is there, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_over_a_dying_server_are_accepted_once_or_not_at_all() {
    let cluster = testdb::Cluster::start().unwrap();
    let database = cluster.database().unwrap();
    let store = open(&database.url()).await.unwrap();
    let (team, key) = team(&store, "agency").await;
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut ended = Vec::new();
                for count in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let call = with_key(call(team, key, 1), &format!("{caller}-{count}"), "body");
                    // As a client does that repeats a 503 with its key.
                    loop {
                        match store.accept(call.clone(), start()).await {
                            Ok(Accept::Accepted { .. }) => break,
                            Ok(Accept::Replay { generation, .. }) => {
                                assert_eq!(generation, call.id, "nobody else has this key");
                                break;
                            }
                            Ok(other) => panic!("{other:?}"),
                            Err(Error::Unavailable(_)) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                    loop {
                        match store.finish(end(&call, 1, &[]), start()).await {
                            Ok(Finish::Finished { .. } | Finish::Lost) => break,
                            Err(Error::Unavailable(_)) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                    ended.push(call.id);
                }
                ended
            })
        })
        .collect();
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cluster.kill().unwrap();
        cluster.revive().unwrap();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::Relaxed);
    let mut ended = 0;
    for caller in callers {
        for id in caller.await.unwrap() {
            let row = store.generation(team, Mode::Live, id).await.unwrap().unwrap();
            assert_eq!((row.status.as_str(), row.charged), ("completed", 1));
            ended += 1;
        }
    }
    assert!(ended >= 8, "each caller ended one at least: {ended}");
    assert_eq!(remaining(&store, team, start()).await, 5000 - ended);
    clean(&store, start()).await;
}

/// A wire to the server that hands every `COMMIT` on and then breaks, for as long as it is asked to.
async fn cutting_wire(server: u16) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let cuts = Arc::new(AtomicU32::new(0));
    let wanted = Arc::clone(&cuts);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let wanted = Arc::clone(&wanted);
            tokio::spawn(async move {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
                let mut buffer = vec![0; 65536];
                while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
                    let commit = buffer[..count].windows(6).any(|text| text == b"COMMIT");
                    let cut = commit && wanted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
                    if cut {
                        answers.abort();
                    }
                    to_server.write_all(&buffer[..count]).await.unwrap();
                    if cut {
                        // The server commits, and nobody hears of it.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        return;
                    }
                }
            });
        }
    });
    (port, cuts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_was_lost_is_found_again() {
    let place = testdb::Database::fresh().unwrap();
    let url = place.url();
    let server: u16 = url.rsplit_once('/').and_then(|(server, _)| server.rsplit_once(':')).unwrap().1.parse().unwrap();
    let (port, cuts) = cutting_wire(server).await;
    let store = open(&url.replace(&format!(":{server}/"), &format!(":{port}/"))).await.unwrap();
    let (team, key) = team(&store, "agency").await;
    for round in 0..10 {
        let mut call = call(team, key, 2);
        if round % 2 == 0 {
            call = with_key(call, &format!("order-{round}"), "body");
        }
        cuts.store(1, Ordering::Relaxed);
        let outcome = store.accept(call.clone(), start()).await.unwrap();
        assert!(matches!(outcome, Accept::Accepted { credits: Some(credits) } if credits.reserved == 2), "{outcome:?}");
        assert_eq!(cuts.load(Ordering::Relaxed), 0, "the wire was cut");
        cuts.store(1, Ordering::Relaxed);
        let outcome = store.finish(end(&call, 1, &[1]), start()).await.unwrap();
        assert!(matches!(outcome, Finish::Finished { charged: 1, credits: Some(_), .. }), "{outcome:?}");
        assert_eq!(store.finish(end(&call, 1, &[1]), start()).await.unwrap(), Finish::Lost);
    }
    assert_eq!(remaining(&store, team, start()).await, 4990);
    // What must not be done twice is not tried twice.
    cuts.store(1, Ordering::Relaxed);
    let Err(Error::Unavailable(message)) = store.grant_credits(team, 5, "pack", None, start()).await else { panic!("granted") };
    assert!(message.contains("look whether it was made"), "{message}");
    // It was made, a moment after we had lost sight of it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(remaining(&store, team, start()).await, 4995);
    clean(&store, start()).await;
}
