//! The few texts and codes that one engine has for itself.

use std::time::Duration;

/// The first SQLite whose WAL mode can't lose pages between two connections.
pub(crate) const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// SQLite: takes the write lock at once: a transaction that reads first and writes later could fail in the middle.
pub(crate) const BEGIN_WRITE: &str = "begin immediate";

/// SQLite: the same, with the savepoint of the first operation; then what stands between two, and after the last.
pub(crate) const BEGIN_OPERATION: &str = "begin immediate; savepoint operation";
pub(crate) const NEXT_OPERATION: &str = "release operation; savepoint operation";
pub(crate) const END_WRITE: &str = "release operation; commit";

pub(crate) const SQLITE_VERSION: &str = "select sqlite_version()";

/// SQLite: its tables; of one, the columns with their types and their place in the primary key (from 1), and whom it refers to.
pub(crate) const TABLES: &str =
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'schema_migrations' order by name";
pub(crate) const COLUMNS: &str = "select name, type, pk from pragma_table_info($1) order by cid";
pub(crate) const REFERENCES: &str = "select distinct \"table\" from pragma_foreign_key_list($1)";

pub(crate) const COPY_TO: &str = "vacuum into $1";

/// SQLite's extended result codes of a failed fsync: of a file, of a folder.
pub(crate) const FSYNC_FAILED: [&str; 2] = ["1034", "1290"];

/// SQLite's primary result codes that mean "not now": busy, locked, read-only, I/O error, full, can't open.
pub(crate) const SQLITE_AWAY: [u32; 6] = [5, 6, 8, 10, 13, 14];

/// Of these, those that somebody else's lock is the reason of: busy, locked.
pub(crate) const SQLITE_LOCKED: [u32; 2] = [5, 6];

/// The oldest PostgreSQL that the tests run on, as it numbers itself.
pub(crate) const OLDEST_POSTGRES: i32 = 150_000;

/// PostgreSQL's number, its number in words, and the encoding of the database.
pub(crate) const POSTGRES_FACTS: &str = "select cast(current_setting('server_version_num') as integer), current_setting('server_version'), \
    current_setting('server_encoding')";

/// PostgreSQL, of each connection: nothing waits long, and a commit is on the disk before anyone hears of it.
pub(crate) const POSTGRES_SESSION: &str = "set statement_timeout = '10s'; set lock_timeout = '5s'; \
    set idle_in_transaction_session_timeout = '15s'; \
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

/// What our side waits for a remote statement; the server's own limit comes first.
pub(crate) const PATIENCE: Duration = Duration::from_secs(11);

/// Microseconds by the server's clock.
pub(crate) const POSTGRES_CLOCK: &str = "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)";

pub(crate) const BEGIN_SNAPSHOT: &str = "begin isolation level repeatable read, read only";
/// For statements that walk through everything.
pub(crate) const NO_LIMIT: &str = "set local statement_timeout = 0";

/// Held until the transaction's end.
pub(crate) const LOCK_THING: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
/// Of those who migrate, one at a time; the others wait, and then find the work done.
pub(crate) const LOCK_SCHEMA: &str = "set local lock_timeout = '60s'; select pg_advisory_xact_lock(7305803182530130769)";

/// After which migration what else is said on PostgreSQL: tables that need not outlive a crash are not logged there.
pub(crate) const UNLOGGED: [(&str, &str); 1] = [("0006_rates", "alter table rates set unlogged")];

/// PostgreSQL's classes of codes that mean "not now": connection, resources, intervention by an operator, system; rights
/// of the connection itself.
pub(crate) const POSTGRES_AWAY: [&str; 5] = ["08", "53", "57", "58", "28"];
/// And single codes: a lock that was not had in time, a server that became a standby, a database that is gone.
pub(crate) const POSTGRES_AWAY_CODES: [&str; 3] = ["55P03", "25006", "3D000"];
/// Undone for the sake of others, and worth another run: serialization failure, deadlock.
pub(crate) const POSTGRES_UNDONE: [&str; 2] = ["40001", "40P01"];
