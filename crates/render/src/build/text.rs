//! Text: glyphs on whole-pixel baselines, highlights behind them, rules through and under them.

use template::bound::{Blend, Color, Highlight, Image, SpanStyle, Text};
use vello_cpu::kurbo::{Point, Rect};

use super::{Body, Builder, ink};
use crate::{
    geometry::{self, Outline},
    layout::Placed,
    scene::{Check, Ink, Layer, Op, Scene, TextOp, TextRun},
    text::{Fitted, Line},
};

/// What a line's letters take above and below the baseline, in em.
const ABOVE: f64 = 0.8;
const BELOW: f64 = 0.22;

impl<'a> Builder<'a> {
    pub fn text(&mut self, placed: &Placed, spec: &'a Text, fitted: &Fitted, body: &Body) {
        if let Some(arc) = &spec.arc {
            return self.arc(placed, spec, arc, fitted, body);
        }
        let scale = self.scale;
        let top = placed.text_top(spec, fitted);
        let left = f64::from(placed.frame.x) * scale;
        let block = block(fitted, left, top, scale);
        let inked = |paint| ink::ink(paint, block, placed.mirrored).faded(body.fade);
        let plain = inked(&spec.color);
        let accent = spec.accent.color.map_or_else(|| plain.clone(), |color| Ink::Solid(color).faded(body.fade));
        let stroke = spec.stroke.as_ref().map(|stroke| (f64::from(stroke.width) * scale, inked(&stroke.paint)));
        let mut op = TextOp { runs: Vec::new(), turn: body.turn, boxes: Vec::new(), check: None, stroke };
        let mut rules = Vec::new();
        let mut marked = Vec::new();
        for line in &fitted.lines {
            let baseline = (top + f64::from(line.baseline)) * scale;
            // Whole pixels keep stems of neighbouring lines alike.
            let baseline = if body.turn.is_none() { baseline.round() } else { baseline };
            let size = f64::from(fitted.size) * scale;
            let x = left + f64::from(line.x) * scale;
            op.boxes.push(Rect::new(x, baseline - 0.75 * size, x + f64::from(line.width) * scale, baseline + 0.2 * size));
            marked.push((accents(line, left, scale), baseline));
            for run in &line.runs {
                let mark = spec.mark(run.ink.style);
                let marked = mark.and_then(|mark| mark.color).map(|color| Ink::Solid(color).faded(body.fade));
                let ink = marked.as_ref().unwrap_or(if run.ink.style.accent { &accent } else { &plain });
                let at = |offset: f64, weight: f64| {
                    let (x0, em) = (left + f64::from(run.x) * scale, f64::from(run.size) * scale);
                    let thick = (em * weight).round().max(1.0);
                    let y = (baseline + em * offset - f64::from(run.raise) * scale).round();
                    Rect::new(x0, y, x0 + f64::from(run.advance) * scale, y + thick)
                };
                if spec.underline || (run.ink.style.accent && spec.accent.underline) || mark.is_some_and(|mark| mark.underline) {
                    rules.push((at(0.11, 0.065), ink.clone()));
                }
                if spec.strike || mark.is_some_and(|mark| mark.strike) {
                    rules.push((at(-0.3, 0.06), ink.clone()));
                }
                op.runs.push(TextRun {
                    font: run.font.clone(),
                    size: (f64::from(run.size) * scale) as f32,
                    coords: run.coords.clone(),
                    glyphs: run
                        .glyphs
                        .iter()
                        .map(|g| vello_cpu::Glyph {
                            id: g.id,
                            x: (left + f64::from(g.x) * scale) as f32,
                            y: (baseline + f64::from(g.y) * scale) as f32,
                        })
                        .collect(),
                    text: run.text.clone(),
                    clusters: run.clusters.clone(),
                    ink: ink.clone(),
                    slanted: run.ink.slanted,
                    turn: None,
                });
            }
        }
        let em = f64::from(fitted.size) * scale;
        if let Some(highlight) = &spec.highlight {
            let lines = op.boxes.iter().zip(&marked).map(|(line, (_, baseline))| (vec![(line.x0, line.x1)], *baseline)).collect();
            self.highlight(highlight, lines, em, placed.mirrored, body);
        }
        if let Some(highlight) = &spec.accent.highlight {
            self.highlight(highlight, marked.clone(), em, placed.mirrored, body);
        }
        let turn = body.turn;
        let rules = rules.into_iter().map(|(rect, ink)| Op::Fill { outline: Outline::Box { rect, radii: [0.0; 4] }, turn, ink });
        match &spec.picture {
            Some(image) => {
                let white = Ink::Solid(Color { r: 255, g: 255, b: 255, a: 255 });
                op.runs.iter_mut().for_each(|run| run.ink = white.clone());
                let letters = std::iter::once(Op::Text(op)).chain(rules).collect();
                self.in_letters(image, block.inflate(0.1 * em, 0.1 * em), letters, body);
            }
            None => {
                op.check = Some(self.check(placed, spec, fitted, &op, &marked, [&plain, &accent]));
                self.ops.push(Op::Text(op));
                self.ops.extend(rules);
            }
        }
        self.inline(spec, fitted, (left, top), &plain, body, placed.mirrored);
    }

    /// A picture that is seen through letters. Their contrast is the picture's own: it is not measured.
    fn in_letters(&mut self, image: &'a Image, block: Rect, letters: Vec<Op<'a>>, body: &Body) {
        // Letters reach a little beyond their lines.
        let rect = super::snapped(block);
        let picture = Op::Picture { image, rect, radii: [0.0; 4], turn: body.turn, opacity: body.fade };
        let [scene, mask] = [vec![picture], letters].map(|ops| Scene { width: 0, height: 0, ops });
        let layer = Layer { scene, x: 0, y: 0, opacity: 1.0, blend: Blend::Normal, filter: None, mask: Some(mask) };
        self.layer(layer, 0.0);
    }

    /// What the contrast is measured for: the colours of all letters on all lines, or those of accents apart where they
    /// stand on a ground of their own.
    pub fn check(
        &self,
        placed: &Placed,
        spec: &Text,
        fitted: &Fitted,
        op: &TextOp,
        marked: &[(Vec<(f64, f64)>, f64)],
        [plain, accent]: [&Ink; 2],
    ) -> Check {
        let shown = |ink: &Ink| match &op.stroke {
            Some((_, stroke)) if ink.invisible() => stroke.colors(),
            _ => ink.colors(),
        };
        let em = f64::from(fitted.size) * self.scale;
        let accented: Vec<Rect> = marked
            .iter()
            .flat_map(|(spans, baseline)| spans.iter().map(move |(x0, x1)| Rect::new(*x0, baseline - 0.75 * em, *x1, baseline + 0.2 * em)))
            .collect();
        let mut colors = vec![(shown(plain), op.boxes.clone())];
        // A mark on an accent's own ground is the template's choice of both.
        let grounded = |style: SpanStyle| style.accent && spec.accent.highlight.is_some();
        let marks = spec.spans.iter().filter(|span| !grounded(span.style)).filter_map(|span| spec.mark(span.style)?.color);
        colors[0].0.extend(marks);
        if !accented.is_empty() && accent != plain {
            if spec.accent.highlight.is_some() {
                let rest =
                    |line: &Rect| accented.iter().filter(|part| part.y0 == line.y0).fold(vec![*line], |rest, part| without(rest, *part));
                colors[0].1 = op.boxes.iter().flat_map(rest).collect();
                colors.push((shown(accent), accented));
            } else {
                colors[0].0.extend(shown(accent));
            }
        }
        // Sizes as on a canvas of 1080 pixels.
        let share = fitted.size / self.short.max(1.0);
        let large = share >= 0.062 || (share >= 0.048 && spec.font.weight >= 600.0);
        Check { id: placed.node.id.clone(), field: spec.field.clone(), colors, large, paragraph: fitted.lines.len() >= 3 && !large }
    }

    /// `lines`: from where to where, and the baseline.
    fn highlight(&mut self, highlight: &Highlight, lines: Vec<(Vec<(f64, f64)>, f64)>, em: f64, mirrored: bool, body: &Body) {
        let [top, right, bottom, left] = highlight.padding.map(|share| f64::from(share) * em);
        let radius = f64::from(highlight.radius) * self.scale;
        let padded = |spans: Vec<(f64, f64)>, baseline: f64| -> Vec<Rect> {
            let one = |(x0, x1)| Rect::new(x0 - left, baseline - ABOVE * em - top, x1 + right, baseline + BELOW * em + bottom);
            spans.into_iter().map(one).collect()
        };
        // Blocks that lie over one another are one outline.
        let mut chains: Vec<Vec<Rect>> = Vec::new();
        let mut last_line = 0;
        for (i, (spans, baseline)) in lines.into_iter().enumerate() {
            for (first, rect) in padded(spans, baseline).into_iter().enumerate().map(|(at, rect)| (at == 0, rect)) {
                match chains.last_mut().and_then(|chain| chain.last().copied().map(|last| (chain, last))) {
                    Some((chain, last)) if first && last_line + 1 == i && last.x0 < rect.x1 && rect.x0 < last.x1 => chain.push(rect),
                    _ => chains.push(vec![rect]),
                }
                last_line = i;
            }
        }
        for chain in chains {
            let outline = joined(chain, radius, em);
            let ink = ink::ink(&highlight.paint, outline.bounds(), mirrored).faded(body.fade);
            self.ops.push(Op::Fill { outline, turn: body.turn, ink });
        }
    }
}

/// The lines' own box: what gradients span.
fn block(fitted: &Fitted, left: f64, top: f64, scale: f64) -> Rect {
    let start = fitted.lines.iter().map(|line| line.x).fold(f32::MAX, f32::min);
    let end = fitted.lines.iter().map(|line| line.x + line.width).fold(f32::MIN, f32::max);
    let (x0, x1) = (left + f64::from(start) * scale, left + f64::from(end) * scale);
    Rect::new(x0, top * scale, x1.max(x0), (top + f64::from(fitted.height)) * scale)
}

/// Where a line's accents stand, neighbours as one.
fn accents(line: &Line, left: f64, scale: f64) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for run in line.runs.iter().filter(|run| run.ink.style.accent) {
        let x0 = left + f64::from(run.x) * scale;
        // Without a space at the end of the line.
        let x1 = (x0 + f64::from(run.advance) * scale).min(left + f64::from(line.x + line.width) * scale);
        match spans.last_mut() {
            Some(last) if (x0 - last.1).abs() < 1.0 => last.1 = x1,
            _ => spans.push((x0, x1)),
        }
    }
    spans.retain(|(x0, x1)| x1 > x0);
    spans
}

fn without(rects: Vec<Rect>, part: Rect) -> Vec<Rect> {
    let around = |rect: Rect| {
        let left = Rect { x1: rect.x1.min(part.x0), ..rect };
        let right = Rect { x0: rect.x0.max(part.x1), ..rect };
        [left, right].into_iter().filter(|rect| rect.width() > 0.5)
    };
    rects.into_iter().flat_map(around).collect()
}

/// One outline around rectangles that stand below one another: they meet halfway, and small steps are evened out.
fn joined(mut rects: Vec<Rect>, radius: f64, em: f64) -> Outline {
    let small = radius.max(0.12 * em);
    for i in 1..rects.len() {
        let meet = ((rects[i - 1].y1 + rects[i].y0) / 2.0).round();
        (rects[i - 1].y1, rects[i].y0) = (meet, meet);
        // A step may even out the one before.
        for j in (1..=i).rev() {
            let (a, b) = (rects[j - 1], rects[j]);
            if (a.x0 - b.x0).abs() < small {
                (rects[j - 1].x0, rects[j].x0) = (a.x0.min(b.x0), a.x0.min(b.x0));
            }
            if (a.x1 - b.x1).abs() < small {
                (rects[j - 1].x1, rects[j].x1) = (a.x1.max(b.x1), a.x1.max(b.x1));
            }
        }
    }
    let right = rects.iter().flat_map(|r| [Point::new(r.x1, r.y0), Point::new(r.x1, r.y1)]);
    let left = rects.iter().rev().flat_map(|r| [Point::new(r.x0, r.y1), Point::new(r.x0, r.y0)]);
    let mut corners: Vec<Point> = right.chain(left).collect();
    // Where two edges are one, there is no corner.
    let straight = |corners: &[Point], i: usize| {
        let count = corners.len();
        let (a, b, c) = (corners[(i + count - 1) % count], corners[i], corners[(i + 1) % count]);
        (a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y)
    };
    let mut i = 0;
    while i < corners.len() {
        if straight(&corners, i) {
            corners.remove(i);
            i = i.saturating_sub(1);
        } else {
            i += 1;
        }
    }
    Outline::Path { path: geometry::rounded_corners(&corners, radius), even_odd: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(outline: &Outline) -> Vec<(f64, f64)> {
        use vello_cpu::kurbo::PathEl;
        let point = |el: &PathEl| match el {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => Some((p.x, p.y)),
            _ => None,
        };
        outline.path().elements().iter().filter_map(point).collect()
    }

    #[test]
    fn blocks_meet_halfway_and_keep_their_steps() {
        let rects = vec![Rect::new(0.0, 0.0, 100.0, 20.0), Rect::new(0.0, 24.0, 60.0, 44.0)];
        let outline = joined(rects, 0.0, 20.0);
        assert_eq!(corners(&outline), [(100.0, 0.0), (100.0, 22.0), (60.0, 22.0), (60.0, 44.0), (0.0, 44.0), (0.0, 0.0)]);
    }

    #[test]
    fn steps_smaller_than_the_corners_are_evened_out() {
        let rects = vec![Rect::new(0.0, 0.0, 100.0, 20.0), Rect::new(0.0, 20.0, 97.0, 40.0)];
        assert_eq!(corners(&joined(rects, 0.0, 30.0)), [(100.0, 0.0), (100.0, 40.0), (0.0, 40.0), (0.0, 0.0)]);
    }
}
