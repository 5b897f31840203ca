//! Opening, closing and copying the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Plans, Timestamp};
use futures::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqliteConnection};

use crate::db::{Conn, Read, Readers, Snapshot, in_time, on};
use crate::postgres::PostgresUrl;
use crate::transact::{self, Again};
use crate::writer::{Verdict, Writer};
use crate::{Error, Result, dialect, error, migrations};

/// How long a statement waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);
/// Between two tries to open a file that is locked.
const AGAIN: Duration = Duration::from_millis(10);
/// How long a reader's connection is waited for.
const ACQUIRE: Duration = Duration::from_secs(5);
/// Prepared statements that each connection keeps; there are about as many texts in this crate.
const STATEMENTS: usize = 200;
/// The write-ahead log is cut to this size after a checkpoint, in bytes.
const LOG_LIMIT: &str = "67108864";
/// What an audit may take on a server, for each of its rules.
const AUDIT: Duration = Duration::from_secs(600);

/// Where the database is, and how it is opened.
#[derive(Clone, Debug)]
pub struct Options {
    pub database: Database,
    /// Connections that read side by side; on a server, as many write.
    pub connections: u32,
    /// What the teams' plans include; renewals follow it.
    pub plans: Arc<Plans>,
    /// Whether missing migrations are applied; where not, an older schema is refused.
    pub migrate: bool,
}

/// The two engines.
#[derive(Clone, Debug)]
pub enum Database {
    /// The SQLite file; made where it is absent. One process serves on it.
    File(PathBuf),
    /// A database on a PostgreSQL server, for any number of processes.
    Server(PostgresUrl),
}

/// The database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Store {
    plans: Arc<Plans>,
    readers: Readers,
    writes: Writes,
    applied: Arc<[&'static str]>,
}

/// Where changes go.
#[derive(Clone)]
enum Writes {
    /// One task; its options open a connection of one's own.
    Sqlite(Writer, Box<SqliteConnectOptions>),
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, and makes or migrates it where asked to.
    ///
    /// # Errors
    /// `Schema` where the schema is newer than this program, or older and `migrate` is off, or SQLite is too old;
    /// `Address` and `Unavailable` where the server can't be used as it was named, and what to do.
    pub async fn open(options: Options) -> Result<Self> {
        let Options { database, connections, plans, migrate } = options;
        let (readers, writes, applied) = match database {
            Database::File(path) => open_file(&path, connections, migrate).await?,
            Database::Server(url) => open_server(&url, connections, migrate).await?,
        };
        Ok(Self { plans, readers, writes, applied: applied.into() })
    }

    /// Whether this process alone may hold the database: what others could know need not be asked of it.
    pub fn is_embedded(&self) -> bool {
        matches!(self.writes, Writes::Sqlite(..))
    }

    /// The migrations that opening applied, by name.
    pub fn applied_migrations(&self) -> &[&'static str] {
        &self.applied
    }

    /// Writes what is queued, then closes every connection. Later calls are [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.writes {
            Writes::Sqlite(writer, _) => writer.close().await,
            Writes::Postgres(pool) => pool.close().await,
        }
        self.readers.close().await;
    }

    /// Whether the database answers: one read, for probes.
    pub async fn ping(&self) -> Result<()> {
        let mut read = self.read().await?;
        on!(&mut read.conn(), c => sqlx::query("select version from schema_migrations limit 1").execute(c))?;
        Ok(())
    }

    /// Whether a write can be committed, for probes.
    pub async fn ping_write(&self) -> Result<()> {
        self.write(|mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("update schema_migrations set applied_at = applied_at where version = 1").execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// Microseconds that our clock is ahead of the server's, to half of what asking took; `None` for a data folder's database.
    pub async fn clock_ahead(&self) -> Result<Option<i64>> {
        let mut read = self.read().await?;
        let Conn::Postgres(conn, patience) = read.conn() else { return Ok(None) };
        let before = Timestamp::now().as_micros();
        let theirs: i64 = in_time(patience, sqlx::query_scalar(dialect::POSTGRES_CLOCK).fetch_one(conn)).await?;
        let after = Timestamp::now().as_micros();
        Ok(Some(before + (after - before) / 2 - theirs))
    }

    /// Writes a consistent copy to `to`, which must not exist, while the store is in use. It is on the disk when this ends.
    ///
    /// # Errors
    /// `Taken` where `to` exists; `Invalid` on a server, which has tools of its own.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        let Writes::Sqlite(_, options) = &self.writes else {
            return Err(Error::Invalid("a database on a server is backed up with its own tools, such as pg_dump".into()));
        };
        let name = to.to_str().ok_or_else(|| Error::Invalid("the path is not UTF-8".into()))?;
        if to.exists() {
            return Err(Error::Taken(name.to_owned()));
        }
        let mut connection = options.connect().await?;
        sqlx::query(dialect::COPY_TO).bind(name).execute(&mut connection).await?;
        connection.close().await?;
        let file = to.to_owned();
        tokio::task::spawn_blocking(move || sync(&file)).await.map_err(|error| Error::Unavailable(error.to_string()))??;
        Ok(())
    }

    /// The plans that the store was opened with.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    pub(crate) fn shared_plans(&self) -> Arc<Plans> {
        Arc::clone(&self.plans)
    }

    /// A connection for one statement that reads.
    pub(crate) async fn read(&self) -> Result<Read> {
        self.readers.acquire().await
    }

    /// A connection for several that must see the same moment.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        self.readers.begin(dialect::PATIENCE).await
    }

    /// The same, for statements that walk through everything.
    pub(crate) async fn long_snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = self.readers.begin(AUDIT).await?;
        if let conn @ Conn::Postgres(..) = &mut snapshot.conn() {
            on!(conn, c => sqlx::query(dialect::NO_LIMIT).execute(c))?;
        }
        Ok(snapshot)
    }

    /// An operation whose changes stay where it succeeds.
    pub(crate) async fn write<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<T>> + Clone + Send + 'static,
    {
        self.write_or_undo(move |conn| Box::pin(async move { Ok(Verdict::Keep(operation(conn).await?)) })).await
    }

    /// An operation that decides itself whether its changes stay.
    pub(crate) async fn write_or_undo<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Clone + Send + 'static,
    {
        self.run(Again::Never, operation).await
    }

    /// The same, of an operation that sees where an earlier run of it was committed, and gives the same answer.
    pub(crate) async fn write_repeatable<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Clone + Send + 'static,
    {
        self.run(Again::Repeatable, operation).await
    }

    async fn run<T, F>(&self, again: Again, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<Verdict<T>>> + Clone + Send + 'static,
    {
        match &self.writes {
            Writes::Sqlite(writer, _) => writer.run(operation).await,
            Writes::Postgres(pool) => transact::run(pool.clone(), again, operation).await,
        }
    }

    /// An operation of a single statement: on a server without a transaction around it.
    pub(crate) async fn write_alone<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(Conn<'t>) -> BoxFuture<'t, Result<T>> + Clone + Send + 'static,
    {
        match &self.writes {
            Writes::Sqlite(..) => self.write(operation).await,
            Writes::Postgres(pool) => operation(Conn::Postgres(&mut *pool.acquire().await?, dialect::PATIENCE)).await,
        }
    }
}

type Opened = (Readers, Writes, Vec<&'static str>);

async fn open_file(path: &Path, readers: u32, migrate: bool) -> Result<Opened> {
    if !migrate && !path.exists() {
        return Err(Error::Schema(format!("there is no database at {}: run the migrate command", path.display())));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(migrate)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS)
        .pragma("mmap_size", "0")
        .pragma("journal_size_limit", LOG_LIMIT)
        .disable_statement_logging();
    let mut connection = open_first(&options).await?;
    refuse_old(&mut connection).await?;
    let applied = migrations::migrate_sqlite(&mut connection, migrate).await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(readers.max(1))
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.clone().create_if_missing(false).pragma("query_only", "on"))
        .await?;
    let writer = Writer::start(connection, options.clone());
    Ok((Readers::Sqlite(pool), Writes::Sqlite(writer, Box::new(options)), applied))
}

/// The first connection. SQLite waits for other processes' writes, but not where several turn a new file to WAL: all but
/// one are told at once that it is locked, and come again.
async fn open_first(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let since = Instant::now();
    loop {
        match options.connect().await {
            Err(error) if error::is_locked(&error) && since.elapsed() < BUSY => tokio::time::sleep(AGAIN).await,
            outcome => return Ok(outcome?),
        }
    }
}

async fn open_server(url: &PostgresUrl, connections: u32, migrate: bool) -> Result<Opened> {
    let mut connection = url.connect().await?;
    let applied = migrations::migrate_postgres(&mut connection, migrate).await?;
    connection.close().await?;
    Ok((Readers::Postgres(url.pool(connections)), Writes::Postgres(url.pool(connections)), applied))
}

async fn refuse_old(connection: &mut SqliteConnection) -> Result<()> {
    let text: String = sqlx::query_scalar(dialect::SQLITE_VERSION).fetch_one(connection).await?;
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < dialect::OLDEST_SQLITE {
        let (major, minor, patch) = dialect::OLDEST_SQLITE;
        return Err(Error::Schema(format!("SQLite {text} can corrupt a database in WAL mode; {major}.{minor}.{patch} is needed")));
    }
    Ok(())
}

fn sync(file: &Path) -> std::io::Result<()> {
    std::fs::File::open(file)?.sync_all()?;
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
        _ => std::fs::File::open(".")?.sync_all(),
    }
}
