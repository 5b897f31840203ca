//! Jobs: who works on which generation. A job is there from acceptance to the generation's end.

use domain::{GenerationId, Mode, TeamId, Timestamp};

use crate::db::{Conn, QueryBuilder, locking, number, on, row, word};
use crate::{Lease, Result, Store};

/// A job that the caller now works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub generation: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    /// Counts from 1; [`Store::finish`] must name it.
    pub attempt: u32,
    /// How many attempts before this one were not ended by failure, but handed back.
    pub handed_back: u32,
    /// JSON, as it was accepted.
    pub work: String,
}

row!(JobRow { generation_id: String, team_id: String, attempt: i64, handed_back: i64 });

impl Store {
    /// Takes the oldest queued job; its generation is now `processing`.
    pub async fn claim_job(&self, lease: Lease, now: Timestamp) -> Result<Option<Job>> {
        // The common case, nothing to do, costs no write.
        let mut read = self.read().await?;
        let waiting: Option<String> = on!(&mut read.conn(), c => sqlx::query_scalar("select generation_id from jobs where lease_owner is null limit 1").fetch_optional(c))?;
        drop(read);
        if waiting.is_none() {
            return Ok(None);
        }
        self.write(move |mut conn| Box::pin(async move { claim(&mut conn, &lease, now).await })).await
    }

    /// Prolongs the leases of these jobs where `lease.owner` has them. Gives their number.
    pub async fn renew_leases(&self, lease: Lease, jobs: Vec<GenerationId>) -> Result<u64> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let mut update = QueryBuilder::new("update jobs set lease_until = ");
        update.push_bind(lease.until.as_micros()).push(" where lease_owner = ").push_bind(lease.owner).push(" and generation_id ");
        update.push_in(jobs.iter().map(GenerationId::to_string));
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => update.build().execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Queues the jobs again whose lease is over: their worker died or hangs. Gives their number.
    pub async fn take_back_overdue(&self, now: Timestamp) -> Result<u64> {
        let mut read = self.read().await?;
        let overdue: Option<String> = on!(&mut read.conn(), c => sqlx::query_scalar(
            "select generation_id from jobs where lease_owner is not null and lease_until < $1 limit 1")
            .bind(now.as_micros()).fetch_optional(c))?;
        drop(read);
        if overdue.is_none() {
            return Ok(0);
        }
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update jobs set lease_owner = null, lease_until = null where lease_owner is not null and lease_until < $1")
                    .bind(now.as_micros()).execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Queues the jobs of `owner` again, who works on none of them any more: where a process ends. Gives their number.
    pub async fn hand_back(&self, owner: &str) -> Result<u64> {
        let owner = owner.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update jobs set lease_owner = null, lease_until = null, handed_back = handed_back + 1 where lease_owner = $1").bind(owner).execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Queues every job again whose worker is not `owner`: at the start of the one process that holds the embedded store.
    pub async fn take_back_others(&self, owner: &str) -> Result<u64> {
        let owner = owner.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update jobs set lease_owner = null, lease_until = null where lease_owner is not null and lease_owner <> $1")
                    .bind(owner).execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Unfinished jobs of all teams: queued, running.
    pub async fn job_counts(&self) -> Result<(u64, u64)> {
        let mut read = self.read().await?;
        let (all, queued): (i64, i64) = on!(&mut read.conn(), c => sqlx::query_as(
            "select count(*), count(case when lease_owner is null then 1 end) from jobs").fetch_one(c))?;
        Ok((number(queued)?, number(all - queued)?))
    }
}

/// The attempt goes up with each claim: whoever held the job before can no longer end it.
async fn claim(conn: &mut Conn<'_>, lease: &Lease, now: Timestamp) -> Result<Option<Job>> {
    let claim = locking!(
        conn,
        "update jobs set lease_owner = $1, lease_until = $2, attempt = attempt + 1 where generation_id = \
         (select generation_id from jobs where lease_owner is null order by created_at, generation_id limit 1",
        " for update skip locked",
        ") returning generation_id, team_id, attempt, handed_back"
    );
    let row: Option<JobRow> = on!(conn, c => sqlx::query_as(claim)
        .bind(&lease.owner).bind(lease.until.max(now).as_micros()).fetch_optional(c))?;
    let Some(row) = row else { return Ok(None) };
    let (mode, work): (String, String) = on!(conn, c => sqlx::query_as(
        "update generations set status = 'processing' where id = $1 and team_id = $2 returning mode, work")
        .bind(&row.generation_id).bind(&row.team_id).fetch_one(c))?;
    Ok(Some(Job {
        generation: word(&row.generation_id)?,
        team: word(&row.team_id)?,
        mode: word(&mode)?,
        attempt: number(row.attempt)?,
        handed_back: number(row.handed_back)?,
        work,
    }))
}
