//! The auditor finds what it is there to find: each test breaks the books behind the store's back.

use domain::Mode;

use crate::support::*;

on_both_engines!(what_the_schema_itself_refuses);

/// Runs `statement` on sound books and gives the rules that are broken after it.
async fn broken_by(engine: Engine, statement: &'static str) -> Vec<&'static str> {
    let fresh = fresh(engine).await;
    let store = &fresh.store;
    let (team, live) = team(store, "tiny").await;
    let (test_key, _) = key(store, team, Mode::Test).await;
    let done = call(team, live, 2);
    accepted(store, &done, start()).await;
    finished(store, &done, &[1], start()).await;
    let running = call(team, live, 1);
    accepted(store, &running, start()).await;
    let mut tried = call(team, test_key, 1);
    tried.mode = Mode::Test;
    accepted(store, &tried, start()).await;
    clean(store, start()).await;

    let changed = fresh.place.run(statement).await.unwrap();
    assert!(changed > 0, "{statement} changed nothing");

    let found = store.audit_ledger(start()).await.unwrap();
    let mut rules: Vec<_> = found.iter().map(|mismatch| mismatch.rule).collect();
    rules.dedup();
    rules
}

async fn breaks(statement: &'static str, rule: &str) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let rules = broken_by(engine, statement).await;
        assert!(rules.contains(&rule), "{engine:?}, {statement}: {rules:?}");
    }
}

#[tokio::test]
async fn a_balance_that_is_not_its_transfers_sum() {
    breaks("update accounts set balance = balance + 1 where kind = 'consumed'", "balance").await;
    breaks("update accounts set balance = balance + 1 where kind = 'consumed'", "zero_sum").await;
    breaks("delete from transfers where kind = 'grant'", "balance").await;
}

#[tokio::test]
async fn a_team_without_all_of_its_accounts() {
    breaks("delete from accounts where kind = 'expired'", "accounts").await;
}

#[tokio::test]
async fn a_period_whose_figures_are_not_the_balances() {
    breaks("update credits set used = used + 1", "period").await;
}

#[tokio::test]
async fn a_hold_that_no_generation_has() {
    breaks("update generations set reserved = 0 where status = 'processing' and mode = 'live'", "reserved").await;
}

#[tokio::test]
async fn a_generation_whose_reserve_is_missing_or_wrong() {
    breaks("delete from transfers where kind = 'reserve'", "one_reserve").await;
    breaks("update transfers set amount = amount + 1 where kind = 'reserve'", "one_reserve").await;
}

#[tokio::test]
async fn an_image_whose_end_and_ledger_entry_differ() {
    breaks("delete from transfers where kind = 'settle'", "image_end").await;
    breaks("update images set status = 'completed' where status = 'failed'", "image_end").await;
    breaks("update transfers set amount = 2 where kind = 'release'", "image_end").await;
}

#[tokio::test]
async fn a_finished_generation_that_was_charged_wrongly() {
    breaks("update generations set charged = 2 where status = 'partial'", "finished").await;
}

#[tokio::test]
async fn an_unfinished_generation_that_nobody_will_work_on() {
    breaks("delete from jobs", "unfinished_without_job").await;
}

#[tokio::test]
async fn an_entry_that_belongs_to_nothing() {
    breaks("update transfers set image_id = 'img_none' where kind = 'settle'", "orphans").await;
}

#[tokio::test]
async fn a_test_generation_that_touched_the_ledger() {
    breaks("update generations set reserved = 1 where mode = 'test'", "test_mode").await;
}

async fn what_the_schema_itself_refuses(fresh: Fresh) {
    let (team, live) = team(&fresh.store, "tiny").await;
    let call = call(team, live, 1);
    accepted(&fresh.store, &call, start()).await;
    finished(&fresh.store, &call, &[], start()).await;
    for statement in [
        "update accounts set balance = -1 where kind = 'available'",
        "insert into transfers select 'tr_2', team_id, kind, from_account, to_account, amount, generation_id, image_id, reason, created_at from transfers where kind = 'settle'",
        "insert into transfers select 'tr_3', team_id, 'release', from_account, to_account, amount, generation_id, image_id, reason, created_at from transfers where kind = 'settle'",
        "insert into transfers select 'tr_4', team_id, kind, from_account, to_account, amount, generation_id, image_id, reason, created_at from transfers where kind = 'reserve'",
        "update transfers set amount = 0",
    ] {
        let refused = fresh.place.run(statement).await;
        assert!(refused.is_err(), "{statement} was let through");
    }
}
