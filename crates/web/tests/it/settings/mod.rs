//! Team Settings, walked by people of a team.

mod general;
mod keys;
mod members;
mod plan;
mod stripe;
mod usage;

use app::people::{Accept, Browser as Caller, SignUp, SignedIn, SignedUp};
use app::{Clock, Member, Role};
use domain::Timestamp;
use testkit::{Browser, Server, Shown};

const PASSWORD: &str = "seven green kettles";

fn caller() -> Caller {
    Caller { address: "192.0.2.7".parse().unwrap(), device: "a test".into() }
}

/// A person's browser, and who they are in their team.
struct Person {
    browser: Browser,
    member: Member,
}

/// A service whose clock is moved by hand.
async fn still() -> (Server, Clock) {
    let clock = Clock::manual("2026-03-01T09:00:00Z".parse::<Timestamp>().unwrap());
    let hand = clock.clone();
    (Server::start_with(|setup| setup.clock = clock).await, hand)
}

async fn person(server: &Server, session: &SignedIn, slug: Option<&str>) -> Person {
    let visitor = server.app.visitor(session.token.reveal()).await.unwrap().unwrap();
    let slug = slug.unwrap_or(&visitor.teams[0].slug).to_owned();
    let member = server.app.member(&visitor, &slug).await.unwrap();
    let browser = server.browser();
    browser.set_cookie("rp_session", session.token.reveal());
    Person { browser, member }
}

/// Signs up; the team goes on `plan`.
async fn owner(server: &Server, email: &str, team: &str, plan: &str) -> Person {
    let form = SignUp { email: email.into(), name: "Ada <Bell>".into(), password: PASSWORD.into(), team: team.into() };
    let SignedUp::In(session) = server.app.sign_up(form, &caller()).await.unwrap() else { panic!("a mail without a mail server") };
    let visitor = server.app.visitor(session.token.reveal()).await.unwrap().unwrap();
    server.operator.set_plan(&visitor.teams[0].slug, plan).await.unwrap();
    person(server, &session, None).await
}

async fn joined(server: &Server, by: &Person, email: &str, role: Role) -> Person {
    let invited = server.app.invite(&by.member, &[email.to_owned()], role).await.unwrap();
    let link = invited[0].link.clone().unwrap();
    let who = Accept::New { name: "Bo", password: PASSWORD };
    let (session, slug) = server.app.accept_invite(link.rsplit('/').next().unwrap(), who, &caller()).await.unwrap();
    person(server, &session, Some(&slug)).await
}

impl Person {
    fn path(&self, rest: &str) -> String {
        format!("/t/{}/settings{rest}", self.member.slug)
    }

    async fn open(&self, rest: &str) -> Shown {
        self.browser.open(&self.path(rest)).await
    }

    /// Opens a page and sends its form to `action`.
    async fn fill(&self, page: &str, action: &str, pairs: &[(&str, &str)]) -> Shown {
        let page = self.open(page).await.expect(200);
        self.browser.submit(&page, &self.path(action), pairs).await
    }
}
