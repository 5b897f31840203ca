//! Letters as paths.

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, NormalizedCoord, Size},
    outline::{DrawSettings, OutlinePen},
    raw::TableProvider as _,
};
use vello_cpu::kurbo::{Affine, BezPath};

use crate::{paint::SLANT, scene::TextRun};

/// The outlines of a run's glyphs where they stand; `None` for colour fonts and what can't be read.
pub fn outlines(run: &TextRun) -> Option<BezPath> {
    let font = FontRef::from_index(run.font.data.data(), run.font.index).ok()?;
    if font.colr().is_ok() || font.cbdt().is_ok() {
        return None;
    }
    let coords: Vec<NormalizedCoord> = run.coords.iter().map(|coord| NormalizedCoord::from_bits(*coord)).collect();
    let glyphs = font.outline_glyphs();
    let mut path = BezPath::new();
    for glyph in &run.glyphs {
        let Some(outline) = glyphs.get(GlyphId::new(glyph.id)) else { continue };
        let mut pen = Pen(BezPath::new());
        outline.draw(DrawSettings::unhinted(Size::new(run.size), LocationRef::new(&coords)), &mut pen).ok()?;
        let lean = if run.slanted { Affine::skew(SLANT, 0.0) } else { Affine::IDENTITY };
        path.extend(Affine::translate((f64::from(glyph.x), f64::from(glyph.y))) * lean * Affine::FLIP_Y * pen.0);
    }
    Some(run.turn.unwrap_or_default() * path)
}

struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to((cx, cy), (x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.curve_to((ax, ay), (bx, by), (x, y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}
