//! Generations after their making: read, wait, list, delete, and the pictures themselves.

use std::time::Duration;

use bytes::Bytes;

use crate::view::{Generation, Page};
use crate::{App, Principal, Query, Result};

/// A generation's answer with its `ETag` (quoted).
#[derive(Clone, Debug)]
pub struct Tagged {
    pub generation: Generation,
    pub etag: String,
}

/// One stored picture, found by the random part of its URL.
#[derive(Clone, Debug)]
pub struct StoredPicture {
    pub bytes: Bytes,
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// Strong and quoted.
    pub etag: String,
    /// Such as `quote-square.png`: the name for a download that names none.
    pub file_name: String,
}

impl App {
    /// One generation of the key's mode; waits up to `wait` for its end.
    ///
    /// # Errors
    /// [`crate::Missing::Generation`].
    pub async fn generation(&self, who: &Principal, id: &str, query: &Query) -> Result<Tagged> {
        let _ = (who, id, query, Duration::ZERO);
        unimplemented!()
    }

    /// The list of the key's mode, newest first: `limit`, `cursor`, `status`, `externalId`, `createdAfter`, `createdBefore`.
    ///
    /// # Errors
    /// Faults of the query; [`crate::Error::InvalidCursor`].
    pub async fn generations(&self, who: &Principal, query: &Query) -> Result<Page<Generation>> {
        let _ = (who, query);
        unimplemented!()
    }

    /// Ends it if it runs, and removes pictures and inputs.
    ///
    /// # Errors
    /// [`crate::Missing::Generation`], also for the second time.
    pub async fn delete_generation(&self, who: &Principal, id: &str) -> Result<()> {
        let _ = (who, id);
        unimplemented!()
    }

    /// A finished picture by the random part of its URL (`/p/{path}`, extension included). No key is needed.
    ///
    /// # Errors
    /// [`crate::Missing::Other`]; [`crate::Error::Expired`] once it expired or was deleted.
    pub async fn picture(&self, path: &str) -> Result<StoredPicture> {
        let _ = path;
        unimplemented!()
    }

    /// A picture of ours that no call made, under `/m/{path}`: previews of groups, logos of kits.
    ///
    /// # Errors
    /// [`crate::Missing::Other`].
    pub async fn public_picture(&self, path: &str) -> Result<StoredPicture> {
        let _ = path;
        unimplemented!()
    }
}
