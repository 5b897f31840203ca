//! What a file says beside its picture: words as XMP, and how many pixels are an inch. Put into finished files, whose
//! pictures stay as they are.

mod jpeg;
mod png;
mod webp;
mod xmp;

pub use xmp::{About, escaped, packet};

use super::{Format, Pixels};

/// Puts words and density into a file of our own. AVIF takes neither, WebP no density.
pub fn label(file: Vec<u8>, pixels: Pixels, format: Format, about: Option<&About>, dpi: Option<u16>) -> Vec<u8> {
    let packet = about.map(packet);
    match format {
        Format::Png => png::label(file, packet.as_deref(), dpi),
        Format::Jpeg => jpeg::label(file, packet.as_deref(), dpi),
        Format::Webp => match packet {
            Some(packet) => webp::label(&file, (pixels.width, pixels.height), &packet),
            None => file,
        },
        Format::Avif => file,
    }
}
