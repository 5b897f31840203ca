//! The vello pass: everything that isn't a plain box, drawn over what is there.

use std::sync::Arc;

use template::bound;
use vello_cpu::{
    Image, ImageSource, PixelMetadata, Pixmap, PixmapMut, RasterizerSettings, RenderContext, RenderMode, RenderSettings, Resources,
    TargetInit,
    color::{AlphaColor, Srgb},
    kurbo::{Affine, Cap, Point, Rect, Stroke},
    peniko::{
        BlendMode, ColorStop, Compose, Fill, Gradient, ImageAlphaType, ImageQuality, ImageSampler, InterpolationAlphaSpace,
        LinearGradientPosition, Mix, RadialGradientPosition, SweepGradientPosition,
    },
};

use super::{Waiting, shadow::Masks};
use crate::{
    geometry::Outline,
    scene::{Hole, Ink, Op, Pen, TextOp, TextRun},
};

/// The context is kept: it owns large buffers.
#[derive(Default)]
pub struct Vector {
    context: Option<RenderContext>,
    resources: Resources,
    masks: Masks,
}

pub fn color(color: bound::Color) -> AlphaColor<Srgb> {
    AlphaColor::from_rgba8(color.r, color.g, color.b, color.a)
}

/// A pixmap that takes over the bytes; `None` if it has no area or is too large.
pub fn pixmap(pixels: Vec<u8>, width: usize, height: usize, opaque: bool) -> Option<Arc<Pixmap>> {
    let (w, h) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let metadata = PixelMetadata::new(ImageAlphaType::AlphaPremultiplied, !opaque);
    // Its vector must hold whole pixels only.
    let pixels = if pixels.capacity().is_multiple_of(4) { pixels } else { pixels.into_boxed_slice().into_vec() };
    (w > 0 && h > 0 && pixels.len() == width * height * 4).then(|| Arc::new(Pixmap::from_parts(pixels, w, h, metadata)))
}

impl Vector {
    /// Draws `waiting` over the canvas, on the rows that it touches only. `open` clips are still open at the end.
    pub fn pass(
        &mut self,
        pixels: &mut [u8],
        (width, height): (u16, u16),
        waiting: &[Waiting],
        open: usize,
        pictures: &[(usize, Arc<Pixmap>)],
    ) {
        let rows = waiting.iter().filter_map(|w| match w {
            Waiting::Op(op) => op.bounds(),
            Waiting::Picture { outline, turn, .. } => {
                let bounds = outline.bounds();
                Some(turn.map_or(bounds, |t| t.transform_rect_bbox(bounds)))
            }
        });
        let Some(touched) = rows.reduce(|a, b| a.union(b)) else { return };
        let top = (touched.y0.floor() - 1.0).clamp(0.0, height.into()) as u16;
        let bottom = (touched.y1.ceil() + 1.0).clamp(0.0, height.into()) as u16;
        if bottom <= top {
            return;
        }
        let rows = bottom - top;
        let mut context = match self.context.take() {
            Some(mut context) => {
                context.reset_and_resize(width, rows);
                context
            }
            None => RenderContext::new_with(width, rows, RenderSettings { num_threads: 0, ..Default::default() }),
        };
        let base = Affine::translate((0.0, -f64::from(top)));
        for one in waiting {
            match one {
                Waiting::Op(op) => self.op(&mut context, base, op),
                Waiting::Picture { at, outline, turn, opacity, x, y } => {
                    if let Some((_, image)) = pictures.get(*at) {
                        draw_image(
                            &mut context,
                            base * turn.unwrap_or_default(),
                            outline,
                            image.clone(),
                            (*x, *y),
                            *opacity,
                            turn.is_some(),
                        );
                    }
                }
            }
        }
        for _ in 0..open {
            context.pop_clip();
        }
        context.flush();
        let stride = usize::from(width) * 4;
        let band = &mut pixels[usize::from(top) * stride..usize::from(bottom) * stride];
        if let Some(target) = PixmapMut::new(width, rows, band) {
            let settings =
                RasterizerSettings { render_mode: RenderMode::OptimizeSpeed, target_init: TargetInit::SrcOver, ..Default::default() };
            context.render_with(target, &mut self.resources, settings);
        }
        self.context = Some(context);
    }

    fn op(&mut self, context: &mut RenderContext, base: Affine, op: &Op) {
        match op {
            Op::Fill { outline, turn, ink } => {
                context.set_transform(base * turn.unwrap_or_default());
                set_ink(context, ink);
                fill(context, outline);
            }
            Op::Stroke { outline, turn, pen, ink } => {
                context.set_transform(base * turn.unwrap_or_default());
                set_ink(context, ink);
                context.set_stroke(stroke(pen));
                context.stroke_path(&outline.path());
            }
            Op::Squares { rects, turn, color: c } => {
                context.set_transform(base * turn.unwrap_or_default());
                context.set_paint(color(*c));
                for rect in rects {
                    context.fill_rect(rect);
                }
            }
            Op::Shadow { rect, radii, turn, sigma, color, hole } => {
                let (pixels, w, h, x, y) = self.masks.image(*rect, *radii, *sigma, *color);
                let area = Rect::new(x, y, x + w as f64, y + h as f64);
                if let Some(image) = pixmap(pixels, w, h, false) {
                    let outline = around(area, *hole);
                    draw_image(context, base * turn.unwrap_or_default(), &outline, image, (x, y), 1.0, turn.is_some());
                }
            }
            Op::InnerShadow { rect, radii, turn, sigma, color, body } => {
                let (pixels, w, h) = self.masks.inner_image((*rect, *radii), *sigma, *color, body.rect);
                if let Some(image) = pixmap(pixels, w, h, false) {
                    let outline = Outline::Box { rect: body.rect, radii: body.radii };
                    let corner = (body.rect.x0, body.rect.y0);
                    draw_image(context, base * turn.unwrap_or_default(), &outline, image, corner, 1.0, turn.is_some());
                }
            }
            Op::Text(text) => self.text(context, base * text.turn.unwrap_or_default(), text),
            Op::PushOpacity(opacity) => {
                context.set_transform(base);
                context.push_opacity_layer(*opacity);
            }
            Op::PopOpacity => context.pop_layer(),
            Op::PushClip { outline, turn } => {
                context.set_transform(base * turn.unwrap_or_default());
                context.set_fill_rule(if outline.even_odd() { Fill::EvenOdd } else { Fill::NonZero });
                context.push_clip_path(&outline.path());
                context.set_fill_rule(Fill::NonZero);
            }
            Op::PopClip => context.pop_clip(),
            Op::Picture { .. } | Op::Layer(_) | Op::Backdrop { .. } | Op::Grain { .. } => {}
        }
    }

    fn text(&mut self, context: &mut RenderContext, transform: Affine, text: &TextOp) {
        context.set_transform(transform);
        if let Some((width, ink)) = &text.stroke {
            // Twice the width: the inner half lies under the letters, or is cut out where they let it through.
            context.set_stroke(Stroke::new(width * 2.0));
            let cut = text.runs.iter().any(|run| !run.ink.opaque());
            if cut {
                context.push_blend_layer(BlendMode::default());
            }
            set_ink(context, ink);
            self.glyphs(context, transform, text, true, |_| None);
            if cut {
                context.push_blend_layer(BlendMode::new(Mix::Normal, Compose::DestOut));
                self.glyphs(context, transform, text, false, |_| Some(Ink::Solid(bound::Color { r: 0, g: 0, b: 0, a: 255 })));
                context.pop_layer();
                context.pop_layer();
            }
        }
        self.glyphs(context, transform, text, false, |run| Some(run.ink.clone()));
    }

    /// Fills or strokes all glyphs; `ink` none keeps the paint that is set.
    fn glyphs(
        &mut self,
        context: &mut RenderContext,
        transform: Affine,
        text: &TextOp,
        stroked: bool,
        ink: impl Fn(&TextRun) -> Option<Ink>,
    ) {
        for run in &text.runs {
            if let Some(turn) = run.turn {
                context.set_transform(transform * turn);
            }
            if let Some(ink) = ink(run) {
                if ink.invisible() {
                    continue;
                }
                set_ink(context, &ink);
            }
            let builder = context.glyph_run(&mut self.resources, &run.font).font_size(run.size).hint(false).normalized_coords(&run.coords);
            let builder = if run.slanted { builder.glyph_transform(Affine::skew(SLANT, 0.0)) } else { builder };
            let glyphs = run.glyphs.iter().copied();
            // Glyphs that can't be drawn (none of ours) are skipped.
            let _skipped = if stroked { builder.stroke_glyphs(glyphs) } else { builder.fill_glyphs(glyphs) };
        }
        context.reset_paint_transform();
    }

    /// How much of each pixel the open clips let through, as the alpha of `pixels`.
    pub fn clips(&mut self, pixels: &mut [u8], size: (u16, u16), brackets: &[&Op], bounds: Rect) {
        let white = Ink::Solid(bound::Color { r: 255, g: 255, b: 255, a: 255 });
        let all = Op::Fill { outline: Outline::Box { rect: bounds, radii: [0.0; 4] }, turn: None, ink: white };
        let waiting: Vec<Waiting> = brackets.iter().copied().chain([&all]).map(Waiting::Op).collect();
        self.pass(pixels, size, &waiting, brackets.len(), &[]);
    }
}

/// Tangent of about 12 degrees; glyph space has y downwards.
pub const SLANT: f64 = -0.21;

/// A shadow's area without the box, unless the box will cover it anyway.
fn around(area: Rect, hole: Hole) -> Outline {
    let mut path = crate::geometry::rounded(area, [0.0; 4]);
    if !hole.covered {
        path.extend(crate::geometry::rounded(hole.rect, hole.radii));
    }
    Outline::Path { path, even_odd: true }
}

fn fill(context: &mut RenderContext, outline: &Outline) {
    match outline {
        Outline::Box { rect, radii: [0.0, 0.0, 0.0, 0.0] } => context.fill_rect(rect),
        outline => {
            context.set_fill_rule(if outline.even_odd() { Fill::EvenOdd } else { Fill::NonZero });
            context.fill_path(&outline.path());
            context.set_fill_rule(Fill::NonZero);
        }
    }
}

fn draw_image(
    context: &mut RenderContext,
    transform: Affine,
    outline: &Outline,
    image: Arc<Pixmap>,
    (x, y): (f64, f64),
    opacity: f32,
    smooth: bool,
) {
    let quality = if smooth { ImageQuality::Medium } else { ImageQuality::Low };
    context.set_transform(transform);
    if opacity < 1.0 {
        context.push_opacity_layer(opacity);
    }
    context.set_paint(Image { image: ImageSource::Pixmap(image), sampler: ImageSampler { quality, ..Default::default() } });
    context.set_paint_transform(Affine::translate((x, y)));
    fill(context, outline);
    context.reset_paint_transform();
    if opacity < 1.0 {
        context.pop_layer();
    }
}

fn stroke(pen: &Pen) -> Stroke {
    let cap = match pen.cap {
        bound::Cap::Butt => Cap::Butt,
        bound::Cap::Round => Cap::Round,
        bound::Cap::Square => Cap::Square,
    };
    let stroke = Stroke::new(pen.width).with_caps(cap);
    match pen.dash {
        Some(dash) => stroke.with_dashes(0.0, dash),
        None => stroke,
    }
}

fn set_ink(context: &mut RenderContext, ink: &Ink) {
    let list = |stops: &[(f32, bound::Color)]| -> Vec<ColorStop> {
        stops.iter().map(|(offset, c)| ColorStop::from((offset.clamp(0.0, 1.0), color(*c)))).collect()
    };
    context.reset_paint_transform();
    match ink {
        Ink::Solid(solid) => context.set_paint(color(*solid)),
        Ink::Linear { from, to, stops } => {
            let kind = LinearGradientPosition { start: *from, end: *to }.into();
            context.set_paint(gradient(Gradient { kind, ..Default::default() }, &list(stops)));
        }
        Ink::Conic { centre, angle, stops } => {
            // Angles outside of one turn would be cut off: the paint is turned in their place.
            let kind = SweepGradientPosition { center: Point::ZERO, start_angle: 0.0, end_angle: std::f32::consts::TAU }.into();
            context.set_paint(gradient(Gradient { kind, ..Default::default() }, &list(stops)));
            let (sin, cos) = (libm::sin(*angle), libm::cos(*angle));
            context.set_paint_transform(Affine::new([cos, sin, -sin, cos, centre.x, centre.y]));
        }
        Ink::Radial { centre, radii, stops } => {
            let kind = RadialGradientPosition::new((0.0, 0.0), 1.0).into();
            context.set_paint(gradient(Gradient { kind, ..Default::default() }, &list(stops)));
            context.set_paint_transform(Affine::translate((centre.x, centre.y)) * Affine::scale_non_uniform(radii.0, radii.1));
        }
    }
}

/// Colours are mixed premultiplied, as CSS does, so that fading out doesn't go grey.
fn gradient(mut gradient: Gradient, stops: &[ColorStop]) -> Gradient {
    gradient.interpolation_alpha_space = InterpolationAlphaSpace::Premultiplied;
    gradient.with_stops(stops)
}
