//! The commands, one file for each noun.

pub mod backup;
pub mod brandkit;
pub mod doctor;
pub mod key;
pub mod ledger;
pub mod migrate;
pub mod render;
pub mod serve;
pub mod team;
pub mod template;
pub mod user;

use app::{Clock, operate::Operator};
use assets::BlobStore;
use domain::Plans;
use store::{Options, Store};

use crate::{output::Output, secret, settings::Settings};

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

impl Context {
    /// The data folder's database; only `migrate`, and commands on a new folder, may change its schema.
    ///
    /// # Errors
    /// A folder that can't be made, a database that can't be opened.
    pub async fn store(&self, migrate: bool) -> Result<Store, Failure> {
        let folder = &self.settings.data_dir;
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let path = folder.join("repeatposts.db");
        let options = Options { migrate: migrate || !path.exists(), path, readers: 4, plans: self.plans.clone().into() };
        Ok(Store::open(options).await?)
    }

    pub fn blobs(&self) -> Result<BlobStore, Failure> {
        Ok(BlobStore::folder(&self.settings.data_dir.join("blobs"))?)
    }

    /// Beside a running service or without one.
    ///
    /// # Errors
    /// As `store`; a secret that can't be read.
    pub async fn operator(&self) -> Result<Operator, Failure> {
        let store = self.store(false).await?;
        Ok(Operator { store, blobs: self.blobs()?, pepper: secret::pepper(&self.settings.data_dir)?, clock: Clock::system() })
    }
}
