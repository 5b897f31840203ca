//! A Gaussian over premultiplied RGBA: three box blurs, at a smaller size where nobody can tell.

/// Sixteen bits a channel.
type Wide = [u32; 4];

/// Sigma, in pixels of the smaller picture, from which it is made smaller again.
const COARSE: f64 = 4.0;

/// Blurs in place. What lies beyond the edges is like the edges.
pub fn blur(pixels: &mut [u8], width: usize, height: usize, sigma: f64) {
    if sigma < 0.2 || width == 0 || height == 0 || pixels.len() != width * height * 4 {
        return;
    }
    let mut factor = 1;
    while sigma / factor as f64 > COARSE {
        factor *= 2;
    }
    let (mut small, w, h) = reduced(pixels, width, height, factor);
    let mut other = vec![[0; 4]; small.len()];
    for (before, after) in boxes(sigma / factor as f64) {
        across(&small, &mut other, w, before, after);
        down(&other, &mut small, w, h, before, after);
    }
    enlarged(&small, (w, h), pixels, (width, height), factor);
}

/// Pixels before and after the middle of three boxes whose sum is about a Gaussian.
fn boxes(sigma: f64) -> [(usize, usize); 3] {
    let size = (sigma * 3.0 * (2.0 * std::f64::consts::PI).sqrt() / 4.0 + 0.5).floor().max(1.0) as usize;
    // Even sizes: two boxes shifted by half a pixel to either side, then one that is a pixel larger.
    if size % 2 == 1 { [(size / 2, size / 2); 3] } else { [(size / 2, size / 2 - 1), (size / 2 - 1, size / 2), (size / 2, size / 2)] }
}

/// Means of squares of `factor` pixels; those at the far edges may be narrower.
fn reduced(pixels: &[u8], width: usize, height: usize, factor: usize) -> (Vec<Wide>, usize, usize) {
    let (w, h) = (width.div_ceil(factor), height.div_ceil(factor));
    let mut small = Vec::with_capacity(w * h);
    let mut sums: Vec<Wide> = vec![[0; 4]; w];
    for y in 0..h {
        sums.fill([0; 4]);
        let rows = (y * factor)..((y + 1) * factor).min(height);
        for row in rows.clone() {
            let line = pixels[row * width * 4..(row + 1) * width * 4].as_chunks::<4>().0;
            for (sum, square) in sums.iter_mut().zip(line.chunks(factor)) {
                for pixel in square {
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*channel);
                    }
                }
            }
        }
        for (x, sum) in sums.iter().enumerate() {
            let count = (rows.len() * (width - x * factor).min(factor)) as u32;
            small.push(sum.map(|sum| (sum * 256 + count / 2) / count));
        }
    }
    (small, w, h)
}

fn across(source: &[Wide], target: &mut [Wide], width: usize, before: usize, after: usize) {
    let share = 1.0 / (before + after + 1) as f32;
    for (line, out) in source.chunks_exact(width).zip(target.chunks_exact_mut(width)) {
        let (first, last) = (line[0], line[width - 1]);
        let mut sum = first.map(|c| c * before as u32);
        for i in 0..after {
            add(&mut sum, line.get(i).copied().unwrap_or(last));
        }
        for (x, out) in out.iter_mut().enumerate() {
            add(&mut sum, line.get(x + after).copied().unwrap_or(last));
            *out = sum.map(|sum| (sum as f32 * share + 0.5) as u32);
            take(&mut sum, x.checked_sub(before).map_or(first, |x| line[x]));
        }
    }
}

fn down(source: &[Wide], target: &mut [Wide], width: usize, height: usize, before: usize, after: usize) {
    let share = 1.0 / (before + after + 1) as f32;
    let row = |y: usize| &source[y.min(height - 1) * width..][..width];
    let mut sums: Vec<Wide> = row(0).iter().map(|pixel| pixel.map(|c| c * before as u32)).collect();
    for y in 0..after {
        sums.iter_mut().zip(row(y)).for_each(|(sum, pixel)| add(sum, *pixel));
    }
    for (y, out) in target.chunks_exact_mut(width).enumerate() {
        let (next, gone) = (row(y + after), row(y.saturating_sub(before)));
        for (((sum, out), next), gone) in sums.iter_mut().zip(out).zip(next).zip(gone) {
            add(sum, *next);
            *out = sum.map(|sum| (sum as f32 * share + 0.5) as u32);
            take(sum, *gone);
        }
    }
}

fn add(sum: &mut Wide, pixel: Wide) {
    sum.iter_mut().zip(pixel).for_each(|(sum, c)| *sum += c);
}

fn take(sum: &mut Wide, pixel: Wide) {
    sum.iter_mut().zip(pixel).for_each(|(sum, c)| *sum -= c);
}

/// Back to the full size, in straight lines between the middles of the squares.
fn enlarged(small: &[Wide], (w, h): (usize, usize), pixels: &mut [u8], (width, height): (usize, usize), factor: usize) {
    let place = |at: usize, count: usize| {
        let at = ((2 * at + 1) * 128 / factor) as i64 - 128;
        let low = at.max(0) as usize / 256;
        (low.min(count - 1), (low + 1).min(count - 1), (at.max(0) % 256) as u32)
    };
    let columns: Vec<(usize, usize, u32)> = (0..width).map(|x| place(x, w)).collect();
    let mut line: Vec<Wide> = vec![[0; 4]; w];
    for (y, out) in pixels.chunks_exact_mut(width * 4).enumerate().take(height) {
        let (above, below, part) = place(y, h);
        let rows = small[above * w..][..w].iter().zip(&small[below * w..][..w]);
        for (line, (a, b)) in line.iter_mut().zip(rows) {
            *line = std::array::from_fn(|c| a[c] * (256 - part) + b[c] * part);
        }
        for (out, (left, right, part)) in out.as_chunks_mut::<4>().0.iter_mut().zip(&columns) {
            let (a, b) = (line[*left], line[*right]);
            // Modulo 2³²: the sum itself is below, its parts need not be.
            let sum: Wide =
                std::array::from_fn(|c| (a[c] << 8).wrapping_add(b[c].wrapping_sub(a[c]).wrapping_mul(*part)).wrapping_add(1 << 23));
            *out = sum.map(|sum| (sum >> 24) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        for (sigma, width, height) in [(0.7, 5, 3), (3.0, 37, 29), (40.0, 61, 90), (250.0, 33, 7)] {
            let mut pixels = [200, 17, 3, 255].repeat(width * height);
            blur(&mut pixels, width, height, sigma);
            assert_eq!(pixels, [200, 17, 3, 255].repeat(width * height), "{sigma}");
        }
    }

    /// A step between black and white becomes the Gaussian's own sum.
    #[test]
    fn a_step_becomes_an_error_function() {
        for sigma in [1.5, 3.0, 6.0, 12.0, 25.0] {
            let (width, middle) = (300usize, 150usize);
            let row: Vec<u8> = (0..width).flat_map(|x| if x < middle { [0, 0, 0, 255] } else { [255; 4] }).collect();
            let mut pixels = row.repeat(3);
            blur(&mut pixels, width, 3, sigma);
            for offset in [-20i64, -8, -2, 0, 3, 9, 21] {
                let x = (middle as i64 + offset) as usize;
                let wanted = 127.5 * (1.0 + libm::erf((offset as f64 + 0.5) / (sigma * std::f64::consts::SQRT_2)));
                let found = f64::from(pixels[(width + x) * 4]);
                assert!((found - wanted).abs() < 7.0, "sigma {sigma}, {offset}: {found} {wanted}");
            }
        }
    }
}
