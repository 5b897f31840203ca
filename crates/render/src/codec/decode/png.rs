//! PNG: every depth and colour type comes out as 8-bit RGBA.

use png::{ColorType, DecodeOptions, Decoder, Limits, Transformations};

use super::{Decoded, reader};
use crate::codec::{Header, bytes::Bytes};

/// For the decoder's own rows and tables; the picture itself is ours.
const MEMORY: usize = 16 * 1024 * 1024;

pub fn decode(bytes: &[u8], head: &Header) -> Option<Decoded> {
    let file = critical_chunks(bytes)?;
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(reader(&file), options);
    decoder.set_limits(Limits { bytes: MEMORY });
    // Grey stays grey (with alpha), all else becomes RGBA.
    decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA | Transformations::STRIP_16);
    let mut picture = decoder.read_info().ok()?;
    let (width, height) = head.stored();
    ((picture.info().width, picture.info().height) == (width, height)).then_some(())?;
    let (color, _) = picture.output_color_type();
    let channels = match color {
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgba => 4,
        _ => return None,
    };
    (picture.output_buffer_size()? == head.stored_bytes(channels)).then_some(())?;
    let mut pixels = vec![0; head.stored_bytes(channels)];
    picture.next_frame(&mut pixels).ok()?;
    if channels == 2 {
        pixels = pixels.as_chunks::<2>().0.iter().flat_map(|&[v, a]| [v, v, v, a]).collect();
    }
    Some(Decoded { width, height, pixels, straight: true, inks: false })
}

/// The file with nothing but the chunks that make the picture. Ancillary ones (profiles, texts, animation) never reach the
/// decoder, so their claims can't cost anything. Stops at the first chunk that does not fit into the file.
fn critical_chunks(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = Bytes(bytes);
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(file.slice(0, 8)?);
    let mut at = 8;
    while let Some(len) = file.be32(at) {
        let Some(chunk) = (len as usize).checked_add(12).and_then(|whole| file.slice(at, whole)) else { break };
        let tag = &chunk[4..8];
        if matches!(tag, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND") {
            kept.extend_from_slice(chunk);
        }
        if tag == b"IEND" {
            break;
        }
        at += chunk.len();
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancillary_chunks_are_left_out_and_a_huge_claim_ends_the_file() {
        let chunk = |tag: &[u8; 4], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], tag, data, &[0; 4]].concat();
        let head = b"\x89PNG\r\n\x1a\n".to_vec();
        let kept = [head.clone(), chunk(b"IHDR", &[1; 13]), chunk(b"IDAT", &[2; 5])].concat();
        let mut file = [head, chunk(b"IHDR", &[1; 13]), chunk(b"zTXt", &[9; 900]), chunk(b"IDAT", &[2; 5])].concat();
        file.extend(b"\x40\0\0\0iCCP");
        assert_eq!(critical_chunks(&file), Some(kept));
    }
}
