//! Who is looking: somebody signed in, or a member in the team of the address.

use std::collections::HashMap;

use app::{Browser, Member, Visitor};
use axum::extract::{FromRequestParts, Path};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::{Credits, Right};

use crate::Web;
use crate::error::PageError;
use crate::page::{CreditMeter, Frame, Page, Person, TeamLink};
use crate::pages::page_of;
use crate::text;
use crate::visit::Visit;

/// Anybody, signed in or not.
pub(crate) struct Anyone {
    pub visit: Visit,
    pub visitor: Option<Visitor>,
}

/// Somebody signed in; else the request goes to the log-in and comes back.
pub(crate) struct SignedIn {
    pub visit: Visit,
    pub visitor: Visitor,
}

/// A member in the team of `{team}`, the path's parameter; another team's slug is a 404.
pub(crate) struct InTeam {
    pub visit: Visit,
    pub visitor: Visitor,
    pub member: Member,
    credits: Credits,
}

impl FromRequestParts<Web> for Anyone {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let visit = Visit::from_request_parts(parts, web).await?;
        let visitor = match visit.session() {
            Some(token) => web.app().visitor(token).await?.map(|visitor| visitor.at(visit.address())),
            None => None,
        };
        Ok(Self { visit, visitor })
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let Anyone { visit, visitor } = Anyone::from_request_parts(parts, web).await?;
        // A form can't be sent again after the log-in: go on where its page was.
        let next = if parts.method.is_safe() { visit.target() } else { "/" };
        let visitor = visitor.ok_or_else(|| PageError::LogIn { next: next.to_owned() })?;
        Ok(Self { visit, visitor })
    }
}

impl FromRequestParts<Web> for InTeam {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let SignedIn { visit, visitor } = SignedIn::from_request_parts(parts, web).await?;
        let Path(path): Path<HashMap<String, String>> = Path::from_request_parts(parts, web).await.map_err(|_| PageError::NotFound)?;
        let slug = path.get("team").ok_or(PageError::NotFound)?;
        let member = web.app().member(&visitor, slug).await?;
        visit.remember_team(slug);
        let credits = web.app().team_credits(&member).await?;
        Ok(Self { visit, visitor, member, credits })
    }
}

impl Anyone {
    /// A page for everybody, which knows who is signed in.
    pub(crate) fn page(&self, title: impl Into<String>) -> Page {
        let page = self.visit.page(title);
        match &self.visitor {
            Some(visitor) => page.of(person(visitor)),
            None => page,
        }
    }
}

impl SignedIn {
    /// A page outside of a team.
    pub(crate) fn page(&self, title: impl Into<String>) -> Page {
        self.visit.page(title).of(person(&self.visitor))
    }
}

impl InTeam {
    /// Where the team's pages begin: `/t/northbank`.
    pub(crate) fn base(&self) -> String {
        format!("/t/{}", self.member.slug)
    }

    /// An address of the team: `who.path("/kits")`.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// A page of the team; `current` is the key of its navigation item.
    pub(crate) fn page(&self, title: impl Into<String>, current: &str) -> Page {
        let link = |slug: &str, name: &str| TeamLink {
            name: name.to_owned(),
            href: format!("/t/{slug}"),
            initials: text::initials(name),
            is_current: slug == self.member.slug,
        };
        let teams = self.visitor.teams.iter().map(|team| link(&team.slug, &team.name)).collect();
        let credits = CreditMeter {
            left: self.credits.remaining(),
            total: (!self.credits.unlimited).then(|| self.credits.total()),
            href: page_of("usage", &self.path("")),
            share: self.credits.share_used(),
            renews: text::date(self.credits.period.end),
            more: page_of("plan", &self.path("")).filter(|_| self.member.role.may(Right::Plan)),
        };
        let frame = Frame::new(link(&self.member.slug, &self.member.name), teams, Some(credits));
        self.visit.page(title).of(person(&self.visitor)).inside(frame, current)
    }
}

fn person(visitor: &Visitor) -> Person {
    let name = if visitor.user.name.is_empty() { &visitor.user.email } else { &visitor.user.name };
    Person { name: name.clone(), email: visitor.user.email.clone(), initials: text::initials(name) }
}

/// The browser of a request, for the audit log and the list of sessions.
impl FromRequestParts<Web> for Browser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, web).await.map_err(IntoResponse::into_response)?;
        let device = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self { address: visit.address(), device: device.to_owned() })
    }
}
