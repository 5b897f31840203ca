//! AVIF by rav1e: one thread and one tile, so that the bytes are the same on any number of cores.

use ravif::{BitDepth, Encoder, Img, RGBA8};

use super::{Effort, Pixels};

/// Of 1 (smallest) to 10 (fastest).
const SPEED: u8 = 10;
const SMALL: u8 = 6;

pub fn encode(pixels: Pixels, effort: Effort) -> Result<Vec<u8>, String> {
    let rgba = pixels.straight();
    let quality = f32::from(effort.quality);
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(if effort.small { SMALL } else { SPEED })
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1));
    let colors: Vec<RGBA8> =
        rgba.as_chunks::<4>().0.iter().map(|&[r, g, b, a]| RGBA8::new(r, g, b, if pixels.opaque { 255 } else { a })).collect();
    let picture = Img::new(colors.as_slice(), pixels.width as usize, pixels.height as usize);
    encoder.encode_rgba(picture).map(|image| image.avif_file).map_err(|error| error.to_string())
}
