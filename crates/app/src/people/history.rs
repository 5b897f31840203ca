//! The audit log: written by every change, read by those who may.

use domain::{Right, TeamId, Timestamp, UserId};
use store::{EventFilter, Invitation, NewEvent};

use super::{Browser, Member, Visitor};
use crate::generations::{MAX_PAGE, PAGE};
use crate::{App, Query, Result};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    pub id: String,
    pub user: Option<UserId>,
    /// As they were called then; `operator` for what commands did.
    pub user_name: String,
    /// A word of ours, such as `key.created`.
    pub action: String,
    /// What it was done to: a key's name, an address.
    pub subject: String,
    pub detail: String,
    pub address: String,
    pub at: Timestamp,
}

/// A page of the log, newest first.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    pub events: Vec<EventView>,
    pub next: Option<String>,
}

impl Member {
    /// An entry about what this member does, to be kept together with it: `action` is `thing.done`.
    pub(crate) fn event(&self, action: &'static str, subject: &str, detail: &str) -> NewEvent {
        NewEvent {
            team: Some(self.team),
            user: Some(self.user),
            user_name: self.user_name.clone(),
            action,
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            address: self.address.clone(),
        }
    }
}

/// An entry about what an operator did to a team, from `address` or by a command.
pub(crate) fn by_operator(team: TeamId, action: &'static str, subject: &str, detail: &str, address: &str) -> NewEvent {
    NewEvent {
        team: Some(team),
        user: None,
        user_name: "operator".to_owned(),
        action,
        subject: subject.to_owned(),
        detail: detail.to_owned(),
        address: address.to_owned(),
    }
}

/// An entry about one who becomes a member.
pub(super) fn joined(invitation: &Invitation, user: UserId, name: &str, browser: &Browser) -> NewEvent {
    NewEvent {
        team: Some(invitation.team),
        user: Some(user),
        user_name: name.to_owned(),
        action: "member.joined",
        subject: invitation.email.to_string(),
        detail: invitation.role.to_string(),
        address: browser.address.to_canonical().to_string(),
    }
}

impl App {
    /// The team's audit log: `limit`, `cursor`, `user`, `action` (`key.created`, or `key.` for all about keys), `after`,
    /// `before`.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`]; faults of the query; [`crate::Error::InvalidCursor`].
    pub async fn history(&self, member: &Member, query: &Query) -> Result<HistoryPage> {
        member.need(Right::AuditLog)?;
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let filter = EventFilter {
            // An id that can't be one has done nothing.
            user: reader.text("user").map(|id| id.parse().unwrap_or_else(|_| UserId::new())),
            action: reader.text("action").map(str::to_owned),
            after: reader.time("after"),
            before: reader.time("before"),
        };
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.events(member.team, &filter, limit as u32, cursor).await?;
        let view = |event: store::Event| EventView {
            id: event.id,
            user: event.user,
            user_name: event.user_name,
            action: event.action,
            subject: event.subject,
            detail: event.detail,
            address: event.address,
            at: event.at,
        };
        Ok(HistoryPage { events: page.rows.into_iter().map(view).collect(), next: page.next })
    }

    /// Notes what a member did in the team, after a change whose store function takes no entry: `action` is `thing.done`.
    pub async fn note(&self, member: &Member, action: &'static str, subject: &str, detail: &str) {
        self.keep_event(member.event(action, subject, detail)).await;
    }

    /// Notes what an operator did to a team.
    pub(crate) async fn note_for(&self, visitor: &Visitor, team: TeamId, action: &'static str, subject: &str, detail: &str) {
        self.keep_event(by_operator(team, action, subject, detail, &visitor.address)).await;
    }

    pub(super) async fn note_own(&self, visitor: &Visitor, action: &'static str, detail: &str) {
        self.keep_event(NewEvent {
            team: None,
            user: Some(visitor.user.id),
            user_name: visitor.user.name.clone(),
            action,
            subject: String::new(),
            detail: detail.to_owned(),
            address: visitor.address.clone(),
        })
        .await;
    }

    pub(super) async fn note_account(&self, user: UserId, name: &str, action: &'static str, browser: &Browser) {
        self.keep_event(NewEvent {
            team: None,
            user: Some(user),
            user_name: name.to_owned(),
            action,
            subject: String::new(),
            detail: String::new(),
            address: browser.address.to_canonical().to_string(),
        })
        .await;
    }

    /// The change has happened: where its entry can't be kept, the log has it at least.
    async fn keep_event(&self, event: NewEvent) {
        let (team, user, action) = (event.team, event.user, event.action);
        if let Err(error) = self.store.note_event(event, self.clock.now()).await {
            tracing::error!(?team, ?user, action, %error, "an entry of the audit log was not kept");
        }
    }
}
