//! Drawn or photographed: counted, not guessed from where a picture came from.

/// Rows that are judged together.
pub const BAND: usize = 8;
/// Pixels are a photo where more than one in this many is new: unlike its neighbours before and above.
const SHARE: usize = 5;

/// For each band of rows, whether it is a photo.
pub fn bands(pixels: &[[u8; 4]], width: usize) -> Vec<bool> {
    counts(pixels, width).map(|(new, all)| new * SHARE > all).collect()
}

/// Whether the whole picture is best treated as a photo.
pub fn mostly(pixels: &[[u8; 4]], width: usize) -> bool {
    counts(pixels, width).map(|(new, _)| new).sum::<usize>() * SHARE > pixels.len()
}

/// For each band, how many of its pixels are new, and how many there are.
fn counts(pixels: &[[u8; 4]], width: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut above = &pixels[..width];
    pixels.chunks(width * BAND).map(move |band| {
        let mut new = 0;
        for row in band.chunks_exact(width) {
            new += surprises(row, above);
            above = row;
        }
        (new, band.len())
    })
}

/// Pixels of a row that are not the same as the one before, above, or beside the one above.
fn surprises(row: &[[u8; 4]], above: &[[u8; 4]]) -> usize {
    let n = row.len();
    if n < 3 || above.len() < n {
        return 0;
    }
    let word = |p: &[u8; 4]| u32::from_ne_bytes(*p);
    let middle = row[1..n - 1].iter().zip(row).zip(above.iter().zip(&above[1..]).zip(&above[2..]));
    middle
        .map(|((here, before), ((left, up), right))| {
            let here = word(here);
            u32::from((here != word(before)) & (here != word(up)) & (here != word(left)) & (here != word(right)))
        })
        .sum::<u32>() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_and_slanted_pictures_are_drawn_and_noise_is_a_photo() {
        let width = 64;
        let picture = |f: &dyn Fn(u32, u32) -> u32| -> Vec<[u8; 4]> { (0..64 * 64).map(|i| f(i % 64, i / 64).to_le_bytes()).collect() };
        let slanted = picture(&|x, y| (x + y) * 7);
        let noise = picture(&|x, y| (x * 97 + y * 61).wrapping_mul(0x9e37_79b9));
        assert!(!mostly(&slanted, width) && mostly(&noise, width));
        let both = [slanted, noise].concat();
        let bands = bands(&both, width);
        assert_eq!((bands.len(), bands[..8].contains(&true), bands[9..].contains(&false)), (16, false, false));
    }
}
