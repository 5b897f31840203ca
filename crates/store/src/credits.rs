//! Credits: grants, corrections, renewals, and the view of a period.

use domain::{Account, Credits, EntryKind, GenerationId, ImageId, TeamId, Timestamp};

use crate::{Result, Store};

/// What a correction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjusted {
    Done(Credits),
    /// It would have left less than nothing.
    Refused { remaining: i64 },
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

impl Store {
    /// The team's credits; a due renewal is performed first. `None` where there is no such team.
    pub async fn credits(&self, team: TeamId, now: Timestamp) -> Result<Option<Credits>> {
        let _ = (team, now);
        unimplemented!()
    }

    /// Gives credits that do not expire: bought, trial, or a present.
    pub async fn grant_credits(&self, team: TeamId, amount: i64, reason: &str, now: Timestamp) -> Result<Credits> {
        let _ = (team, amount, reason, now);
        unimplemented!()
    }

    /// The operator's correction, either way; it counts in the present period.
    pub async fn adjust_credits(&self, team: TeamId, by: i64, reason: &str, now: Timestamp) -> Result<Adjusted> {
        let _ = (team, by, reason, now);
        unimplemented!()
    }

    /// The team's transfers, newest first.
    pub async fn entries(&self, team: TeamId, limit: u32) -> Result<Vec<Entry>> {
        let _ = (team, limit);
        unimplemented!()
    }
}
