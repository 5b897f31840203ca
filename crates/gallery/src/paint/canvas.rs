//! The canvas of a painting. Recipes think in units: a picture is 800 × 1000 units whatever its pixels are.

use rayon::prelude::*;
use vello_cpu::kurbo::{Affine, BezPath, Cap, Ellipse, Join, Rect, Shape, Stroke};

use super::color::{Blend, Rgb, mix, scale};
use super::mask::Mask;
use super::noise::{lattice, smooth, value};

pub const WIDTH: f32 = 800.0;
pub const HEIGHT: f32 = 1000.0;

pub struct Canvas {
    pub width: usize,
    pub height: usize,
    /// Device pixels per unit.
    unit: f32,
    pub pixels: Vec<Rgb>,
}

impl Canvas {
    pub fn new(unit: f32) -> Self {
        let (width, height) = ((WIDTH * unit) as usize, (HEIGHT * unit) as usize);
        Self { width, height, unit, pixels: vec![[0.0; 3]; width * height] }
    }

    /// A full canvas of `unit` whose top left corner is at (`left`, `top`) of this one, which must be finer or as fine.
    pub fn crop(&self, left: f32, top: f32, unit: f32) -> Self {
        let mut whole = Self::new(unit);
        let (x, y) = ((left * self.unit) as usize, (top * self.unit) as usize);
        for (row, pixels) in whole.pixels.chunks_exact_mut(whole.width).enumerate() {
            let from = (row + y) * self.width + x;
            pixels.copy_from_slice(&self.pixels[from..from + pixels.len()]);
        }
        whole
    }

    /// Replaces every pixel: `paint(x, y, colour so far)`.
    pub fn each(&mut self, paint: impl Fn(f32, f32, Rgb) -> Rgb + Sync) {
        let (width, unit) = (self.width, self.unit);
        self.pixels.par_chunks_exact_mut(width).enumerate().for_each(|(row, pixels)| {
            for (column, pixel) in pixels.iter_mut().enumerate() {
                *pixel = paint((column as f32 + 0.5) / unit, (row as f32 + 0.5) / unit, *pixel);
            }
        });
    }

    /// Lays a brush over what `mask` covers.
    pub fn lay(&mut self, mask: &Mask, opacity: f32, blend: Blend, brush: impl Fn(f32, f32) -> Rgb + Sync) {
        let (width, unit) = (self.width, self.unit);
        let rows = mask.top.max(0)..(mask.top + mask.height as i32).min(self.height as i32);
        let columns = mask.left.max(0)..(mask.left + mask.width as i32).min(width as i32);
        if rows.is_empty() || columns.is_empty() {
            return;
        }
        self.pixels.par_chunks_exact_mut(width).enumerate().for_each(|(row, pixels)| {
            if !rows.contains(&(row as i32)) {
                return;
            }
            for column in columns.clone() {
                let cover = mask.at(column, row as i32) * opacity;
                if cover > 0.0 {
                    let pixel = &mut pixels[column as usize];
                    let above = brush((column as f32 + 0.5) / unit, (row as f32 + 0.5) / unit);
                    *pixel = mix(*pixel, blend.apply(*pixel, above), cover);
                }
            }
        });
    }

    /// One flat colour over what `mask` covers.
    pub fn tint(&mut self, mask: &Mask, color: Rgb, opacity: f32, blend: Blend) {
        self.lay(mask, opacity, blend, |_, _| color);
    }

    /// The mask of a path in units.
    pub fn shape(&self, path: &BezPath) -> Mask {
        Mask::fill(&(Affine::scale(f64::from(self.unit)) * path.clone()), (self.width, self.height))
    }

    /// The mask of SVG path data in units; data that can't be read covers nothing.
    pub fn path(&self, data: &str) -> Mask {
        self.shape(&BezPath::from_svg(data).unwrap_or_default())
    }

    pub fn line(&self, data: &str, width: f32) -> Mask {
        let path = Affine::scale(f64::from(self.unit)) * BezPath::from_svg(data).unwrap_or_default();
        let stroke = Stroke::new(f64::from(width * self.unit)).with_caps(Cap::Round).with_join(Join::Round);
        Mask::stroke(&path, stroke, (self.width, self.height))
    }

    pub fn ellipse(&self, x: f32, y: f32, rx: f32, ry: f32) -> Mask {
        let ellipse = Ellipse::new(point(x, y), (f64::from(rx), f64::from(ry)), 0.0);
        self.shape(&ellipse.to_path(0.02))
    }

    pub fn rect(&self, x: f32, y: f32, width: f32, height: f32) -> Mask {
        let (x1, y1) = point(x + width, y + height);
        let (x0, y0) = point(x, y);
        self.shape(&Rect::new(x0, y0, x1, y1).to_path(0.1))
    }

    pub fn polygon(&self, points: &[(f32, f32)]) -> Mask {
        let mut path = BezPath::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 {
                path.move_to(point(x, y));
            } else {
                path.line_to(point(x, y));
            }
        }
        path.close_path();
        self.shape(&path)
    }

    /// Blurs by a Gaussian of `sigma` units.
    pub fn soft(&self, mask: Mask, sigma: f32) -> Mask {
        mask.blur(sigma * self.unit)
    }

    pub fn moved(&self, mask: Mask, x: f32, y: f32) -> Mask {
        mask.shift(x * self.unit, y * self.unit)
    }

    /// Fine tone of paper, plaster or film: ± `strength` of 255, in patches of `size` units.
    pub fn texture(&mut self, seed: u64, size: (f32, f32), strength: f32) {
        self.each(|x, y, color| {
            let tone = (value(seed, x / size.0, y / size.1) + value(seed + 1, x / size.0 * 2.3, y / size.1 * 2.3) - 1.0) * strength / 255.0;
            color.map(|channel| channel + tone)
        });
    }

    /// The last step of every picture: a vignette of `dark` at the corners, and grain.
    pub fn finish(&mut self, seed: u64, dark: f32) {
        self.each(|x, y, color| {
            let (dx, dy) = (x - WIDTH / 2.0, y - HEIGHT / 2.0);
            let far = (dx * dx + dy * dy).sqrt() / WIDTH;
            let lit = scale(color, 1.0 - dark * smooth(0.35, 0.95, far));
            // Grain as large as a unit: finer grain costs bytes and is averaged away when the picture is shown small.
            let (i, j) = (x as i64, y as i64);
            let grain = (lattice(seed, i, j) + lattice(seed + 1, i, j) - 1.0) * 6.5 / 255.0;
            lit.map(|channel| (channel + grain).clamp(0.0, 1.0))
        });
    }

    pub fn rgb8(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
    }
}

pub fn point(x: f32, y: f32) -> (f64, f64) {
    (f64::from(x), f64::from(y))
}
