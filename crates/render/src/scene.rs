//! The flat scene: every value explicit, in device pixels, back to front. The painter holds no policy.

use std::ops::Range;

use parley::FontData;
use template::bound::{Blend, Cap, Color, Image};
use vello_cpu::{
    Glyph,
    kurbo::{Affine, Point, Rect, Vec2},
};

use crate::geometry::Outline;

#[derive(Clone)]
pub struct Scene<'a> {
    pub width: u16,
    pub height: u16,
    pub ops: Vec<Op<'a>>,
}

#[derive(Clone)]
pub enum Op<'a> {
    Fill {
        outline: Outline,
        turn: Option<Affine>,
        ink: Ink,
    },
    Stroke {
        outline: Outline,
        turn: Option<Affine>,
        pen: Pen,
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
    /// Inside of a box: what `rect`, the blurred hole, leaves free of it.
    InnerShadow {
        rect: Rect,
        radii: [f64; 4],
        turn: Option<Affine>,
        sigma: f64,
        color: Color,
        body: Hole,
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
    /// Grey noise over a box on whole pixels.
    Grain {
        rect: Rect,
        /// Pixels of one grain.
        size: f64,
        seed: u64,
    },
    /// Changes what lies behind, inside of an outline.
    Backdrop {
        outline: Outline,
        turn: Option<Affine>,
        filter: Filter,
        opacity: f32,
    },
    Layer(Layer<'a>),
    PushOpacity(f32),
    PopOpacity,
    PushClip {
        outline: Outline,
        turn: Option<Affine>,
    },
    PopClip,
}

/// Ops that are drawn apart, changed as a whole, and laid over the rest.
#[derive(Clone)]
pub struct Layer<'a> {
    /// In pixels of the layer, whose corner stands at `x`, `y`.
    pub scene: Scene<'a>,
    pub x: i32,
    pub y: i32,
    pub opacity: f32,
    pub blend: Blend,
    pub filter: Option<Filter>,
    /// Drawn apart too; its alpha cuts the layer.
    pub mask: Option<Scene<'a>>,
}

/// Lengths in device pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub sigma: f64,
    pub colors: Vec<Matrix>,
    /// Offset, sigma and colour.
    pub drop_shadow: Option<([f64; 2], f64, Color)>,
}

/// Rows of red, green and blue over straight RGB of 0 to 1 and a constant.
pub type Matrix = [[f32; 4]; 3];

#[derive(Clone, Debug, PartialEq)]
pub struct Pen {
    pub width: f64,
    pub dash: Option<[f64; 2]>,
    pub cap: Cap,
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
    Radial {
        centre: Point,
        radii: (f64, f64),
        stops: Vec<(f32, Color)>,
    },
    /// Once around, clockwise from `angle`: radians from the right.
    Conic {
        centre: Point,
        angle: f64,
        stops: Vec<(f32, Color)>,
    },
}

#[derive(Clone)]
pub struct TextOp {
    pub runs: Vec<TextRun>,
    pub turn: Option<Affine>,
    /// Boxes of the lines, for looking at what lies behind.
    pub boxes: Vec<Rect>,
    pub check: Option<Check>,
    /// Around the letters: width of what is seen, and its ink.
    pub stroke: Option<(f64, Ink)>,
}

#[derive(Clone)]
pub struct TextRun {
    pub font: FontData,
    pub size: f32,
    pub coords: Vec<i16>,
    pub glyphs: Vec<Glyph>,
    /// What the glyphs say, and which bytes of it each one stands for.
    pub text: String,
    pub clusters: Vec<Range<usize>>,
    pub ink: Ink,
    pub slanted: bool,
    /// Within the text's own turn.
    pub turn: Option<Affine>,
}

/// What a text's contrast is measured for.
#[derive(Clone)]
pub struct Check {
    pub id: String,
    pub field: Option<String>,
    /// Colours of the glyphs, straight, with the boxes that they stand in.
    pub colors: Vec<(Vec<Color>, Vec<Rect>)>,
    pub large: bool,
    pub paragraph: bool,
}

impl Scene<'_> {
    pub fn canvas(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width.into(), self.height.into())
    }
}

impl Ink {
    /// No pixel that it paints shows what lies behind.
    pub fn opaque(&self) -> bool {
        match self {
            Self::Solid(color) => color.a == 255,
            Self::Linear { stops, .. } | Self::Radial { stops, .. } | Self::Conic { stops, .. } => {
                stops.iter().all(|(_, color)| color.a == 255)
            }
        }
    }

    /// Nothing that it paints is seen.
    pub fn invisible(&self) -> bool {
        self.colors().iter().all(|color| color.a == 0)
    }

    pub fn colors(&self) -> Vec<Color> {
        match self {
            Self::Solid(color) => vec![*color],
            Self::Linear { stops, .. } | Self::Radial { stops, .. } | Self::Conic { stops, .. } => {
                stops.iter().map(|(_, color)| *color).collect()
            }
        }
    }

    fn moved(&mut self, by: Vec2) {
        match self {
            Self::Solid(_) => {}
            Self::Linear { from, to, .. } => (*from, *to) = (*from + by, *to + by),
            Self::Radial { centre, .. } | Self::Conic { centre, .. } => *centre += by,
        }
    }

    pub fn faded(mut self, opacity: f32) -> Self {
        let fade = |color: &mut Color| color.a = (f32::from(color.a) * opacity + 0.5) as u8;
        match &mut self {
            Self::Solid(color) => fade(color),
            Self::Linear { stops, .. } | Self::Radial { stops, .. } | Self::Conic { stops, .. } => {
                stops.iter_mut().for_each(|(_, c)| fade(c));
            }
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
            Self::Stroke { outline, turn, pen, .. } => Some(turned(outline.bounds().inflate(pen.width * 4.0, pen.width * 4.0), turn)),
            Self::InnerShadow { body, turn, .. } => Some(turned(body.rect, turn)),
            Self::Grain { rect, .. } => Some(*rect),
            Self::Backdrop { outline, turn, .. } => Some(turned(outline.bounds(), turn)),
            Self::Layer(layer) => Some(layer.bounds()),
            Self::Shadow { rect, turn, sigma, .. } => Some(turned(rect.inflate(sigma * 3.0 + 2.0, sigma * 3.0 + 2.0), turn)),
            Self::Picture { rect, turn, .. } => Some(turned(*rect, turn)),
            Self::Text(text) => Some(turned(text.ink_bounds(), &text.turn)),
            Self::Squares { rects, turn, .. } => Some(turned(rects.iter().copied().reduce(|a, b| a.union(b)).unwrap_or_default(), turn)),
            Self::PushOpacity(_) | Self::PopOpacity | Self::PushClip { .. } | Self::PopClip => None,
        }
    }

    /// The same op in a layer whose corner stands `by` further up and left.
    pub fn move_by(&mut self, by: Vec2) {
        let turned = |turn: &mut Option<Affine>| {
            if let Some(turn) = turn {
                *turn = Affine::translate(by) * *turn * Affine::translate(-by);
            }
        };
        match self {
            Self::Fill { outline, turn, ink } | Self::Stroke { outline, turn, ink, .. } => {
                outline.move_by(by);
                turned(turn);
                ink.moved(by);
            }
            Self::Shadow { rect, turn, hole: body, .. } | Self::InnerShadow { rect, turn, body, .. } => {
                (*rect, body.rect) = (*rect + by, body.rect + by);
                turned(turn);
            }
            Self::Picture { rect, turn, .. } => {
                *rect = *rect + by;
                turned(turn);
            }
            Self::Text(text) => text.move_by(by),
            Self::Squares { rects, turn, .. } => {
                rects.iter_mut().for_each(|rect| *rect = *rect + by);
                turned(turn);
            }
            Self::Grain { rect, .. } => *rect = *rect + by,
            Self::Backdrop { outline, turn, .. } | Self::PushClip { outline, turn } => {
                outline.move_by(by);
                turned(turn);
            }
            Self::Layer(layer) => (layer.x, layer.y) = (layer.x + by.x as i32, layer.y + by.y as i32),
            Self::PushOpacity(_) | Self::PopOpacity | Self::PopClip => {}
        }
    }
}

impl Layer<'_> {
    pub fn bounds(&self) -> Rect {
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        Rect::new(x, y, x + f64::from(self.scene.width), y + f64::from(self.scene.height))
    }
}

impl TextOp {
    /// Generous: glyphs may reach beyond their line.
    pub fn ink_bounds(&self) -> Rect {
        let all = self.boxes.iter().copied().reduce(|a, b| a.union(b)).unwrap_or_default();
        let size = self.runs.iter().map(|run| f64::from(run.size)).fold(0.0, f64::max);
        let size = size + self.stroke.as_ref().map_or(0.0, |(width, _)| *width);
        all.inflate(size, size)
    }

    pub fn move_by(&mut self, by: Vec2) {
        for run in &mut self.runs {
            run.ink.moved(by);
            if let Some(turn) = &mut run.turn {
                *turn = Affine::translate(by) * *turn * Affine::translate(-by);
            }
            for glyph in &mut run.glyphs {
                (glyph.x, glyph.y) = (glyph.x + by.x as f32, glyph.y + by.y as f32);
            }
        }
        let checked = self.check.iter_mut().flat_map(|check| &mut check.colors).flat_map(|(_, boxes)| boxes);
        self.boxes.iter_mut().chain(checked).for_each(|line| *line = *line + by);
        if let Some(turn) = &mut self.turn {
            *turn = Affine::translate(by) * *turn * Affine::translate(-by);
        }
        if let Some((_, ink)) = &mut self.stroke {
            ink.moved(by);
        }
    }
}
