//! PNG. Every row is filtered; drawn rows are then searched for matches, photo-like rows only coded. Which is which is
//! counted, so a photo on a gradient gets both. Few colours become a palette.

mod deflate;
mod huffman;
mod matcher;
mod palette;
mod quantise;
mod rows;
mod small;

use deflate::{BLOCK_TOKENS, Token, Zlib};
use libdeflater::{adler32, crc32};
use matcher::{Matcher, Span};
use palette::Palette;
use rows::Filter;
pub use small::small;

use super::{Pixels, photo};

/// Bytes of photo rows that share a code.
const BLOCK_BYTES: usize = 192 * 1024;

#[derive(Default)]
pub struct Workspace {
    /// Filtered rows, each with its filter byte.
    stream: Vec<u8>,
    row: Vec<u8>,
    above: Vec<u8>,
    trial: Vec<u8>,
    tokens: Vec<Token>,
    matcher: Matcher,
}

pub fn encode(workspace: &mut Workspace, pixels: Pixels) -> Result<Vec<u8>, String> {
    let rgba = pixels.straight();
    let (source, _) = rgba.as_chunks::<4>();
    let palette = Palette::of(source);
    let color_type = match (&palette, pixels.opaque) {
        (Some(_), _) => 3,
        (None, true) => 2,
        (None, false) => 6,
    };
    let mut out = Vec::with_capacity(rgba.len() / 16 + 1024);
    begin(&mut out, pixels, 8, color_type);
    if let Some(palette) = &palette {
        chunk(&mut out, b"PLTE", |out| out.extend(palette.colors()));
        if !pixels.opaque {
            chunk(&mut out, b"tRNS", |out| out.extend(palette.alphas()));
        }
    }
    let width = pixels.width as usize;
    chunk(&mut out, b"IDAT", |out| {
        let packed = std::mem::take(out);
        *out = match (&palette, pixels.opaque) {
            (Some(palette), _) => workspace.indexed(source, width, palette, packed),
            (None, true) => workspace.filtered::<3>(source, width, packed),
            (None, false) => workspace.filtered::<4>(source, width, packed),
        };
    });
    chunk(&mut out, b"IEND", |_| ());
    Ok(out)
}

/// Signature and header.
fn begin(out: &mut Vec<u8>, pixels: Pixels, depth: u8, color_type: u8) {
    let mut head = [0; 13];
    head[..4].copy_from_slice(&pixels.width.to_be_bytes());
    head[4..8].copy_from_slice(&pixels.height.to_be_bytes());
    head[8..10].copy_from_slice(&[depth, color_type]);
    out.extend_from_slice(b"\x89PNG\r\n\x1a\n");
    chunk(out, b"IHDR", |out| out.extend(head));
    // Perceptual intent: the numbers are sRGB.
    chunk(out, b"sRGB", |out| out.push(0));
}

/// Appends a chunk whose data `fill` appends.
fn chunk(out: &mut Vec<u8>, tag: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend_from_slice(tag);
    fill(out);
    let len = (out.len() - start - 8) as u32;
    out[start..start + 4].copy_from_slice(&len.to_be_bytes());
    let sum = crc32(&out[start + 4..]);
    out.extend(sum.to_be_bytes());
}

impl Workspace {
    /// Appends the zlib stream of a picture with `N` channels, 3 or 4.
    fn filtered<const N: usize>(&mut self, source: &[[u8; 4]], width: usize, out: Vec<u8>) -> Vec<u8> {
        self.clear(width * N);
        let photo = photo::bands(source, width);
        let mut zlib = Zlib::new(out);
        let mut rest = source;
        for alike in photo.chunk_by(|a, b| a == b) {
            let is_photo = alike[0];
            let part;
            (part, rest) = rest.split_at((alike.len() * photo::BAND * width).min(rest.len()));
            let start = self.stream.len();
            for pixels in part.chunks_exact(width) {
                for (packed, pixel) in self.row.as_chunks_mut::<N>().0.iter_mut().zip(pixels) {
                    packed.copy_from_slice(&pixel[..N]);
                }
                if is_photo {
                    self.photo_row(N)
                } else {
                    self.drawn_row(N)
                }
                std::mem::swap(&mut self.row, &mut self.above);
            }
            if is_photo {
                self.code(&mut zlib, start, rest.is_empty());
            } else {
                self.search(&mut zlib, start, N, width * N + 1, rest.is_empty());
            }
        }
        zlib.finish(adler32(&self.stream))
    }

    /// Appends the zlib stream of a picture of palette indices.
    fn indexed(&mut self, source: &[[u8; 4]], width: usize, palette: &Palette, out: Vec<u8>) -> Vec<u8> {
        self.clear(0);
        for pixels in source.chunks_exact(width) {
            self.stream.push(Filter::None as u8);
            palette.indices(pixels, &mut self.stream);
        }
        let mut zlib = Zlib::new(out);
        self.search(&mut zlib, 0, 1, width + 1, true);
        zlib.finish(adler32(&self.stream))
    }

    /// Forgets the picture before and makes rows of `bytes`; above the first row everything is zero.
    fn clear(&mut self, bytes: usize) {
        self.stream.clear();
        self.matcher.clear();
        for row in [&mut self.row, &mut self.above, &mut self.trial] {
            row.clear();
            row.resize(bytes, 0);
        }
    }

    /// Drawn rows differ from a neighbour in few places: the filter with the fewest differences wins.
    fn drawn_row(&mut self, pixel: usize) {
        let at = self.stream.len();
        self.stream.push(Filter::Up as u8);
        self.stream.resize(at + 1 + self.row.len(), 0);
        rows::apply(Filter::Up, &self.row, &self.above, pixel, &mut self.stream[at + 1..]);
        rows::apply(Filter::Sub, &self.row, &self.above, pixel, &mut self.trial);
        if rows::differences(&self.trial) < rows::differences(&self.stream[at + 1..]) {
            self.stream[at] = Filter::Sub as u8;
            self.stream[at + 1..].copy_from_slice(&self.trial);
        }
    }

    /// Photo rows get the filter that leaves the smallest values.
    fn photo_row(&mut self, pixel: usize) {
        let at = self.stream.len();
        self.stream.push(0);
        self.stream.resize(at + 1 + self.row.len(), 0);
        let mut least = u32::MAX;
        for filter in [Filter::Paeth, Filter::Sub, Filter::Up] {
            rows::apply(filter, &self.row, &self.above, pixel, &mut self.trial);
            let cost = rows::cost(&self.trial);
            if cost < least {
                least = cost;
                self.stream[at] = filter as u8;
                self.stream[at + 1..].copy_from_slice(&self.trial);
            }
        }
    }

    /// Writes the stream from `start` on without searching.
    fn code(&self, zlib: &mut Zlib, start: usize, last: bool) {
        let mut rest = &self.stream[start..];
        while !rest.is_empty() {
            let block;
            (block, rest) = rest.split_at(if rest.len() < BLOCK_BYTES * 3 / 2 { rest.len() } else { BLOCK_BYTES });
            zlib.bytes(block, last && rest.is_empty());
        }
    }

    /// Writes the stream from `start` on as matches and literals.
    fn search(&mut self, zlib: &mut Zlib, start: usize, pixel: usize, stride: usize, last: bool) {
        let tokens = &mut self.tokens;
        tokens.clear();
        self.matcher.run(&Span { stream: &self.stream, start, pixel, stride }, |token| {
            tokens.push(token);
            if tokens.len() == BLOCK_TOKENS {
                zlib.tokens(tokens, false);
                tokens.clear();
            }
        });
        zlib.tokens(tokens, last);
    }
}
