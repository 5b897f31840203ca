//! The auditor: whether the ledger is what it must be.

use domain::{TeamId, Timestamp};

use crate::{Result, Store};

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The rule that is broken: `balance`, `zero_sum`, `period`, `settles`, `reserve`, `stale_reserve`, `test_rows`.
    pub rule: &'static str,
    pub team: Option<TeamId>,
    /// The row concerned, and the figures.
    pub message: String,
}

impl Store {
    /// All mismatches, in one consistent read; none is what it should be.
    pub async fn audit_ledger(&self, now: Timestamp) -> Result<Vec<Mismatch>> {
        let _ = now;
        unimplemented!()
    }
}
