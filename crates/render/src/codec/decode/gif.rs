//! GIF: the first frame on its (transparent) screen.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, MemoryLimit};

use super::{Decoded, reader};
use crate::codec::{Header, bytes::Bytes};

const MEMORY: NonZeroU64 = NonZeroU64::new(200_000_000).unwrap();

pub fn decode(bytes: &[u8], head: &Header) -> Option<Decoded> {
    let file = first_frame(bytes)?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(MemoryLimit::Bytes(MEMORY));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(reader(&file)).ok()?;
    let frame = decoder.read_next_frame().ok()??;
    let (width, height) = head.stored();
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (fw, fh) = (usize::from(frame.width), usize::from(frame.height));
    (fw > 0 && left + fw <= width as usize && top + fh <= height as usize).then_some(())?;
    let mut pixels = vec![0; head.stored_bytes(4)];
    let rows = pixels.chunks_exact_mut(width as usize * 4).skip(top);
    for (row, source) in rows.zip(frame.buffer.chunks_exact(fw * 4)) {
        row[left * 4..(left + fw) * 4].copy_from_slice(source);
    }
    Some(Decoded { width, height, pixels, straight: true, inks: false })
}

/// The file up to the end of its first image, without comments and applications' blocks: an animation of a thousand
/// frames, or a block that lies about itself, never reaches the decoder.
fn first_frame(bytes: &[u8]) -> Option<Vec<u8>> {
    const TRAILER: u8 = 0x3b;
    let file = Bytes(bytes);
    let table = |packed: u8| if packed & 0x80 != 0 { 3usize << ((packed & 7) + 1) } else { 0 };
    let mut at = 13 + table(file.u8(10)?);
    let mut kept = file.slice(0, at)?.to_vec();
    loop {
        let start = at;
        match file.u8(at)? {
            0x21 => {
                let graphic_control = file.u8(at + 1)? == 0xf9;
                at = sub_blocks_end(file, at + 2)?;
                if graphic_control {
                    kept.extend_from_slice(&bytes[start..at]);
                }
            }
            0x2c => {
                // Descriptor, local colours, code size, data.
                let data = at + 10 + table(file.u8(at + 9)?) + 1;
                let end = sub_blocks_end(file, data)?;
                kept.extend_from_slice(&bytes[start..end]);
                kept.push(TRAILER);
                return Some(kept);
            }
            _ => return None,
        }
    }
}

fn sub_blocks_end(file: Bytes, mut at: usize) -> Option<usize> {
    loop {
        match file.u8(at)? {
            0 => return Some(at + 1),
            len => at += 1 + usize::from(len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_frame_of_an_animation_reaches_the_decoder() {
        let head = b"GIF89a\x02\0\x02\0\0\0\0".to_vec();
        let comment = b"\x21\xfe\x03abc\0".to_vec();
        let control = b"\x21\xf9\x04\x01\0\0\0\0".to_vec();
        let image = b"\x2c\0\0\0\0\x02\0\x02\0\0\x02\x01\x44\0".to_vec();
        let file = [&head[..], &comment, &control, &image, &control, &image].concat();
        let kept = [&head[..], &control, &image, b"\x3b"].concat();
        assert_eq!(first_frame(&file), Some(kept));
        assert_eq!(first_frame(&head), None);
    }
}
