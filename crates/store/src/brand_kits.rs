//! Brand kits and their immutable revisions. A kit's document is opaque text here.

use domain::{BrandKitId, TeamId, Timestamp};

use crate::{Page, Published, Result, Store};

/// A kit with the document of one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandKit {
    pub id: BrandKitId,
    pub team: TeamId,
    pub slug: String,
    pub name: String,
    pub is_default: bool,
    /// The version of `document`.
    pub version: u32,
    pub document: String,
    pub digest: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A kit, or a new version of one: found by team and slug.
#[derive(Clone, Debug)]
pub struct NewBrandKit {
    pub team: TeamId,
    pub slug: String,
    pub name: String,
    pub document: String,
    /// Digest of `document`; the same one as the last version's makes no new version.
    pub digest: String,
    /// Makes it the team's default.
    pub default: bool,
}

impl Store {
    pub async fn publish_brand_kit(&self, kit: NewBrandKit, now: Timestamp) -> Result<Published<BrandKitId>> {
        let _ = (kit, now);
        unimplemented!()
    }

    /// A team's kit; `None` is its latest version.
    pub async fn brand_kit(&self, team: TeamId, id: &BrandKitId, version: Option<u32>) -> Result<Option<BrandKit>> {
        let _ = (team, id, version);
        unimplemented!()
    }

    pub async fn default_brand_kit(&self, team: TeamId) -> Result<Option<BrandKit>> {
        let _ = team;
        unimplemented!()
    }

    /// A team's kits, newest first, each with its latest document.
    pub async fn brand_kits(&self, team: TeamId, limit: u32, cursor: Option<&str>) -> Result<Page<BrandKit>> {
        let _ = (team, limit, cursor);
        unimplemented!()
    }
}
