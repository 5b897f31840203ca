//! Finished pixels to files. The same pixels give the same bytes, whatever was encoded before with the same buffers.

mod avif;
mod jpeg;
mod photo;
mod png;
mod webp;

pub(crate) use photo::mostly as mostly_photo;

use std::borrow::Cow;

use super::{Buffers, pixels::straight};

/// What a picture may be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
    Avif,
}

/// Premultiplied RGBA, rows without padding.
#[derive(Clone, Copy)]
pub struct Pixels<'a> {
    pub width: u32,
    pub height: u32,
    /// No pixel has alpha below 255; then alpha is never read.
    pub opaque: bool,
    /// `width * height * 4` bytes.
    pub rgba: &'a [u8],
}

impl<'a> Pixels<'a> {
    /// Straight RGBA.
    fn straight(self) -> Cow<'a, [u8]> {
        if self.opaque { Cow::Borrowed(self.rgba) } else { Cow::Owned(straight(self.rgba)) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("{width} × {height} pixels can't be written as {format:?}")]
    Size { format: Format, width: u32, height: u32 },
    #[error("the {format:?} encoder failed: {reason}")]
    Encoder { format: Format, reason: String },
}

/// Memory and compressors that are kept from one picture to the next.
#[derive(Default)]
pub(super) struct Workspace {
    png: png::Workspace,
    jpeg: jpeg::Workspace,
}

/// How much is asked of an encoder.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub quality: u8,
    /// Fewer bytes for more time.
    pub small: bool,
    /// The most colours of a PNG; `small` has at most 256.
    pub colors: Option<u16>,
}

/// Writes a picture. `quality`, 1 to 100, is for JPEG, WebP and AVIF. JPEG shows transparent parts on white.
///
/// # Errors
/// `Size` for an empty picture, pixels that don't match the size, or a side past the format's own limit (WebP 16,383,
/// JPEG 65,500, AVIF 65,535); `Encoder` if a library fails, as out of memory.
pub fn encode(buffers: &mut Buffers, pixels: Pixels, format: Format, quality: u8) -> Result<Vec<u8>, EncodeError> {
    encode_with(buffers, pixels, format, Effort { quality, small: false, colors: None })
}

pub(super) fn encode_with(buffers: &mut Buffers, pixels: Pixels, format: Format, effort: Effort) -> Result<Vec<u8>, EncodeError> {
    let Pixels { width, height, rgba, .. } = pixels;
    let limit = match format {
        Format::Png => i32::MAX as u32,
        Format::Jpeg => 65_500,
        Format::Webp => 16_383,
        Format::Avif => 65_535,
    };
    let bytes = u64::from(width) * u64::from(height) * 4;
    if bytes == 0 || bytes != rgba.len() as u64 || width > limit || height > limit {
        return Err(EncodeError::Size { format, width, height });
    }
    let effort = Effort { quality: effort.quality.clamp(1, 100), ..effort };
    let colors = effort.colors.or(effort.small.then_some(256));
    let workspace = &mut buffers.encode;
    let written = match format {
        Format::Png => match colors {
            None => png::encode(&mut workspace.png, pixels),
            Some(most) => png::small(pixels, most),
        },
        Format::Jpeg => jpeg::encode(&mut workspace.jpeg, pixels, effort),
        Format::Webp => webp::encode(pixels, effort),
        Format::Avif => avif::encode(pixels, effort),
    };
    written.map_err(|reason| EncodeError::Encoder { format, reason })
}
