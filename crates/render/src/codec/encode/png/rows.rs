//! Rows of a PNG: the filters and what they leave.

/// What a row is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    None = 0,
    Sub = 1,
    Up = 2,
    Paeth = 4,
}

/// Applies a filter to `row`; `above` is as long, zeros for the first row. `out` is as long as the row.
pub fn apply(filter: Filter, row: &[u8], above: &[u8], pixel: usize, out: &mut [u8]) {
    let n = row.len();
    let (row, above, out) = (&row[..n], &above[..n], &mut out[..n]);
    match filter {
        Filter::None => out.copy_from_slice(row),
        Filter::Up => {
            for ((o, v), up) in out.iter_mut().zip(row).zip(above) {
                *o = v.wrapping_sub(*up);
            }
        }
        Filter::Sub => {
            out[..pixel].copy_from_slice(&row[..pixel]);
            for ((o, v), left) in out[pixel..].iter_mut().zip(&row[pixel..]).zip(row) {
                *o = v.wrapping_sub(*left);
            }
        }
        Filter::Paeth => {
            for ((o, v), up) in out[..pixel].iter_mut().zip(row).zip(above) {
                *o = v.wrapping_sub(*up);
            }
            let beside = row.iter().zip(&above[pixel..]).zip(above);
            for ((o, v), ((a, b), c)) in out[pixel..].iter_mut().zip(&row[pixel..]).zip(beside) {
                *o = v.wrapping_sub(paeth(*a, *b, *c));
            }
        }
    }
}

/// Left, above or above left, whichever is nearest to left + above − above left.
#[inline(always)]
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let (wa, wb, wc) = (i16::from(a), i16::from(b), i16::from(c));
    let (to_a, to_b) = (wb - wc, wa - wc);
    let to_c = (to_a + to_b).abs();
    let (to_a, to_b) = (to_a.abs(), to_b.abs());
    let other = if to_b <= to_c { b } else { c };
    if to_a <= to_b && to_a <= to_c { a } else { other }
}

/// How many bytes of a filtered row are not zero.
pub fn differences(filtered: &[u8]) -> u32 {
    let part = |part: &[u8]| u32::from(part.iter().map(|v| u8::from(*v != 0)).sum::<u8>());
    filtered.chunks(255).map(part).sum()
}

/// What a filtered row may cost: the sum of its bytes as signed magnitudes.
pub fn cost(filtered: &[u8]) -> u32 {
    filtered.chunks(256).map(|part| part.iter().map(|v| u16::from((*v as i8).unsigned_abs())).sum::<u16>()).map(u32::from).sum()
}
