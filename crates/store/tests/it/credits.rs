//! Credits: what is held, charged, given back, renewed and corrected.

use std::time::Duration;

use crate::support::{self, *};
use domain::{Cycle, EntryKind, Mode};
use store::{Accept, Adjusted, Finish};

on_both_engines!(
    a_new_team_has_its_plans_credits_for_a_month,
    an_image_that_completed_is_charged_and_one_that_failed_is_given_back,
    too_few_credits_keep_nothing_and_consume_no_idempotency_key,
    test_mode_costs_nothing_and_writes_no_ledger_rows,
    included_credits_are_spent_first_and_bought_ones_outlive_the_period,
    unused_included_credits_expire_exactly_once_however_many_ask,
    a_call_at_the_periods_end_renews_before_it_asks_for_credits,
    credits_held_over_a_renewal_come_back_as_what_they_were,
    a_larger_plan_raises_included_at_once_and_a_smaller_one_waits,
    an_unlimited_plan_never_refuses_and_leaves_bought_credits_alone,
    corrections_never_leave_less_than_nothing,
    deleting_an_unfinished_generation_gives_its_credits_back,
    a_hold_whose_lease_is_long_over_is_a_mismatch,
    a_paid_year_renews_its_credits_each_month_and_its_plan_at_its_end,
);

async fn a_new_team_has_its_plans_credits_for_a_month(fresh: Fresh) {
    let (team, _) = team(&fresh.store, "agency").await;
    let credits = fresh.store.credits(team, start()).await.unwrap().unwrap();
    assert_eq!((credits.included, credits.purchased, credits.used, credits.reserved, credits.remaining()), (5000, 0, 0, 0, 5000));
    assert_eq!(credits.period.start, at("2026-01-15T00:00:00Z"));
    assert_eq!(credits.period.end, at("2026-02-15T00:00:00Z"));
    clean(&fresh.store, start()).await;
}

async fn an_image_that_completed_is_charged_and_one_that_failed_is_given_back(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "agency").await;
    let call = call(team, key, 3);
    let Accept::Accepted { credits: Some(credits) } = store.accept(call.clone(), start()).await.unwrap() else { panic!() };
    assert_eq!((credits.reserved, credits.remaining()), (3, 4997));
    clean(&store, start()).await;
    let Finish::Finished { charged, credits: Some(credits), status } = store.finish(end(&call, 1, &[1]), start()).await.unwrap() else {
        panic!()
    };
    assert_eq!((charged, credits.used, credits.reserved, credits.remaining(), status.as_str()), (2, 2, 0, 4998, "partial"));
    assert_eq!(store.finish(end(&call, 1, &[]), start()).await.unwrap(), Finish::Lost);
    assert_eq!(remaining(&store, team, start()).await, 4998);
    let kinds: Vec<_> = store.entries(team, 100).await.unwrap().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == EntryKind::Settle).count(), 2);
    assert_eq!(kinds.iter().filter(|kind| **kind == EntryKind::Release).count(), 1);
    clean(&store, start()).await;
}

async fn too_few_credits_keep_nothing_and_consume_no_idempotency_key(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    let large = with_key(call(team, key, 11), "order-1", "body");
    assert_eq!(store.accept(large.clone(), start()).await.unwrap(), Accept::Insufficient { required: 11, remaining: 10 });
    assert!(store.known_key(team, Mode::Live, "order-1", start()).await.unwrap().is_none());
    assert!(store.generation(team, Mode::Live, large.id).await.unwrap().is_none());
    let small = with_key(call(team, key, 10), "order-1", "other body");
    accepted(&store, &small, start()).await;
    assert_eq!(remaining(&store, team, start()).await, 0);
    clean(&store, start()).await;
}

async fn test_mode_costs_nothing_and_writes_no_ledger_rows(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, _) = team(&store, "tiny").await;
    let (test_key, _) = key(&store, team, Mode::Test).await;
    for _ in 0..3 {
        let mut call = call(team, test_key, 12);
        call.mode = Mode::Test;
        assert_eq!(store.accept(call.clone(), start()).await.unwrap(), Accept::Accepted { credits: None });
        finished(&store, &call, &[], start()).await;
    }
    assert_eq!(store.entries(team, 100).await.unwrap().len(), 1);
    assert_eq!(remaining(&store, team, start()).await, 10);
    clean(&store, start()).await;
}

async fn included_credits_are_spent_first_and_bought_ones_outlive_the_period(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    store.grant_credits(team, 20, "pack", None, start()).await.unwrap();
    let call_one = call(team, key, 12);
    accepted(&store, &call_one, start()).await;
    finished(&store, &call_one, &[], start()).await;
    let later = start().plus(days(31));
    let credits = store.credits(team, later).await.unwrap().unwrap();
    assert_eq!((credits.included, credits.purchased, credits.used, credits.adjusted, credits.remaining()), (10, 18, 0, 0, 28));
    assert_eq!(credits.period.start, at("2026-02-15T00:00:00Z"));
    clean(&store, later).await;
}

async fn unused_included_credits_expire_exactly_once_however_many_ask(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    let call_one = call(team, key, 4);
    accepted(&store, &call_one, start()).await;
    finished(&store, &call_one, &[], start()).await;
    let later = start().plus(days(100));
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.credits(team, later).await.unwrap().unwrap().remaining() })
        })
        .collect();
    for asker in askers {
        assert_eq!(asker.await.unwrap(), 10);
    }
    let entries = store.entries(team, 100).await.unwrap();
    let expired: Vec<_> = entries.iter().filter(|entry| entry.kind == EntryKind::Expire).map(|entry| entry.amount).collect();
    assert_eq!(expired, [6]);
    assert_eq!(entries.iter().filter(|entry| entry.kind == EntryKind::Grant).count(), 2);
    clean(&store, later).await;
}

async fn a_call_at_the_periods_end_renews_before_it_asks_for_credits(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    let first = call(team, key, 10);
    accepted(&store, &first, start()).await;
    finished(&store, &first, &[], start()).await;
    let before = at("2026-02-14T23:59:59Z");
    assert!(matches!(store.accept(call(team, key, 1), before).await.unwrap(), Accept::Insufficient { required: 1, remaining: 0 }));
    accepted(&store, &call(team, key, 10), at("2026-02-15T00:00:00Z")).await;
    clean(&store, start()).await;
}

async fn credits_held_over_a_renewal_come_back_as_what_they_were(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    store.grant_credits(team, 5, "pack", None, start()).await.unwrap();
    // Of the 12 held, 10 are included and 2 are bought.
    let held = call(team, key, 12);
    accepted(&store, &held, start()).await;
    let later = start().plus(days(31));
    let credits = store.credits(team, later).await.unwrap().unwrap();
    assert_eq!((credits.included, credits.purchased, credits.reserved, credits.remaining()), (10, 3, 0, 13));
    clean(&store, start()).await;
    // 9 are charged, 3 come back: the 2 bought ones, and 1 that would have expired.
    let Finish::Finished { charged, credits: Some(credits), .. } = store.finish(end(&held, 1, &[0, 1, 2]), later).await.unwrap() else {
        panic!()
    };
    assert_eq!((charged, credits.included, credits.purchased, credits.used, credits.remaining()), (9, 10, 5, 0, 15));
    clean(&store, later).await;
}

async fn a_larger_plan_raises_included_at_once_and_a_smaller_one_waits(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, _) = team(&store, "tiny").await;
    assert_eq!(store.set_plan(team, "agency", start()).await.unwrap().plan, "agency");
    assert_eq!(store.credits(team, start()).await.unwrap().unwrap().included, 5000);
    let chosen = store.choose_plan(team, "tiny", domain::Cycle::Month, None, start()).await.unwrap();
    assert_eq!((chosen.plan.as_str(), chosen.next_plan.as_deref()), ("agency", Some("tiny")));
    let later = start().plus(days(31));
    assert_eq!(store.team(team, later).await.unwrap().unwrap().plan, "tiny");
    assert_eq!(store.credits(team, later).await.unwrap().unwrap().included, 10);
    assert_eq!(store.team(team, later).await.unwrap().unwrap().next_plan, None);
    // The operator's change downwards: the plan at once, the figure at renewal.
    store.set_plan(team, "agency", later).await.unwrap();
    assert_eq!(store.set_plan(team, "tiny", later).await.unwrap().plan, "tiny");
    assert_eq!(store.credits(team, later).await.unwrap().unwrap().included, 5000);
    assert_eq!(store.credits(team, later.plus(days(31))).await.unwrap().unwrap().included, 10);
    clean(&store, later).await;
}

async fn an_unlimited_plan_never_refuses_and_leaves_bought_credits_alone(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "free").await;
    store.grant_credits(team, 7, "pack", None, start()).await.unwrap();
    for _ in 0..5 {
        let call = call(team, key, 12);
        accepted(&store, &call, start()).await;
        clean(&store, start()).await;
        finished(&store, &call, &[0, 5], start()).await;
    }
    let credits = store.credits(team, start()).await.unwrap().unwrap();
    assert!(credits.unlimited);
    assert_eq!((credits.purchased, credits.used, credits.reserved, credits.purchased_left()), (7, 50, 0, 7));
    // Down to a limited plan at renewal, with a call still running that was held without limit.
    let running = call(team, key, 3);
    accepted(&store, &running, start()).await;
    store.set_plan(team, "tiny", start()).await.unwrap();
    assert!(store.credits(team, start()).await.unwrap().unwrap().unlimited);
    let later = start().plus(days(31));
    assert_eq!(remaining(&store, team, later).await, 17);
    finished(&store, &running, &[0], later).await;
    assert_eq!(remaining(&store, team, later).await, 17);
    clean(&store, later).await;
}

async fn corrections_never_leave_less_than_nothing(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, _) = team(&store, "tiny").await;
    assert_eq!(store.adjust_credits(team, -11, "too much", start()).await.unwrap(), Adjusted::Refused { remaining: 10 });
    let Adjusted::Done(credits) = store.adjust_credits(team, -10, "all", start()).await.unwrap() else { panic!() };
    assert_eq!((credits.included, credits.adjusted, credits.remaining()), (10, -10, 0));
    let Adjusted::Done(credits) = store.adjust_credits(team, 4, "some back", start()).await.unwrap() else { panic!() };
    assert_eq!((credits.adjusted, credits.remaining()), (-6, 4));
    assert!(store.adjust_credits(team, 0, "nothing", start()).await.is_err());
    assert!(store.grant_credits(team, -5, "less", None, start()).await.is_err());
    clean(&store, start()).await;
    assert_eq!(remaining(&store, team, start().plus(days(31))).await, 10);
    clean(&store, start()).await;
}

async fn deleting_an_unfinished_generation_gives_its_credits_back(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    let call = with_key(call(team, key, 6), "k", "b");
    accepted(&store, &call, start()).await;
    assert!(
        matches!(store.delete_generation(team, Mode::Live, call.id, start()).await.unwrap(), store::Deleted::Done { blob_keys } if blob_keys.len() == 12)
    );
    assert_eq!(remaining(&store, team, start()).await, 10);
    // A worker that put its files after the deletion comes too late, and they are removed all the same.
    store.forget_blobs(store.doomed_blobs(100).await.unwrap()).await.unwrap();
    assert_eq!(store.finish(end(&call, 1, &[]), start()).await.unwrap(), Finish::Lost);
    assert_eq!(store.doomed_blobs(100).await.unwrap().len(), 12);
    let replay = with_key(support::call(team, key, 6), "k", "b");
    assert_eq!(store.accept(replay, start()).await.unwrap(), Accept::Replay { generation: call.id, deleted: true });
    clean(&store, start().plus(Duration::from_secs(3600))).await;
}

async fn a_hold_whose_lease_is_long_over_is_a_mismatch(fresh: Fresh) {
    let Fresh { store, place: _place } = fresh;
    let (team, key) = team(&store, "tiny").await;
    accepted(&store, &call(team, key, 1), start()).await;
    clean(&store, start().plus(Duration::from_secs(119))).await;
    let found = store.audit_ledger(start().plus(Duration::from_secs(121))).await.unwrap();
    assert_eq!(found.iter().map(|mismatch| mismatch.rule).collect::<Vec<_>>(), ["stale_reserve"]);
    assert_eq!(found[0].team, Some(team));
}

async fn a_paid_year_renews_its_credits_each_month_and_its_plan_at_its_end(fresh: Fresh) {
    let store = &fresh.store;
    let (team, _) = team(store, "agency").await;
    store.choose_plan(team, "agency", Cycle::Year, None, start()).await.unwrap();
    let chosen = store.choose_plan(team, "tiny", Cycle::Month, None, start()).await.unwrap();
    assert_eq!((chosen.plan.as_str(), chosen.next_plan.as_deref(), chosen.next_cycle), ("agency", Some("tiny"), Some(Cycle::Month)));
    assert_eq!(chosen.renews_at, at("2027-01-15T00:00:00Z"));
    for (now, included, plan) in [("2026-02-15", 5_000, "agency"), ("2026-12-20", 5_000, "agency"), ("2027-01-15", 10, "tiny")] {
        let now = at(&format!("{now}T00:00:00Z"));
        assert_eq!(store.team(team, now).await.unwrap().unwrap().plan, plan, "before the renewal is written");
        assert_eq!(store.credits(team, now).await.unwrap().unwrap().included, included);
        assert_eq!(store.team(team, now).await.unwrap().unwrap().plan, plan);
    }
    clean(store, at("2027-01-15T00:00:00Z")).await;
}
