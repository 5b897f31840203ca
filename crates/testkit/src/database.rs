//! Where a test's service keeps its rows: `REPEATPOSTS_TEST_DATABASE` says it for a whole run.

use std::path::Path;

use store::Database;

/// The place of a fresh database, which goes with this value.
pub enum Place {
    Folder,
    Server(testdb::Database),
}

impl Place {
    /// As `REPEATPOSTS_TEST_DATABASE` says: `postgres`, or without it `sqlite`.
    ///
    /// # Panics
    /// On another word, and where no PostgreSQL can be started.
    #[must_use]
    pub fn chosen() -> Self {
        match std::env::var("REPEATPOSTS_TEST_DATABASE").as_deref() {
            Err(_) | Ok("sqlite") => Self::Folder,
            Ok("postgres") => Self::Server(testdb::Database::fresh().expect("a PostgreSQL server")),
            Ok(other) => panic!("REPEATPOSTS_TEST_DATABASE is {other:?}, and takes postgres or sqlite"),
        }
    }

    /// Where a store is opened; without a server, in `folder`.
    ///
    /// # Panics
    /// Never with addresses of ours.
    #[must_use]
    pub fn database(&self, folder: &Path) -> Database {
        match self {
            Self::Folder => Database::File(folder.join("repeatposts.db")),
            Self::Server(database) => Database::Server(database.url().parse().expect("an address")),
        }
    }
}
