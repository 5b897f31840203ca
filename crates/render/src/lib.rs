//! The engine: a bound document becomes pixels, encoded bytes and warnings.

pub mod picture;

pub use picture::{Picture, PictureError, World};
