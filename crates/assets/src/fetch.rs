//! Fetching from addresses that strangers name.
//!
//! Four stages, each in its own file: what the text of a URL forbids, which addresses are nobody's business, names to
//! addresses, and the transfer with its limits.

mod address;
mod allow;
mod budget;
mod flight;
mod own;
mod provider;
mod resolve;
mod text;
mod transfer;

pub use address::is_public;
pub use allow::{AllowList, BadNetwork};
pub use flight::{Call, Fetched, Fetcher, Limits, SetupError};
pub use provider::{Answered, NotReached};
pub use resolve::{Resolve, SystemResolver};
pub use text::{MAX_URL_BYTES, UrlFault, check_url_text};
