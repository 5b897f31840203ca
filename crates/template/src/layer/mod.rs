//! Layers as compiled: every expression parsed, every length in pixels but for the kit's corner.

mod code;
mod data;
mod kinds;
mod look;
pub(crate) mod read;
mod table;
mod text;
pub(crate) mod tree;

pub(crate) use text::variations;

use crate::barcode::{Encoded, Symbology};
use crate::bound::{Align, Blend, Cap, Filter, Form, ImageFit, Justify, TextAlign, VerticalAlign};
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
    pub bleed: bool,
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
    pub blend: Blend,
    pub filter: Option<FilterExpr>,
    pub backdrop: Option<FilterExpr>,
    pub mask: Option<MaskExpr>,
}

impl LookExpr {
    /// The layer is drawn apart and laid over the rest as a whole.
    pub fn composed(&self) -> bool {
        self.blend != Blend::Normal || self.filter.is_some() || self.mask.is_some()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct BorderExpr {
    pub width: Len,
    pub paint: PaintExpr,
    pub dash: Option<[Len; 2]>,
    pub cap: Cap,
}

#[derive(Clone, Debug)]
pub(crate) struct FilterExpr {
    /// All but blur and shadow.
    pub plain: Filter,
    pub blur: Len,
    pub drop_shadow: Option<ShadowExpr>,
}

#[derive(Clone, Debug)]
pub(crate) enum MaskExpr {
    Paint(PaintExpr),
    /// By id, without the suffix of copies.
    Child(String),
}

#[derive(Clone, Debug)]
pub(crate) struct ShadowExpr {
    pub x: Len,
    pub y: Len,
    pub blur: Len,
    pub spread: Len,
    pub color: ColorExpr,
    pub inset: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum PaintExpr {
    Solid(ColorExpr),
    Linear { angle: f32, stops: Vec<StopExpr>, ease: bool },
    Radial { center: [f32; 2], radius: [f32; 2], stops: Vec<StopExpr>, ease: bool },
    Conic { center: [f32; 2], angle: f32, stops: Vec<StopExpr>, ease: bool },
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
    Barcode(BarcodeLayer),
    Rating(RatingLayer),
    Progress(ProgressLayer),
    Chart(Box<ChartLayer>),
    Pattern(PatternLayer),
    Table(Box<TableLayer>),
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
    pub color: PaintExpr,
    pub picture: Option<ImageLayer>,
    pub stroke: Option<BorderExpr>,
    pub highlight: Option<HighlightExpr>,
    pub accent: AccentExpr,
    pub marks: Vec<MarkExpr>,
    pub inline: Vec<InlineExpr>,
    pub align: TextAlign,
    pub vertical_align: VerticalAlign,
    pub line_height: Option<f32>,
    pub tracking: Option<f32>,
    pub case: Option<Case>,
    pub small_caps: bool,
    pub fractions: bool,
    pub features: Vec<([u8; 4], u16)>,
    pub ellipsis: bool,
    pub balance: bool,
    pub hang: bool,
    pub script_adjust: bool,
    pub tabular: bool,
    pub strike: bool,
    pub underline: bool,
    pub arc: Option<ArcExpr>,
    pub drop_cap: Option<DropCapExpr>,
}

#[derive(Clone, Debug)]
pub(crate) struct DropCapExpr {
    pub lines: u32,
    pub gap: f32,
    pub mark: MarkExpr,
}

#[derive(Clone, Debug)]
pub(crate) struct ArcExpr {
    pub radius: Len,
    pub at: f32,
    pub sweep: f32,
    pub inside: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct HighlightExpr {
    pub paint: PaintExpr,
    /// Top, right, bottom, left, in em.
    pub padding: [f32; 4],
    pub radius: Len,
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
    pub highlight: Option<HighlightExpr>,
}

/// How `[name]…[/name]` looks.
#[derive(Clone, Debug)]
pub(crate) struct MarkExpr {
    pub name: String,
    pub color: Option<ColorExpr>,
    /// What it changes of the face around it.
    pub font: Option<FontExpr>,
    /// Multiple of the text's size.
    pub size: f32,
    /// Em of the text's size.
    pub raise: f32,
    pub underline: bool,
    pub strike: bool,
}

/// What `[name/]` stands for. Lengths are em.
#[derive(Clone, Debug)]
pub(crate) struct InlineExpr {
    pub width: f32,
    pub height: f32,
    pub radius: f32,
    pub shift: f32,
    pub fill: Option<PaintExpr>,
    pub image: Option<ImageLayer>,
    pub icon: Option<Form>,
    pub color: Option<PaintExpr>,
    pub padding: f32,
}

#[derive(Clone, Debug)]
pub(crate) struct ImageLayer {
    pub source: SourceExpr,
    pub fit: ImageFit,
    pub focus: Option<[f32; 2]>,
    pub duotone: Option<Duotone>,
    pub tint: Option<ColorExpr>,
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
    pub stroke: Option<BorderExpr>,
}

/// A number that is written, or that a field gives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Amount {
    Fixed(f64),
    Field(Ref),
}

/// Numbers that are written, or that a list field gives: its items, or a member of each.
#[derive(Clone, Debug)]
pub(crate) enum Series {
    Fixed(Vec<f64>),
    List { list: usize, member: Option<usize> },
}

#[derive(Clone, Debug)]
pub(crate) struct RatingLayer {
    pub value: Amount,
    pub count: u32,
    pub step: f32,
    pub form: Form,
    pub color: PaintExpr,
    pub empty: PaintExpr,
    pub gap: Len,
}

#[derive(Clone, Debug)]
pub(crate) struct ProgressLayer {
    pub value: Amount,
    pub to: f32,
    pub color: PaintExpr,
    pub track: Option<PaintExpr>,
    pub ring: Option<Len>,
}

#[derive(Clone, Debug)]
pub(crate) struct ChartLayer {
    pub values: Series,
    pub form: ChartExpr,
    pub from: Option<f32>,
    pub to: Option<f32>,
    pub colors: Vec<PaintExpr>,
    pub gap: Len,
    pub dot: Option<DotExpr>,
}

#[derive(Clone, Debug)]
pub(crate) enum ChartExpr {
    Line { width: Len, smooth: bool, under: Option<PaintExpr> },
    Bar { radius: Len },
    Donut { hole: f32 },
}

#[derive(Clone, Debug)]
pub(crate) struct DotExpr {
    /// From the end where it is negative.
    pub at: i64,
    pub size: Len,
    pub color: ColorExpr,
    pub stroke: Option<BorderExpr>,
}

#[derive(Clone, Debug)]
pub(crate) struct PatternLayer {
    pub form: PatternExpr,
    pub colors: Vec<ColorExpr>,
    pub seed: Option<TextExpr>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum PatternExpr {
    Dots { pitch: Len, size: Len },
    Grid { pitch: Len, width: Len },
    Lines { pitch: Len, width: Len, angle: f32 },
    Checks { pitch: Len },
    Truchet { pitch: Len },
    Facade { pitch: Len },
    Wave { count: u32, gap: Len, value: Amount },
    Grain { size: Len },
}

#[derive(Clone, Debug)]
pub(crate) struct QrLayer {
    pub data: TextExpr,
    pub color: ColorExpr,
    pub background: ColorExpr,
    pub quiet: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct BarcodeLayer {
    pub data: BarcodeData,
    pub symbology: Symbology,
    pub digits: bool,
    pub color: ColorExpr,
    pub background: ColorExpr,
    pub quiet: u32,
}

#[derive(Clone, Debug)]
pub(crate) enum BarcodeData {
    Fixed(Encoded),
    /// A barcode field, whose values were checked for the layer's symbology.
    Field(Ref),
}

#[derive(Clone, Debug)]
pub(crate) struct TableLayer {
    /// The field whose items are the rows.
    pub list: usize,
    pub max: usize,
    pub columns: Vec<ColumnExpr>,
    pub header_fill: Option<PaintExpr>,
    /// Beneath the header, and between rows.
    pub header_rule: Option<RuleExpr>,
    pub rule: Option<RuleExpr>,
    /// Behind every second row.
    pub zebra: Option<PaintExpr>,
    /// Between columns.
    pub gap: Len,
    /// Of each row.
    pub padding: [Len; 4],
    pub align: Align,
}

#[derive(Clone, Debug)]
pub(crate) struct ColumnExpr {
    pub header: Option<TextLayer>,
    pub cell: TextLayer,
    /// And its share of what is left over.
    pub width: Len,
    pub grow: f32,
}

#[derive(Clone, Debug)]
pub(crate) struct RuleExpr {
    pub width: Len,
    pub paint: PaintExpr,
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
