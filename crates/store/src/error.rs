//! What a store can answer with instead of a value.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::dialect;

/// A store's failure. Expected outcomes (too few credits, a key used twice) are values, not errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be had right now, or the commit failed: a later try may work. Nothing happened, unless the
    /// message says that the connection broke in the middle of a commit.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A name that must be unique is taken.
    #[error("{0} is taken")]
    Taken(String),
    /// The team has as many members as its plan allows.
    #[error("the plan allows no further members")]
    Full,
    /// A row that the caller named is not there.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// A plan that the settings do not have.
    #[error("there is no plan {0}")]
    UnknownPlan(String),
    /// A value that the caller must not pass.
    #[error("{0}")]
    Invalid(String),
    /// A cursor that the list did not give.
    #[error("the cursor is not one that this list gave")]
    Cursor,
    /// The database's schema and this program do not fit.
    #[error("{0}")]
    Schema(String),
    /// The database can't be opened as it was named; in words that say what to do, without any secret.
    #[error("{0}")]
    Address(String),
    /// A row that this program could not have written.
    #[error("the database holds a value that makes no sense: {0}")]
    Corrupt(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A row with the same unique value was there. SQLite names no constraint: the operation knows which one it can be.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// The transaction was undone for the sake of others, and may well succeed when it runs again.
    pub(crate) fn is_undone(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        postgres_code(error.as_ref()).is_some_and(|code| dialect::POSTGRES_UNDONE.contains(&code))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
            sqlx::Error::Database(error) => is_away(error.as_ref()),
            _ => false,
        };
        match error {
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection in time".into()),
            error if unavailable => Self::Unavailable(error.to_string()),
            error => Self::Database(error),
        }
    }
}

fn is_away(error: &dyn DatabaseError) -> bool {
    if let Some(code) = postgres_code(error) {
        return dialect::POSTGRES_AWAY.iter().any(|class| code.starts_with(class)) || dialect::POSTGRES_AWAY_CODES.contains(&code);
    }
    sqlite_code(error).is_some_and(|code| dialect::SQLITE_AWAY.contains(&code))
}

/// The primary result code of a SQLite error.
fn sqlite_code(error: &dyn DatabaseError) -> Option<u32> {
    error.code()?.parse().ok().map(|code: u32| code & 0xff)
}

/// Whether another connection holds a SQLite file so that this one may not even wait.
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlite_code).is_some_and(|code| dialect::SQLITE_LOCKED.contains(&code))
}

/// The code of a PostgreSQL error; both engines' codes can be five digits.
pub(crate) fn postgres_code(error: &dyn DatabaseError) -> Option<&str> {
    error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
}

/// Whether the disk refused to make a commit durable: after that, no page that the system holds can be trusted.
pub(crate) fn is_fsync_failure(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| dialect::FSYNC_FAILED.contains(&code.as_ref()))
}
