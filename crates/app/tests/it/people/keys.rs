//! API keys as members make them.

use std::time::Duration;

use app::operate::NewKeyRequest;
use app::people::Grace;
use app::{Error, Mode, RateClass, Right, Role, Scope, Scopes};

use super::{PASSWORD, browser, codes, joined, owner, visit};
use crate::house::{HOME, House};

fn request(name: &str) -> NewKeyRequest {
    NewKeyRequest { name: name.into(), mode: Mode::Live, scopes: Scopes::ALL, expires_at: None }
}

/// An owner whose team has the API.
async fn with_api(house: &House, email: &str, name: &str) -> app::Member {
    let (_, member) = owner(house, email, name).await;
    house.operator.set_plan(&member.team.to_string(), "agency").await.unwrap();
    let visitor = visit(house, &house.app.log_in(email, PASSWORD, &browser()).await.unwrap()).await;
    house.app.member(&visitor, &member.slug).await.unwrap()
}

async fn admitted(house: &House, key: &str) -> bool {
    house.app.admit(Some(key), HOME, Scope::CreditsRead, RateClass::Poll).await.principal.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_carries_its_maker_s_name_and_is_another_team_s_secret() {
    let house = House::new().await;
    let one = with_api(&house, "ada@example.com", "One").await;
    let two = with_api(&house, "bo@example.com", "Two").await;
    let made = house.app.create_key(&one, request(" Shop ")).await.unwrap();
    assert!(admitted(&house, made.plain.reveal()).await);
    let keys = house.app.team_keys(&one).await.unwrap();
    assert_eq!((keys[0].key.name.as_str(), keys[0].created_by.as_str(), keys[0].works), ("Shop", "Ada", true));
    assert!(house.app.team_keys(&two).await.unwrap().is_empty());
    let id = made.view.id.as_str();
    assert!(matches!(house.app.rename_key(&two, id, "Mine").await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.revoke_key(&two, id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.rotate_key(&two, id, Grace::None).await, Err(Error::NotFound { .. })));
    house.app.rename_key(&one, id, "Storefront").await.unwrap();
    assert_eq!(house.app.team_keys(&one).await.unwrap()[0].key.name, "Storefront");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_need_the_right_and_a_plan_with_the_api() {
    let house = House::new().await;
    let (_, poor) = owner(&house, "cy@example.com", "Three").await;
    assert!(matches!(house.app.create_key(&poor, request("Shop")).await, Err(Error::PlanUpgradeRequired)));
    let boss = with_api(&house, "ada@example.com", "One").await;
    let (_, member) = joined(&house, &boss, "bo@example.com", Role::Member).await;
    assert!(matches!(house.app.create_key(&member, request("Shop")).await, Err(Error::Forbidden(Right::Keys))));
    assert!(matches!(house.app.team_keys(&member).await, Err(Error::Forbidden(Right::Keys))));
    let past = NewKeyRequest { expires_at: Some(house.clock.now()), ..request(&"x".repeat(51)) };
    let faults = codes(house.app.create_key(&boss, past).await.unwrap_err());
    assert_eq!(faults, [("name".to_owned(), "invalid_value"), ("expiresAt".to_owned(), "out_of_range")]);
    let made = house.app.create_key(&boss, request("Shop")).await.unwrap();
    house.operator.set_plan(&boss.team.to_string(), "growth").await.unwrap();
    let visitor = visit(&house, &house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap()).await;
    let paused = house.app.member(&visitor, &boss.slug).await.unwrap();
    let keys = house.app.team_keys(&paused).await.unwrap();
    assert_eq!((keys[0].key.id.as_str(), keys[0].works), (made.view.id.as_str(), false), "old keys stay listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_works_through_its_grace_and_both_rows_are_linked() {
    let house = House::new().await;
    let boss = with_api(&house, "ada@example.com", "One").await;
    let old = house.app.create_key(&boss, request("Shop")).await.unwrap();
    let new = house.app.rotate_key(&boss, &old.view.id, Grace::Hour).await.unwrap();
    assert!(admitted(&house, old.plain.reveal()).await && admitted(&house, new.plain.reveal()).await);
    let keys = house.app.team_keys(&boss).await.unwrap();
    let row = keys.iter().find(|row| row.key.id == old.view.id).unwrap();
    assert_eq!(row.replaced_by.map(|id| id.to_string()), Some(new.view.id.clone()));
    let left = row.revoked_at.unwrap().since(house.clock.now());
    assert!(left > Duration::from_secs(59 * 60) && left <= Duration::from_secs(60 * 60), "{left:?}");
    assert!(matches!(house.app.rotate_key(&boss, &old.view.id, Grace::None).await, Err(Error::Conflict(_))));
    house.app.revoke_key(&boss, &new.view.id).await.unwrap();
    assert!(!admitted(&house, new.plain.reveal()).await, "here it stops at once");
    assert!(matches!(house.app.revoke_key(&boss, &new.view.id).await, Err(Error::Conflict(_))));
    let log = house.app.history(&boss, &app::Query(vec![("action".into(), "key.".into())])).await.unwrap();
    let actions: Vec<&str> = log.events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["key.revoked", "key.rotated", "key.created"]);
}

#[test]
fn a_grace_is_one_of_five() {
    assert_eq!(Grace::ALL.map(Grace::hours), [0, 1, 24, 72, 168]);
    assert_eq!(Grace::of_hours(24), Some(Grace::Day));
    assert_eq!(Grace::of_hours(2), None);
}
