//! Bulk runs: a row becomes a generation once, whoever works on its run, and however often.

use std::time::Duration;

use domain::{BulkRowState, BulkRunId, BulkState, GenerationStatus, KeyId, Maker, Source, TeamId, UserId};
use store::{Accept, BulkCounts, BulkPlace, BulkRun, NewBulkRun, NewGeneration, Store};

use crate::support::*;

on_both_engines!(
    a_sheet_is_kept_matched_and_started_once,
    a_row_becomes_one_generation_and_no_more,
    a_run_belongs_to_its_last_claim_alone,
    a_stopped_run_accepts_no_row_and_goes_on_where_it_was,
    rows_without_credits_keep_waiting,
    what_a_run_was_goes_with_it_or_its_team,
);

fn soon() -> domain::Timestamp {
    start().plus(Duration::from_secs(60))
}

async fn draft(store: &Store, team: TeamId, rows: u32) -> BulkRunId {
    let id = BulkRunId::new();
    let run = NewBulkRun {
        id,
        team,
        user: UserId::new(),
        user_name: "Ada".into(),
        name: "spring.csv".into(),
        template_group: "tg_quote".parse().unwrap(),
        template_version: 1,
        template_name: "Quote".into(),
        columns: r#"["Title"]"#.into(),
        setup: "{}".into(),
        rows: (2..rows + 2).map(|number| (number, format!(r#"["Row {number}"]"#))).collect(),
    };
    store.create_bulk_run(run, start()).await.unwrap();
    id
}

/// A draft that was started and claimed.
async fn claimed(store: &Store, team: TeamId, rows: u32) -> BulkRun {
    let id = draft(store, team, rows).await;
    assert!(store.start_bulk_run(team, id, Vec::new(), None, start()).await.unwrap());
    let run = store.claim_bulk_run(lease("me", soon()), start()).await.unwrap().unwrap();
    assert_eq!((run.id, run.state), (id, BulkState::Running));
    run
}

async fn counts(store: &Store, run: &BulkRun) -> BulkCounts {
    store.bulk_progress(run.team, run.id).await.unwrap().unwrap().1
}

fn row_call(run: &BulkRun, key: KeyId, number: u32) -> NewGeneration {
    let place = BulkPlace { run: run.id, attempt: run.attempt, number };
    NewGeneration { source: Source::Bulk, row: Some(place), maker: Maker::Person(run.user), ..call(run.team, key, 2) }
}

async fn a_sheet_is_kept_matched_and_started_once(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, _) = team(store, "agency").await;
    let (theirs, _) = team(store, "agency").await;
    let id = draft(store, ours, 450).await;
    assert!(store.set_bulk_setup(ours, id, r#"{"a":1}"#).await.unwrap());
    let run = store.bulk_run(ours, id).await.unwrap().unwrap();
    assert_eq!((run.setup.as_str(), run.state, run.name.as_str()), (r#"{"a":1}"#, BulkState::Draft, "spring.csv"));
    let rows = store.bulk_rows(ours, id, &[], 300, 100).await.unwrap();
    assert_eq!((rows.len(), rows[0].number, rows[0].cells.as_str()), (100, 301, r#"["Row 301"]"#));

    assert_eq!(store.bulk_run(theirs, id).await.unwrap(), None);
    assert!(store.bulk_rows(theirs, id, &[], 0, 10).await.unwrap().is_empty());
    assert_eq!(store.bulk_progress(theirs, id).await.unwrap(), None);
    assert!(!store.set_bulk_setup(theirs, id, "{}").await.unwrap());
    assert!(!store.start_bulk_run(theirs, id, Vec::new(), None, start()).await.unwrap());
    assert!(!store.delete_bulk_run(theirs, id).await.unwrap());
    assert_eq!(store.claim_bulk_run(lease("me", soon()), start()).await.unwrap(), None, "a draft is nobody's work");

    assert!(store.start_bulk_run(ours, id, vec![(3, "Title: empty.".into())], Some(40), start()).await.unwrap());
    assert!(!store.start_bulk_run(ours, id, Vec::new(), None, start()).await.unwrap(), "it was started");
    assert!(!store.set_bulk_setup(ours, id, "{}").await.unwrap(), "what runs is not matched anew");
    let (run, counts) = store.bulk_runs(ours, 10, None).await.unwrap().rows.remove(0);
    assert_eq!((run.until_row, counts.rows, counts.waiting, counts.rejected, counts.next), (Some(40), 450, 449, 1, Some(2)));
    let rejected = store.bulk_rows(ours, id, &[BulkRowState::Rejected], 0, 10).await.unwrap();
    assert_eq!((rejected.len(), rejected[0].problem.as_str()), (1, "Title: empty."));
    assert!(store.bulk_runs(theirs, 10, None).await.unwrap().rows.is_empty());
}

async fn a_row_becomes_one_generation_and_no_more(fresh: Fresh) {
    let store = &fresh.store;
    let (team, key) = team(store, "agency").await;
    let run = claimed(store, team, 2).await;
    let first = row_call(&run, key, 2);
    accepted(store, &first, start()).await;
    assert!(matches!(store.accept(first.clone(), start()).await.unwrap(), Accept::Accepted { .. }), "the same call, heard of twice");
    let again = store.accept(row_call(&run, key, 2), start()).await.unwrap();
    assert_eq!(again, Accept::Replay { generation: first.id, deleted: false });
    assert_eq!(store.accept(row_call(&run, key, 99), start()).await.unwrap(), Accept::RowClosed, "no such row");
    assert_eq!(remaining(store, team, start()).await, 4_998);

    // Twenty at once for one row.
    let twins = (0..20).map(|_| {
        let (store, call) = (store.clone(), row_call(&run, key, 3));
        tokio::spawn(async move { store.accept(call, start()).await.unwrap() })
    });
    let mut made = 0;
    for twin in twins.collect::<Vec<_>>() {
        made += usize::from(matches!(twin.await.unwrap(), Accept::Accepted { .. }));
    }
    assert_eq!((made, remaining(store, team, start()).await), (1, 4_996));

    finished(store, &first, &[1], start()).await;
    let (_, _, ends) = store.bulk_progress(team, run.id).await.unwrap().unwrap();
    let ends: Vec<_> = ends.iter().map(|end| (end.status, end.rows, end.charged)).collect();
    assert_eq!(ends, [(GenerationStatus::Partial, 1, 1), (GenerationStatus::Processing, 1, 0)]);
    let rows = store.bulk_rows(team, run.id, &[BulkRowState::Made], 0, 10).await.unwrap();
    let ids: Vec<_> = rows.iter().filter_map(|row| row.generation).collect();
    assert_eq!(store.generations_among(team, &ids).await.unwrap().len(), 2);
    clean(store, start()).await;
}

async fn a_run_belongs_to_its_last_claim_alone(fresh: Fresh) {
    let store = &fresh.store;
    let (team, key) = team(store, "agency").await;
    let run = claimed(store, team, 5).await;
    assert_eq!(store.claim_bulk_run(lease("other", soon()), start()).await.unwrap(), None, "it is leased");
    assert!(store.renew_bulk_lease(run.id, run.attempt, soon().plus(Duration::from_secs(60))).await.unwrap());
    assert_eq!(store.claim_bulk_run(lease("other", soon()), soon().plus(Duration::from_secs(1))).await.unwrap(), None, "it was prolonged");

    let late = soon().plus(Duration::from_secs(61));
    let next = store.claim_bulk_run(lease("other", late.plus(Duration::from_secs(60))), late).await.unwrap().unwrap();
    assert_eq!((next.id, next.attempt), (run.id, run.attempt + 1));
    assert!(!store.renew_bulk_lease(run.id, run.attempt, late).await.unwrap());
    assert_eq!(store.accept(row_call(&run, key, 2), late).await.unwrap(), Accept::RowClosed, "it woke up late");
    let place = BulkPlace { run: run.id, attempt: run.attempt, number: 2 };
    assert!(!store.refuse_bulk_row(place, "no").await.unwrap());
    assert!(!store.end_bulk_run(run.id, run.attempt, BulkState::Done, late).await.unwrap());
    accepted(store, &row_call(&next, key, 2), late).await;

    assert_eq!(store.hand_back_bulk_runs("other").await.unwrap(), 1);
    let third = store.claim_bulk_run(lease("me", late), late).await.unwrap().unwrap();
    assert_eq!(third.attempt, run.attempt + 2);
    assert_eq!(store.take_back_bulk_runs("me").await.unwrap(), 0);
    assert_eq!(store.take_back_bulk_runs("new").await.unwrap(), 1);
    let fourth = store.claim_bulk_run(lease("new", late), late).await.unwrap().unwrap();
    assert!(store.end_bulk_run(fourth.id, fourth.attempt, BulkState::Done, late).await.unwrap());
    assert_eq!(store.bulk_run(team, run.id).await.unwrap().unwrap().ended_at, Some(late));
    assert_eq!(store.claim_bulk_run(lease("new", late), late).await.unwrap(), None, "nothing is left");
}

async fn a_stopped_run_accepts_no_row_and_goes_on_where_it_was(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, key) = team(store, "agency").await;
    let (theirs, _) = team(store, "agency").await;
    let run = claimed(store, ours, 3).await;
    accepted(store, &row_call(&run, key, 2), start()).await;
    assert!(!store.pause_bulk_run(theirs, run.id).await.unwrap());
    assert!(store.pause_bulk_run(ours, run.id).await.unwrap());
    assert!(!store.pause_bulk_run(ours, run.id).await.unwrap());
    assert_eq!(store.accept(row_call(&run, key, 3), start()).await.unwrap(), Accept::RowClosed);
    assert_eq!(store.claim_bulk_run(lease("me", soon()), start()).await.unwrap(), None);
    assert!(!store.resume_bulk_run(theirs, run.id).await.unwrap());
    assert!(store.resume_bulk_run(ours, run.id).await.unwrap());
    let next = store.claim_bulk_run(lease("me", soon()), start()).await.unwrap().unwrap();
    assert_eq!(counts(store, &run).await.next, Some(3));
    assert_eq!(store.accept(row_call(&run, key, 3), start()).await.unwrap(), Accept::RowClosed, "by the claim before the pause");
    let place = BulkPlace { run: run.id, attempt: next.attempt, number: 4 };
    assert!(store.refuse_bulk_row(place, "Title: too long.").await.unwrap());
    assert!(!store.refuse_bulk_row(place, "again").await.unwrap());
    accepted(store, &row_call(&next, key, 3), start()).await;
    let counts = counts(store, &run).await;
    assert_eq!((counts.made, counts.refused, counts.waiting, counts.next), (2, 1, 0, None));
}

async fn rows_without_credits_keep_waiting(fresh: Fresh) {
    let store = &fresh.store;
    let (team, key) = team(store, "tiny").await;
    let run = claimed(store, team, 7).await;
    for number in 2..7 {
        accepted(store, &row_call(&run, key, number), start()).await;
    }
    let refused = store.accept(row_call(&run, key, 7), start()).await.unwrap();
    assert_eq!(refused, Accept::Insufficient { required: 2, remaining: 0 });
    let counts = counts(store, &run).await;
    assert_eq!((counts.made, counts.waiting, counts.next), (5, 2, Some(7)), "the row was given back with everything else");
    assert!(store.end_bulk_run(run.id, run.attempt, BulkState::OutOfCredits, start()).await.unwrap());
    assert!(store.resume_bulk_run(team, run.id).await.unwrap());
    clean(store, start()).await;
}

async fn what_a_run_was_goes_with_it_or_its_team(fresh: Fresh) {
    let store = &fresh.store;
    let (team, key) = team(store, "agency").await;
    let run = claimed(store, team, 3).await;
    let call = row_call(&run, key, 2);
    accepted(store, &call, start()).await;
    finished(store, &call, &[], start()).await;
    assert!(!store.delete_bulk_run(team, run.id).await.unwrap(), "it runs");
    assert!(store.pause_bulk_run(team, run.id).await.unwrap());
    assert!(store.delete_bulk_run(team, run.id).await.unwrap());
    assert!(store.generation(team, None, call.id).await.unwrap().is_some(), "what it made stays");

    draft(store, team, 3).await;
    assert_eq!(store.forget_bulk_drafts(start(), 10).await.unwrap(), 0);
    assert_eq!(store.forget_bulk_drafts(soon(), 10).await.unwrap(), 1);

    let run = claimed(store, team, 3).await;
    store.delete_team(team, start()).await.unwrap();
    let call = row_call(&run, key, 2);
    assert_eq!(store.accept(call, start()).await.unwrap(), Accept::RowClosed, "nothing is made for a team that is gone");
    while !store.purge_step(team, Vec::new(), 10, start()).await.unwrap() {}
    assert_eq!(store.bulk_run(team, run.id).await.unwrap(), None);
    clean(store, start()).await;
}
