//! People: who is looking, what they may do, and everything about accounts, teams and their members.
//!
//! A page asks [`App::visitor`] who its session is, then [`App::member`] for the team in its address; the use cases take
//! one of the two, and check rights themselves.

mod account;
mod check;
mod enter;
mod export;
mod hasher;
pub(crate) mod history;
pub(crate) mod invites;
mod keys;
pub(crate) mod links;
mod members;
mod starter;
mod teams;
mod tidy;

use std::net::IpAddr;
use std::time::Duration;

use domain::{Right, Role, SecretToken, SessionId, TeamId, Timestamp, UserId};

use crate::{App, Error, Missing, Result};

pub use account::Deletion;
pub use enter::{SessionView, SignUp, SignedIn, SignedUp};
pub use history::{EventView, HistoryPage};
pub use invites::{Accept, InvitationView, Invite, Invited};
pub use keys::{CONSOLE_SCOPES, Grace, TeamKey};
pub use members::MemberView;
pub use teams::{TeamSettings, TeamView};

pub(crate) use hasher::Hasher;
pub(crate) use tidy::tidy;

/// For how long a password counts as just given.
const RECENTLY: Duration = Duration::from_secs(15 * 60);

/// The browser that a call comes from.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The client's, behind trusted proxies.
    pub address: IpAddr,
    /// What it calls itself; cut to 200 characters.
    pub device: String,
}

/// A person as pages show them to themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub confirmed: bool,
    /// False for who came by a link and has not chosen one yet.
    pub has_password: bool,
    pub created_at: Timestamp,
}

/// A team that a visitor belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub team: TeamId,
    pub slug: String,
    pub name: String,
    pub role: Role,
    /// The plan's slug.
    pub plan: String,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub user: UserView,
    pub session: SessionId,
    /// By name.
    pub teams: Vec<Membership>,
    /// May see and change every team's plan and limits.
    pub operator: bool,
    /// The password was given in the last 15 minutes.
    pub recently: bool,
    /// For the audit log: where the session began, or what [`Visitor::at`] set.
    pub address: String,
}

impl Visitor {
    /// The same, calling from `address`: what the audit log notes.
    #[must_use]
    pub fn at(self, address: IpAddr) -> Self {
        Self { address: address.to_canonical().to_string(), ..self }
    }

    /// # Errors
    /// [`Error::PasswordNeeded`] where the password was not given just now. Who has none yet passes.
    pub fn need_password(&self) -> Result<()> {
        if self.recently || !self.user.has_password { Ok(()) } else { Err(Error::PasswordNeeded) }
    }
}

/// A visitor in one of their teams.
#[derive(Clone, Debug)]
pub struct Member {
    pub user: UserId,
    pub user_name: String,
    pub team: TeamId,
    pub slug: String,
    /// The team's.
    pub name: String,
    pub role: Role,
    /// The plan's slug.
    pub plan: String,
    /// See [`Visitor::need_password`].
    pub(crate) password_ok: bool,
    pub(crate) address: String,
}

impl Member {
    /// # Errors
    /// [`Error::Forbidden`], which says who has the right.
    pub fn need(&self, right: Right) -> Result<()> {
        if self.role.may(right) { Ok(()) } else { Err(Error::Forbidden(right)) }
    }

    /// The right, and a password given in the last 15 minutes: for members, keys, the plan, and what can't be undone.
    ///
    /// # Errors
    /// [`Error::Forbidden`], then [`Error::PasswordNeeded`].
    pub fn need_with_password(&self, right: Right) -> Result<()> {
        self.need(right)?;
        if self.password_ok { Ok(()) } else { Err(Error::PasswordNeeded) }
    }
}

impl App {
    /// Who a session's token belongs to; `None` for one that is over, ended, or never was.
    ///
    /// # Errors
    /// The store's.
    pub async fn visitor(&self, token: &str) -> Result<Option<Visitor>> {
        let Ok(token) = SecretToken::parse(token) else { return Ok(None) };
        let now = self.clock.now();
        let Some((session, user)) = self.store.find_session(&token.digest(), now).await? else { return Ok(None) };
        let teams = self.store.memberships(user.id, now).await?.into_iter().map(|membership| Membership {
            team: membership.team.id,
            slug: membership.team.slug,
            name: membership.team.name,
            role: membership.role,
            plan: membership.team.plan,
        });
        let visitor = Visitor {
            session: session.id,
            teams: teams.collect(),
            operator: user.operator,
            recently: session.password_at.is_some_and(|at| now.since(at) < RECENTLY),
            address: session.address.clone(),
            user: UserView {
                id: user.id,
                email: user.email.to_string(),
                name: user.name,
                confirmed: user.email_confirmed_at.is_some(),
                has_password: user.has_password,
                created_at: user.created_at,
            },
        };
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.store.touch_session(&session, now).await {
                tracing::warn!(%error, "a session's use was not noted");
            }
        });
        Ok(Some(visitor))
    }

    /// The visitor in the team of a slug.
    ///
    /// # Errors
    /// [`Missing::Team`] for another team's slug as for one that never was.
    pub async fn member(&self, visitor: &Visitor, team_slug: &str) -> Result<Member> {
        let team = visitor.teams.iter().find(|team| team.slug == team_slug).ok_or_else(|| Error::missing(Missing::Team))?;
        Ok(Member {
            user: visitor.user.id,
            user_name: visitor.user.name.clone(),
            team: team.team,
            slug: team.slug.clone(),
            name: team.name.clone(),
            role: team.role,
            plan: team.plan.clone(),
            password_ok: visitor.need_password().is_ok(),
            address: visitor.address.clone(),
        })
    }
}
