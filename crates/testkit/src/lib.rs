//! The whole service in one process, for tests: a fresh database in a temporary folder, the real engine with the real
//! fonts, the real use cases and the real API on a real port.
//!
//! Untrusted pictures are decoded in this process, not in a child: a test binary can't be its own decoder. The tests of
//! the binary cover the child.

mod answer;
mod browser;
mod client;
mod database;
mod proxy;
pub mod raw;
mod s3;
pub mod schema;
mod server;
mod storage;

pub use answer::Answer;
pub use browser::{Browser, Shown};
pub use client::Client;
pub use database::Place;
pub use proxy::{Proxy, Weather};
pub use s3::{Mood, S3};
pub use server::{Server, Setup, Team};
pub use storage::Storage;
pub use store::NewKey;

/// A small template group with a field of most types and two small sizes, quick to draw; see the file.
pub const CARD: &str = include_str!("../card.json");

/// The bytes of a built-in picture by its file's name, such as `hills.jpg`.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn picture(name: &str) -> Vec<u8> {
    let all = assets::builtin::pictures();
    all.iter().find(|picture| picture.path.ends_with(name)).unwrap_or_else(|| panic!("no picture {name}")).bytes.to_vec()
}
