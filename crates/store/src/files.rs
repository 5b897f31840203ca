//! Files behind picture URLs, and blobs that wait for their removal.

use domain::{GenerationId, ImageId};

use crate::{Result, Store};

/// What a picture's URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub generation: GenerationId,
    pub image: ImageId,
    pub format: String,
    /// `None` until its image completed.
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
    /// Deleted or expired.
    pub gone: bool,
}

impl Store {
    /// The file of a blob key, whoever it belongs to: the key itself is the right to see it.
    pub async fn file(&self, blob_key: &str) -> Result<Option<StoredFile>> {
        let _ = blob_key;
        unimplemented!()
    }

    /// Blobs to be removed, oldest first.
    pub async fn doomed_blobs(&self, limit: u32) -> Result<Vec<String>> {
        let _ = limit;
        unimplemented!()
    }

    /// Forgets blobs that have been removed.
    pub async fn forget_blobs(&self, blob_keys: Vec<String>) -> Result<()> {
        let _ = blob_keys;
        unimplemented!()
    }
}
