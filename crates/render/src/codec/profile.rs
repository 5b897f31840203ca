//! Colour profiles: what a file's colours mean, and how they are brought to sRGB.
//!
//! The profile is cut out of the file by ourselves, up to a limit; decoders never see it. One that can't be read, or that is
//! for other channels than the file has, counts as none.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::{
    Kind,
    bytes::Bytes,
    pixels::scale,
    segment::{END, FIRST, SCAN, segment},
};

/// Largest profile that is looked at, in bytes; those of printing inks have 3 MB at most, as a rule.
const MAX_PROFILE: usize = 4 << 20;
/// Pixels that are converted at a time.
const BLOCK: usize = 4096;

/// From a file's colours to sRGB, where it says what they are and they are not sRGB already.
pub(super) enum Profile {
    Light(Arc<Transform8BitExecutor>),
    /// sRGB for each value of grey.
    Grey(Vec<[u8; 3]>),
    Inks(Arc<Transform8BitExecutor>),
}

impl Profile {
    /// Of a whole file. `None` where there is none, or nothing is to be done.
    pub fn of(bytes: &[u8], kind: Kind) -> Option<Self> {
        let file = Bytes(bytes);
        let profile = match kind {
            Kind::Jpeg => jpeg(file),
            Kind::Png => png(file),
            Kind::Webp => webp(file),
            Kind::Gif | Kind::Svg => None,
        };
        Self::read(&profile?)
    }

    fn read(profile: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let srgb = ColorProfile::new_srgb();
        let transform = |from: Layout, to: Layout| profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok();
        match profile.color_space {
            DataColorSpace::Rgb => Some(Self::Light(transform(Layout::Rgba, Layout::Rgba)?)).filter(Self::changes_anything),
            DataColorSpace::Gray => {
                let greys: Vec<u8> = (0..=255).collect();
                let mut light = vec![0; 3 * 256];
                transform(Layout::Gray, Layout::Rgb)?.transform(&greys, &mut light).ok()?;
                Some(Self::Grey(light.as_chunks::<3>().0.to_vec())).filter(Self::changes_anything)
            }
            DataColorSpace::Cmyk => Some(Self::Inks(transform(Layout::Rgba, Layout::Rgba)?)),
            _ => None,
        }
    }

    /// Profiles that are sRGB under another name leave the pixels as they are, to the bit.
    fn changes_anything(&self) -> bool {
        const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let colors = STEPS.iter().flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.iter().map(move |b| [*r, *g, *b, 255])));
        let before: Vec<u8> = match self {
            Self::Grey(_) => (0..=255).flat_map(|grey| [grey, grey, grey, 255]).collect(),
            _ => colors.flatten().collect(),
        };
        let mut after = before.clone();
        self.light(&mut after);
        before.iter().zip(&after).any(|(before, after)| before.abs_diff(*after) > 1)
    }

    /// Brings straight RGBA to sRGB; of a profile for inks, nothing is done.
    pub fn light(&self, pixels: &mut [u8]) {
        match self {
            Self::Light(transform) => converted(transform.as_ref(), pixels),
            Self::Grey(light) => {
                for pixel in pixels.as_chunks_mut::<4>().0 {
                    let [r, g, b] = light[usize::from(pixel[0])];
                    *pixel = [r, g, b, pixel[3]];
                }
            }
            Self::Inks(_) => {}
        }
    }
}

/// Cyan, magenta, yellow and black (255 is full) become opaque RGBA: by the file's profile, else as inks that let through
/// what they don't hold back.
pub(super) fn inks(profile: Option<&Profile>, pixels: &mut [u8]) {
    if let Some(Profile::Inks(transform)) = profile {
        converted(transform.as_ref(), pixels);
        pixels.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
        return;
    }
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let [c, m, y, k] = pixel.map(|ink| 255 - ink);
        *pixel = [scale(c, k), scale(m, k), scale(y, k), 255];
    }
}

fn converted(transform: &Transform8BitExecutor, pixels: &mut [u8]) {
    let mut before = Vec::with_capacity(4 * BLOCK);
    for block in pixels.chunks_mut(4 * BLOCK) {
        before.clear();
        before.extend_from_slice(block);
        // It fails on lengths alone, and these are alike.
        if transform.transform(&before, block).is_err() {
            block.copy_from_slice(&before);
        }
    }
}

/// The parts of the `ICC_PROFILE` segments, joined by their numbers.
fn jpeg(file: Bytes) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"ICC_PROFILE\0";
    let mut parts: Vec<(u8, &[u8])> = Vec::new();
    let mut count = 0;
    let mut at = FIRST;
    loop {
        let segment = segment(file, at)?;
        match segment.marker {
            END | SCAN => break,
            0xe2 => {
                if let Some([number, of, part @ ..]) = segment.data.strip_prefix(NAME) {
                    parts.push((*number, part));
                    count = usize::from(*of);
                }
            }
            _ => {}
        }
        at = segment.end;
    }
    parts.sort_by_key(|(number, _)| *number);
    let whole = count > 0 && parts.iter().map(|(number, _)| usize::from(*number)).eq(1..=count);
    let len: usize = parts.iter().map(|(_, part)| part.len()).sum();
    (whole && len <= MAX_PROFILE).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
}

/// The `iCCP` chunk, unpacked.
fn png(file: Bytes) -> Option<Vec<u8>> {
    let mut at = 8;
    loop {
        let len = file.be32(at)? as usize;
        match file.slice(at + 4, 4)? {
            b"iCCP" => {
                let data = file.slice(at + 8, len)?;
                let name = data.iter().take(80).position(|byte| *byte == 0)?;
                // Method 0 is deflate, and there is no other.
                let packed = data.get(name + 1..)?.strip_prefix(&[0])?;
                let mut profile = vec![0; MAX_PROFILE];
                let len = libdeflater::Decompressor::new().zlib_decompress(packed, &mut profile).ok()?;
                profile.truncate(len);
                return Some(profile);
            }
            b"IDAT" | b"IEND" => return None,
            _ => at = at.checked_add(12)?.checked_add(len)?,
        }
    }
}

fn webp(file: Bytes) -> Option<Vec<u8>> {
    let mut at = 12;
    loop {
        let (tag, len) = (file.slice(at, 4)?, file.le32(at + 4)? as usize);
        if tag == b"ICCP" {
            return file.slice(at + 8, len).filter(|profile| profile.len() <= MAX_PROFILE).map(<[u8]>::to_vec);
        }
        at = at.checked_add(8)?.checked_add(len)?.checked_add(len & 1)?;
    }
}
