//! Reading, listing, deleting and expiring generations.

use domain::{BrandKitId, GenerationId, GenerationStatus, ImageErrorCode, ImageId, ImageStatus, KeyId, Mode, TeamId, TemplateGroupId, TemplateId, Timestamp};

use crate::{Page, Result, Store};

/// A generation with its images. Texts named "JSON" are as they were given.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    pub id: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    pub key: KeyId,
    pub status: GenerationStatus,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub brand_kit: Option<(BrandKitId, u32)>,
    pub locale: String,
    /// JSON; empty in lists.
    pub input_data: String,
    pub external_id: Option<String>,
    /// JSON.
    pub metadata: String,
    /// JSON; empty in lists.
    pub warnings: String,
    /// JSON.
    pub error: Option<String>,
    /// JSON.
    pub engine: String,
    /// Credits held now.
    pub reserved: i64,
    /// Credits charged.
    pub charged: i64,
    pub images: Vec<Image>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    /// Since when its pictures are gone by the plan's retention.
    pub expired_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub id: ImageId,
    pub template: TemplateId,
    pub key: String,
    pub name: String,
    pub status: ImageStatus,
    pub width: u32,
    pub height: u32,
    pub alt_text: Option<String>,
    pub render_ms: Option<f64>,
    /// JSON; empty in lists.
    pub warnings: String,
    pub error: Option<ImageError>,
    /// The call's encodings in its order.
    pub files: Vec<File>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError {
    pub code: ImageErrorCode,
    pub message: String,
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub format: String,
    pub blob_key: String,
    /// Set with its image's completion.
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

/// What a list of generations is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct GenerationFilter {
    pub status: Option<GenerationStatus>,
    pub external_id: Option<String>,
    /// At or after.
    pub created_after: Option<Timestamp>,
    /// Before.
    pub created_before: Option<Timestamp>,
}

/// What a deletion did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The keys of its files, which are listed for removal too.
    Done { blob_keys: Vec<String> },
    /// None such, or deleted before.
    Missing,
}

impl Store {
    pub async fn generation(&self, team: TeamId, mode: Mode, id: GenerationId) -> Result<Option<Generation>> {
        let _ = (team, mode, id);
        unimplemented!()
    }

    /// Newest first, without inputs and warnings.
    pub async fn generations(&self, team: TeamId, mode: Mode, filter: &GenerationFilter, limit: u32, cursor: Option<&str>) -> Result<Page<Generation>> {
        let _ = (team, mode, filter, limit, cursor);
        unimplemented!()
    }

    /// Removes inputs and files for good; an unfinished one is ended first and its credits released.
    pub async fn delete_generation(&self, team: TeamId, mode: Mode, id: GenerationId, now: Timestamp) -> Result<Deleted> {
        let _ = (team, mode, id, now);
        unimplemented!()
    }

    /// Marks up to `limit` generations whose retention is over as expired, and lists their files for removal. Gives their number.
    pub async fn expire_generations(&self, limit: u32, now: Timestamp) -> Result<u64> {
        let _ = (limit, now);
        unimplemented!()
    }
}
