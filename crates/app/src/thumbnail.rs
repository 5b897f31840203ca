//! Small versions of pictures: what a list shows of a generation or an asset.

use std::time::Duration;

use assets::{BlobKey, Need, Origin, Token, Wanted};
use bytes::Bytes;
use render::codec::{self, Buffers, Pixels};
use render::{Format, Picture, World as _};
use template::bound::ImageFit;
use tokio::time::Instant;

use crate::{App, Error, Missing, Result};

/// The longest edge, in pixels: twice the 160 that a list shows.
const EDGE: u32 = 320;
const QUALITY: u8 = 80;
const TIME: Duration = Duration::from_secs(9);

/// The blob of a finished picture's thumbnail; it goes when the picture goes.
pub(crate) fn key(token: Token) -> Result<BlobKey> {
    let name = token.to_string();
    BlobKey::preview(&format!("thumbs-{}", name.get(..2).unwrap_or_default()), &name).map_err(Error::internal)
}

impl App {
    /// A finished picture as WebP of at most 320 px, by the file name of its URL. Made when first asked for, and kept.
    ///
    /// # Errors
    /// [`Missing::Other`]; [`Error::Expired`] once it expired or was deleted.
    pub(crate) async fn picture_thumbnail(&self, file: &str) -> Result<Bytes> {
        let missing = || Error::missing(Missing::Other);
        let picture = crate::pictures::picture_key(file).ok_or_else(missing)?;
        let BlobKey::Picture(token, _) = &picture else { return Err(missing()) };
        let stored = self.store.file(&picture.to_string()).await?.ok_or_else(missing)?;
        if stored.gone {
            return Err(Error::Expired);
        }
        stored.sha256.ok_or_else(missing)?;
        let key = key(*token)?;
        if let Some(bytes) = self.assets.blobs().get(&key).await? {
            return Ok(bytes);
        }
        let bytes = self.small(Origin::Blob(picture)).await?;
        if let Err(error) = self.assets.blobs().put(&key, bytes.clone()).await {
            tracing::warn!(%key, %error, "a thumbnail was not kept");
        }
        Ok(bytes)
    }

    /// Keeps the thumbnail of a picture whose file can't be read again.
    pub(crate) async fn keep_thumbnail(&self, blob_key: &str, bytes: Bytes) {
        let Ok(BlobKey::Picture(token, _)) = blob_key.parse() else { return };
        let kept = match key(token) {
            Ok(key) => self.assets.blobs().put(&key, bytes).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::warn!(blob_key, %error, "a thumbnail was not kept");
        }
    }

    /// Any picture as WebP of at most 320 px.
    ///
    /// # Errors
    /// [`Missing::Other`] where it can't be had.
    pub(crate) async fn small(&self, origin: Origin) -> Result<Bytes> {
        let wanted = Wanted { key: String::new(), origin, need: Need::contain(EDGE, EDGE) };
        let world = self.assets.prepare(vec![wanted], Instant::now() + TIME).await;
        let picture = world.picture("").map_err(|_| Error::missing(Missing::Other))?;
        let encoded = self.pool.run_spare(move |_| thumbnail(&picture).map_err(Error::Internal));
        Ok(encoded.await.map_err(|_| Error::Overloaded)??.into())
    }
}

/// A picture as WebP of at most 320 px.
///
/// # Errors
/// The encoder's.
pub(crate) fn thumbnail(picture: &Picture) -> std::result::Result<Vec<u8>, String> {
    let mut buffers = Buffers::default();
    let edge = EDGE.min(picture.width.max(picture.height));
    let placement = codec::place(picture, edge, edge, ImageFit::Contain, [0.5, 0.5]);
    let mut rgba = Vec::new();
    codec::resize(&mut buffers, picture, &placement, &mut rgba).map_err(|error| error.to_string())?;
    let pixels = Pixels { width: placement.width, height: placement.height, opaque: picture.opaque, rgba: &rgba };
    codec::encode(&mut buffers, pixels, Format::Webp, QUALITY).map_err(|error| error.to_string())
}
