//! Decoded pictures, kept within a budget of bytes.

use quick_cache::{Weighter, sync::Cache};
use render::Picture;

use crate::{Digest, Need};

/// What was decoded for which box.
pub(crate) type PictureKey = (Digest, Need);

#[derive(Clone)]
struct ByBytes;

impl Weighter<PictureKey, Picture> for ByBytes {
    fn weight(&self, _key: &PictureKey, picture: &Picture) -> u64 {
        let file = picture.file.as_ref().map_or(0, |file| (**file).as_ref().len() as u64);
        u64::from(picture.width) * u64::from(picture.height) * 4 + file + 256
    }
}

/// Two budgets, so that strangers' photographs never push out the built-in pictures and logos that every call uses.
pub(crate) struct Pictures {
    strangers: Cache<PictureKey, Picture, ByBytes>,
    own: Cache<PictureKey, Picture, ByBytes>,
}

impl Pictures {
    /// `bytes` in all; a quarter of it is for our own.
    pub(crate) fn new(bytes: u64) -> Self {
        let own = bytes / 4;
        let cache = |bytes: u64| Cache::with_weighter((bytes / (1024 * 1024)).max(16) as usize, bytes, ByBytes);
        Self { strangers: cache(bytes - own), own: cache(own) }
    }

    pub(crate) async fn get_or_decode<E>(
        &self,
        key: PictureKey,
        own: bool,
        decode: impl Future<Output = Result<Picture, E>>,
    ) -> Result<Picture, E> {
        // Of several that want the same picture one decodes; an error is not kept, the next one tries for itself.
        if own { self.own.get_or_insert_async(&key, decode).await } else { self.strangers.get_or_insert_async(&key, decode).await }
    }

    /// Bytes held now.
    pub(crate) fn weight(&self) -> u64 {
        self.strangers.weight() + self.own.weight()
    }
}
