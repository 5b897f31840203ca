//! A throwaway PostgreSQL for tests: the real server, in a temporary folder, on a port of its own.
//!
//! Needs Debian's package `postgresql` (or the like) and, where the user is root, the user `postgres`. Nothing is skipped
//! where these are absent: the test fails, and says so. Standard library only, because `xtask` uses it too.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names a server that is there already, `postgres://postgres@127.0.0.1:PORT`, without a database.
pub const SERVER_VARIABLE: &str = "REPEATPOSTS_TEST_POSTGRES";

/// A server of one's own. It ends with this value, or with the process.
#[derive(Debug)]
pub struct Cluster {
    /// Keeps the server for as long as its standard input is open.
    keeper: Child,
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

/// A database of one's own; removed where it is dropped.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Cluster {
    /// A server that never waits for a disk: what it holds outlives its own death, but not the machine's.
    ///
    /// # Errors
    /// What is missing, or what the server said.
    pub fn start() -> Result<Self, String> {
        Self::start_with("-c fsync=off -c full_page_writes=off")
    }

    /// A server with these options, such as `-c work_mem=1MB`.
    ///
    /// # Errors
    /// What is missing, or what the server said.
    pub fn start_with(options: &str) -> Result<Self, String> {
        let programs = programs().ok_or("no PostgreSQL server was found in /usr/lib/postgresql: apt-get install postgresql")?;
        let folder = std::env::temp_dir().join(format!("testdb-{}", unique()));
        let mut said = String::new();
        // The port is free when it is chosen, and may be taken a moment later.
        for _ in 0..5 {
            std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|e| e.to_string())?.port();
            let mut keeper = Command::new("sh")
                .args(["-c", include_str!("keeper.sh"), "keeper"])
                .args([&folder, Path::new(&port.to_string()), &programs, Path::new(options)])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                // An interrupt from the terminal is for the tests; the server is cleared away after them.
                .process_group(0)
                .spawn()
                .map_err(|e| format!("sh did not start: {e}"))?;
            let mut line = String::new();
            if let Some(out) = keeper.stdout.take() {
                BufReader::new(out).read_line(&mut line).map_err(|e| e.to_string())?;
            }
            if line == "ready\n" {
                return Ok(Self { keeper, folder, programs, port });
            }
            let _ = keeper.wait();
            said = std::fs::read_to_string(folder.with_extension("log")).unwrap_or_default();
            said += &std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
            let _ = std::fs::remove_dir_all(&folder);
        }
        Err(format!("PostgreSQL did not start: {said}"))
    }

    /// `postgres://postgres@127.0.0.1:PORT`, without a database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// A fresh database on it.
    ///
    /// # Errors
    /// What `psql` said.
    pub fn database(&self) -> Result<Database, String> {
        Database::on(&self.url())
    }

    /// The server dies, as by a power failure; what was committed stays.
    ///
    /// # Errors
    /// What `pg_ctl` said.
    pub fn kill(&self) -> Result<(), String> {
        self.control(&["-m", "immediate", "stop"])
    }

    /// It comes back after [`Cluster::kill`], with the options that it had.
    ///
    /// # Errors
    /// What `pg_ctl` said.
    pub fn revive(&self) -> Result<(), String> {
        let log = self.folder.join("server.log");
        self.control(&["-l", &log.to_string_lossy(), "restart"])
    }

    fn control(&self, arguments: &[&str]) -> Result<(), String> {
        let program = self.programs.join("pg_ctl");
        let mut command = Command::new("sh");
        let as_server = r#"if [ "$(id -u)" = 0 ]; then exec runuser -u postgres -- "$@"; else exec "$@"; fi"#;
        command.args(["-c", as_server, "control"]).arg(program).arg("-D").arg(self.folder.join("data")).arg("-w").args(arguments);
        run(command.current_dir("/"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

impl Database {
    /// A fresh database on the tests' server: the one that [`SERVER_VARIABLE`] names, else one that this process starts once.
    ///
    /// # Errors
    /// Where no server can be started.
    pub fn fresh() -> Result<Self, String> {
        static OWN: OnceLock<Result<Cluster, String>> = OnceLock::new();
        if let Ok(server) = std::env::var(SERVER_VARIABLE) {
            return Self::on(&server);
        }
        OWN.get_or_init(Cluster::start).as_ref().map_err(Clone::clone)?.database()
    }

    fn on(server: &str) -> Result<Self, String> {
        let database = Self { server: server.to_owned(), name: format!("t{}", unique()) };
        database.tell(&format!("create database {}", database.name))?;
        Ok(database)
    }

    /// Its address, for whoever connects to it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Runs SQL in this database, as its owner.
    ///
    /// # Errors
    /// What psql said.
    pub fn run(&self, sql: &str) -> Result<(), String> {
        run(Command::new("psql").args(["-qXv", "ON_ERROR_STOP=1", "-d", &self.url(), "-c", sql]))
    }

    fn tell(&self, statement: &str) -> Result<(), String> {
        run(Command::new("psql").args(["-qX", "-v", "ON_ERROR_STOP=1", "-c", statement]).arg(format!("{}/postgres", self.server)))
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Nobody is left to tell; a server that has ended took it along.
        let _ = self.tell(&format!("drop database if exists {} with (force)", self.name));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let out = command.stdin(Stdio::null()).stdout(Stdio::null()).output().map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
}

/// The newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
    let newest = versions.flatten().map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists()).max_by_key(version)?;
    Some(newest.join("bin"))
}

/// A part of a name that nobody else on this machine has.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}_{}_{}", std::process::id(), since.subsec_nanos(), COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_dies_revives_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let database = cluster.database().unwrap();
        let ask = |statement: &str| run(Command::new("psql").args(["-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, &database.url()]));
        ask("create table t (n bigint)").unwrap();
        cluster.kill().unwrap();
        assert!(ask("select 1").is_err());
        cluster.revive().unwrap();
        ask("insert into t values (1)").unwrap();
        let folder = cluster.folder.clone();
        drop(database);
        drop(cluster);
        assert!(!folder.exists());
    }

    #[test]
    fn a_database_goes_with_its_value() {
        let first = Database::fresh().unwrap();
        let second = Database::fresh().unwrap();
        let url = first.url();
        assert_ne!(url, second.url());
        drop(first);
        assert!(run(Command::new("psql").args(["-qX", "-c", "select 1", &url])).is_err());
    }
}
