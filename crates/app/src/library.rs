//! What a team draws with: template groups, brand kits, assets, credits.

use bytes::Bytes;
use serde_json::Value;

use crate::view::{Asset, BrandKit, Credits, Page, TemplateGroup};
use crate::{App, Principal, Query, Result};

impl App {
    /// The team's groups and the built-in ones: `limit`, `cursor`, `search`, `tag`.
    ///
    /// # Errors
    /// Faults of the query; [`crate::Error::InvalidCursor`].
    pub async fn templates(&self, who: &Principal, query: &Query) -> Result<Page<TemplateGroup>> {
        let _ = (who, query);
        unimplemented!()
    }

    /// # Errors
    /// [`crate::Missing::TemplateGroup`].
    pub async fn template(&self, who: &Principal, id: &str) -> Result<TemplateGroup> {
        let _ = (who, id);
        unimplemented!()
    }

    /// JSON Schema 2020-12 of the group's `inputData`.
    ///
    /// # Errors
    /// [`crate::Missing::TemplateGroup`].
    pub async fn template_schema(&self, who: &Principal, id: &str) -> Result<Value> {
        let _ = (who, id);
        unimplemented!()
    }

    /// The team's kits: `limit`, `cursor`.
    ///
    /// # Errors
    /// Faults of the query; [`crate::Error::InvalidCursor`].
    pub async fn brand_kits(&self, who: &Principal, query: &Query) -> Result<Page<BrandKit>> {
        let _ = (who, query);
        unimplemented!()
    }

    /// # Errors
    /// [`crate::Missing::BrandKit`].
    pub async fn brand_kit(&self, who: &Principal, id: &str) -> Result<BrandKit> {
        let _ = (who, id);
        unimplemented!()
    }

    /// # Errors
    /// None but the store's.
    pub async fn credits(&self, who: &Principal) -> Result<Credits> {
        let _ = who;
        unimplemented!()
    }

    /// Keeps a picture for later calls. `true`: it is new (201), else its bytes were known (200).
    ///
    /// # Errors
    /// [`crate::Error::PayloadTooLarge`] over 20 MB, [`crate::Error::UnsupportedMedia`] for anything but a picture.
    pub async fn upload_asset(&self, who: &Principal, bytes: Bytes) -> Result<(Asset, bool)> {
        let _ = (who, bytes);
        unimplemented!()
    }

    /// # Errors
    /// [`crate::Missing::Asset`].
    pub async fn asset(&self, who: &Principal, id: &str) -> Result<Asset> {
        let _ = (who, id);
        unimplemented!()
    }

    /// # Errors
    /// [`crate::Missing::Asset`].
    pub async fn delete_asset(&self, who: &Principal, id: &str) -> Result<()> {
        let _ = (who, id);
        unimplemented!()
    }
}
