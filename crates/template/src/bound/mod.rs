//! The bound document: one size of a group with every expression evaluated.
//!
//! `bind` makes it from a document, input data and a brand kit; the engine takes nothing else.
//! Lengths are canvas pixels (before `output.scale`) plus a share of the parent's box; angles are degrees clockwise;
//! colours are straight (not premultiplied) sRGB.

mod data;
mod look;
mod shape;
mod text;

pub use data::{Chart, ChartForm, Dot, Pattern, PatternForm, Progress, Rating};
pub use look::{Blend, Border, Cap, Filter, Look, Mask, Paint, Shadow, Stop};
pub use shape::{Barcode, Form, Image, ImageFit, Qr, Shape, Source};
pub use text::{Accent, Arc, DropCap, Fit, Font, Highlight, Inline, InlineIcon, Mark, Span, SpanStyle, Text, TextAlign, VerticalAlign};

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
    /// What its platform wants free of text and logos.
    pub safe_zone: Option<SafeZone>,
    /// Behind everything; `None` is transparent.
    pub background: Option<Paint>,
    /// Back to front.
    pub nodes: Vec<Node>,
}

/// Where a platform lays its own things over a picture, or cuts it off. Pixels of the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct SafeZone {
    /// For people, such as `Instagram story`.
    pub platform: String,
    /// Top, right, bottom and left.
    pub edges: [f32; 4],
    /// Further boxes: left, top, width, height.
    pub covers: Vec<[f32; 4]>,
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
    /// With what it holds it may stand where a platform lays its own things.
    pub bleed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text(Box<Text>),
    Image(Image),
    Shape(Shape),
    Qr(Qr),
    Barcode(Barcode),
    Rating(Rating),
    Progress(Progress),
    Chart(Chart),
    Pattern(Pattern),
    /// Children placed by pins.
    Group(Vec<Node>),
    Stack(Stack),
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
