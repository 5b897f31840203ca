//! Uploaded pictures.

use std::time::Duration;

use assets::{BlobKey, Digest};
use bytes::Bytes;
use domain::{AssetId, TeamId};
use render::PictureError;
use render::codec::Kind;
use store::{Asset as Stored, NewAsset};
use tokio::time::Instant;

use crate::view::Asset;
use crate::{App, Error, Missing, Principal, Result};

/// Bytes of an upload.
pub const MAX_ASSET: u64 = 20 * 1024 * 1024;
/// Characters of a file's name that are kept.
const MAX_NAME: usize = 200;
/// How long looking at an upload may take.
const CHECK: Duration = Duration::from_secs(9);

impl App {
    /// Keeps a picture for later calls, under its file's name where it has one. `true`: it is new (201), else its bytes
    /// were known (200).
    ///
    /// # Errors
    /// [`Error::PayloadTooLarge`] over 20 MB, [`Error::UnsupportedMedia`] for anything but a picture that can be drawn.
    pub async fn upload_asset(&self, who: &Principal, bytes: Bytes, name: &str) -> Result<(Asset, bool)> {
        if bytes.len() as u64 > MAX_ASSET {
            return Err(Error::PayloadTooLarge { limit: MAX_ASSET });
        }
        let (stored, new) = self.keep_asset(who.team, AssetId::new(), bytes, name, Instant::now() + CHECK).await?;
        Ok((view(stored), new))
    }

    /// What an asset is; the bytes themselves are only ever drawn.
    ///
    /// # Errors
    /// [`Missing::Asset`].
    pub async fn asset(&self, who: &Principal, id: &str) -> Result<Asset> {
        let missing = || Error::missing(Missing::Asset);
        let parsed: AssetId = id.parse().map_err(|_| missing())?;
        if let Some(file) = assets::builtin::picture(id) {
            return self.built_in_asset(parsed, file).await;
        }
        Ok(view(self.store.asset(who.team, &parsed).await?.ok_or_else(missing)?))
    }

    /// Later calls can't name it any more; finished pictures stay as they are.
    ///
    /// # Errors
    /// [`Missing::Asset`].
    pub async fn delete_asset(&self, who: &Principal, id: &str) -> Result<()> {
        let missing = || Error::missing(Missing::Asset);
        let parsed: AssetId = id.parse().map_err(|_| missing())?;
        self.store.delete_asset(who.team, &parsed, self.clock.now()).await?.ok_or_else(missing)?;
        if let Err(error) = self.remove_doomed().await {
            tracing::warn!(asset = id, %error, "an asset's bytes wait for the sweeper");
        }
        Ok(())
    }

    /// Looks at the bytes in the sandbox, then keeps blob and row; known bytes keep their id.
    pub(crate) async fn keep_asset(
        &self,
        team: TeamId,
        id: AssetId,
        bytes: Bytes,
        name: &str,
        deadline: Instant,
    ) -> Result<(Stored, bool)> {
        let sha256 = Digest::of(&bytes).to_string();
        if let Some(known) = self.store.asset_by_digest(team, &sha256).await? {
            return Ok((known, false));
        }
        let facts = self.assets.sandbox().check(bytes.clone(), self.assets.lane(), deadline).await.map_err(|error| match error {
            PictureError::TooLarge => Error::UnsupportedMedia("The picture has more than 50 megapixels or 8,192 px a side.".into()),
            _ => Error::UnsupportedMedia("The body is no PNG, JPEG, WebP, GIF or SVG picture that can be read.".into()),
        })?;
        let blob = BlobKey::asset(id.as_str()).map_err(Error::internal)?;
        let length = bytes.len() as u64;
        self.assets.blobs().put(&blob, bytes).await?;
        let asset = NewAsset {
            id,
            team,
            sha256,
            format: format(facts.kind).to_owned(),
            width: facts.width,
            height: facts.height,
            bytes: length,
            blob_key: blob.to_string(),
            name: file_name(name),
        };
        let (stored, new) = self.store.put_asset(asset, self.clock.now()).await?;
        if stored.blob_key != blob.to_string() {
            // A twin was first; its blob holds the same bytes.
            self.assets.blobs().delete(&blob).await?;
        }
        Ok((stored, new))
    }

    async fn built_in_asset(&self, id: AssetId, file: &assets::builtin::Builtin) -> Result<Asset> {
        let bytes = Bytes::copy_from_slice(&file.bytes);
        let length = bytes.len() as u64;
        let facts = self.assets.sandbox().check(bytes, self.assets.lane(), Instant::now() + CHECK).await.map_err(Error::internal)?;
        Ok(Asset {
            id: id.to_string(),
            sha256: file.digest.to_string(),
            format: format(facts.kind).to_owned(),
            width: facts.width,
            height: facts.height,
            bytes: length,
        })
    }
}

/// A file's name as its sender called it: without folders and control characters, and not endless.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|character| !character.is_control()).take(MAX_NAME).collect::<String>().trim().to_owned()
}

pub(crate) fn view(asset: Stored) -> Asset {
    Asset {
        id: asset.id.to_string(),
        sha256: asset.sha256,
        format: asset.format,
        width: asset.width,
        height: asset.height,
        bytes: asset.bytes,
    }
}

fn format(kind: Kind) -> &'static str {
    match kind {
        Kind::Png => "png",
        Kind::Jpeg => "jpeg",
        Kind::Webp => "webp",
        Kind::Gif => "gif",
        Kind::Svg => "svg",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_kept_without_its_folder() {
        assert_eq!(file_name("C:\\photos\\Pier at dusk.png"), "Pier at dusk.png");
        assert_eq!(file_name("../a/\u{7}b.png "), "b.png");
        assert_eq!(file_name(&"x".repeat(500)).len(), 200);
    }
}
