//! The template model: documents, their validation, and binding them to input data and a brand kit.
//!
//! [`Document::parse`] reads a template group once per revision and compiles every expression in it; [`Inputs::check`]
//! turns a call's input data into values; [`bind()`] joins the two with a brand kit into a [`Bound`] size.

pub mod barcode;
pub mod bind;
pub mod bound;
pub mod brand;
mod color;
pub mod contrast;
pub mod date;
pub mod document;
pub mod editor;
mod eval;
mod expr;
pub mod fault;
pub mod field;
pub mod icons;
pub mod inputs;
mod json;
pub mod kit;
mod layer;
mod locale;
mod look;
pub mod picture;
pub mod platform;
pub mod property;
pub mod proposal;
mod read;
mod suggest;
pub mod warning;

pub use bind::bind;
pub use bound::Bound;
pub use brand::Brand;
pub use document::{Document, Most, Output, Size};
pub use fault::{DocumentFault, InputFault};
pub use field::{Constraints, Field, FieldType};
pub use inputs::Inputs;
pub use kit::BrandFile;
pub use picture::{PictureInput, PictureSource};
pub use warning::{Severity, Warning, WarningCode};
