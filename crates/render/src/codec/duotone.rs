//! Duotone: a gradient map over the picture's light.

use template::bound::Color;

/// Paints each pixel of opaque or premultiplied RGBA with the colour that its light (.30 R + .59 G + .11 B, after contrast
/// × 1.35 − .20) has on the line through `colors` at 0, .5 and 1. Alpha stays; the colours' own alpha is ignored.
pub fn duotone(pixels: &mut [u8], colors: [Color; 3]) {
    let table = table(colors);
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let [r, g, b, a] = *pixel;
        match a {
            0 => {}
            255 => pixel[..3].copy_from_slice(&table[light(r, g, b)]),
            _ => {
                let straight = |c: u8| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a)).min(255) as u8;
                let mapped = table[light(straight(r), straight(g), straight(b))];
                for (channel, value) in pixel.iter_mut().zip(mapped) {
                    *channel = super::pixels::scale(value, a);
                }
            }
        }
    }
}

/// 0 to 255, weights in 256ths that sum to 256.
fn light(r: u8, g: u8, b: u8) -> usize {
    ((77 * u32::from(r) + 151 * u32::from(g) + 28 * u32::from(b) + 128) >> 8) as usize
}

fn table(colors: [Color; 3]) -> [[u8; 3]; 256] {
    std::array::from_fn(|i| {
        let t = (i as f32 / 255.0 * 1.35 - 0.20).clamp(0.0, 1.0) * 2.0;
        let (from, to, t) = if t <= 1.0 { (colors[0], colors[1], t) } else { (colors[1], colors[2], t - 1.0) };
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * t + 0.5) as u8;
        [mix(from.r, to.r), mix(from.g, to.g), mix(from.b, to.b)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: Color = Color { r: 10, g: 20, b: 30, a: 255 };
    const MID: Color = Color { r: 200, g: 40, b: 90, a: 255 };
    const PAPER: Color = Color { r: 250, g: 248, b: 240, a: 255 };

    #[test]
    fn black_middle_and_white_become_the_three_colours() {
        // Contrast × 1.35 − .20 puts one half at a light of 132.
        let mut pixels = [0, 0, 0, 255, 132, 132, 132, 255, 255, 255, 255, 255];
        duotone(&mut pixels, [INK, MID, PAPER]);
        assert_eq!(pixels[..3], [10, 20, 30]);
        assert_eq!(pixels[8..], [250, 248, 240, 255]);
        for (seen, wanted) in pixels[4..7].iter().zip([200u8, 40, 90]) {
            assert!(seen.abs_diff(wanted) <= 2, "{seen} is not near {wanted}");
        }
    }

    #[test]
    fn alpha_stays_and_colours_stay_premultiplied() {
        let mut pixels = [64, 64, 64, 128, 0, 0, 0, 0];
        duotone(&mut pixels, [INK, MID, PAPER]);
        assert_eq!((pixels[3], pixels[7]), (128, 0));
        assert!(pixels[..3].iter().all(|&c| c <= 128));
        assert_eq!(pixels[4..7], [0, 0, 0]);
    }
}
