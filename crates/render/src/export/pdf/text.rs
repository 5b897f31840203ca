//! Glyph runs as text that can be searched and copied.

use krilla::{
    geom::Point,
    num::NormalizedF32,
    paint::Fill,
    text::{Font, GlyphId, KrillaGlyph},
};
use vello_cpu::kurbo::Affine;

use super::{super::outlines::outlines, Page, Sheet, paint};
use crate::{
    paint::SLANT,
    scene::{Ink, Pen, TextOp, TextRun},
};

/// Draws a text, unless only pixels can show it as it is meant.
pub fn draw(page: &mut Page, text: &TextOp) -> bool {
    // A letter that is turned by itself would turn its gradient along.
    let is_alone = |run: &TextRun| run.turn.is_none() || matches!(run.ink, Ink::Solid(_));
    // An outline that letters let through would be seen inside of them.
    let cut = text.stroke.is_some() && text.runs.iter().any(|run| !run.ink.opaque());
    let fills: Option<Vec<(Font, Fill)>> = text.runs.iter().map(|run| Some((page.fonts.get(run)?, paint::fill(&run.ink)?))).collect();
    let Some(fills) = fills.filter(|_| !cut && text.runs.iter().all(is_alone)) else { return false };
    if let Some((width, ink)) = &text.stroke {
        let pen = Pen { width: width * 2.0, dash: None, cap: template::bound::Cap::Round };
        for path in text.runs.iter().filter_map(outlines) {
            if !page.stroke(&path, text.turn, &pen, ink) {
                return false;
            }
        }
    }
    page.turned(text.turn, |page| {
        for (run, (font, fill)) in text.runs.iter().zip(fills) {
            glyphs(page, run, font, fill);
        }
    });
    true
}

/// Words without ink, above the picture that shows them.
pub fn unseen(page: &mut Page, text: &TextOp) {
    page.turned(text.turn, |page| {
        for run in &text.runs {
            if let Some(font) = page.fonts.get(run) {
                glyphs(page, run, font, Fill { opacity: NormalizedF32::ZERO, ..Fill::default() });
            }
        }
    });
}

fn glyphs(page: &mut Page, run: &TextRun, font: Font, fill: Fill) {
    let Some(first) = run.glyphs.first() else { return };
    let (start, baseline) = (first.x, first.y);
    let ends = run.glyphs.iter().skip(1).map(|glyph| Some(glyph.x)).chain([None]);
    let placed: Vec<KrillaGlyph> = run
        .glyphs
        .iter()
        .zip(&run.clusters)
        .zip(ends)
        .map(|((glyph, cluster), end)| KrillaGlyph {
            glyph_id: GlyphId::new(glyph.id),
            text_range: cluster.clone(),
            // The last one's is never used: nothing follows it.
            x_advance: end.map_or(0.0, |end| (end - glyph.x) / run.size),
            x_offset: 0.0,
            y_offset: (baseline - glyph.y) / run.size,
            y_advance: 0.0,
            location: None,
        })
        .collect();
    page.turned(run.turn, |page| {
        page.surface.set_stroke(None);
        page.surface.set_fill(Some(fill));
        let lean = run.slanted.then(|| {
            let (x, y) = (f64::from(start), f64::from(baseline));
            Affine::translate((x, y)) * Affine::skew(SLANT, 0.0) * Affine::translate((-x, -y))
        });
        page.turned(lean, |page| {
            page.surface.draw_glyphs(Point::from_xy(start, baseline), &placed, font, &run.text, run.size, false);
        });
    });
}
