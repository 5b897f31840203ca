//! PDF by krilla: vectors, subset fonts and real text, one page for each size. No clock and no chance: the file's ids are
//! digests of what is in it.

mod font;
mod paint;
mod text;

use krilla::{
    Document, SerializeSettings,
    geom::{PathBuilder, Point, Rect as PageRect, Size, Transform},
    image::Image,
    mask::{Mask, MaskType},
    metadata::{Metadata, TextDirection},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, LineJoin, Stroke, StrokeDash},
    surface::Surface,
};
use template::{
    Bound,
    bound::{Blend, Direction},
};
use vello_cpu::kurbo::{Affine, BezPath, PathEl, Rect};

use super::{Group, Sheet, Walk, raster::Bitmap, raster::Raster, settle, settled};
use crate::{
    About, Engine, Format, Options, RenderError, Scratch, World, Writing,
    codec::best,
    scene::{Ink, Pen, TextOp},
};

/// Points of an inch, as PDF counts.
const POINTS: f32 = 72.0;

/// Pixels of an inch where nobody says it, as CSS counts them.
const DPI: f32 = 96.0;

/// Draws sizes as the pages of one file. `writing.quality` is that of photos in it; `writing.dpi` canvas pixels (after
/// `options.scale`) are an inch.
///
/// # Errors
/// Those of [`render`](crate::render()), and `Export` where the file can't be written.
pub fn pdf(
    engine: &Engine,
    scratch: &mut Scratch,
    pages: &[&Bound],
    world: &dyn World,
    options: &Options,
    writing: &Writing,
) -> Result<Vec<u8>, RenderError> {
    let mut at = |quality| written(engine, scratch, pages, world, options, &Writing { quality, ..writing.clone() });
    let first = at(writing.quality)?;
    match writing.max_bytes {
        Some(most) if first.len() as u64 > most => best(writing.quality, most, at),
        _ => Ok(first),
    }
}

fn written(
    engine: &Engine,
    scratch: &mut Scratch,
    pages: &[&Bound],
    world: &dyn World,
    options: &Options,
    writing: &Writing,
) -> Result<Vec<u8>, RenderError> {
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..SerializeSettings::default() });
    let mut fonts = font::Fonts::default();
    for bound in pages {
        page(&mut document, &mut fonts, engine, scratch, bound, world, options, writing)?;
    }
    let direction = match pages.first().map(|bound| bound.direction) {
        Some(Direction::Rtl) => TextDirection::RightToLeft,
        _ => TextDirection::LeftToRight,
    };
    let made_by = format!("RepeatPosts {}", env!("CARGO_PKG_VERSION"));
    let mut metadata = Metadata::new().text_direction(direction).creator(made_by.clone()).producer(made_by);
    if let Some(About { title, description, language, brand_kit, group, size }) = writing.about.clone() {
        let origin = [("template", group), ("size", size), ("kit", brand_kit)];
        let keywords = origin.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}:{value}")).collect();
        metadata = metadata.title(title).description(description).language(language).keywords(keywords);
    }
    document.set_metadata(metadata);
    document.finish().map_err(|error| RenderError::Export(format!("{error:?}")))
}

#[expect(clippy::too_many_arguments, reason = "what all pages share, and this one's document")]
fn page(
    document: &mut Document,
    fonts: &mut font::Fonts,
    engine: &Engine,
    scratch: &mut Scratch,
    bound: &Bound,
    world: &dyn World,
    options: &Options,
    writing: &Writing,
) -> Result<(), RenderError> {
    scratch.staged(engine, bound, options, |scene, tools, buffers| {
        let (deadline, quality, keeps_photos) = (options.deadline, writing.quality, writing.keeps_photos());
        let mut raster = Raster { tools, buffers, world, deadline, quality, keeps_photos };
        let settled = settled(scene, &mut raster)?;
        let mut scene = scene.clone();
        settle(&mut scene, &settled);
        let scale = POINTS / writing.dpi.map_or(DPI, |dpi| f32::from(dpi.max(1)));
        let (width, height) = (f32::from(scene.width) * scale, f32::from(scene.height) * scale);
        let size = PageSettings::from_wh(width, height).ok_or_else(|| RenderError::Export("an empty page".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        let mut sheet = Page { surface: &mut surface, fonts, open: Vec::new() };
        sheet.surface.push_transform(&Transform::from_scale(scale, scale));
        sheet.open.push(1);
        Walk { raster }.scene(&mut sheet, &scene)
    })
}

/// A page, or a mask on it.
struct Page<'s, 'd> {
    surface: &'s mut Surface<'d>,
    fonts: &'s mut font::Fonts,
    /// How many steps each open group took.
    open: Vec<usize>,
}

impl Drop for Page<'_, '_> {
    /// A surface must be left as it was found, after a fault too.
    fn drop(&mut self) {
        for _ in 0..self.open.iter().sum::<usize>() {
            self.surface.pop();
        }
    }
}

impl Page<'_, '_> {
    fn turned(&mut self, turn: Option<Affine>, draw: impl FnOnce(&mut Self)) {
        if let Some(turn) = turn {
            self.surface.push_transform(&transform(turn));
            draw(self);
            self.surface.pop();
        } else {
            draw(self);
        }
    }

    fn inked(&mut self, path: &BezPath, turn: Option<Affine>, fill: Option<Fill>, stroke: Option<Stroke>) {
        let Some(path) = outline(path, Affine::IDENTITY) else { return };
        self.turned(turn, |page| {
            page.surface.set_fill(fill);
            page.surface.set_stroke(stroke);
            page.surface.draw_path(&path);
        });
    }
}

impl Sheet for Page<'_, '_> {
    fn fill(&mut self, path: &BezPath, even_odd: bool, turn: Option<Affine>, ink: &Ink) -> bool {
        let Some(mut fill) = paint::fill(ink) else { return false };
        fill.rule = rule(even_odd);
        self.inked(path, turn, Some(fill), None);
        true
    }

    fn stroke(&mut self, path: &BezPath, turn: Option<Affine>, pen: &Pen, ink: &Ink) -> bool {
        let Some(fill) = paint::fill(ink) else { return false };
        let stroke = Stroke {
            paint: fill.paint,
            opacity: fill.opacity,
            width: pen.width as f32,
            miter_limit: 4.0,
            line_cap: paint::cap(pen.cap),
            line_join: LineJoin::Round,
            dash: pen.dash.map(|dash| StrokeDash { array: dash.map(|length| length as f32).to_vec(), offset: 0.0 }),
        };
        self.inked(path, turn, None, Some(stroke));
        true
    }

    fn text(&mut self, text: &TextOp) -> bool {
        text::draw(self, text)
    }

    fn unseen(&mut self, text: &TextOp) {
        text::unseen(self, text);
    }

    fn picture(&mut self, bitmap: &Bitmap, place: Rect, turn: Option<Affine>) {
        let data = bitmap.file.clone().into();
        let image = match bitmap.format {
            Format::Jpeg => Image::from_jpeg(data, true),
            _ => Image::from_png(data, true),
        };
        let (Ok(image), Some(size)) = (image, Size::from_wh(place.width() as f32, place.height() as f32)) else { return };
        self.turned(turn, |page| {
            page.surface.push_transform(&Transform::from_translate(place.x0 as f32, place.y0 as f32));
            page.surface.draw_image(image, size);
            page.surface.pop();
        });
    }

    fn open(&mut self, group: Group) {
        let steps = match group {
            Group::Clip(shape, turn) => {
                let clip = outline(&shape.path(), turn.unwrap_or_default());
                if let Some(clip) = clip.or_else(nothing) {
                    self.surface.push_clip_path(&clip, &rule(shape.even_odd()));
                    1
                } else {
                    0
                }
            }
            Group::Apart { at, opacity, blend } => {
                self.surface.push_transform(&Transform::from_translate(at.x as f32, at.y as f32));
                let mut steps = 1;
                if blend != Blend::Normal {
                    self.surface.push_blend_mode(paint::blend(blend));
                    steps += 1;
                }
                if opacity < 1.0 {
                    self.surface.push_opacity(NormalizedF32::new(opacity.max(0.0)).unwrap_or(NormalizedF32::ONE));
                    steps += 1;
                } else if blend != Blend::Normal {
                    self.surface.push_isolated();
                    steps += 1;
                }
                steps
            }
        };
        self.open.push(steps);
    }

    fn open_masked(&mut self, draw: &mut dyn FnMut(&mut dyn Sheet)) {
        let mut builder = self.surface.stream_builder();
        let mut surface = builder.surface();
        draw(&mut Page { surface: &mut surface, fonts: self.fonts, open: Vec::new() });
        surface.finish();
        let mask = Mask::new(builder.finish(), MaskType::Alpha);
        self.surface.push_mask(mask);
        self.open.push(1);
    }

    fn close(&mut self) {
        for _ in 0..self.open.pop().unwrap_or(0) {
            self.surface.pop();
        }
    }
}

fn rule(even_odd: bool) -> FillRule {
    if even_odd { FillRule::EvenOdd } else { FillRule::NonZero }
}

fn transform(affine: Affine) -> Transform {
    let [a, b, c, d, e, f] = affine.as_coeffs().map(|v| v as f32);
    Transform::from_row(a, b, c, d, e, f)
}

/// `None` where a path has no extent.
fn outline(path: &BezPath, by: Affine) -> Option<krilla::geom::Path> {
    let mut builder = PathBuilder::new();
    let at = |p: vello_cpu::kurbo::Point| {
        let p = by * p;
        Point::from_xy(p.x as f32, p.y as f32)
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => builder.move_to(at(p).x, at(p).y),
            PathEl::LineTo(p) => builder.line_to(at(p).x, at(p).y),
            PathEl::QuadTo(a, p) => builder.quad_to(at(a).x, at(a).y, at(p).x, at(p).y),
            PathEl::CurveTo(a, b, p) => builder.cubic_to(at(a).x, at(a).y, at(b).x, at(b).y, at(p).x, at(p).y),
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}

/// A clip that lets nothing through.
fn nothing() -> Option<krilla::geom::Path> {
    let mut builder = PathBuilder::new();
    builder.push_rect(PageRect::from_xywh(-2.0, -2.0, 1.0, 1.0)?);
    builder.finish()
}
