//! Shapes in device pixels, built without platform float functions.

use vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Vec2};

/// What a fill or a clip covers.
#[derive(Clone, Debug)]
pub enum Outline {
    /// Corner radii: top left, top right, bottom right, bottom left; already small enough for the box.
    Box {
        rect: Rect,
        radii: [f64; 4],
    },
    Path {
        path: BezPath,
        even_odd: bool,
    },
}

/// Handle length of a cubic that looks like a quarter of a circle.
const KAPPA: f64 = 0.552_284_749_830_793_4;

impl Outline {
    pub fn path(&self) -> BezPath {
        match self {
            Self::Box { rect, radii } => rounded(*rect, *radii),
            Self::Path { path, .. } => path.clone(),
        }
    }

    pub fn bounds(&self) -> Rect {
        match self {
            Self::Box { rect, .. } => *rect,
            Self::Path { path, .. } => path.control_box(),
        }
    }

    /// A rectangle that is covered for certain.
    pub fn inside(&self) -> Option<Rect> {
        match self {
            Self::Box { rect, radii } => {
                // A quarter circle leaves less than .3 of its radius free along the diagonal.
                let inset = radii.iter().fold(0.0, |a: f64, b| a.max(*b)) * 0.3;
                Some(rect.inset(-inset))
            }
            Self::Path { .. } => None,
        }
    }

    pub fn move_by(&mut self, by: Vec2) {
        match self {
            Self::Box { rect, .. } => *rect = *rect + by,
            Self::Path { path, .. } => path.apply_affine(Affine::translate(by)),
        }
    }

    pub fn even_odd(&self) -> bool {
        matches!(self, Self::Path { even_odd: true, .. })
    }
}

/// Radii that fit the box, scaled down together as CSS does.
pub fn fitted_radii(radii: [f32; 4], width: f64, height: f64) -> [f64; 4] {
    let [tl, tr, br, bl] = radii.map(|r| if r.is_finite() { f64::from(r.max(0.0)) } else { 0.0 });
    let share = |side: f64, a: f64, b: f64| if a + b > side { side / (a + b) } else { 1.0 };
    let scale = share(width, tl, tr).min(share(width, bl, br)).min(share(height, tl, bl)).min(share(height, tr, br));
    [tl * scale, tr * scale, br * scale, bl * scale]
}

pub fn rounded(r: Rect, [tl, tr, br, bl]: [f64; 4]) -> BezPath {
    let mut path = BezPath::new();
    let k = 1.0 - KAPPA;
    path.move_to((r.x0 + tl, r.y0));
    path.line_to((r.x1 - tr, r.y0));
    if tr > 0.0 {
        path.curve_to((r.x1 - tr * k, r.y0), (r.x1, r.y0 + tr * k), (r.x1, r.y0 + tr));
    }
    path.line_to((r.x1, r.y1 - br));
    if br > 0.0 {
        path.curve_to((r.x1, r.y1 - br * k), (r.x1 - br * k, r.y1), (r.x1 - br, r.y1));
    }
    path.line_to((r.x0 + bl, r.y1));
    if bl > 0.0 {
        path.curve_to((r.x0 + bl * k, r.y1), (r.x0, r.y1 - bl * k), (r.x0, r.y1 - bl));
    }
    path.line_to((r.x0, r.y0 + tl));
    if tl > 0.0 {
        path.curve_to((r.x0, r.y0 + tl * k), (r.x0 + tl * k, r.y0), (r.x0 + tl, r.y0));
    }
    path.close_path();
    path
}

pub fn ellipse(r: Rect) -> BezPath {
    let (c, rx, ry) = (r.center(), r.width() / 2.0, r.height() / 2.0);
    let (kx, ky) = (rx * KAPPA, ry * KAPPA);
    let mut path = BezPath::new();
    path.move_to((c.x, r.y0));
    path.curve_to((c.x + kx, r.y0), (r.x1, c.y - ky), (r.x1, c.y));
    path.curve_to((r.x1, c.y + ky), (c.x + kx, r.y1), (c.x, r.y1));
    path.curve_to((c.x - kx, r.y1), (r.x0, c.y + ky), (r.x0, c.y));
    path.curve_to((r.x0, c.y - ky), (c.x - kx, r.y0), (c.x, r.y0));
    path.close_path();
    path
}

/// Corners on the ellipse in `r`, the first at the top; with `inner` below 1 every second one stands that far in.
pub fn polygon(r: Rect, sides: u32, inner: f64) -> BezPath {
    let star = inner < 1.0;
    let count = if star { 2 * sides } else { sides };
    let (c, rx, ry) = (r.center(), r.width() / 2.0, r.height() / 2.0);
    let mut path = BezPath::new();
    for i in 0..count {
        let share = if star && i % 2 == 1 { inner } else { 1.0 };
        let at = ring(c, (rx * share, ry * share), f64::from(i) / f64::from(count));
        if i == 0 { path.move_to(at) } else { path.line_to(at) }
    }
    path.close_path();
    path
}

/// A point on an ellipse, `turn` of the way around it clockwise from the top.
pub fn ring(centre: Point, (rx, ry): (f64, f64), turn: f64) -> Point {
    let angle = turn * std::f64::consts::TAU;
    Point::new(centre.x + rx * libm::sin(angle), centre.y - ry * libm::cos(angle))
}

/// A part of a ring between two turns (0 to 1, clockwise from the top); `hole` is a share of the radius.
pub fn sector(centre: Point, radius: f64, hole: f64, from: f64, to: f64) -> BezPath {
    let mut path = BezPath::new();
    path.move_to(ring(centre, (radius, radius), from));
    arc(&mut path, centre, radius, from, to);
    path.line_to(ring(centre, (radius * hole, radius * hole), to));
    if hole > 0.0 {
        arc(&mut path, centre, radius * hole, to, from);
    }
    path.close_path();
    path
}

/// Goes on along a circle, from its point at `from` to that at `to`.
pub fn arc(path: &mut BezPath, centre: Point, radius: f64, from: f64, to: f64) {
    let steps = ((to - from).abs() * 8.0).ceil().max(1.0);
    let step = (to - from) / steps;
    let angle = step * std::f64::consts::TAU;
    let handle = 4.0 / 3.0 * libm::tan(angle / 4.0) * radius;
    let along = |turn: f64| {
        let angle = turn * std::f64::consts::TAU;
        Vec2::new(libm::cos(angle), libm::sin(angle)) * handle
    };
    for i in 0..steps as u32 {
        let (a, b) = (from + step * f64::from(i), from + step * f64::from(i + 1));
        let (start, end) = (ring(centre, (radius, radius), a), ring(centre, (radius, radius), b));
        path.curve_to(start + along(a), end - along(b), end);
    }
}

/// An outline of right angles with its corners rounded, as far as the edges between them allow.
pub fn rounded_corners(corners: &[Point], radius: f64) -> BezPath {
    let mut path = BezPath::new();
    let count = corners.len();
    for i in 0..count {
        let (before, corner, after) = (corners[(i + count - 1) % count], corners[i], corners[(i + 1) % count]);
        let (a, b) = (before - corner, after - corner);
        let (la, lb) = (a.x.abs() + a.y.abs(), b.x.abs() + b.y.abs());
        let r = radius.min(la / 2.0).min(lb / 2.0);
        let (start, end) = if r > 0.0 { (corner + a * (r / la), corner + b * (r / lb)) } else { (corner, corner) };
        if i == 0 {
            path.move_to(start)
        } else {
            path.line_to(start)
        }
        if r > 0.0 {
            path.curve_to(start + (corner - start) * KAPPA, end + (corner - end) * KAPPA, end);
        }
    }
    path.close_path();
    path
}

/// Turns by `degrees` clockwise around a point.
pub fn rotation(degrees: f32, centre: Point) -> Affine {
    let angle = f64::from(degrees).to_radians();
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    Affine::new([cos, sin, -sin, cos, centre.x - cos * centre.x + sin * centre.y, centre.y - sin * centre.x - cos * centre.y])
}
