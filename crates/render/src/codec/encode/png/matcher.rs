//! Matches in rows of drawn art. Drawn pictures repeat in few ways: the pixel before, the row above, the row above shifted
//! by a pixel (slanted gradients), the distance used last, and shapes such as letters, for which one hash table stands.

use super::deflate::Token;

const HASH_BITS: u32 = 14;
/// A match shorter than this is given up where a longer one begins a byte later: 2.5 % of the bytes for a sixth more time.
const LAZY: usize = 32;

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
        let stream = span.stream;
        let mut at = span.start;
        let mut last = span.pixel;
        let mut found = self.longest(span, at, last);
        while at < stream.len() {
            if found.len < Token::MIN_MATCH {
                emit(Token::literal(stream[at]));
                at += 1;
                found = self.longest(span, at, last);
                continue;
            }
            if found.len < LAZY {
                // A longer match may begin one byte later.
                let next = self.longest(span, at + 1, last);
                if next.len > found.len + 1 {
                    emit(Token::literal(stream[at]));
                    at += 1;
                    found = next;
                    continue;
                }
            }
            last = found.distance;
            at += found.len;
            let mut rest = found.len;
            while rest >= Token::MIN_MATCH {
                let mut part = rest.min(Token::MAX_MATCH);
                if rest > part && rest - part < Token::MIN_MATCH {
                    part -= Token::MIN_MATCH;
                }
                emit(Token::matched(part, found.distance));
                rest -= part;
            }
            found = self.longest(span, at, last);
        }
    }

    /// The longest match at a place, and the nearest of equal ones; near the end of the stream there is none.
    #[inline(always)]
    fn longest(&mut self, span: &Span, at: usize, last: usize) -> Match {
        let Span { stream, pixel, stride, .. } = *span;
        let mut best = Match { len: 0, distance: 0 };
        let Some(key) = stream.get(at..).and_then(|rest| rest.first_chunk::<8>()) else { return best };
        let key = u64::from_le_bytes(*key);
        let slot = &mut self.table[hash(key, pixel)];
        let seen = at - (*slot as usize).min(at);
        *slot = at as u32;
        for (distance, least) in [(pixel, 3), (stride, 3), (stride - pixel, 3), (stride + pixel, 3), (last, 3), (seen, 5)] {
            if distance == 0 || distance > at.min(Token::MAX_DISTANCE) {
                continue;
            }
            let len = common(&stream[at - distance..], &stream[at..], key);
            if len >= least && len > best.len {
                best = Match { len, distance };
            }
        }
        best
    }
}

/// Bytes that stand `distance` back as well.
#[derive(Clone, Copy)]
struct Match {
    len: usize,
    distance: usize,
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
