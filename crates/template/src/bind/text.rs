//! Evaluating text layers: faces, spans and their marks, boxes in the line.

use super::node::Binder;
use super::{letters, paint};
use crate::bound::{Accent, Arc, DropCap, Fit, Font, Highlight, Inline, InlineIcon, Mark, Span, SpanStyle, Text};
use crate::eval::{Eval, Face};
use crate::expr::rich::{self, Run};
use crate::layer::{FontExpr, HighlightExpr, InlineExpr, MarkExpr, TextLayer};
use crate::locale::Case;

/// A face where a layer names a family of its own and nothing else.
const LINE_HEIGHT: f32 = 1.2;

impl Binder<'_> {
    pub(super) fn text(&self, text: &TextLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Text> {
        let mut runs = text.text.runs(eval)?;
        if let Some(case) = text.case {
            rich::map(&mut runs, |text| eval.formats.cased(text, case));
        }
        let inline = self.boxes(&text.inline, &mut runs, eval, list);
        if runs.iter().all(|run| run.style.inline.is_none() && run.text.trim().is_empty()) {
            return None;
        }
        let (font, face) = self::font(&text.font, None, eval);
        let accent = &text.accent;
        let corner = eval.roles.corner;
        let max = text.size.px(corner).max(1.0);
        let accent_font = accent.font.as_ref().map(|accent| self::font(accent, Some(&font), eval).0);
        let (mut spans, mut marks) = spans(runs, &text.marks, [&font, accent_font.as_ref().unwrap_or(&font)], eval);
        if text.fractions {
            spans = letters::fractions(spans);
        }
        if text.small_caps {
            spans = letters::small_caps(spans, |text| eval.formats.cased(text, Case::Upper));
        }
        let drop_cap = text.drop_cap.as_ref().map(|drop| {
            marks.push(mark(std::iter::once(&drop.mark), &font, eval));
            DropCap { lines: drop.lines, gap: drop.gap, mark: marks.len() as u16 - 1 }
        });
        Some(Text {
            field: self.field_name(&text.text, list),
            spans,
            fit: Fit {
                max,
                min: text.min_size.px(corner).clamp(1.0, max),
                max_lines: if text.arc.is_some() { 1 } else { text.max_lines },
                grow: text.short_grow,
            },
            color: paint::paint(&text.color, eval),
            picture: text.picture.as_ref().and_then(|picture| self.image(picture, eval, list)),
            stroke: text.stroke.as_ref().map(|stroke| paint::border(stroke, eval)),
            highlight: text.highlight.as_ref().map(|highlight| self::highlight(highlight, eval)),
            accent: Accent {
                color: accent.color.as_ref().map(|color| color.color(eval)),
                font: accent_font,
                underline: accent.underline,
                highlight: accent.highlight.as_ref().map(|highlight| self::highlight(highlight, eval)),
            },
            marks,
            inline,
            font,
            align: text.align,
            vertical_align: text.vertical_align,
            line_height: text.line_height.or_else(|| face?.line_height).unwrap_or(LINE_HEIGHT),
            tracking: text.tracking.or_else(|| face?.tracking).unwrap_or(0.0),
            ellipsis: text.ellipsis,
            balance: text.balance,
            hang: text.hang,
            script_adjust: text.script_adjust,
            tabular: text.tabular,
            features: text.features.clone(),
            strike: text.strike,
            underline: text.underline,
            drop_cap,
            arc: text.arc.as_ref().map(|arc| Arc {
                radius: arc.radius.px(corner).max(1.0),
                at: arc.at,
                sweep: arc.sweep,
                inside: arc.inside,
            }),
        })
    }

    /// The boxes that have something to show; runs of the others go, with the no-break space that glued them to a word.
    fn boxes(&self, exprs: &[InlineExpr], runs: &mut Vec<Run>, eval: &Eval<'_>, list: Option<usize>) -> Vec<Inline> {
        let mut shown = Vec::new();
        let places: Vec<Option<u16>> = exprs
            .iter()
            .map(|expr| {
                shown.push(self.inline(expr, eval, list)?);
                Some(shown.len() as u16 - 1)
            })
            .collect();
        for i in (0..runs.len()).rev() {
            let Some(named) = runs[i].style.inline else { continue };
            runs[i].style.inline = places[usize::from(named)];
            if runs[i].style.inline.is_some() {
                continue;
            }
            runs.remove(i);
            match i.checked_sub(1) {
                Some(before) if runs[before].text.ends_with('\u{a0}') => {
                    runs[before].text.pop();
                }
                None if runs.first().is_some_and(|run| run.text.starts_with('\u{a0}')) => {
                    runs[0].text.remove(0);
                }
                _ => {}
            }
        }
        shown
    }

    fn inline(&self, expr: &InlineExpr, eval: &Eval<'_>, list: Option<usize>) -> Option<Inline> {
        let image = expr.image.as_ref().and_then(|image| self.image(image, eval, list));
        let fill = expr.fill.as_ref().map(|fill| paint::paint(fill, eval));
        if image.is_none() && expr.icon.is_none() && fill.is_none() {
            return None;
        }
        let icon = expr.icon.clone().map(|form| InlineIcon {
            form,
            color: expr.color.as_ref().map(|color| paint::paint(color, eval)),
            padding: expr.padding,
        });
        Some(Inline { width: expr.width, height: expr.height, radius: expr.radius, shift: expr.shift, fill, image, icon })
    }
}

/// Spans, and what their marks together make of the text's face and of the accent's.
fn spans(runs: Vec<Run>, exprs: &[MarkExpr], fonts: [&Font; 2], eval: &Eval<'_>) -> (Vec<Span>, Vec<Mark>) {
    let mut known: Vec<(bool, u32)> = Vec::new();
    let mut marks = Vec::new();
    let mut spans = Vec::with_capacity(runs.len());
    for run in runs {
        let rich::Style { accent, marks: set, inline } = run.style;
        let mark = (set != 0).then(|| {
            known.iter().position(|other| *other == (accent, set)).unwrap_or_else(|| {
                known.push((accent, set));
                let chosen = exprs.iter().enumerate().filter(|(i, _)| set & (1 << i) != 0).map(|(_, expr)| expr);
                marks.push(mark(chosen, fonts[usize::from(accent)], eval));
                known.len() - 1
            }) as u16
        });
        if !run.text.is_empty() {
            spans.push(Span { text: run.text, style: SpanStyle { accent, mark, inline, ..SpanStyle::default() } });
        }
    }
    (spans, marks)
}

/// Several marks as one: a later one in the template's order wins, sizes and raises add up.
fn mark<'a>(exprs: impl Iterator<Item = &'a MarkExpr>, base: &Font, eval: &Eval<'_>) -> Mark {
    let mut all = Mark { color: None, font: None, size: 1.0, raise: 0.0, underline: false, strike: false };
    for expr in exprs {
        if let Some(font) = &expr.font {
            all.font = Some(self::font(font, Some(all.font.as_ref().unwrap_or(base)), eval).0);
        }
        all.color = expr.color.as_ref().map(|color| color.color(eval)).or(all.color);
        all.size *= expr.size;
        all.raise += expr.raise;
        all.underline |= expr.underline;
        all.strike |= expr.strike;
    }
    Mark { size: all.size.clamp(0.2, 5.0), raise: all.raise.clamp(-2.0, 2.0), ..all }
}

/// The face, and the role that gives its spacing. An accent without a face of its own starts from the text's.
fn font<'a>(expr: &FontExpr, base: Option<&Font>, eval: &Eval<'a>) -> (Font, Option<&'a Face>) {
    let face = expr.role.and_then(|role| eval.face(role));
    let mut font = match (face, &expr.family, base) {
        (Some(face), ..) => face.font.clone(),
        (None, Some(family), _) => Font { family: family.clone(), weight: 400.0, italic: false, width: 100.0, variations: Vec::new() },
        (None, None, Some(base)) => base.clone(),
        (None, None, None) => Font { family: String::new(), weight: 400.0, italic: false, width: 100.0, variations: Vec::new() },
    };
    font.weight = expr.weight.unwrap_or(font.weight);
    font.italic = expr.italic.unwrap_or(font.italic);
    font.width = expr.width.unwrap_or(font.width);
    for (tag, value) in &expr.variations {
        match font.variations.iter_mut().find(|(known, _)| known == tag) {
            Some(axis) => axis.1 = *value,
            None => font.variations.push((tag.clone(), *value)),
        }
    }
    (font, face)
}

fn highlight(highlight: &HighlightExpr, eval: &Eval<'_>) -> Highlight {
    Highlight {
        paint: paint::paint(&highlight.paint, eval),
        padding: highlight.padding,
        radius: highlight.radius.px(eval.roles.corner).max(0.0),
    }
}
