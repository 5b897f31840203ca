//! SQL: everything that outlives a process, one file for each aggregate.
//!
//! [`Store`] is the one way in. Reads go to a pool of readers; writes go to one task that commits several at a time
//!. Documents, inputs and warnings are opaque text here. Every query that answers for a team has the
//! team in its `where` clause, so that another team's row is the same as none.

pub mod error;
pub mod lock;

mod db;
mod dialect;
mod migrations;
mod writer;

mod accept;
mod assets;
mod audit;
mod brand_kits;
mod credits;
mod files;
mod finish;
mod generations;
mod jobs;
mod keys;
mod ledger;
mod page;
mod store;
mod teams;
mod templates;

pub use accept::{Accept, Idempotency, KnownKey, Lease, NewFile, NewGeneration, NewImage};
pub use assets::{Asset, NewAsset};
pub use audit::Mismatch;
pub use brand_kits::{BrandKit, NewBrandKit};
pub use credits::{Adjusted, Entry};
pub use error::{Error, Result};
pub use files::StoredFile;
pub use finish::{Finish, FinishedFile, FinishedGeneration, FinishedImage, ImageEnd};
pub use generations::{Deleted, File, Generation, GenerationFilter, Image, ImageError};
pub use jobs::Job;
pub use keys::{ApiKey, FoundKey, NewKey};
pub use page::Page;
pub use store::{Options, Store};
pub use teams::{NewTeam, Team};
pub use templates::{NewTemplateGroup, Published, TemplateFilter, TemplateGroup, TemplateRevision};
