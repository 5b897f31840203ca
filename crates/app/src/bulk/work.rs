//! Who makes the rows: one process at a time for a run, some rows side by side, each of them by the ordinary use case.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{BulkRowState, BulkState, Maker, Mode, Scopes, Source};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::json;
use store::{BulkPlace, BulkRow, BulkRun};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;

use super::plan::Plan;
use crate::generate::RowCall;
use crate::generate::request::MAX_WAIT_MS;
use crate::{App, Error, GenerateCall, Missing, Principal, Result};

/// Runs that one process works on; others wait, or are another process'.
const RUNS: usize = 16;
/// Rows of a run that are begun and not ended.
const ROWS: usize = 4;
/// Rows read at a time.
const PAGE: u32 = 100;
/// How often the worker looks for runs that another process started or left.
const POLL: Duration = Duration::from_secs(1);
/// Between two tries of a row while the service can't take it.
const PAUSE: Duration = Duration::from_secs(1);
/// Tries of a row that fails by a fault of ours.
const TRIES: u32 = 3;
/// Between two looks at whether the last rows have ended.
const LOOK: Duration = Duration::from_millis(300);

/// What became of one row.
enum Row {
    Dealt,
    Unpaid,
    /// The run was stopped, or is another's.
    Closed,
}

/// When a row's call may begin: rows are accepted in their order, and drawn side by side.
struct Turn {
    before: oneshot::Receiver<()>,
    begun: oneshot::Sender<()>,
}

/// How this process' work on a run ended.
enum End {
    Done,
    OutOfCredits,
    /// The run is no longer ours, or the service ends.
    Left,
}

pub(crate) async fn work(app: App, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(RUNS));
    // Ends with this task.
    let mut runs = JoinSet::new();
    while !*stopped.borrow() {
        while runs.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match app.store.claim_bulk_run(app.lease(), app.clock.now()).await {
            Ok(Some(run)) => {
                let (app, stopped) = (app.clone(), stopped.clone());
                runs.spawn(async move {
                    app.work_bulk_run(run, stopped).await;
                    drop(place);
                });
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no bulk run could be claimed"),
        }
        drop(place);
        tokio::select! {
            () = app.bulk_started.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
    // The rows that were begun end; whoever stops us says how long that may take.
    while runs.join_next().await.is_some() {}
}

impl App {
    async fn work_bulk_run(&self, run: BulkRun, stopped: watch::Receiver<bool>) {
        let (id, attempt) = (run.id, run.attempt);
        let end = tokio::select! {
            end = self.make_rows(run, stopped) => end,
            () = self.keep_bulk_lease(id, attempt) => Ok(End::Left),
        };
        let state = match end {
            Ok(End::Done) => BulkState::Done,
            Ok(End::OutOfCredits) => BulkState::OutOfCredits,
            Ok(End::Left) => return,
            Err(error) => {
                // Its lease goes on until it is over; then it is tried again.
                tracing::error!(run = %id, %error, "a bulk run was interrupted");
                return;
            }
        };
        if let Err(error) = self.store.end_bulk_run(id, attempt, state, self.clock.now()).await {
            tracing::error!(run = %id, %error, "a bulk run's end was not noted; it is found again when its lease is over");
        }
    }

    /// Ends where the run is no longer this claim's.
    async fn keep_bulk_lease(&self, run: domain::BulkRunId, attempt: u32) {
        loop {
            tokio::time::sleep(self.config.lease / 4).await;
            match self.store.renew_bulk_lease(run, attempt, self.clock.now().plus(self.config.lease)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::error!(%run, %error, "a bulk run's lease was not prolonged"),
            }
        }
    }

    async fn make_rows(&self, run: BulkRun, stopped: watch::Receiver<bool>) -> Result<End> {
        let plan = self.bulk_plan(run).await?;
        let (team, id) = (plan.run.team, plan.run.id);
        let (mut rows, mut after, mut end) = (VecDeque::new(), 0, None);
        let mut rows_begun = FuturesUnordered::new();
        // Of the row before.
        let mut last = oneshot::channel().1;
        loop {
            while rows_begun.len() < ROWS && end.is_none() {
                if *stopped.borrow() {
                    end = Some(End::Left);
                    break;
                }
                if rows.is_empty() {
                    rows.extend(self.store.bulk_rows(team, id, &[BulkRowState::Waiting], after, PAGE).await?);
                }
                let row: BulkRow = match rows.pop_front() {
                    Some(row) if plan.run.until_row.is_none_or(|until| row.number <= until) => row,
                    Some(_) => {
                        end = Some(End::OutOfCredits);
                        break;
                    }
                    None => {
                        end = Some(End::Done);
                        break;
                    }
                };
                after = row.number;
                let (begun, next) = oneshot::channel();
                let turn = Turn { before: std::mem::replace(&mut last, next), begun };
                rows_begun.push(self.make_row(&plan, row, turn, stopped.clone()));
            }
            match rows_begun.next().await {
                Some(Ok(Row::Dealt)) => {}
                Some(Ok(Row::Unpaid)) => end = Some(End::OutOfCredits),
                Some(Ok(Row::Closed)) => end = Some(End::Left),
                Some(Err(error)) => return Err(error),
                None => break,
            }
        }
        let end = end.unwrap_or(End::Left);
        if matches!(end, End::Done) {
            // Rows that an earlier worker left begun are drawn by whoever took them.
            while self.store.bulk_progress(team, id).await?.is_some_and(|(.., ends)| ends.iter().any(|end| !end.status.is_finished())) {
                if *stopped.borrow() {
                    return Ok(End::Left);
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(end)
    }

    async fn make_row(&self, plan: &Plan, row: BulkRow, turn: Turn, stopped: watch::Receiver<bool>) -> Result<Row> {
        // An error is its sender's end, which is what is waited for.
        let _ = turn.before.await;
        let mut begun = Some(turn.begun);
        let place = BulkPlace { run: plan.run.id, attempt: plan.run.attempt, number: row.number };
        let read = plan.read(self, &row)?;
        if !read.problems.is_empty() {
            let why: Vec<&str> = read.problems.iter().map(|problem| problem.text.as_str()).collect();
            return self.refuse_row(place, &why.join(" ")).await;
        }
        let who = Principal {
            team: plan.run.team,
            maker: Maker::Person(plan.run.user),
            source: Source::Bulk,
            mode: Mode::Live,
            scopes: Scopes::ALL,
            plan: String::new(),
        };
        let mut body = plan.body(row.number, &read.input, read.external_id.as_deref());
        body["waitMs"] = json!(MAX_WAIT_MS);
        let mut tries = 0;
        loop {
            let call =
                GenerateCall { body: body.clone(), idempotency_key: None, prefer_async: false, request: None, received: Instant::now() };
            let why = match self.generate_for(&who, call, Some(RowCall { place, begun: begun.take() })).await {
                // Gone already is made, too.
                Ok(_) | Err(Error::Expired) => return Ok(Row::Dealt),
                Err(Error::InsufficientCredits { .. }) => return Ok(Row::Unpaid),
                Err(Error::Conflict(_)) => return Ok(Row::Closed),
                Err(Error::Overloaded | Error::Unavailable(_)) if *stopped.borrow() => return Ok(Row::Closed),
                Err(Error::Overloaded | Error::Unavailable(_)) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(Error::Validation(faults)) => faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" "),
                Err(Error::NotFound { what: Missing::Asset, .. }) => "An upload that this row names is not there.".to_owned(),
                Err(Error::NotFound { what: Missing::BrandKit, .. }) => "The brand kit is no longer there.".to_owned(),
                Err(Error::NotFound { .. }) => "The template, or one of its sizes, is no longer there.".to_owned(),
                Err(error) => {
                    tries += 1;
                    tracing::error!(run = %plan.run.id, row = row.number, %error, tries, "a bulk row was not made");
                    if tries < TRIES {
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                    "Something failed on our side.".to_owned()
                }
            };
            return self.refuse_row(place, &why).await;
        }
    }

    async fn refuse_row(&self, place: BulkPlace, why: &str) -> Result<Row> {
        Ok(if self.store.refuse_bulk_row(place, why).await? { Row::Dealt } else { Row::Closed })
    }
}
