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
    /// Shadows of the box, first one nearest to the viewer.
    pub shadows: Vec<Shadow>,
    /// Children and content are cut at the (rounded) box.
    pub clip: bool,
    /// Fills the box (for a shape: the shape).
    pub fill: Option<Paint>,
    /// How the layer meets what lies behind it.
    pub blend: Blend,
    /// Changes the layer with its children.
    pub filter: Option<Filter>,
    /// Changes what lies behind the box, inside of it.
    pub backdrop: Option<Filter>,
    /// Its alpha cuts the layer with its children.
    pub mask: Option<Mask>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            opacity: 1.0,
            rotate: 0.0,
            radius: [0.0; 4],
            border: None,
            shadows: Vec::new(),
            clip: false,
            fill: None,
            blend: Blend::Normal,
            filter: None,
            backdrop: None,
            mask: None,
        }
    }
}

/// A line: of a box inside its edge, of a shape along its outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    pub width: f32,
    pub paint: Paint,
    /// Length of a dash and of the space after it.
    pub dash: Option<[f32; 2]>,
    pub cap: Cap,
}

/// Ends of lines and dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    Butt,
    Round,
    Square,
}

/// CSS box-shadow: `blur` is twice the Gaussian's sigma.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shadow {
    pub x: f32,
    pub y: f32,
    pub blur: f32,
    pub spread: f32,
    pub color: Color,
    /// Falls on the inside of the box.
    pub inset: bool,
}

/// The modes of W3C's Compositing and Blending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blend {
    #[default]
    Normal,
    Multiply,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColorDodge,
    ColorBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Hue,
    Saturation,
    Color,
    Luminosity,
}

/// CSS filter functions, applied in the order of these members.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The Gaussian's sigma in pixels.
    pub blur: f32,
    /// 1 is unchanged, as for contrast and saturation.
    pub brightness: f32,
    pub contrast: f32,
    pub saturate: f32,
    /// Degrees.
    pub hue_rotate: f32,
    /// 0 is unchanged, 1 is all of it.
    pub grayscale: f32,
    pub sepia: f32,
    pub invert: f32,
    /// Falls from what is drawn, not from its box; without spread.
    pub drop_shadow: Option<Shadow>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            blur: 0.0,
            brightness: 1.0,
            contrast: 1.0,
            saturate: 1.0,
            hue_rotate: 0.0,
            grayscale: 0.0,
            sepia: 0.0,
            invert: 0.0,
            drop_shadow: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Mask {
    Paint(Paint),
    /// The child of this id, which is not drawn itself.
    Child(String),
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
    /// Once around `center` (shares of the box), clockwise from `angle`, where 0 is upwards.
    Conic {
        center: [f32; 2],
        angle: f32,
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
    Text(Box<Text>),
    Image(Image),
    Shape(Shape),
    Qr(Qr),
    Rating(Rating),
    Progress(Progress),
    Chart(Chart),
    Pattern(Pattern),
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
    /// Of the letters; a gradient spans the block of lines.
    pub color: Paint,
    /// Around the letters, outside of them; overlapping contours count as one.
    pub stroke: Option<Border>,
    /// Behind the lines.
    pub highlight: Option<Highlight>,
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
    pub underline: bool,
}

/// A block of colour behind lines of text, which joins from line to line.
#[derive(Clone, Debug, PartialEq)]
pub struct Highlight {
    pub paint: Paint,
    /// Beyond the letters in em: top, right, bottom, left.
    pub padding: [f32; 4],
    /// Pixels, of outer and inner corners.
    pub radius: f32,
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
    pub highlight: Option<Highlight>,
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

/// Some of `count` symbols in one colour, the rest in another.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    pub form: Form,
    pub count: u32,
    /// How many are full, 0 to `count`; the next may be full in part.
    pub value: f32,
    pub color: Paint,
    pub empty: Paint,
    pub gap: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// 0 to 1.
    pub share: f32,
    pub color: Paint,
    pub track: Option<Paint>,
    /// A ring of this width, clockwise from the top, in place of a bar.
    pub ring: Option<f32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub form: ChartForm,
    /// Never empty, all finite.
    pub values: Vec<f32>,
    /// Values at the foot and at the top of the box.
    pub from: f32,
    pub to: f32,
    /// One for each bar or segment in turn; the first one for a line.
    pub colors: Vec<Paint>,
    /// Between bars or segments, in pixels.
    pub gap: f32,
    /// Lines: a mark on one of the points.
    pub dot: Option<Dot>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ChartForm {
    Line {
        width: f32,
        smooth: bool,
        /// Between the line and the foot.
        under: Option<Paint>,
    },
    /// Upper corners in pixels.
    Bar { radius: f32 },
    /// Share of the radius that stays empty.
    Donut { hole: f32 },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    pub point: usize,
    /// Diameter.
    pub size: f32,
    pub color: Color,
    pub stroke: Option<Border>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub form: PatternForm,
    /// Never empty.
    pub colors: Vec<Color>,
    /// What chance decides; the same number, the same pattern.
    pub seed: u64,
}

/// Lengths in pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternForm {
    Dots {
        pitch: f32,
        size: f32,
    },
    Grid {
        pitch: f32,
        width: f32,
    },
    /// Degrees clockwise from upright lines.
    Lines {
        pitch: f32,
        width: f32,
        angle: f32,
    },
    Checks {
        pitch: f32,
    },
    /// Quarter circles in square tiles.
    Truchet {
        pitch: f32,
    },
    /// Rows of windows.
    Facade {
        pitch: f32,
    },
    /// Upright bars as of a sound wave; `share` of them in the first colour, the rest in the second.
    Wave {
        count: u32,
        gap: f32,
        share: f32,
    },
    /// Grey noise of this grain.
    Grain {
        size: f32,
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
