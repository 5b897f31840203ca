//! Decoding of untrusted files in warm child processes.
//!
//! A picture or an SVG can end a process in ways that Rust can't catch, or keep it busy for longer than anyone waits. So
//! the files are opened in children of the same binary that can do nothing else: no files, no sockets, no processes,
//! 512 MB, two seconds. Bytes go over in a sealed memory file, pixels come back in another one that is mapped as it is.

pub mod child;
mod confine;
mod job;
mod kernel;
mod lanes;
mod link;
mod parent;
mod svg;

pub use confine::Confinement;
pub use job::{Facts, Need};
pub use parent::{Sandbox, Worker};
