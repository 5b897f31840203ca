//! The flat scene: every value explicit, in device pixels, back to front. The painter holds no policy.

use parley::FontData;
use template::bound::{Color, Image};
use vello_cpu::{
    Glyph,
    kurbo::{Affine, Point, Rect},
};

use crate::geometry::Outline;

pub struct Scene<'a> {
    pub width: u16,
    pub height: u16,
    pub ops: Vec<Op<'a>>,
}

pub enum Op<'a> {
    Fill {
        outline: Outline,
        turn: Option<Affine>,
        ink: Ink,
    },
    Stroke {
        outline: Outline,
        turn: Option<Affine>,
        width: f64,
        ink: Ink,
    },
    /// Of a box; `solid` says that an opaque fill will cover the box itself.
    Shadow {
        rect: Rect,
        radii: [f64; 4],
        turn: Option<Affine>,
        sigma: f64,
        color: Color,
        hole: Hole,
    },
    Picture {
        image: &'a Image,
        rect: Rect,
        radii: [f64; 4],
        turn: Option<Affine>,
        opacity: f32,
    },
    Text(TextOp),
    /// Whole-pixel squares of one colour, such as a code's modules.
    Squares {
        rects: Vec<Rect>,
        turn: Option<Affine>,
        color: Color,
    },
    PushOpacity(f32),
    PopOpacity,
    PushClip {
        outline: Outline,
        turn: Option<Affine>,
    },
    PopClip,
}

/// The box that a shadow belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hole {
    pub rect: Rect,
    pub radii: [f64; 4],
    /// An opaque fill will cover the box; otherwise the shadow is cut out there, as CSS wants it.
    pub covered: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Ink {
    Solid(Color),
    Linear {
        from: Point,
        to: Point,
        stops: Vec<(f32, Color)>,
    },
    /// Unit circle mapped by `place`.
    Radial {
        centre: Point,
        radii: (f64, f64),
        stops: Vec<(f32, Color)>,
    },
}

pub struct TextOp {
    pub runs: Vec<TextRun>,
    pub turn: Option<Affine>,
    /// Boxes of the lines, for looking at what lies behind.
    pub boxes: Vec<Rect>,
    pub check: Option<Check>,
}

pub struct TextRun {
    pub font: FontData,
    pub size: f32,
    pub coords: Vec<i16>,
    pub glyphs: Vec<Glyph>,
    pub color: Color,
    pub slanted: bool,
}

/// What a text's contrast is measured for.
pub struct Check {
    pub id: String,
    pub field: Option<String>,
    /// Colours of the glyphs, straight.
    pub colors: Vec<Color>,
    pub large: bool,
    pub paragraph: bool,
}

impl Ink {
    /// No pixel that it paints shows what lies behind.
    pub fn opaque(&self) -> bool {
        match self {
            Self::Solid(color) => color.a == 255,
            Self::Linear { stops, .. } | Self::Radial { stops, .. } => stops.iter().all(|(_, color)| color.a == 255),
        }
    }

    pub fn faded(mut self, opacity: f32) -> Self {
        let fade = |color: &mut Color| color.a = (f32::from(color.a) * opacity + 0.5) as u8;
        match &mut self {
            Self::Solid(color) => fade(color),
            Self::Linear { stops, .. } | Self::Radial { stops, .. } => stops.iter_mut().for_each(|(_, c)| fade(c)),
        }
        self
    }
}

impl Op<'_> {
    /// Everything that the op may touch, in device pixels; `None` for brackets.
    pub fn bounds(&self) -> Option<Rect> {
        let turned = |rect: Rect, turn: &Option<Affine>| turn.map_or(rect, |t| t.transform_rect_bbox(rect));
        match self {
            Self::Fill { outline, turn, .. } => Some(turned(outline.bounds(), turn)),
            Self::Stroke { outline, turn, width, .. } => Some(turned(outline.bounds().inflate(width * 4.0, width * 4.0), turn)),
            Self::Shadow { rect, turn, sigma, .. } => Some(turned(rect.inflate(sigma * 3.0 + 2.0, sigma * 3.0 + 2.0), turn)),
            Self::Picture { rect, turn, .. } => Some(turned(*rect, turn)),
            Self::Text(text) => Some(turned(text.ink_bounds(), &text.turn)),
            Self::Squares { rects, turn, .. } => Some(turned(rects.iter().copied().reduce(|a, b| a.union(b)).unwrap_or_default(), turn)),
            Self::PushOpacity(_) | Self::PopOpacity | Self::PushClip { .. } | Self::PopClip => None,
        }
    }
}

impl TextOp {
    /// Generous: glyphs may reach beyond their line.
    pub fn ink_bounds(&self) -> Rect {
        let all = self.boxes.iter().copied().reduce(|a, b| a.union(b)).unwrap_or_default();
        let size = self.runs.iter().map(|run| f64::from(run.size)).fold(0.0, f64::max);
        all.inflate(size, size)
    }
}
