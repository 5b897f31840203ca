//! How large a node's content is.

use template::bound::{Form, Kind, Shape};

use super::{Item, Layouter};
use crate::{
    barcode,
    text::{Fitted, fit},
};

/// Pixels, too few to see.
const WRAP_SPARE: f32 = 0.01;

impl<'a> Layouter<'a, '_> {
    /// Width and height that the content asks for. Known sides are given; `room` is the most width there is and `tall`
    /// the most height, where it is known.
    pub fn content(&mut self, item: &Item<'a>, w: Option<f32>, h: Option<f32>, room: f32, tall: Option<f32>) -> (f32, f32) {
        let shaped = |aspect: f32, natural: (f32, f32)| match (w, h) {
            (Some(w), Some(h)) => (w, h),
            (Some(w), None) => (w, w / aspect),
            (None, Some(h)) => (h * aspect, h),
            (None, None) => natural,
        };
        match &item.node.kind {
            Kind::Text(text) if text.arc.is_some() => {
                let radius = text.arc.map_or(0.0, |arc| if arc.inside { arc.radius } else { arc.radius + text.fit.max });
                shaped(1.0, (2.0 * radius, 2.0 * radius))
            }
            Kind::Text(_) => {
                let fitted = self.fitted(item, w.unwrap_or(room), h.or(tall));
                (w.unwrap_or(fitted.width.ceil()), h.unwrap_or(fitted.height))
            }
            Kind::Image(_) | Kind::Qr(_) => shaped(1.0, (0.0, 0.0)),
            Kind::Barcode(code) => shaped(barcode::aspect(code), (0.0, 0.0)),
            Kind::Shape(Shape { form: Form::Path { view_box: [_, _, vw, vh], .. }, .. }) if *vw > 0.0 && *vh > 0.0 => {
                shaped(vw / vh, (*vw, *vh))
            }
            Kind::Shape(Shape { form: Form::Polygon { .. }, .. }) => shaped(1.0, (0.0, 0.0)),
            Kind::Rating(rating) => {
                let (count, gaps) = (rating.count as f32, rating.gap * (rating.count as f32 - 1.0));
                let natural = h.unwrap_or(0.0) * count + gaps;
                let w = w.unwrap_or(natural);
                (w, h.unwrap_or(((w - gaps) / count).max(0.0)))
            }
            Kind::Progress(progress) if progress.ring.is_some() => shaped(1.0, (0.0, 0.0)),
            Kind::Shape(_) | Kind::Progress(_) | Kind::Chart(_) | Kind::Pattern(_) => (w.unwrap_or(0.0), h.unwrap_or(0.0)),
            Kind::Group(_) => {
                // As far as the children reach; pins to the far edges have nothing to hold on to yet.
                let (pw, ph) = (w.unwrap_or(room), h.or(tall).unwrap_or(0.0));
                let (mut right, mut bottom) = (0f32, 0f32);
                for child in &item.children {
                    let frame = self.pinned(child, pw, ph);
                    let place = &child.node.place;
                    let loose = |near: bool, start: f32, size: f32| if near { start + size } else { size };
                    right = right.max(loose(place.left.is_some(), frame.x, frame.width));
                    bottom = bottom.max(loose(place.top.is_some(), frame.y, frame.height));
                }
                (w.unwrap_or(right), h.unwrap_or(bottom))
            }
            Kind::Stack(stack) => {
                let size = self.flex(item, w, h, Some(room)).0;
                // Laid out again in its own width, a row's sum may come out a rounding larger, and its last item would wrap.
                let spare = if stack.wrap && stack.row { WRAP_SPARE } else { 0.0 };
                (w.unwrap_or(size.0 + spare), h.unwrap_or(size.1))
            }
        }
    }

    /// The text fitted into a box, from memory where it was asked before.
    pub fn fitted(&mut self, item: &Item<'a>, width: f32, height: Option<f32>) -> Fitted {
        let Kind::Text(spec) = &item.node.kind else { unreachable!("asked for texts only") };
        // The box doesn't bound what runs around its middle.
        let (width, height) = spec.arc.map_or((width, height), |arc| (arc.length(), None));
        let key = (width.to_bits(), height.map(f32::to_bits));
        if let Some((_, fitted)) = self.texts[item.text].iter().find(|(k, _)| *k == key) {
            return fitted.clone();
        }
        let place = (self.bound.locale.as_str(), self.bound.direction);
        let fitted = fit(self.contexts, self.fonts, spec, place, width, height);
        self.texts[item.text].push((key, fitted.clone()));
        fitted
    }
}
