//! Two pictures compared pixel by pixel.

use render::{
    Format, Picture,
    codec::{self, Buffers, Pixels},
};

/// What a changed pixel is marked with where differences are shown.
const MARK: [u8; 4] = [0xe0, 0x00, 0x7a, 0xff];
const GROUND: [u8; 4] = [0x80, 0x80, 0x80, 0xff];

/// How far two pictures of one size are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Pixels with a channel that is further off than was allowed.
    pub changed: usize,
    pub pixels: usize,
    /// The largest difference of a channel, 0 to 255.
    pub largest: u8,
}

impl Difference {
    /// Changed pixels as a share of all.
    pub fn share(self) -> f64 {
        self.changed as f64 / self.pixels.max(1) as f64
    }
}

/// A finished picture's pixels, from its PNG.
///
/// # Errors
/// A file that is no picture, or too large.
pub fn read(png: &[u8]) -> Result<Picture, String> {
    codec::decode(png, (u32::MAX, u32::MAX)).map_err(|e| e.to_string())
}

/// `None` where the sizes differ. Channels that are at most `allowed` apart count as equal.
pub fn compare(before: &Picture, after: &Picture, allowed: u8) -> Option<Difference> {
    if (before.width, before.height) != (after.width, after.height) {
        return None;
    }
    let mut difference = Difference { changed: 0, pixels: 0, largest: 0 };
    for (a, b) in pixels(before).iter().zip(pixels(after)) {
        let apart = apart(a, b);
        difference.pixels += 1;
        difference.largest = difference.largest.max(apart);
        difference.changed += usize::from(apart > allowed);
    }
    Some(difference)
}

/// Before, after, and where they differ, side by side as a PNG. The third panel is the second one in pale grey with every
/// changed pixel marked; pictures of different sizes have no third one.
///
/// # Errors
/// A picture too large to be written.
pub fn side_by_side(before: &Picture, after: &Picture, allowed: u8) -> Result<Vec<u8>, String> {
    let same_size = (before.width, before.height) == (after.width, after.height);
    let (width, height) = (before.width.max(after.width) as usize, before.height.max(after.height) as usize);
    let stride = width * if same_size { 3 } else { 2 };
    let mut sheet = vec![GROUND; stride * height];
    paste(&mut sheet, stride, 0, before, pixels(before));
    paste(&mut sheet, stride, width, after, pixels(after));
    if same_size {
        let marked: Vec<[u8; 4]> =
            pixels(before).iter().zip(pixels(after)).map(|(a, b)| if apart(a, b) > allowed { MARK } else { pale(b) }).collect();
        paste(&mut sheet, stride, 2 * width, after, &marked);
    }
    let pixels = Pixels { width: stride as u32, height: height as u32, opaque: false, rgba: sheet.as_flattened() };
    codec::encode(&mut Buffers::default(), pixels, Format::Png, 100).map_err(|e| e.to_string())
}

fn pixels(picture: &Picture) -> &[[u8; 4]] {
    (*picture.pixels).as_ref().as_chunks().0
}

fn apart(a: &[u8; 4], b: &[u8; 4]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

fn pale([r, g, b, _]: &[u8; 4]) -> [u8; 4] {
    let luma = (u32::from(*r) * 54 + u32::from(*g) * 183 + u32::from(*b) * 19) / 256;
    let grey = 180 + (luma * 75 / 255) as u8;
    [grey, grey, grey, 255]
}

fn paste(sheet: &mut [[u8; 4]], stride: usize, left: usize, picture: &Picture, pixels: &[[u8; 4]]) {
    let width = picture.width as usize;
    for (row, line) in pixels.chunks_exact(width).zip(sheet.chunks_exact_mut(stride)) {
        line[left..left + width].copy_from_slice(row);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn picture(width: u32, pixels: &[[u8; 4]]) -> Picture {
        let height = pixels.len() as u32 / width;
        Picture { width, height, source_width: width, source_height: height, opaque: true, pixels: Arc::new(pixels.concat()), file: None }
    }

    #[test]
    fn pixels_that_are_further_off_than_allowed_are_counted() {
        let before = picture(2, &[[0, 0, 0, 255]; 4]);
        let after = picture(2, &[[0, 0, 0, 255], [0, 2, 0, 255], [3, 0, 0, 255], [0, 0, 90, 255]]);
        let found = |allowed| compare(&before, &after, allowed).map(|found| (found.changed, found.largest));
        assert_eq!([found(0), found(2), found(90)], [Some((3, 90)), Some((2, 90)), Some((0, 90))]);
        assert_eq!(compare(&before, &after, 2).map(Difference::share), Some(0.5));
        assert_eq!(compare(&before, &picture(4, &[[0; 4]; 4]), 0), None);
    }

    #[test]
    fn changed_pixels_are_marked_beside_both_pictures() {
        let before = picture(1, &[[0, 0, 0, 255], [255; 4]]);
        let after = picture(1, &[[0, 0, 0, 255], [9, 9, 9, 255]]);
        let sheet = read(&side_by_side(&before, &after, 0).unwrap()).unwrap();
        assert_eq!((sheet.width, sheet.height), (3, 2));
        assert_eq!(pixels(&sheet), [[0, 0, 0, 255], [0, 0, 0, 255], [180, 180, 180, 255], [255; 4], [9, 9, 9, 255], MARK]);
        let other = picture(2, &[[255; 4]; 2]);
        let sheet = read(&side_by_side(&before, &other, 0).unwrap()).unwrap();
        assert_eq!((sheet.width, sheet.height, pixels(&sheet)[4]), (4, 2, [255; 4]));
    }
}
