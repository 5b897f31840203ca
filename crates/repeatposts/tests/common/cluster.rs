//! Nodes on one PostgreSQL database and one bucket.

use std::{path::PathBuf, process::Command};

use testkit::S3;

use crate::common::command;

const SECRET: &str = "a secret that all nodes share, long enough";

/// What nodes share. Ends after them.
pub struct Shared {
    pub database: testdb::Database,
    pub s3: S3,
    pub folder: tempfile::TempDir,
}

impl Shared {
    pub async fn new() -> Self {
        Self { database: testdb::Database::fresh().unwrap(), s3: S3::start().await, folder: tempfile::tempdir().unwrap() }
    }

    /// The binary with what leads to database and bucket in its environment.
    pub fn command(&self, name: &str) -> Command {
        let mut command = command(&self.data(name));
        command
            .env("REPEATPOSTS_DATABASE_URL", self.database.url())
            .env("REPEATPOSTS_SECRET", SECRET)
            .env("REPEATPOSTS_STORAGE_URL", "s3://pictures/prod")
            .env("REPEATPOSTS_STORAGE_ENDPOINT", format!("http://{}", self.s3.address()))
            .envs(S3::environment());
        command
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
