//! What lies behind: known flat colours first, else the pixels drawn so far.

use template::{bound::Color, contrast};
use vello_cpu::kurbo::{Affine, Point, Rect};

use super::{Painter, overlaps};
use crate::scene::TextOp;

/// A text's contrast with the worst tenth of what lies behind it.
#[derive(Clone, Debug)]
pub struct Contrast {
    pub id: String,
    pub field: Option<String>,
    pub wcag: f32,
    pub apca: f32,
    pub large: bool,
    pub paragraph: bool,
    /// The colours that meet.
    pub color: Color,
    pub behind: Color,
}

/// Colours behind a box.
#[derive(Clone, Debug)]
pub struct Ground {
    pub mean: Color,
    pub samples: Vec<Color>,
}

/// About this many pixels are looked at behind a box.
const SAMPLES: f64 = 400.0;

/// The canvas that a layer will be laid over, and its corner there.
pub struct Under<'u> {
    pub pixels: &'u [u8],
    pub size: (usize, usize),
    pub corner: (i64, i64),
    pub next: Option<&'u Under<'u>>,
}

impl Under<'_> {
    fn pixel(&self, x: i64, y: i64) -> Color {
        let (x, y) = (x + self.corner.0, y + self.corner.1);
        let inside = x >= 0 && y >= 0 && (x as usize) < self.size.0 && (y as usize) < self.size.1;
        let at = if inside { (y as usize * self.size.0 + x as usize) * 4 } else { usize::MAX };
        let [r, g, b, a] = self.pixels.get(at..).and_then(|p| p.first_chunk::<4>()).copied().unwrap_or_default();
        let behind = match (self.next, a) {
            (Some(next), 0..=254) => next.pixel(x, y),
            _ => WHITE,
        };
        let lit = |c: u8, behind: u8| c.saturating_add(super::direct::mul(behind, 255 - a));
        Color { r: lit(r, behind.r), g: lit(g, behind.g), b: lit(b, behind.b), a: 255 }
    }
}

const WHITE: Color = Color { r: 255, g: 255, b: 255, a: 255 };

impl Painter<'_, '_> {
    /// The colours behind a box; where nothing was drawn, white, as most pages are.
    pub fn ground(&mut self, bounds: Rect) -> Ground {
        let canvas = Rect::new(0.0, 0.0, self.scene.width.into(), self.scene.height.into());
        let bounds = bounds.intersect(canvas);
        if let Some(last) = self.painted.iter().rev().find(|p| overlaps(p.bounds, bounds)) {
            if let Some((inside, color)) = last.flat
                && inside.x0 <= bounds.x0
                && inside.y0 <= bounds.y0
                && inside.x1 >= bounds.x1
                && inside.y1 >= bounds.y1
            {
                return Ground { mean: color, samples: vec![color] };
            }
        } else if self.under.is_none() {
            return Ground { mean: WHITE, samples: vec![WHITE] };
        }
        self.settle(bounds);
        if !self.started && self.under.is_none() {
            return Ground { mean: WHITE, samples: vec![WHITE] };
        }
        let step = (bounds.width() * bounds.height() / SAMPLES).max(1.0).sqrt().max(1.0);
        let (mut samples, mut sums) = (Vec::new(), [0u32; 3]);
        let mut y = bounds.y0 + step / 2.0;
        while y < bounds.y1 {
            let mut x = bounds.x0 + step / 2.0;
            while x < bounds.x1 {
                let color = self.pixel(x as usize, y as usize);
                sums = [sums[0] + u32::from(color.r), sums[1] + u32::from(color.g), sums[2] + u32::from(color.b)];
                samples.push(color);
                x += step;
            }
            y += step;
        }
        let count = samples.len().max(1) as u32;
        let [r, g, b] = sums.map(|sum| ((sum + count / 2) / count) as u8);
        if samples.is_empty() {
            return Ground { mean: WHITE, samples: vec![WHITE] };
        }
        Ground { mean: Color { r, g, b, a: 255 }, samples }
    }

    /// The colours behind a turned box. Looked at along the box itself: the upright box around a long ribbon would take in
    /// half the picture.
    fn ground_turned(&mut self, line: Rect, turn: Affine) -> Vec<Color> {
        let canvas = Rect::new(0.0, 0.0, self.scene.width.into(), self.scene.height.into());
        let seen = line.intersect(turn.inverse().transform_rect_bbox(canvas));
        let around = turn.transform_rect_bbox(seen).intersect(canvas);
        if seen.is_zero_area() || around.is_zero_area() {
            return Vec::new();
        }
        self.settle(around);
        let step = (seen.area() / SAMPLES).max(1.0).sqrt();
        let mut samples = Vec::new();
        let mut y = seen.y0 + step / 2.0;
        while y < seen.y1 {
            let mut x = seen.x0 + step / 2.0;
            while x < seen.x1 {
                let at = turn * Point::new(x, y);
                if canvas.contains(at) {
                    samples.push(self.pixel(at.x as usize, at.y as usize));
                }
                x += step;
            }
            y += step;
        }
        samples
    }

    /// A pixel on what lies under this layer, or on white.
    fn pixel(&self, x: usize, y: usize) -> Color {
        let at = (y * usize::from(self.scene.width) + x) * 4;
        let own = self.pixels.get(at..).and_then(|p| p.first_chunk::<4>()).filter(|_| self.started);
        let [r, g, b, a] = own.copied().unwrap_or_default();
        let behind = match (&self.under, a) {
            (Some(under), 0..=254) => under.pixel(x as i64, y as i64),
            _ => WHITE,
        };
        let lit = |c: u8, behind: u8| c.saturating_add(super::direct::mul(behind, 255 - a));
        Color { r: lit(r, behind.r), g: lit(g, behind.g), b: lit(b, behind.b), a: 255 }
    }

    /// Measures a text's contrast before the text is drawn.
    pub fn look_behind(&mut self, text: &TextOp) {
        let Some(check) = &text.check else { return };
        let mut worst: Option<Contrast> = None;
        for (colors, boxes) in &check.colors {
            let mut samples: Vec<Color> = Vec::new();
            for line in boxes {
                match text.turn {
                    None => samples.extend(self.ground(*line).samples),
                    Some(turn) => samples.extend(self.ground_turned(*line, turn)),
                }
            }
            for color in colors {
                let Some((wcag, apca, behind)) = worst_tenth(*color, &samples) else { continue };
                if worst.as_ref().is_none_or(|known| wcag < known.wcag) {
                    worst = Some(Contrast {
                        id: check.id.clone(),
                        field: check.field.clone(),
                        wcag,
                        apca,
                        large: check.large,
                        paragraph: check.paragraph,
                        color: *color,
                        behind,
                    });
                }
            }
        }
        self.notes.contrasts.extend(worst);
    }
}

/// Both measures at the pixel that nine tenths of the others do better than.
fn worst_tenth(color: Color, samples: &[Color]) -> Option<(f32, f32, Color)> {
    let mut pairs: Vec<(f32, Color)> = Vec::with_capacity(samples.len());
    let mut previous: Option<(Color, f32)> = None;
    for behind in samples {
        let ratio = match previous {
            Some((same, ratio)) if same == *behind => ratio,
            _ => contrast::wcag(blended(color, *behind), *behind),
        };
        previous = Some((*behind, ratio));
        pairs.push((ratio, *behind));
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (wcag, behind) = pairs.get(pairs.len() / 10)?;
    Some((*wcag, contrast::apca(blended(color, *behind), *behind), *behind))
}

fn blended(color: Color, behind: Color) -> Color {
    let mix = |a: u8, b: u8| ((u32::from(a) * u32::from(color.a) + u32::from(b) * (255 - u32::from(color.a)) + 127) / 255) as u8;
    Color { r: mix(color.r, behind.r), g: mix(color.g, behind.g), b: mix(color.b, behind.b), a: 255 }
}
