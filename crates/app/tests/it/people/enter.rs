//! Getting in: sign-up, log-in and its limits, sessions, links.

use std::time::Duration;

use app::people::SignUp;
use app::{Error, Role};
use domain::SecretToken;
use store::{LinkPurpose, NewLink};

use super::{PASSWORD, browser, codes, form, from, minutes, signed_up, stands_somewhere, still, visit};
use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_makes_a_team_on_essentials_with_trial_credits_and_a_kit_to_draw_with() {
    let house = House::new().await;
    let session = signed_up(&house, "Ada@Example.com", "Northbank & Söhne").await;
    let visitor = visit(&house, &session).await;
    assert_eq!((visitor.user.email.as_str(), visitor.user.confirmed, visitor.recently), ("Ada@Example.com", true, true));
    let [team] = visitor.teams.as_slice() else { panic!("{:?}", visitor.teams) };
    assert_eq!((team.slug.as_str(), team.role, team.plan.as_str()), ("northbank-s-hne", Role::Owner, "essentials"));
    let now = house.clock.now();
    let credits = house.store.credits(team.team, now).await.unwrap().unwrap();
    assert_eq!((credits.included, credits.purchased), (200, 50));
    let kit = house.store.default_brand_kit(team.team).await.unwrap().unwrap();
    assert_eq!(kit.name, "Northbank & Söhne");
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_sign_up_comes_at_once_and_a_taken_address_is_one() {
    let house = House::new().await;
    let wrong = SignUp { email: "nobody".into(), name: " ".into(), password: "short".into(), team: "x".repeat(101) };
    let faults = codes(house.app.sign_up(wrong, &browser()).await.unwrap_err());
    let expected = [("email", "invalid_email"), ("name", "required"), ("password", "too_short"), ("team", "too_long")];
    assert_eq!(faults, expected.map(|(field, code)| (field.to_owned(), code)));
    signed_up(&house, "ada@example.com", "One").await;
    let again = house.app.sign_up(form("ADA@example.com", "Two"), &browser()).await.unwrap_err();
    assert_eq!(codes(again), [("email".to_owned(), "taken")]);
    assert_eq!(house.store.find_team("two", house.clock.now()).await.unwrap(), None, "nothing of a refused sign-up stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_gives_a_new_token_and_wrong_and_unknown_are_one_answer() {
    let house = House::new().await;
    let first = signed_up(&house, "ada@example.com", "One").await;
    let second = house.app.log_in(" ADA@example.com", PASSWORD, &browser()).await.unwrap();
    assert_ne!(first.token, second.token);
    for (email, password) in
        [("ada@example.com", "wrong password"), ("bob@example.com", PASSWORD), ("no address", PASSWORD), ("ada@example.com", "")]
    {
        let refused = house.app.log_in(email, password, &browser()).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{email}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_failures_of_an_account_close_it_for_a_quarter_of_an_hour_from_any_address() {
    let house = still().await;
    signed_up(&house, "ada@example.com", "One").await;
    for index in 0..10 {
        let refused = house.app.log_in("ada@example.com", "wrong password", &from(&format!("198.51.100.{index}"))).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{index}: {refused:?}");
    }
    house.clock.advance(minutes(5));
    let closed = house.app.log_in("Ada@example.com", PASSWORD, &from("203.0.113.1")).await;
    assert!(matches!(closed, Err(Error::TooManyTries { retry_after: 600 })), "{closed:?}");
    house.clock.advance(minutes(10));
    house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_failures_from_one_network_of_a_client_close_it_and_right_passwords_count_nothing() {
    let house = still().await;
    signed_up(&house, "ada@example.com", "One").await;
    for _ in 0..12 {
        house.app.log_in("ada@example.com", PASSWORD, &from("2001:db8::1")).await.unwrap();
    }
    for index in 0..100 {
        let address = from(&format!("2001:db8::{index:x}"));
        let refused = house.app.log_in(&format!("user{index}@example.com"), PASSWORD, &address).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{index}: {refused:?}");
    }
    let closed = house.app.log_in("ada@example.com", PASSWORD, &from("2001:db8::ffff:1")).await;
    assert!(matches!(closed, Err(Error::TooManyTries { .. })), "{closed:?}");
    house.app.log_in("ada@example.com", PASSWORD, &from("2001:db8:0:1::1")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_twelve_idle_hours_and_after_seven_days_in_any_case() {
    let house = still().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    house.clock.advance(minutes(12 * 60));
    assert!(house.app.visitor(session.token.reveal()).await.unwrap().is_none());
    let session = house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap();
    let mut visits = 0;
    loop {
        house.clock.advance(minutes(11 * 60));
        let Some(visitor) = house.app.visitor(session.token.reveal()).await.unwrap() else { break };
        visits += 1;
        // The use is noted behind the caller's back.
        let now = house.clock.now();
        crate::house::eventually(Duration::from_secs(5), async || house.app.sessions(&visitor).await.unwrap()[0].seen_at == now).await;
    }
    assert_eq!(visits, 15, "165 hours are within seven days, 176 are not");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_and_another_person_s_is_absent() {
    let house = House::new().await;
    let first = signed_up(&house, "ada@example.com", "One").await;
    let second = house.app.log_in("ada@example.com", PASSWORD, &from("203.0.113.9")).await.unwrap();
    let other = signed_up(&house, "bo@example.com", "Two").await;
    let visitor = visit(&house, &first).await;
    let sessions = house.app.sessions(&visitor).await.unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().any(|row| row.id == second.session && row.address == "203.0.113.9" && !row.current));
    let foreign = house.app.end_session(&visitor, &other.session.to_string()).await;
    assert!(matches!(foreign, Err(Error::NotFound { .. })));
    assert!(house.app.visitor(other.token.reveal()).await.unwrap().is_some());
    house.app.end_session(&visitor, &second.session.to_string()).await.unwrap();
    assert!(house.app.visitor(second.token.reveal()).await.unwrap().is_none());
    house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap();
    assert_eq!(house.app.end_other_sessions(&visitor).await.unwrap(), 1);
    house.app.log_out(&visitor).await.unwrap();
    assert!(house.app.visitor(first.token.reveal()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_tokens_nor_passwords_stand_in_the_database() {
    let house = House::new().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    let reset = house.operator.reset_user("ada@example.com").await.unwrap();
    for secret in [PASSWORD, session.token.reveal(), reset.token.reveal()] {
        assert!(!stands_somewhere(&house, secret));
    }
    assert!(!format!("{session:?}").contains(session.token.reveal()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_counts_as_given_for_a_quarter_of_an_hour_and_giving_it_renews_the_token() {
    let house = still().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    house.clock.advance(minutes(15));
    let visitor = visit(&house, &session).await;
    assert!(!visitor.recently);
    assert!(matches!(visitor.need_password(), Err(Error::PasswordNeeded)));
    let wrong = house.app.confirm_password(&visitor, "wrong password", &browser()).await.unwrap_err();
    assert_eq!(codes(wrong), [("password".to_owned(), "wrong")]);
    let renewed = house.app.confirm_password(&visitor, PASSWORD, &browser()).await.unwrap();
    assert!(visit(&house, &renewed).await.recently);
    assert!(house.app.visitor(session.token.reveal()).await.unwrap().is_none(), "the token before is worth nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_link_works_once_in_its_time_and_ends_every_session() {
    let house = still().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    let reset = house.operator.reset_user("ADA@example.com").await.unwrap();
    let second = house.operator.reset_user(&session.user.to_string()).await.unwrap();
    house.app.check_reset(reset.token.reveal()).await.unwrap();
    let short = house.app.reset_password(reset.token.reveal(), "short", &browser()).await.unwrap_err();
    assert_eq!(codes(short), [("password".to_owned(), "too_short")]);
    let inside = house.app.reset_password(reset.token.reveal(), "nine blue kettles", &browser()).await.unwrap();
    assert!(house.app.visitor(session.token.reveal()).await.unwrap().is_none());
    assert!(house.app.visitor(inside.token.reveal()).await.unwrap().is_some());
    for used in [reset.token.reveal(), second.token.reveal(), "nonsense"] {
        assert!(matches!(house.app.reset_password(used, "ten red kettles", &browser()).await, Err(Error::LinkInvalid)));
    }
    house.app.log_in("ada@example.com", "nine blue kettles", &browser()).await.unwrap();
    let late = house.operator.reset_user("ada@example.com").await.unwrap();
    house.clock.advance(minutes(24 * 60));
    assert!(matches!(house.app.check_reset(late.token.reveal()).await, Err(Error::LinkInvalid)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_its_own_purpose_only() {
    let house = House::new().await;
    let made = house.operator.create_user("bo@example.com", "Bo", None).await.unwrap();
    assert!(matches!(house.app.reset_password(made.token.reveal(), PASSWORD, &browser()).await, Err(Error::LinkInvalid)));
    assert!(matches!(house.app.confirm_email(made.token.reveal(), &browser()).await, Err(Error::LinkInvalid)));
    assert!(matches!(house.app.invitation(made.token.reveal()).await, Err(Error::LinkInvalid)));
    let session = house.app.enter_with_link(made.token.reveal(), &browser()).await.unwrap();
    assert!(matches!(house.app.enter_with_link(made.token.reveal(), &browser()).await, Err(Error::LinkInvalid)));
    let visitor = visit(&house, &session).await;
    assert!(!visitor.user.has_password && visitor.teams.is_empty());
    let with_password = house.app.change_password(&visitor, "", PASSWORD, &browser()).await.unwrap();
    assert!(visit(&house, &with_password).await.user.has_password);
    house.app.log_in("bo@example.com", PASSWORD, &browser()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_use_a_link_at_once_one_gets_in() {
    let house = House::new().await;
    let made = house.operator.create_user("bo@example.com", "Bo", None).await.unwrap();
    let here = browser();
    let ends = futures::future::join_all((0..8).map(|_| house.app.enter_with_link(made.token.reveal(), &here))).await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_needs_the_old_one_and_ends_the_other_sessions() {
    let house = House::new().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    let other = house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap();
    let visitor = visit(&house, &session).await;
    let faults = house.app.change_password(&visitor, "wrong password", "password", &browser()).await.unwrap_err();
    assert_eq!(codes(faults), [("password".to_owned(), "too_common"), ("current".to_owned(), "wrong")]);
    let renewed = house.app.change_password(&visitor, PASSWORD, "nine blue kettles", &browser()).await.unwrap();
    assert!(house.app.visitor(other.token.reveal()).await.unwrap().is_none());
    assert!(house.app.visitor(session.token.reveal()).await.unwrap().is_none());
    assert!(house.app.visitor(renewed.token.reveal()).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_changes_at_once_without_a_mail_server_unless_somebody_has_it() {
    let house = House::new().await;
    let visitor = visit(&house, &signed_up(&house, "ada@example.com", "One").await).await;
    signed_up(&house, "bo@example.com", "Two").await;
    let taken = house.app.change_email(&visitor, "Bo@example.com").await.unwrap_err();
    assert_eq!(codes(taken), [("email".to_owned(), "taken")]);
    assert!(house.app.change_email(&visitor, "lovelace@example.com").await.unwrap());
    house.app.log_in("lovelace@example.com", PASSWORD, &browser()).await.unwrap();
    house.app.change_name(&visitor, "Ada Lovelace").await.unwrap();
    assert_eq!(house.store.user(visitor.user.id).await.unwrap().unwrap().name, "Ada Lovelace");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_forgotten() {
    let house = still().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    let link = SecretToken::generate().unwrap();
    let now = house.clock.now();
    let new =
        NewLink { digest: link.digest(), purpose: LinkPurpose::SignIn, user: session.user, email: None, expires_at: now.plus(minutes(1)) };
    house.store.create_link(new, now).await.unwrap();
    house.clock.advance(minutes(13 * 60));
    house.app.tidy_once().await.unwrap();
    assert!(house.store.sessions(session.user, now).await.unwrap().is_empty());
    assert!(house.store.find_link(&link.digest(), LinkPurpose::SignIn, now).await.unwrap().is_none());
}
