//! The seam between the queries and a driver.
//!
//! A query stands once: [`on!`] expands its body for each driver of [`Conn`]. There is one driver now, SQLite; another
//! one is another variant here, and no change in the aggregates.

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::Result;

/// A connection to run statements on.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
}

/// Runs a query on whatever driver the connection is of.
macro_rules! on {
    ($conn:expr, $c:ident => $query:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite(sqlite) => {
                let $c = &mut **sqlite;
                $query.await.map_err($crate::Error::from)
            }
        }
    };
}
pub(crate) use on;

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

/// The readers.
#[derive(Clone)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
}

impl Readers {
    /// For one statement.
    pub async fn acquire(&self) -> Result<Read> {
        match self {
            Self::Sqlite(pool) => Ok(Read::Sqlite(pool.acquire().await?)),
        }
    }

    /// For several statements that must see the same moment.
    pub async fn begin(&self) -> Result<Snapshot> {
        match self {
            Self::Sqlite(pool) => Ok(Snapshot::Sqlite(pool.begin().await?)),
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

/// A connection of the readers, given back where it is dropped.
pub(crate) enum Read {
    Sqlite(PoolConnection<Sqlite>),
}

/// A transaction of reads; it ends where it is dropped.
pub(crate) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
}

impl Read {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Conn::Sqlite(connection),
        }
    }
}

impl Snapshot {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(transaction) => Conn::Sqlite(transaction),
        }
    }
}

/// Reads a text that this program wrote.
pub(crate) fn word<T>(text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| crate::Error::Corrupt(error.to_string()))
}

/// Reads a count, a version or a size that this program wrote.
pub(crate) fn number<T: TryFrom<i64>>(value: i64) -> Result<T> {
    T::try_from(value).map_err(|_| crate::Error::Corrupt(format!("number {value}")))
}

/// Fits a size or a count into the database's 64 bits.
pub(crate) fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
