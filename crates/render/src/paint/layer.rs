//! Layers that are drawn apart, filters, masks, and glass.

use template::bound::{Blend, Color};
use vello_cpu::kurbo::{Affine, Rect};

use super::{Notes, Painter, Waiting, backdrop::Under, blend::Source, blur::blur, canvas, direct, vector, whole};
use crate::{
    RenderError,
    geometry::Outline,
    scene::{Filter, Layer, Matrix, Op, Scene},
};

/// Canvases that are kept for the next layers.
const KEPT: usize = 3;

impl<'s> Painter<'_, 's> {
    /// Draws a layer, or leaves it to vello; says which.
    pub fn layer(&mut self, layer: &'s Layer<'s>, bounds: Rect) -> Result<bool, RenderError> {
        let mut own = self.apart(&layer.scene, (layer.x, layer.y), true)?;
        let (width, height) = (usize::from(layer.scene.width), usize::from(layer.scene.height));
        if let Some(filter) = &layer.filter {
            apply(filter, &mut own, width, height);
        }
        if let Some(mask) = &layer.mask {
            let cut = self.apart(mask, (layer.x, layer.y), false)?;
            keep(&mut own, &cut);
            self.give_back(cut);
        }
        let corner = (i64::from(layer.x), i64::from(layer.y));
        if self.layers > 0 {
            let Some(pixmap) = vector::pixmap(own, width, height, false) else { return Ok(false) };
            self.drawn.push((self.drawn.len(), pixmap));
            let (x, y) = (f64::from(layer.x), f64::from(layer.y));
            let outline = Outline::Box { rect: layer.bounds(), radii: [0.0; 4] };
            self.pending.push(Waiting::Picture { at: self.drawn.len() - 1, outline, turn: None, opacity: layer.opacity, x, y });
            return Ok(true);
        }
        self.compose(own, width, corner, bounds, layer.blend, layer.opacity);
        Ok(false)
    }

    /// Changes what lies behind an outline.
    pub fn backdrop(&mut self, outline: &Outline, turn: Option<Affine>, filter: &Filter, opacity: f32, bounds: Rect) {
        self.flush();
        self.start(false);
        let canvas = Rect::new(0.0, 0.0, self.scene.width.into(), self.scene.height.into());
        let reach = (filter.sigma * 3.0).ceil();
        let region = bounds.inflate(reach, reach).intersect(canvas).expand();
        let from = direct::Area::new(region, self.scene.width);
        let (width, height) = (from.x1 - from.x0, from.y1 - from.y0);
        let mut own = self.tools.spare.pop().unwrap_or_default();
        own.clear();
        for y in from.y0..from.y1 {
            own.extend_from_slice(from.row(self.pixels, y));
        }
        apply(filter, &mut own, width, height);
        let corner = (from.x0 as i64, from.y0 as i64);
        let straight = matches!(outline, Outline::Box { rect, radii } if turn.is_none() && whole(*rect) && *radii == [0.0; 4]);
        if straight {
            self.compose(own, width, corner, bounds, Blend::Normal, opacity);
            return;
        }
        let clip = Op::PushClip { outline: outline.clone(), turn };
        let brackets: Vec<&Op> = self.brackets.iter().copied().chain([&clip]).collect();
        let cut = clipped(self.tools, (self.scene.width, self.scene.height), &brackets, bounds);
        self.cut(&mut own, width, corner, &cut);
        self.give_back(cut);
        let area = direct::Area::new(bounds, self.scene.width);
        let source = Source { pixels: &own, width, corner };
        self.tools.blends.compose(self.pixels, area, source, Blend::Normal, opacity);
        self.give_back(own);
    }

    /// A scene drawn in a canvas of its own; `looked_at` says whether what is noticed there counts.
    fn apart(&mut self, scene: &Scene, (x, y): (i32, i32), looked_at: bool) -> Result<Vec<u8>, RenderError> {
        let bounds = Rect::new(x.into(), y.into(), f64::from(x) + f64::from(scene.width), f64::from(y) + f64::from(scene.height));
        self.settle(bounds);
        self.start(false);
        let mut own = self.tools.spare.pop().unwrap_or_default();
        let size = (usize::from(self.scene.width), usize::from(self.scene.height));
        let under = Under { pixels: self.pixels, size, corner: (x.into(), y.into()), next: self.under };
        let mut unseen = Notes::default();
        let notes = if looked_at { &mut *self.notes } else { &mut unseen };
        canvas(self.tools, self.buffers, scene, self.world, self.deadline, &mut own, Some(&under), notes)?;
        Ok(own)
    }

    /// Lays a canvas over this one, inside the clips that are open.
    fn compose(&mut self, mut own: Vec<u8>, width: usize, corner: (i64, i64), bounds: Rect, blend: Blend, opacity: f32) {
        self.settle(bounds);
        self.start(false);
        if !self.plain_over(bounds) {
            let cut = clipped(self.tools, (self.scene.width, self.scene.height), &self.brackets, bounds);
            self.cut(&mut own, width, corner, &cut);
            self.give_back(cut);
        }
        let area = direct::Area::new(bounds, self.scene.width);
        let source = Source { pixels: &own, width, corner };
        self.tools.blends.compose(self.pixels, area, source, blend, opacity);
        self.give_back(own);
    }

    /// Keeps of a layer what the alpha of a whole canvas says.
    fn cut(&self, own: &mut [u8], width: usize, (x, y): (i64, i64), cut: &[u8]) {
        let (canvas, rows) = (usize::from(self.scene.width), i64::from(self.scene.height));
        for (line, row) in own.chunks_exact_mut(width.max(1) * 4).zip(y..) {
            let alpha = |column: i64| {
                let inside = (0..rows).contains(&row) && (0..canvas as i64).contains(&column);
                if inside { cut[(row as usize * canvas + column as usize) * 4 + 3] } else { 0 }
            };
            for (pixel, column) in line.as_chunks_mut::<4>().0.iter_mut().zip(x..) {
                *pixel = pixel.map(|c| direct::mul(c, alpha(column)));
            }
        }
    }

    fn give_back(&mut self, canvas: Vec<u8>) {
        if self.tools.spare.len() < KEPT {
            self.tools.spare.push(canvas);
        }
    }
}

/// What open clips let through of a canvas, as its alpha.
fn clipped(tools: &mut super::Tools, (width, height): (u16, u16), brackets: &[&Op], bounds: Rect) -> Vec<u8> {
    let mut cut = tools.spare.pop().unwrap_or_default();
    cut.clear();
    cut.resize(usize::from(width) * usize::from(height) * 4, 0);
    tools.vector.clips(&mut cut, (width, height), brackets, bounds.expand());
    cut
}

/// Keeps of each pixel the share that the other's alpha says.
fn keep(pixels: &mut [u8], mask: &[u8]) {
    for (pixel, mask) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(mask.as_chunks::<4>().0) {
        *pixel = pixel.map(|c| direct::mul(c, mask[3]));
    }
}

fn apply(filter: &Filter, pixels: &mut Vec<u8>, width: usize, height: usize) {
    blur(pixels, width, height, filter.sigma);
    for matrix in &filter.colors {
        recolor(pixels, matrix);
    }
    if let Some((offset, sigma, color)) = filter.drop_shadow {
        drop_shadow(pixels, width, height, offset, sigma, color);
    }
}

fn recolor(pixels: &mut [u8], matrix: &Matrix) {
    let mut last = ([0; 4], [0; 4]);
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let a = pixel[3];
        if a == 0 {
            continue;
        }
        if *pixel != last.0 {
            let straight = [0, 1, 2].map(|c| f32::from(pixel[c]) / f32::from(a));
            let mixed = matrix.map(|[r, g, b, add]| {
                let value = r * straight[0] + g * straight[1] + b * straight[2] + add;
                (value.clamp(0.0, 1.0) * f32::from(a) + 0.5) as u8
            });
            last = (*pixel, [mixed[0], mixed[1], mixed[2], a]);
        }
        *pixel = last.1;
    }
}

/// Lays what is there over its own blurred silhouette.
fn drop_shadow(pixels: &mut Vec<u8>, width: usize, height: usize, [x, y]: [f64; 2], sigma: f64, color: Color) {
    let (x, y) = (x.round() as i64, y.round() as i64);
    let color = direct::premultiplied(color);
    let mut shadow = vec![0; pixels.len()];
    for (row, line) in pixels.chunks_exact(width.max(1) * 4).enumerate() {
        let to = row as i64 + y;
        if !(0..height as i64).contains(&to) {
            continue;
        }
        let target = &mut shadow[to as usize * width * 4..][..width * 4];
        for (column, pixel) in line.as_chunks::<4>().0.iter().enumerate() {
            let at = column as i64 + x;
            if (0..width as i64).contains(&at) {
                target[at as usize * 4..][..4].copy_from_slice(&color.map(|c| direct::mul(c, pixel[3])));
            }
        }
    }
    blur(&mut shadow, width, height, sigma);
    for (below, pixel) in shadow.as_chunks_mut::<4>().0.iter_mut().zip(pixels.as_chunks::<4>().0) {
        direct::over(below, *pixel);
    }
    *pixels = shadow;
}
