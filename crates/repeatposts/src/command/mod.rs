//! The commands, one file for each noun.

pub mod backup;
pub mod brandkit;
pub mod clock;
pub mod compare;
pub mod doctor;
pub mod easel;
pub mod key;
pub mod ledger;
pub mod migrate;
pub mod moving;
pub mod node;
pub mod render;
pub mod serve;
pub mod team;
pub mod template;
pub mod user;
pub mod worker;

use std::path::Path;

use app::{Clock, operate::Operator};
use assets::BlobStore;
use domain::{Pepper, Plans};
use store::{Database, Options, PostgresUrl, Store};

use crate::{
    output::Output,
    secret,
    settings::{Settings, Storage},
};

/// What every command gets.
pub struct Context {
    pub settings: Settings,
    pub plans: Plans,
    pub output: Output,
}

/// A command that could not do its work: one message, and the process' exit code.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub code: u8,
}

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { message: error.to_string(), code: 1 }
    }
}

/// Writes a file, and makes its folder where it is absent.
///
/// # Errors
/// The file's path and what the system said.
pub fn save(file: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, bytes)).map_err(|e| format!("{}: {e}", file.display()))
}

impl Context {
    /// The server's database where one is set, else the data folder's; only `migrate`, and commands on a new folder, may
    /// change its schema.
    ///
    /// # Errors
    /// A folder that can't be made, a database that can't be opened.
    pub async fn store(&self, migrate: bool) -> Result<Store, Failure> {
        let (database, new) = match self.server()? {
            Some(url) => (Database::Server(url), false),
            None => {
                let folder = &self.settings.data_dir;
                std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
                let path = folder.join("repeatposts.db");
                let new = !path.exists();
                (Database::File(path), new)
            }
        };
        let connections = self.settings.database_connections;
        let options = Options { database, connections, plans: self.plans.clone().into(), migrate: migrate || new };
        Ok(Store::open(options).await?)
    }

    /// The address of the database's server, where the settings name one.
    ///
    /// # Errors
    /// A text that is no such address.
    pub fn server(&self) -> Result<Option<PostgresUrl>, Failure> {
        let set = self.settings.database_url.as_ref().map(|url| url.0.as_str()).filter(|url| !url.is_empty());
        set.map(str::parse).transpose().map_err(|e: store::Error| Failure { message: format!("database_url: {e}"), code: 2 })
    }

    /// # Errors
    /// A secret that is absent where it must be given, or that can't be read.
    pub fn pepper(&self) -> Result<Pepper, Failure> {
        let folder = if self.server()?.is_some() { None } else { Some(self.settings.data_dir.as_path()) };
        Ok(secret::pepper(folder)?)
    }

    /// The bucket of the settings, else the data folder's blobs. A bucket is not asked anything yet.
    ///
    /// # Errors
    /// A folder that can't be made, credentials that are missing.
    pub fn blobs(&self) -> Result<BlobStore, Failure> {
        match self.storage()?.bucket {
            Some(bucket) => Ok(BlobStore::bucket(bucket)?),
            None => Ok(BlobStore::folder(&self.settings.data_dir.join("blobs"))?),
        }
    }

    /// # Errors
    /// Faults in the settings, which were found when they were loaded.
    pub fn storage(&self) -> Result<Storage, Failure> {
        Storage::read(&self.settings).map_err(|faults| faults.join("\n").into())
    }

    /// Beside a running service or without one.
    ///
    /// # Errors
    /// As `store`; a secret that can't be read.
    pub async fn operator(&self) -> Result<Operator, Failure> {
        let store = self.store(false).await?;
        Ok(Operator { store, blobs: self.blobs()?, pepper: self.pepper()?, clock: Clock::system() })
    }
}
