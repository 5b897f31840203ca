//! Boxes in lines of text: a fill, a picture, an icon.

use template::bound::Text;
use vello_cpu::kurbo::Rect;

use super::{Body, Builder, ink, snapped};
use crate::{
    geometry::{Outline, fitted_radii},
    scene::{Ink, Op},
    text::Fitted,
};

impl<'a> Builder<'a> {
    /// `left` and `top` are where the lines begin, `left` in device pixels; `plain` is the text's own ink.
    pub fn inline(&mut self, spec: &'a Text, fitted: &Fitted, (left, top): (f64, f64), plain: &Ink, body: &Body, mirrored: bool) {
        let (scale, turn, fade) = (self.scale, body.turn, body.fade);
        let em = f64::from(fitted.size) * scale;
        for (line, inline) in fitted.lines.iter().flat_map(|line| line.inline.iter().map(move |inline| (line, inline))) {
            let Some(shown) = spec.inline.get(usize::from(inline.at)) else { continue };
            let middle = (top + f64::from(line.baseline - inline.middle)) * scale + f64::from(shown.shift) * em;
            let half = f64::from(shown.height) * em / 2.0;
            let x = left + f64::from(inline.x) * scale;
            let rect = Rect::new(x, middle - half, x + f64::from(inline.width) * scale, middle + half);
            let rect = if turn.is_none() { snapped(rect) } else { rect };
            let radii = fitted_radii([(f64::from(shown.radius) * em) as f32; 4], rect.width(), rect.height());
            if let Some(fill) = &shown.fill {
                let ink = ink::ink(fill, rect, mirrored).faded(fade);
                self.ops.push(Op::Fill { outline: Outline::Box { rect, radii }, turn, ink });
            }
            if let Some(image) = &shown.image {
                self.ops.push(Op::Picture { image, rect, radii, turn, opacity: fade });
            }
            if let Some(icon) = &shown.icon {
                let within = rect.inset(-f64::from(icon.padding) * em);
                if within.width() <= 0.0 || within.height() <= 0.0 {
                    continue;
                }
                let ink = icon.color.as_ref().map_or_else(|| plain.clone(), |color| ink::ink(color, within, mirrored).faded(fade));
                self.ops.push(Op::Fill { outline: ink::outline(&icon.form, within, [0.0; 4], mirrored), turn, ink });
            }
        }
    }
}
