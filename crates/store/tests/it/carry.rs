//! Carrying a data folder's rows to a server.

use store::Carry;

use crate::support::*;

/// A folder with rows in most tables, and an empty server.
async fn both() -> (Fresh, Fresh) {
    let source = fresh(Engine::Sqlite).await;
    let (team, key) = team(&source.store, "agency").await;
    let done = with_key(call(team, key, 3), "order-1", "body");
    accepted(&source.store, &done, start()).await;
    finished(&source.store, &done, &[1], start()).await;
    // One more page than fits into a batch.
    for _ in 0..130 {
        accepted(&source.store, &call(team, key, 2), start()).await;
    }
    (source, fresh(Engine::Postgres).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_arrives_once_however_often_it_is_carried() {
    let (source, target) = both().await;
    let carry = Carry::plan(&source.store, &target.store).await.unwrap();
    let (rows, there) = carry.rows();
    assert!(rows > 1000 && there == 0, "{rows} {there}");
    assert!(carry.verify().await.is_err(), "nothing is there yet");
    let mut written = 0;
    carry.copy(|batch| written += batch).await.unwrap();
    assert_eq!(written, rows);
    let counts = carry.verify().await.unwrap();
    assert_eq!(counts.iter().map(|(_, rows)| rows).sum::<u64>(), rows);
    assert!(counts.iter().any(|(table, rows)| table == "files" && *rows == 526), "{counts:?}");
    clean(&target.store, start()).await;

    // A part is missing, as after an attempt that broke off.
    target.place.run("delete from files where format = 'webp'").await.unwrap();
    let again = Carry::plan(&source.store, &target.store).await.unwrap();
    assert_eq!(again.rows(), (rows, rows - 263));
    again.copy(|_| ()).await.unwrap();
    again.verify().await.unwrap();
    let whole = Carry::plan(&source.store, &target.store).await.unwrap();
    assert_eq!(whole.rows(), (rows, rows));
    whole.copy(|_| panic!("nothing was missing")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_other_rows_is_left_alone() {
    let (source, target) = both().await;
    let refused = |target: store::Store| {
        let source = source.store.clone();
        async move { Carry::plan(&source, &target).await.err().unwrap().to_string() }
    };
    team(&target.store, "agency").await;
    let message = refused(target.store.clone()).await;
    assert!(message.contains("name an empty database"), "{message}");

    // A row that went on there is another row.
    let target = fresh(Engine::Postgres).await;
    Carry::plan(&source.store, &target.store).await.unwrap().copy(|_| ()).await.unwrap();
    target.place.run("update teams set name = 'Renamed since'").await.unwrap();
    let message = refused(target.store.clone()).await;
    assert!(message.contains("1 rows in teams"), "{message}");
    // And the other way round is no way.
    assert!(Carry::plan(&target.store, &source.store).await.is_err());
}
