//! Bytes: blobs, guarded fetching, decoding in child processes, fonts, built-in assets and decoded pictures.
//!
//! Everything that comes from outside passes here. [`Assets::prepare`] is the one way from a list of wanted pictures to
//! the [`World`](render::World) that a render asks: it fetches, reads from the store and decodes side by side under one
//! deadline.

pub mod blob;
pub mod builtin;
pub mod digest;
pub mod fetch;
pub mod fonts;
mod pictures;
mod prepare;
pub mod sandbox;

pub use blob::{BlobError, BlobKey, BlobStore, Bucket, Credentials, SecretKey, Token};
pub use digest::Digest;
pub use fetch::{AllowList, Fetcher, UrlFault, check_url_text};
pub use prepare::{Assets, Origin, Prepared, Wanted};
pub use sandbox::{Confinement, Facts, Need, Sandbox, Worker};
