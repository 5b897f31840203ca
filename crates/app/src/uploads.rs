//! The team's uploads as people see them: found again by their files' names.

use assets::{Origin, builtin};
use bytes::Bytes;
use domain::{AssetId, Right};
use store::Asset as Stored;

use crate::asset::view;
use crate::generations::{MAX_PAGE, PAGE};
use crate::view::{Page, Upload};
use crate::{App, Error, Member, Missing, Query, Result};

impl App {
    /// Newest first: `limit`, `cursor`, `search` (a part of the file's name).
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn uploads(&self, member: &Member, query: &Query) -> Result<Page<Upload>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let (search, cursor) = (reader.text("search"), reader.text("cursor"));
        reader.finish()?;
        let page = self.store.assets(member.team, search, limit as u32, cursor).await?;
        Ok(Page::new(page.rows.into_iter().map(listed).collect(), page.next))
    }

    /// # Errors
    /// [`Missing::Asset`].
    pub async fn upload(&self, member: &Member, id: &str) -> Result<Upload> {
        Ok(listed(self.stored_upload(member, id).await?))
    }

    /// Keeps a file as [`App::upload_asset`] does. `true`: its bytes were not known before.
    ///
    /// # Errors
    /// [`Error::Forbidden`], and those of [`App::upload_asset`].
    pub async fn keep_upload(&self, member: &Member, bytes: Bytes, name: &str) -> Result<(Upload, bool)> {
        member.need(Right::Create)?;
        let (asset, is_new) = self.upload_asset(&member.principal(), bytes, name).await?;
        Ok((self.upload(member, &asset.id).await?, is_new))
    }

    /// How many of the team's generations were made with an upload: those can't be made again once it is deleted.
    ///
    /// # Errors
    /// [`Missing::Asset`].
    pub async fn upload_uses(&self, member: &Member, id: &str) -> Result<u64> {
        let asset = self.stored_upload(member, id).await?;
        Ok(self.store.asset_uses(member.team, &asset.id).await?)
    }

    /// # Errors
    /// [`Error::Forbidden`], [`Missing::Asset`].
    pub async fn delete_upload(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Create)?;
        self.delete_asset(&member.principal(), id).await
    }

    /// An upload, or a picture that ships inside, as WebP of at most 320 px.
    ///
    /// # Errors
    /// [`Missing::Asset`].
    pub async fn upload_thumbnail(&self, member: &Member, id: &str) -> Result<Bytes> {
        if builtin::picture(id).is_some() {
            return self.small(Origin::Builtin(id.to_owned())).await;
        }
        let asset = self.stored_upload(member, id).await?;
        self.small(Origin::Blob(asset.blob_key.parse().map_err(|_| Error::missing(Missing::Asset))?)).await
    }

    /// Id and name of the pictures that ship inside, for every team.
    #[must_use]
    pub fn built_in_pictures() -> Vec<(String, String)> {
        let named = |file: &builtin::Builtin| (format!("{}{}", builtin::ASSET_PREFIX, file.stem()), file.stem().replace(['_', '-'], " "));
        builtin::pictures().iter().map(named).collect()
    }

    async fn stored_upload(&self, member: &Member, id: &str) -> Result<Stored> {
        let missing = || Error::missing(Missing::Asset);
        let id: AssetId = id.parse().map_err(|_| missing())?;
        self.store.asset(member.team, &id).await?.ok_or_else(missing)
    }
}

fn listed(asset: Stored) -> Upload {
    Upload { name: asset.name.clone(), created_at: asset.created_at, asset: view(asset) }
}
