//! Scenes as vector files. What the file's format can say stays vectors and text; the rest is painted and put in as a
//! picture, with its text unseen above it, so that every word can be searched and copied.

mod outlines;
mod pdf;
mod raster;
mod stops;
mod svg;

pub use pdf::pdf;
pub use svg::svg;

use template::bound::{Blend, Image, Source};
use vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape as _, Vec2};

use crate::{
    RenderError,
    geometry::Outline,
    scene::{Ink, Layer, Op, Pen, Scene, TextOp},
};
use raster::{Bitmap, Raster};

/// What takes a scene. Methods that say whether they could leave nothing behind where they couldn't.
trait Sheet {
    fn fill(&mut self, path: &BezPath, even_odd: bool, turn: Option<Affine>, ink: &Ink) -> bool;
    fn stroke(&mut self, path: &BezPath, turn: Option<Affine>, pen: &Pen, ink: &Ink) -> bool;
    fn text(&mut self, text: &TextOp) -> bool;
    /// What a picture says, to be found and copied.
    fn unseen(&mut self, text: &TextOp);
    fn picture(&mut self, bitmap: &Bitmap, place: Rect, turn: Option<Affine>);
    /// Everything up to `close` belongs to the group.
    fn open(&mut self, group: Group);
    /// Everything up to `close` is cut by the alpha of what `draw` draws.
    fn open_masked(&mut self, draw: &mut dyn FnMut(&mut dyn Sheet));
    fn close(&mut self);
}

enum Group<'a> {
    Clip(&'a Outline, Option<Affine>),
    /// Drawn apart, its corner at a point, and laid over the rest as a whole.
    Apart {
        at: Point,
        opacity: f32,
        blend: Blend,
    },
}

/// A scene on its way into a sheet.
struct Walk<'w> {
    raster: Raster<'w>,
}

impl Walk<'_> {
    fn scene(&mut self, sheet: &mut dyn Sheet, scene: &Scene) -> Result<(), RenderError> {
        (0..scene.ops.len()).try_for_each(|at| self.op(sheet, scene, at))
    }

    fn op(&mut self, sheet: &mut dyn Sheet, scene: &Scene, at: usize) -> Result<(), RenderError> {
        let op = &scene.ops[at];
        match op {
            Op::Fill { outline, turn, ink } => {
                if !sheet.fill(&outline.path(), outline.even_odd(), *turn, ink) {
                    self.painted(sheet, scene, op)?;
                }
            }
            Op::Stroke { outline, turn, pen, ink } => {
                if !sheet.stroke(&outline.path(), *turn, pen, ink) {
                    self.painted(sheet, scene, op)?;
                }
            }
            Op::Squares { rects, turn, color } => {
                let path = rects.iter().flat_map(|rect| rect.path_elements(0.1)).collect();
                sheet.fill(&path, false, *turn, &Ink::Solid(*color));
            }
            Op::Text(text) => {
                if !sheet.text(text) {
                    self.painted(sheet, scene, op)?;
                    sheet.unseen(text);
                }
            }
            Op::Shadow { .. } | Op::InnerShadow { .. } | Op::Grain { .. } => self.painted(sheet, scene, op)?,
            Op::Picture { image, rect, radii, turn, opacity } => self.picture(sheet, image, (*rect, *radii), *turn, *opacity)?,
            Op::Backdrop { outline, turn, filter, .. } => {
                let reach = (filter.sigma * 3.0).ceil();
                self.backdrop(sheet, scene, at, outline, *turn, reach)?;
            }
            Op::Layer(layer) if layer.filter.is_none() && !looks_behind(&layer.scene) => self.layer(sheet, layer)?,
            Op::Layer(layer) => self.painted_layer(sheet, scene, layer)?,
            Op::PushOpacity(opacity) => sheet.open(Group::Apart { at: Point::ZERO, opacity: *opacity, blend: Blend::Normal }),
            Op::PushClip { outline, turn } => sheet.open(Group::Clip(outline, *turn)),
            Op::PopOpacity | Op::PopClip => sheet.close(),
        }
        Ok(())
    }

    /// An op that only pixels can show.
    fn painted(&mut self, sheet: &mut dyn Sheet, scene: &Scene, op: &Op) -> Result<(), RenderError> {
        let bitmap = self.raster.draw(vec![op.clone()], op.bounds().unwrap_or_default(), scene.canvas())?;
        if let Some(bitmap) = bitmap {
            sheet.picture(&bitmap, bitmap.area, None);
        }
        Ok(())
    }

    fn picture(
        &mut self,
        sheet: &mut dyn Sheet,
        image: &Image,
        (rect, radii): (Rect, [f64; 4]),
        turn: Option<Affine>,
        opacity: f32,
    ) -> Result<(), RenderError> {
        let (width, height) = (rect.width().round().max(1.0), rect.height().round().max(1.0));
        if width.max(height) > f64::from(u16::MAX) {
            return Err(RenderError::TooLarge { width: width as u32, height: height as u32 });
        }
        let own = Rect::new(0.0, 0.0, width, height);
        let alone = Op::Picture { image, rect: own, radii: [0.0; 4], turn: None, opacity: 1.0 };
        let bitmap = match self.raster.own(image, own.size()) {
            Some(bitmap) => Some(bitmap),
            None => self.raster.draw(vec![alone], own, own)?,
        };
        let Some(bitmap) = bitmap else { return Ok(()) };
        let stretch = Affine::translate(rect.origin().to_vec2()) * Affine::scale_non_uniform(rect.width() / width, rect.height() / height);
        let outline = Outline::Box { rect, radii };
        sheet.open(Group::Apart { at: Point::ZERO, opacity, blend: Blend::Normal });
        sheet.open(Group::Clip(&outline, turn));
        sheet.picture(&bitmap, stretch.transform_rect_bbox(bitmap.area), turn);
        sheet.close();
        sheet.close();
        Ok(())
    }

    /// The changed ground as a picture of all that was drawn so far, inside of the outline.
    fn backdrop(
        &mut self,
        sheet: &mut dyn Sheet,
        scene: &Scene,
        at: usize,
        outline: &Outline,
        turn: Option<Affine>,
        reach: f64,
    ) -> Result<(), RenderError> {
        let mut ops = scene.ops[..=at].to_vec();
        let mut open = Vec::new();
        for op in &scene.ops[..at] {
            match op {
                Op::PushOpacity(_) => open.push(Op::PopOpacity),
                Op::PushClip { .. } => open.push(Op::PopClip),
                Op::PopOpacity | Op::PopClip => drop(open.pop()),
                _ => {}
            }
        }
        ops.extend(open.into_iter().rev());
        let bounds = scene.ops[at].bounds().unwrap_or_default();
        if let Some(bitmap) = self.raster.draw(ops, bounds.inflate(reach, reach), scene.canvas())? {
            sheet.open(Group::Clip(outline, turn));
            sheet.picture(&bitmap, bitmap.area, None);
            sheet.close();
        }
        Ok(())
    }

    fn layer(&mut self, sheet: &mut dyn Sheet, layer: &Layer) -> Result<(), RenderError> {
        sheet.open(Group::Apart { at: layer.bounds().origin(), opacity: layer.opacity, blend: layer.blend });
        if let Some(mask) = &layer.mask {
            let mut drawn = Ok(());
            sheet.open_masked(&mut |inner| drawn = self.scene(inner, mask));
            drawn?;
        }
        self.scene(sheet, &layer.scene)?;
        if layer.mask.is_some() {
            sheet.close();
        }
        sheet.close();
        Ok(())
    }

    fn painted_layer(&mut self, sheet: &mut dyn Sheet, scene: &Scene, layer: &Layer) -> Result<(), RenderError> {
        let plain = Layer { opacity: 1.0, blend: Blend::Normal, ..layer.clone() };
        let bounds = layer.bounds();
        sheet.open(Group::Apart { at: Point::ZERO, opacity: layer.opacity, blend: layer.blend });
        if let Some(bitmap) = self.raster.draw(vec![Op::Layer(plain)], bounds, scene.canvas())? {
            sheet.picture(&bitmap, bitmap.area, None);
        }
        sheet.close();
        unseen(sheet, &layer.scene, bounds.origin().to_vec2());
        Ok(())
    }
}

/// Puts in the words of a scene that a picture shows.
fn unseen(sheet: &mut dyn Sheet, scene: &Scene, by: Vec2) {
    for op in &scene.ops {
        match op {
            Op::Text(text) => {
                let mut text = text.clone();
                text.move_by(by);
                sheet.unseen(&text);
            }
            Op::Layer(layer) => unseen(sheet, &layer.scene, by + layer.bounds().origin().to_vec2()),
            _ => {}
        }
    }
}

/// Whether something in a scene depends on the pixels behind it.
fn looks_behind(scene: &Scene) -> bool {
    scene.ops.iter().any(|op| match op {
        Op::Backdrop { .. } => true,
        Op::Layer(layer) => looks_behind(&layer.scene),
        _ => false,
    })
}

/// Every picture that the scene draws.
fn images<'s>(scene: &'s Scene, found: &mut Vec<&'s Image>) {
    for op in &scene.ops {
        match op {
            Op::Picture { image, .. } => found.push(image),
            Op::Layer(layer) => {
                images(&layer.scene, found);
                layer.mask.iter().for_each(|mask| images(mask, found));
            }
            _ => {}
        }
    }
}

/// Puts the variants that were painted in the place of logos, which look at the ground behind them.
fn settle<'s>(scene: &mut Scene<'s>, settled: &'s [(usize, Image)]) {
    for op in &mut scene.ops {
        match op {
            Op::Picture { image, .. } => {
                let address = std::ptr::from_ref(*image).addr();
                if let Some((_, chosen)) = settled.iter().find(|(of, _)| *of == address) {
                    *image = chosen;
                }
            }
            Op::Layer(layer) => {
                settle(&mut layer.scene, settled);
                layer.mask.iter_mut().for_each(|mask| settle(mask, settled));
            }
            _ => {}
        }
    }
}

/// The scene's logos with the variants that painting it chose.
fn settled(scene: &Scene, raster: &mut Raster) -> Result<Vec<(usize, Image)>, RenderError> {
    let mut found = Vec::new();
    images(scene, &mut found);
    if !found.iter().any(|image| matches!(image.source, Source::Logo { .. })) {
        return Ok(Vec::new());
    }
    let chosen = raster.logos(scene)?;
    let with = |image: &&Image| {
        let address = std::ptr::from_ref(*image).addr();
        let (_, key) = chosen.iter().find(|(of, _)| *of == address)?;
        Some((address, Image { source: Source::Picture(key.clone()), ..(*image).clone() }))
    };
    Ok(found.iter().filter_map(with).collect())
}
