//! Blobs: whole files under keys, durable when `put` returns.
//!
//! A folder, or a bucket of an S3 service; `object_store` is behind both.

mod bucket;
mod carry;
mod error;
mod key;

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use object_store::{
    Attribute, AttributeValue, Attributes, GetOptions, ObjectStore, ObjectStoreExt as _, PutOptions, PutPayload,
    aws::AmazonS3,
    local::LocalFileSystem,
    path::Path as Location,
    signer::{Method, SignedUrlOptions, Signer as _},
};
use tokio::time::timeout;
use url::Url;

pub use bucket::{Bucket, Credentials, SecretKey};
pub use carry::Carried;
pub use error::BlobError;
pub use key::{BadKey, BlobKey, Name, Token};

/// What a request to a bucket may take, and a second more for each megabyte that it moves. A service that hangs must not
/// keep a job, a sweep or a reader for longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The folders of keys, in the order in which [`BlobStore::list`] walks them.
const FOLDERS: [&str; 5] = ["assets", "fonts", "logos", "pictures", "previews"];

/// What the doctor wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// For people: the folder, or the bucket and its service.
    pub place: String,
    /// Free bytes for us; `None` where the storage has no such figure.
    pub free: Option<u64>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct BlobStore {
    store: Arc<dyn ObjectStore>,
    place: Arc<Place>,
}

enum Place {
    Folder(PathBuf),
    Bucket { bucket: Bucket, signer: AmazonS3 },
}

impl fmt::Debug for BlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobStore({})", self.place())
    }
}

impl BlobStore {
    /// Opens (or makes) a folder.
    ///
    /// # Errors
    /// Where the folder can't be made or read.
    pub fn folder(folder: &Path) -> Result<Self, BlobError> {
        let failed = |error: std::io::Error| BlobError::new(format!("{}: {error}", folder.display()));
        // Made ahead, so that no put has to make a folder durable along with its file.
        for shard in 0..=255u8 {
            std::fs::create_dir_all(folder.join(format!("pictures/{shard:02x}"))).map_err(failed)?;
        }
        for place in [&folder.join("pictures"), folder] {
            std::fs::File::open(place).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        // With fsync a put writes beside, syncs the file, renames, and syncs every folder whose entries changed.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| BlobError::of_folder(&error))?.with_fsync(true);
        Ok(Self { store: Arc::new(store), place: Arc::new(Place::Folder(folder.to_owned())) })
    }

    /// Opens a bucket. Nothing is asked of the service before the first operation; see [`BlobStore::check`].
    ///
    /// # Errors
    /// Credentials that are missing or half there.
    pub fn bucket(bucket: Bucket) -> Result<Self, BlobError> {
        let signer = bucket.open()?;
        Ok(Self { store: Arc::new(signer.clone()), place: Arc::new(Place::Bucket { bucket, signer }) })
    }

    /// Writes a whole blob, over an older one if there is one. When this returns, it is there after a power cut.
    ///
    /// # Errors
    /// Disk full, permissions and the like; then either the old or the new blob is there, never a half. A bucket that
    /// does not answer in time may still write it later.
    pub async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        let attributes = match &*self.place {
            Place::Folder(_) => Attributes::new(),
            Place::Bucket { .. } => {
                let told = [(Attribute::ContentType, key.media_type()), (Attribute::CacheControl, key.caching())];
                told.into_iter().map(|(name, value)| (name, AttributeValue::from(value))).collect()
            }
        };
        self.write(&self.location(key), bytes, attributes).await
    }

    async fn write(&self, location: &Location, bytes: Bytes, attributes: Attributes) -> Result<(), BlobError> {
        let size = bytes.len() as u64;
        let options = PutOptions { attributes, ..PutOptions::default() };
        let written = self.ask(size, self.store.put_opts(location, PutPayload::from_bytes(bytes), options)).await?;
        written.map(drop).ok_or_else(|| BlobError::new(format!("{} is gone", self.place())))
    }

    /// # Errors
    /// Where the storage fails; an absent blob is `None`.
    pub async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, BlobError> {
        Ok(self.read(&self.location(key), GetOptions::default()).await?.map(|(bytes, _)| bytes))
    }

    /// Bytes `range.start` to `range.end` (exclusive, cut at the blob's end), and the whole blob's size.
    ///
    /// # Errors
    /// Where the storage fails or the range starts behind the end.
    pub async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Option<(Bytes, u64)>, BlobError> {
        self.read(&self.location(key), GetOptions { range: Some(range.into()), ..GetOptions::default() }).await
    }

    async fn read(&self, location: &Location, options: GetOptions) -> Result<Option<(Bytes, u64)>, BlobError> {
        let Some(found) = self.ask(0, self.store.get_opts(location, options)).await? else { return Ok(None) };
        let (whole, part) = (found.meta.size, found.range.end - found.range.start);
        Ok(self.ask(part, found.bytes()).await?.map(|bytes| (bytes, whole)))
    }

    /// Size in bytes.
    ///
    /// # Errors
    /// Where the storage fails; an absent blob is `None`.
    pub async fn head(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.ask(0, self.store.head(&self.location(key))).await?.map(|meta| meta.size))
    }

    /// Removes a blob; an absent one is fine.
    ///
    /// # Errors
    /// Where the storage fails.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.remove(&self.location(key)).await
    }

    async fn remove(&self, location: &Location) -> Result<(), BlobError> {
        self.ask(0, self.store.delete(location)).await?;
        Ok(())
    }

    /// Every blob with its size in bytes, folder by folder; what is no key of ours is passed over. Ends after an error.
    pub fn list(&self) -> BoxStream<'_, Result<(BlobKey, u64), BlobError>> {
        let prefix = self.prefix();
        futures::stream::iter(FOLDERS).flat_map(move |folder| self.list_below(prefix, folder)).boxed()
    }

    fn list_below<'a>(
        &'a self,
        prefix: &'a str,
        folder: &'static str,
    ) -> impl Stream<Item = Result<(BlobKey, u64), BlobError>> + Send + 'a {
        let objects = self.store.list(Some(&below(prefix, folder)));
        futures::stream::try_unfold(objects, move |mut objects| async move {
            loop {
                let next = async { objects.next().await.transpose() };
                let Some(meta) = self.ask(0, next).await?.flatten() else { return Ok(None) };
                let text = meta.location.as_ref();
                let text = if prefix.is_empty() { Some(text) } else { text.strip_prefix(prefix).and_then(|text| text.strip_prefix('/')) };
                if let Some(Ok(key)) = text.map(str::parse::<BlobKey>) {
                    return Ok(Some(((key, meta.size), objects)));
                }
            }
        })
    }

    /// A URL under which anybody can have the blob from the bucket itself until `valid` is over; `None` where the blobs
    /// are in a folder. `disposition` is what the service will answer as `Content-Disposition`. Nothing is looked up.
    ///
    /// # Errors
    /// Where no credentials can be had.
    pub async fn signed_url(
        &self,
        key: &BlobKey,
        head: bool,
        valid: Duration,
        disposition: Option<&str>,
    ) -> Result<Option<Url>, BlobError> {
        let Place::Bucket { signer, .. } = &*self.place else { return Ok(None) };
        let method = if head { Method::HEAD } else { Method::GET };
        let options = SignedUrlOptions::new().with_query(disposition.map(|text| ("response-content-disposition", text)));
        self.ask(0, signer.signed_url_opts(method, &self.location(key), valid, &options)).await
    }

    /// Writes, reads back, lists and removes a small file, and looks at the free space.
    ///
    /// # Errors
    /// What failed and what to do, in words.
    pub async fn check(&self) -> Result<Health, BlobError> {
        let location = below(self.prefix(), &format!("doctor-{}", Token::random()?));
        let text = Bytes::from_static(b"written by the doctor");
        self.write(&location, text.clone(), Attributes::new()).await.map_err(|error| error.during("writing"))?;
        let read = self.read(&location, GetOptions::default()).await.map_err(|error| error.during("reading"))?;
        let listed = self.list().next().await.transpose().map_err(|error| error.during("listing"));
        self.remove(&location).await.map_err(|error| error.during("removing"))?;
        listed?;
        if read.is_none_or(|(bytes, _)| bytes != text) {
            return Err(BlobError::new(format!("{}: other bytes were read than had been written", self.place())));
        }
        let free = match &*self.place {
            Place::Folder(folder) => {
                let stat = rustix::fs::statvfs(folder).map_err(|error| BlobError::new(error.to_string()))?;
                Some(stat.f_bavail * stat.f_frsize)
            }
            Place::Bucket { .. } => None,
        };
        Ok(Health { place: self.place(), free })
    }

    /// Whether a blob could be put now: one small write, under a name that is always the same.
    ///
    /// # Errors
    /// What failed and what to do, in words.
    pub async fn probe(&self) -> Result<(), BlobError> {
        self.write(&below(self.prefix(), "probe"), Bytes::from_static(b"written by a probe"), Attributes::new()).await
    }

    /// For people: the folder, or the bucket and its service.
    #[must_use]
    pub fn place(&self) -> String {
        match &*self.place {
            Place::Folder(folder) => folder.display().to_string(),
            Place::Bucket { bucket, .. } => bucket.to_string(),
        }
    }

    fn prefix(&self) -> &str {
        match &*self.place {
            Place::Folder(_) => "",
            Place::Bucket { bucket, .. } => &bucket.prefix,
        }
    }

    fn location(&self, key: &BlobKey) -> Location {
        below(self.prefix(), &key.to_string())
    }

    /// Waits for an operation that moves `bytes`, in a bucket for so long and no longer. `None`: not found.
    async fn ask<T>(&self, bytes: u64, work: impl Future<Output = object_store::Result<T>>) -> Result<Option<T>, BlobError> {
        let result = match &*self.place {
            Place::Folder(_) => work.await,
            Place::Bucket { bucket, .. } => {
                let patience = PATIENCE + Duration::from_secs(bytes >> 20);
                timeout(patience, work).await.map_err(|_| BlobError::late(bucket))?
            }
        };
        match (result, &*self.place) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(error @ object_store::Error::NotFound { .. }), _) if !error::no_bucket(&error) => Ok(None),
            (Err(error), Place::Folder(_)) => Err(BlobError::of_folder(&error)),
            (Err(error), Place::Bucket { bucket, .. }) => Err(BlobError::of_bucket(bucket, &error)),
        }
    }
}

fn below(prefix: &str, path: &str) -> Location {
    Location::from_iter(prefix.split('/').chain(path.split('/')).filter(|part| !part.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_check_leaves_nothing_behind_and_knows_the_free_space() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::folder(folder.path()).expect("a store");
        let health = store.check().await.expect("healthy");
        assert!(health.free.expect("a figure") > 0);
        let names: Vec<_> = std::fs::read_dir(folder.path()).expect("listed").filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        assert_eq!(names, ["pictures"]);
    }

    #[tokio::test]
    async fn a_store_that_cannot_write_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::folder(folder.path()).expect("a store");
        // A file where the folder must be made: refused for root too, unlike a permission.
        std::fs::write(folder.path().join("assets"), b"in the way").expect("written");
        let key = BlobKey::asset("asset_1").expect("a key");
        let error = store.put(&key, Bytes::from_static(b"x")).await.expect_err("refused");
        assert!(error.to_string().contains("assets"), "{error}");
    }
}
