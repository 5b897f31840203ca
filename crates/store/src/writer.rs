//! The one task that writes.
//!
//! Operations queue up; the task runs what has queued inside one transaction, each in a savepoint of its own, commits
//! once, and answers all of them: one fsync for up to [`GROUP`] operations. A group closes when the queue is empty, so
//! that a lone operation never waits for company: company gathers while the commit before is written. No operation is
//! answered before the commit that covers it.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::db::Conn;
use crate::error::is_fsync_failure;
use crate::{Error, Result, dialect};

/// The most operations in one commit.
const GROUP: usize = 64;
/// A group takes no further operation after this time, which bounds what its first one waits for the others.
const GROUP_TIME: Duration = Duration::from_millis(10);
/// Operations that may wait; callers beyond wait for a place.
const QUEUE: usize = 4096;
/// The exit code after a failed fsync (`EX_IOERR`).
const FSYNC_EXIT: i32 = 74;

/// What an operation leaves behind.
pub(crate) enum Verdict<T> {
    /// Its changes stay.
    Keep(T),
    /// Its changes are undone; the value is answered all the same.
    Undo(T),
}

/// An operation that ran: whether its changes stay, and how to answer it once the commit is known.
struct Done {
    keep: bool,
    /// What the database said, where it failed.
    fault: Option<String>,
    answer: Box<dyn FnOnce(Result<(), String>) + Send>,
}

/// Something that waits for its turn.
trait Operation: Send {
    fn run<'t>(self: Box<Self>, conn: Conn<'t>) -> BoxFuture<'t, Done>;
    /// There is no transaction to run it in.
    fn refuse(self: Box<Self>, message: String);
}

struct Queued<T, F> {
    operation: F,
    sender: oneshot::Sender<Result<T>>,
}

impl<T, F> Operation for Queued<T, F>
where
    T: Send + 'static,
    F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Send + 'static,
{
    fn run<'t>(self: Box<Self>, conn: Conn<'t>) -> BoxFuture<'t, Done> {
        let Self { operation, sender } = *self;
        async move {
            let running = AssertUnwindSafe(async move { operation(conn).await }).catch_unwind();
            let outcome = running.await.unwrap_or_else(|_| Err(Error::Corrupt("an operation panicked".into())));
            let fault = outcome.as_ref().err().map(Error::to_string);
            let (keep, value) = match outcome {
                Ok(Verdict::Keep(value)) => (true, Ok(value)),
                Ok(Verdict::Undo(value)) => (false, Ok(value)),
                Err(error) => (false, Err(error)),
            };
            let answer = move |commit: Result<(), String>| {
                // Where nobody waits any more, the operation counts all the same.
                let _ = sender.send(commit.map_err(Error::Unavailable).and(value));
            };
            Done { keep, fault, answer: Box::new(answer) }
        }
        .boxed()
    }

    fn refuse(self: Box<Self>, message: String) {
        let _ = self.sender.send(Err(Error::Unavailable(message)));
    }
}

/// The queue's entrance. Clones share one task, which ends when the last one is gone or [`Writer::close`] is called.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Run(Box<dyn Operation>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    pub fn start(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let task = Task { connection: Some(connection), options, waiting, next: None, closing: None };
        tokio::spawn(task.run());
        Self { queue }
    }

    /// Runs `operation` in the next commit. Once it is queued it runs to its end, whether or not the caller still waits.
    pub async fn run<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let closed = || Error::Unavailable("the store is closed".into());
        self.queue.send(Message::Run(Box::new(Queued { operation, sender }))).await.map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
    }

    /// Waits until everything queued so far is committed, then ends the task.
    pub async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.queue.send(Message::Close(sender)).await.is_ok() {
            let _ = receiver.await;
        }
    }
}

struct Task {
    /// `None` after a failure that leaves its state in doubt; opened again for the next group.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    waiting: mpsc::Receiver<Message>,
    /// Taken from the queue, and not yet run.
    next: Option<Box<dyn Operation>>,
    closing: Option<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self) {
        while self.closing.is_none() {
            match self.waiting.recv().await {
                None => break,
                Some(Message::Close(answer)) => self.closing = Some(answer),
                Some(Message::Run(first)) => self.group(first).await,
            }
        }
        self.waiting.close();
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
        if let Some(answer) = self.closing.take() {
            let _ = answer.send(());
        }
    }

    /// One transaction: the first operation and what else has queued.
    async fn group(&mut self, first: Box<dyn Operation>) {
        if let Err(error) = self.begin().await {
            let message = self.failed(&error, None).await;
            first.refuse(message.clone());
            self.refuse_waiting(&message);
            return;
        }
        self.next = Some(first);
        let mut done = Vec::new();
        let outcome = match self.transaction(&mut done).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.failed(&error, done.last().and_then(|done| done.fault.clone())).await),
        };
        if let (Err(message), Some(taken)) = (&outcome, self.next.take()) {
            taken.refuse(message.clone());
        }
        for Done { answer, .. } in done {
            answer(outcome.clone());
        }
    }

    /// What waits would meet the same, each after the busy timeout: better an answer now.
    fn refuse_waiting(&mut self, message: &str) {
        while self.closing.is_none() {
            match self.waiting.try_recv() {
                Ok(Message::Run(operation)) => operation.refuse(message.to_owned()),
                Ok(Message::Close(answer)) => self.closing = Some(answer),
                Err(_) => return,
            }
        }
    }

    async fn transaction(&mut self, done: &mut Vec<Done>) -> Result<(), sqlx::Error> {
        let Some(connection) = self.connection.as_mut() else { return Err(sqlx::Error::WorkerCrashed) };
        let started = Instant::now();
        while let Some(operation) = self.next.take() {
            let ran = operation.run(Conn::Sqlite(connection)).await;
            let keep = ran.keep;
            done.push(ran);
            if !keep {
                sqlx::query("rollback to operation").execute(&mut *connection).await?;
            }
            if done.len() < GROUP && started.elapsed() < GROUP_TIME {
                match self.waiting.try_recv() {
                    Ok(Message::Run(operation)) => self.next = Some(operation),
                    Ok(Message::Close(answer)) => self.closing = Some(answer),
                    Err(_) => {}
                }
            }
            // Each statement is a trip to the connection's thread and back: what belongs together goes together.
            let step = if self.next.is_some() { dialect::NEXT_OPERATION } else { dialect::END_WRITE };
            sqlx::query(step).execute(&mut *connection).await?;
        }
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await?),
        };
        sqlx::query(dialect::BEGIN_OPERATION).execute(connection).await?;
        Ok(())
    }

    /// After a failure: the transaction is undone where it still stands; where even that fails, the connection goes.
    ///
    /// `cause` is what the last operation met: SQLite may have dropped the transaction then, and `error` only says that it is gone.
    async fn failed(&mut self, error: &sqlx::Error, cause: Option<String>) -> String {
        if is_fsync_failure(error) {
            // The system may have dropped the pages that it could not write: only a restart reads what is really there.
            tracing::error!(%error, "fsync failed; the process ends, and the restart recovers");
            std::process::exit(FSYNC_EXIT);
        }
        let message = cause.unwrap_or_else(|| error.to_string());
        tracing::warn!(error = message, "a group of writes failed");
        if let Some(mut connection) = self.connection.take() {
            // "No transaction is active" is fine: SQLite has rolled back by itself.
            let clean = match sqlx::query("rollback").execute(&mut connection).await {
                Ok(_) => true,
                Err(sqlx::Error::Database(error)) => error.message().contains("no transaction is active"),
                Err(_) => false,
            };
            if clean {
                self.connection = Some(connection);
            } else {
                let _ = connection.close_hard().await;
            }
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::on;

    async fn writer(folder: &tempfile::TempDir) -> Writer {
        let options = SqliteConnectOptions::new().filename(folder.path().join("w.db")).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        sqlx::query("create table t (n bigint not null unique)").execute(&mut connection).await.unwrap();
        Writer::start(connection, options)
    }

    async fn insert(writer: &Writer, number: i64, keep: bool) -> Result<()> {
        writer
            .run(move |mut conn| {
                Box::pin(async move {
                    on!(&mut conn, c => sqlx::query("insert into t (n) values ($1)").bind(number).execute(c))?;
                    Ok(if keep { Verdict::Keep(()) } else { Verdict::Undo(()) })
                })
            })
            .await
    }

    async fn count(writer: &Writer) -> i64 {
        let read = writer.run(|mut conn| {
            Box::pin(
                async move { Ok(Verdict::Keep(on!(&mut conn, c => sqlx::query_scalar::<_, i64>("select count(*) from t").fetch_one(c))?)) },
            )
        });
        read.await.unwrap()
    }

    #[tokio::test]
    async fn operations_of_one_group_fail_and_are_undone_by_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        let outcomes =
            futures::join!(insert(&writer, 1, true), insert(&writer, 1, true), insert(&writer, 2, false), insert(&writer, 3, true));
        assert!(outcomes.0.is_ok() && outcomes.1.unwrap_err().is_duplicate() && outcomes.2.is_ok() && outcomes.3.is_ok());
        assert_eq!(count(&writer).await, 2);
    }

    #[tokio::test]
    async fn an_operation_that_panics_takes_nobody_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        let panics = writer.run::<(), _>(|mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("insert into t (n) values (9)").execute(c))?;
                panic!("on purpose")
            })
        });
        let outcomes = futures::join!(insert(&writer, 1, true), panics, insert(&writer, 2, true));
        assert!(outcomes.0.is_ok() && outcomes.1.is_err() && outcomes.2.is_ok());
        assert_eq!(count(&writer).await, 2);
    }

    #[tokio::test]
    async fn a_transaction_that_is_lost_fails_its_group_only() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        // As SQLite itself does when the disk is full: the whole transaction is gone in the middle of an operation.
        let lost = writer.run(|mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("rollback").execute(c))?;
                Ok(Verdict::Keep(()))
            })
        });
        let outcomes = futures::join!(insert(&writer, 1, true), lost);
        assert!(matches!(outcomes, (Err(Error::Unavailable(_)), Err(Error::Unavailable(_)))), "{outcomes:?}");
        assert_eq!(count(&writer).await, 0);
        insert(&writer, 1, true).await.unwrap();
        assert_eq!(count(&writer).await, 1);
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        let pages = async |most: &'static str| {
            let set = writer.run(move |mut conn| {
                Box::pin(async move {
                    on!(&mut conn, c => sqlx::query(most).execute(c))?;
                    Ok(Verdict::Keep(()))
                })
            });
            set.await.unwrap();
        };
        let fill = async || {
            let insert = writer.run(|mut conn| {
                Box::pin(async move {
                    let many = "insert into t (n) with recursive up(n) as (select 10 union all select n + 1 from up where n < 20000) select n from up";
                    on!(&mut conn, c => sqlx::query(many).execute(c))?;
                    Ok(Verdict::Keep(()))
                })
            });
            insert.await
        };
        pages("pragma max_page_count = 8").await;
        let refused = fill().await.unwrap_err();
        assert!(matches!(&refused, Error::Unavailable(message) if message.contains("full")), "{refused:?}");
        insert(&writer, 1, true).await.unwrap();
        pages("pragma max_page_count = 100000").await;
        fill().await.unwrap();
        assert_eq!(count(&writer).await, 19_992);
    }

    #[tokio::test]
    async fn a_held_write_lock_is_an_answer_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        let options = SqliteConnectOptions::new().filename(folder.path().join("w.db")).busy_timeout(Duration::ZERO);
        let mut other = options.connect().await.unwrap();
        let impatient = Writer::start(options.connect().await.unwrap(), options);
        sqlx::query("begin immediate").execute(&mut other).await.unwrap();
        assert!(matches!(insert(&impatient, 1, true).await, Err(Error::Unavailable(_))));
        sqlx::query("rollback").execute(&mut other).await.unwrap();
        insert(&impatient, 1, true).await.unwrap();
        assert_eq!(count(&writer).await, 1);
    }

    #[tokio::test]
    async fn after_closing_everything_is_refused_and_what_came_before_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(&folder).await;
        let (first, ()) = futures::join!(insert(&writer, 1, true), writer.close());
        first.unwrap();
        assert!(matches!(insert(&writer, 2, true).await, Err(Error::Unavailable(_))));
    }
}
