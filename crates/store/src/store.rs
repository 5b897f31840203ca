//! Opening, closing and copying the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Plans;

use crate::Result;

/// Where the database is, and how it is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The SQLite file; made where it is absent.
    pub path: PathBuf,
    /// Connections that read side by side.
    pub readers: u32,
    /// What the teams' plans include; renewals follow it.
    pub plans: Arc<Plans>,
    /// Whether missing migrations are applied; where not, an older schema is refused.
    pub migrate: bool,
}

/// The database. Cheap to clone; all clones share the writer and the readers.
#[derive(Clone)]
pub struct Store {
    #[expect(dead_code, reason = "signatures come first")]
    plans: Arc<Plans>,
}

impl Store {
    /// Opens the database, and makes or migrates it where asked to.
    ///
    /// # Errors
    /// [`Error::Schema`](crate::Error::Schema) where the schema is newer than this program, or older and `migrate` is off, or SQLite is too old.
    pub async fn open(options: Options) -> Result<Self> {
        let _ = options;
        unimplemented!()
    }

    /// Writes what is queued, then closes every connection. Later calls are [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn close(&self) {
        unimplemented!()
    }

    /// Whether the database answers: one read, for probes.
    pub async fn ping(&self) -> Result<()> {
        unimplemented!()
    }

    /// Whether a write can be committed, for probes.
    pub async fn ping_write(&self) -> Result<()> {
        unimplemented!()
    }

    /// Writes a consistent copy to `to`, which must not exist, while the store is in use.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        let _ = to;
        unimplemented!()
    }

    /// The plans that the store was opened with.
    pub fn plans(&self) -> &Plans {
        unimplemented!()
    }
}
