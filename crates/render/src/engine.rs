//! The way in: engine, scratch space, and the three calls.

use template::{Bound, Warning};

use crate::{
    EncodeError, FontBytes, FontError, Fonts, Format, Frame, PictureError, TextFit, World, Writing, build,
    codec::{self, Pixels},
    layout::{self, Placed},
    paint,
    scene::{Op, Scene},
    text, warn, watermark,
};

/// Largest canvas side that is drawn, in pixels, scale included.
const MAX_SIDE: f32 = 8192.0;
/// Font sets that a scratch keeps contexts of.
const CONTEXTS: usize = 4;

/// Shared by all threads: fonts, and what is known about this machine.
pub struct Engine {
    fonts: Fonts,
    digest: String,
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
    /// Each with the digest of the fonts that it knows, the last used first.
    texts: Vec<(String, text::Contexts)>,
    paint: paint::Tools,
    /// Pixels handed back by `recycle`.
    spare: Vec<u8>,
}

/// How a picture is made.
pub struct Options<'a> {
    /// Multiplies the canvas and everything on it, .1 to 4.
    pub scale: f32,
    /// Marks the picture as a test.
    pub watermark: bool,
    /// The scale that warnings about pictures speak of, where it is not the one that is drawn: a preview's.
    pub stands_for: Option<f32>,
    /// Asked between stages; `true` ends the render with `RenderError::Timeout`.
    pub deadline: &'a (dyn Fn() -> bool + Sync),
}

impl Options<'_> {
    fn in_time(&self) -> Result<(), RenderError> {
        if (self.deadline)() { Err(RenderError::Timeout) } else { Ok(()) }
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { scale: 1.0, watermark: false, stands_for: None, deadline: &|| false }
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
    /// A vector file could not be written.
    #[error("the file could not be written: {0}")]
    Export(String),
}

impl From<EncodeError> for RenderError {
    fn from(error: EncodeError) -> Self {
        Self::Export(error.to_string())
    }
}

impl Engine {
    pub fn new(fonts: Fonts) -> Self {
        let digest = fonts.digest();
        Self { fonts, digest }
    }

    pub fn info(&self) -> EngineInfo {
        EngineInfo { version: env!("CARGO_PKG_VERSION"), target: target(), fonts: self.digest.clone() }
    }

    /// An engine with a team's own fonts beside these; see [`Fonts::with`]. The bytes are shared.
    ///
    /// # Errors
    /// Bytes that are no font.
    pub fn with(&self, files: &[(String, FontBytes)]) -> Result<Self, FontError> {
        Ok(Self::new(self.fonts.with(files)?))
    }

    /// Families that templates and kits may name, sorted.
    pub fn families(&self) -> Vec<String> {
        self.fonts.families()
    }

    /// Whether templates may name this family.
    pub fn has_family(&self, family: &str) -> bool {
        self.fonts.has_family(family)
    }
}

/// Rounding of curves differs between machines with and without fused multiply-add, and nowhere else.
fn target() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        let fused = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
        if fused { "x86-64-v3" } else { "x86-64-v2" }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        std::env::consts::ARCH
    }
}

impl Scratch {
    /// Takes back a frame's pixels, so that the next picture need not ask the system for memory.
    pub fn recycle(&mut self, frame: Frame) {
        self.spare = frame.pixels;
    }

    /// Lays out, and hands on the scene with what painting parts of it takes.
    pub(crate) fn staged<T>(
        &mut self,
        engine: &Engine,
        bound: &Bound,
        options: &Options,
        work: impl FnOnce(&Scene, &mut paint::Tools, &mut codec::Buffers) -> Result<T, RenderError>,
    ) -> Result<T, RenderError> {
        let canvas = canvas(bound, options)?;
        options.in_time()?;
        let placed = self.layout(engine, bound);
        options.in_time()?;
        let scene = scene(bound, &placed, &canvas, options);
        work(&scene, &mut self.paint, &mut self.codec)
    }

    fn layout<'a>(&mut self, engine: &Engine, bound: &'a Bound) -> Vec<Placed<'a>> {
        match self.texts.iter().position(|(digest, _)| *digest == engine.digest) {
            Some(known) => self.texts[..=known].rotate_right(1),
            None => {
                let contexts = text::Contexts { fonts: engine.fonts.context(), layout: parley::LayoutContext::new() };
                self.texts.truncate(CONTEXTS - 1);
                self.texts.insert(0, (engine.digest.clone(), contexts));
            }
        }
        layout::layout(&mut self.texts[0].1, &engine.fonts, bound)
    }
}

struct Canvas {
    scale: f32,
    width: u16,
    height: u16,
}

fn canvas(bound: &Bound, options: &Options) -> Result<Canvas, RenderError> {
    let scale = if options.scale.is_finite() { options.scale.clamp(0.1, 4.0) } else { 1.0 };
    let side = |side: u32| (side as f32 * scale).round().max(1.0);
    let (width, height) = (side(bound.width), side(bound.height));
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(RenderError::TooLarge { width: width as u32, height: height as u32 });
    }
    Ok(Canvas { scale, width: width as u16, height: height as u16 })
}

fn scene<'a>(bound: &'a Bound, placed: &'a [Placed<'a>], canvas: &Canvas, options: &Options) -> Scene<'a> {
    let mut scene = build::scene(bound, placed, canvas.scale, canvas.width, canvas.height);
    if options.watermark {
        watermark::mark(&mut scene);
    }
    scene
}

/// Draws one picture.
///
/// # Errors
/// A picture that can't be had and has no fallback, a passed deadline, or a canvas of more than 8192 pixels a side.
pub fn render(engine: &Engine, scratch: &mut Scratch, bound: &Bound, world: &dyn World, options: &Options) -> Result<Frame, RenderError> {
    let canvas = canvas(bound, options)?;
    options.in_time()?;
    let placed = scratch.layout(engine, bound);
    options.in_time()?;
    let scene = scene(bound, &placed, &canvas, options);
    let mut pixels = std::mem::take(&mut scratch.spare);
    let opaque = matches!(scene.ops.first(), Some(Op::Fill { ink, .. }) if bound.background.is_some() && ink.opaque());
    let notes = paint::paint(&mut scratch.paint, &mut scratch.codec, &scene, world, options.deadline, &mut pixels)?;
    let opaque = opaque || all_opaque(&pixels);
    let texts = warn::texts(&placed);
    let mut warnings = warn::layout(&engine.fonts, bound, &placed);
    warnings.extend(warn::paint(bound, &notes, options.stands_for.map_or(1.0, |full| full / canvas.scale)));
    if options.watermark {
        warnings.push(warn::watermark());
    }
    Ok(Frame { width: scene.width.into(), height: scene.height.into(), pixels, opaque, warnings, texts })
}

/// Whether every alpha is 255; whole blocks at a time, which becomes vector code.
fn all_opaque(rgba: &[u8]) -> bool {
    rgba.chunks(4096).all(|block| block.as_chunks::<4>().0.iter().fold(255, |all, pixel| all & pixel[3]) == 255)
}

/// Lays out without painting or asking for pictures: how every text fits, and what can be warned of by then.
pub fn measure(engine: &Engine, scratch: &mut Scratch, bound: &Bound) -> (Vec<TextFit>, Vec<Warning>) {
    let placed = scratch.layout(engine, bound);
    (warn::texts(&placed), warn::layout(&engine.fonts, bound, &placed))
}

/// Writes a frame as a file. `quality` is 1 to 100 and ignored by PNG.
///
/// # Errors
/// A size that the format can't hold, or a failing encoder.
pub fn encode(scratch: &mut Scratch, frame: &Frame, format: Format, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let pixels = Pixels { width: frame.width, height: frame.height, opaque: frame.opaque, rgba: &frame.pixels };
    codec::encode(&mut scratch.codec, pixels, format, quality)
}

/// Writes a frame as a file, as it is asked for; see [`codec::write`].
///
/// # Errors
/// A size that the format can't hold, or a failing encoder.
pub fn write(scratch: &mut Scratch, frame: &Frame, format: Format, writing: &Writing) -> Result<Vec<u8>, EncodeError> {
    let pixels = Pixels { width: frame.width, height: frame.height, opaque: frame.opaque, rgba: &frame.pixels };
    codec::write(&mut scratch.codec, pixels, format, writing)
}
