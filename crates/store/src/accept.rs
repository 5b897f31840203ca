//! Transaction A: a call is accepted. After it there is a generation, and its credits are held.

use domain::{BrandKitId, Credits, GenerationId, ImageId, KeyId, Mode, TeamId, TemplateGroupId, TemplateId, Timestamp};

use crate::{Result, Store};

/// A call to be accepted. Texts named "JSON" are opaque here.
#[derive(Clone, Debug)]
pub struct NewGeneration {
    pub id: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    pub key: KeyId,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub brand_kit: Option<(BrandKitId, u32)>,
    pub locale: String,
    /// JSON, as the generation shows it.
    pub input_data: String,
    pub external_id: Option<String>,
    /// JSON.
    pub metadata: String,
    /// JSON: the warnings that acceptance already knows.
    pub warnings: String,
    /// JSON: everything else that the job needs.
    pub work: String,
    /// JSON: the engine's version, target and fonts.
    pub engine: String,
    /// In the group's order. A live generation holds one credit for each.
    pub images: Vec<NewImage>,
    pub idempotency: Option<Idempotency>,
    /// The caller itself works on it; `None` leaves a queued job.
    pub lease: Option<Lease>,
    /// Refuses where the team has this many unfinished jobs.
    pub max_unfinished: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct NewImage {
    pub id: ImageId,
    pub template: TemplateId,
    pub key: String,
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub files: Vec<NewFile>,
}

/// One encoding of an image.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub format: String,
    /// The file's own random key: in the blob store, and in its URL.
    pub blob_key: String,
}

/// The call's idempotency key.
#[derive(Clone, Debug)]
pub struct Idempotency {
    pub key: String,
    /// Digest of what is compared: the parsed body without `waitMs`.
    pub body_digest: String,
}

/// Who works on a job, and until when nobody else may.
#[derive(Clone, Debug)]
pub struct Lease {
    pub owner: String,
    pub until: Timestamp,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// `credits` after the hold; `None` in test mode.
    Accepted { credits: Option<Credits> },
    /// The same key and body were accepted before.
    Replay { generation: GenerationId, deleted: bool },
    /// The same key with another body.
    KeyReused,
    /// Too few credits; nothing was kept.
    Insufficient { required: i64, remaining: i64 },
    /// The team has too many unfinished jobs; nothing was kept.
    TooManyJobs,
}

/// A row of an idempotency key that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    pub body_digest: String,
    pub generation: GenerationId,
    pub deleted: bool,
}

impl Store {
    /// Idempotency row, generation, images, hold of credits and job, all or nothing. The job's first attempt is number 1.
    pub async fn accept(&self, generation: NewGeneration, now: Timestamp) -> Result<Accept> {
        let _ = (generation, now);
        unimplemented!()
    }

    /// What was accepted under an idempotency key in the last 24 hours.
    pub async fn known_key(&self, team: TeamId, mode: Mode, key: &str, now: Timestamp) -> Result<Option<KnownKey>> {
        let _ = (team, mode, key, now);
        unimplemented!()
    }

    /// Forgets idempotency keys that are older than 24 hours. Gives their number.
    pub async fn forget_idempotency_keys(&self, now: Timestamp) -> Result<u64> {
        let _ = now;
        unimplemented!()
    }
}
