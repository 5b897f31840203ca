//! WebP, still or the first frame of an animation.

use image_webp::WebPDecoder;

use super::{Decoded, reader, rgb_to_rgba};
use crate::codec::Header;

/// For one allocation of the decoder's, as far as it asks: 50 megapixels of RGBA.
const MEMORY: usize = 200_000_000;

pub fn decode(bytes: &[u8], head: &Header) -> Option<Decoded> {
    let mut decoder = WebPDecoder::new(reader(bytes)).ok()?;
    decoder.set_memory_limit(MEMORY);
    let (width, height) = head.stored();
    (decoder.dimensions() == (width, height)).then_some(())?;
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    (decoder.output_buffer_size()? == head.stored_bytes(channels)).then_some(())?;
    let mut pixels = vec![0; head.stored_bytes(channels)];
    decoder.read_image(&mut pixels).ok()?;
    if channels == 3 {
        pixels = rgb_to_rgba(&pixels);
    }
    Some(Decoded { width, height, pixels, straight: true, inks: false })
}
