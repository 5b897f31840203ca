//! The schema's steps, in order, and their application.
//!
//! Each applied step is kept with its text: a database that was made by other steps than these is refused, and so is
//! one that has more of them, because a newer program made it.

use std::time::Duration;

use domain::Timestamp;
use sqlx::{Connection as _, PgConnection, SqliteConnection, raw_sql};

use crate::db::{Conn, on};
use crate::{Error, Result, dialect};

/// What a step may take on a server that is full of rows.
const STEP: Duration = Duration::from_secs(3600);

/// A step: the file's number and name, and its text.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        const MIGRATIONS: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../migrations/", $name, ".sql")),
        }),+];
    };
}

migrations! {
    1 "0001_first",
    2 "0002_people",
    3 "0003_sources",
    4 "0004_library",
    5 "0005_requests",
    6 "0006_rates",
    7 "0007_bulk",
    8 "0008_billing",
    9 "0009_handed_back",
    10 "0010_usage",
}

/// Brings the schema up to date, or checks only that it is. Gives the names of the steps that were applied.
///
/// One transaction for everything: a second process waits, then finds the work done; a crash leaves the old schema.
pub(crate) async fn migrate_sqlite(connection: &mut SqliteConnection, apply: bool) -> Result<Vec<&'static str>> {
    sqlx::query(dialect::BEGIN_WRITE).execute(&mut *connection).await?;
    let outcome = steps(&mut Conn::Sqlite(connection), apply).await;
    let end = if outcome.is_ok() { "commit" } else { "rollback" };
    sqlx::query(end).execute(&mut *connection).await?;
    outcome
}

/// The same on PostgreSQL, where a lock makes the second process wait.
pub(crate) async fn migrate_postgres(connection: &mut PgConnection, apply: bool) -> Result<Vec<&'static str>> {
    let mut transaction = connection.begin().await?;
    if apply {
        raw_sql(dialect::LOCK_SCHEMA).execute(&mut *transaction).await?;
    }
    let applied = steps(&mut Conn::Postgres(&mut transaction, STEP), apply).await?;
    transaction.commit().await?;
    Ok(applied)
}

async fn steps(conn: &mut Conn<'_>, apply: bool) -> Result<Vec<&'static str>> {
    if apply {
        on!(conn, c => raw_sql("create table if not exists schema_migrations (version bigint not null primary key, name text not null, \
            sql text not null, applied_at bigint not null)").execute(c))?;
    }
    let known: Vec<(i64, String, String)> =
        on!(conn, c => sqlx::query_as("select version, name, sql from schema_migrations order by version").fetch_all(c))
            .or_else(|error| if apply || !matches!(error, Error::Database(_)) { Err(error) } else { Ok(Vec::new()) })?;
    for (version, name, sql) in &known {
        match MIGRATIONS.iter().find(|migration| migration.version == *version) {
            None => return Err(Error::Schema(format!("the database was made by a newer version of this program (migration {name})"))),
            Some(own) if own.sql != sql => return Err(Error::Schema(format!("migration {name} was applied with another text"))),
            Some(_) => {}
        }
    }
    let missing: Vec<&Migration> = MIGRATIONS.iter().filter(|own| known.iter().all(|(version, ..)| *version != own.version)).collect();
    if !apply && !missing.is_empty() {
        return Err(Error::Schema("the database's schema is older than this program: run the migrate command".into()));
    }
    for migration in &missing {
        on!(conn, c => raw_sql(migration.sql).execute(c))?;
        if let (Conn::Postgres(..), Some((_, unlogged))) = (&*conn, dialect::UNLOGGED.iter().find(|(name, _)| *name == migration.name)) {
            on!(conn, c => raw_sql(*unlogged).execute(c))?;
        }
        on!(conn, c => sqlx::query("insert into schema_migrations (version, name, sql, applied_at) values ($1, $2, $3, $4)")
            .bind(migration.version).bind(migration.name).bind(migration.sql).bind(Timestamp::now().as_micros()).execute(c))?;
    }
    Ok(missing.iter().map(|migration| migration.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step_in_its_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let steps: Vec<String> = MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
        assert_eq!(files, steps);
        assert!(MIGRATIONS.is_sorted_by(|a, b| a.version < b.version));
        assert!(MIGRATIONS.iter().all(|step| step.name.starts_with(&format!("{:04}_", step.version))));
    }
}
