//! One size of a group, from a bound document to files. Everything that makes pictures comes through here, so that the
//! same input gives the same bytes whoever asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assets::{Digest, Need};
use render::{About, Engine, Options, Picture, PictureError, RenderError, Scratch, TextFit, World, Writing};
use serde_json::{Map, Value};
use template::bound::{Image, Kind, Node, Source};
use template::{Bound, Brand, Document, Most, Severity, Size, Warning, WarningCode, platform};

use crate::{Encoding, thumbnail::thumbnail};

/// How long one picture may take.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How pictures are made and written.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    pub formats: Vec<Encoding>,
    /// 0.1 to 4.
    pub scale: f32,
    pub watermark: bool,
    /// The scale that warnings speak of, where it is not this one: a preview is smaller than what it stands for.
    pub stands_for: Option<f32>,
    /// Codes of warnings (`text_overflow`) that fail their picture.
    pub fail_on: Vec<String>,
    /// How each file is written.
    pub writing: Writing,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            formats: vec![Encoding::Png],
            scale: 1.0,
            watermark: false,
            stands_for: None,
            fail_on: Vec::new(),
            writing: Writing::default(),
        }
    }
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub width: u32,
    pub height: u32,
    /// In the style's order.
    pub files: Vec<DrawnFile>,
    /// WebP of at most 320 px, where the first file can't be read again to make one.
    pub thumbnail: Option<Vec<u8>>,
    pub warnings: Vec<Warning>,
    /// How every text fits.
    pub texts: Vec<TextFit>,
    /// Drawing and writing, without waiting.
    pub time: Duration,
}

#[derive(Clone, Debug)]
pub struct DrawnFile {
    pub format: Encoding,
    pub bytes: Vec<u8>,
    pub sha256: String,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawError {
    Picture {
        error: PictureError,
        field: Option<String>,
    },
    /// A warning that the caller will not have; all warnings are there.
    Warned {
        warning: Box<Warning>,
        warnings: Vec<Warning>,
    },
    Timeout,
    /// A fault of ours.
    Engine(String),
}

/// Binds, draws and writes nothing: `bound` is the result of [`template::bind()`], `warnings` what binding said.
///
/// # Errors
/// See [`DrawError`].
pub fn draw(
    engine: &Engine,
    scratch: &mut Scratch,
    bound: &Bound,
    mut warnings: Vec<Warning>,
    world: &dyn World,
    style: &Style,
) -> Result<Drawn, DrawError> {
    let start = Instant::now();
    let late = || start.elapsed() > DEADLINE;
    let options = Options { scale: style.scale, watermark: style.watermark, stands_for: style.stands_for, deadline: &late };
    let mut frame = render::render(engine, scratch, bound, world, &options)?;
    warnings.append(&mut frame.warnings);
    let unwanted = |warnings: &[Warning]| {
        let warning = warnings.iter().find(|warning| style.fail_on.iter().any(|code| *code == code_of(warning)))?;
        Some(DrawError::Warned { warning: Box::new(warning.clone()), warnings: warnings.to_vec() })
    };
    if let Some(error) = unwanted(&warnings) {
        return Err(error);
    }
    let mut files = Vec::with_capacity(style.formats.len());
    for format in &style.formats {
        if late() {
            return Err(DrawError::Timeout);
        }
        let bytes = match format.pixels() {
            Some(format) => render::write(scratch, &frame, format, &style.writing).map_err(RenderError::from)?,
            None if *format == Encoding::Svg => render::svg(engine, scratch, bound, world, &options, &style.writing)?.into_bytes(),
            None => render::pdf(engine, scratch, &[bound], world, &options, &style.writing)?,
        };
        warnings.extend(style.writing.max_bytes.and_then(|most| too_large(*format, bytes.len() as u64, most)));
        let sha256 = Digest::of(&bytes).to_string();
        files.push(DrawnFile { format: *format, bytes, sha256 });
    }
    if let Some(error) = unwanted(&warnings) {
        return Err(error);
    }
    let (width, height, texts) = (frame.width, frame.height, std::mem::take(&mut frame.texts));
    let thumbnail = if style.formats.first().is_some_and(|format| !format.is_readable()) {
        let pixels = Arc::new(frame.pixels);
        let opaque = frame.opaque;
        let picture = Picture { width, height, source_width: width, source_height: height, opaque, pixels, file: None };
        Some(thumbnail(&picture).map_err(DrawError::Engine)?)
    } else {
        scratch.recycle(frame);
        None
    };
    Ok(Drawn { width, height, files, thumbnail, warnings, texts, time: start.elapsed() })
}

impl From<RenderError> for DrawError {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Picture { error, field, .. } => Self::Picture { error, field },
            RenderError::Timeout => Self::Timeout,
            other @ (RenderError::TooLarge { .. } | RenderError::Export(_)) => Self::Engine(other.to_string()),
        }
    }
}

/// How a size's files are written, as its document says; `group` is the document's id. `description` is the alternative text, in `language`.
#[must_use]
pub fn writing(
    (group, document): (&str, &Document),
    size: &Size,
    quality: u8,
    description: String,
    language: &str,
    brand: Option<&Brand>,
) -> Writing {
    let output = document.output(size);
    let about = About {
        title: document.name().to_owned(),
        description,
        language: language.to_owned(),
        brand_kit: brand.map(|brand| brand.name.clone()).unwrap_or_default(),
        group: group.to_owned(),
        size: size.key.clone(),
    };
    Writing {
        quality,
        small: output.small,
        dpi: output.dpi,
        max_bytes: output.max_bytes.and_then(|most| match most {
            Most::Bytes(bytes) => Some(bytes),
            Most::Platform => platform::preset(&size.platform).and_then(|platform| platform.max_bytes).map(u64::from),
        }),
        about: output.metadata.then_some(about),
    }
}

/// A file that no quality makes small enough.
fn too_large(format: Encoding, bytes: u64, most: u64) -> Option<Warning> {
    let figure = |bytes: u64| Map::from_iter([("bytes".to_owned(), Value::from(bytes))]);
    (bytes > most).then(|| Warning {
        code: WarningCode::FileTooLarge,
        severity: Severity::Warning,
        field: None,
        message: format!("The {} has {bytes} bytes; it may have {most}.", format.label()),
        measured: figure(bytes),
        limit: figure(most),
    })
}

/// The code as answers write it.
#[must_use]
pub fn code_of(warning: &Warning) -> String {
    match serde_json::to_value(warning.code) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The picture's size in pixels at a scale, as the engine rounds it.
#[must_use]
pub fn pixels(width: u32, height: u32, scale: f64) -> (u32, u32) {
    let edge = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    (edge(width), edge(height))
}

/// What a picture of this group is decoded for: the largest canvas of **all** its sizes, so that a size drawn alone has
/// the same bytes as one drawn along with others. Logos stay within half of it.
#[must_use]
pub fn need(document: &Document, scale: f64, logo: bool) -> Need {
    let sizes = document.sizes();
    let width = sizes.iter().map(|size| size.width).max().unwrap_or(1);
    let height = sizes.iter().map(|size| size.height).max().unwrap_or(1);
    if logo {
        let (width, height) = pixels(width, height, scale / 2.0);
        Need::contain(width, height)
    } else {
        let (width, height) = pixels(width, height, scale);
        Need::cover(width, height)
    }
}

/// The keys of every picture that a bound size may ask for, and whether each is a logo.
#[must_use]
pub fn wanted(bound: &Bound) -> Vec<(String, bool)> {
    let mut keys = Vec::new();
    collect(&bound.nodes, &mut keys);
    keys.sort();
    keys.dedup_by(|a, b| a.0 == b.0);
    keys
}

fn collect(nodes: &[Node], keys: &mut Vec<(String, bool)>) {
    for node in nodes {
        match &node.kind {
            Kind::Image(image) => name(image, keys),
            Kind::Text(text) => {
                let inline = text.inline.iter().filter_map(|inline| inline.image.as_ref());
                inline.chain(&text.picture).for_each(|image| name(image, keys));
            }
            Kind::Group(children) => collect(children, keys),
            Kind::Stack(stack) => collect(&stack.children, keys),
            _ => {}
        }
    }
}

fn name(image: &Image, keys: &mut Vec<(String, bool)>) {
    match &image.source {
        Source::Picture(key) => keys.push((key.clone(), false)),
        Source::Logo { light, dark, any, .. } => keys.extend([light, dark, any].into_iter().flatten().map(|key| (key.clone(), true))),
    }
    keys.extend(image.fallback.iter().map(|key| (key.clone(), false)));
}
