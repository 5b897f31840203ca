//! Layers as compiled: every expression parsed, every length in pixels but for the kit's corner.

mod kinds;
mod look;
pub(crate) mod read;
pub(crate) mod tree;

pub(crate) use kinds::variations;

use crate::bound::{Align, ImageFit, Justify, TextAlign, VerticalAlign};
use crate::expr::{ColorExpr, Condition, Len, Ref, TextExpr};
use crate::locale::Case;

#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub id: String,
    pub when: Option<Condition>,
    /// The first that holds stands in for the layer.
    pub variants: Vec<(Condition, Layer)>,
    pub repeat: Option<Repeat>,
    pub place: PlaceExpr,
    pub look: LookExpr,
    pub kind: KindExpr,
}

/// Once per item of a list field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeat {
    pub list: usize,
    pub max: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceExpr {
    pub left: Option<Len>,
    pub right: Option<Len>,
    pub top: Option<Len>,
    pub bottom: Option<Len>,
    pub center_x: Option<Len>,
    pub center_y: Option<Len>,
    pub width: Option<Len>,
    pub height: Option<Len>,
    pub min_width: Option<Len>,
    pub max_width: Option<Len>,
    pub min_height: Option<Len>,
    pub max_height: Option<Len>,
    pub aspect: Option<f32>,
    pub grow: f32,
    pub shrink: f32,
    pub align_self: Option<Align>,
    pub margin: [Len; 4],
    pub absolute: bool,
    pub mirror: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct LookExpr {
    pub opacity: f32,
    pub rotate: f32,
    pub radius: [Len; 4],
    pub border: Option<BorderExpr>,
    pub shadows: Vec<ShadowExpr>,
    pub clip: bool,
    pub fill: Option<PaintExpr>,
}

#[derive(Clone, Debug)]
pub(crate) struct BorderExpr {
    pub width: Len,
    pub paint: PaintExpr,
}

#[derive(Clone, Debug)]
pub(crate) struct ShadowExpr {
    pub x: Len,
    pub y: Len,
    pub blur: Len,
    pub spread: Len,
    pub color: ColorExpr,
}

#[derive(Clone, Debug)]
pub(crate) enum PaintExpr {
    Solid(ColorExpr),
    Linear { angle: f32, stops: Vec<StopExpr>, ease: bool },
    Radial { center: [f32; 2], radius: [f32; 2], stops: Vec<StopExpr>, ease: bool },
}

#[derive(Clone, Debug)]
pub(crate) struct StopExpr {
    pub at: f32,
    pub color: ColorExpr,
}

#[derive(Clone, Debug)]
pub(crate) enum KindExpr {
    Text(Box<TextLayer>),
    Image(ImageLayer),
    Shape(ShapeLayer),
    Qr(QrLayer),
    Group(Vec<Layer>),
    Stack(StackLayer),
}

#[derive(Clone, Debug)]
pub(crate) struct TextLayer {
    pub text: TextExpr,
    pub font: FontExpr,
    pub size: Len,
    pub min_size: Len,
    pub max_lines: u32,
    pub short_grow: f32,
    pub color: ColorExpr,
    pub accent: AccentExpr,
    pub align: TextAlign,
    pub vertical_align: VerticalAlign,
    pub line_height: Option<f32>,
    pub tracking: Option<f32>,
    pub case: Option<Case>,
    pub ellipsis: bool,
    pub balance: bool,
    pub hang: bool,
    pub script_adjust: bool,
    pub tabular: bool,
    pub strike: bool,
}

/// A face and what differs from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FontExpr {
    /// By the document's table of roles; a family of its own otherwise.
    pub role: Option<usize>,
    pub family: Option<String>,
    pub weight: Option<f32>,
    pub italic: Option<bool>,
    pub width: Option<f32>,
    pub variations: Vec<(String, f32)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct AccentExpr {
    pub color: Option<ColorExpr>,
    /// What the accent's face is made from: its own role or family, else the text's.
    pub font: Option<FontExpr>,
    pub underline: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ImageLayer {
    pub source: SourceExpr,
    pub fit: ImageFit,
    pub focus: [f32; 2],
    pub duotone: Option<Duotone>,
}

#[derive(Clone, Debug)]
pub(crate) enum SourceExpr {
    Field(Ref),
    Asset(String),
    Logo(usize),
}

#[derive(Clone, Debug)]
pub(crate) enum Duotone {
    /// Dark, middle, light.
    Colors(Box<[ColorExpr; 3]>),
    /// By the kit's ground: text, accent, background on light ones and the other way round on dark ones.
    Brand { background: ColorExpr, text: ColorExpr, accent: ColorExpr },
}

#[derive(Clone, Debug)]
pub(crate) struct ShapeLayer {
    pub form: Form,
    pub fit: ImageFit,
    pub stroke: Option<BorderExpr>,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Rect,
    Ellipse,
    Path { data: String, view_box: [f32; 4], even_odd: bool },
}

#[derive(Clone, Debug)]
pub(crate) struct QrLayer {
    pub data: TextExpr,
    pub color: ColorExpr,
    pub background: ColorExpr,
    pub quiet: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct StackLayer {
    pub row: bool,
    pub gap: Len,
    pub padding: [Len; 4],
    pub align: Align,
    pub justify: Justify,
    pub wrap: bool,
    pub children: Vec<Layer>,
}
