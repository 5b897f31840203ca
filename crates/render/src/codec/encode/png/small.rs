//! PNG in few colours, packed into as few bits as they need, and deflated for as long as it takes.

use libdeflater::{CompressionLvl, Compressor};

use super::{Pixels, begin, chunk, palette::Palette, quantise::quantise};

/// A palette of at most `most` colours: the picture's own where it has no more.
pub fn small(pixels: Pixels, most: u16) -> Result<Vec<u8>, String> {
    let rgba = pixels.straight();
    let (source, width, most) = (rgba.as_chunks::<4>().0, pixels.width as usize, usize::from(most));
    let (colors, indices) = match Palette::of(source).filter(|palette| palette.len() <= most) {
        Some(palette) => {
            let mut indices = Vec::with_capacity(source.len());
            palette.indices(source, &mut indices);
            (palette.into_colors(), indices)
        }
        None => quantise(source, width, most),
    };
    let depth = match colors.len() {
        ..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let rows = packed(&indices, width, depth);
    let mut deflater = Compressor::new(CompressionLvl::best());
    let mut data = vec![0; deflater.zlib_compress_bound(rows.len())];
    let length = deflater.zlib_compress(&rows, &mut data).map_err(|error| error.to_string())?;
    let mut out = Vec::with_capacity(length + 2048);
    begin(&mut out, pixels, depth as u8, 3);
    chunk(&mut out, b"PLTE", |out| out.extend(colors.iter().flat_map(|c| [c[0], c[1], c[2]])));
    if !pixels.opaque {
        chunk(&mut out, b"tRNS", |out| out.extend(colors.iter().map(|c| c[3]).take_while(|alpha| *alpha < 255)));
    }
    chunk(&mut out, b"IDAT", |out| out.extend_from_slice(&data[..length]));
    chunk(&mut out, b"IEND", |_| ());
    Ok(out)
}

/// Unfiltered rows of indices of `depth` bits each, the first in the highest.
fn packed(indices: &[u8], width: usize, depth: usize) -> Vec<u8> {
    let each = 8 / depth;
    let mut out = Vec::with_capacity(indices.len() / each + indices.len() / width.max(1));
    for row in indices.chunks_exact(width.max(1)) {
        out.push(0);
        out.extend(row.chunks(each).map(|few| few.iter().enumerate().fold(0, |byte, (at, index)| byte | index << (8 - depth * (at + 1)))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::packed;

    #[test]
    fn indices_share_bytes_from_the_left() {
        assert_eq!(packed(&[1, 0, 1, 1, 0, 1], 3, 1), [0, 0b1010_0000, 0, 0b1010_0000]);
        assert_eq!(packed(&[3, 1, 2, 0, 1], 5, 2), [0, 0b11_01_10_00, 0b01_00_00_00]);
        assert_eq!(packed(&[7, 9], 2, 8), [0, 7, 9]);
    }
}
