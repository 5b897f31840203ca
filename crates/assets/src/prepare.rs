//! From a list of wanted pictures to the world that a render asks.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::join_all;
use quick_cache::sync::Cache;
use render::{
    Picture, PictureError, World,
    codec::{self, Kind},
};
use tokio::time::Instant;
use url::Url;

use crate::{BlobKey, BlobStore, Digest, Fetcher, Need, Sandbox, builtin, fetch::Call, pictures::Pictures};

/// Where a picture's bytes are.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Somewhere else; checked by [`check_url_text`](crate::check_url_text) before.
    Url(Url),
    /// In our store: an upload, a logo, or a picture under our own `public_url`.
    Blob(BlobKey),
    /// Inside the binary, by asset id (`asset_demo_…`).
    Builtin(String),
    /// In the request itself, from a `data:` URL.
    Bytes(Bytes),
}

/// One picture that a render will ask for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the render will ask by, as in `template::bound::Source`.
    pub key: String,
    pub origin: Origin,
    pub need: Need,
}

/// Bytes that can't be had any more because the answer is settled.
const KNOWN_BLOBS: usize = 4_096;

/// All that preparing pictures takes. Cheap to clone.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    blobs: BlobStore,
    fetcher: Fetcher,
    sandbox: Sandbox,
    pictures: Pictures,
    /// Blobs never change under their key, so their digest is learned once.
    digests: Cache<BlobKey, Digest>,
    calls: AtomicU64,
}

impl Assets {
    /// `cache` is the budget of decoded pictures in bytes.
    pub fn new(blobs: BlobStore, fetcher: Fetcher, sandbox: Sandbox, cache: u64) -> Self {
        let digests = Cache::new(KNOWN_BLOBS);
        Self(Arc::new(Inner { blobs, fetcher, sandbox, pictures: Pictures::new(cache), digests, calls: AtomicU64::new(0) }))
    }

    pub fn blobs(&self) -> &BlobStore {
        &self.0.blobs
    }

    /// The guarded way out.
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.0.sandbox
    }

    /// A number of its own for each call: the sandbox serves calls in turn.
    pub fn lane(&self) -> u64 {
        self.0.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// Bytes of decoded pictures held now.
    pub fn cached(&self) -> u64 {
        self.0.pictures.weight()
    }

    /// Fetches, reads and decodes side by side until the deadline; what is not there by then has failed. A key wanted
    /// twice is had once, at the larger size.
    pub async fn prepare(&self, wanted: Vec<Wanted>, deadline: Instant) -> Prepared {
        let start = Instant::now();
        let mut by_key: Vec<Wanted> = Vec::with_capacity(wanted.len());
        for picture in wanted {
            match by_key.iter_mut().find(|other| other.key == picture.key) {
                Some(other) => other.need = other.need.and(picture.need),
                None => by_key.push(picture),
            }
        }
        let call = self.0.fetcher.call(deadline);
        let lane = self.lane();
        let entries = join_all(by_key.into_iter().map(|picture| self.entry(picture, &call, lane, deadline))).await;
        Prepared { entries: entries.into_iter().collect(), elapsed: start.elapsed() }
    }

    async fn entry(&self, wanted: Wanted, call: &Call, lane: u64, deadline: Instant) -> (String, Entry) {
        let mut digest = None;
        let picture = self.picture(wanted.origin, wanted.need, call, lane, deadline, &mut digest).await;
        (wanted.key, Entry { picture, digest })
    }

    async fn picture(
        &self,
        origin: Origin,
        need: Need,
        call: &Call,
        lane: u64,
        deadline: Instant,
        seen: &mut Option<Digest>,
    ) -> Result<Picture, PictureError> {
        let inner = &*self.0;
        let own = matches!(origin, Origin::Builtin(_) | Origin::Blob(BlobKey::Logo(..)));
        match origin {
            Origin::Builtin(id) => {
                let file = builtin::picture(&id).ok_or(PictureError::FetchFailed)?;
                *seen = Some(file.digest);
                self.decode(async || Ok(to_bytes(file.bytes.clone())), file.digest, need, own, lane, deadline).await
            }
            Origin::Bytes(bytes) => {
                let digest = Digest::of(&bytes);
                *seen = Some(digest);
                self.decode(async || Ok(bytes.clone()), digest, need, own, lane, deadline).await
            }
            Origin::Url(url) => {
                let file = call.get(&url).await?;
                *seen = Some(file.digest);
                self.decode(async || Ok(file.bytes.clone()), file.digest, need, own, lane, deadline).await
            }
            Origin::Blob(key) => {
                if let Some(digest) = inner.digests.get(&key) {
                    *seen = Some(digest);
                    return self.decode(async || self.read(&key, deadline).await, digest, need, own, lane, deadline).await;
                }
                let bytes = self.read(&key, deadline).await?;
                let digest = Digest::of(&bytes);
                *seen = Some(digest);
                inner.digests.insert(key, digest);
                self.decode(async || Ok(bytes.clone()), digest, need, own, lane, deadline).await
            }
        }
    }

    async fn read(&self, key: &BlobKey, deadline: Instant) -> Result<Bytes, PictureError> {
        match tokio::time::timeout_at(deadline, self.0.blobs.get(key)).await {
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) | Err(_) => Err(PictureError::FetchFailed),
            Ok(Err(error)) => {
                tracing::error!(%key, %error, "a picture could not be read");
                Err(PictureError::FetchFailed)
            }
        }
    }

    async fn decode(
        &self,
        bytes: impl AsyncFnOnce() -> Result<Bytes, PictureError>,
        digest: Digest,
        need: Need,
        own: bool,
        lane: u64,
        deadline: Instant,
    ) -> Result<Picture, PictureError> {
        let work = async {
            let bytes = bytes().await?;
            let picture = self.0.sandbox.decode(bytes.clone(), digest, need, lane, deadline).await?;
            Ok(match codec::sniff(&bytes) {
                Some(Kind::Jpeg) => Picture { file: Some(Arc::new(bytes)), ..picture },
                _ => picture,
            })
        };
        self.0.pictures.get_or_decode((digest, need), own, work).await
    }
}

fn to_bytes(data: std::borrow::Cow<'static, [u8]>) -> Bytes {
    match data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    }
}

struct Entry {
    picture: Result<Picture, PictureError>,
    digest: Option<Digest>,
}

/// Every wanted picture, or why it is not there.
pub struct Prepared {
    entries: HashMap<String, Entry>,
    elapsed: Duration,
}

impl Prepared {
    /// SHA-256 of the bytes that were had for a key, whether or not they were a picture.
    pub fn digest(&self, key: &str) -> Option<Digest> {
        self.entries.get(key)?.digest
    }

    /// How long it took, for `Server-Timing`.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl World for Prepared {
    fn picture(&self, key: &str) -> Result<Picture, PictureError> {
        self.entries.get(key).map_or(Err(PictureError::FetchFailed), |entry| entry.picture.clone())
    }
}
