//! Shapes in device pixels, built without platform float functions.

use vello_cpu::kurbo::{Affine, BezPath, Point, Rect};

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

/// Turns by `degrees` clockwise around a point.
pub fn rotation(degrees: f32, centre: Point) -> Affine {
    let angle = f64::from(degrees).to_radians();
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    Affine::new([cos, sin, -sin, cos, centre.x - cos * centre.x + sin * centre.y, centre.y - sin * centre.x - cos * centre.y])
}
