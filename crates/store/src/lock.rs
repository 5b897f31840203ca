//! The lock on an embedded data folder: one `serve` at a time.
//!
//! An advisory lock on the file `serve.lock`, which the system gives back when the process dies, however it dies. The
//! file holds the process id for the message of the one that comes second.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// The file's name in the data folder.
pub const LOCK_FILE: &str = "serve.lock";

/// Held as long as it lives.
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

/// Takes the lock on `folder`, or says at once which process holds it.
///
/// # Errors
/// [`LockError::Held`] with the holder's process id.
pub fn lock(folder: &Path) -> Result<FolderLock, LockError> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(LockError::Held { pid: holder(&mut file) }),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())?;
    file.sync_all()?;
    Ok(FolderLock { _file: file })
}

/// The process id in the file; the holder may be about to write it.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(20).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => text,
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_learns_the_firsts_process_id_and_the_lock_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        let LockError::Held { pid } = lock(folder.path()).unwrap_err() else { panic!("the lock was not held") };
        assert_eq!(pid, std::process::id().to_string());
        drop(held);
        lock(folder.path()).unwrap();
    }
}
