//! Rating, progress and charts as fills.

use template::bound::{Border, Chart, ChartForm, Dot, Progress, Rating};
use vello_cpu::kurbo::{BezPath, Point, Rect};

use super::{Body, Builder, ink};
use crate::{
    geometry::{self, Outline, fitted_radii},
    scene::{Ink, Op, Pen},
};

impl Builder<'_> {
    pub fn rating(&mut self, rating: &Rating, body: &Body, mirrored: bool) {
        let count = f64::from(rating.count.max(1));
        let gap = f64::from(rating.gap) * self.scale;
        let side = ((body.rect.width() - gap * (count - 1.0)) / count).min(body.rect.height());
        if side <= 0.0 {
            return;
        }
        let [full, empty] = [&rating.color, &rating.empty].map(|paint| ink::ink(paint, body.rect, mirrored).faded(body.fade));
        let top = body.rect.y0 + (body.rect.height() - side) / 2.0;
        for i in 0..rating.count {
            let along = f64::from(i) * (side + gap);
            let x = if mirrored { body.rect.x1 - along - side } else { body.rect.x0 + along };
            let rect = Rect::new(x, top, x + side, top + side);
            let outline = ink::outline(&rating.form, rect, [0.0; 4], mirrored);
            let share = f64::from((rating.value - i as f32).clamp(0.0, 1.0));
            if share < 1.0 {
                self.ops.push(Op::Fill { outline: outline.clone(), turn: body.turn, ink: empty.clone() });
            }
            if share == 0.0 {
                continue;
            }
            let bounds = outline.bounds();
            let part = if mirrored {
                Rect { x0: bounds.x1 - bounds.width() * share, ..bounds }
            } else {
                Rect { x1: bounds.x0 + bounds.width() * share, ..bounds }
            };
            if share < 1.0 {
                self.ops.push(Op::PushClip { outline: Outline::Box { rect: part, radii: [0.0; 4] }, turn: body.turn });
            }
            self.ops.push(Op::Fill { outline, turn: body.turn, ink: full.clone() });
            if share < 1.0 {
                self.ops.push(Op::PopClip);
            }
        }
    }

    pub fn progress(&mut self, progress: &Progress, body: &Body, mirrored: bool) {
        let Body { rect, radii, turn, fade } = *body;
        let share = f64::from(progress.share);
        let inked = |paint| ink::ink(paint, rect, mirrored).faded(fade);
        if let Some(width) = progress.ring {
            let radius = rect.width().min(rect.height()) / 2.0;
            let hole = (1.0 - f64::from(width) * self.scale / radius.max(0.01)).max(0.0);
            if let Some(track) = &progress.track {
                self.ops.push(Op::Fill { outline: annulus(rect.center(), radius, hole), turn, ink: inked(track) });
            }
            let (from, to) = if mirrored { (1.0 - share, 1.0) } else { (0.0, share) };
            if share > 0.0 {
                let outline =
                    if share < 1.0 { sector(rect.center(), radius, hole, from, to) } else { annulus(rect.center(), radius, hole) };
                self.ops.push(Op::Fill { outline, turn, ink: inked(&progress.color) });
            }
            return;
        }
        let whole = Outline::Box { rect, radii };
        if let Some(track) = &progress.track {
            self.ops.push(Op::Fill { outline: whole.clone(), turn, ink: inked(track) });
        }
        let length = if turn.is_none() { (rect.width() * share).round() } else { rect.width() * share };
        if length <= 0.0 {
            return;
        }
        let part = if mirrored { Rect { x0: rect.x1 - length, ..rect } } else { Rect { x1: rect.x0 + length, ..rect } };
        let rounded = radii.iter().any(|radius| *radius > 0.0);
        if rounded {
            self.ops.push(Op::PushClip { outline: whole, turn });
        }
        let radii = fitted_radii(radii.map(|radius| radius as f32), part.width(), part.height());
        self.ops.push(Op::Fill { outline: Outline::Box { rect: part, radii }, turn, ink: inked(&progress.color) });
        if rounded {
            self.ops.push(Op::PopClip);
        }
    }

    pub fn chart(&mut self, chart: &Chart, body: &Body, mirrored: bool) {
        match &chart.form {
            ChartForm::Bar { radius } => self.bars(chart, f64::from(*radius) * self.scale, body, mirrored),
            ChartForm::Donut { hole } => self.donut(chart, f64::from(*hole), body, mirrored),
            ChartForm::Line { width, smooth, under } => {
                let Body { rect, turn, fade, .. } = *body;
                let inked = |paint| ink::ink(paint, rect, mirrored).faded(fade);
                let points = points(chart, rect, mirrored);
                let line = if *smooth { smoothed(&points) } else { straight(&points) };
                if let (Some(under), Some(first), Some(last)) = (under, points.first(), points.last()) {
                    let mut area = line.clone();
                    area.line_to((last.x, rect.y1));
                    area.line_to((first.x, rect.y1));
                    area.close_path();
                    self.ops.push(Op::Fill { outline: Outline::Path { path: area, even_odd: false }, turn, ink: inked(under) });
                }
                let width = f64::from(*width) * self.scale;
                if let (Some(color), true) = (chart.colors.first(), width > 0.0) {
                    let pen = Pen { width, dash: None, cap: template::bound::Cap::Round };
                    self.ops.push(Op::Stroke { outline: Outline::Path { path: line, even_odd: false }, turn, pen, ink: inked(color) });
                }
                if let Some(dot) = &chart.dot
                    && let Some(at) = points.get(dot.point)
                {
                    self.dot(dot, *at, body);
                }
            }
        }
    }

    fn dot(&mut self, dot: &Dot, at: Point, body: &Body) {
        let half = f64::from(dot.size) * self.scale / 2.0;
        let rect = Rect::new(at.x - half, at.y - half, at.x + half, at.y + half);
        let outline = Outline::Path { path: geometry::ellipse(rect), even_odd: false };
        self.ops.push(Op::Fill { outline: outline.clone(), turn: body.turn, ink: Ink::Solid(dot.color).faded(body.fade) });
        if let Some(Border { width, paint, .. }) = &dot.stroke {
            let pen = Pen { width: f64::from(*width) * self.scale, dash: None, cap: template::bound::Cap::Butt };
            let ink = ink::ink(paint, rect, false).faded(body.fade);
            self.ops.push(Op::Stroke { outline, turn: body.turn, pen, ink });
        }
    }

    fn bars(&mut self, chart: &Chart, radius: f64, body: &Body, mirrored: bool) {
        let rect = body.rect;
        let count = chart.values.len() as f64;
        let gap = (f64::from(chart.gap) * self.scale).min(rect.width() / count);
        let width = (rect.width() - gap * (count - 1.0)) / count;
        let settled = |v: f64| if body.turn.is_none() { v.round() } else { v };
        let foot = height(chart, 0.0f32.clamp(chart.from.min(chart.to), chart.from.max(chart.to)), rect);
        for (i, value) in chart.values.iter().enumerate() {
            let along = i as f64 * (width + gap);
            let x = if mirrored { rect.x1 - along - width } else { rect.x0 + along };
            let y = height(chart, *value, rect);
            let bar = Rect::new(settled(x), settled(y.min(foot)), settled(x + width), settled(y.max(foot)));
            let corners = if y <= foot { [radius, radius, 0.0, 0.0] } else { [0.0, 0.0, radius, radius] };
            if bar.width() > 0.0 && bar.height() > 0.0 {
                let radii = fitted_radii(corners.map(|radius| radius as f32), bar.width(), bar.height());
                let ink = ink::ink(&chart.colors[i % chart.colors.len()], bar, mirrored).faded(body.fade);
                self.ops.push(Op::Fill { outline: Outline::Box { rect: bar, radii }, turn: body.turn, ink });
            }
        }
    }

    fn donut(&mut self, chart: &Chart, hole: f64, body: &Body, mirrored: bool) {
        let whole: f64 = chart.values.iter().map(|value| f64::from(value.max(0.0))).sum();
        let radius = body.rect.width().min(body.rect.height()) / 2.0;
        if whole <= 0.0 || radius <= 0.0 {
            return;
        }
        let parts: Vec<(usize, f64)> = chart
            .values
            .iter()
            .enumerate()
            .map(|(i, value)| (i, f64::from(value.max(0.0)) / whole))
            .filter(|(_, share)| *share > 0.0)
            .collect();
        let centre = body.rect.center();
        // The gap as a part of the way around, halfway between hole and edge.
        let middle = std::f64::consts::TAU * radius * (1.0 + hole) / 2.0;
        let gap = if parts.len() > 1 { f64::from(chart.gap) * self.scale / middle } else { 0.0 };
        let mut at = 0.0;
        for (i, share) in &parts {
            let (from, to) = (at + gap / 2.0, (at + share - gap / 2.0).max(at + gap / 2.0));
            let (from, to) = if mirrored { (1.0 - to, 1.0 - from) } else { (from, to) };
            at += share;
            let ink = ink::ink(&chart.colors[i % chart.colors.len()], body.rect, mirrored).faded(body.fade);
            let outline = if parts.len() == 1 { annulus(centre, radius, hole) } else { sector(centre, radius, hole, from, to) };
            self.ops.push(Op::Fill { outline, turn: body.turn, ink });
        }
    }
}

fn sector(centre: Point, radius: f64, hole: f64, from: f64, to: f64) -> Outline {
    Outline::Path { path: geometry::sector(centre, radius, hole, from, to), even_odd: false }
}

fn annulus(centre: Point, radius: f64, hole: f64) -> Outline {
    let around = |r: f64| geometry::ellipse(Rect::new(centre.x - r, centre.y - r, centre.x + r, centre.y + r));
    let mut path = around(radius);
    if hole > 0.0 {
        path.extend(around(radius * hole));
    }
    Outline::Path { path, even_odd: true }
}

/// Where a value stands in the box; a scale without a range puts all values in the middle.
fn height(chart: &Chart, value: f32, rect: Rect) -> f64 {
    let (from, to) = (f64::from(chart.from), f64::from(chart.to));
    let share = if to == from { 0.5 } else { (f64::from(value) - from) / (to - from) };
    rect.y1 - rect.height() * share.clamp(0.0, 1.0)
}

fn points(chart: &Chart, rect: Rect, mirrored: bool) -> Vec<Point> {
    let last = (chart.values.len() - 1) as f64;
    let at = |i: usize| {
        let share = if last == 0.0 { 0.5 } else { i as f64 / last };
        rect.x0 + rect.width() * if mirrored { 1.0 - share } else { share }
    };
    chart.values.iter().enumerate().map(|(i, value)| Point::new(at(i), height(chart, *value, rect))).collect()
}

fn straight(points: &[Point]) -> BezPath {
    let mut path = BezPath::new();
    for (i, point) in points.iter().enumerate() {
        if i == 0 { path.move_to(*point) } else { path.line_to(*point) }
    }
    path
}

/// Cubics through the points that never go beyond their neighbours (Fritsch and Carlson's limits).
fn smoothed(points: &[Point]) -> BezPath {
    if points.len() < 3 {
        return straight(points);
    }
    let slopes: Vec<f64> = points.windows(2).map(|pair| (pair[1].y - pair[0].y) / (pair[1].x - pair[0].x)).collect();
    let mut tangents = vec![slopes[0]];
    for pair in slopes.windows(2) {
        tangents.push(if pair[0] * pair[1] <= 0.0 { 0.0 } else { 2.0 * pair[0] * pair[1] / (pair[0] + pair[1]) });
    }
    tangents.push(slopes[slopes.len() - 1]);
    let mut path = BezPath::new();
    path.move_to(points[0]);
    for (i, pair) in points.windows(2).enumerate() {
        let third = (pair[1].x - pair[0].x) / 3.0;
        let first = Point::new(pair[0].x + third, pair[0].y + tangents[i] * third);
        let second = Point::new(pair[1].x - third, pair[1].y - tangents[i + 1] * third);
        path.curve_to(first, second, pair[1]);
    }
    path
}

#[cfg(test)]
mod tests {
    use vello_cpu::kurbo::Shape;

    use super::*;

    #[test]
    fn a_smooth_line_goes_through_its_points_and_never_beyond_them() {
        let points = [(0.0, 50.0), (10.0, 10.0), (20.0, 10.0), (30.0, 40.0), (40.0, 0.0)].map(|(x, y)| Point::new(x, y));
        let path = smoothed(&points);
        let bounds = path.bounding_box();
        assert!(bounds.y0 >= 0.0 && bounds.y1 <= 50.0, "{bounds:?}");
        for point in points {
            let on = path.segments().any(|s| {
                use vello_cpu::kurbo::ParamCurve;
                s.start().distance(point) < 1e-9 || s.end().distance(point) < 1e-9
            });
            assert!(on, "{point:?}");
        }
    }

    #[test]
    fn a_quarter_of_a_ring_has_a_quarter_of_its_area() {
        let centre = Point::new(50.0, 50.0);
        let area = sector(centre, 40.0, 0.5, 0.0, 0.25).path().area().abs();
        let wanted = std::f64::consts::PI * (40.0 * 40.0 - 20.0 * 20.0) / 4.0;
        assert!((area / wanted - 1.0).abs() < 0.001, "{area} {wanted}");
    }
}
