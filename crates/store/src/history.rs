//! Who did what in a team, when and from where. Entries are never changed.

use domain::{RequestId, TeamId, Timestamp, UserId};

use crate::db::{Conn, on, row, word};
use crate::page::{Start, ask};
use crate::{Page, Result, Store};

/// One entry of a team's audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    /// `None` for what the operator or the service did.
    pub user: Option<UserId>,
    /// As they were called then.
    pub user_name: String,
    /// A word of ours, such as `key.created`.
    pub action: String,
    /// What it was done to, in words: a key's name, an address.
    pub subject: String,
    pub detail: String,
    /// Empty for what came from no browser.
    pub address: String,
    pub at: Timestamp,
}

/// An entry to be kept.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `None` for what concerns an account alone.
    pub team: Option<TeamId>,
    pub user: Option<UserId>,
    pub user_name: String,
    pub action: &'static str,
    pub subject: String,
    pub detail: String,
    pub address: String,
}

/// Which entries are wanted; what is `None` lets all through.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    pub user: Option<UserId>,
    /// A whole word (`key.created`), or its beginning with the dot (`key.`).
    pub action: Option<String>,
    pub after: Option<Timestamp>,
    pub before: Option<Timestamp>,
}

const LIST: &str = "aud";

row!(EventRow {
    id: String,
    user_id: Option<String>,
    user_name: String,
    action: String,
    subject: String,
    detail: String,
    address: String,
    created_at: i64,
});

impl EventRow {
    fn event(self) -> Result<Event> {
        Ok(Event {
            id: self.id,
            user: self.user_id.as_deref().map(word).transpose()?,
            user_name: self.user_name,
            action: self.action,
            subject: self.subject,
            detail: self.detail,
            address: self.address,
            at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Keeps an entry together with what it tells of.
pub(crate) async fn insert(conn: &mut Conn<'_>, event: &NewEvent, now: Timestamp) -> Result<()> {
    // Nobody names an entry; its id sorts by time.
    let id = RequestId::new().to_string().replacen("req_", "aud_", 1);
    on!(conn, c => sqlx::query("insert into audit_log (id, team_id, user_id, user_name, action, subject, detail, address, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(id).bind(event.team.map(|team| team.to_string())).bind(event.user.map(|user| user.to_string())).bind(&event.user_name)
        .bind(event.action).bind(&event.subject).bind(&event.detail).bind(&event.address).bind(now.as_micros()).execute(c))?;
    Ok(())
}

/// The same where there is one: commands leave none.
pub(crate) async fn keep(conn: &mut Conn<'_>, note: Option<&NewEvent>, now: Timestamp) -> Result<()> {
    match note {
        Some(event) => insert(conn, event, now).await,
        None => Ok(()),
    }
}

impl Store {
    pub async fn note_event(&self, event: NewEvent, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| Box::pin(async move { insert(&mut conn, &event, now).await })).await
    }

    /// A team's entries, newest first.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn events(&self, team: TeamId, filter: &EventFilter, limit: u32, cursor: Option<&str>) -> Result<Page<Event>> {
        let start = Start::of(LIST, cursor)?;
        // `key.` takes what sorts from `key.` up to `key/`, the character after the dot.
        let (from, to) = match filter.action.as_deref() {
            None => (String::new(), "~".to_owned()),
            Some(action) => match action.strip_suffix('.') {
                Some(kind) => (action.to_owned(), format!("{kind}/")),
                None => (action.to_owned(), format!("{action} ")),
            },
        };
        let mut read = self.read().await?;
        let rows: Vec<EventRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, user_id, user_name, action, subject, detail, address, created_at from audit_log \
             where team_id = $1 and (created_at, id) < ($2, $3) and user_id is not distinct from coalesce($4, user_id) \
             and action >= $5 and action < $6 and created_at >= $7 and created_at < $8 order by created_at desc, id desc limit $9")
            .bind(team.to_string()).bind(start.at).bind(start.id).bind(filter.user.map(|user| user.to_string())).bind(from).bind(to)
            .bind(filter.after.map_or(i64::MIN, Timestamp::as_micros)).bind(filter.before.map_or(i64::MAX, Timestamp::as_micros))
            .bind(ask(limit)).fetch_all(c))?;
        let rows = rows.into_iter().map(EventRow::event).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |row| (row.at, row.id.clone())))
    }
}
