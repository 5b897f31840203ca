//! Pictures, shapes and codes.

use super::{Border, Color};
use crate::barcode::Symbology;

#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub field: Option<String>,
    pub source: Source,
    /// A picture's key: drawn, with a critical `image_unavailable`, where `source` cannot be had.
    pub fallback: Option<String>,
    pub fit: ImageFit,
    /// Shares of the picture that stay in view, 0 to 1. `None`: what stands out of it; the middle where nothing is cut.
    pub focus: Option<[f32; 2]>,
    /// Maps luminance to these colours (0, .5, 1), after more contrast.
    pub duotone: Option<[Color; 3]>,
    /// Every pixel takes this colour and keeps its own opacity.
    pub tint: Option<Color>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A key that the world answers: a URL as given, `asset_…`, or `sha256:<hex>` of a data: URL.
    Picture(String),
    /// The engine takes the variant that suits what lies behind the box.
    Logo { role: String, light: Option<String>, dark: Option<String>, any: Option<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFit {
    Cover,
    Contain,
    Fill,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub form: Form,
    /// Along the outline, half of it on either side.
    pub stroke: Option<Border>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// The box, with the look's radii.
    Rect,
    Ellipse,
    /// From the box' top left to its bottom right corner.
    Line,
    /// Corners on the ellipse in the box, the first at the top. `inner` 1 is a polygon; less makes a star, whose inner
    /// corners stand at that share of the radius.
    Polygon {
        sides: u32,
        inner: f32,
    },
    /// SVG path data in a view box (x, y, width, height) that is fitted to the layer's box as `fit` says.
    Path {
        data: String,
        view_box: [f32; 4],
        fit: ImageFit,
        even_odd: bool,
    },
}

impl From<Form> for Shape {
    fn from(form: Form) -> Self {
        Self { form, stroke: None }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Qr {
    pub field: Option<String>,
    pub data: String,
    pub color: Color,
    pub background: Color,
    /// Modules of quiet zone inside the box, 4 by the standard.
    pub quiet: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Barcode {
    pub field: Option<String>,
    pub symbology: Symbology,
    /// Dark and light from left to right, without quiet zones.
    pub modules: Vec<bool>,
    /// Digits beneath the bars, check digit included; not for Code 128.
    pub digits: Option<String>,
    pub color: Color,
    pub background: Color,
    /// Empty modules at either side, inside the box.
    pub quiet: u32,
}
