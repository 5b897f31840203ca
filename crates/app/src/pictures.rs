//! Pictures by their URLs: what a call made (`/p/…`), and what shows our templates and kits (`/m/…`).

use std::ops::Range;
use std::time::Duration;

use assets::{BlobKey, Origin, Token};
use bytes::Bytes;
use domain::TemplateGroupId;

use crate::{App, Error, Missing, Result};

/// Where pictures of calls, and pictures of ours, stand behind `public_url`.
const OWN_PICTURES: [&str; 2] = ["/p/", "/m/"];

/// How callers get the pictures that calls made. Their URLs are ours in each case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Through us.
    #[default]
    Through,
    /// By redirect to what stands before the blobs' keys, without a slash at its end: a public bucket, or a CDN before it.
    Redirect(String),
    /// By redirect to a URL of the bucket that is valid for so long.
    Presigned(Duration),
}

/// A finished picture, before its bytes were read.
#[derive(Clone, Debug)]
pub struct PictureFile {
    key: BlobKey,
    pub length: u64,
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// Strong and quoted.
    pub etag: String,
    /// The name for a download that names none.
    pub file_name: String,
}

/// One stored picture.
#[derive(Clone, Debug)]
pub struct StoredPicture {
    pub bytes: Bytes,
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// Strong and quoted.
    pub etag: String,
    /// The name for a download that names none.
    pub file_name: String,
}

impl App {
    /// A finished picture by the random part of its URL (`/p/{path}`, extension included). No key is needed.
    ///
    /// # Errors
    /// [`Missing::Other`]; [`Error::Expired`] once it expired or was deleted.
    pub async fn picture(&self, path: &str) -> Result<PictureFile> {
        let missing = || Error::missing(Missing::Other);
        let key = picture_key(path).ok_or_else(missing)?;
        let file = self.store.file(&key.to_string()).await?.ok_or_else(missing)?;
        if file.gone {
            return Err(Error::Expired);
        }
        let (sha256, length) = file.sha256.zip(file.bytes).ok_or_else(missing)?;
        let extension = path.rsplit('.').next().unwrap_or_default();
        Ok(PictureFile {
            media_type: key.media_type(),
            etag: format!("\"{sha256}\""),
            file_name: format!("{}.{extension}", file.image),
            key,
            length,
        })
    }

    /// The bytes of a part of a picture, or of all of it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while the storage can't be had; [`Missing::Other`] where it was deleted meanwhile.
    pub async fn picture_bytes(&self, file: &PictureFile, part: Range<u64>) -> Result<Bytes> {
        let blobs = self.assets.blobs();
        let bytes = if part == (0..file.length) {
            blobs.get(&file.key).await?
        } else {
            blobs.get_range(&file.key, part).await?.map(|(bytes, _)| bytes)
        };
        bytes.ok_or_else(|| Error::missing(Missing::Other))
    }

    /// Where a caller is sent for a picture; `None`: it is to be had through us. `disposition` is what `Content-Disposition`
    /// must say there, which nobody can ask of a public bucket.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where no URL can be signed.
    pub async fn picture_elsewhere(&self, file: &PictureFile, head: bool, disposition: Option<&str>) -> Result<Option<String>> {
        Ok(match &self.config.delivery {
            Delivery::Through => None,
            Delivery::Redirect(base) => disposition.is_none().then(|| format!("{base}/{}", file.key)),
            Delivery::Presigned(valid) => self.assets.blobs().signed_url(&file.key, head, *valid, disposition).await?.map(String::from),
        })
    }

    /// A picture of ours that no call made, under `/m/{path}`: previews of groups, logos of kits, thumbnails.
    ///
    /// # Errors
    /// [`Missing::Other`].
    pub async fn public_picture(&self, path: &str) -> Result<StoredPicture> {
        let missing = || Error::missing(Missing::Other);
        let parts: Vec<&str> = path.split('/').collect();
        let png = "image/png";
        let (bytes, name, media_type) = match parts.as_slice() {
            ["logos", owner, file] => {
                let digest = file.strip_suffix(".png").ok_or_else(missing)?;
                let key = BlobKey::preview(owner, digest).map_err(|_| missing())?;
                (self.assets.blobs().get(&key).await?.ok_or_else(missing)?, "logo.png".to_owned(), png)
            }
            ["previews", group, version, file] => {
                let group: TemplateGroupId = group.parse().map_err(|_| missing())?;
                let version: u32 = version.parse().map_err(|_| missing())?;
                let size = file.strip_suffix(".png").ok_or_else(missing)?;
                (self.preview(&group, version, size).await?, format!("{}-{size}.png", group.word()), png)
            }
            // `<token>-<extension>.webp`
            ["thumbs", file] => {
                let (token, extension) = file.strip_suffix(".webp").and_then(|stem| stem.split_once('-')).ok_or_else(missing)?;
                let bytes = self.picture_thumbnail(&format!("{token}.{extension}")).await?;
                (bytes, (*file).to_owned(), "image/webp")
            }
            _ => return Err(missing()),
        };
        let etag = format!("\"{}\"", assets::Digest::of(&bytes));
        Ok(StoredPicture { bytes, media_type, etag, file_name: name })
    }

    /// Where the picture behind a path under `public_url` is; `None` where there is none.
    pub(crate) async fn own_origin(&self, path: &str) -> Result<Option<Origin>> {
        if let Some(path) = path.strip_prefix(OWN_PICTURES[1]) {
            return Ok(self.public_picture(path).await.ok().map(|picture| Origin::Bytes(picture.bytes)));
        }
        let Some(key) = path.strip_prefix(OWN_PICTURES[0]).and_then(picture_key) else { return Ok(None) };
        let file = self.store.file(&key.to_string()).await?;
        Ok(file.filter(|file| !file.gone && file.sha256.is_some()).map(|_| Origin::Blob(key)))
    }

    /// The address of a picture's thumbnail, relative to `public_url`.
    pub(crate) fn thumbnail_path(blob_key: &str) -> String {
        let file = blob_key.rsplit('/').next().unwrap_or_default().replace('.', "-");
        format!("{}thumbs/{file}.webp", OWN_PICTURES[1])
    }

    /// The URL of a picture by the text of its blob key.
    pub(crate) fn picture_url(&self, blob_key: &str) -> String {
        let file = blob_key.rsplit('/').next().unwrap_or_default();
        format!("{}{}{file}", self.config.public_url, OWN_PICTURES[0])
    }
}

/// `<token>.<extension>`.
pub(crate) fn picture_key(path: &str) -> Option<BlobKey> {
    let (token, extension) = path.split_once('.')?;
    BlobKey::picture(token.parse::<Token>().ok()?, extension).ok()
}
