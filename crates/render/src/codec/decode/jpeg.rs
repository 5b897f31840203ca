//! JPEG by libjpeg-turbo; what it will not take, zune-jpeg tries.

use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::Decoded;
use crate::codec::{
    Header, MAX_SIDE,
    bytes::Bytes,
    segment::{END, FIRST, SCAN, segment},
};

/// Progressive files with more scans than this are made to burn time; the usual number is 10.
const MAX_SCANS: u32 = 100;

pub fn decode(bytes: &[u8], head: &Header, need: (u32, u32)) -> Option<Decoded> {
    // The second decoder is lenient: it would draw the beginning of a file that was cut off, with grey below.
    turbo(bytes, head, need).or_else(|| if is_whole(bytes) { zune(bytes, head) } else { None })
}

/// Whether an end marker follows the first scan. A thumbnail's own end stands before it, inside a segment; in a scan's data
/// every 0xff is followed by a zero or a restart marker.
fn is_whole(bytes: &[u8]) -> bool {
    let mut at = FIRST;
    while let Some(part) = segment(Bytes(bytes), at) {
        match part.marker {
            END => return false,
            SCAN => return bytes.get(part.end..).is_some_and(|scan| scan.windows(2).any(|pair| pair == [0xff, END])),
            _ => at = part.end,
        }
    }
    false
}

fn turbo(bytes: &[u8], head: &Header, need: (u32, u32)) -> Option<Decoded> {
    let mut decoder = Decompressor::new().ok()?;
    decoder.set_scan_limit(MAX_SCANS).ok()?;
    let seen = decoder.read_header(bytes).ok()?;
    let stored = head.stored();
    // Two readers that disagree about the size are a trick, not a picture.
    ((seen.width, seen.height) == (stored.0 as usize, stored.1 as usize)).then_some(())?;
    let factor = if seen.is_lossless { ScalingFactor::ONE } else { scaling(stored, need) };
    decoder.set_scaling_factor(factor).ok()?;
    let (width, height) = (factor.scale(seen.width), factor.scale(seen.height));
    let format = if head.components == 4 { PixelFormat::CMYK } else { PixelFormat::RGBA };
    let mut pixels = vec![0; width * height * 4];
    let image = Image { pixels: &mut pixels[..], width, pitch: width * 4, height, format };
    decoder.decompress(bytes, image).ok()?;
    let inks = format == PixelFormat::CMYK;
    if inks && is_adobes(bytes) {
        // Adobe writes how much light is left.
        pixels.iter_mut().for_each(|value| *value = 255 - *value);
    }
    Some(Decoded { width: width as u32, height: height as u32, pixels, straight: false, inks })
}

/// The smallest of 1, 1/2, 1/4, 1/8 that still has `need` on both sides. Each step is faster than the one before; the
/// factors between are slower than the whole picture.
fn scaling(stored: (u32, u32), need: (u32, u32)) -> ScalingFactor {
    let enough = |by: u32| stored.0.div_ceil(by) >= need.0 && stored.1.div_ceil(by) >= need.1;
    match () {
        () if enough(8) => ScalingFactor::ONE_EIGHTH,
        () if enough(4) => ScalingFactor::ONE_QUARTER,
        () if enough(2) => ScalingFactor::ONE_HALF,
        () => ScalingFactor::ONE,
    }
}

/// Whether Adobe's own segment stands before the first scan.
fn is_adobes(bytes: &[u8]) -> bool {
    let mut at = FIRST;
    while let Some(part) = segment(Bytes(bytes), at) {
        match part.marker {
            END | SCAN => return false,
            0xee if part.data.len() >= 10 && part.data.starts_with(b"Adobe") => return true,
            _ => at = part.end,
        }
    }
    false
}

fn zune(bytes: &[u8], head: &Header) -> Option<Decoded> {
    let options = DecoderOptions::default()
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize)
        .jpeg_set_max_scans(MAX_SCANS as usize)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let seen = decoder.info()?;
    let (width, height) = head.stored();
    ((u32::from(seen.width), u32::from(seen.height)) == (width, height)).then_some(())?;
    (decoder.output_buffer_size()? == head.stored_bytes(4)).then_some(())?;
    let mut pixels = vec![0; head.stored_bytes(4)];
    decoder.decode_into(&mut pixels).ok()?;
    // For inks it leaves something else there.
    pixels.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
    Some(Decoded { width, height, pixels, straight: false, inks: false })
}
