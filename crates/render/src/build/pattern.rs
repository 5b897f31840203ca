//! Patterns as a few large fills. What looks like chance is a hash of the pattern's seed and the tile's place.

use template::bound::{Color, Pattern, PatternForm};
use vello_cpu::kurbo::{BezPath, Point, Rect};

use super::{Body, Builder};
use crate::{
    geometry::{self, Outline},
    scene::{Ink, Op},
};

/// Tiles, dots or lines that one pattern draws at most: finer ones are drawn at a wider pitch.
const MOST: f64 = 20_000.0;

impl Builder<'_> {
    pub fn pattern(&mut self, pattern: &Pattern, body: &Body, mirrored: bool) {
        let rect = body.rect;
        if rect.width() < 1.0 || rect.height() < 1.0 {
            return;
        }
        let scaled = |length: f32| f64::from(length) * self.scale;
        let pitch = |length: f32| scaled(length).max((rect.width() * rect.height() / MOST).sqrt()).max(2.0);
        let outline = Outline::Box { rect, radii: body.radii };
        self.ops.push(Op::PushClip { outline, turn: body.turn });
        match pattern.form {
            PatternForm::Dots { pitch: p, size } => self.dots(pattern, body, pitch(p), scaled(size)),
            PatternForm::Grid { pitch: p, width } => self.grid(pattern, body, pitch(p), scaled(width)),
            PatternForm::Lines { pitch: p, width, angle } => self.lines(pattern, body, pitch(p), scaled(width), angle),
            PatternForm::Checks { pitch: p } => self.checks(pattern, body, pitch(p)),
            PatternForm::Truchet { pitch: p } => self.truchet(pattern, body, pitch(p)),
            PatternForm::Facade { pitch: p } => self.facade(pattern, body, pitch(p)),
            PatternForm::Wave { count, gap, share } => self.wave(pattern, body, count, scaled(gap), share, mirrored),
            PatternForm::Grain { size } => {
                let rect = body.turn.map_or(rect, |turn| turn.transform_rect_bbox(rect).expand());
                self.ops.push(Op::Grain { rect, size: scaled(size).max(1.0), seed: pattern.seed });
            }
        }
        self.ops.push(Op::PopClip);
    }

    fn fill(&mut self, path: BezPath, color: Color, body: &Body) {
        if !path.is_empty() {
            let ink = Ink::Solid(color).faded(body.fade);
            self.ops.push(Op::Fill { outline: Outline::Path { path, even_odd: false }, turn: body.turn, ink });
        }
    }

    /// Centred, so that both edges look alike.
    fn dots(&mut self, pattern: &Pattern, body: &Body, pitch: f64, size: f64) {
        let mut path = BezPath::new();
        for y in spread(body.rect.y0, body.rect.y1, pitch) {
            for x in spread(body.rect.x0, body.rect.x1, pitch) {
                let half = size / 2.0;
                path.extend(geometry::ellipse(Rect::new(x - half, y - half, x + half, y + half)));
            }
        }
        self.fill(path, pattern.colors[0], body);
    }

    fn grid(&mut self, pattern: &Pattern, body: &Body, pitch: f64, width: f64) {
        let rect = body.rect;
        let settled = |v: f64| if body.turn.is_none() { v.round() } else { v };
        let width = settled(width).max(1.0);
        let down = spread(rect.x0, rect.x1, pitch).map(|x| settled(x - width / 2.0)).map(|x| Rect { x0: x, x1: x + width, ..rect });
        let across = spread(rect.y0, rect.y1, pitch).map(|y| settled(y - width / 2.0)).map(|y| Rect { y0: y, y1: y + width, ..rect });
        let mut path = BezPath::new();
        down.chain(across).for_each(|line| path.extend(geometry::rounded(line, [0.0; 4])));
        self.fill(path, pattern.colors[0], body);
    }

    fn lines(&mut self, pattern: &Pattern, body: &Body, pitch: f64, width: f64, angle: f32) {
        let centre = body.rect.center();
        let reach = (body.rect.width() * body.rect.width() + body.rect.height() * body.rect.height()).sqrt() / 2.0;
        let turn = geometry::rotation(angle, centre);
        let mut path = BezPath::new();
        for x in spread(centre.x - reach, centre.x + reach, pitch) {
            let line = Rect::new(x - width / 2.0, centre.y - reach, x + width / 2.0, centre.y + reach);
            path.extend(turn * geometry::rounded(line, [0.0; 4]));
        }
        self.fill(path, pattern.colors[0], body);
    }

    fn checks(&mut self, pattern: &Pattern, body: &Body, pitch: f64) {
        let colors = pattern.colors.len();
        let mut paths = vec![BezPath::new(); colors.max(2)];
        for (tile, column, row) in tiles(body.rect, pitch) {
            paths[(column + row) as usize % colors.max(2)].extend(geometry::rounded(tile, [0.0; 4]));
        }
        for (path, color) in paths.into_iter().zip(&pattern.colors) {
            self.fill(path, *color, body);
        }
    }

    fn truchet(&mut self, pattern: &Pattern, body: &Body, pitch: f64) {
        let colors = pattern.colors.len() as u64;
        let mut grounds = vec![BezPath::new(); pattern.colors.len()];
        let mut quarters = grounds.clone();
        for (tile, column, row) in tiles(body.rect, pitch) {
            let chance = hash(pattern.seed, column, row);
            let ground = chance % colors;
            // Never the colour that it lies on, where there is another.
            let quarter = if colors > 1 { (ground + 1 + (chance >> 16) % (colors - 1)) % colors } else { 0 };
            grounds[ground as usize].extend(geometry::rounded(tile, [0.0; 4]));
            quarters[quarter as usize].extend(quarter_circle(tile, (chance >> 32) % 4));
        }
        for (path, color) in grounds.into_iter().zip(&pattern.colors).chain(quarters.into_iter().zip(&pattern.colors)) {
            self.fill(path, *color, body);
        }
    }

    /// A wall in the first colour; its windows take the others by chance, some with a blind.
    fn facade(&mut self, pattern: &Pattern, body: &Body, pitch: f64) {
        let panes = &pattern.colors[usize::from(pattern.colors.len() > 1)..];
        let mut windows = vec![BezPath::new(); panes.len()];
        let mut blinds = windows.clone();
        let mut wall = BezPath::new();
        wall.extend(geometry::rounded(body.rect, [0.0; 4]));
        for (tile, column, row) in tiles(body.rect, pitch) {
            let chance = hash(pattern.seed, column, row);
            let (w, h) = (tile.width(), tile.height());
            let window = Rect::new(tile.x0 + w * 0.24, tile.y0 + h * 0.18, tile.x1 - w * 0.24, tile.y1 - h * 0.16);
            let lit = (chance % panes.len() as u64) as usize;
            windows[lit].extend(geometry::rounded(window, [0.0; 4]));
            let drawn = [0.0, 0.0, 0.28, 0.52][(chance >> 20) as usize % 4];
            if drawn > 0.0 && panes.len() > 1 {
                let blind = Rect { y1: window.y0 + window.height() * drawn, ..window };
                blinds[(lit + 1) % panes.len()].extend(geometry::rounded(blind, [0.0; 4]));
            }
        }
        self.fill(wall, pattern.colors[0], body);
        if pattern.colors.len() > 1 {
            for (path, color) in windows.into_iter().zip(panes).chain(blinds.into_iter().zip(panes)) {
                self.fill(path, *color, body);
            }
        }
    }

    fn wave(&mut self, pattern: &Pattern, body: &Body, count: u32, gap: f64, share: f32, mirrored: bool) {
        let rect = body.rect;
        let slots = f64::from(count.max(1));
        let gap = gap.min(rect.width() / slots * 0.8);
        let width = (rect.width() - gap * (slots - 1.0)) / slots;
        let played = (slots * f64::from(share)).round() as u32;
        let mut paths = [BezPath::new(), BezPath::new()];
        for i in 0..count {
            // Loud and quiet stretches with something of its own in each bar.
            let slow = swell(pattern.seed, f64::from(i) / 9.0);
            let quick = (hash(pattern.seed, u64::from(i), 7) >> 40) as f64 / f64::from(1u32 << 24);
            let ends = (4.0 * (f64::from(i) + 0.5) / slots * (1.0 - (f64::from(i) + 0.5) / slots)).sqrt();
            let tall = rect.height() * (0.10 + 0.90 * (0.4 + 0.6 * slow) * (0.5 + 0.5 * quick) * (0.4 + 0.6 * ends)).min(1.0);
            let along = f64::from(i) * (width + gap);
            let x = if mirrored { rect.x1 - along - width } else { rect.x0 + along };
            let middle = rect.center().y;
            let bar = Rect::new(x, middle - tall.max(width) / 2.0, x + width, middle + tall.max(width) / 2.0);
            paths[usize::from(i >= played)].extend(geometry::rounded(bar, [width / 2.0; 4]));
        }
        let [first, second] = paths;
        self.fill(first, pattern.colors[0], body);
        self.fill(second, pattern.colors[1 % pattern.colors.len()], body);
    }
}

/// Evenly from one edge to the other, half a pitch or less free at both.
fn spread(from: f64, to: f64, pitch: f64) -> impl Iterator<Item = f64> {
    let count = ((to - from) / pitch).round().max(1.0);
    let start = from + (to - from - pitch * (count - 1.0)) / 2.0;
    (0..count as u32).map(move |i| start + f64::from(i) * pitch)
}

/// About square tiles that fill the box in whole numbers and meet on whole pixels, each with its column and row.
fn tiles(rect: Rect, pitch: f64) -> impl Iterator<Item = (Rect, u64, u64)> {
    let columns = (rect.width() / pitch).round().max(1.0);
    let rows = (rect.height() / (rect.width() / columns)).round().max(1.0);
    let x = move |i: u64| (rect.x0 + rect.width() * i as f64 / columns).round();
    let y = move |i: u64| (rect.y0 + rect.height() * i as f64 / rows).round();
    (0..rows as u64)
        .flat_map(move |row| (0..columns as u64).map(move |column| (Rect::new(x(column), y(row), x(column + 1), y(row + 1)), column, row)))
}

/// Around one of the four corners.
fn quarter_circle(tile: Rect, corner: u64) -> BezPath {
    let (w, h) = (tile.width(), tile.height());
    let (centre, from) = match corner {
        0 => (Point::new(tile.x0, tile.y0), 0.25),
        1 => (Point::new(tile.x1, tile.y0), 0.5),
        2 => (Point::new(tile.x1, tile.y1), 0.75),
        _ => (Point::new(tile.x0, tile.y1), 0.0),
    };
    let unit = geometry::sector(Point::ZERO, 1.0, 0.0, from, from + 0.25);
    vello_cpu::kurbo::Affine::new([w, 0.0, 0.0, h, centre.x, centre.y]) * unit
}

/// Smooth between chances at whole numbers, 0 to 1.
fn swell(seed: u64, at: f64) -> f64 {
    let chance = |i: u64| (hash(seed, i, 3) >> 40) as f64 / f64::from(1u32 << 24);
    let whole = at.floor();
    let t = at - whole;
    let (a, b) = (chance(whole as u64), chance(whole as u64 + 1));
    a + (b - a) * t * t * (3.0 - 2.0 * t)
}

/// SplitMix64 over the seed and a place.
pub fn hash(seed: u64, a: u64, b: u64) -> u64 {
    let mut z = seed.wrapping_add(a.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(b.wrapping_mul(0xD1B5_4A32_D192_ED03));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first output of SplitMix64 from the seed 1234567, as its author's program gives it.
    #[test]
    fn the_hash_is_splitmix64() {
        assert_eq!(hash(1_234_567, 1, 0), 6_457_827_717_110_365_317);
        assert_eq!(hash(1_234_567, 2, 0), 3_203_168_211_198_807_973);
    }

    #[test]
    fn tiles_fill_the_box_without_gaps() {
        let rect = Rect::new(3.0, 5.0, 250.0, 131.0);
        let area: f64 = tiles(rect, 31.0).map(|(tile, ..)| tile.area()).sum();
        assert_eq!(area, rect.area());
    }
}
