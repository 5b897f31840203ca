//! What a file is and how large its picture will be, read by ourselves before any decoder runs.

use super::{
    MAX_BYTES, MAX_PIXELS, MAX_SIDE,
    bytes::Bytes,
    segment::{END, FIRST, SCAN, segment},
};
use crate::PictureError;

/// Picture formats that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Png,
    Jpeg,
    Webp,
    Gif,
    /// Decoded elsewhere; `header` and `decode` refuse it.
    Svg,
}

/// What a file claims about itself; limits are already checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// In pixels, after orientation.
    pub width: u32,
    pub height: u32,
    pub orientation: Orientation,
    /// Colour channels of a JPEG (1, 3 or 4); 0 for other kinds.
    pub components: u8,
}

/// How the stored rows must be turned: first flipped, then rows and columns swapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Self = Self(1);

    /// From EXIF tag 0x0112; values outside 1 to 8 mean upright.
    pub fn from_exif(value: u16) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    pub(super) fn flips_rows(self) -> bool {
        matches!(self.0, 3 | 4 | 6 | 7)
    }

    pub(super) fn flips_columns(self) -> bool {
        matches!(self.0, 2 | 3 | 7 | 8)
    }

    /// Swaps a width and height where this orientation does.
    pub fn sides(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }
}

/// The kind by its first bytes; names and media types are never asked.
pub fn sniff(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(Kind::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Kind::Webp)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(Kind::Gif)
    } else {
        looks_like_svg(bytes).then_some(Kind::Svg)
    }
}

/// `<svg` as the first element, after a mark, blanks, declarations and comments, within the first 4 kB.
fn looks_like_svg(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rest = &bytes[..bytes.len().min(4096)];
    loop {
        rest = rest.trim_ascii_start();
        let after = |rest: &'_ [u8], end: &[u8]| rest.windows(end.len()).position(|w| w == end).map(|at| at + end.len());
        let skip = if rest.starts_with(b"<?") {
            after(rest, b"?>")
        } else if rest.starts_with(b"<!--") {
            after(rest, b"-->")
        } else if rest.starts_with(b"<!DOCTYPE") {
            // An internal subset may hold '>' itself.
            let subset = rest.iter().position(|&b| b == b'[').filter(|&at| !rest[..at].contains(&b'>'));
            if subset.is_some() { after(rest, b"]>").or_else(|| after(rest, b"] >")) } else { after(rest, b">") }
        } else {
            let next = rest.get(4).copied().unwrap_or(b'>');
            return rest.starts_with(b"<svg") && !(next.is_ascii_alphanumeric() || next == b'-' || next == b':');
        };
        match skip {
            Some(at) => rest = &rest[at..],
            None => return false,
        }
    }
}

/// Kind, size and orientation, without decoding.
///
/// # Errors
/// `TooLarge` past [`MAX_BYTES`], [`MAX_PIXELS`] or [`MAX_SIDE`]; `DecodeFailed` for anything that is no PNG, JPEG, WebP
/// or GIF, and for SVG.
pub fn header(bytes: &[u8]) -> Result<Header, PictureError> {
    if bytes.len() > MAX_BYTES {
        return Err(PictureError::TooLarge);
    }
    let kind = sniff(bytes).ok_or(PictureError::DecodeFailed)?;
    let file = Bytes(bytes);
    let read = match kind {
        Kind::Png => png(file),
        Kind::Jpeg => jpeg(file),
        Kind::Webp => webp(file),
        Kind::Gif => gif(file),
        Kind::Svg => None,
    };
    let mut header = read.ok_or(PictureError::DecodeFailed)?;
    if header.width == 0 || header.height == 0 {
        return Err(PictureError::DecodeFailed);
    }
    let pixels = u64::from(header.width) * u64::from(header.height);
    if header.width > MAX_SIDE || header.height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(PictureError::TooLarge);
    }
    (header.width, header.height) = header.orientation.sides(header.width, header.height);
    Ok(header)
}

fn plain(kind: Kind, width: u32, height: u32) -> Header {
    Header { kind, width, height, orientation: Orientation::UPRIGHT, components: 0 }
}

fn png(file: Bytes) -> Option<Header> {
    (file.slice(12, 4)? == b"IHDR").then_some(())?;
    Some(plain(Kind::Png, file.be32(16)?, file.be32(20)?))
}

/// The logical screen; the first frame's own size is checked against it when it is cut out.
fn gif(file: Bytes) -> Option<Header> {
    Some(plain(Kind::Gif, file.le16(6)?.into(), file.le16(8)?.into()))
}

/// Walks the segments up to the frame header.
fn jpeg(file: Bytes) -> Option<Header> {
    let mut orientation = Orientation::UPRIGHT;
    let mut at = FIRST;
    loop {
        let part = segment(file, at)?;
        match part.marker {
            END | SCAN => return None,
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => {
                let frame = Bytes(part.data);
                let header = plain(Kind::Jpeg, frame.be16(3)?.into(), frame.be16(1)?.into());
                return Some(Header { orientation, components: frame.u8(5)?, ..header });
            }
            0xe1 if orientation == Orientation::UPRIGHT => {
                orientation = part.data.strip_prefix(b"Exif\0\0").and_then(exif_orientation).unwrap_or(orientation);
            }
            _ => {}
        }
        at = part.end;
    }
}

fn webp(file: Bytes) -> Option<Header> {
    let (tag, data) = (file.slice(12, 4)?, 20);
    match tag {
        b"VP8 " => {
            (file.slice(data + 3, 3)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            let side = |at| Some(u32::from(file.le16(at)? & 0x3fff));
            Some(plain(Kind::Webp, side(data + 6)?, side(data + 8)?))
        }
        b"VP8L" => {
            (file.u8(data)? == 0x2f).then_some(())?;
            let bits = file.le32(data + 1)?;
            Some(plain(Kind::Webp, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let header = plain(Kind::Webp, file.le24(data + 4)? + 1, file.le24(data + 7)? + 1);
            let has_exif = file.u8(data)? & 0x08 != 0;
            let orientation = has_exif.then(|| webp_orientation(file)).flatten().unwrap_or(Orientation::UPRIGHT);
            Some(Header { orientation, ..header })
        }
        _ => None,
    }
}

fn webp_orientation(file: Bytes) -> Option<Orientation> {
    let mut at = 12;
    loop {
        let len = file.le32(at + 4)? as usize;
        if file.slice(at, 4)? == b"EXIF" {
            let tiff = file.slice(at + 8, len)?;
            return exif_orientation(tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff));
        }
        at = at.checked_add(8)?.checked_add(len)?.checked_add(len & 1)?;
    }
}

/// Tag 0x0112 of the first directory of a TIFF block.
fn exif_orientation(tiff: &[u8]) -> Option<Orientation> {
    let tiff = Bytes(tiff);
    let little = match tiff.slice(0, 4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at| if little { tiff.le16(at) } else { tiff.be16(at) };
    let directory = if little { tiff.le32(4)? } else { tiff.be32(4)? } as usize;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map(|i| directory + 2 + i * 12)
        .find_map(|entry| (u16_at(entry)? == 0x0112).then(|| u16_at(entry + 8).map(Orientation::from_exif)).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_first_bytes() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\nrest"), Some(Kind::Png));
        assert_eq!(sniff(b"\xff\xd8\xff\xe0"), Some(Kind::Jpeg));
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Some(Kind::Webp));
        assert_eq!(sniff(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(sniff(b"GIF89a"), Some(Kind::Gif));
        assert_eq!(sniff(b"GIF88a"), None);
        assert_eq!(sniff(b""), None);
    }

    #[test]
    fn svg_is_known_behind_declarations_and_comments() {
        for text in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "<svg>",
            "\u{feff} <?xml version='1.0'?>\n<!-- made > by --><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>\n<svg/>",
            "<!DOCTYPE svg [ <!ENTITY a '>'> ]><svg >",
        ] {
            assert_eq!(sniff(text.as_bytes()), Some(Kind::Svg), "{text}");
        }
        for text in ["<html><svg></svg></html>", "<svgx>", "text <svg>", "<!-- <svg>", "<?xml"] {
            assert_eq!(sniff(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn sizes_past_a_limit_are_refused_before_decoding() {
        let png = |w: u32, h: u32| {
            let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
            file.extend(w.to_be_bytes());
            file.extend(h.to_be_bytes());
            file
        };
        assert_eq!(header(&png(8192, 6103)).map(|h| (h.width, h.height)), Ok((8192, 6103)));
        assert_eq!(header(&png(8192, 6104)), Err(PictureError::TooLarge));
        assert_eq!(header(&png(8193, 1)), Err(PictureError::TooLarge));
        assert_eq!(header(&png(u32::MAX, u32::MAX)), Err(PictureError::TooLarge));
        assert_eq!(header(&png(0, 5)), Err(PictureError::DecodeFailed));
        assert_eq!(header(&vec![0xff; MAX_BYTES + 1]), Err(PictureError::TooLarge));
    }

    #[test]
    fn exif_orientation_swaps_a_jpegs_sides() {
        for little in [true, false] {
            let n16 = |v: u16| if little { v.to_le_bytes() } else { v.to_be_bytes() };
            let n32 = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
            let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
            tiff.extend(n32(8));
            tiff.extend(n16(1));
            tiff.extend([&n16(0x0112)[..], &n16(3), &n32(1), &n16(6), &[0, 0]].concat());
            let mut file = b"\xff\xd8\xff\xff\xe1".to_vec();
            file.extend((tiff.len() as u16 + 8).to_be_bytes());
            file.extend(b"Exif\0\0");
            file.extend(tiff);
            file.extend(b"\xff\xc2\0\x11\x08\x00\x20\x00\x40\x03");
            let header = header(&file).expect("a header");
            assert_eq!((header.width, header.height, header.components), (32, 64, 3));
            assert_eq!(header.orientation, Orientation::from_exif(6));
        }
    }
}
