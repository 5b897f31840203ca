//! Writing on PostgreSQL: a transaction for each operation, from a pool.
//!
//! Operations lock what they decide about, in one order everywhere: a job, its generation, a team's credits. What is
//! undone all the same (a deadlock with something unforeseen) runs again, and so does what met a connection that had
//! died before; both are sure to have changed nothing. A connection that breaks in the middle of a commit leaves in doubt
//! what happened: only an operation that says it is [repeatable](Again) runs again then, and finds out.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use sqlx::PgPool;

use crate::db::{Conn, in_time};
use crate::dialect::PATIENCE;
use crate::writer::Verdict;
use crate::{Error, Result};

/// Whether an operation may run a second time after its first run may have been committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    /// It sees its own traces and gives the same answer.
    Repeatable,
}

/// No further run begins after this time.
const RETRY_FOR: Duration = Duration::from_secs(3);
/// Runs of what is undone for the sake of others; each waits a little longer for the next.
const RUNS: u32 = 10;
const STEP: Duration = Duration::from_millis(3);

/// How a run ended that gave no value.
enum Failed {
    /// No connection, or an answer that another run would not change.
    Final(Error),
    /// Nothing changed, and another run may succeed.
    Undone(Error),
    /// The connection broke after `commit` had been sent.
    Unknown(Error),
}

/// Runs `operation` to its end, whether or not the caller still waits.
pub(crate) async fn run<T, F>(pool: PgPool, again: Again, operation: F) -> Result<T>
where
    T: Send + 'static,
    F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Clone + Send + 'static,
{
    let task = tokio::spawn(async move { runs(&pool, again, operation).await });
    task.await.unwrap_or_else(|_| Err(Error::Corrupt("an operation panicked".into())))
}

async fn runs<T, F>(pool: &PgPool, again: Again, operation: F) -> Result<T>
where
    F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Clone + Send + 'static,
{
    let started = Instant::now();
    let mut run = 1;
    loop {
        let error = match once(pool, operation.clone()).await {
            Ok(value) => return Ok(value),
            Err(Failed::Final(error)) => return Err(error),
            Err(Failed::Unknown(error)) if again == Again::Never => {
                return Err(Error::Unavailable(format!("the connection broke during a commit, look whether it was made ({error})")));
            }
            Err(Failed::Undone(error) | Failed::Unknown(error)) => error,
        };
        if run == RUNS || started.elapsed() > RETRY_FOR {
            return Err(Error::Unavailable(error.to_string()));
        }
        tokio::time::sleep(STEP * run).await;
        run += 1;
    }
}

async fn once<T, F>(pool: &PgPool, operation: F) -> Result<T, Failed>
where
    F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>>,
{
    let connection = pool.acquire().await.map_err(|error| Failed::Final(error.into()))?;
    let mut transaction = in_time(PATIENCE, sqlx::Transaction::begin(connection, None)).await.map_err(undone)?;
    match operation(Conn::Postgres(&mut transaction, PATIENCE)).await {
        Ok(Verdict::Keep(value)) => match tokio::time::timeout(PATIENCE, transaction.commit()).await {
            Ok(Ok(())) => Ok(value),
            // The server itself says no: it has undone everything.
            Ok(Err(error @ sqlx::Error::Database(_))) => Err(undone(error.into())),
            Ok(Err(error)) => Err(Failed::Unknown(error.into())),
            Err(_) => Err(Failed::Unknown(Error::Unavailable("no answer to the commit".into()))),
        },
        Ok(Verdict::Undo(value)) => {
            // Where this fails, the connection is gone and everything undone.
            let _ = in_time(PATIENCE, transaction.rollback()).await;
            Ok(value)
        }
        Err(error) => {
            let _ = in_time(PATIENCE, transaction.rollback()).await;
            Err(undone(error))
        }
    }
}

fn undone(error: Error) -> Failed {
    if error.is_undone() || matches!(error, Error::Unavailable(_)) { Failed::Undone(error) } else { Failed::Final(error) }
}
