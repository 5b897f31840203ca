//! Files to pixels, within limits.

mod gif;
mod jpeg;
mod png;
mod webp;

use std::{io::Cursor, sync::Arc};

use super::{
    Header, Kind, header, orient, pixels,
    profile::{self, Profile},
};
use crate::{Picture, PictureError};

/// What a decoder hands back: RGBA rows as stored in the file, not yet turned upright.
struct Decoded {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    /// Straight (`true`) or premultiplied alpha.
    straight: bool,
    /// The four channels are cyan, magenta, yellow and black, 255 is full.
    inks: bool,
}

/// Decodes PNG, JPEG, WebP or GIF (of an animation, the first frame) to premultiplied RGBA, upright.
///
/// `need` is the largest width and height at which the picture will be drawn, in pixels, after orientation. The picture may
/// come back at a half, a quarter and so on of its size, never below `need` on either side: a large file then costs neither
/// memory nor time downstream. `(u32::MAX, u32::MAX)` asks for all pixels. Colours are
/// brought to sRGB by the file's profile, where it has one.
///
/// # Errors
/// `TooLarge` past 20 MB, 50 megapixels or 8,192 pixels a side, by the file's own claim, before any decoder runs;
/// `DecodeFailed` for everything else.
pub fn decode(bytes: &[u8], need: (u32, u32)) -> Result<Picture, PictureError> {
    let head = header(bytes)?;
    let decoded = match head.kind {
        Kind::Png => png::decode(bytes, &head),
        Kind::Jpeg => jpeg::decode(bytes, &head, head.orientation.sides(need.0, need.1)),
        Kind::Webp => webp::decode(bytes, &head),
        Kind::Gif => gif::decode(bytes, &head),
        Kind::Svg => None,
    };
    let Decoded { width, height, pixels: mut rgba, straight, inks } = decoded.ok_or(PictureError::DecodeFailed)?;
    if rgba.len() as u64 != u64::from(width) * u64::from(height) * 4 {
        return Err(PictureError::DecodeFailed);
    }
    let profile = Profile::of(bytes, head.kind);
    if inks {
        profile::inks(profile.as_ref(), &mut rgba);
    }
    let profile = profile.filter(|_| !inks);
    let opaque = head.kind == Kind::Jpeg || pixels::opaque(&rgba);
    if straight && !opaque {
        if let Some(profile) = &profile {
            profile.light(&mut rgba);
        }
        pixels::premultiply(&mut rgba);
    }
    let (mut rgba, width, height) = reduce(rgba, width, height, head.orientation.sides(need.0, need.1));
    if let Some(profile) = profile.filter(|_| opaque) {
        // Cheaper once it is small.
        profile.light(&mut rgba);
    }
    let (rgba, width, height) = orient::upright(rgba, width, height, head.orientation);
    let (source_width, source_height) = (head.width, head.height);
    Ok(Picture { width, height, source_width, source_height, opaque, pixels: Arc::new(rgba), file: None })
}

/// Halves premultiplied RGBA by box average while both sides stay at or above `need`. Nothing but JPEG can decode small, so
/// the others are made small at once.
fn reduce(mut rgba: Vec<u8>, mut width: u32, mut height: u32, need: (u32, u32)) -> (Vec<u8>, u32, u32) {
    // Halves round down: an odd last column or row is dropped from pictures so large that nobody sees it.
    while width / 2 >= need.0.max(1) && height / 2 >= need.1.max(1) {
        let (w, h) = (width as usize / 2, height as usize / 2);
        let stride = width as usize;
        let (pixels, _) = rgba.as_chunks_mut::<4>();
        for y in 0..h {
            for x in 0..w {
                let at = 2 * (y * stride + x);
                let four = [pixels[at], pixels[at + 1], pixels[at + stride], pixels[at + stride + 1]];
                let mean = |c: usize| ((four.iter().map(|p| u16::from(p[c])).sum::<u16>() + 2) / 4) as u8;
                // The target never overtakes what is still to be read.
                pixels[y * w + x] = std::array::from_fn(mean);
            }
        }
        (width, height) = (w as u32, h as u32);
        rgba.truncate(w * h * 4);
    }
    // Hand the rest of a large picture's memory back.
    rgba.shrink_to_fit();
    (rgba, width, height)
}

impl Header {
    /// Width and height as the rows are stored, before orientation.
    fn stored(&self) -> (u32, u32) {
        self.orientation.sides(self.width, self.height)
    }

    fn stored_bytes(&self, channels: usize) -> usize {
        self.width as usize * self.height as usize * channels
    }
}

fn rgb_to_rgba(rgb: &[u8]) -> Vec<u8> {
    rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect()
}

fn reader(bytes: &[u8]) -> Cursor<&[u8]> {
    Cursor::new(bytes)
}
