//! Who works on a bulk run: a lease on the whole run, and rows that one transaction gives to a generation.

use domain::{BulkRunId, BulkState, GenerationId, TeamId, Timestamp};

use super::{BulkRun, RunRow};
use crate::db::{Conn, locking, on, word};
use crate::{Lease, Result, Store};

/// The row of a run that a generation is for, and by which claim of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkPlace {
    pub run: BulkRunId,
    /// [`BulkRun::attempt`] of whoever works on it.
    pub attempt: u32,
    pub number: u32,
}

impl Store {
    /// Takes the running run that waits longest and that nobody works on, or whose worker's lease is over.
    pub async fn claim_bulk_run(&self, lease: Lease, now: Timestamp) -> Result<Option<BulkRun>> {
        // The common case, nothing to do, costs no write.
        let mut read = self.read().await?;
        let waiting: Option<String> = on!(&mut read.conn(), c => sqlx::query_scalar(
            "select id from bulk_runs where state = 'running' and (lease_owner is null or lease_until < $1) limit 1")
            .bind(now.as_micros()).fetch_optional(c))?;
        drop(read);
        if waiting.is_none() {
            return Ok(None);
        }
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let claim = locking!(
                    conn,
                    "update bulk_runs set lease_owner = $1, lease_until = $2, attempt = attempt + 1 where id = \
                     (select id from bulk_runs where state = 'running' and (lease_owner is null or lease_until < $3) \
                     order by started_at, id limit 1",
                    " for update skip locked",
                    ") returning id, team_id, user_id, user_name, name, state, template_group_id, template_version, template_name, columns, \
                     setup, until_row, attempt, created_at, started_at, ended_at"
                );
                let row: Option<RunRow> = on!(conn, c => sqlx::query_as(claim)
                    .bind(&lease.owner).bind(lease.until.as_micros()).bind(now.as_micros()).fetch_optional(c))?;
                row.map(RunRow::run).transpose()
            })
        })
        .await
    }

    /// Prolongs the lease of the claim that made `attempt`. False where the run is no longer that claim's.
    pub async fn renew_bulk_lease(&self, run: BulkRunId, attempt: u32, until: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update bulk_runs set lease_until = $3 where id = $1 and attempt = $2 and state = 'running' and lease_owner is not null")
                    .bind(run.to_string()).bind(i64::from(attempt)).bind(until.as_micros()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// The claim that made `attempt` ends its run, as done or for want of credits. False where it is no longer its own.
    pub async fn end_bulk_run(&self, run: BulkRunId, attempt: u32, state: BulkState, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let ended = (state == BulkState::Done).then(|| now.as_micros());
                let done = on!(&mut conn, c => sqlx::query(
                    "update bulk_runs set state = $3, ended_at = $4, lease_owner = null, lease_until = null \
                     where id = $1 and attempt = $2 and state = 'running'")
                    .bind(run.to_string()).bind(i64::from(attempt)).bind(state.as_str()).bind(ended).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Notes that a row's call was refused. False where the run is no longer the claim's, or the row does not wait.
    pub async fn refuse_bulk_row(&self, place: BulkPlace, problem: &str) -> Result<bool> {
        let problem = problem.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update bulk_rows set state = 'refused', problem = $3 where run_id = $1 and number = $2 and state = 'waiting' \
                     and exists (select 1 from bulk_runs b where b.id = $1 and b.state = 'running' and b.attempt = $4)")
                    .bind(place.run.to_string()).bind(i64::from(place.number)).bind(&problem).bind(i64::from(place.attempt)).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Frees the runs of `owner`, who works on none of them any more: where a process ends. Gives their number.
    pub async fn hand_back_bulk_runs(&self, owner: &str) -> Result<u64> {
        self.free_bulk_runs("update bulk_runs set lease_owner = null, lease_until = null where lease_owner = $1", owner).await
    }

    /// Frees every run whose worker is not `owner`: at the start of the one process that holds the embedded store.
    pub async fn take_back_bulk_runs(&self, owner: &str) -> Result<u64> {
        let others = "update bulk_runs set lease_owner = null, lease_until = null where lease_owner is not null and lease_owner <> $1";
        self.free_bulk_runs(others, owner).await
    }

    async fn free_bulk_runs(&self, statement: &'static str, owner: &str) -> Result<u64> {
        let owner = owner.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move { Ok(on!(&mut conn, c => sqlx::query(statement).bind(&owner).execute(c))?.rows_affected()) })
        })
        .await
    }
}

/// In Transaction A: the row becomes the generation's. False where it does not wait, or the run is no longer the claim's.
pub(crate) async fn claim_row(conn: &mut Conn<'_>, place: &BulkPlace, team: TeamId, generation: GenerationId) -> Result<bool> {
    let done = on!(conn, c => sqlx::query(
        "update bulk_rows set state = 'made', generation_id = $3 where run_id = $1 and number = $2 and state = 'waiting' \
         and exists (select 1 from bulk_runs b where b.id = $1 and b.team_id = $4 and b.state = 'running' and b.attempt = $5)")
        .bind(place.run.to_string()).bind(i64::from(place.number)).bind(generation.to_string()).bind(team.to_string())
        .bind(i64::from(place.attempt)).execute(c))?;
    Ok(done.rows_affected() == 1)
}

/// The generation that a row has, and whether it was deleted.
pub(crate) async fn made_row(conn: &mut Conn<'_>, place: &BulkPlace) -> Result<Option<(GenerationId, bool)>> {
    let row: Option<(String, bool)> = on!(conn, c => sqlx::query_as(
        "select g.id, (g.deleted_at is not null) from bulk_rows r join generations g on g.id = r.generation_id where r.run_id = $1 and r.number = $2")
        .bind(place.run.to_string()).bind(i64::from(place.number)).fetch_optional(c))?;
    row.map(|(id, deleted)| Ok((word(&id)?, deleted))).transpose()
}
