//! Files as they are asked for: small, within a number of bytes, and labelled.

use super::{
    About, Buffers, EncodeError, Format, Pixels,
    encode::{Effort, encode_with},
    label::label,
};

/// Colours of a PNG that must become smaller, step by step.
const FEWER: [u16; 5] = [256, 128, 64, 32, 16];

/// How a file is written, beyond its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// 1 to 100; PNG has none.
    pub quality: u8,
    /// Fewer bytes for more time: PNG in at most 256 colours, JPEG progressive with halved colour, more search in WebP and AVIF.
    pub small: bool,
    /// Pixels of an inch, for those who print. PNG and JPEG say it; a page has its size by it, 96 where it is not given.
    pub dpi: Option<u16>,
    /// The most bytes of a file: quality is lowered, or a PNG's colours, until it fits, if it ever does.
    pub max_bytes: Option<u64>,
    /// What the file says about itself.
    pub about: Option<About>,
}

impl Default for Writing {
    fn default() -> Self {
        Self { quality: 90, small: false, dpi: None, max_bytes: None, about: None }
    }
}

impl Writing {
    /// Whether photos may stay as they came: nobody asked for fewer bytes than usual.
    pub(crate) fn keeps_photos(&self) -> bool {
        self.quality >= Self::default().quality && !self.small
    }
}

/// Writes a picture. Where no file is as small as it must be, the smallest that was found is returned.
///
/// # Errors
/// As [`encode`](super::encode()).
pub fn write(buffers: &mut Buffers, pixels: Pixels, format: Format, writing: &Writing) -> Result<Vec<u8>, EncodeError> {
    let mut file = |effort: Effort| {
        let file = encode_with(buffers, pixels, format, effort)?;
        Ok(label(file, pixels, format, writing.about.as_ref(), writing.dpi))
    };
    let wanted = Effort { quality: writing.quality, small: writing.small, colors: None };
    let first = file(wanted)?;
    let Some(most) = writing.max_bytes.filter(|most| first.len() as u64 > *most) else { return Ok(first) };
    if format != Format::Png {
        return best(writing.quality, most, |quality| file(Effort { quality, ..wanted }));
    }
    let mut least = first;
    for colors in FEWER {
        let fewer = file(Effort { colors: Some(colors), ..wanted })?;
        if fewer.len() < least.len() {
            least = fewer;
        }
        if least.len() as u64 <= most {
            break;
        }
    }
    Ok(least)
}

/// What `write` writes at the highest quality below `quality` at which it takes at most `most` bytes; at 1 where none does.
///
/// # Errors
/// Those of `write`.
pub fn best<E>(quality: u8, most: u64, mut write: impl FnMut(u8) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let mut found = write(1)?;
    if found.len() as u64 > most {
        return Ok(found);
    }
    let (mut low, mut high) = (1, quality);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let file = write(middle)?;
        if file.len() as u64 <= most {
            (found, low) = (file, middle);
        } else {
            high = middle;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slope with noise on it.
    fn photo(side: u32) -> Vec<u8> {
        let pixel = |i: u32| {
            let noise = (i.wrapping_mul(0x9e37_79b9) >> 27) as u8;
            [(i % side) as u8 ^ noise, (i / side) as u8, noise * 4, 255]
        };
        (0..side * side).flat_map(pixel).collect()
    }

    fn written(format: Format, writing: &Writing) -> Vec<u8> {
        let rgba = photo(160);
        write(&mut Buffers::default(), Pixels { width: 160, height: 160, opaque: true, rgba: &rgba }, format, writing).unwrap()
    }

    #[test]
    fn the_best_quality_that_fits_is_found_and_the_next_one_would_not() {
        for most in [1, 5, 80, 89, 95] {
            let file = best(90, most, |quality| Ok::<_, ()>(vec![0; usize::from(quality)])).unwrap();
            assert_eq!(file.len() as u64, most.min(89));
        }
        assert_eq!(best(90, 9, |quality| Ok::<_, ()>(vec![0; 20 + usize::from(quality)])).unwrap().len(), 21);
    }

    #[test]
    fn files_keep_to_their_most_where_they_can() {
        for format in [Format::Png, Format::Jpeg, Format::Webp, Format::Avif] {
            let free = written(format, &Writing::default()).len() as u64;
            let most = free * 2 / 3;
            let kept = written(format, &Writing { max_bytes: Some(most), ..Writing::default() }).len() as u64;
            assert!(kept <= most && kept > most / 4, "{format:?}: {kept} of {most}, free {free}");
            let least = written(format, &Writing { max_bytes: Some(10), ..Writing::default() }).len() as u64;
            assert!(least > 10 && least < most, "{format:?}: {least}");
        }
    }

    #[test]
    fn small_files_are_smaller_and_decode() {
        for format in [Format::Png, Format::Jpeg] {
            let (usual, small) = (written(format, &Writing::default()), written(format, &Writing { small: true, ..Writing::default() }));
            assert!(small.len() < usual.len(), "{format:?}: {} of {}", small.len(), usual.len());
            let picture = crate::codec::decode(&small, (160, 160)).unwrap();
            assert_eq!((picture.width, picture.height), (160, 160));
        }
    }

    #[test]
    fn words_and_density_are_in_the_file_and_the_picture_is_the_same() {
        let about = About { title: "Tea".to_owned(), description: "A *cup*".to_owned(), group: "quote".to_owned(), ..About::default() };
        let labelled = Writing { dpi: Some(300), about: Some(about), ..Writing::default() };
        for format in [Format::Png, Format::Jpeg, Format::Webp] {
            let (plain, file) = (written(format, &Writing::default()), written(format, &labelled));
            assert!(file.windows(7).any(|window| window == b"A *cup*"), "{format:?}");
            assert!(file.windows(24).any(|window| window == b"rp:TemplateGroup=\"quote\""), "{format:?}");
            let pixels = |file: &[u8]| crate::codec::decode(file, (160, 160)).unwrap().pixels;
            assert!(pixels(&plain).as_ref().as_ref() == pixels(&file).as_ref().as_ref(), "{format:?}");
        }
        let png = written(Format::Png, &labelled);
        let decoded = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        let density = decoded.info().pixel_dims.unwrap();
        assert_eq!((density.xppu, density.yppu, density.unit), (11_811, 11_811, png::Unit::Meter));
        assert_eq!(decoded.info().utf8_text[0].keyword, "XML:com.adobe.xmp");
        let jpeg = written(Format::Jpeg, &labelled);
        assert_eq!(jpeg[13..18], [1, 1, 44, 1, 44]);
    }
}
