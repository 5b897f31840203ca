//! What teams ask for: one open request of a kind, decided once, with its effect or not at all.

use domain::WishKind;
use store::{Error, NewWish, Store};

use crate::support::*;

on_both_engines!(a_request_is_decided_once_and_acts_with_it,);

async fn ask(store: &Store, team: domain::TeamId, kind: WishKind, plan: &str, amount: i64) {
    let wish = NewWish { team, user_name: "Ada".into(), kind, plan: plan.into(), cycle: domain::Cycle::Month, amount, note: "why".into() };
    store.keep_wish(wish, start()).await.unwrap();
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
    assert!(!store.withdraw_wish(ours, WishKind::Pack, start()).await.unwrap(), "it is theirs");
    assert!(store.withdraw_wish(theirs, WishKind::Pack, start()).await.unwrap());
    assert_eq!(store.decide_wish(&other.id, true, "root", "", start()).await.unwrap(), None);
    clean(store, start()).await;
}
