//! The segments that a JPEG file is made of.

use super::bytes::Bytes;

/// Where the first one begins: behind the file's own marker.
pub const FIRST: usize = 2;
/// The file's end; it has no data.
pub const END: u8 = 0xd9;
/// The head of a scan, whose coded pixels follow it.
pub const SCAN: u8 = 0xda;

pub struct Segment<'a> {
    /// The byte behind 0xff.
    pub marker: u8,
    /// With marker and length.
    pub whole: &'a [u8],
    /// What follows the length.
    pub data: &'a [u8],
    /// Where the next one begins; past the file's end where that cuts this one short.
    pub end: usize,
}

/// The segment at `at`, or behind fill bytes and markers that stand alone; `None` where the file is broken.
pub fn segment(file: Bytes, mut at: usize) -> Option<Segment> {
    loop {
        (file.u8(at)? == 0xff).then_some(())?;
        match file.u8(at + 1)? {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            END => return Some(Segment { marker: END, whole: file.slice(at, 2)?, data: &[], end: at + 2 }),
            marker => {
                let end = at + 2 + usize::from(file.be16(at + 2)?);
                let whole = file.0.get(at..end.min(file.0.len()))?;
                return Some(Segment { marker, whole, data: whole.get(4..)?, end });
            }
        }
    }
}
