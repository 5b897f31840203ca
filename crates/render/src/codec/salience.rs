//! Which part of a picture stands out, for crops that nobody named a point for.
//!
//! On a thumbnail, each cell is held against the colours along the picture's edges (what is like some part of the edge is
//! ground), against the whole picture's mean, and by how much it differs from its neighbours; the middle counts a little
//! more. A crop slides along one axis: of all its places, the one that keeps most of what stands out wins. It knows no
//! faces and no things. Plain arithmetic in a fixed order: the same picture gives the same crop on every machine.

use crate::Picture;

/// Cells along the longer side, and samples along each side of a cell.
const CELLS: usize = 64;
const SAMPLES: usize = 4;
/// Thickness of the edge as a share of the shorter side, and parts that each of the four sides is looked at in.
const RING: f32 = 0.05;
const PARTS: usize = 5;
/// What colours differ by in any case; and how much a part's own spread excuses.
const NOISE: f32 = 0.004;
const SPREAD: f32 = 1.5;
/// Weights: against the edges, between neighbours, against the mean.
const AGAINST_EDGES: f32 = 0.8;
const NEIGHBOURS: f32 = 0.1;
const AGAINST_MEAN: f32 = 0.1;
/// What a corner counts less than the middle.
const CORNER: f32 = 0.25;
/// Below this multiple of the mean nothing stands out.
const FLOOR: f32 = 0.8;
/// Places that are tried, and how much it counts that the weight stands in the middle of one.
const STEPS: usize = 64;
const OWN_MIDDLE: f32 = 0.05;
/// Where along each axis weight and crop stand best. Photographs have what they are of in the middle, or above it: a
/// person's head, and not the coat.
const ACROSS: Habit = Habit { weight_at: 0.5, crop_at: 0.5, counts: 0.03 };
const DOWN: Habit = Habit { weight_at: 0.48, crop_at: 0.4, counts: 0.3 };
/// A place has to keep so much more than its share of the picture, or the middle is as good.
const SURE: f32 = 0.02;

struct Habit {
    /// Share of the crop.
    weight_at: f32,
    /// Share of the picture, and how much it counts.
    crop_at: f32,
    counts: f32,
}

/// How much each column and row of a picture's thumbnail stands out.
#[derive(Clone, Debug)]
pub struct Salience {
    columns: Vec<f32>,
    rows: Vec<f32>,
    width: f32,
    height: f32,
}

/// Lightness, two colour differences, alpha.
type Cell = [f32; 4];

impl Salience {
    /// Looks at about `64 × 64 × 16` pixels, whatever the picture's size.
    pub fn of(picture: &Picture) -> Self {
        let (width, height) = (picture.width.max(1) as usize, picture.height.max(1) as usize);
        let longer = width.max(height);
        let side = |side: usize| (side * CELLS / longer).clamp(1, side);
        let (across, down) = (side(width), side(height));
        let cells = thumbnail(picture, (width, height), (across, down));
        let values = values(&cells, across, down);
        let columns = (0..across).map(|x| (0..down).map(|y| values[y * across + x]).sum()).collect();
        let rows = values.chunks_exact(across).map(|row| row.iter().sum()).collect();
        Self { columns, rows, width: width as f32, height: height as f32 }
    }

    /// The point, as shares of the picture, around which a crop for a box of this shape is laid.
    pub fn focus(&self, width: u32, height: u32) -> [f32; 2] {
        let (bw, bh) = (width.max(1) as f32, height.max(1) as f32);
        let scale = (bw / self.width).max(bh / self.height);
        let (seen_across, seen_down) = (bw / scale / self.width, bh / scale / self.height);
        if seen_across < seen_down { [best(&self.columns, seen_across, &ACROSS), 0.5] } else { [0.5, best(&self.rows, seen_down, &DOWN)] }
    }
}

/// Means of samples, as lightness and colour differences; alpha darkens, as on black.
fn thumbnail(picture: &Picture, (width, height): (usize, usize), (across, down): (usize, usize)) -> Vec<Cell> {
    let pixels = (*picture.pixels).as_ref().as_chunks::<4>().0;
    let mut cells = Vec::with_capacity(across * down);
    for y in 0..down {
        for x in 0..across {
            let mut sums = [0_u32; 4];
            for sample in 0..SAMPLES * SAMPLES {
                let at = |place: usize, part: usize, cells: usize, side: usize| (place * SAMPLES + part) * side / (cells * SAMPLES);
                let (px, py) = (at(x, sample % SAMPLES, across, width), at(y, sample / SAMPLES, down, height));
                let pixel = pixels.get(py * width + px).copied().unwrap_or_default();
                sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(value));
            }
            let [r, g, b, a] = sums.map(|sum| sum as f32 / (255 * SAMPLES * SAMPLES) as f32);
            cells.push([(r + 2.0 * g + b) / 4.0, r - g, (r + g) / 2.0 - b, a]);
        }
    }
    cells
}

/// How much each cell stands out.
fn values(cells: &[Cell], across: usize, down: usize) -> Vec<f32> {
    let count = cells.len() as f32;
    let edges = edges(cells, across, down);
    let mean = mean(cells);
    let lightness = |x: usize, y: usize| cells[y * across + x][0];
    let steps: Vec<f32> = (0..cells.len())
        .map(|i| {
            let (x, y) = (i % across, i / across);
            let slope = |a: f32, b: f32| (a - b).abs();
            slope(lightness((x + 1).min(across - 1), y), lightness(x.saturating_sub(1), y))
                + slope(lightness(x, (y + 1).min(down - 1)), lightness(x, y.saturating_sub(1)))
        })
        .collect();
    let apart: Vec<f32> = cells.iter().map(|cell| distance(cell, &mean)).collect();
    let usual = |values: &[f32]| 4.0 * (values.iter().sum::<f32>() / count + 1e-6);
    let (step, far) = (usual(&steps), usual(&apart));
    let mut values: Vec<f32> = (0..cells.len())
        .map(|i| {
            let nearest = edges.iter().map(|(mean, spread)| distance(&cells[i], mean) / (NOISE + SPREAD * spread)).fold(f32::MAX, f32::min);
            let out = AGAINST_EDGES * nearest / (1.0 + nearest)
                + NEIGHBOURS * (steps[i] / step).min(1.0)
                + AGAINST_MEAN * (apart[i] / far).min(1.0);
            let off = |place: usize, cells: usize| (place as f32 + 0.5) / cells as f32 * 2.0 - 1.0;
            let (x, y) = (off(i % across, across), off(i / across, down));
            out * (1.0 - CORNER * (x * x + y * y) / 2.0)
        })
        .collect();
    let floor = FLOOR * values.iter().sum::<f32>() / count;
    values.iter_mut().for_each(|value| *value = (*value - floor).max(0.0));
    values
}

/// Mean and spread of the parts of the four edges.
fn edges(cells: &[Cell], across: usize, down: usize) -> Vec<(Cell, f32)> {
    let ring = ((across.min(down) as f32 * RING).round() as usize).max(1);
    let part = |part: usize, cells: usize| part * cells / PARTS..((part + 1) * cells / PARTS).max(part * cells / PARTS + 1).min(cells);
    let mut edges = Vec::with_capacity(4 * PARTS);
    for i in 0..PARTS {
        for (columns, rows) in [
            (part(i, across), 0..ring),
            (part(i, across), down - ring..down),
            (0..ring, part(i, down)),
            (across - ring..across, part(i, down)),
        ] {
            let part: Vec<Cell> = rows.flat_map(|y| columns.clone().map(move |x| y * across + x)).map(|at| cells[at]).collect();
            if part.is_empty() {
                continue;
            }
            let mean = mean(&part);
            let spread = part.iter().flat_map(|cell| cell.iter().zip(&mean)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
            edges.push((mean, spread / part.len() as f32));
        }
    }
    edges
}

fn mean(cells: &[Cell]) -> Cell {
    let sum = cells.iter().fold([0.0; 4], |sum: Cell, cell| std::array::from_fn(|i| sum[i] + cell[i]));
    sum.map(|sum| sum / cells.len() as f32)
}

/// Squared; colour counts twice.
fn distance(a: &Cell, b: &Cell) -> f32 {
    let squared = |i: usize| (a[i] - b[i]) * (a[i] - b[i]);
    squared(0) + 2.0 * squared(1) + 2.0 * squared(2) + squared(3)
}

/// The middle, as a share of the axis, of the best place for a window that sees `seen` of it.
fn best(profile: &[f32], seen: f32, habit: &Habit) -> f32 {
    let total: f32 = profile.iter().sum();
    if seen >= 1.0 || total <= 0.0 {
        return 0.5;
    }
    let cells = profile.len() as f32;
    let mut sums = Vec::with_capacity(profile.len() + 1);
    let (mut sum, mut moment) = (0.0, 0.0);
    sums.push(0.0);
    for (i, value) in profile.iter().enumerate() {
        sum += value;
        moment += value * (i as f32 + 0.5);
        sums.push(sum);
    }
    let weight = moment / total / cells;
    let up_to = |share: f32| {
        let at = (share * cells).clamp(0.0, cells);
        let whole = (at as usize).min(profile.len() - 1);
        sums[whole] + (at - whole as f32) * profile[whole]
    };
    let mut found = (f32::MIN, 0.5, 0.0);
    for step in 0..=STEPS {
        let start = (1.0 - seen) * step as f32 / STEPS as f32;
        let kept = (up_to(start + seen) - up_to(start)) / total;
        let middle = start + seen / 2.0;
        let worth = kept - OWN_MIDDLE * (start + seen * habit.weight_at - weight).abs() - habit.counts * (middle - habit.crop_at).abs();
        if worth > found.0 + 1e-6 {
            found = (worth, middle, kept);
        }
    }
    if found.2 < seen + SURE { 0.5 } else { found.1 }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A ground with a slope, and a box of another colour: left, top, width, height.
    fn picture(width: u32, height: u32, [left, top, w, h]: [u32; 4]) -> Picture {
        let pixels: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                let inside = (left..left + w).contains(&x) && (top..top + h).contains(&y);
                if inside { [200, 60, 30, 255] } else { [120 + (x * 40 / width) as u8, 140, 150 + (y * 40 / height) as u8, 255] }
            })
            .collect();
        Picture { width, height, source_width: width, source_height: height, opaque: true, pixels: Arc::new(pixels), file: None }
    }

    #[test]
    fn a_thing_off_the_middle_stays_whole_in_the_crop() {
        for left in [20, 150, 300, 480] {
            let [x, y] = Salience::of(&picture(600, 200, [left, 60, 100, 90])).focus(300, 300);
            let start = (x * 600.0 - 100.0).clamp(0.0, 400.0);
            assert!(start <= left as f32 && left as f32 + 100.0 <= start + 200.0, "{left}: {start}");
            assert_eq!(y, 0.5);
        }
        let [x, y] = Salience::of(&picture(200, 600, [60, 30, 90, 100])).focus(300, 200);
        let start = y * 600.0 - 200.0 / 1.5 / 2.0;
        assert!(x == 0.5 && start <= 30.0, "{start}");
    }

    #[test]
    fn where_nothing_stands_out_the_middle_is_kept() {
        assert_eq!(Salience::of(&picture(400, 300, [0, 0, 0, 0])).focus(100, 300), [0.5; 2]);
        assert_eq!(Salience::of(&picture(400, 300, [10, 10, 60, 60])).focus(400, 300), [0.5; 2], "nothing is cut");
    }

    #[test]
    fn any_size_is_looked_at_without_a_fault() {
        for (width, height) in [(1, 1), (1, 5000), (5000, 1), (3, 2), (64, 65), (2, 900)] {
            let focus = Salience::of(&picture(width, height, [0, 0, width / 3, height / 3])).focus(70, 30);
            assert!(focus.iter().all(|share| (0.0..=1.0).contains(share)), "{width} × {height}: {focus:?}");
        }
        let short = Picture { pixels: Arc::new(vec![0; 7]), ..picture(40, 40, [0; 4]) };
        assert_eq!(Salience::of(&short).focus(10, 40), [0.5; 2]);
    }
}
