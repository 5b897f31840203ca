//! The way in: engine, scratch space, and the three calls.

use template::{Bound, Warning};

use crate::{
    EncodeError, Fonts, Format, Frame, PictureError, TextFit, World,
    codec::{self, Pixels},
};

/// Shared by all threads: fonts, and what is known about this machine.
pub struct Engine {
    fonts: Fonts,
}

/// What a picture's bytes depend on besides its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineInfo {
    pub version: &'static str,
    /// Instruction set that pixels are computed with, such as `x86-64-v3`.
    pub target: &'static str,
    /// SHA-256 of the font set, hex.
    pub fonts: String,
}

/// Buffers and contexts of one thread, kept from picture to picture. Never shared; large after large pictures.
#[derive(Default)]
pub struct Scratch {
    codec: codec::Buffers,
    /// Pixels handed back by `recycle`.
    spare: Vec<u8>,
}

/// How a picture is made.
pub struct Options<'a> {
    /// Multiplies the canvas and everything on it, .1 to 4.
    pub scale: f32,
    /// Marks the picture as a test.
    pub watermark: bool,
    /// Asked between stages; `true` ends the render with `RenderError::Timeout`.
    pub deadline: &'a (dyn Fn() -> bool + Sync),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { scale: 1.0, watermark: false, deadline: &|| false }
    }
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("{error} ({key})")]
    Picture { error: PictureError, field: Option<String>, key: String },
    #[error("the picture took too long")]
    Timeout,
    #[error("{width} × {height} pixels are too many")]
    TooLarge { width: u32, height: u32 },
}

impl Engine {
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
    }

    pub fn info(&self) -> EngineInfo {
        EngineInfo { version: env!("CARGO_PKG_VERSION"), target: "x86-64-v3", fonts: self.fonts.digest() }
    }

    /// Whether templates may name this family.
    pub fn has_family(&self, family: &str) -> bool {
        self.fonts.has_family(family)
    }
}

impl Scratch {
    /// Takes back a frame's pixels, so that the next picture need not ask the system for memory.
    pub fn recycle(&mut self, frame: Frame) {
        self.spare = frame.pixels;
    }
}

/// Draws one picture.
///
/// # Errors
/// A picture that can't be had and has no fallback, a passed deadline, or a canvas of more than 8192 pixels a side.
pub fn render(
    _engine: &Engine,
    _scratch: &mut Scratch,
    bound: &Bound,
    _world: &dyn World,
    _options: &Options,
) -> Result<Frame, RenderError> {
    Err(RenderError::TooLarge { width: bound.width, height: bound.height })
}

/// Lays out without painting or asking for pictures: how every text fits, and what can be warned of by then.
pub fn measure(_engine: &Engine, _scratch: &mut Scratch, _bound: &Bound) -> (Vec<TextFit>, Vec<Warning>) {
    (Vec::new(), Vec::new())
}

/// Writes a frame as a file. `quality` is 1 to 100 and ignored by PNG.
///
/// # Errors
/// A size that the format can't hold, or a failing encoder.
pub fn encode(scratch: &mut Scratch, frame: &Frame, format: Format, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let pixels = Pixels { width: frame.width, height: frame.height, opaque: frame.opaque, rgba: &frame.pixels };
    codec::encode(&mut scratch.codec, pixels, format, quality)
}
