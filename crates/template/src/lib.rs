//! The template model: documents, their validation, and binding them to input data and a brand kit.

pub mod bound;
pub mod brand;
pub mod fault;
pub mod warning;

pub use bound::Bound;
pub use brand::Brand;
pub use fault::{DocumentFault, InputFault};
pub use warning::{Severity, Warning, WarningCode};
