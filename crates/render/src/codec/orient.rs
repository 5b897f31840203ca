//! EXIF orientation: the eight ways a camera may have been held.

use super::Orientation;

/// Turns and mirrors RGBA so that it stands upright; returns the new width and height with the pixels.
pub fn upright(pixels: Vec<u8>, width: u32, height: u32, orientation: Orientation) -> (Vec<u8>, u32, u32) {
    let (w, h) = (width as usize, height as usize);
    if orientation == Orientation::UPRIGHT || pixels.is_empty() {
        return (pixels, width, height);
    }
    let (source, _) = pixels.as_chunks::<4>();
    let mut target = vec![0; pixels.len()];
    let (out, _) = target.as_chunks_mut::<4>();
    if !orientation.swaps_sides() {
        for (y, row) in out.chunks_exact_mut(w).enumerate() {
            let from = if orientation.flips_rows() { h - 1 - y } else { y };
            row.copy_from_slice(&source[from * w..(from + 1) * w]);
            if orientation.flips_columns() {
                row.reverse();
            }
        }
        return (target, width, height);
    }
    // The result is `h` wide and `w` high: its row is a column of the source. Small tiles keep both sides in cache.
    const TILE: usize = 32;
    for ty in (0..w).step_by(TILE) {
        for tx in (0..h).step_by(TILE) {
            for y in ty..(ty + TILE).min(w) {
                let column = if orientation.flips_columns() { w - 1 - y } else { y };
                for x in tx..(tx + TILE).min(h) {
                    let row = if orientation.flips_rows() { h - 1 - x } else { x };
                    out[y * h + x] = source[row * w + column];
                }
            }
        }
    }
    (target, height, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(tag: u16) -> (Vec<u8>, u32, u32) {
        // 1 2 3
        // 4 5 6
        let pixels = (1..=6u8).flat_map(|v| [v; 4]).collect();
        let (pixels, w, h) = upright(pixels, 3, 2, Orientation::from_exif(tag));
        (pixels.chunks_exact(4).map(|p| p[0]).collect(), w, h)
    }

    #[test]
    fn each_exif_value_turns_as_the_standard_says() {
        assert_eq!(turned(1), (vec![1, 2, 3, 4, 5, 6], 3, 2));
        assert_eq!(turned(2), (vec![3, 2, 1, 6, 5, 4], 3, 2));
        assert_eq!(turned(3), (vec![6, 5, 4, 3, 2, 1], 3, 2));
        assert_eq!(turned(4), (vec![4, 5, 6, 1, 2, 3], 3, 2));
        assert_eq!(turned(5), (vec![1, 4, 2, 5, 3, 6], 2, 3));
        assert_eq!(turned(6), (vec![4, 1, 5, 2, 6, 3], 2, 3));
        assert_eq!(turned(7), (vec![6, 3, 5, 2, 4, 1], 2, 3));
        assert_eq!(turned(8), (vec![3, 6, 2, 5, 1, 4], 2, 3));
    }

    #[test]
    fn an_unknown_value_leaves_the_picture_alone() {
        assert_eq!(turned(0), turned(1));
        assert_eq!(turned(9), turned(1));
    }
}
