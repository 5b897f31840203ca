//! Jobs: who works on which generation. A job is there from acceptance to the generation's end.

use domain::{GenerationId, Mode, TeamId, Timestamp};

use crate::{Lease, Result, Store};

/// A job that the caller now works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub generation: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    /// Counts from 1; [`Store::finish`] must name it.
    pub attempt: u32,
    /// JSON, as it was accepted.
    pub work: String,
}

impl Store {
    /// Takes the oldest queued job.
    pub async fn claim_job(&self, lease: Lease, now: Timestamp) -> Result<Option<Job>> {
        let _ = (lease, now);
        unimplemented!()
    }

    /// Prolongs the leases of all jobs that `lease.owner` works on. Gives their number.
    pub async fn renew_leases(&self, lease: Lease) -> Result<u64> {
        let _ = lease;
        unimplemented!()
    }

    /// Queues the jobs again whose lease is over: their worker died or hangs. Gives their number.
    pub async fn take_back_overdue(&self, now: Timestamp) -> Result<u64> {
        let _ = now;
        unimplemented!()
    }

    /// Queues every job again whose worker is not `owner`: at the start of the one process that holds the embedded store.
    pub async fn take_back_others(&self, owner: &str) -> Result<u64> {
        let _ = owner;
        unimplemented!()
    }

    /// Unfinished jobs of all teams: queued, running.
    pub async fn job_counts(&self) -> Result<(u64, u64)> {
        unimplemented!()
    }
}
