//! Paints, pens and filters in device pixels.

use template::bound::{self, Border, ImageFit, Paint};
use vello_cpu::kurbo::{Affine, Point, Rect, Vec2};

use crate::{
    geometry,
    scene::{Filter, Ink, Matrix, Pen},
};

/// Longest blur, in pixels.
const MOST_BLUR: f64 = 256.0;

/// A paint in a box, with CSS geometry.
pub fn ink(paint: &Paint, rect: Rect, mirrored: bool) -> Ink {
    let stops = |stops: &[bound::Stop]| stops.iter().map(|s| (s.offset, s.color)).collect::<Vec<_>>();
    let centre = rect.center();
    let placed = |[x, y]: [f32; 2]| {
        let share = if mirrored { 1.0 - x } else { x };
        Point::new(rect.x0 + rect.width() * f64::from(share), rect.y0 + rect.height() * f64::from(y))
    };
    match paint {
        Paint::Solid(color) => Ink::Solid(*color),
        Paint::Linear { angle, stops: list } => {
            let angle = f64::from(if mirrored { -angle } else { *angle }).to_radians();
            let (sin, cos) = (libm::sin(angle), libm::cos(angle));
            let half = ((rect.width() * sin).abs() + (rect.height() * cos).abs()) / 2.0;
            let reach = Vec2::new(sin * half, -cos * half);
            Ink::Linear { from: centre - reach, to: centre + reach, stops: stops(list) }
        }
        Paint::Radial { center, radius, stops: list } => {
            let half = rect.width().max(rect.height()) / 2.0;
            let side = |r: f32| (f64::from(r) * half).max(0.01);
            Ink::Radial { centre: placed(*center), radii: (side(radius[0]), side(radius[1])), stops: stops(list) }
        }
        Paint::Conic { center, angle, stops: list } => {
            let mut list = stops(list);
            let mut angle = f64::from(*angle);
            if mirrored {
                // The other way round is the same circle walked backwards.
                angle = -angle;
                list.reverse();
                list.iter_mut().for_each(|(at, _)| *at = 1.0 - *at);
            }
            Ink::Conic { centre: placed(*center), angle: (angle - 90.0).to_radians(), stops: list }
        }
    }
}

pub fn pen(border: &Border, width: f64, scale: f64) -> Pen {
    let dash = border.dash.map(|dash| dash.map(|length| f64::from(length) * scale)).filter(|[on, off]| on + off > 0.5 && *off > 0.0);
    // A dash of no length at all would have no ends either.
    let dash = dash.map(|[on, off]| [on.max(0.05), off]);
    Pen { width, dash, cap: border.cap }
}

/// The same dashes, stretched or tightened so that a whole number of them goes around a closed outline.
pub fn fitted_pen(mut pen: Pen, perimeter: f64) -> Pen {
    if let Some([on, off]) = &mut pen.dash {
        let whole = (perimeter / (*on + *off)).round().max(1.0);
        let stretch = perimeter / whole / (*on + *off);
        (*on, *off) = (*on * stretch, *off * stretch);
    }
    pen
}

pub fn filter(filter: &bound::Filter, scale: f64) -> Filter {
    let length = |length: f32| if length.is_finite() { f64::from(length) * scale } else { 0.0 };
    let drop_shadow = filter
        .drop_shadow
        .map(|shadow| ([length(shadow.x), length(shadow.y)], (length(shadow.blur) / 2.0).clamp(0.0, MOST_BLUR), shadow.color));
    Filter { sigma: length(filter.blur).clamp(0.0, MOST_BLUR), colors: matrices(filter), drop_shadow }
}

/// How far a filter carries colour beyond what is drawn.
pub fn reach(filter: &Filter) -> f64 {
    let shadow = filter.drop_shadow.map_or(0.0, |([x, y], sigma, _)| x.abs().max(y.abs()) + 3.0 * sigma);
    (3.0 * filter.sigma).max(shadow).ceil()
}

/// By the tables of W3C's Filter Effects.
fn matrices(filter: &bound::Filter) -> Vec<Matrix> {
    let scaled = |k: f32, add: f32| [[k, 0.0, 0.0, add], [0.0, k, 0.0, add], [0.0, 0.0, k, add]];
    let mut list = Vec::new();
    if filter.brightness != 1.0 {
        list.push(scaled(filter.brightness, 0.0));
    }
    if filter.contrast != 1.0 {
        list.push(scaled(filter.contrast, 0.5 - 0.5 * filter.contrast));
    }
    if filter.saturate != 1.0 {
        list.push(saturation(filter.saturate));
    }
    if filter.hue_rotate % 360.0 != 0.0 {
        let angle = f64::from(filter.hue_rotate).to_radians();
        let (c, s) = (libm::cos(angle) as f32, libm::sin(angle) as f32);
        list.push([
            [0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928, 0.0],
            [0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.140, 0.072 - c * 0.072 - s * 0.283, 0.0],
            [0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072, 0.0],
        ]);
    }
    if filter.grayscale != 0.0 {
        let k = 1.0 - filter.grayscale;
        list.push([
            [0.2126 + 0.7874 * k, 0.7152 - 0.7152 * k, 0.0722 - 0.0722 * k, 0.0],
            [0.2126 - 0.2126 * k, 0.7152 + 0.2848 * k, 0.0722 - 0.0722 * k, 0.0],
            [0.2126 - 0.2126 * k, 0.7152 - 0.7152 * k, 0.0722 + 0.9278 * k, 0.0],
        ]);
    }
    if filter.sepia != 0.0 {
        let k = 1.0 - filter.sepia;
        list.push([
            [0.393 + 0.607 * k, 0.769 - 0.769 * k, 0.189 - 0.189 * k, 0.0],
            [0.349 - 0.349 * k, 0.686 + 0.314 * k, 0.168 - 0.168 * k, 0.0],
            [0.272 - 0.272 * k, 0.534 - 0.534 * k, 0.131 + 0.869 * k, 0.0],
        ]);
    }
    if filter.invert != 0.0 {
        list.push(scaled(1.0 - 2.0 * filter.invert, filter.invert));
    }
    list
}

fn saturation(s: f32) -> Matrix {
    [
        [0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s, 0.0],
        [0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s, 0.0],
        [0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s, 0.0],
    ]
}

/// From a view box to the layer's box.
pub fn view([x, y, w, h]: [f32; 4], fit: ImageFit, rect: Rect) -> Affine {
    let [x, y, w, h] = [x, y, w, h].map(f64::from);
    if w <= 0.0 || h <= 0.0 {
        return Affine::translate((rect.x0, rect.y0));
    }
    let (sx, sy) = (rect.width() / w, rect.height() / h);
    let (sx, sy) = match fit {
        ImageFit::Fill => (sx, sy),
        ImageFit::Contain => (sx.min(sy), sx.min(sy)),
        ImageFit::Cover => (sx.max(sy), sx.max(sy)),
    };
    let (dx, dy) = ((rect.width() - w * sx) / 2.0, (rect.height() - h * sy) / 2.0);
    Affine::translate((rect.x0 + dx, rect.y0 + dy)) * Affine::scale_non_uniform(sx, sy) * Affine::translate((-x, -y))
}

/// What a form covers in a box.
pub fn outline(form: &bound::Form, rect: Rect, radii: [f64; 4], mirrored: bool) -> geometry::Outline {
    use bound::Form;
    use geometry::Outline;
    use vello_cpu::kurbo::BezPath;
    let closed = |path: BezPath| Outline::Path { path, even_odd: false };
    match form {
        Form::Rect => Outline::Box { rect, radii },
        Form::Ellipse => closed(geometry::ellipse(rect)),
        Form::Polygon { sides, inner } => closed(geometry::polygon(rect, (*sides).clamp(3, 360), f64::from(inner.clamp(0.0, 1.0)))),
        Form::Line => {
            let (from, to) = if mirrored { (rect.x1, rect.x0) } else { (rect.x0, rect.x1) };
            let mut path = BezPath::new();
            path.move_to((from, rect.y0));
            path.line_to((to, rect.y1));
            closed(path)
        }
        Form::Path { data, view_box, fit, even_odd } => {
            let path = BezPath::from_svg(data).unwrap_or_default();
            Outline::Path { path: view(*view_box, *fit, rect) * path, even_odd: *even_odd }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(matrix: Matrix, color: [f32; 3]) -> [u8; 3] {
        matrix.map(|[r, g, b, add]| ((r * color[0] + g * color[1] + b * color[2] + add).clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
    }

    /// Values as browsers give them for these filters of rgb(200, 100, 50).
    #[test]
    fn filters_give_the_colours_of_the_specification() {
        let color = [200.0 / 255.0, 100.0 / 255.0, 50.0 / 255.0];
        let one = |change: fn(&mut bound::Filter)| {
            let mut filter = bound::Filter::default();
            change(&mut filter);
            let list = matrices(&filter);
            assert_eq!(list.len(), 1);
            apply(list[0], color)
        };
        // Rec. 709 light of the colour: .2126 · 200 + .7152 · 100 + .0722 · 50 = 117.65.
        assert_eq!(one(|f| f.grayscale = 1.0), [118, 118, 118]);
        assert_eq!(one(|f| f.invert = 1.0), [55, 155, 205]);
        assert_eq!(one(|f| f.brightness = 0.5), [100, 50, 25]);
        // (200 − 127.5) · 2 + 127.5 = 272.5, and so on.
        assert_eq!(one(|f| f.contrast = 2.0), [255, 73, 0]);
        // .393 · 200 + .769 · 100 + .189 · 50 = 164.95, and so on.
        assert_eq!(one(|f| f.sepia = 1.0), [165, 147, 114]);
        // .213 · 200 + .715 · 100 + .072 · 50 = 117.7.
        assert_eq!(one(|f| f.saturate = 0.0), [118, 118, 118]);
        assert!(matrices(&bound::Filter::default()).is_empty());
    }

    #[test]
    fn turning_the_hue_three_times_by_120_degrees_comes_back() {
        let list = matrices(&bound::Filter { hue_rotate: 120.0, ..Default::default() });
        let mut color = [0.5f32, 0.4, 0.3];
        for _ in 0..3 {
            color = list[0].map(|[r, g, b, add]| r * color[0] + g * color[1] + b * color[2] + add);
        }
        for (found, wanted) in color.into_iter().zip([0.5, 0.4, 0.3]) {
            assert!((found - wanted).abs() < 0.01, "{color:?}");
        }
    }

    #[test]
    fn dashes_go_around_in_whole_numbers() {
        let pen = fitted_pen(Pen { width: 2.0, dash: Some([6.0, 4.0]), cap: bound::Cap::Butt }, 104.0);
        let [on, off] = pen.dash.unwrap();
        assert!((104.0 / (on + off) - 10.0).abs() < 1e-9);
        assert!((on / off - 1.5).abs() < 1e-9);
    }
}
