//! Small arithmetic on RGBA pixels.

/// `value * alpha / 255`, rounded; exact for all inputs.
#[inline]
pub fn scale(value: u8, alpha: u8) -> u8 {
    let t = u32::from(value) * u32::from(alpha) + 128;
    ((t + (t >> 8)) >> 8) as u8
}

/// Whether every alpha is 255.
pub fn opaque(rgba: &[u8]) -> bool {
    // Whole blocks first: the fold over a block has no exit and so becomes vector code.
    rgba.chunks(4096).all(|block| block.as_chunks::<4>().0.iter().fold(255, |acc, p| acc & p[3]) == 255)
}

/// Straight to premultiplied RGBA, in place.
pub fn premultiply(rgba: &mut [u8]) {
    for pixel in rgba.as_chunks_mut::<4>().0 {
        let alpha = pixel[3];
        *pixel = [scale(pixel[0], alpha), scale(pixel[1], alpha), scale(pixel[2], alpha), alpha];
    }
}

/// Premultiplied to straight RGBA; clear pixels become transparent black.
pub fn straight(rgba: &[u8]) -> Vec<u8> {
    let channel = |c: u8, a: u32| ((u32::from(c) * 255 + a / 2) / a).min(255) as u8;
    let pixel = |&[r, g, b, a]: &[u8; 4]| match a {
        255 => [r, g, b, 255],
        0 => [0; 4],
        _ => [channel(r, a.into()), channel(g, a.into()), channel(b, a.into()), a],
    };
    rgba.as_chunks::<4>().0.iter().flat_map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_rounds_exactly() {
        for value in 0..=255u8 {
            for alpha in 0..=255u8 {
                let exact = (f64::from(value) * f64::from(alpha) / 255.0).round() as u8;
                assert_eq!(scale(value, alpha), exact);
            }
        }
    }

    #[test]
    fn one_clear_pixel_is_seen_anywhere() {
        let mut rgba = vec![255; 4 * 3000];
        assert!(opaque(&rgba));
        rgba[4 * 2999 + 3] = 254;
        assert!(!opaque(&rgba));
    }
}
