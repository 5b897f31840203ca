//! The use cases: what RepeatPosts does, apart from how it is asked (HTTP, commands) and where it is kept (SQL, files).
//!
//! [`App`] is the whole of it, cheap to clone. A handler parses, calls one method of [`App`], and views the result.

mod clock;
mod error;
mod gate;
mod generate;
mod generations;
mod library;
mod query;
pub mod view;

use std::sync::Arc;

pub use clock::Clock;
pub use domain::{Mode, Scope, Scopes, Timestamp};
pub use error::{Detail, Error, Missing, Result};
pub use gate::{Admission, Principal, Rate, RateClass};
pub use generate::{GenerateAnswer, GenerateCall, Generated};
pub use generations::{StoredPicture, Tagged};
pub use query::Query;

/// Every use case. Clones share one state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {}

impl App {
    /// Whether the service can take calls: the database answers and the blob folder can be written.
    ///
    /// # Errors
    /// What is not ready, in words for an operator.
    pub async fn ready(&self) -> std::result::Result<(), String> {
        let _ = &self.0;
        unimplemented!()
    }
}
