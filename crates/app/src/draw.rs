//! One size of a group, from a bound document to files. Everything that makes pictures comes through here, so that the
//! same input gives the same bytes whoever asks.

use std::time::{Duration, Instant};

use assets::{Digest, Need};
use render::{Engine, Format, Options, PictureError, RenderError, Scratch, TextFit, World};
use template::bound::{Image, Kind, Node, Source};
use template::{Bound, Document, Warning};

/// How long one picture may take.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How pictures are made and written.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    pub formats: Vec<Format>,
    /// 1 to 100.
    pub quality: u8,
    /// 0.1 to 4.
    pub scale: f32,
    pub watermark: bool,
    /// The scale that warnings speak of, where it is not this one: a preview is smaller than what it stands for.
    pub stands_for: Option<f32>,
    /// Codes of warnings (`text_overflow`) that fail their picture.
    pub fail_on: Vec<String>,
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub width: u32,
    pub height: u32,
    /// In the style's order.
    pub files: Vec<DrawnFile>,
    pub warnings: Vec<Warning>,
    /// How every text fits.
    pub texts: Vec<TextFit>,
    /// Drawing and writing, without waiting.
    pub time: Duration,
}

#[derive(Clone, Debug)]
pub struct DrawnFile {
    pub format: Format,
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
    let mut frame = render::render(engine, scratch, bound, world, &options).map_err(|error| match error {
        RenderError::Picture { error, field, .. } => DrawError::Picture { error, field },
        RenderError::Timeout => DrawError::Timeout,
        other @ RenderError::TooLarge { .. } => DrawError::Engine(other.to_string()),
    })?;
    warnings.append(&mut frame.warnings);
    if let Some(warning) = warnings.iter().find(|warning| style.fail_on.iter().any(|code| *code == code_of(warning))) {
        return Err(DrawError::Warned { warning: Box::new(warning.clone()), warnings });
    }
    let mut files = Vec::with_capacity(style.formats.len());
    for format in &style.formats {
        if late() {
            return Err(DrawError::Timeout);
        }
        let bytes = render::encode(scratch, &frame, *format, style.quality).map_err(|error| DrawError::Engine(error.to_string()))?;
        let sha256 = Digest::of(&bytes).to_string();
        files.push(DrawnFile { format: *format, bytes, sha256 });
    }
    let (width, height, texts) = (frame.width, frame.height, std::mem::take(&mut frame.texts));
    scratch.recycle(frame);
    Ok(Drawn { width, height, files, warnings, texts, time: start.elapsed() })
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
