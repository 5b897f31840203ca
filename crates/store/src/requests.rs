//! What teams ask their operator for, and what becomes of it.

use domain::{Cycle, RequestId, TeamId, Timestamp, WishKind};

use crate::db::{on, row, word};
use crate::history::{self, NewEvent};
use crate::{Error, Result, Store, ledger};

/// A request that waits for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub id: String,
    pub team: TeamId,
    pub team_name: String,
    pub team_slug: String,
    /// Who asked.
    pub user_name: String,
    pub kind: WishKind,
    /// A plan's slug; empty for the other kinds.
    pub plan: String,
    /// Of a plan: how long a payment lasts.
    pub cycle: Cycle,
    /// Credits of a pack, or calls a minute.
    pub amount: i64,
    pub note: String,
    pub created_at: Timestamp,
}

/// A request to be kept.
#[derive(Clone, Debug)]
pub struct NewWish {
    pub team: TeamId,
    pub user_name: String,
    pub kind: WishKind,
    pub plan: String,
    pub cycle: Cycle,
    pub amount: i64,
    pub note: String,
}

row!(WishRow {
    id: String,
    team_id: String,
    team_name: String,
    team_slug: String,
    user_name: String,
    kind: String,
    plan: String,
    cycle: String,
    amount: i64,
    note: String,
    created_at: i64,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select r.id, r.team_id, t.name as team_name, t.slug as team_slug, r.user_name, r.kind, r.plan, r.cycle, r.amount, r.note, r.created_at \
             from requests r join teams t on t.id = r.team_id where r.state = 'open' and t.deleted_at is null ",
            $rest
        )
    };
}

impl WishRow {
    fn wish(self) -> Result<Wish> {
        Ok(Wish {
            id: self.id,
            team: word(&self.team_id)?,
            team_name: self.team_name,
            team_slug: self.team_slug,
            user_name: self.user_name,
            kind: word(&self.kind)?,
            plan: self.plan,
            cycle: word(&self.cycle)?,
            amount: self.amount,
            note: self.note,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

impl Store {
    /// Keeps a request in place of the team's open one of its kind.
    pub async fn keep_wish(&self, wish: NewWish, note: Option<NewEvent>, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let id = RequestId::new().to_string().replacen("req_", "ask_", 1);
                on!(conn, c => sqlx::query("insert into requests (id, team_id, user_name, kind, plan, cycle, amount, note, state, created_at) \
                    values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9) on conflict (team_id, kind) where state = 'open' do update \
                    set user_name = excluded.user_name, plan = excluded.plan, cycle = excluded.cycle, amount = excluded.amount, note = excluded.note, \
                    created_at = excluded.created_at")
                    .bind(id).bind(wish.team.to_string()).bind(&wish.user_name).bind(wish.kind.as_str()).bind(&wish.plan)
                    .bind(wish.cycle.as_str()).bind(wish.amount).bind(&wish.note).bind(now.as_micros()).execute(c))?;
                history::keep(conn, note.as_ref(), now).await
            })
        })
        .await
    }

    /// The open requests of a team, or of all, oldest first.
    pub async fn wishes(&self, team: Option<TeamId>) -> Result<Vec<Wish>> {
        let mut read = self.read().await?;
        let rows: Vec<WishRow> = on!(&mut read.conn(), c => sqlx::query_as(
            select!("and r.team_id = coalesce($1, r.team_id) order by r.created_at, r.id"))
            .bind(team.map(|team| team.to_string())).fetch_all(c))?;
        rows.into_iter().map(WishRow::wish).collect()
    }

    /// Takes a team's open request of a kind back. False where there is none.
    pub async fn withdraw_wish(&self, team: TeamId, kind: WishKind, note: Option<NewEvent>, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let done = on!(conn, c => sqlx::query("update requests set state = 'withdrawn', decided_at = $3 \
                    where team_id = $1 and kind = $2 and state = 'open'")
                    .bind(team.to_string()).bind(kind.as_str()).bind(now.as_micros()).execute(c))?;
                let withdrawn = done.rows_affected() > 0;
                history::keep(conn, note.as_ref().filter(|_| withdrawn), now).await?;
                Ok(withdrawn)
            })
        })
        .await
    }

    /// Declines a request, or approves it and does what it asked for; both happen, or neither. `None` where it is not open.
    ///
    /// # Errors
    /// `UnknownPlan` where the settings lost the plan meanwhile: the request stays open.
    pub async fn decide_wish(&self, id: &str, approve: bool, by: &str, reason: &str, now: Timestamp) -> Result<Option<Wish>> {
        let plans = self.shared_plans();
        let (id, by, reason) = (id.to_owned(), by.to_owned(), reason.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let row: Option<WishRow> = on!(conn, c => sqlx::query_as(select!("and r.id = $1")).bind(&id).fetch_optional(c))?;
                let Some(wish) = row.map(WishRow::wish).transpose()? else { return Ok(None) };
                let state = if approve { "approved" } else { "declined" };
                let done = on!(conn, c => sqlx::query("update requests set state = $2, decided_by = $3, reason = $4, decided_at = $5 \
                    where id = $1 and state = 'open'")
                    .bind(&id).bind(state).bind(&by).bind(&reason).bind(now.as_micros()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(None);
                }
                if approve {
                    let mut ledger = ledger::current(conn, &plans, wish.team, now).await?;
                    match wish.kind {
                        WishKind::Plan => ledger.choose(conn, &plans, &wish.plan, wish.cycle, now).await?,
                        WishKind::Pack => ledger.purchase(conn, wish.amount, "credit pack", now).await?,
                        WishKind::RateLimit => {
                            let limit = u32::try_from(wish.amount).map_err(|_| Error::Corrupt(format!("limit {}", wish.amount)))?;
                            on!(conn, c => sqlx::query("update teams set rate_limit = $2 where id = $1")
                                .bind(wish.team.to_string()).bind(i64::from(limit)).execute(c))?;
                        }
                    }
                }
                Ok(Some(wish))
            })
        })
        .await
    }
}
