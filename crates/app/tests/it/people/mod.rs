//! Accounts, teams and their members, without a mail server unless a file says so.

mod enter;
mod keys;
mod mail;
mod members;
mod teams;

use std::time::Duration;

use app::people::{Accept, Browser, SignUp, SignedIn, SignedUp};
use app::{Clock, Error, Member, Role, Visitor};
use domain::{Plans, Timestamp};

use crate::house::{House, config};

pub const PASSWORD: &str = "seven green kettles";

/// A house whose clock is moved by hand.
pub async fn still() -> House {
    House::built(config(), &[], Plans::DEFAULT_TEXT, Clock::manual("2026-03-01T09:00:00Z".parse::<Timestamp>().unwrap())).await
}

pub fn browser() -> Browser {
    from("192.0.2.7")
}

pub fn from(address: &str) -> Browser {
    Browser { address: address.parse().unwrap(), device: "Firefox on Linux".into() }
}

pub fn form(email: &str, team: &str) -> SignUp {
    SignUp { email: email.into(), name: "Ada".into(), password: PASSWORD.into(), team: team.into() }
}

/// Signs up and gives the session.
pub async fn signed_up(house: &House, email: &str, team: &str) -> SignedIn {
    match house.app.sign_up(form(email, team), &browser()).await.unwrap() {
        SignedUp::In(session) => session,
        SignedUp::Confirm => panic!("a mail without a mail server"),
    }
}

pub async fn visit(house: &House, session: &SignedIn) -> Visitor {
    house.app.visitor(session.token.reveal()).await.unwrap().expect("a session")
}

/// Signs up and gives the owner in the new team.
pub async fn owner(house: &House, email: &str, team: &str) -> (Visitor, Member) {
    let visitor = visit(house, &signed_up(house, email, team).await).await;
    let slug = visitor.teams[0].slug.clone();
    let member = house.app.member(&visitor, &slug).await.unwrap();
    (visitor, member)
}

/// Invites an address into the team and accepts with a new account.
pub async fn joined(house: &House, by: &Member, email: &str, role: Role) -> (Visitor, Member) {
    let invited = house.app.invite(by, &[email.to_owned()], role).await.unwrap();
    let link = invited[0].link.clone().expect("a link");
    let token = link.rsplit('/').next().unwrap();
    let who = Accept::New { name: "Bo", password: PASSWORD };
    let (session, slug) = house.app.accept_invite(token, who, &browser()).await.unwrap();
    let visitor = visit(house, &session).await;
    let member = house.app.member(&visitor, &slug).await.unwrap();
    (visitor, member)
}

/// Whether a text stands in the clear in any file of the house: the database's, its log, the blobs.
pub fn stands_somewhere(house: &House, secret: &str) -> bool {
    fn find(folder: &std::path::Path, secret: &[u8]) -> bool {
        std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
            let path = entry.path();
            if path.is_dir() { find(&path, secret) } else { std::fs::read(&path).unwrap().windows(secret.len()).any(|part| part == secret) }
        })
    }
    find(house.dir.path(), secret.as_bytes())
}

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub fn codes(error: Error) -> Vec<(String, &'static str)> {
    match error {
        Error::Validation(faults) => faults.into_iter().map(|fault| (fault.param, fault.code)).collect(),
        other => panic!("not a form's fault: {other:?}"),
    }
}
