//! Picture files: what they are, decoding them within limits, fitting them into a box, and writing finished pictures.
//!
//! Nothing here panics on foreign bytes or trusts a size before its limit was checked. In production `decode` runs in the
//! sandboxed child process; benchmarks and trusted built-in assets call it in process.

mod bare;
mod bytes;
mod decode;
mod duotone;
mod encode;
mod header;
mod label;
mod orient;
mod pixels;
mod profile;
mod resize;
mod salience;
mod segment;
mod write;

pub(crate) use bare::bare;
pub use decode::decode;
pub use duotone::duotone;
pub(crate) use encode::mostly_photo;
pub use encode::{EncodeError, Format, Pixels, encode};
pub use header::{Header, Kind, Orientation, header, sniff};
pub use label::About;
pub(crate) use label::{escaped as xml, packet as xmp};
pub(crate) use pixels::opaque;
pub use resize::{Placement, place, resize};
pub use salience::Salience;
pub(crate) use write::best;
pub use write::{Writing, write};

/// Largest file that is looked at, in bytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Largest picture that is decoded, in pixels.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Largest width and height that is decoded, in pixels.
pub const MAX_SIDE: u32 = 8_192;

/// Working memory that outlives a picture; keep one per thread.
#[derive(Default)]
pub struct Buffers {
    resizer: fast_image_resize::Resizer,
    encode: encode::Workspace,
}

#[cfg(test)]
mod tests;
