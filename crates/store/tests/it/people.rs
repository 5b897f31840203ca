//! The part of the contract that is about people: every function keeps its word, and another team's rows are no rows.

use std::time::Duration;

use domain::{Email, InviteId, KeyId, Mode, Role, SecretToken, SessionId, TeamId, UserId};
use store::{
    Error, EventFilter, Invitee, LinkPurpose, MemberChange, NewEvent, NewInvitation, NewKey, NewLink, NewSession, NewTeam, NewUser, Store,
    TeamChange, Trial, Try,
};

use crate::support::{self, days, start};

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

fn new_user(address: &str) -> NewUser {
    NewUser { id: UserId::new(), email: email(address), confirmed: false, name: "Ada".into(), password: Some("$hash".into()) }
}

fn new_team(name: &str) -> NewTeam {
    NewTeam { name: name.into(), slug: None, plan: "tiny".into() }
}

fn hour() -> Duration {
    Duration::from_secs(3600)
}

pub async fn contract(store: &Store) {
    let ada = accounts(store).await;
    sessions(store, ada).await;
    links(store, ada).await;
    let (team, bo) = members(store, ada).await;
    invitations(store, team, ada).await;
    history(store, team, ada).await;
    mails(store).await;
    tries(store).await;
    ends(store, team, ada, bo).await;
}

async fn accounts(store: &Store) -> UserId {
    let trial = Trial { credits: 5 };
    let (user, team) = store.sign_up(new_user("Ada@example.com"), new_team("People One"), trial, start()).await.unwrap();
    assert_eq!((user.email.as_str(), user.email_confirmed_at, user.has_password), ("Ada@example.com", None, true));
    assert_eq!((team.slug.as_str(), team.members), ("people-one", 1));
    assert_eq!(support::remaining(store, team.id, start()).await, 15);
    let twice = store.sign_up(new_user("ADA@example.com"), new_team("People Lost"), Trial::default(), start()).await;
    assert!(matches!(twice, Err(Error::Taken(_))));
    assert!(store.find_team("people-lost", start()).await.unwrap().is_none());
    assert_eq!(store.user(user.id).await.unwrap().unwrap(), user);
    assert_eq!(store.user_by_email(&email("aDa@example.com")).await.unwrap().unwrap().id, user.id);
    assert!(store.user(UserId::new()).await.unwrap().is_none());
    assert_eq!(store.password_hash(user.id).await.unwrap().as_deref(), Some("$hash"));
    assert_eq!(store.password_hash(UserId::new()).await.unwrap(), None);
    store.rename_user(user.id, "Ada L.").await.unwrap();
    store.set_email(user.id, email("ada.l@example.com"), start()).await.unwrap();
    assert!(store.set_operator(user.id, true).await.unwrap());
    assert!(!store.set_operator(UserId::new(), true).await.unwrap());
    let changed = store.user(user.id).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.email.as_str(), changed.operator), ("Ada L.", "ada.l@example.com", true));
    assert_eq!(changed.email_confirmed_at, Some(start()));
    let other = store.create_user(new_user("other@example.com"), start()).await.unwrap();
    assert!(matches!(store.set_email(other.id, email("ADA.l@example.com"), start()).await, Err(Error::Taken(_))));
    user.id
}

async fn sessions(store: &Store, ada: UserId) {
    let open = async |at| {
        let token = SecretToken::generate().unwrap();
        let new = NewSession {
            digest: token.digest(),
            id: SessionId::new(),
            user: ada,
            with_password: true,
            device: "d".into(),
            address: "a".into(),
        };
        let id = new.id;
        store.create_session(new, at).await.unwrap();
        (token, id)
    };
    let (token, id) = open(start()).await;
    let (session, user) = store.find_session(&token.digest(), start()).await.unwrap().unwrap();
    assert_eq!((session.id, session.password_at, user.id), (id, Some(start()), ada));
    assert!(store.find_session(&token.digest(), start().plus(store::IDLE)).await.unwrap().is_none());
    store.touch_session(&session, start().plus(hour())).await.unwrap();
    assert!(store.find_session(&token.digest(), start().plus(store::IDLE)).await.unwrap().is_some());
    let renewed = SecretToken::generate().unwrap();
    assert!(store.renew_session(id, renewed.digest(), false, start()).await.unwrap());
    assert!(!store.renew_session(SessionId::new(), token.digest(), false, start()).await.unwrap());
    assert!(store.find_session(&token.digest(), start()).await.unwrap().is_none());
    let (_, second) = open(start()).await;
    assert_eq!(store.sessions(ada, start()).await.unwrap().len(), 2);
    assert!(!store.end_session(UserId::new(), second).await.unwrap());
    assert!(store.end_session(ada, second).await.unwrap());
    open(start()).await;
    assert_eq!(store.end_other_sessions(ada, Some(id)).await.unwrap(), 1);
    store.set_password(ada, "$other".into(), None).await.unwrap();
    assert!(store.sessions(ada, start()).await.unwrap().is_empty());
    open(start()).await;
}

async fn links(store: &Store, ada: UserId) {
    let make = async |purpose, email: Option<&str>| {
        let token = SecretToken::generate().unwrap();
        let email = email.map(|text| text.parse().unwrap());
        store
            .create_link(NewLink { digest: token.digest(), purpose, user: ada, email, expires_at: start().plus(hour()) }, start())
            .await
            .unwrap();
        token.digest()
    };
    let reset = make(LinkPurpose::Reset, None).await;
    assert_eq!(store.find_link(&reset, LinkPurpose::Reset, start()).await.unwrap().unwrap().user, ada);
    assert!(store.find_link(&reset, LinkPurpose::SignIn, start()).await.unwrap().is_none());
    assert!(store.find_link(&reset, LinkPurpose::Reset, start().plus(hour())).await.unwrap().is_none());
    assert_eq!(store.use_reset_link(reset.clone(), "$third".into(), start()).await.unwrap(), Some(ada));
    assert_eq!(store.use_reset_link(reset, "$fourth".into(), start()).await.unwrap(), None);
    assert_eq!(store.password_hash(ada).await.unwrap().as_deref(), Some("$third"));
    let enter = make(LinkPurpose::SignIn, None).await;
    assert_eq!(store.use_sign_in_link(enter.clone(), start()).await.unwrap(), Some(ada));
    assert_eq!(store.use_sign_in_link(enter, start()).await.unwrap(), None);
    let taken = make(LinkPurpose::Confirm, Some("other@example.com")).await;
    assert!(matches!(store.use_confirm_link(taken, start()).await, Err(Error::Taken(_))));
    let confirm = make(LinkPurpose::Confirm, Some("ada@example.com")).await;
    assert_eq!(store.use_confirm_link(confirm, start()).await.unwrap(), Some(ada));
    assert_eq!(store.user(ada).await.unwrap().unwrap().email.as_str(), "ada@example.com");
}

async fn members(store: &Store, ada: UserId) -> (TeamId, UserId) {
    let team = store.create_own_team(ada, new_team("People Two"), Trial::default(), start()).await.unwrap().id;
    let teams = store.memberships(ada, start()).await.unwrap();
    assert_eq!(teams.iter().map(|row| row.team.name.as_str()).collect::<Vec<_>>(), ["People One", "People Two"]);
    let bo = store.create_user(new_user("bo@example.com"), start()).await.unwrap().id;
    store.put_member(team, bo, Role::Viewer, start()).await.unwrap();
    store.put_member(team, bo, Role::Member, start()).await.unwrap();
    assert!(matches!(store.put_member(TeamId::new(), bo, Role::Member, start()).await, Err(Error::Missing(_))));
    let rows = store.members(team).await.unwrap();
    assert_eq!(rows.iter().map(|row| (row.user, row.role)).collect::<Vec<_>>(), [(ada, Role::Owner), (bo, Role::Member)]);
    assert_eq!(store.team(team, start()).await.unwrap().unwrap().members, 2);
    assert_eq!(store.change_role(team, bo, Role::Admin, None, start()).await.unwrap(), MemberChange::Done);
    assert_eq!(store.change_role(team, UserId::new(), Role::Admin, None, start()).await.unwrap(), MemberChange::Missing);
    assert_eq!(store.change_role(team, ada, Role::Admin, None, start()).await.unwrap(), MemberChange::LastOwner);
    assert_eq!(store.remove_member(team, ada, None, start()).await.unwrap(), MemberChange::LastOwner);
    assert_eq!(store.hand_over(team, ada, UserId::new(), None, start()).await.unwrap(), MemberChange::Missing);
    assert_eq!(store.hand_over(team, ada, bo, None, start()).await.unwrap(), MemberChange::Done);
    assert_eq!(store.remove_member(team, ada, None, start()).await.unwrap(), MemberChange::Done);
    assert_eq!(store.remove_member(team, ada, None, start()).await.unwrap(), MemberChange::Missing);
    let change = TeamChange { name: Some("Two".into()), slug: Some("two-of-us".into()), ..TeamChange::default() };
    let changed = store.change_team(team, change, None, start()).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.slug.as_str(), changed.locale.as_str(), changed.members), ("Two", "two-of-us", "en", 1));
    let taken = TeamChange { slug: Some("people-one".into()), ..TeamChange::default() };
    assert!(matches!(store.change_team(team, taken, None, start()).await, Err(Error::Taken(_))));
    let bad = TeamChange { slug: Some("No".into()), ..TeamChange::default() };
    assert!(matches!(store.change_team(team, bad, None, start()).await, Err(Error::Invalid(_))));
    assert!(matches!(store.change_team(TeamId::new(), TeamChange::default(), None, start()).await, Err(Error::Missing(_))));
    (team, bo)
}

async fn invitations(store: &Store, team: TeamId, ada: UserId) {
    let new = |address: &str| NewInvitation {
        id: InviteId::new(),
        team,
        email: email(address),
        role: Role::Viewer,
        invited_by: Some(ada),
        expires_at: start().plus(days(14)),
    };
    assert!(matches!(store.invite(team, vec![new("x@example.com"), new("y@example.com")], Some(2), None, start()).await, Err(Error::Full)));
    assert!(store.invitations(team).await.unwrap().is_empty());
    assert!(matches!(store.invite(team, vec![new("BO@example.com")], None, None, start()).await, Err(Error::Taken(_))));
    let kept = store.invite(team, vec![new("x@example.com")], Some(2), None, start()).await.unwrap();
    let again = store.invite(team, vec![new("X@example.com")], Some(2), None, start()).await.unwrap();
    assert_eq!(again[0].id, kept[0].id);
    let id = kept[0].id;
    assert!(store.invitation(team, id).await.unwrap().is_some());
    assert!(store.invitation(TeamId::new(), id).await.unwrap().is_none());
    let token = SecretToken::generate().unwrap();
    assert!(store.link_invitation(id, token.digest(), start().plus(days(14)), start()).await.unwrap());
    assert!(!store.link_invitation(InviteId::new(), token.digest(), start().plus(days(14)), start()).await.unwrap());
    assert_eq!(store.invitation_of_link(&token.digest(), start()).await.unwrap().unwrap().id, id);
    assert!(store.invitation_of_link(&token.digest(), start().plus(days(14))).await.unwrap().is_none());
    let who = || Invitee::New { id: UserId::new(), name: "X".into(), password: "$x".into() };
    let (accepted, user) = store.accept_invitation(token.digest(), who(), None, start()).await.unwrap().unwrap();
    assert_eq!((accepted.id, store.user(user).await.unwrap().unwrap().email_confirmed_at), (id, Some(start())));
    assert!(store.accept_invitation(token.digest(), who(), None, start()).await.unwrap().is_none());
    assert_eq!(store.members(team).await.unwrap().len(), 2);
    assert_eq!(store.delete_user(user).await.unwrap(), []);
    let open = store.invite(team, vec![new("z@example.com")], None, None, start()).await.unwrap()[0].id;
    assert!(!store.revoke_invitation(TeamId::new(), open, None, start()).await.unwrap());
    assert!(store.revoke_invitation(team, open, None, start()).await.unwrap());
    assert!(!store.revoke_invitation(team, open, None, start()).await.unwrap());
}

async fn history(store: &Store, team: TeamId, ada: UserId) {
    let event = |action: &'static str, user: Option<UserId>| NewEvent {
        team: Some(team),
        user,
        user_name: "Ada".into(),
        action,
        subject: "s".into(),
        detail: "d".into(),
        address: "a".into(),
    };
    for (index, (action, user)) in
        [("key.created", Some(ada)), ("key.revoked", None), ("keys", None), ("member.left", Some(ada))].into_iter().enumerate()
    {
        store.note_event(event(action, user), start().plus(Duration::from_secs(index as u64))).await.unwrap();
    }
    let actions = async |filter: EventFilter| -> Vec<String> {
        store.events(team, &filter, 10, None).await.unwrap().rows.into_iter().map(|event| event.action).collect()
    };
    assert_eq!(actions(EventFilter::default()).await, ["member.left", "keys", "key.revoked", "key.created"]);
    assert_eq!(actions(EventFilter { action: Some("key.".into()), ..EventFilter::default() }).await, ["key.revoked", "key.created"]);
    assert_eq!(actions(EventFilter { action: Some("key.created".into()), ..EventFilter::default() }).await, ["key.created"]);
    assert_eq!(actions(EventFilter { user: Some(ada), ..EventFilter::default() }).await, ["member.left", "key.created"]);
    let after = EventFilter { after: Some(start().plus(Duration::from_secs(3))), ..EventFilter::default() };
    assert_eq!(actions(after).await, ["member.left"]);
    let before = EventFilter { before: Some(start().plus(Duration::from_secs(1))), ..EventFilter::default() };
    assert_eq!(actions(before).await, ["key.created"]);
    let page = store.events(team, &EventFilter::default(), 3, None).await.unwrap();
    let rest = store.events(team, &EventFilter::default(), 3, page.next.as_deref()).await.unwrap();
    assert_eq!((page.rows.len(), rest.rows.len(), rest.next), (3, 1, None));
    assert!(matches!(store.events(team, &EventFilter::default(), 3, Some("x")).await, Err(Error::Cursor)));
    assert!(store.events(TeamId::new(), &EventFilter::default(), 3, None).await.unwrap().rows.is_empty());
}

async fn mails(store: &Store) {
    store.queue_mail("ada@example.com", "one".into(), start()).await.unwrap();
    assert!(store.claim_mail(hour(), start().minus(hour())).await.unwrap().is_none());
    let mail = store.claim_mail(hour(), start()).await.unwrap().unwrap();
    assert_eq!((mail.recipient.as_str(), mail.message.as_str(), mail.attempt), ("ada@example.com", "one", 1));
    assert!(store.claim_mail(hour(), start()).await.unwrap().is_none(), "taken");
    assert_eq!(store.claim_mail(hour(), start().plus(hour())).await.unwrap().unwrap().attempt, 2);
    store.postpone_mail(&mail.id, start()).await.unwrap();
    assert_eq!(store.claim_mail(hour(), start()).await.unwrap().unwrap().attempt, 3);
    assert_eq!(store.mails_waiting().await.unwrap(), 1);
    store.forget_mail(&mail.id).await.unwrap();
    assert_eq!(store.mails_waiting().await.unwrap(), 0);
}

async fn tries(store: &Store) {
    let both = || vec![Try { scope: "a:1".into(), limit: 3 }, Try { scope: "b:1".into(), limit: 2 }];
    for _ in 0..2 {
        assert_eq!(store.take_try(both(), start()).await.unwrap(), None);
    }
    assert_eq!(store.take_try(both(), start().plus(hour() / 60)).await.unwrap(), Some(start().plus(store::TRY_WINDOW)));
    let alone = || vec![Try { scope: "a:1".into(), limit: 3 }];
    assert_eq!(store.take_try(alone(), start()).await.unwrap(), None, "a refusal counts nothing");
    assert!(store.take_try(alone(), start()).await.unwrap().is_some());
    store.give_back_tries(vec!["a:1".into()]).await.unwrap();
    assert_eq!(store.take_try(alone(), start()).await.unwrap(), None);
    assert_eq!(store.take_try(both(), start().plus(store::TRY_WINDOW)).await.unwrap(), None, "a new window");
    let one = || vec![Try { scope: "c:1".into(), limit: 10 }];
    let taken = futures::future::join_all((0..40).map(|_| store.take_try(one(), start()))).await;
    assert_eq!(taken.into_iter().filter(|end| matches!(end, Ok(None))).count(), 10);
    store.forget_past(start()).await.unwrap();
}

async fn renewed(store: &Store, team: TeamId, user: UserId) {
    let id = KeyId::of_console(team, user);
    let new = |team| {
        let (key, digest) = support::new_key(team, Mode::Test);
        (digest, NewKey { id, expires_at: Some(start().plus(hour())), ..key })
    };
    let (first, key) = new(team);
    assert_eq!(store.renew_key(key, None, start()).await.unwrap().id, id);
    assert!(store.revoke_key(Some(team), id, None, start()).await.unwrap());
    let (second, key) = new(team);
    store.renew_key(key, None, start()).await.unwrap();
    assert!(store.find_key(&first, start()).await.unwrap().is_none(), "the one before is gone");
    assert!(store.find_key(&second, start()).await.unwrap().unwrap().key.is_usable(start()));
    assert!(matches!(store.renew_key(new(TeamId::new()).1, None, start()).await, Err(Error::Missing("team"))));
    let keys = futures::future::join_all((0..20).map(|_| store.renew_key(new(team).1, None, start()))).await;
    assert!(keys.iter().all(Result::is_ok));
    assert_eq!(store.keys(Some(team)).await.unwrap().iter().filter(|key| key.id == id).count(), 1);
}

async fn ends(store: &Store, team: TeamId, ada: UserId, bo: UserId) {
    assert_eq!(store.delete_user(bo).await.unwrap(), [team]);
    let (key, digest) = support::key(store, team, Mode::Live).await;
    assert!(store.rename_key(team, key, "Renamed", None, start()).await.unwrap());
    assert!(!store.rename_key(TeamId::new(), key, "Renamed", None, start()).await.unwrap());
    assert!(!store.rename_key(team, KeyId::new(), "Renamed", None, start()).await.unwrap());
    renewed(store, team, ada).await;
    let call = support::call(team, key, 2);
    support::accepted(store, &call, start()).await;
    assert!(matches!(store.purge_step(team, Vec::new(), 10, start()).await, Err(Error::Missing(_))));
    store.delete_team(team, start()).await.unwrap();
    assert!(matches!(store.delete_team(team, start()).await, Err(Error::Missing(_))));
    assert!(store.memberships(bo, start()).await.unwrap().is_empty());
    assert!(store.team(team, start()).await.unwrap().is_none() && store.find_team("two-of-us", start()).await.unwrap().is_none());
    assert!(!store.find_key(&digest, start()).await.unwrap().unwrap().key.is_usable(start()));
    assert_eq!(store.teams_to_purge().await.unwrap(), [team]);
    assert!(store.kit_documents(team).await.unwrap().is_empty());
    assert!(!store.purge_step(team, Vec::new(), 10, start()).await.unwrap(), "first the generations");
    assert!(store.purge_step(team, vec!["logos/x".into()], 10, start()).await.unwrap());
    assert!(store.teams_to_purge().await.unwrap().is_empty());
    let doomed = store.doomed_blobs(1000).await.unwrap();
    assert!(doomed.contains(&"logos/x".to_owned()) && doomed.contains(&call.images[0].files[0].blob_key), "{doomed:?}");
    assert_eq!(support::remaining(store, team, start()).await, 10, "what it held came back");
    assert_eq!(store.delete_user(bo).await.unwrap(), []);
    assert!(store.user(bo).await.unwrap().is_none() && store.user(ada).await.unwrap().is_some());
}
