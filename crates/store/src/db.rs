//! The seam between the queries and the two drivers.
//!
//! A query stands once: [`on!`] expands its body for each driver of [`Conn`]. What PostgreSQL needs beside it is said
//! where it is needed: rows that are locked ([`locking!`]), and things that only one may do at a time ([`one_at_a_time`]).

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::{Error, Result, dialect};

pub(crate) use crate::builder::QueryBuilder;

/// A connection to run statements on.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// With the time that one statement may take.
    Postgres(&'c mut PgConnection, Duration),
}

/// What a statement that writes has done, whatever the driver.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written(pub u64);

impl Written {
    pub fn rows_affected(self) -> u64 {
        self.0
    }
}

/// Runs a query on whatever driver the connection is of.
macro_rules! on {
    // Each driver's `execute` has a result type of its own: where a query ends in it, both become `Written`.
    (@ $conn:expr, $c:ident, [$($query:tt)+] .execute($e:ident)) => {
        match $conn {
            $crate::db::Conn::Sqlite(sqlite) => {
                let $c = &mut **sqlite;
                $($query)+.execute($e).await.map(|done| $crate::db::Written(done.rows_affected())).map_err($crate::Error::from)
            }
            $crate::db::Conn::Postgres(postgres, patience) => {
                let $c = &mut **postgres;
                $crate::db::in_time(*patience, $($query)+.execute($e)).await.map(|done| $crate::db::Written(done.rows_affected()))
            }
        }
    };
    (@ $conn:expr, $c:ident, [$($query:tt)+]) => {
        match $conn {
            $crate::db::Conn::Sqlite(sqlite) => {
                let $c = &mut **sqlite;
                $($query)+.await.map_err($crate::Error::from)
            }
            $crate::db::Conn::Postgres(postgres, patience) => {
                let $c = &mut **postgres;
                $crate::db::in_time(*patience, $($query)+).await
            }
        }
    };
    (@ $conn:expr, $c:ident, [$($query:tt)*] .$name:ident $arguments:tt $($rest:tt)*) => {
        $crate::db::on!(@ $conn, $c, [$($query)* .$name $arguments] $($rest)*)
    };
    (@ $conn:expr, $c:ident, [$($query:tt)*] $next:tt $($rest:tt)*) => {
        $crate::db::on!(@ $conn, $c, [$($query)* $next] $($rest)*)
    };
    ($conn:expr, $c:ident => $($query:tt)+) => {
        $crate::db::on!(@ $conn, $c, [] $($query)+)
    };
}
pub(crate) use on;

/// A text whose middle is PostgreSQL's alone: how rows are locked. SQLite has one writer, and needs no locks.
macro_rules! locking {
    ($conn:expr, $before:expr, $lock:literal, $after:literal) => {
        match $conn {
            $crate::db::Conn::Sqlite(_) => concat!($before, $after),
            $crate::db::Conn::Postgres(..) => concat!($before, $lock, $after),
        }
    };
}
pub(crate) use locking;

/// A struct that is read from a row by its fields' names, of any driver.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        pub(crate) struct $name { $(pub(crate) $field: $type),+ }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>),+
        {
            fn from_row(row: &'r R) -> std::result::Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use row;

/// A remote statement's outcome, or [`Error::Unavailable`] after `patience`: a cut network must not hold a caller for ever.
pub(crate) async fn in_time<T>(patience: Duration, statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T> {
    match tokio::time::timeout(patience, statement).await {
        Ok(outcome) => outcome.map_err(Error::from),
        Err(_) => Err(Error::Unavailable(format!("it did not answer within {} s", patience.as_secs()))),
    }
}

/// From here to the transaction's end nobody else passes this line with the same `thing`. One writer needs no such line.
pub(crate) async fn one_at_a_time(conn: &mut Conn<'_>, thing: &str) -> Result<()> {
    if let Conn::Postgres(postgres, patience) = conn {
        in_time(*patience, sqlx::query(dialect::LOCK_THING).bind(thing).execute(&mut **postgres)).await?;
    }
    Ok(())
}

/// The readers.
#[derive(Clone)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Readers {
    /// For one statement.
    pub async fn acquire(&self) -> Result<Read> {
        match self {
            Self::Sqlite(pool) => Ok(Read::Sqlite(pool.acquire().await?)),
            Self::Postgres(pool) => Ok(Read::Postgres(pool.acquire().await?)),
        }
    }

    /// For several statements that must see the same moment, each within `patience`.
    pub async fn begin(&self, patience: Duration) -> Result<Snapshot> {
        match self {
            Self::Sqlite(pool) => Ok(Snapshot::Sqlite(pool.begin().await?)),
            Self::Postgres(pool) => {
                let transaction = in_time(patience, pool.begin_with(dialect::BEGIN_SNAPSHOT)).await?;
                Ok(Snapshot::Postgres(transaction, patience))
            }
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection of the readers, given back where it is dropped.
pub(crate) enum Read {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A transaction of reads; it ends where it is dropped.
pub(crate) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>, Duration),
}

impl Read {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Conn::Sqlite(connection),
            Self::Postgres(connection) => Conn::Postgres(connection, dialect::PATIENCE),
        }
    }
}

impl Snapshot {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(transaction) => Conn::Sqlite(transaction),
            Self::Postgres(transaction, patience) => Conn::Postgres(transaction, *patience),
        }
    }
}

/// Reads a text that this program wrote.
pub(crate) fn word<T>(text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Error::Corrupt(error.to_string()))
}

/// Reads a count, a version or a size that this program wrote.
pub(crate) fn number<T: TryFrom<i64>>(value: i64) -> Result<T> {
    T::try_from(value).map_err(|_| Error::Corrupt(format!("number {value}")))
}

/// Fits a size or a count into the database's 64 bits.
pub(crate) fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
