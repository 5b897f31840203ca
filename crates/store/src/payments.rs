//! What a payment provider told: each event once, with its effect and its entry in the audit log, or not at all.

use domain::{Cycle, TeamId, Timestamp};

use crate::db::{on, word};
use crate::history::{self, NewEvent};
use crate::{Result, Store, ledger};

/// Something that was paid, or is not paid any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payment {
    Plan {
        team: TeamId,
        plan: String,
        cycle: Cycle,
        /// The provider's id of what pays for it from now on.
        subscription: String,
        /// Whether it begins; else it goes on, and means nothing where another one pays for the team by now.
        is_new: bool,
    },
    Pack {
        team: TeamId,
        credits: i64,
    },
    Ended {
        subscription: String,
    },
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Done,
    /// It was recorded before; nothing changed.
    Known,
    /// It is about no team of ours; nothing is kept.
    Ignored,
}

impl Store {
    /// Whether an event was acted on.
    pub async fn knows_payment(&self, event: &str) -> Result<bool> {
        let mut read = self.read().await?;
        let found: Option<i64> = on!(&mut read.conn(), c => sqlx::query_scalar("select created_at from payments where event_id = $1")
            .bind(event).fetch_optional(c))?;
        Ok(found.is_some())
    }

    /// Acts on an event as an operator's approval would. `without` is the plan of a team that nothing pays for any more, from
    /// the next renewal on.
    ///
    /// # Errors
    /// `UnknownPlan` where the settings lost the plan meanwhile: the event is not recorded.
    pub async fn record_payment(&self, event: &str, kind: &str, payment: Payment, without: &str, now: Timestamp) -> Result<Recorded> {
        let plans = self.shared_plans();
        let (event, kind, without) = (event.to_owned(), kind.to_owned(), without.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let (team, needed) = match &payment {
                    Payment::Plan { team, subscription, is_new, .. } => (Some(team.to_string()), Some(subscription).filter(|_| !is_new)),
                    Payment::Pack { team, .. } => (Some(team.to_string()), None),
                    Payment::Ended { subscription } => (None, Some(subscription)),
                };
                // A deleted team, or one that something else pays for, is not concerned.
                let team: Option<String> = on!(conn, c => sqlx::query_scalar("select id from teams where deleted_at is null \
                    and id = coalesce($1, id) and ($2 is null or subscription = $2 or ($1 is not null and subscription is null))")
                    .bind(team).bind(needed.cloned()).fetch_optional(c))?;
                let Some(team) = team.as_deref().map(word::<TeamId>).transpose()? else { return Ok(Recorded::Ignored) };
                let mut ledger = ledger::current(conn, &plans, team, now).await?;
                let added = on!(conn, c => sqlx::query("insert into payments (event_id, team_id, kind, created_at) values ($1, $2, $3, $4) \
                    on conflict (event_id) do nothing").bind(&event).bind(team.to_string()).bind(&kind).bind(now.as_micros()).execute(c))?;
                if added.rows_affected() == 0 {
                    return Ok(Recorded::Known);
                }
                let (action, subject) = match &payment {
                    Payment::Plan { plan, cycle, subscription, .. } => {
                        ledger.choose(conn, &plans, plan, *cycle, now).await?;
                        ledger.pay_by(conn, Some(subscription)).await?;
                        ("plan.paid", format!("{plan}, by the {cycle}"))
                    }
                    Payment::Pack { credits, .. } => {
                        ledger.purchase(conn, *credits, "credit pack", now).await?;
                        ("plan.pack_added", format!("{credits} credits"))
                    }
                    Payment::Ended { .. } => {
                        ledger.choose(conn, &plans, &without, Cycle::Month, now).await?;
                        ledger.pay_by(conn, None).await?;
                        ("plan.payment_ended", without)
                    }
                };
                let user_name = "Stripe".to_owned();
                let note = NewEvent { team: Some(team), user: None, user_name, action, subject, detail: event, address: String::new() };
                history::insert(conn, &note, now).await?;
                Ok(Recorded::Done)
            })
        })
        .await
    }
}
