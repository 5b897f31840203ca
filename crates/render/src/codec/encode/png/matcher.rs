//! Matches in rows of drawn art. Drawn pictures repeat in few ways: the pixel before, the row above, the row above shifted
//! by a pixel (slanted gradients), the distance used last, and shapes such as letters, for which one hash table stands.

use super::deflate::Token;

const HASH_BITS: u32 = 14;

/// Positions by the hash of two pixels.
pub struct Matcher {
    table: Vec<u32>,
}

impl Default for Matcher {
    fn default() -> Self {
        Self { table: vec![0; 1 << HASH_BITS] }
    }
}

/// Where in the stream, and what its pixels are like.
pub struct Span<'a> {
    pub stream: &'a [u8],
    /// Where the tokens begin; what stands before may be matched.
    pub start: usize,
    /// Bytes of a pixel and of a row with its filter byte.
    pub pixel: usize,
    pub stride: usize,
}

impl Matcher {
    /// Forgets the picture before.
    pub fn clear(&mut self) {
        self.table.fill(0);
    }

    /// Hands the tokens of a span to `emit`, in order.
    pub fn run(&mut self, span: &Span, mut emit: impl FnMut(Token)) {
        let Span { stream, start, pixel, stride } = *span;
        let near = [pixel, stride, stride.saturating_sub(pixel), stride + pixel];
        let mut last = pixel;
        let mut at = start;
        while at < stream.len() {
            let rest = &stream[at..];
            let Some(key) = rest.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) else {
                rest.iter().for_each(|byte| emit(Token::literal(*byte)));
                return;
            };
            let slot = &mut self.table[hash(key, pixel)];
            let seen = at - (*slot as usize).min(at);
            *slot = at as u32;
            let (mut len, mut distance) = (0, 0);
            for (candidate, least) in [(near[0], 3), (near[1], 3), (near[2], 3), (near[3], 3), (last, 3), (seen, 5)] {
                if candidate == 0 || candidate > at.min(Token::MAX_DISTANCE) {
                    continue;
                }
                let found = common(&stream[at - candidate..], rest, key);
                if found >= least && found > len {
                    (len, distance) = (found, candidate);
                }
            }
            if len < Token::MIN_MATCH {
                emit(Token::literal(rest[0]));
                at += 1;
                continue;
            }
            last = distance;
            at += len;
            while len >= Token::MIN_MATCH {
                let mut part = len.min(Token::MAX_MATCH);
                if len - part > 0 && len - part < Token::MIN_MATCH {
                    part -= Token::MIN_MATCH;
                }
                emit(Token::matched(part, distance));
                len -= part;
            }
        }
    }
}

/// Of two pixels, or of four where a pixel is one byte.
#[inline(always)]
fn hash(key: u64, pixel: usize) -> usize {
    let unused = match pixel {
        1 => 32,
        3 => 16,
        _ => 0,
    };
    ((key << unused).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS)) as usize
}

/// How many bytes two slices share from their beginning. `key` is the first eight of `ahead`.
#[inline(always)]
fn common(behind: &[u8], ahead: &[u8], key: u64) -> usize {
    let Some(first) = behind.first_chunk::<8>() else { return 0 };
    let differ = u64::from_le_bytes(*first) ^ key;
    if differ != 0 {
        return (differ.trailing_zeros() / 8) as usize;
    }
    8 + common_rest(&behind[8..], &ahead[8..])
}

fn common_rest(behind: &[u8], ahead: &[u8]) -> usize {
    let behind = &behind[..ahead.len().min(behind.len())];
    let mut same = 0;
    for (a, b) in behind.as_chunks::<32>().0.iter().zip(ahead.as_chunks::<32>().0) {
        if a != b {
            break;
        }
        same += 32;
    }
    let tail = behind[same..].iter().zip(&ahead[same..]).take_while(|(a, b)| a == b);
    same + tail.count()
}
