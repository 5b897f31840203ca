//! Notices about used credits: each share once a period, on however many nodes.

use domain::{KeyId, TeamId, Timestamp};
use store::{CreditNotice, Store};

use crate::support::*;

on_both_engines!(a_share_is_told_of_once_with_its_mails,);

async fn spend(store: &Store, team: TeamId, key: KeyId, credits: usize, now: Timestamp) {
    let call = call(team, key, credits);
    accepted(store, &call, now).await;
    finished(store, &call, &[], now).await;
}

async fn a_share_is_told_of_once_with_its_mails(fresh: Fresh) {
    let store = &fresh.store;
    let (ours, key) = team(store, "tiny").await;
    team(store, "free").await;
    assert_eq!(store.credit_notices(start()).await.unwrap(), []);
    spend(store, ours, key, 8, start()).await;
    let due = store.credit_notices(start()).await.unwrap();
    let period_start = store.credits(ours, start()).await.unwrap().unwrap().period.start;
    assert_eq!(due, [CreditNotice { team: ours, period_start, percent: 80 }]);

    let to = || vec!["ada@example.com".to_owned(), "bo@example.com".to_owned()];
    let give = async |store: &Store| store.give_notice(&due[0], to(), "{}".into(), start()).await.unwrap();
    let (one, two) = if store.is_embedded() {
        tokio::join!(give(store), give(store))
    } else {
        let other = fresh.place.open().await;
        tokio::join!(give(store), give(&other))
    };
    assert!(one != two, "one of them has it");
    assert_eq!(store.mails_waiting().await.unwrap(), 2);
    assert_eq!(store.credit_notices(start()).await.unwrap(), []);

    spend(store, ours, key, 2, start()).await;
    let due = store.credit_notices(start()).await.unwrap();
    assert_eq!(due.iter().map(|notice| notice.percent).collect::<Vec<_>>(), [100]);
    let later = start().plus(days(40));
    assert!(!store.give_notice(&due[0], to(), "{}".into(), later).await.unwrap(), "its period is over");
    assert_eq!(store.credit_notices(later).await.unwrap(), []);
    store.credits(ours, later).await.unwrap();
    spend(store, ours, key, 9, later).await;
    assert_eq!(store.credit_notices(later).await.unwrap()[0].percent, 80, "the new period begins anew");
}
