//! What shows figures, and patterns.

use super::{Border, Color, Form, Paint};

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
