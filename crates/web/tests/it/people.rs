//! Somebody who is signed in, for the tests of pages.

use app::people::{Accept, SignUp, SignedUp};
use app::{Browser as Device, Member, Role};
use testkit::{Browser, Server};

const PASSWORD: &str = "seven green kettles";

fn device() -> Device {
    Device { address: "192.0.2.7".parse().unwrap(), device: "Firefox on Linux".into() }
}

/// A browser that is signed in, and who it is in their team.
pub struct Signed {
    pub browser: Browser,
    pub member: Member,
}

impl Signed {
    /// An address of the team.
    pub fn path(&self, path: &str) -> String {
        format!("/t/{}{path}", self.member.slug)
    }
}

/// Signs up the owner of a new team on the Agency plan.
pub async fn owner(server: &Server, email: &str, team: &str) -> Signed {
    let form = SignUp { email: email.into(), name: "Ada".into(), password: PASSWORD.into(), team: team.into() };
    let SignedUp::In(session) = server.app.sign_up(form, &device()).await.unwrap() else { panic!("a mail without a mail server") };
    let signed = signed(server, session.token.reveal(), None).await;
    server.operator.set_plan(&signed.member.team.to_string(), "agency").await.unwrap();
    // The plan is part of who a member is.
    self::signed(server, session.token.reveal(), None).await
}

/// Somebody who joins a team in this role.
pub async fn joined(server: &Server, by: &Member, email: &str, role: Role) -> Signed {
    let invited = server.app.invite(by, &[email.to_owned()], role).await.unwrap();
    let link = invited[0].link.clone().unwrap();
    let who = Accept::New { name: "Bo", password: PASSWORD };
    let (session, slug) = server.app.accept_invite(link.rsplit('/').next().unwrap(), who, &device()).await.unwrap();
    signed(server, session.token.reveal(), Some(&slug)).await
}

async fn signed(server: &Server, token: &str, slug: Option<&str>) -> Signed {
    let visitor = server.app.visitor(token).await.unwrap().unwrap();
    let slug = slug.unwrap_or(&visitor.teams[0].slug).to_owned();
    let member = server.app.member(&visitor, &slug).await.unwrap();
    let browser = server.browser();
    browser.set_cookie("rp_session", token);
    Signed { browser, member }
}
