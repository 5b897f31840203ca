//! Film grain: a tile of grey noise that repeats.

use super::{Painter, Waiting, direct, vector, whole};
use crate::{build::pattern::hash, geometry::Outline};
use vello_cpu::kurbo::Rect;

const SIDE: usize = 256;
const KEPT: usize = 4;

/// Tiles that were made before, by the grain's size in 64ths of a pixel and its seed; the oldest goes first.
#[derive(Default)]
pub struct Tiles {
    known: Vec<((u32, u64), Vec<u8>)>,
}

impl Tiles {
    fn get(&mut self, size: f64, seed: u64) -> &[u8] {
        let key = ((size * 64.0).round() as u32, seed);
        let at = self.known.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            if self.known.len() >= KEPT {
                self.known.remove(0);
            }
            let cell = |at: usize| (at as f64 / size) as u64;
            // The mean of two chances: most grains are near the middle.
            let grey = |i: usize| {
                let chance = hash(seed, cell(i % SIDE) + 1, cell(i / SIDE) + 1);
                ((chance & 0xff) + ((chance >> 8) & 0xff)).div_ceil(2)
            };
            self.known.push((key, (0..SIDE * SIDE).map(|i| grey(i) as u8).collect()));
            self.known.len() - 1
        });
        &self.known[at].1
    }
}

impl Painter<'_, '_> {
    /// Draws grain, or leaves it to vello; says which.
    pub fn grain(&mut self, rect: Rect, size: f64, seed: u64, bounds: Rect) -> bool {
        let tile = self.tools.grain.get(size, seed).to_vec();
        if whole(rect) && self.plain_over(bounds) {
            self.settle(bounds);
            self.start(false);
            let area = direct::Area::new(bounds, self.scene.width);
            direct::tiled(self.pixels, area, direct::Cover::new(rect, [0.0; 4]), &tile, SIDE, &mut self.tools.row);
            return false;
        }
        let area = bounds.expand();
        let (w, h) = (area.width() as usize, area.height() as usize);
        let mut pixels = vec![0; w * h * 4];
        let all = direct::Area { x0: 0, y0: 0, x1: w, y1: h, canvas: w };
        let cover = direct::Cover::new(Rect::new(0.0, 0.0, w as f64, h as f64), [0.0; 4]);
        direct::tiled(&mut pixels, all, cover, &tile, SIDE, &mut self.tools.row);
        let Some(pixmap) = vector::pixmap(pixels, w, h, true) else { return false };
        self.drawn.push((self.drawn.len(), pixmap));
        let outline = Outline::Box { rect: area, radii: [0.0; 4] };
        self.pending.push(Waiting::Picture { at: self.drawn.len() - 1, outline, turn: None, opacity: 1.0, x: area.x0, y: area.y0 });
        true
    }
}
