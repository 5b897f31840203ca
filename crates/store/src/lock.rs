//! The lock on an embedded data folder: one `serve` at a time.

use std::fs::File;
use std::path::Path;

/// Held as long as it lives; the system gives it back when the process dies.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Why the lock can't be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("the data folder is in use by process {pid}")]
    Held { pid: String },
    #[error("the data folder can't be locked: {0}")]
    Io(#[from] std::io::Error),
}

/// Takes the lock on `folder` (the file `serve.lock` in it), or says at once which process holds it.
pub fn lock(folder: &Path) -> Result<FolderLock, LockError> {
    let _ = folder;
    unimplemented!()
}
