//! The words of the business: ids, keys, plans, credits, rate limits, generation states and the errors that they lead to.
//!
//! Nothing in here knows HTTP, SQL, documents or pixels. Everything is a plain value; the clock and the system's random
//! generator are read only by functions that say so.

pub mod cursor;
pub mod error;
pub mod generation;
pub mod id;
pub mod key;
pub mod ledger;
pub mod network;
pub mod period;
pub mod plan;
pub mod rate;
pub mod scope;
pub mod time;
pub mod word;

pub use cursor::Cursor;
pub use error::{Error, Resource};
pub use generation::{GenerationStatus, ImageErrorCode, ImageStatus};
pub use id::{AssetId, BrandKitId, GenerationId, IdError, ImageId, KeyId, RequestId, TeamId, TemplateGroupId, TemplateId};
pub use key::{KeyDigest, KeyFormError, Mode, Pepper, PlainKey};
pub use ledger::{Account, Credits, EntryKind};
pub use network::Network;
pub use period::Period;
pub use plan::{Plan, PlanError, Plans, Price};
pub use rate::{Bucket, BucketKey, Buckets, Decision};
pub use scope::{Scope, Scopes};
pub use time::Timestamp;
pub use word::UnknownWord;
