//! Text: choosing faces, shaping, fitting, and lines with placed glyphs. Lengths are canvas pixels.

mod clusters;
mod drop;
mod fit;
mod hyphen;
mod lines;
mod phrases;
mod prepare;
pub mod script;
mod shape;
mod widow;

pub use fit::{Fitted, fit};
pub use lines::{GlyphRun, Line};
pub use prepare::{Prepared, prepare};

use template::bound::SpanStyle;

/// What one thread shapes with; kept from picture to picture.
pub struct Contexts {
    pub fonts: parley::FontContext,
    pub layout: parley::LayoutContext<Ink>,
}

/// Which of a text's looks a run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ink {
    pub style: SpanStyle,
    /// Slanted by us, because the face has no italic.
    pub slanted: bool,
}
