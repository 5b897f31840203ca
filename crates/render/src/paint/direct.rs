//! Boxes on whole pixels, written without a rasteriser: rows of a source, cut to rounded corners, laid over the canvas.

use template::bound::Color;
use vello_cpu::kurbo::Rect;

use crate::scene::Ink;

/// Whole pixels that may be touched, and the canvas' width.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    pub x0: usize,
    pub y0: usize,
    pub x1: usize,
    pub y1: usize,
    pub canvas: usize,
}

impl Area {
    /// `bounds` lie inside the canvas.
    pub fn new(bounds: Rect, canvas: u16) -> Self {
        let [x0, y0, x1, y1] = [bounds.x0.floor(), bounds.y0.floor(), bounds.x1.ceil(), bounds.y1.ceil()];
        let canvas = usize::from(canvas);
        Self {
            x0: x0.max(0.0) as usize,
            y0: y0.max(0.0) as usize,
            x1: (x1.max(0.0) as usize).min(canvas),
            y1: y1.max(0.0) as usize,
            canvas,
        }
    }

    pub fn row(self, pixels: &mut [u8], y: usize) -> &mut [u8] {
        let start = y * self.canvas;
        pixels.get_mut((start + self.x0) * 4..(start + self.x1.max(self.x0)) * 4).unwrap_or_default()
    }
}

/// `a * b / 255`, rounded. 16 bits are just enough, and twice as many fit into a vector as of 32.
#[inline]
pub fn mul(a: u8, b: u8) -> u8 {
    let t = u16::from(a) * u16::from(b) + 128;
    ((t + (t >> 8)) >> 8) as u8
}

pub fn premultiplied(color: Color) -> [u8; 4] {
    [mul(color.r, color.a), mul(color.g, color.a), mul(color.b, color.a), color.a]
}

/// Source over destination, both premultiplied.
#[inline]
pub fn over(d: &mut [u8; 4], s: [u8; 4]) {
    let keep = 255 - s[3];
    for (d, s) in d.iter_mut().zip(s) {
        *d = s.saturating_add(mul(*d, keep));
    }
}

fn over_row(destination: &mut [u8], source: &[u8]) {
    for (d, s) in destination.as_chunks_mut::<4>().0.iter_mut().zip(source.as_chunks::<4>().0) {
        over(d, *s);
    }
}

/// One premultiplied colour over a row.
pub fn over_color(destination: &mut [[u8; 4]], color: [u8; 4]) {
    match color[3] {
        0 => {}
        255 => destination.fill(color),
        _ => {
            // Four pixels at a time are one vector.
            let wide: [u8; 16] = std::array::from_fn(|i| color[i % 4]);
            let keep = 255 - color[3];
            let (fours, rest) = destination.as_flattened_mut().as_chunks_mut::<16>();
            for four in fours {
                for (d, s) in four.iter_mut().zip(wide) {
                    *d = s.saturating_add(mul(*d, keep));
                }
            }
            rest.as_chunks_mut::<4>().0.iter_mut().for_each(|d| over(d, color));
        }
    }
}

/// How much of each pixel a box with round corners covers.
#[derive(Clone, Copy)]
pub struct Cover {
    rect: Rect,
    radii: [f64; 4],
}

impl Cover {
    pub fn new(rect: Rect, radii: [f64; 4]) -> Self {
        Self { rect, radii }
    }

    /// First and last column of row `y` that are covered entirely; outside of them, ask `at`.
    pub fn solid(&self, y: usize) -> (f64, f64) {
        let [(left, _), (right, _)] = self.corners(y);
        (self.rect.x0 + left.ceil(), self.rect.x1 - right.ceil())
    }

    /// Radii of the corners that row `y` runs through, left and right, and how far it is above or below their centres.
    fn corners(&self, y: usize) -> [(f64, f64); 2] {
        let middle = y as f64 + 0.5;
        let [tl, tr, br, bl] = self.radii;
        let pick = |top: f64, bottom: f64| {
            if middle < self.rect.y0 + top {
                (top, self.rect.y0 + top - middle)
            } else if middle > self.rect.y1 - bottom {
                (bottom, middle - (self.rect.y1 - bottom))
            } else {
                (0.0, 0.0)
            }
        };
        [pick(tl, bl), pick(tr, br)]
    }

    /// Share of a pixel that is covered, 0 to 255.
    pub fn at(&self, x: usize, y: usize) -> u8 {
        let (px, py) = (x as f64 + 0.5, y as f64 + 0.5);
        if px < self.rect.x0 || px > self.rect.x1 || py < self.rect.y0 || py > self.rect.y1 {
            return 0;
        }
        let [left, right] = self.corners(y);
        let (radius, dx, dy) = if px < self.rect.x0 + left.0 {
            (left.0, self.rect.x0 + left.0 - px, left.1)
        } else if px > self.rect.x1 - right.0 {
            (right.0, px - (self.rect.x1 - right.0), right.1)
        } else {
            return 255;
        };
        let distance = (dx * dx + dy * dy).sqrt();
        ((radius - distance + 0.5).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
    }
}

/// Lays rows of a source over the canvas inside a rounded box. `source` gives the pixels of row `y` from `area.x0` on.
fn rows<'r>(pixels: &mut [u8], area: Area, cover: Cover, opaque: bool, mut source: impl FnMut(usize) -> Source<'r>) {
    for y in area.y0..area.y1 {
        let (from, to) = cover.solid(y);
        let from = (from.max(0.0) as usize).clamp(area.x0, area.x1);
        let to = (to.max(0.0) as usize).clamp(from, area.x1);
        let row = area.row(pixels, y);
        if row.is_empty() {
            return;
        }
        let source = source(y);
        let at = |x: usize| (x - area.x0) * 4;
        for x in (area.x0..from).chain(to..area.x1) {
            let part = cover.at(x, y);
            if part == 0 {
                continue;
            }
            let s = source.pixel(x - area.x0).map(|c| mul(c, part));
            if let Some(d) = row[at(x)..].first_chunk_mut::<4>() {
                over(d, s);
            }
        }
        let middle = &mut row[at(from)..at(to)];
        match source {
            Source::Color(color) => over_color(middle.as_chunks_mut::<4>().0, color),
            Source::Row(pixels) => {
                let pixels = &pixels[at(from)..at(to)];
                if opaque { middle.copy_from_slice(pixels) } else { over_row(middle, pixels) }
            }
        }
    }
}

/// Grey noise inside a box, from a square tile that repeats.
pub fn tiled(pixels: &mut [u8], area: Area, cover: Cover, tile: &[u8], side: usize, row: &mut Vec<u8>) {
    for y in area.y0..area.y1 {
        let line = &tile[(y % side) * side..][..side];
        row.clear();
        row.extend((area.x0..area.x1).flat_map(|x| {
            let grey = line[x % side];
            [grey, grey, grey, 255]
        }));
        rows(pixels, Area { y0: y, y1: y + 1, ..area }, cover, true, |_| Source::Row(row));
    }
}

enum Source<'r> {
    Color([u8; 4]),
    Row(&'r [u8]),
}

impl Source<'_> {
    fn pixel(&self, x: usize) -> [u8; 4] {
        match self {
            Self::Color(color) => *color,
            Self::Row(row) => row[x * 4..].first_chunk::<4>().copied().unwrap_or_default(),
        }
    }
}

/// Fills a box; radial and conic inks are not for here. What is `hidden` may be left as it is.
pub fn fill(pixels: &mut [u8], area: Area, cover: Cover, ink: &Ink, hidden: Option<Area>, row: &mut Vec<u8>) {
    match ink {
        Ink::Solid(color) => {
            let color = premultiplied(*color);
            rows(pixels, area, cover, color[3] == 255, |_| Source::Color(color));
        }
        Ink::Linear { from, to, stops } => {
            let ramp = ramp(stops);
            let (dx, dy) = (to.x - from.x, to.y - from.y);
            let length = (dx * dx + dy * dy).max(1e-9);
            let steps = (STEPS - 1) as f64;
            // Position along the ramp, in steps, of pixel (0, 0), and its change per pixel.
            let (sx, sy) = (dx / length * steps, dy / length * steps);
            let origin = ((0.5 - from.x) * dx + (0.5 - from.y) * dy) / length * steps + 0.5;
            let index = |t: f64| t.clamp(0.0, steps) as usize;
            if sx.abs() < 1e-6 {
                rows(pixels, area, cover, ink.opaque(), |y| Source::Color(ramp[index(origin + sy * y as f64)]));
                return;
            }
            row.resize((area.x1 - area.x0) * 4, 0);
            let fixed = |t: f64| (t * (1u64 << 32) as f64) as i64;
            let step = fixed(sx);
            for y in area.y0..area.y1 {
                let start = fixed(origin + sy * y as f64 + sx * area.x0 as f64);
                let parts = match hidden.filter(|hidden| (hidden.y0..hidden.y1).contains(&y)) {
                    Some(hidden) => [(area.x0, hidden.x0.min(area.x1)), (hidden.x1.max(area.x0), area.x1)],
                    None => [(area.x0, area.x1), (0, 0)],
                };
                for (x0, x1) in parts.into_iter().filter(|(x0, x1)| x0 < x1) {
                    let row = &mut row[..(x1 - x0) * 4];
                    gradient_row(row, &ramp, start + step * (x0 - area.x0) as i64, step);
                    let part = Area { x0, y0: y, x1, y1: y + 1, ..area };
                    rows(pixels, part, cover, ink.opaque(), |_| Source::Row(row));
                }
            }
        }
        Ink::Radial { .. } | Ink::Conic { .. } => {}
    }
}

/// Walks along the ramp, whose ends go on beyond it; 32 bits of `at` and `step` are behind the point.
fn gradient_row(row: &mut [u8], ramp: &[[u8; 4]; STEPS], mut at: i64, step: i64) {
    const LAST: i64 = STEPS as i64 - 1;
    for pixels in row.as_chunks_mut::<4>().0.chunks_mut(64) {
        let end = at + step * (pixels.len() as i64 - 1);
        let within = |at: i64| (0..=LAST).contains(&(at >> 32));
        if within(at) && within(end) {
            for pixel in pixels {
                *pixel = ramp[(at >> 32) as usize % STEPS];
                at += step;
            }
        } else {
            for pixel in pixels {
                *pixel = ramp[(at >> 32).clamp(0, LAST) as usize];
                at += step;
            }
        }
    }
}

/// Steps of a ramp.
const STEPS: usize = 2048;

/// Premultiplied colours along a gradient, fine enough that neighbours differ by one.
fn ramp(stops: &[(f32, Color)]) -> [[u8; 4]; STEPS] {
    let float = |c: Color| {
        let a = f32::from(c.a) / 255.0;
        [f32::from(c.r) * a, f32::from(c.g) * a, f32::from(c.b) * a, f32::from(c.a)]
    };
    let mut ramp = [[0; 4]; STEPS];
    let Some(&(_, first)) = stops.first() else { return ramp };
    let mut left = (f32::MIN, float(first));
    let mut next = 0;
    for (i, out) in ramp.iter_mut().enumerate() {
        let t = i as f32 / (STEPS - 1) as f32;
        while next < stops.len() && stops[next].0 <= t {
            left = (stops[next].0, float(stops[next].1));
            next += 1;
        }
        let right = stops.get(next).map_or(left, |s| (s.0, float(s.1)));
        let share = if right.0 > left.0 && left.0 > f32::MIN { (t - left.0) / (right.0 - left.0) } else { 0.0 };
        *out = std::array::from_fn(|c| (left.1[c] + (right.1[c] - left.1[c]) * share + 0.5) as u8);
    }
    ramp
}

/// Lays a fitted picture over the canvas: `width` pixels a row, its corner at (`x`, `y`), which may lie outside.
pub fn picture(
    pixels: &mut [u8],
    area: Area,
    (rect, radii): (Rect, [f64; 4]),
    (source, width): (&[u8], usize),
    (x, y): (i64, i64),
    opaque: bool,
) {
    let cover = Cover::new(rect, radii);
    let left = (area.x0 as i64 - x).max(0) as usize;
    let stride = width * 4;
    rows(pixels, area, cover, opaque, |row| {
        let start = (row as i64 - y).max(0) as usize * stride + left * 4;
        Source::Row(source.get(start..start + (area.x1 - area.x0) * 4).unwrap_or_default())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_large_corner_cuts_only_its_own() {
        // The bottom right radius is two thirds of the height, so that its rows reach above the middle.
        let cover = Cover::new(Rect::new(0.0, 0.0, 100.0, 60.0), [0.0, 0.0, 40.0, 0.0]);
        assert_eq!(cover.at(99, 0), 255);
        assert_eq!(cover.at(98, 22), 255);
        assert_eq!(cover.at(99, 59), 0);
        assert_eq!(cover.at(0, 59), 255);
    }
}
