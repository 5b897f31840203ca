//! Text along an arc: every glyph turned where it stands.

use template::bound::{Arc, Text};
use vello_cpu::kurbo::{Affine, Rect};

use super::{Body, Builder, ink};
use crate::{
    geometry::ring,
    layout::Placed,
    scene::{Ink, Op, TextOp, TextRun},
    text::{Fitted, GlyphRun},
};

impl Builder<'_> {
    pub fn arc(&mut self, placed: &Placed, spec: &Text, arc: &Arc, fitted: &Fitted, body: &Body) {
        let Some(line) = fitted.lines.first() else { return };
        let scale = self.scale;
        let (centre, radius) = (body.rect.center(), f64::from(arc.radius) * scale);
        let inked = |paint| ink::ink(paint, body.rect, placed.mirrored).faded(body.fade);
        let solid = |color| Ink::Solid(color).faded(body.fade);
        let plain = inked(&spec.color);
        let accent = spec.accent.color.map_or_else(|| plain.clone(), solid);
        let stroke = spec.stroke.as_ref().map(|stroke| (f64::from(stroke.width) * scale, inked(&stroke.paint)));
        let mut op = TextOp { runs: Vec::new(), turn: body.turn, boxes: Vec::new(), check: None, stroke };
        let middle = f64::from(line.x + line.width / 2.0) * scale;
        for run in &line.runs {
            let marked = spec.mark(run.ink.style).and_then(|mark| mark.color).map(solid);
            let ink = marked.as_ref().unwrap_or(if run.ink.style.accent { &accent } else { &plain });
            let em = f64::from(run.size) * scale;
            let glyphs = run.glyphs.iter().zip(&run.clusters).zip(&run.advances);
            for (((glyph, cluster), advance), mid) in glyphs.zip(middles(run)) {
                let text = run.text.get(cluster.clone()).unwrap_or_default().to_owned();
                let mid = f64::from(mid) * scale;
                let along = (mid - middle) / radius / std::f64::consts::TAU;
                let (at, half) = (f64::from(arc.at) / 360.0, if arc.inside { 0.5 } else { 0.0 });
                let around = if arc.inside { at - along } else { at + along };
                let stands = ring(centre, (radius, radius), around);
                let turn = Affine::translate(stands.to_vec2()) * turned(around + half) * Affine::translate((-mid, 0.0));
                let half = f64::from(*advance) * scale / 2.0;
                op.boxes.push(turn.transform_rect_bbox(Rect::new(mid - half, -0.75 * em, mid + half, 0.2 * em)));
                op.runs.push(TextRun {
                    font: run.font.clone(),
                    size: em as f32,
                    coords: run.coords.clone(),
                    glyphs: vec![vello_cpu::Glyph {
                        id: glyph.id,
                        x: (f64::from(glyph.x) * scale) as f32,
                        y: (f64::from(glyph.y) * scale) as f32,
                    }],
                    clusters: std::iter::once(0..text.len()).collect(),
                    text,
                    ink: ink.clone(),
                    slanted: run.ink.slanted,
                    turn: Some(turn),
                });
            }
        }
        op.check = Some(self.check(placed, spec, fitted, &op, &[], [&plain, &accent]));
        self.ops.push(Op::Text(op));
    }
}

/// Where each glyph is turned around: its own middle, or that of the letter that a mark stands on.
fn middles(run: &GlyphRun) -> Vec<f32> {
    let own: Vec<Option<f32>> =
        run.glyphs.iter().zip(&run.advances).map(|(glyph, advance)| (*advance != 0.0).then_some(glyph.x + advance / 2.0)).collect();
    (0..own.len())
        .map(|i| {
            let x = run.glyphs[i].x;
            let near = [own[..i].iter().rev().flatten().next(), own[i + 1..].iter().flatten().next()];
            own[i].or(near.into_iter().flatten().copied().min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))).unwrap_or(x)
        })
        .collect()
}

/// Turns of the way around, clockwise.
fn turned(around: f64) -> Affine {
    let angle = around * std::f64::consts::TAU;
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    Affine::new([cos, sin, -sin, cos, 0.0, 0.0])
}
