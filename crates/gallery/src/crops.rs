//! How often a crop that nobody named a point for keeps what a photograph is of: the drawn photographs are cut anew, so that
//! their subject stands off the middle, and cropped to common shapes.

use std::error::Error;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use render::{Picture, codec};
use template::bound::ImageFit;

use crate::photos;

/// Width to height.
const SHAPES: [(u32, u32); 7] = [(1000, 1000), (800, 1000), (540, 960), (1200, 630), (1600, 900), (900, 300), (450, 1000)];
/// A crop hits that shows so much of what the best possible one shows of the subject.
const HIT: f64 = 0.95;
/// Places that the best possible crop is looked for at, along the axis that is cut.
const PLACES: u32 = 60;

/// Left, top, right, bottom: as shares of a photograph, or in pixels.
type Area = [f64; 4];

/// Cuts every photograph `trials` times and prints hits by photograph: of crops by what stands out, and of the middle.
pub fn measure(folder: &Path, seed: u64, trials: u32) -> Result<(), Box<dyn Error>> {
    let mut chance = Chance(seed);
    let (mut hits, mut centred, mut all, mut time) = (0, 0, 0, Duration::ZERO);
    let mut out = stdout();
    writeln!(out, "photograph   crops  by salience  the middle")?;
    for (file, subject) in photos::subjects() {
        let photo = codec::decode(&fs::read(folder.join(&file))?, (u32::MAX, u32::MAX))?;
        let (mut own, mut middle) = (0, 0);
        for _ in 0..trials {
            let cut = chance.cut(&photo, subject);
            let (width, height) = SHAPES[chance.below(SHAPES.len())];
            let begun = Instant::now();
            let focus = codec::Salience::of(&cut.picture).focus(width, height);
            time += begun.elapsed();
            let shown = |focus: [f32; 2]| shown(&cut, (width, height), focus);
            let best = (0..=PLACES).map(|place| shown([place as f32 / PLACES as f32; 2])).fold(0.0, f64::max);
            own += u32::from(shown(focus) >= HIT * best);
            middle += u32::from(shown([0.5; 2]) >= HIT * best);
        }
        writeln!(out, "{file:14} {trials:3}  {own:11}  {middle:10}")?;
        (hits, centred, all) = (hits + own, centred + middle, all + trials);
    }
    let share = |hits: u32| f64::from(hits) * 100.0 / f64::from(all.max(1));
    writeln!(out, "all            {all:3}  {:9.1} %  {:8.1} %", share(hits), share(centred))?;
    writeln!(out, "{:.2} ms for each", time.as_secs_f64() * 1e3 / f64::from(all.max(1)))?;
    Ok(())
}

/// A part of a photograph, and where its subject is in it, in pixels.
struct Cut {
    picture: Picture,
    subject: Area,
}

/// The share of the subject that a crop shows.
fn shown(cut: &Cut, (width, height): (u32, u32), focus: [f32; 2]) -> f64 {
    let [left, top, w, h] = codec::place(&cut.picture, width, height, ImageFit::Cover, focus).crop;
    let [x0, y0, x1, y1] = cut.subject;
    let across = (x1.min(left + w) - x0.max(left)).max(0.0);
    let down = (y1.min(top + h) - y0.max(top)).max(0.0);
    across * down / ((x1 - x0) * (y1 - y0))
}

/// The same numbers for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.share() * count as f64) as usize % count
    }

    /// How much of the room before and behind the subject is kept: most of it on one side, little on the other.
    fn sides(&mut self, start: f64, end: f64) -> (f64, f64) {
        let (little, most) = (0.3 * self.share(), 0.7 + 0.3 * self.share());
        let (before, behind) = if self.share() < 0.5 { (little, most) } else { (most, little) };
        (start * (1.0 - before), end + (1.0 - end) * behind)
    }

    fn cut(&mut self, photo: &Picture, [x0, y0, x1, y1]: Area) -> Cut {
        let (width, height) = (f64::from(photo.width), f64::from(photo.height));
        let ((left, right), (top, bottom)) = (self.sides(x0, x1), self.sides(y0, y1));
        let [left, right] = [left * width, right * width].map(|x| x.round() as usize);
        let [top, bottom] = [top * height, bottom * height].map(|y| y.round() as usize);
        let stride = photo.width as usize;
        let rows = (*photo.pixels).as_ref().as_chunks::<4>().0.chunks_exact(stride).take(bottom).skip(top);
        let pixels: Vec<u8> = rows.flat_map(|row| row[left..right].as_flattened()).copied().collect();
        let (w, h) = ((right - left) as u32, (bottom - top) as u32);
        let subject = [x0 * width - left as f64, y0 * height - top as f64, x1 * width - left as f64, y1 * height - top as f64];
        Cut {
            picture: Picture {
                width: w,
                height: h,
                source_width: w,
                source_height: h,
                opaque: photo.opaque,
                pixels: std::sync::Arc::new(pixels),
                file: None,
            },
            subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_is_kept_more_often_than_by_the_middle() -> Result<(), Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/pictures");
        let (file, subject) = photos::subjects().find(|(file, _)| file == "lamp.jpg").ok_or("a lamp")?;
        let photo = codec::decode(&fs::read(folder.join(file))?, (400, 500))?;
        let mut chance = Chance(7);
        let (mut own, mut middle) = (0.0, 0.0);
        for _ in 0..12 {
            let cut = chance.cut(&photo, subject);
            for shape in SHAPES {
                own += shown(&cut, shape, codec::Salience::of(&cut.picture).focus(shape.0, shape.1));
                middle += shown(&cut, shape, [0.5; 2]);
            }
        }
        assert!(own > middle, "{own} against {middle}");
        Ok(())
    }
}
