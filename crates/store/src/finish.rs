//! Transaction B: a generation ends. Each image is settled or released, exactly once.

use domain::{Credits, GenerationId, GenerationStatus, ImageErrorCode, ImageId, TeamId, Timestamp};

use crate::{Result, Store};

/// A generation's end.
#[derive(Clone, Debug)]
pub struct FinishedGeneration {
    pub id: GenerationId,
    pub team: TeamId,
    /// The job's attempt that this is the end of.
    pub attempt: u32,
    /// Every image of the generation, in any order.
    pub images: Vec<FinishedImage>,
    /// JSON.
    pub warnings: String,
    /// JSON, where all images failed.
    pub error: Option<String>,
    /// JSON; `None` keeps what acceptance kept.
    pub input_data: Option<String>,
}

#[derive(Clone, Debug)]
pub struct FinishedImage {
    pub id: ImageId,
    pub alt_text: String,
    pub render_ms: f64,
    /// JSON.
    pub warnings: String,
    pub end: ImageEnd,
}

#[derive(Clone, Debug)]
pub enum ImageEnd {
    /// One for each encoding, by format.
    Completed(Vec<FinishedFile>),
    Failed { code: ImageErrorCode, message: String, field: Option<String> },
}

#[derive(Clone, Debug)]
pub struct FinishedFile {
    pub format: String,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// `credits` after it; `None` in test mode.
    Finished { status: GenerationStatus, charged: i64, credits: Option<Credits> },
    /// The job is no longer this attempt's: ended, deleted, or somebody else's. Nothing changed.
    Lost,
}

impl Store {
    /// Compare-and-set on the job's attempt; then images, transfers and the generation's end, all or nothing.
    ///
    /// # Errors
    /// `Invalid` where the images are not exactly the generation's, or a file is missing.
    pub async fn finish(&self, end: FinishedGeneration, now: Timestamp) -> Result<Finish> {
        let _ = (end, now);
        unimplemented!()
    }
}
