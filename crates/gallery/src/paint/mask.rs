//! Coverage of a shape: what a brush touches, and how softly.

use vello_cpu::kurbo::{Affine, BezPath, Shape, Stroke};
use vello_cpu::{Pixmap, RenderContext, Resources, color::palette::css::WHITE};

/// Coverage in device pixels within a window; outside of it nothing is covered.
#[derive(Clone)]
pub struct Mask {
    pub left: i32,
    pub top: i32,
    pub width: usize,
    pub height: usize,
    pub cover: Vec<f32>,
}

impl Mask {
    /// `path` in device pixels; only what lies within 256 px around a canvas of that size is kept.
    pub fn fill(path: &BezPath, canvas: (usize, usize)) -> Self {
        Self::draw(path, canvas, 1.0, |context, moved| context.fill_path(moved))
    }

    pub fn stroke(path: &BezPath, stroke: Stroke, canvas: (usize, usize)) -> Self {
        let reach = stroke.width + 1.0;
        Self::draw(path, canvas, reach, |context, moved| {
            context.set_stroke(stroke);
            context.stroke_path(moved);
        })
    }

    fn draw(path: &BezPath, canvas: (usize, usize), reach: f64, paint: impl FnOnce(&mut RenderContext, &BezPath)) -> Self {
        const AROUND: f64 = 256.0;
        let bounds = path.bounding_box().inflate(reach, reach);
        let left = bounds.x0.max(-AROUND).floor();
        let top = bounds.y0.max(-AROUND).floor();
        let width = (bounds.x1.min(canvas.0 as f64 + AROUND) - left).ceil().max(1.0) as u16;
        let height = (bounds.y1.min(canvas.1 as f64 + AROUND) - top).ceil().max(1.0) as u16;
        let mut context = RenderContext::new(width, height);
        context.set_paint(WHITE);
        paint(&mut context, &(Affine::translate((-left, -top)) * path.clone()));
        context.flush();
        let mut pixmap = Pixmap::new(width, height);
        context.render(&mut pixmap, &mut Resources::new());
        Self {
            left: left as i32,
            top: top as i32,
            width: usize::from(width),
            height: usize::from(height),
            cover: pixmap.data().iter().map(|pixel| f32::from(pixel.a) / 255.0).collect(),
        }
    }

    /// Coverage at a device pixel.
    pub fn at(&self, x: i32, y: i32) -> f32 {
        let (column, row) = (x - self.left, y - self.top);
        let inside = column >= 0 && row >= 0 && (column as usize) < self.width && (row as usize) < self.height;
        if inside { self.cover[row as usize * self.width + column as usize] } else { 0.0 }
    }

    pub fn shift(mut self, x: f32, y: f32) -> Self {
        self.left += x.round() as i32;
        self.top += y.round() as i32;
        self
    }

    /// What both cover.
    pub fn within(mut self, other: &Mask) -> Self {
        for row in 0..self.height {
            for column in 0..self.width {
                self.cover[row * self.width + column] *= other.at(self.left + column as i32, self.top + row as i32);
            }
        }
        self
    }

    /// A Gaussian of `sigma` device pixels, as three box blurs.
    pub fn blur(self, sigma: f32) -> Self {
        if sigma < 0.3 {
            return self;
        }
        let radius = ((sigma * sigma * 12.0 / 3.0 + 1.0).sqrt() / 2.0 - 0.5).round().max(1.0) as usize;
        let margin = radius * 3;
        let (width, height) = (self.width + 2 * margin, self.height + 2 * margin);
        let mut cover = vec![0.0; width * height];
        for row in 0..self.height {
            let to = (row + margin) * width + margin;
            cover[to..to + self.width].copy_from_slice(&self.cover[row * self.width..(row + 1) * self.width]);
        }
        let mut line = Vec::new();
        for _ in 0..3 {
            for row in cover.chunks_exact_mut(width) {
                box_blur(row, radius, &mut line);
            }
        }
        let mut turned = transpose(&cover, width, height);
        for _ in 0..3 {
            for row in turned.chunks_exact_mut(height) {
                box_blur(row, radius, &mut line);
            }
        }
        Self { left: self.left - margin as i32, top: self.top - margin as i32, width, height, cover: transpose(&turned, height, width) }
    }
}

fn box_blur(row: &mut [f32], radius: usize, line: &mut Vec<f32>) {
    line.clear();
    line.extend_from_slice(row);
    let weight = 1.0 / (2 * radius + 1) as f32;
    let mut sum: f32 = line.iter().take(radius).sum();
    for (i, out) in row.iter_mut().enumerate() {
        sum += line.get(i + radius).copied().unwrap_or(0.0);
        *out = sum * weight;
        sum -= if i >= radius { line[i - radius] } else { 0.0 };
    }
}

fn transpose(from: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut to = vec![0.0; from.len()];
    for (y, row) in from.chunks_exact(width).enumerate() {
        for (x, value) in row.iter().enumerate() {
            to[x * height + y] = *value;
        }
    }
    to
}
