//! Who belongs to a team, and who may change it; another team's people are absent.

use app::people::{Accept, Deletion};
use app::{Error, Right, Role};
use futures::future::join_all;

use super::{PASSWORD, browser, codes, joined, minutes, owner, signed_up, still, visit};
use crate::house::House;

/// A team with room for everybody.
async fn roomy(house: &House, email: &str, name: &str) -> (app::Visitor, app::Member) {
    let (visitor, member) = owner(house, email, name).await;
    house.operator.set_plan(&member.team.to_string(), "agency").await.unwrap();
    let session = house.app.log_in(email, PASSWORD, &browser()).await.unwrap();
    let fresh = visit(house, &session).await;
    let member = house.app.member(&fresh, &member.slug).await.unwrap();
    drop(visitor);
    (fresh, member)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_may_what_the_table_says_and_the_refusal_names_who_may() {
    let house = House::new().await;
    let (_, boss) = roomy(&house, "ada@example.com", "One").await;
    let (_, admin) = joined(&house, &boss, "admin@example.com", Role::Admin).await;
    let (_, viewer) = joined(&house, &boss, "viewer@example.com", Role::Viewer).await;
    for right in Right::ALL {
        assert!(boss.need(right).is_ok());
        assert_eq!(viewer.need(right).is_ok(), right == Right::Look, "{right:?}");
    }
    assert!(admin.need(Right::Keys).is_ok());
    let refused = admin.need(Right::DeleteTeam).unwrap_err();
    assert_eq!(refused.to_string(), "only an owner may delete the team");
    assert!(matches!(house.app.history(&viewer, &app::Query::default()).await, Err(Error::Forbidden(Right::AuditLog))));
    assert!(matches!(house.app.invite(&viewer, &["x@example.com".into()], Role::Viewer).await, Err(Error::Forbidden(Right::Members))));
    assert_eq!(house.app.members(&viewer).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_team_s_people_and_invitations_are_absent() {
    let house = House::new().await;
    let (one_visitor, one) = roomy(&house, "ada@example.com", "One").await;
    let (two_visitor, two) = roomy(&house, "bo@example.com", "Two").await;
    assert!(matches!(house.app.member(&one_visitor, &two.slug).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.member(&one_visitor, "never-was").await, Err(Error::NotFound { .. })));
    let stranger = two_visitor.user.id.to_string();
    assert!(matches!(house.app.change_role(&one, &stranger, Role::Viewer).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.remove_member(&one, &stranger).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.hand_over(&one, &stranger).await, Err(Error::NotFound { .. })));
    let invited = house.app.invite(&two, &["cy@example.com".into()], Role::Member).await.unwrap();
    let id = invited[0].invite.id.to_string();
    assert!(house.app.invites(&one).await.unwrap().is_empty());
    assert!(matches!(house.app.resend_invite(&one, &id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.revoke_invite(&one, &id).await, Err(Error::NotFound { .. })));
    let log = house.app.history(&one, &app::Query::default()).await.unwrap();
    assert!(log.events.is_empty(), "{:?}", log.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_neither_makes_nor_touches_an_owner() {
    let house = House::new().await;
    let (_, boss) = roomy(&house, "ada@example.com", "One").await;
    let (_, admin) = joined(&house, &boss, "admin@example.com", Role::Admin).await;
    let (_, other) = joined(&house, &boss, "other@example.com", Role::Member).await;
    let boss_id = boss.user.to_string();
    assert!(matches!(house.app.change_role(&admin, &boss_id, Role::Viewer).await, Err(Error::Forbidden(_))));
    assert!(matches!(house.app.remove_member(&admin, &boss_id).await, Err(Error::Forbidden(_))));
    assert!(matches!(house.app.change_role(&admin, &other.user.to_string(), Role::Owner).await, Err(Error::Forbidden(_))));
    assert!(matches!(house.app.invite(&admin, &["x@example.com".into()], Role::Owner).await, Err(Error::Forbidden(_))));
    assert!(matches!(house.app.hand_over(&admin, &other.user.to_string()).await, Err(Error::Forbidden(Right::HandOver))));
    house.app.change_role(&admin, &other.user.to_string(), Role::Admin).await.unwrap();
    house.app.remove_member(&admin, &other.user.to_string()).await.unwrap();
    let log = house
        .app
        .history(&boss, &app::Query(vec![("action".into(), "member.".into()), ("user".into(), admin.user.to_string())]))
        .await
        .unwrap();
    let actions: Vec<&str> = log.events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["member.removed", "member.role_changed", "member.joined"]);
    assert_eq!((log.events[1].detail.as_str(), log.events[1].address.as_str()), ("member → admin", "192.0.2.7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_keys_and_the_end_of_a_team_need_a_password_given_just_now() {
    let house = still().await;
    let session = signed_up(&house, "ada@example.com", "One").await;
    house.clock.advance(minutes(20));
    let visitor = visit(&house, &session).await;
    let member = house.app.member(&visitor, "one").await.unwrap();
    assert!(matches!(house.app.invite(&member, &["x@example.com".into()], Role::Viewer).await, Err(Error::PasswordNeeded)));
    assert!(matches!(house.app.delete_team(&member, "One").await, Err(Error::PasswordNeeded)));
    assert!(matches!(house.app.change_email(&visitor, "x@example.com").await, Err(Error::PasswordNeeded)));
    assert!(matches!(house.app.delete_account(&visitor, "ada@example.com").await, Err(Error::PasswordNeeded)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_can_not_leave_but_hands_over_and_then_can() {
    let house = House::new().await;
    let (visitor, boss) = roomy(&house, "ada@example.com", "One").await;
    assert!(matches!(house.app.leave_team(&boss).await, Err(Error::Conflict(_))));
    assert!(matches!(house.app.change_role(&boss, &boss.user.to_string(), Role::Viewer).await, Err(Error::Conflict(_))));
    let owned = house.app.delete_account(&visitor, "ada@example.com").await.unwrap();
    assert_eq!(owned, Deletion::OwnerOf(visitor.teams.clone()));
    let (heir, _) = joined(&house, &boss, "heir@example.com", Role::Member).await;
    house.app.hand_over(&boss, &heir.user.id.to_string()).await.unwrap();
    let roles: Vec<Role> = house.app.members(&boss).await.unwrap().into_iter().map(|row| row.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Admin]);
    house.app.leave_team(&boss).await.unwrap();
    assert_eq!(house.app.delete_account(&visitor, "ADA@example.com").await.unwrap(), Deletion::Done);
    assert!(matches!(house.app.log_in("ada@example.com", PASSWORD, &browser()).await, Err(Error::WrongCredentials)));
    assert_eq!(house.store.team(boss.team, house.clock.now()).await.unwrap().unwrap().members, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let house = House::new().await;
    let (_, one) = roomy(&house, "ada@example.com", "One").await;
    let (_, two) = joined(&house, &one, "bo@example.com", Role::Owner).await;
    let ends = join_all([house.app.leave_team(&one), house.app.leave_team(&two)]).await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_s_number_of_members_holds_for_invitations_and_for_those_who_accept_at_once() {
    let house = House::new().await;
    let (_, boss) = owner(&house, "ada@example.com", "One").await;
    let two = ["b@example.com".to_owned(), "c@example.com".to_owned()];
    assert!(matches!(house.app.invite(&boss, &two, Role::Member).await, Err(Error::Conflict(_))), "Essentials has two places");
    assert!(house.app.invites(&boss).await.unwrap().is_empty(), "all or none");
    // The operator may invite more than there is room for: accepting decides.
    let mut links = Vec::new();
    for index in 0..6 {
        links.push(house.operator.invite(&format!("p{index}@example.com"), "one", Role::Member).await.unwrap());
    }
    let here = browser();
    let who = || Accept::New { name: "P", password: PASSWORD };
    let ends = join_all(links.iter().map(|link| house.app.accept_invite(link.token.reveal(), who(), &here))).await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
    assert!(ends.iter().filter(|end| end.is_err()).all(|end| matches!(end, Err(Error::Conflict(_)))), "{ends:?}");
    assert_eq!(house.app.members(&boss).await.unwrap().len(), 2);
    assert_eq!(house.app.invites(&boss).await.unwrap().len(), 5, "who found no room can still come later");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_once_within_two_weeks_by_whoever_holds_the_newest_link() {
    let house = still().await;
    let (_, boss) = owner(&house, "ada@example.com", "One").await;
    let bo = signed_up(&house, "bo@example.com", "Two").await;
    let first = house.app.invite(&boss, &[" cy@example.com ".into(), String::new()], Role::Viewer).await.unwrap();
    let token = |link: &Option<String>| link.as_deref().unwrap().rsplit('/').next().unwrap().to_owned();
    let old = token(&first[0].link);
    assert!(first[0].link.as_deref().unwrap().starts_with("http://pictures.test/invite/"));
    let again = house.app.resend_invite(&boss, &first[0].invite.id.to_string()).await.unwrap();
    assert!(matches!(house.app.invitation(&old).await, Err(Error::LinkInvalid)));
    let link = token(&again.link);
    let shown = house.app.invitation(&link).await.unwrap();
    assert_eq!((shown.team_name.as_str(), shown.email.as_str(), shown.known), ("One", "cy@example.com", false));
    house.clock.advance(minutes(14 * 24 * 60));
    assert!(matches!(house.app.invitation(&link).await, Err(Error::LinkInvalid)));
    assert!(house.app.invites(&boss).await.unwrap()[0].expired);
    let renewed = token(&house.app.resend_invite(&boss, &first[0].invite.id.to_string()).await.unwrap().link);
    assert!(house.app.visitor(bo.token.reveal()).await.unwrap().is_none(), "two weeks are longer than a session");
    let bo = visit(&house, &house.app.log_in("bo@example.com", PASSWORD, &browser()).await.unwrap()).await;
    let (session, slug) = house.app.accept_invite(&renewed, Accept::As(&bo), &browser()).await.unwrap();
    let member = house.app.member(&visit(&house, &session).await, &slug).await.unwrap();
    assert_eq!((member.role, member.name.as_str()), (Role::Viewer, "One"));
    let twice = house.app.accept_invite(&renewed, Accept::As(&bo), &browser()).await;
    assert!(matches!(twice, Err(Error::LinkInvalid)));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_an_invitation_come_at_once_and_a_revoked_one_is_gone() {
    let house = House::new().await;
    let (_, boss) = roomy(&house, "ada@example.com", "One").await;
    let wrong = ["x".to_owned(), "fine@example.com".to_owned(), "y@".to_owned()];
    let faults = codes(house.app.invite(&boss, &wrong, Role::Member).await.unwrap_err());
    assert_eq!(faults, [("emails[0]".to_owned(), "invalid_email"), ("emails[2]".to_owned(), "invalid_email")]);
    assert_eq!(codes(house.app.invite(&boss, &[], Role::Member).await.unwrap_err()), [("emails".to_owned(), "required")]);
    let member = house.app.invite(&boss, &["ADA@example.com".into()], Role::Member).await.unwrap_err();
    assert_eq!(codes(member), [("emails".to_owned(), "taken")]);
    let sent = house.app.invite(&boss, &["cy@example.com".into()], Role::Member).await.unwrap();
    house.app.revoke_invite(&boss, &sent[0].invite.id.to_string()).await.unwrap();
    let token = sent[0].link.as_deref().unwrap().rsplit('/').next().unwrap();
    assert!(matches!(house.app.invitation(token).await, Err(Error::LinkInvalid)));
}
