//! Placing by pins: distances to the parent's edges or centre, with what is missing taken from the content.

use template::bound::Length;

use super::{Frame, Item, Layouter};

fn resolve(length: Length, base: f32) -> f32 {
    let value = length.px + length.percent / 100.0 * base;
    if value.is_finite() { value } else { 0.0 }
}

impl<'a> Layouter<'a, '_> {
    /// The box of a pinned node, relative to a parent of this size.
    pub fn pinned(&mut self, item: &Item<'a>, width: f32, height: f32) -> Frame {
        let place = &item.node.place;
        let across = |length: Option<Length>| length.map(|l| resolve(l, width));
        let down = |length: Option<Length>| length.map(|l| resolve(l, height));
        let (left, right, top, bottom) = (across(place.left), across(place.right), down(place.top), down(place.bottom));
        let between = |whole: f32, a: Option<f32>, b: Option<f32>| Some((whole - a? - b?).max(0.0));
        let mut w = across(place.width).or(between(width, left, right));
        let mut h = down(place.height).or(between(height, top, bottom));
        if let Some(aspect) = place.aspect.filter(|a| *a > 0.0 && a.is_finite()) {
            match (w, h) {
                (Some(known), None) => h = Some(known / aspect),
                (None, Some(known)) => w = Some(known * aspect),
                _ => {}
            }
        }
        let clamp =
            |value: f32, least: Option<f32>, most: Option<f32>| value.min(most.unwrap_or(f32::MAX)).max(least.unwrap_or(0.0)).max(0.0);
        let (least_w, most_w) = (across(place.min_width), across(place.max_width));
        let (least_h, most_h) = (down(place.min_height), down(place.max_height));
        w = w.map(|w| clamp(w, least_w, most_w));
        h = h.map(|h| clamp(h, least_h, most_h));
        if w.is_none() || h.is_none() {
            let room = match across(place.center_x) {
                // Grows to both sides until it meets an edge.
                Some(offset) => width - 2.0 * offset.abs(),
                None => width - left.unwrap_or(0.0) - right.unwrap_or(0.0),
            };
            let room = room.max(0.0).min(most_w.unwrap_or(f32::MAX));
            let tall = most_h.or_else(|| Some((height - top.or(bottom)?).max(0.0)));
            let (content_w, content_h) = self.content(item, w, h, room, tall);
            w = w.or(Some(clamp(content_w, least_w, most_w)));
            h = h.or(Some(clamp(content_h, least_h, most_h)));
        }
        let (w, h) = (w.unwrap_or(0.0), h.unwrap_or(0.0));
        let start = |near: Option<f32>, far: Option<f32>, centre: Option<f32>, whole: f32, size: f32| match (near, far, centre) {
            (Some(near), ..) => near,
            (None, Some(far), _) => whole - far - size,
            (None, None, Some(centre)) => whole / 2.0 + centre - size / 2.0,
            (None, None, None) => 0.0,
        };
        Frame {
            x: start(left, right, across(place.center_x), width, w),
            y: start(top, bottom, down(place.center_y), height, h),
            width: w,
            height: h,
        }
    }
}
