//! JPEG files as other files may hold them: the picture, and nothing that its camera or an editor said about it.

use super::{
    Kind, Orientation,
    bytes::Bytes,
    header,
    segment::{END, FIRST, SCAN, segment},
};

/// Length of a `JFIF` segment without a small picture.
const JFIF: usize = 18;

/// A JPEG's picture data, byte for byte, if every reader shows them as they are decoded here: upright, grey or YCbCr of 8
/// bits, baseline or progressive, and without a colour profile. Place, time, small pictures and what follows the end are
/// left out.
pub fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = header(bytes).ok()?;
    let fits = head.kind == Kind::Jpeg && head.orientation == Orientation::UPRIGHT && matches!(head.components, 1 | 3);
    fits.then_some(())?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..FIRST)?);
    let mut at = FIRST;
    loop {
        let part = segment(Bytes(bytes), at)?;
        let kept = match part.marker {
            // Readers take such names of components for colours that are no YCbCr.
            0xc0 | 0xc2 => (part.data.first() == Some(&8) && part.data.get(6) != Some(&b'R')).then_some(true)?,
            0xc4 | 0xdb | 0xdd | SCAN | END => true,
            0xe0 => part.data.starts_with(b"JFIF\0") && part.whole.len() == JFIF,
            0xe2 if part.data.starts_with(b"ICC_PROFILE\0") => return None,
            // The last byte is how colours were turned into components; 1 is YCbCr.
            0xee if part.data.starts_with(b"Adobe") => (head.components == 1 || part.data.get(11) == Some(&1)).then_some(true)?,
            0xe1..=0xef | 0xfe => false,
            _ => return None,
        };
        if kept {
            out.extend_from_slice(part.whole);
        }
        at = part.end;
        match part.marker {
            END => return Some(out),
            SCAN => {
                let scan = bytes.get(at..)?;
                let end = scan.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7))?;
                out.extend_from_slice(&scan[..end]);
                at += end;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bare;
    use crate::codec::{Buffers, Format, Pixels, decode, encode};

    fn file() -> Vec<u8> {
        let rgba: Vec<u8> = (0..32 * 24u32).flat_map(|i| [(i * 7) as u8, (i / 3) as u8, (i * i) as u8, 255]).collect();
        let pixels = Pixels { width: 32, height: 24, opaque: true, rgba: &rgba };
        encode(&mut Buffers::default(), pixels, Format::Jpeg, 80).unwrap()
    }

    #[test]
    fn what_follows_the_end_is_left_out() {
        let file = file();
        assert_eq!(bare(&[&file[..], b"<script>"].concat()), Some(file));
    }

    #[test]
    fn colours_that_readers_disagree_about_are_refused() {
        let file = file();
        let with = |data: &[u8]| [&file[..20], &[0xff, 0xee, 0, data.len() as u8 + 2], data, &file[20..]].concat();
        assert!(bare(&with(b"Adobe\0\x64\0\0\0\0\x01")).is_some());
        assert_eq!(bare(&with(b"Adobe\0\x64\0\0\0\0\0")), None);
    }

    #[test]
    fn broken_files_are_no_fault_and_what_is_left_decodes_alike() {
        let file = file();
        assert!((0..file.len()).all(|end| bare(&file[..end]).is_none()));
        for at in 2..file.len() {
            let mut broken = file.clone();
            broken[at] ^= 0x55;
            let Some(bare) = bare(&broken) else { continue };
            let pixels = |file: &[u8]| decode(file, (32, 24)).map(|picture| (*picture.pixels).as_ref().to_vec()).ok();
            if let Some(wanted) = pixels(&broken) {
                assert_eq!(pixels(&bare), Some(wanted), "byte {at}");
            }
        }
    }
}
