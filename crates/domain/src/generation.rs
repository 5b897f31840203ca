//! The states of a generation and of its images.

use crate::id::{KeyId, UserId};
use crate::word::words;

words! {
    /// Where a generation stands.
    GenerationStatus ("generation status") {
        Queued = "queued",
        Processing = "processing",
        /// Every image completed.
        Completed = "completed",
        /// Some images completed, some failed.
        Partial = "partial",
        /// No image completed; nothing was charged.
        Failed = "failed",
    }
}

impl GenerationStatus {
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Partial | Self::Failed)
    }

    /// The end of a generation of which `completed` images of `all` completed.
    pub fn of(completed: usize, all: usize) -> Self {
        match completed {
            0 => Self::Failed,
            n if n == all => Self::Completed,
            _ => Self::Partial,
        }
    }
}

words! {
    /// By which door a generation came in.
    Source ("source") {
        Api = "api",
        /// A person's form in the web app.
        App = "app",
        /// One row of a person's list.
        Bulk = "bulk",
    }
}

/// Who asked for a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    Key(KeyId),
    Person(UserId),
}

impl Maker {
    pub fn key(self) -> Option<KeyId> {
        if let Self::Key(key) = self { Some(key) } else { None }
    }

    pub fn person(self) -> Option<UserId> {
        if let Self::Person(user) = self { Some(user) } else { None }
    }
}

words! {
    /// Where an image stands.
    ImageStatus ("image status") {
        Queued = "queued",
        Completed = "completed",
        Failed = "failed",
    }
}

words! {
    /// Why an image failed.
    ImageErrorCode ("image error code") {
        /// A picture that can't be had: blocked, absent and slow are one answer.
        ImageFetchFailed = "image_fetch_failed",
        ImageDecodeFailed = "image_decode_failed",
        ImageTooLarge = "image_too_large",
        /// A warning that the call named in `failOn`.
        FailOnWarning = "fail_on_warning",
        RenderTimeout = "render_timeout",
        StorageFailed = "storage_failed",
        /// Our own fault: the engine panicked, or the work could not be read.
        InternalError = "internal_error",
        /// Of a generation only: its images failed for different reasons.
        AllImagesFailed = "all_images_failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        assert!(GenerationStatus::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
        assert!(ImageErrorCode::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
        assert!("done".parse::<GenerationStatus>().is_err());
        assert_eq!(serde_json::to_string(&ImageErrorCode::ImageFetchFailed).unwrap(), "\"image_fetch_failed\"");
    }

    #[test]
    fn the_end_follows_from_the_images() {
        assert_eq!(GenerationStatus::of(0, 3), GenerationStatus::Failed);
        assert_eq!(GenerationStatus::of(2, 3), GenerationStatus::Partial);
        assert_eq!(GenerationStatus::of(3, 3), GenerationStatus::Completed);
    }
}
