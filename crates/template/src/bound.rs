//! The bound document: one size of a group with every expression evaluated.
//!
//! `bind` makes it from a document, input data and a brand kit; the engine takes nothing else.
//! Lengths are canvas pixels (before `output.scale`) plus a share of the parent's box; angles are degrees clockwise;
//! colours are straight (not premultiplied) sRGB.

/// One size, ready to lay out.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The size's stable handle, such as `square`.
    pub key: String,
    /// Canvas in pixels, 1 to 8192 each.
    pub width: u32,
    pub height: u32,
    /// BCP 47; shapes text and orders fallback fonts (Han variants).
    pub locale: String,
    /// Right to left mirrors every box around the canvas' vertical axis, but for nodes with `mirror == false`.
    pub direction: Direction,
    /// Behind everything; `None` is transparent.
    pub background: Option<Paint>,
    /// Back to front.
    pub nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ltr,
    Rtl,
}

/// Straight sRGB with alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    pub r: u8,
    pub g: u8,
    pub b: u8,
    pub a: u8,
}

/// `px` plus `percent` hundredths of the parent's width or height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Length {
    pub px: f32,
    pub percent: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Unique in the size; names the node in warnings and measurements.
    pub id: String,
    pub place: Place,
    pub look: Look,
    pub kind: Kind,
}

/// Where a node stands. In a group (and on the canvas): pins. In a stack: a flex item, for which the pins are ignored
/// unless `absolute`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub left: Option<Length>,
    pub right: Option<Length>,
    pub top: Option<Length>,
    pub bottom: Option<Length>,
    /// Offset of the node's centre from the parent's centre.
    pub center_x: Option<Length>,
    pub center_y: Option<Length>,
    /// `None` is what the content needs (or what two opposite pins leave).
    pub width: Option<Length>,
    pub height: Option<Length>,
    pub min_width: Option<Length>,
    pub max_width: Option<Length>,
    pub min_height: Option<Length>,
    pub max_height: Option<Length>,
    /// Width divided by height, where one of the two is missing.
    pub aspect: Option<f32>,
    /// Flex item: share of what is left over, and whether it may shrink (0 or 1, as a rule).
    pub grow: f32,
    pub shrink: f32,
    pub align_self: Option<Align>,
    /// Flex item: top, right, bottom, left.
    pub margin: [f32; 4],
    /// Taken out of its stack's flow and placed by pins.
    pub absolute: bool,
    /// Whether right-to-left documents mirror this node.
    pub mirror: bool,
}

/// What every layer can have.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// 0 to 1.
    pub opacity: f32,
    /// Degrees clockwise around the centre of the box.
    pub rotate: f32,
    /// Corner radii in pixels: top left, top right, bottom right, bottom left.
    pub radius: [f32; 4],
    pub border: Option<Border>,
    /// Outer shadows, first one nearest to the viewer.
    pub shadows: Vec<Shadow>,
    /// Children and content are cut at the (rounded) box.
    pub clip: bool,
    /// Fills the box (for a shape: the shape).
    pub fill: Option<Paint>,
}

impl Default for Look {
    fn default() -> Self {
        Self { opacity: 1.0, rotate: 0.0, radius: [0.0; 4], border: None, shadows: Vec::new(), clip: false, fill: None }
    }
}

/// Drawn inside the box' edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    pub width: f32,
    pub paint: Paint,
}

/// CSS box-shadow: `blur` is twice the Gaussian's sigma.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shadow {
    pub x: f32,
    pub y: f32,
    pub blur: f32,
    pub spread: f32,
    pub color: Color,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    Solid(Color),
    /// CSS angle: 0 is upwards, 90 to the right; the line is as long as CSS makes it.
    Linear {
        angle: f32,
        stops: Vec<Stop>,
    },
    /// `center` and `radius` are shares of the box: 0 to 1 of width, of height, and of the larger half side.
    Radial {
        center: [f32; 2],
        radius: [f32; 2],
        stops: Vec<Stop>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// 0 to 1, not falling.
    pub offset: f32,
    pub color: Color,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text(Text),
    Image(Image),
    Shape(Shape),
    Qr(Qr),
    /// Children placed by pins.
    Group(Vec<Node>),
    Stack(Stack),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The input field whose text this is, for warnings: the first one bound.
    pub field: Option<String>,
    /// Never empty: a text layer that binds to nothing is left out.
    pub spans: Vec<Span>,
    pub font: Font,
    pub fit: Fit,
    pub color: Color,
    pub accent: Accent,
    pub align: TextAlign,
    pub vertical_align: VerticalAlign,
    /// Multiple of the font size.
    pub line_height: f32,
    /// Em.
    pub tracking: f32,
    pub ellipsis: bool,
    /// Lines of about equal length in place of greedy ones.
    pub balance: bool,
    /// Opening quotation marks hang outside the left edge.
    pub hang: bool,
    /// Size and spacing are corrected for scripts that need air (Arabic, Thai, Devanagari, CJK).
    pub script_adjust: bool,
    /// Tabular figures.
    pub tabular: bool,
    /// Struck through, in the text's colour.
    pub strike: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub text: String,
    pub accent: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accent {
    pub color: Option<Color>,
    pub font: Option<Font>,
    pub underline: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Font {
    /// As registered, such as `Instrument Serif`.
    pub family: String,
    /// 1 to 1000.
    pub weight: f32,
    pub italic: bool,
    /// Per cent of normal, 100.
    pub width: f32,
    /// Further axes by tag, such as `("SOFT", 60.0)`.
    pub variations: Vec<(String, f32)>,
}

/// Sizes in pixels. `max == min` is a fixed size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    pub max: f32,
    pub min: f32,
    /// `u32::MAX` is no limit.
    pub max_lines: u32,
    /// Texts of at most 14 characters may grow to this multiple of `max`, on one line; 1 is never.
    pub grow: f32,
}

/// `Start` and `End` follow the paragraph's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAlign {
    Start,
    Center,
    End,
    Left,
    Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerticalAlign {
    Top,
    Middle,
    Bottom,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub field: Option<String>,
    pub source: Source,
    /// A picture's key: drawn, with a critical `image_unavailable`, where `source` cannot be had.
    pub fallback: Option<String>,
    pub fit: ImageFit,
    /// Shares of the picture that stay in view, 0 to 1.
    pub focus: [f32; 2],
    /// Maps luminance to these colours (0, .5, 1), after more contrast.
    pub duotone: Option<[Color; 3]>,
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
pub enum Shape {
    /// The box, with the look's radii.
    Rect,
    Ellipse,
    /// SVG path data in a view box (x, y, width, height) that is fitted to the layer's box as `fit` says.
    Path {
        data: String,
        view_box: [f32; 4],
        fit: ImageFit,
        stroke: Option<Border>,
        even_odd: bool,
    },
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
pub struct Stack {
    pub row: bool,
    pub gap: f32,
    /// Top, right, bottom, left.
    pub padding: [f32; 4],
    pub align: Align,
    pub justify: Justify,
    pub wrap: bool,
    pub children: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Start,
    Center,
    End,
    Stretch,
    Baseline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Justify {
    Start,
    Center,
    End,
    Between,
    Around,
    Evenly,
}
