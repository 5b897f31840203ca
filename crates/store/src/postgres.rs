//! Reaching a PostgreSQL server: its address, what is asked of it, and messages for whoever typed the address.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool, raw_sql};

use crate::dialect;
use crate::error::postgres_code;
use crate::{Error, Result};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a free connection is waited for; a new one has to be made within it too.
const ACQUIRE: Duration = Duration::from_secs(2);
/// A connection that rested this long is tried before it is used.
const RESTED: Duration = Duration::from_secs(1);
/// How long that trial may take.
const TRIAL: Duration = Duration::from_secs(1);
/// Connections that nobody used for this long are closed; all are renewed after half an hour, so that a failover evens out.
const IDLE: Duration = Duration::from_secs(300);
const LIFETIME: Duration = Duration::from_secs(1800);

/// A server's address, `postgres://user:password@host:port/database`. Shown without the password.
#[derive(Clone)]
pub struct PostgresUrl {
    options: Box<PgConnectOptions>,
}

impl FromStr for PostgresUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        const FORM: &str = "write it as postgres://user:password@host:5432/database";
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(Error::Address(format!("the database's address does not begin with postgres://; {FORM}")));
        }
        let options: PgConnectOptions = text.parse().map_err(|error: sqlx::Error| {
            let why = match error {
                sqlx::Error::Configuration(why) => why.to_string(),
                other => other.to_string(),
            };
            Error::Address(format!("the database's address can't be read ({why}); {FORM}"))
        })?;
        let options = options.application_name("repeatposts").statement_cache_capacity(200).disable_statement_logging();
        Ok(Self { options: Box::new(options) })
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        write!(f, "postgres://{}@{}:{}/{database}", options.get_username(), options.get_host(), options.get_port())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PostgresUrl {
    /// One connection, to a server that is young enough.
    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        let connecting = tokio::time::timeout(CONNECT, self.options.connect()).await;
        let mut connection = match connecting {
            Ok(outcome) => outcome.map_err(|error| self.explain(&error))?,
            Err(_) => return Err(self.away(&format!("no answer within {} s", CONNECT.as_secs()))),
        };
        let (number, version, encoding): (i32, String, String) = sqlx::query_as(dialect::POSTGRES_FACTS).fetch_one(&mut connection).await?;
        if number < dialect::OLDEST_POSTGRES {
            let oldest = dialect::OLDEST_POSTGRES / 10_000;
            return Err(Error::Address(format!("{self} is PostgreSQL {version}, and {oldest} or newer is needed: upgrade the server")));
        }
        if encoding != "UTF8" {
            return Err(Error::Address(format!("{self} has the encoding {encoding}: create a database with encoding 'UTF8'")));
        }
        Ok(connection)
    }

    /// Connections are made when they are needed: a server that goes away and comes back is found again.
    pub(crate) fn pool(&self, most: u32) -> PgPool {
        PgPoolOptions::new()
            .max_connections(most.max(1))
            .acquire_timeout(ACQUIRE)
            .idle_timeout(IDLE)
            .max_lifetime(LIFETIME)
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(async move { raw_sql(dialect::POSTGRES_SESSION).execute(connection).await.map(drop) }))
            .before_acquire(|connection, meta| {
                Box::pin(async move { if meta.idle_for < RESTED { Ok(true) } else { Ok(answers(connection).await) } })
            })
            // Without a limit of our own, one that was cut off in the middle would be waited for as long as the system likes.
            .after_release(|connection, _| Box::pin(async move { Ok(answers(connection).await) }))
            .connect_lazy_with(PgConnectOptions::clone(&self.options))
    }

    fn away(&self, why: &str) -> Error {
        Error::Unavailable(format!("{self}: {why}. Is the server up, and are host and port right?"))
    }

    /// Why no connection was made, for the one who wrote the address.
    fn explain(&self, error: &sqlx::Error) -> Error {
        let sqlx::Error::Database(refusal) = error else { return self.away(&error.to_string()) };
        let message = refusal.message();
        match postgres_code(refusal.as_ref()).unwrap_or_default() {
            "3D000" => Error::Address(format!("{self}: {message}. Create it first: createdb, or create database")),
            code if code.starts_with("28") => {
                Error::Address(format!("{self}: {message}. Check user and password in the address, and pg_hba.conf on the server"))
            }
            _ => self.away(message),
        }
    }
}

async fn answers(connection: &mut PgConnection) -> bool {
    matches!(tokio::time::timeout(TRIAL, connection.ping()).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        let url: PostgresUrl = "postgres://me:hush@db.example.com:6432/posts".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://me@db.example.com:6432/posts postgres://me@db.example.com:6432/posts");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_form_and_without_the_text() {
        for bad in ["mysql://me:hush@host/db", "me:hush@host", "", "postgres://me:hush@host:99999999/db", "postgres://me:hush@ho st/db"] {
            let message = bad.parse::<PostgresUrl>().unwrap_err().to_string();
            assert!(message.contains("postgres://user:password@host") && !message.contains("hush"), "{message}");
        }
    }
}
