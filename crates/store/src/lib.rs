//! SQL: everything that outlives a process, one file for each aggregate.
//!
//! [`Store`] is the one way in, on SQLite or PostgreSQL. Reads go to a pool of readers. On SQLite writes go to one task
//! that commits several at a time; on PostgreSQL each is a transaction of its own. Documents, inputs and warnings are opaque text here. Every query that answers for a team has the
//! team in its `where` clause, so that another team's row is the same as none.

pub mod error;
pub mod lock;

mod builder;
mod carry;
mod db;
mod dialect;
mod migrations;
mod postgres;
mod rates;
mod transact;
mod writer;

mod accept;
mod assets;
mod audit;
mod brand_kits;
mod bulk;
mod credits;
mod files;
mod finish;
mod fonts;
mod generations;
mod history;
mod invitations;
mod jobs;
mod keys;
mod ledger;
mod links;
mod mails;
mod members;
mod notices;
mod page;
mod payments;
mod people;
mod purge;
mod requests;
mod store;
mod teams;
mod templates;
mod tries;
mod usage;

pub use accept::{Accept, Idempotency, KnownKey, Lease, NewFile, NewGeneration, NewImage};
pub use assets::{Asset, NewAsset};
pub use audit::Mismatch;
pub use brand_kits::{BrandKit, Deletion, KitRemoval, KitText, NewBrandKit, Restoration};
pub use bulk::{BulkCounts, BulkEnd, BulkPlace, BulkRow, BulkRun, NewBulkRun};
pub use carry::Carry;
pub use credits::{Adjusted, Entry};
pub use error::{Error, Result};
pub use files::StoredFile;
pub use finish::{Finish, FinishedFile, FinishedGeneration, FinishedImage, ImageEnd};
pub use fonts::Font;
pub use generations::{Deleted, File, Generation, GenerationFilter, Image, ImageError};
pub use history::{Event, EventFilter, NewEvent};
pub use invitations::{Invitation, Invitee, NewInvitation};
pub use jobs::Job;
pub use keys::{ApiKey, FoundKey, NewKey};
pub use links::{Link, LinkPurpose, NewLink};
pub use mails::Mail;
pub use members::{MemberChange, Membership, TeamMember, Trial};
pub use notices::CreditNotice;
pub use page::Page;
pub use payments::{Payment, Recorded};
pub use people::{ABSOLUTE, IDLE, NewSession, NewUser, Session, User};
pub use postgres::PostgresUrl;
pub use requests::{NewWish, Wish};
pub use store::{Database, Options, Store};
pub use teams::{NewTeam, Team, TeamChange};
pub use templates::{
    NewTemplateGroup, Published, TemplateDraft, TemplateFilter, TemplateGroup, TemplateOwner, TemplateRevision, TemplateVersion,
};
pub use tries::{TRY_WINDOW, Try};
pub use usage::{Usage, UsageBy};
