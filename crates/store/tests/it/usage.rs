//! What a team used, by day, key and template.

use domain::{Mode, TeamId, Timestamp};
use store::{NewGeneration, Store, UsageBy};

use crate::support::{self, *};

on_both_engines!(figures_are_of_the_day_and_the_team_alone, what_an_earlier_version_ended_counts_as_well, what_was_deleted_counts_on);

async fn figures_are_of_the_day_and_the_team_alone(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, key) = team(store, "agency").await;
    let (theirs, other) = team(store, "agency").await;
    let (second, _) = support::key(store, ours, Mode::Live).await;
    let first = start();
    let next = Timestamp::from_micros(first.as_micros() + 86_400_000_000);
    made(store, &call(ours, key, 3), &[1], first).await;
    made(store, &call(ours, second, 2), &[], first).await;
    made(store, &call(ours, key, 1), &[], next).await;
    made(store, &call(ours, key, 2), &[0, 1], next).await;
    made(store, &call(theirs, other, 4), &[], first).await;
    // Not ended yet: neither finished nor failed.
    accepted(store, &call(ours, key, 2), next).await;

    let far = Timestamp::from_micros(i64::MAX);
    let figures = |rows: Vec<store::Usage>| rows.into_iter().map(|row| (row.credits, row.pictures, row.failed)).collect::<Vec<_>>();
    let by_template = store.usage(ours, first, far, UsageBy::Template).await.unwrap();
    assert_eq!(by_template.len(), 2);
    assert!(by_template.iter().all(|row| row.day.as_micros() % 86_400_000_000 == 0 && row.day <= next));
    assert_eq!(figures(by_template), [(4, 4, 1), (1, 1, 2)]);
    let by_key = store.usage(ours, first, next, UsageBy::Key).await.unwrap();
    let mut by_key: Vec<_> = by_key.into_iter().map(|row| (row.part, row.credits)).collect();
    by_key.sort_by_key(|(_, credits)| *credits);
    assert!(by_key.iter().all(|(_, credits)| *credits == 2), "two keys with two pictures each: {by_key:?}");
    assert_eq!(by_key.len(), 2);
    let by_member = store.usage(ours, first, next, UsageBy::Member).await.unwrap();
    assert_eq!(figures(by_member), [(4, 4, 1)]);

    let names = store.usage_names(ours, UsageBy::Key).await.unwrap();
    assert_eq!(names.len(), 2);
    assert!(names.iter().all(|(id, _)| *id != other.to_string()));
}

/// During an upgrade a process of the version before leaves out the counts.
async fn what_an_earlier_version_ended_counts_as_well(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, key) = team(store, "agency").await;
    made(store, &call(ours, key, 3), &[1], start()).await;
    let before = figures(store, ours).await;
    assert_eq!(before, [(2, 2, 1)]);
    assert_eq!(
        fresh.place.run("update generations set completed = null, failed = null where completed = 2 and failed = 1").await.unwrap(),
        1
    );
    assert_eq!(figures(store, ours).await, before);
}

async fn what_was_deleted_counts_on(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, key) = team(store, "agency").await;
    let (done, waiting) = (call(ours, key, 3), call(ours, key, 2));
    made(store, &done, &[1], start()).await;
    accepted(store, &waiting, start()).await;
    for id in [done.id, waiting.id] {
        store.delete_generation(ours, Mode::Live, id, start()).await.unwrap();
    }
    assert_eq!(figures(store, ours).await, [(2, 2, 3)]);
}

async fn figures(store: &Store, team: TeamId) -> Vec<(i64, i64, i64)> {
    let far = Timestamp::from_micros(i64::MAX);
    let rows = store.usage(team, start(), far, UsageBy::Template).await.unwrap();
    rows.into_iter().map(|row| (row.credits, row.pictures, row.failed)).collect()
}

async fn made(store: &Store, call: &NewGeneration, failed: &[usize], now: Timestamp) {
    accepted(store, call, now).await;
    finished(store, call, failed, now).await;
}
