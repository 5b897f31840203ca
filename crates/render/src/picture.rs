//! Decoded pictures as the painter takes them.

use std::sync::Arc;

/// A decoded picture: RGBA, 8 bits each, **premultiplied**, rows without padding, orientation already applied.
#[derive(Clone)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// Of the file, after orientation; larger than `width` where a decoder scaled down. Vector pictures have 0.
    pub source_width: u32,
    pub source_height: u32,
    /// No pixel has alpha below 255.
    pub opaque: bool,
    /// `width * height * 4` bytes; may be mapped memory that a decoding process filled.
    pub pixels: Arc<dyn AsRef<[u8]> + Send + Sync>,
    /// The file that these pixels were decoded from, where it is a JPEG: vector files may hold it as it is.
    pub file: Option<Arc<dyn AsRef<[u8]> + Send + Sync>>,
}

/// Why a picture is not there, as the contract names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("the picture could not be fetched")]
    FetchFailed,
    #[error("the picture could not be decoded")]
    DecodeFailed,
    #[error("the picture is too large")]
    TooLarge,
}

/// Everything outside that a render may ask for. Fonts belong to the `Engine`.
pub trait World: Sync {
    /// The picture behind a key of `template::bound::Source`.
    ///
    /// # Errors
    /// Why it can't be had; each size that draws it then fails by name.
    fn picture(&self, key: &str) -> Result<Picture, PictureError>;
}
