//! A zlib stream from blocks that somebody else has planned: codes are made for each block, nothing is searched here.

use super::huffman::{Code, codes, lengths};

/// A literal byte, or a match of `len` bytes that stand `distance` back.
#[derive(Clone, Copy)]
pub struct Token(u32);

impl Token {
    pub const MIN_MATCH: usize = 3;
    pub const MAX_MATCH: usize = 258;
    pub const MAX_DISTANCE: usize = 32_768;

    pub fn literal(byte: u8) -> Self {
        Self(byte.into())
    }

    /// `len` is 3 to 258, `distance` 1 to 32,768.
    pub fn matched(len: usize, distance: usize) -> Self {
        Self((len as u32) << 16 | (distance as u32 - 1))
    }

    fn len(self) -> usize {
        (self.0 >> 16) as usize
    }

    fn back(self) -> u32 {
        self.0 & 0xffff
    }
}

const END: usize = 256;
/// More tokens than this in a block, and the code no longer follows the picture.
pub const BLOCK_TOKENS: usize = 24 * 1024;

/// Writes a zlib stream.
pub struct Zlib {
    out: Vec<u8>,
    /// Bytes of `out` that are final; behind them is room.
    at: usize,
    hold: u64,
    held: u32,
}

impl Zlib {
    /// Starts a stream behind what `out` holds.
    pub fn new(mut out: Vec<u8>) -> Self {
        out.extend([0x78, 0x01]);
        Self { at: out.len(), out, hold: 0, held: 0 }
    }

    /// One block of tokens.
    pub fn tokens(&mut self, tokens: &[Token], last: bool) {
        let mut literals = [0u32; 286];
        let mut distances = [0u32; 30];
        for token in tokens {
            match token.len() {
                0 => literals[token.back() as usize & 0xff] += 1,
                len => {
                    literals[LENGTH_SYMBOL[len - 3].0 as usize] += 1;
                    distances[distance_symbol(token.back()).0] += 1;
                }
            }
        }
        let (literal, distance) = self.open(&mut literals, &distances, 15, last);
        let by_len: [Code; 256] = std::array::from_fn(|i| {
            let (symbol, bits, extra) = LENGTH_SYMBOL[i];
            let code = literal[usize::from(symbol)];
            Code { bits: code.bits | u32::from(bits) << code.len, len: code.len + u32::from(extra) }
        });
        for token in tokens {
            match token.len() {
                0 => self.put(literal[token.back() as usize & 0xff]),
                len => {
                    self.put(by_len[len - 3]);
                    let (symbol, bits, extra) = distance_symbol(token.back());
                    self.put(distance[symbol]);
                    self.put(Code { bits, len: extra });
                }
            }
            self.flush();
        }
        self.put(literal[END]);
        self.flush();
    }

    /// One block of bytes with no matches but runs of zeros, which filtered rows have.
    pub fn bytes(&mut self, bytes: &[u8], last: bool) {
        let (words, tail) = bytes.as_chunks::<8>();
        // Four tables, so that equal neighbours don't wait for each other.
        let mut counts = [[0u32; 256]; 4];
        let mut run = 0;
        let mut literals = [0u32; 286];
        let mut distances = [0u32; 30];
        for word in words {
            if u64::from_ne_bytes(*word) == 0 {
                run += 8;
                continue;
            }
            if run > 0 {
                zero_run(std::mem::take(&mut run), |token| count_run(token, &mut literals, &mut distances));
            }
            for (i, byte) in word.iter().enumerate() {
                counts[i & 3][usize::from(*byte)] += 1;
            }
        }
        zero_run(run, |token| count_run(token, &mut literals, &mut distances));
        for byte in tail {
            counts[0][usize::from(*byte)] += 1;
        }
        for (i, total) in literals[..256].iter_mut().enumerate() {
            *total += counts.iter().map(|c| c[i]).sum::<u32>();
        }
        // At most 12 bits a literal: four of them fit into the register between two flushes.
        let (literal, distance) = self.open(&mut literals, &distances, 12, last);
        let mut run = 0;
        let put_run = |stream: &mut Self, run: usize| {
            zero_run(run, |token| {
                match token.len() {
                    0 => stream.put(literal[0]),
                    len => {
                        let (symbol, bits, extra) = LENGTH_SYMBOL[len - 3];
                        stream.put(literal[usize::from(symbol)]);
                        stream.put(Code { bits: bits.into(), len: extra.into() });
                        stream.put(distance[0]);
                    }
                }
                stream.flush();
            });
        };
        for word in words {
            if u64::from_ne_bytes(*word) == 0 {
                run += 8;
                continue;
            }
            if run > 0 {
                put_run(self, std::mem::take(&mut run));
            }
            for half in word.as_chunks::<4>().0 {
                for byte in half {
                    self.put(literal[usize::from(*byte)]);
                }
                self.flush();
            }
        }
        put_run(self, run);
        for byte in tail {
            self.put(literal[usize::from(*byte)]);
            self.flush();
        }
        self.put(literal[END]);
        self.flush();
    }

    /// Ends the stream; `sum` is Adler-32 of all bytes that the blocks stand for.
    pub fn finish(mut self, sum: u32) -> Vec<u8> {
        self.room(16);
        while self.held > 0 {
            self.put(Code { bits: 0, len: self.held.wrapping_neg() & 7 });
            self.flush();
        }
        self.out.truncate(self.at);
        self.out.extend(sum.to_be_bytes());
        self.out
    }

    /// Writes a block's head and hands back its codes. Afterwards there is room for everything that was counted.
    fn open(&mut self, literals: &mut [u32; 286], distances: &[u32; 30], limit: usize, last: bool) -> ([Code; 286], [Code; 30]) {
        literals[END] = 1;
        let literal_lens = lengths(literals, limit);
        let distance_lens = lengths(distances, limit);
        let cost = |freqs: &[u32], lens: &[u8]| -> usize { freqs.iter().zip(lens).map(|(f, l)| *f as usize * usize::from(*l)).sum() };
        // Extra bits: at most 5 for a length and 13 for a distance, one of each per match.
        let extra = distances.iter().map(|f| *f as usize * 18).sum::<usize>();
        self.room((cost(literals, &literal_lens) + cost(distances, &distance_lens) + extra) / 8 + 400);
        self.head(&literal_lens, &distance_lens, last);
        (codes(&literal_lens), codes(&distance_lens))
    }

    fn head(&mut self, literals: &[u8; 286], distances: &[u8; 30], last: bool) {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let used = |lens: &[u8], least: usize| lens.iter().rposition(|l| *l > 0).map_or(least, |at| (at + 1).max(least));
        let (literal_count, distance_count) = (used(literals, 257), used(distances, 1));
        let all = [&literals[..literal_count], &distances[..distance_count]].concat();
        let packed = pack_lengths(&all);
        let mut freqs = [0; 19];
        packed.iter().for_each(|(symbol, ..)| freqs[usize::from(*symbol)] += 1);
        let lens = lengths(&freqs, 7);
        let order_count = ORDER.iter().rposition(|s| lens[*s] > 0).map_or(4, |at| (at + 1).max(4));
        let mut plain = |bits: usize, len| {
            self.put(Code { bits: bits as u32, len });
            self.flush();
        };
        plain(usize::from(last) | 2 << 1, 3);
        plain(literal_count - 257, 5);
        plain(distance_count - 1, 5);
        plain(order_count - 4, 4);
        for symbol in &ORDER[..order_count] {
            plain(lens[*symbol].into(), 3);
        }
        let words = codes(&lens);
        for (symbol, bits, extra) in packed {
            self.put(words[usize::from(symbol)]);
            self.put(Code { bits: bits.into(), len: extra });
            self.flush();
        }
    }

    /// Makes room for `bytes` more, and a word that a flush may write past them.
    fn room(&mut self, bytes: usize) {
        self.out.resize(self.at + bytes + 16, 0);
    }

    #[inline(always)]
    fn put(&mut self, code: Code) {
        self.hold |= u64::from(code.bits) << self.held;
        self.held += code.len;
    }

    /// Writes whole bytes; at most 7 bits stay, so 56 more may be put before the next flush.
    #[inline(always)]
    fn flush(&mut self) {
        if let Some(room) = self.out[self.at..].first_chunk_mut::<8>() {
            *room = self.hold.to_le_bytes();
        }
        self.at += (self.held >> 3) as usize;
        self.hold >>= self.held & 56;
        self.held &= 7;
    }
}

/// A run of zeros as one literal and matches of distance 1.
#[inline]
fn zero_run(run: usize, mut emit: impl FnMut(Token)) {
    let mut rest = run;
    if rest > 0 {
        emit(Token::literal(0));
        rest -= 1;
    }
    while rest > 0 {
        match rest.min(Token::MAX_MATCH) {
            len @ 3.. => {
                emit(Token::matched(len, 1));
                rest -= len;
            }
            _ => {
                emit(Token::literal(0));
                rest -= 1;
            }
        }
    }
}

fn count_run(token: Token, literals: &mut [u32; 286], distances: &mut [u32; 30]) {
    match token.len() {
        0 => literals[0] += 1,
        len => {
            literals[usize::from(LENGTH_SYMBOL[len - 3].0)] += 1;
            distances[0] += 1;
        }
    }
}

/// Code lengths as symbols of the head: (symbol, extra bits' value, how many).
fn pack_lengths(all: &[u8]) -> Vec<(u8, u8, u32)> {
    let mut packed = Vec::with_capacity(all.len());
    for run in all.chunk_by(|a, b| a == b) {
        let (value, mut rest) = (run[0], run.len());
        if value > 0 {
            packed.push((value, 0, 0));
            rest -= 1;
        }
        while rest > 0 {
            let (most, symbol, least, extra) = match (value, rest) {
                (0, 11..) => (138, 18, 11, 7),
                (0, 3..) => (10, 17, 3, 3),
                (1.., 3..) => (6, 16, 3, 2),
                _ => (1, value, 1, 0),
            };
            let taken = rest.min(most);
            packed.push((symbol, (taken - least) as u8, extra));
            rest -= taken;
        }
    }
    packed
}

/// For lengths 3 to 258: symbol, extra bits' value, how many.
const LENGTH_SYMBOL: [(u16, u8, u8); 256] = {
    let mut table = [(285, 0, 0); 256];
    let (mut i, mut symbol) = (0, 257);
    while i < 255 {
        let extra = if symbol < 265 { 0 } else { (symbol - 261) / 4 };
        let mut value = 0;
        while value < 1 << extra && i < 255 {
            table[i] = (symbol, value as u8, extra as u8);
            i += 1;
            value += 1;
        }
        symbol += 1;
    }
    table
};

/// For a distance less one: symbol, extra bits' value, how many.
#[inline(always)]
fn distance_symbol(back: u32) -> (usize, u32, u32) {
    if back < 4 {
        return (back as usize, 0, 0);
    }
    let extra = 30 - back.leading_zeros();
    ((2 * extra + (back >> extra)) as usize, back & ((1 << extra) - 1), extra)
}
