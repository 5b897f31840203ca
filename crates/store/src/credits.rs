//! Credits: grants, corrections, renewals, and the view of a period.

use domain::{Account, Credits, EntryKind, GenerationId, ImageId, TeamId, Timestamp};

use crate::db::{on, row, word};
use crate::history::{self, NewEvent};
use crate::{Error, Result, Store, ledger};

/// The most credits of one grant or correction: sums of them stay far inside 64 bits.
const MOST: i64 = 1_000_000_000;

/// What a correction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjusted {
    Done(Credits),
    /// It would have left less than nothing.
    Refused {
        remaining: i64,
    },
}

/// One transfer of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub kind: EntryKind,
    pub from: Account,
    pub to: Account,
    pub amount: i64,
    pub generation: Option<GenerationId>,
    pub image: Option<ImageId>,
    pub reason: Option<String>,
    pub created_at: Timestamp,
}

row!(EntryRow {
    id: String,
    kind: String,
    from_account: String,
    to_account: String,
    amount: i64,
    generation_id: Option<String>,
    image_id: Option<String>,
    reason: Option<String>,
    created_at: i64,
});

impl Store {
    /// The team's credits; a due renewal is performed first. `None` where there is no such team.
    pub async fn credits(&self, team: TeamId, now: Timestamp) -> Result<Option<Credits>> {
        let mut read = self.read().await?;
        let Some((ledger, due)) = ledger::peek(&mut read.conn(), team, now).await? else { return Ok(None) };
        drop(read);
        if !due {
            return Ok(Some(ledger.credits));
        }
        let plans = self.shared_plans();
        self.write(move |mut conn| Box::pin(async move { Ok(Some(ledger::current(&mut conn, &plans, team, now).await?.credits)) })).await
    }

    /// Gives credits that do not expire: bought, trial, or a present. `note` is kept with it.
    ///
    /// # Errors
    /// `Missing` where there is no such team; `Invalid` for an amount below 1 or above a milliard.
    pub async fn grant_credits(&self, team: TeamId, amount: i64, reason: &str, note: Option<NewEvent>, now: Timestamp) -> Result<Credits> {
        if !(1..=MOST).contains(&amount) {
            return Err(Error::Invalid(format!("a grant is 1 to {MOST} credits")));
        }
        let (plans, reason) = (self.shared_plans(), reason.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let mut ledger = ledger::current(&mut conn, &plans, team, now).await?;
                ledger.purchase(&mut conn, amount, &reason, now).await?;
                history::keep(&mut conn, note.as_ref(), now).await?;
                Ok(ledger.credits)
            })
        })
        .await
    }

    /// The operator's correction, either way; it counts in the present period.
    ///
    /// # Errors
    /// `Missing` where there is no such team; `Invalid` for 0 or beyond a milliard either way.
    pub async fn adjust_credits(&self, team: TeamId, by: i64, reason: &str, now: Timestamp) -> Result<Adjusted> {
        if by == 0 || !(-MOST..=MOST).contains(&by) {
            return Err(Error::Invalid(format!("a correction is at most {MOST} credits either way, and not 0")));
        }
        let (plans, reason) = (self.shared_plans(), reason.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let mut ledger = ledger::current(&mut conn, &plans, team, now).await?;
                if ledger.adjust(&mut conn, by, &reason, now).await? {
                    Ok(Adjusted::Done(ledger.credits))
                } else {
                    Ok(Adjusted::Refused { remaining: ledger.credits.remaining() })
                }
            })
        })
        .await
    }

    /// The team's transfers, newest first.
    pub async fn entries(&self, team: TeamId, limit: u32) -> Result<Vec<Entry>> {
        let mut read = self.read().await?;
        let rows: Vec<EntryRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, kind, from_account, to_account, amount, generation_id, image_id, reason, created_at \
             from transfers where team_id = $1 order by created_at desc, id desc limit $2")
            .bind(team.to_string()).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(EntryRow::entry).collect()
    }
}

impl EntryRow {
    fn entry(self) -> Result<Entry> {
        Ok(Entry {
            kind: word(&self.kind)?,
            from: word(&self.from_account)?,
            to: word(&self.to_account)?,
            amount: self.amount,
            generation: self.generation_id.as_deref().map(word).transpose()?,
            image: self.image_id.as_deref().map(word).transpose()?,
            reason: self.reason,
            created_at: Timestamp::from_micros(self.created_at),
            id: self.id,
        })
    }
}
