//! Pictures that a team uploaded, one row for the same bytes.

use domain::{AssetId, TeamId, Timestamp};

use crate::{Result, Store};

/// An uploaded picture; its bytes lie in the blob store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    pub team: TeamId,
    /// Of the bytes, in hex.
    pub sha256: String,
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub blob_key: String,
    pub created_at: Timestamp,
}

/// A picture to be kept, whose bytes are in the blob store already.
#[derive(Clone, Debug)]
pub struct NewAsset {
    pub id: AssetId,
    pub team: TeamId,
    pub sha256: String,
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub blob_key: String,
}

impl Store {
    /// Keeps the asset, or gives the team's one of the same bytes. The flag says whether it is new.
    pub async fn put_asset(&self, asset: NewAsset, now: Timestamp) -> Result<(Asset, bool)> {
        let _ = (asset, now);
        unimplemented!()
    }

    pub async fn asset(&self, team: TeamId, id: &AssetId) -> Result<Option<Asset>> {
        let _ = (team, id);
        unimplemented!()
    }

    pub async fn asset_by_digest(&self, team: TeamId, sha256: &str) -> Result<Option<Asset>> {
        let _ = (team, sha256);
        unimplemented!()
    }

    /// Deletes the row and lists its blob for removal (see [`Store::doomed_blobs`]). Gives the blob's key, `None` where there was none.
    pub async fn delete_asset(&self, team: TeamId, id: &AssetId, now: Timestamp) -> Result<Option<String>> {
        let _ = (team, id, now);
        unimplemented!()
    }
}
