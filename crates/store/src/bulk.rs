//! Bulk runs and their rows, as people make, stop and read them. Who works on a run stands in [`work`].

mod work;

use std::collections::HashMap;

use domain::{BulkRowState, BulkRunId, BulkState, GenerationId, GenerationStatus, TeamId, TemplateGroupId, Timestamp, UserId};

use crate::db::{Conn, QueryBuilder, bigint, number, on, row, word};
use crate::page::{Start, ask};
use crate::{Page, Result, Store};

pub use work::BulkPlace;
pub(crate) use work::{claim_row, made_row};

/// A run. Texts named "JSON" are opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRun {
    pub id: BulkRunId,
    pub team: TeamId,
    pub user: UserId,
    pub user_name: String,
    /// The file's name, or what stands for it.
    pub name: String,
    pub state: BulkState,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub template_name: String,
    /// JSON.
    pub columns: String,
    /// JSON.
    pub setup: String,
    /// It stops before the rows after this one.
    pub until_row: Option<u32>,
    pub attempt: u32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// A sheet to be kept.
#[derive(Clone, Debug)]
pub struct NewBulkRun {
    pub id: BulkRunId,
    pub team: TeamId,
    pub user: UserId,
    pub user_name: String,
    pub name: String,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub template_name: String,
    /// JSON.
    pub columns: String,
    /// JSON.
    pub setup: String,
    /// Number and cells (JSON).
    pub rows: Vec<(u32, String)>,
}

/// One row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    pub number: u32,
    /// JSON.
    pub cells: String,
    pub state: BulkRowState,
    pub generation: Option<GenerationId>,
    /// Why it was rejected or refused; else empty.
    pub problem: String,
}

/// How many rows of a run are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulkCounts {
    pub rows: u64,
    pub waiting: u64,
    pub rejected: u64,
    pub refused: u64,
    pub made: u64,
    /// The number of the first row that waits.
    pub next: Option<u32>,
}

/// Rows whose generations stand alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkEnd {
    pub status: GenerationStatus,
    pub rows: u64,
    /// Credits charged for them.
    pub charged: i64,
}

/// Rows that are written with one statement.
const BATCH: usize = 200;
const LIST: &str = "bulk";

row!(RunRow {
    id: String,
    team_id: String,
    user_id: String,
    user_name: String,
    name: String,
    state: String,
    template_group_id: String,
    template_version: i64,
    template_name: String,
    columns: String,
    setup: String,
    until_row: Option<i64>,
    attempt: i64,
    created_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
});

macro_rules! columns {
    () => {
        "id, team_id, user_id, user_name, name, state, template_group_id, template_version, template_name, columns, setup, until_row, \
         attempt, created_at, started_at, ended_at"
    };
}

impl RunRow {
    fn run(self) -> Result<BulkRun> {
        Ok(BulkRun {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            user: word(&self.user_id)?,
            user_name: self.user_name,
            name: self.name,
            state: word(&self.state)?,
            template_group: word(&self.template_group_id)?,
            template_version: number(self.template_version)?,
            template_name: self.template_name,
            columns: self.columns,
            setup: self.setup,
            until_row: self.until_row.map(number).transpose()?,
            attempt: number(self.attempt)?,
            created_at: Timestamp::from_micros(self.created_at),
            started_at: self.started_at.map(Timestamp::from_micros),
            ended_at: self.ended_at.map(Timestamp::from_micros),
        })
    }
}

impl Store {
    /// Keeps a sheet as a draft.
    pub async fn create_bulk_run(&self, run: NewBulkRun, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                on!(conn, c => sqlx::query(
                    "insert into bulk_runs (id, team_id, user_id, user_name, name, state, template_group_id, template_version, template_name, \
                     columns, setup, attempt, created_at) values ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, 0, $11)")
                    .bind(run.id.to_string()).bind(run.team.to_string()).bind(run.user.to_string()).bind(&run.user_name).bind(&run.name)
                    .bind(run.template_group.as_str()).bind(i64::from(run.template_version)).bind(&run.template_name)
                    .bind(&run.columns).bind(&run.setup).bind(now.as_micros()).execute(c))?;
                for rows in run.rows.chunks(BATCH) {
                    let mut insert = QueryBuilder::new("insert into bulk_rows (run_id, number, cells, state, problem) ");
                    insert.push_values(rows, |mut values, (number, cells)| {
                        values
                            .push_bind(run.id.to_string())
                            .push_bind(i64::from(*number))
                            .push_bind(cells.clone())
                            .push_bind(BulkRowState::Waiting.as_str())
                            .push_bind("");
                    });
                    on!(conn, c => insert.build().execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }

    pub async fn bulk_run(&self, team: TeamId, id: BulkRunId) -> Result<Option<BulkRun>> {
        let mut read = self.read().await?;
        run(&mut read.conn(), team, id).await
    }

    /// The run with its counts and the states of its generations, all of one moment.
    pub async fn bulk_progress(&self, team: TeamId, id: BulkRunId) -> Result<Option<(BulkRun, BulkCounts, Vec<BulkEnd>)>> {
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let Some(run) = run(conn, team, id).await? else { return Ok(None) };
        let counts = counts(conn, vec![id.to_string()]).await?.remove(&id.to_string()).unwrap_or_default();
        Ok(Some((run, counts, ends(conn, team, id).await?)))
    }

    /// Newest first, each with its counts.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn bulk_runs(&self, team: TeamId, limit: u32, cursor: Option<&str>) -> Result<Page<(BulkRun, BulkCounts)>> {
        let start = Start::of(LIST, cursor)?;
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let rows: Vec<RunRow> = on!(conn, c => sqlx::query_as(concat!("select ", columns!(),
            " from bulk_runs where team_id = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4"))
            .bind(team.to_string()).bind(start.at).bind(start.id).bind(ask(limit)).fetch_all(c))?;
        let mut counts = counts(conn, rows.iter().map(|row| row.id.clone()).collect()).await?;
        let with_counts = |row: RunRow| {
            let counts = counts.remove(&row.id).unwrap_or_default();
            Ok((row.run()?, counts))
        };
        let rows = rows.into_iter().map(with_counts).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |(run, _): &(BulkRun, BulkCounts)| (run.created_at, run.id.to_string())))
    }

    /// Rows after the one of number `after`, in their order; of `states` only, where some are named.
    pub async fn bulk_rows(&self, team: TeamId, id: BulkRunId, states: &[BulkRowState], after: u32, limit: u32) -> Result<Vec<BulkRow>> {
        let mut query = QueryBuilder::new(
            "select number, cells, state, generation_id, problem from bulk_rows where run_id = (select id from bulk_runs where id = ",
        );
        query.push_bind(id.to_string()).push(" and team_id = ").push_bind(team.to_string());
        query.push(") and number > ").push_bind(i64::from(after));
        if !states.is_empty() {
            query.push(" and state ").push_in(states.iter().map(|state| state.as_str()));
        }
        query.push(" order by number limit ").push_bind(i64::from(limit));
        let mut read = self.read().await?;
        let rows: Vec<(i64, String, String, Option<String>, String)> = on!(&mut read.conn(), c => query.build_query_as().fetch_all(c))?;
        let row = |(at, cells, state, generation, problem): (i64, String, String, Option<String>, String)| {
            Ok(BulkRow {
                number: number(at)?,
                cells,
                state: word(&state)?,
                generation: generation.as_deref().map(word).transpose()?,
                problem,
            })
        };
        rows.into_iter().map(row).collect()
    }

    /// Keeps how a draft's columns are matched. False where it is no draft of the team.
    pub async fn set_bulk_setup(&self, team: TeamId, id: BulkRunId, setup: &str) -> Result<bool> {
        let setup = setup.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update bulk_runs set setup = $3 where id = $1 and team_id = $2 and state = 'draft'")
                    .bind(id.to_string()).bind(team.to_string()).bind(&setup).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// A draft runs from now on, without the `rejected` rows (number and reason). False where it is no draft of the team.
    pub async fn start_bulk_run(
        &self,
        team: TeamId,
        id: BulkRunId,
        rejected: Vec<(u32, String)>,
        until_row: Option<u32>,
        now: Timestamp,
    ) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let done = on!(conn, c => sqlx::query(
                    "update bulk_runs set state = 'running', started_at = $3, until_row = $4 where id = $1 and team_id = $2 and state = 'draft'")
                    .bind(id.to_string()).bind(team.to_string()).bind(now.as_micros()).bind(until_row.map(i64::from)).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                for (number, problem) in &rejected {
                    on!(conn, c => sqlx::query("update bulk_rows set state = 'rejected', problem = $3 where run_id = $1 and number = $2")
                        .bind(id.to_string()).bind(i64::from(*number)).bind(problem).execute(c))?;
                }
                Ok(true)
            })
        })
        .await
    }

    /// Stops a run: no further row is begun. False where it does not run.
    pub async fn pause_bulk_run(&self, team: TeamId, id: BulkRunId) -> Result<bool> {
        self.change_bulk_run(
            team,
            id,
            "update bulk_runs set state = 'paused', lease_owner = null, lease_until = null \
            where id = $1 and team_id = $2 and state = 'running'",
        )
        .await
    }

    /// A stopped run goes on to its end. False where it is not stopped.
    pub async fn resume_bulk_run(&self, team: TeamId, id: BulkRunId) -> Result<bool> {
        self.change_bulk_run(
            team,
            id,
            "update bulk_runs set state = 'running', until_row = null, lease_owner = null, lease_until = null \
            where id = $1 and team_id = $2 and state in ('paused', 'out_of_credits')",
        )
        .await
    }

    async fn change_bulk_run(&self, team: TeamId, id: BulkRunId, statement: &'static str) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(statement).bind(id.to_string()).bind(team.to_string()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Removes a run that does not run, with its sheet. What it made stays. False where there is none such.
    pub async fn delete_bulk_run(&self, team: TeamId, id: BulkRunId) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                on!(conn, c => sqlx::query("delete from bulk_rows where run_id = \
                    (select id from bulk_runs where id = $1 and team_id = $2 and state <> 'running')")
                    .bind(id.to_string()).bind(team.to_string()).execute(c))?;
                let done = on!(conn, c => sqlx::query("delete from bulk_runs where id = $1 and team_id = $2 and state <> 'running'")
                    .bind(id.to_string()).bind(team.to_string()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Removes up to `limit` drafts that were begun before `before` and never started. Gives their number.
    pub async fn forget_bulk_drafts(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let mut read = self.read().await?;
        let old: Vec<(String, String)> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, team_id from bulk_runs where state = 'draft' and created_at < $1 order by created_at limit $2")
            .bind(before.as_micros()).bind(bigint(u64::from(limit))).fetch_all(c))?;
        drop(read);
        let mut count = 0;
        for (id, team) in old {
            count += u64::from(self.delete_bulk_run(word(&team)?, word(&id)?).await?);
        }
        Ok(count)
    }
}

async fn run(conn: &mut Conn<'_>, team: TeamId, id: BulkRunId) -> Result<Option<BulkRun>> {
    let row: Option<RunRow> = on!(conn, c => sqlx::query_as(concat!("select ", columns!(), " from bulk_runs where id = $1 and team_id = $2"))
        .bind(id.to_string()).bind(team.to_string()).fetch_optional(c))?;
    row.map(RunRow::run).transpose()
}

async fn ends(conn: &mut Conn<'_>, team: TeamId, id: BulkRunId) -> Result<Vec<BulkEnd>> {
    let rows: Vec<(String, i64, i64)> = on!(conn, c => sqlx::query_as(
        "select g.status, count(*), cast(coalesce(sum(g.charged), 0) as bigint) from bulk_rows r join generations g on g.id = r.generation_id \
         where r.run_id = $1 and g.team_id = $2 group by g.status order by g.status")
        .bind(id.to_string()).bind(team.to_string()).fetch_all(c))?;
    rows.into_iter().map(|(status, rows, charged)| Ok(BulkEnd { status: word(&status)?, rows: number(rows)?, charged })).collect()
}

async fn counts(conn: &mut Conn<'_>, runs: Vec<String>) -> Result<HashMap<String, BulkCounts>> {
    let mut all: HashMap<String, BulkCounts> = HashMap::new();
    if runs.is_empty() {
        return Ok(all);
    }
    let mut query = QueryBuilder::new("select run_id, state, count(*), min(number) from bulk_rows where run_id ");
    query.push_in(runs).push(" group by run_id, state");
    let rows: Vec<(String, String, i64, i64)> = on!(conn, c => query.build_query_as().fetch_all(c))?;
    for (run, state, count, first) in rows {
        let counts = all.entry(run).or_default();
        let count = number(count)?;
        counts.rows += count;
        match word(&state)? {
            BulkRowState::Waiting => (counts.waiting, counts.next) = (count, Some(number(first)?)),
            BulkRowState::Made => counts.made = count,
            BulkRowState::Rejected => counts.rejected = count,
            BulkRowState::Refused => counts.refused = count,
        }
    }
    Ok(all)
}
