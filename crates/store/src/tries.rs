//! How often something was tried: log-ins by account and address, mails by recipient. Windows of 15 minutes.

use std::time::Duration;

use domain::Timestamp;

use crate::db::{Conn, on};
use crate::writer::Verdict;
use crate::{Result, Store};

/// The length of a window; it starts with the first try in it.
pub const TRY_WINDOW: Duration = Duration::from_secs(15 * 60);

/// How long an invitation that is over can still be sent again.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Something to be counted, and how often it may happen within a window.
#[derive(Clone, Debug)]
pub struct Try {
    /// What is counted, such as `account:…`. Nothing that somebody typed stands in it in the clear.
    pub scope: String,
    pub limit: u32,
}

impl Store {
    /// Counts one try of each; or none at all where one has no room, and gives the time at which it will have.
    pub async fn take_try(&self, tries: Vec<Try>, now: Timestamp) -> Result<Option<Timestamp>> {
        self.write_or_undo(move |mut conn| {
            Box::pin(async move {
                for Try { scope, limit } in &tries {
                    if !take(&mut conn, scope, *limit, now).await? {
                        let started: Option<i64> = on!(&mut conn, c => sqlx::query_scalar("select started_at from tries where scope = $1")
                            .bind(scope).fetch_optional(c))?;
                        let started = started.map_or(now, Timestamp::from_micros);
                        return Ok(Verdict::Undo(Some(started.plus(TRY_WINDOW))));
                    }
                }
                Ok(Verdict::Keep(None))
            })
        })
        .await
    }

    /// Takes tries back that turned out well.
    pub async fn give_back_tries(&self, scopes: Vec<String>) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                for scope in &scopes {
                    on!(&mut conn, c => sqlx::query("update tries set used = used - 1 where scope = $1 and used > 0").bind(scope).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Forgets what is over: windows of tries, sessions, one-time links, invitations.
    pub async fn forget_past(&self, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let statements = [
                    ("delete from tries where started_at <= $1", now.minus(TRY_WINDOW)),
                    ("delete from sessions where seen_at <= $1", now.minus(crate::people::IDLE)),
                    ("delete from sessions where created_at <= $1", now.minus(crate::people::ABSOLUTE)),
                    ("delete from links where expires_at <= $1", now),
                    ("delete from links where invite_id in (select id from invitations where expires_at <= $1)", now.minus(KEPT)),
                    ("delete from invitations where expires_at <= $1", now.minus(KEPT)),
                ];
                for (statement, before) in statements {
                    on!(conn, c => sqlx::query(statement).bind(before.as_micros()).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// One statement decides: the row is counted up where there is room, or where its window is over.
async fn take(conn: &mut Conn<'_>, scope: &str, limit: u32, now: Timestamp) -> Result<bool> {
    let done = on!(conn, c => sqlx::query(
        "insert into tries (scope, started_at, used) values ($1, $2, 1) on conflict (scope) do update set \
         used = case when tries.started_at <= $3 or tries.started_at > $2 then 1 else tries.used + 1 end, \
         started_at = case when tries.started_at <= $3 or tries.started_at > $2 then $2 else tries.started_at end \
         where tries.used < $4 or tries.started_at <= $3 or tries.started_at > $2")
        .bind(scope).bind(now.as_micros()).bind(now.minus(TRY_WINDOW).as_micros()).bind(i64::from(limit)).execute(c))?;
    Ok(done.rows_affected() > 0)
}
