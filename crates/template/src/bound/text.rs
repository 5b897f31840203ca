//! Text, and what differs within it.

use super::{Border, Color, Form, Image, Paint};

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
    /// Fills the letters in place of `color`, spread over the block of lines.
    pub picture: Option<Image>,
    /// Around the letters, outside of them; overlapping contours count as one.
    pub stroke: Option<Border>,
    /// Behind the lines.
    pub highlight: Option<Highlight>,
    pub accent: Accent,
    /// What spans name by `style.mark`.
    pub marks: Vec<Mark>,
    /// What spans name by `style.inline`.
    pub inline: Vec<Inline>,
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
    /// OpenType features by tag, over what the face and `tabular` turn on.
    pub features: Vec<([u8; 4], u16)>,
    /// Struck through, in the text's colour.
    pub strike: bool,
    pub underline: bool,
    /// On one line along a circle around the middle of the box.
    pub arc: Option<Arc>,
    pub drop_cap: Option<DropCap>,
}

/// A first letter that is several lines high, beside which the lines begin further in. Left out where there are fewer lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DropCap {
    pub lines: u32,
    /// Em of the text's size, between letter and lines.
    pub gap: f32,
    /// A place in `Text::marks`: its colour and face.
    pub mark: u16,
}

/// Degrees clockwise from the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// To the baseline, in pixels.
    pub radius: f32,
    /// Where the middle of the text stands.
    pub at: f32,
    /// How far around the text may reach.
    pub sweep: f32,
    /// Feet outwards: what stands at the bottom reads from left to right.
    pub inside: bool,
}

impl Arc {
    /// Length of the line that the text has.
    pub fn length(&self) -> f32 {
        self.radius * self.sweep.to_radians()
    }
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

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    pub text: String,
    pub style: SpanStyle,
}

/// How a span differs from its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanStyle {
    pub accent: bool,
    /// A place in `Text::marks`.
    pub mark: Option<u16>,
    /// A place in `Text::inline`; what the span says is one no-break space then.
    pub inline: Option<u16>,
    /// Capitals that stand for small letters.
    pub small: bool,
    /// Digits around a slash, set as a fraction by faces that can.
    pub fraction: bool,
}

impl Text {
    pub fn mark(&self, style: SpanStyle) -> Option<&Mark> {
        self.marks.get(usize::from(style.mark?))
    }
}

impl Span {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: SpanStyle::default() }
    }
}

/// All that the marks around a span change.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub color: Option<Color>,
    pub font: Option<Font>,
    /// Multiple of the text's size.
    pub size: f32,
    /// Em of the text's size, upwards.
    pub raise: f32,
    pub underline: bool,
    pub strike: bool,
}

/// A box in a line of text, like a letter of its own. Lengths are em of the text's size.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    pub width: f32,
    pub height: f32,
    pub radius: f32,
    /// Downwards from where it stands in the middle of the capitals.
    pub shift: f32,
    pub fill: Option<Paint>,
    pub image: Option<Image>,
    pub icon: Option<InlineIcon>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InlineIcon {
    pub form: Form,
    /// The text's own where there is none.
    pub color: Option<Paint>,
    /// Em between the icon and the box' edge.
    pub padding: f32,
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
