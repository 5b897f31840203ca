//! The words of the business: ids, keys, plans, credits, rate limits, generation states and the errors that they lead to.
//!
//! Nothing in here knows HTTP, SQL, documents or pixels. Everything is a plain value; the clock and the system's random
//! generator are read only by functions that say so.

pub mod billing;
pub mod bulk;
pub mod cursor;
pub mod email;
pub mod error;
pub mod generation;
pub mod id;
pub mod key;
pub mod ledger;
pub mod network;
pub mod password;
pub mod period;
pub mod plan;
pub mod rate;
pub mod role;
pub mod scope;
pub mod slug;
pub mod terms;
pub mod time;
pub mod token;
pub mod word;

pub use billing::{Billing, Cycle, Pack, Packs, WishKind};
pub use bulk::{BulkRowState, BulkState};
pub use cursor::Cursor;
pub use email::{Email, EmailError};
pub use error::{Error, Resource};
pub use generation::{GenerationStatus, ImageErrorCode, ImageStatus, Maker, Source};
pub use id::{
    AssetId, BrandKitId, BulkRunId, FontId, GenerationId, IdError, ImageId, InviteId, KeyId, RequestId, SessionId, TeamId, TemplateGroupId,
    TemplateId, UserId,
};
pub use key::{KeyDigest, KeyFormError, Mode, Pepper, PlainKey};
pub use ledger::{Account, CREDIT_SHARES, Credits, EntryKind};
pub use network::Network;
pub use password::{PasswordError, PlainPassword};
pub use period::Period;
pub use plan::{Plan, PlanError, Plans, Price};
pub use rate::{Bucket, BucketKey, Buckets, Decision};
pub use role::{Right, Role};
pub use scope::{Scope, Scopes};
pub use terms::Terms;
pub use time::Timestamp;
pub use token::{SecretToken, TokenDigest};
pub use word::UnknownWord;
