//! How boxes look: fills, borders, shadows, blending, filters, masks.

use super::Color;

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
