//! What an operator does from the command line, beside a running service or without one: teams, keys, imports, the audit.
//!
//! Needs the database, the blobs and the pepper; no engine, no lock.

mod demo;
mod import;
pub(crate) mod keys;
mod teams;
mod users;

use assets::BlobStore;
use domain::Pepper;
use serde::Serialize;
use store::{Store, Team};

use crate::{Clock, Error, Result};

pub use demo::Demo;
pub use import::{Imported, in_words};
pub use keys::{KeyView, NewKeyRequest, NewlyMadeKey};
pub use teams::TeamView;
pub use users::{OperatedUser, WithLink};

/// The operator's hands.
pub struct Operator {
    pub store: Store,
    pub blobs: BlobStore,
    pub pepper: Pepper,
    pub clock: Clock,
}

/// One line of the audit.
#[derive(Clone, Debug, Serialize)]
pub struct AuditFinding {
    pub rule: &'static str,
    pub team: Option<String>,
    pub message: String,
}

impl Operator {
    /// Everything in the ledger that does not add up; empty is what it should be.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit(&self) -> Result<Vec<AuditFinding>> {
        let mismatches = self.store.audit_ledger(self.clock.now()).await.map_err(refusal)?;
        Ok(mismatches
            .into_iter()
            .map(|mismatch| AuditFinding {
                rule: mismatch.rule,
                team: mismatch.team.map(|team| team.to_string()),
                message: mismatch.message,
            })
            .collect())
    }

    async fn find(&self, team: &str) -> Result<Team> {
        let found = self.store.find_team(team, self.clock.now()).await.map_err(refusal)?;
        found.ok_or_else(|| Error::Refused(format!("there is no team {team:?}; `repeatposts team list` names them")))
    }
}

/// A store's error in words for the operator.
fn refusal(error: store::Error) -> Error {
    match error {
        store::Error::Unavailable(why) => Error::Unavailable(why),
        store::Error::Database(_) | store::Error::Corrupt(_) | store::Error::Cursor => Error::internal(error),
        other => Error::Refused(other.to_string()),
    }
}
