//! Where a test's pictures are kept.

use std::path::Path;

use assets::BlobStore;

use crate::S3;

/// Blobs for a test, and the service behind them where it is not a folder.
pub struct Storage {
    pub blobs: BlobStore,
    s3: Option<S3>,
}

impl Storage {
    /// As `REPEATPOSTS_TEST_STORAGE` says: `s3`, or without it `folder`.
    ///
    /// # Panics
    /// Where there is none, and where the variable says something else.
    pub async fn chosen(folder: &Path) -> Self {
        match std::env::var("REPEATPOSTS_TEST_STORAGE").as_deref() {
            Ok("s3") => Self::on(S3::start().await),
            Err(_) | Ok("folder") => Self { blobs: BlobStore::folder(folder).expect("a folder of blobs"), s3: None },
            Ok(other) => panic!("REPEATPOSTS_TEST_STORAGE is {other:?}, and takes s3 or folder"),
        }
    }

    /// In the bucket of this service.
    ///
    /// # Panics
    /// Where it can't be opened.
    #[must_use]
    pub fn on(s3: S3) -> Self {
        Self { blobs: BlobStore::bucket(s3.bucket()).expect("a bucket"), s3: Some(s3) }
    }

    /// The service behind the blobs.
    ///
    /// # Panics
    /// Where they are in a folder.
    #[must_use]
    pub fn s3(&self) -> &S3 {
        self.s3.as_ref().expect("storage on S3")
    }
}
