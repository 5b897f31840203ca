//! Shadows: a blurred rounded box is blurred once at its smallest size, kept, and stretched like a nine-patch.

use template::bound::Color;
use vello_cpu::kurbo::Rect;

use super::direct::{Area, Cover, mul, over, over_color, premultiplied};
use crate::scene::Hole;

/// Blurred corners that were made before; the oldest goes first.
#[derive(Default)]
pub struct Masks {
    known: Vec<(Key, Mask)>,
}

const KEPT: usize = 16;

/// Inner width and height (small boxes only, else of the patch), radii and sigma, in 64ths of a pixel.
type Key = [u32; 7];

struct Mask {
    side: (usize, usize),
    /// Empty pixels around the box.
    margin: usize,
    /// 8-bit coverage.
    pixels: Vec<u8>,
}

impl Masks {
    /// Lays a shadow over the canvas. `rect` need not stand on whole pixels; it is moved there.
    pub fn draw(&mut self, pixels: &mut [u8], area: Area, (rect, radii): (Rect, [f64; 4]), sigma: f64, color: Color, hole: Hole) {
        let (x0, y0) = (rect.x0.round(), rect.y0.round());
        let (width, height) = ((rect.x1.round() - x0).max(1.0) as usize, (rect.y1.round() - y0).max(1.0) as usize);
        let at = self.mask(width, height, radii, sigma);
        let mask = &self.known[at].1;
        let (x0, y0) = (x0 as i64 - mask.margin as i64, y0 as i64 - mask.margin as i64);
        let (outer_w, outer_h) = (width + 2 * mask.margin, height + 2 * mask.margin);
        let color = premultiplied(color);
        let cover = Cover::new(hole.rect, hole.radii);
        let shades: [[u8; 4]; 256] = std::array::from_fn(|alpha| color.map(|c| mul(c, alpha as u8)));
        let start = (x0.max(0) as usize).max(area.x0);
        let end = ((x0 + outer_w as i64).max(0) as usize).min(area.x1);
        // Between these columns the patch is stretched.
        let half = mask.side.0 / 2;
        let stretched = [x0 + half as i64, x0 + (outer_w - half) as i64];
        for y in area.y0..area.y1 {
            let row = y as i64 - y0;
            if row < 0 || row >= outer_h as i64 {
                continue;
            }
            let line = &mask.pixels[patch(row as usize, outer_h, mask.side.1) * mask.side.0..][..mask.side.0];
            // What the box itself hides needs no shadow.
            let inside = (y as f64) >= hole.rect.y0 && (y as f64) + 1.0 <= hole.rect.y1;
            let (skip_from, skip_to) = if inside { cover.solid(y) } else { (f64::MAX, f64::MAX) };
            let skip = (
                skip_from.clamp(start as f64, end.max(start) as f64) as usize,
                skip_to.clamp(start as f64, end.max(start) as f64) as usize,
            );
            let skip = if skip.0 < skip.1 { skip } else { (end, end) };
            for (from, to) in [(start, skip.0.min(end)), (skip.1.max(start), end)] {
                if from >= to {
                    continue;
                }
                let base = (y * area.canvas + from) * 4;
                let Some(target) = pixels.get_mut(base..base + (to - from) * 4) else { continue };
                let target = target.as_chunks_mut::<4>().0;
                if inside && !hole.covered {
                    for (x, d) in (from..to).zip(target) {
                        let alpha = line[patch((x as i64 - x0) as usize, outer_w, mask.side.0)];
                        over(d, shades[usize::from(mul(alpha, 255 - cover.at(x, y)))]);
                    }
                    continue;
                }
                let [a, b] = stretched.map(|x| (x.clamp(from as i64, to as i64) - from as i64) as usize);
                let (left, rest) = target.split_at_mut(a);
                let (middle, right) = rest.split_at_mut(b - a);
                let edge = |part: &mut [[u8; 4]], at: i64| {
                    for (d, alpha) in part.iter_mut().zip(line.get(at as usize..).unwrap_or_default()) {
                        over(d, shades[usize::from(*alpha)]);
                    }
                };
                edge(left, from as i64 - x0);
                over_color(middle, shades[usize::from(line[half])]);
                edge(right, (from + b + mask.side.0) as i64 - x0 - outer_w as i64);
            }
        }
    }

    /// The same as a picture of its own, for turned boxes: premultiplied RGBA, its size, and its corner.
    pub fn image(&mut self, rect: Rect, radii: [f64; 4], sigma: f64, color: Color) -> (Vec<u8>, usize, usize, f64, f64) {
        let (width, height) = ((rect.width().round().max(1.0)) as usize, rect.height().round().max(1.0) as usize);
        let at = self.mask(width, height, radii, sigma);
        let mask = &self.known[at].1;
        let (outer_w, outer_h) = (width + 2 * mask.margin, height + 2 * mask.margin);
        let color = premultiplied(color);
        let mut pixels = Vec::with_capacity(outer_w * outer_h * 4);
        for y in 0..outer_h {
            let line = &mask.pixels[patch(y, outer_h, mask.side.1) * mask.side.0..][..mask.side.0];
            for x in 0..outer_w {
                let alpha = line[patch(x, outer_w, mask.side.0)];
                pixels.extend(color.map(|c| mul(c, alpha)));
            }
        }
        (pixels, outer_w, outer_h, rect.x0 - mask.margin as f64, rect.y0 - mask.margin as f64)
    }

    /// Lays the shadow over the inside of a box that everything but a blurred hole throws.
    pub fn draw_inner(&mut self, pixels: &mut [u8], area: Area, (rect, radii): (Rect, [f64; 4]), sigma: f64, color: Color, body: Hole) {
        let (image, width, _) = self.inner_image((rect, radii), sigma, color, body.rect);
        let corner = (body.rect.x0 as i64, body.rect.y0 as i64);
        super::direct::picture(pixels, area, (body.rect, body.radii), (&image, width), corner, false);
    }

    /// The same as a picture of the body's size: premultiplied RGBA, width and height.
    pub fn inner_image(&mut self, (rect, radii): (Rect, [f64; 4]), sigma: f64, color: Color, body: Rect) -> (Vec<u8>, usize, usize) {
        let (width, height) = (body.width().round().max(1.0) as usize, body.height().round().max(1.0) as usize);
        let (hole_w, hole_h) = (rect.width().round() as usize, rect.height().round() as usize);
        let color = premultiplied(color);
        if hole_w == 0 || hole_h == 0 {
            return (color.repeat(width * height), width, height);
        }
        let at = self.mask(hole_w, hole_h, radii, sigma);
        let mask = &self.known[at].1;
        let (outer_w, outer_h) = (hole_w + 2 * mask.margin, hole_h + 2 * mask.margin);
        let (dx, dy) = ((rect.x0 - body.x0).round() as i64 - mask.margin as i64, (rect.y0 - body.y0).round() as i64 - mask.margin as i64);
        let inside = |at: i64, outer: usize| usize::try_from(at).ok().filter(|at| *at < outer);
        let shades: [[u8; 4]; 256] = std::array::from_fn(|alpha| color.map(|c| mul(c, 255 - alpha as u8)));
        let mut pixels = Vec::with_capacity(width * height * 4);
        for y in 0..height {
            let line = inside(y as i64 - dy, outer_h).map(|y| &mask.pixels[patch(y, outer_h, mask.side.1) * mask.side.0..][..mask.side.0]);
            for x in 0..width {
                let light = match (line, inside(x as i64 - dx, outer_w)) {
                    (Some(line), Some(x)) => line[patch(x, outer_w, mask.side.0)],
                    _ => 0,
                };
                pixels.extend(shades[usize::from(light)]);
            }
        }
        (pixels, width, height)
    }

    fn mask(&mut self, width: usize, height: usize, radii: [f64; 4], sigma: f64) -> usize {
        let reach = (sigma * 3.0).ceil() as usize;
        let round = radii.iter().fold(0.0, |a: f64, b| a.max(*b)).ceil() as usize;
        // Beyond corners and blur every row and column is like its neighbour.
        let least = 2 * (round + reach) + 2;
        let (w, h) = (width.min(least), height.min(least));
        let fixed = |v: f64| (v * 64.0).round() as u32;
        let key = [w as u32, h as u32, fixed(radii[0]), fixed(radii[1]), fixed(radii[2]), fixed(radii[3]), fixed(sigma)];
        if let Some(at) = self.known.iter().position(|(k, _)| *k == key) {
            return at;
        }
        if self.known.len() >= KEPT {
            self.known.remove(0);
        }
        self.known.push((key, blurred(w, h, radii, sigma, reach)));
        self.known.len() - 1
    }
}

/// Where pixel `at` of `whole` lies in a patch of `side`, whose middle is stretched.
fn patch(at: usize, whole: usize, side: usize) -> usize {
    let half = side / 2;
    if whole == side || at < half {
        at.min(side - 1)
    } else if at + half >= whole {
        (at + side - whole).min(side - 1)
    } else {
        half
    }
}

/// Three box blurs, which is as near to a Gaussian as browsers come; whole numbers only.
fn blurred(width: usize, height: usize, radii: [f64; 4], sigma: f64, reach: usize) -> Mask {
    let margin = reach + 1;
    let (w, h) = (width + 2 * margin, height + 2 * margin);
    let offset = margin as f64;
    let cover = Cover::new(Rect::new(offset, offset, offset + width as f64, offset + height as f64), radii);
    let mut values: Vec<u32> = vec![0; w * h];
    for y in margin..margin + height {
        for x in margin..margin + width {
            values[y * w + x] = u32::from(cover.at(x, y)) << 8;
        }
    }
    if sigma > 0.2 {
        let size = (sigma * 3.0 * (2.0 * std::f64::consts::PI).sqrt() / 4.0 + 0.5).floor().max(1.0) as usize;
        // Even sizes: two boxes shifted by half a pixel to either side, then one that is a pixel larger.
        let boxes = if size % 2 == 1 {
            [(size / 2, size / 2); 3]
        } else {
            [(size / 2, size / 2 - 1), (size / 2 - 1, size / 2), (size / 2, size / 2)]
        };
        let mut other = vec![0; w * h];
        for (before, after) in boxes {
            for (source, target) in values.chunks_exact(w).zip(other.chunks_exact_mut(w)) {
                box_blur(source, target, before, after);
            }
            std::mem::swap(&mut values, &mut other);
        }
        let mut turned = vec![0; w * h];
        transpose(&values, &mut turned, w);
        let mut spare = vec![0; w * h];
        for (before, after) in boxes {
            for (source, target) in turned.chunks_exact(h).zip(spare.chunks_exact_mut(h)) {
                box_blur(source, target, before, after);
            }
            std::mem::swap(&mut turned, &mut spare);
        }
        transpose(&turned, &mut values, h);
    }
    let pixels = values.into_iter().map(|v| ((v + 128) >> 8).min(255) as u8).collect();
    Mask { side: (w, h), margin, pixels }
}

fn box_blur(source: &[u32], target: &mut [u32], before: usize, after: usize) {
    let count = (before + after + 1) as u32;
    let mut sum: u32 = source.iter().take(after).sum();
    for (x, target) in target.iter_mut().enumerate() {
        sum += source.get(x + after).copied().unwrap_or(0);
        *target = (sum + count / 2) / count;
        if let Some(first) = x.checked_sub(before) {
            sum -= source[first];
        }
    }
}

fn transpose(source: &[u32], target: &mut [u32], width: usize) {
    let height = source.len() / width.max(1);
    for (y, row) in source.chunks_exact(width).enumerate() {
        for (x, value) in row.iter().enumerate() {
            target[x * height + y] = *value;
        }
    }
}
