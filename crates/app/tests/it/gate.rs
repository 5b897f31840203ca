//! Who may call, and how often.

use std::net::IpAddr;
use std::time::Duration;

use app::operate::NewKeyRequest;
use app::{Error, RateClass, Scope, Scopes};
use domain::Mode;

use crate::house::{HOME, House, eventually};

fn elsewhere() -> IpAddr {
    "203.0.113.9".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_identity_is_one_answer_from_the_addresss_bucket() {
    let house = House::new().await;
    let mut mistyped = house.live_key.clone();
    mistyped.pop();
    mistyped.push('!');
    let unknown = domain::PlainKey::generate(Mode::Live).unwrap();
    for key in [mistyped.as_str(), "rp_live_", "nonsense", unknown.reveal()] {
        let admission = house.app.admit(Some(key), elsewhere(), Scope::Generate, RateClass::Standard).await;
        assert!(matches!(admission.principal, Err(Error::InvalidKey)), "{key}");
        assert_eq!(admission.rate.limit, 60);
    }
    let none = house.app.admit(None, elsewhere(), Scope::Generate, RateClass::Standard).await;
    assert!(matches!(none.principal, Err(Error::MissingKey)));
    assert_eq!(none.rate.remaining, 55);
    // A full bucket of the address never blocks a valid key.
    for _ in 0..60 {
        house.app.admit(None, elsewhere(), Scope::Generate, RateClass::Standard).await;
    }
    let refused = house.app.admit(None, elsewhere(), Scope::Generate, RateClass::Standard).await;
    assert!(matches!(refused.principal, Err(Error::RateLimited)));
    assert_eq!(refused.rate.remaining, 0);
    assert!((1..=60).contains(&refused.rate.retry_after));
    assert!(house.app.admit(Some(&house.live_key), elsewhere(), Scope::Generate, RateClass::Standard).await.principal.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_exact_per_team_and_mode_and_reads_have_ten_times_as_much() {
    let house = House::new().await;
    let admit = async |key: &str, class| house.app.admit(Some(key), HOME, Scope::GenerationsRead, class).await;
    // One was taken while the house was built.
    let mut last = 60;
    for _ in 0..59 {
        let admission = admit(&house.live_key, RateClass::Standard).await;
        assert!(admission.principal.is_ok());
        assert!(admission.rate.remaining < last);
        last = admission.rate.remaining;
    }
    assert_eq!(last, 0);
    let refused = admit(&house.live_key, RateClass::Standard).await;
    assert!(matches!(refused.principal, Err(Error::RateLimited)));
    assert_eq!((refused.rate.limit, refused.rate.remaining), (60, 0));
    assert_eq!(admit(&house.live_key, RateClass::Poll).await.rate.remaining, 599);
    assert!(admit(&house.test_key, RateClass::Standard).await.principal.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn revocations_plans_and_limits_act_within_five_seconds() {
    let house = House::new().await;
    let admit = async || house.app.admit(Some(&house.live_key), HOME, Scope::CreditsRead, RateClass::Poll).await;
    let patience = Duration::from_secs(5);
    house.operator.set_rate_limit(&house.team, 1_000).await.unwrap();
    eventually(patience, async || admit().await.rate.limit == 10_000).await;
    house.operator.set_plan(&house.team, "growth").await.unwrap();
    eventually(patience, async || matches!(admit().await.principal, Err(Error::PlanUpgradeRequired | Error::RateLimited))).await;
    house.operator.set_plan(&house.team, "agency").await.unwrap();
    eventually(patience, async || admit().await.principal.is_ok()).await;
    house.operator.revoke_key(&house.live.maker.key().unwrap().to_string()).await.unwrap();
    // So many refusals fill the address's bucket, which then speaks.
    eventually(patience, async || matches!(admit().await.principal, Err(Error::InvalidKey | Error::RateLimited))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_works_at_once_and_does_only_what_it_may() {
    let house = House::new().await;
    let request = NewKeyRequest {
        name: "reader".into(),
        mode: Mode::Live,
        scopes: [Scope::CreditsRead].into_iter().collect::<Scopes>(),
        expires_at: None,
    };
    let made = house.operator.create_key(&house.team, request).await.unwrap();
    let key = made.plain.reveal();
    assert!(house.app.admit(Some(key), HOME, Scope::CreditsRead, RateClass::Standard).await.principal.is_ok());
    let refused = house.app.admit(Some(key), HOME, Scope::Generate, RateClass::Standard).await;
    assert!(matches!(refused.principal, Err(Error::ScopeMissing("generate"))));
    assert_eq!(refused.rate.limit, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_expired_is_an_invalid_key() {
    let house = House::new().await;
    let soon = domain::Timestamp::now().plus(Duration::from_millis(300));
    let request = NewKeyRequest { name: "short".into(), mode: Mode::Test, scopes: Scopes::ALL, expires_at: Some(soon) };
    let made = house.operator.create_key(&house.team, request).await.unwrap();
    let admit = async || house.app.admit(Some(made.plain.reveal()), HOME, Scope::CreditsRead, RateClass::Standard).await.principal;
    assert!(admit().await.is_ok());
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(matches!(admit().await, Err(Error::InvalidKey)));
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_the_figures_takes_nothing() {
    let house = House::new().await;
    let with_key = house.app.peek(Some(&house.live_key), HOME).await;
    assert_eq!(with_key, house.app.peek(Some(&house.live_key), HOME).await);
    assert_eq!(with_key.remaining, 59);
    assert_eq!(house.app.peek(None, elsewhere()).await.remaining, 60);
    let (rate, open) = house.app.admit_open(elsewhere()).await;
    assert!(open.is_ok());
    assert_eq!(rate.remaining, 59);
}
