//! What teams ask for, and what they change: decided once, with its effect and its entry or not at all.

use domain::{KeyId, Mode, TeamId, WishKind};
use store::{Error, EventFilter, NewEvent, NewKey, NewWish, Store};

use crate::support::*;

on_both_engines!(a_request_is_decided_once_and_acts_with_it, a_change_and_its_entry_are_kept_together_or_not_at_all);

async fn ask(store: &Store, team: domain::TeamId, kind: WishKind, plan: &str, amount: i64) {
    let wish = NewWish { team, user_name: "Ada".into(), kind, plan: plan.into(), cycle: domain::Cycle::Month, amount, note: "why".into() };
    store.keep_wish(wish, None, start()).await.unwrap();
}

async fn a_request_is_decided_once_and_acts_with_it(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, _) = team(store, "tiny").await;
    let (theirs, _) = team(store, "tiny").await;
    ask(store, ours, WishKind::Plan, "gold", 0).await;
    let gone = store.wishes(Some(ours)).await.unwrap().remove(0);
    assert!(matches!(store.decide_wish(&gone.id, true, "root", "", start()).await, Err(Error::UnknownPlan(_))));
    ask(store, ours, WishKind::Plan, "agency", 0).await;
    ask(store, ours, WishKind::Pack, "", 70).await;
    ask(store, ours, WishKind::RateLimit, "", 9).await;
    ask(store, theirs, WishKind::Pack, "", 70).await;
    let open = store.wishes(Some(ours)).await.unwrap();
    assert_eq!(open.len(), 3, "the plan was asked for anew, and the failed approval left it open");
    assert_eq!(store.wishes(None).await.unwrap().len(), 4);

    let before = store.credits(ours, start()).await.unwrap().unwrap().remaining();
    for wish in &open {
        assert_eq!(store.decide_wish(&wish.id, true, "root", "paid", start()).await.unwrap().as_ref(), Some(wish));
        assert_eq!(store.decide_wish(&wish.id, false, "root", "", start()).await.unwrap(), None);
    }
    let team = store.team(ours, start()).await.unwrap().unwrap();
    assert_eq!((team.plan.as_str(), team.rate_limit), ("agency", Some(9)));
    assert_eq!(store.credits(ours, start()).await.unwrap().unwrap().remaining(), before + 4990 + 70);

    let other = store.wishes(None).await.unwrap().remove(0);
    assert!(!store.withdraw_wish(ours, WishKind::Pack, None, start()).await.unwrap(), "it is theirs");
    assert!(store.withdraw_wish(theirs, WishKind::Pack, None, start()).await.unwrap());
    assert_eq!(store.decide_wish(&other.id, true, "root", "", start()).await.unwrap(), None);
    clean(store, start()).await;
}

async fn a_change_and_its_entry_are_kept_together_or_not_at_all(fresh: Fresh) {
    let store = &fresh.store;
    let (team, key) = team(store, "tiny").await;
    let note = |action| NewEvent {
        team: Some(team),
        user: None,
        user_name: "Ada".into(),
        action,
        subject: String::new(),
        detail: String::new(),
        address: String::new(),
    };
    assert!(!store.revoke_key(Some(TeamId::new()), key, Some(note("key.revoked")), start()).await.unwrap());
    assert!(store.choose_plan(team, "gold", domain::Cycle::Month, Some(note("plan.changed")), start()).await.is_err());
    let taken = NewKey { id: KeyId::new(), ..new_key(team, Mode::Live).0 };
    store.create_key(taken.clone(), Some(note("key.created")), start()).await.unwrap();
    let again = NewKey { id: KeyId::new(), ..taken };
    assert!(store.create_key(again, Some(note("key.created")), start()).await.is_err());
    assert!(store.revoke_key(Some(team), key, Some(note("key.revoked")), start()).await.unwrap());
    let events = store.events(team, &EventFilter::default(), 10, None).await.unwrap().rows;
    assert_eq!(events.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["key.revoked", "key.created"]);
}
