//! From laid-out nodes to the flat scene.

use template::bound::{Bound, Color, Kind, Look, Paint, Shape, Text, VerticalAlign};
use vello_cpu::kurbo::{Affine, BezPath, Point, Rect};

use crate::{
    geometry::{self, Outline, fitted_radii},
    layout::Placed,
    qr,
    scene::{Check, Hole, Ink, Op, Scene, TextOp, TextRun},
    text::Fitted,
};

/// Builds the scene of a laid-out document, `scale` device pixels per canvas pixel.
pub fn scene<'a>(bound: &'a Bound, placed: &'a [Placed<'a>], scale: f32, width: u16, height: u16) -> Scene<'a> {
    let mut builder = Builder { scale: f64::from(scale), short: bound.width.min(bound.height) as f32, ops: Vec::new() };
    let canvas = Rect::new(0.0, 0.0, width.into(), height.into());
    if let Some(paint) = &bound.background {
        let mirrored = bound.direction == template::bound::Direction::Rtl;
        let ink = ink(paint, canvas, mirrored);
        builder.ops.push(Op::Fill { outline: Outline::Box { rect: canvas, radii: [0.0; 4] }, turn: None, ink });
    }
    for node in placed {
        builder.node(node, None);
    }
    Scene { width, height, ops: builder.ops }
}

struct Builder<'a> {
    scale: f64,
    short: f32,
    ops: Vec<Op<'a>>,
}

impl<'a> Builder<'a> {
    fn node(&mut self, placed: &'a Placed<'a>, turn: Option<Affine>) {
        let look = &placed.node.look;
        let opacity = if look.opacity.is_finite() { look.opacity.clamp(0.0, 1.0) } else { 1.0 };
        if opacity == 0.0 {
            return;
        }
        let frame = placed.frame;
        let [x0, y0, x1, y1] = [frame.x, frame.y, frame.x + frame.width, frame.y + frame.height].map(|v| f64::from(v) * self.scale);
        let exact = Rect::new(x0, y0, x1, y1);
        let mut turn = turn;
        if look.rotate % 360.0 != 0.0 && look.rotate.is_finite() {
            let degrees = if placed.mirrored { -look.rotate } else { look.rotate };
            let own = geometry::rotation(degrees, exact.center());
            turn = Some(turn.map_or(own, |outer| outer * own));
        }
        // Straight edges stand on whole pixels: sharp, and quick to draw.
        let rect = if turn.is_none() { snapped(exact) } else { exact };
        let mut radii = look.radius.map(|r| r * self.scale as f32);
        if placed.mirrored {
            radii = [radii[1], radii[0], radii[3], radii[2]];
        }
        let radii = fitted_radii(radii, rect.width(), rect.height());
        let layer = opacity < 1.0 && !single(placed);
        if layer {
            self.ops.push(Op::PushOpacity(opacity));
        }
        let fade = if layer { 1.0 } else { opacity };
        let body = Body { rect, radii, turn, fade };
        self.shadows(placed, &body);
        self.content(placed, &body);
        self.border(look, placed.mirrored, &self.outline(placed, &body), &body);
        if layer {
            self.ops.push(Op::PopOpacity);
        }
    }

    fn shadows(&mut self, placed: &Placed, body: &Body) {
        let look = &placed.node.look;
        let covered = match &placed.node.kind {
            Kind::Image(_) => true,
            _ => look.fill.as_ref().is_some_and(|fill| ink(fill, body.rect, false).opaque() && body.fade == 1.0),
        };
        let circle = matches!(placed.node.kind, Kind::Shape(Shape::Ellipse));
        let half = body.rect.width().min(body.rect.height()) / 2.0;
        let own = if circle { [half; 4] } else { body.radii };
        for shadow in look.shadows.iter().rev() {
            let [x, y, blur, spread] = [shadow.x, shadow.y, shadow.blur.max(0.0), shadow.spread]
                .map(|v| if v.is_finite() { f64::from(v) * self.scale } else { 0.0 });
            let rect = body.rect.inflate(spread, spread) + vello_cpu::kurbo::Vec2::new(x, y);
            if rect.width() <= 0.0 || rect.height() <= 0.0 || shadow.color.a == 0 {
                continue;
            }
            // A sharp corner stays sharp, a round one grows with the spread.
            let radii = own.map(|r| if r > 0.0 { (r + spread).max(0.0) } else { 0.0 });
            let radii = fitted_radii(radii.map(|r| r as f32), rect.width(), rect.height());
            let Ink::Solid(color) = Ink::Solid(shadow.color).faded(body.fade) else { continue };
            let hole = Hole { rect: body.rect, radii: own, covered };
            self.ops.push(Op::Shadow { rect, radii, turn: body.turn, sigma: (blur / 2.0).min(256.0), color, hole });
        }
    }

    fn content(&mut self, placed: &'a Placed<'a>, body: &Body) {
        let look = &placed.node.look;
        let outline = self.outline(placed, body);
        if let Some(fill) = &look.fill {
            let ink = ink(fill, body.rect, placed.mirrored).faded(body.fade);
            self.ops.push(Op::Fill { outline: outline.clone(), turn: body.turn, ink });
        }
        if look.clip {
            self.ops.push(Op::PushClip { outline, turn: body.turn });
        }
        match &placed.node.kind {
            Kind::Text(text) => {
                if let Some(fitted) = &placed.text {
                    self.text(placed, text, fitted, body);
                }
            }
            Kind::Image(image) => {
                let Body { rect, radii, turn, fade } = *body;
                self.ops.push(Op::Picture { image, rect, radii, turn, opacity: fade });
            }
            Kind::Shape(Shape::Path { stroke: Some(stroke), .. }) => {
                let outline = self.outline(placed, body);
                let ink = ink(&stroke.paint, body.rect, placed.mirrored).faded(body.fade);
                self.ops.push(Op::Stroke { outline, turn: body.turn, width: f64::from(stroke.width) * self.scale, ink });
            }
            Kind::Shape(_) => {}
            Kind::Qr(code) => {
                let ink = Ink::Solid(code.background).faded(body.fade);
                self.ops.push(Op::Fill { outline: Outline::Box { rect: body.rect, radii: body.radii }, turn: body.turn, ink });
                if let Ink::Solid(color) = Ink::Solid(code.color).faded(body.fade) {
                    self.ops.push(Op::Squares { rects: qr::modules(code, body.rect), turn: body.turn, color });
                }
            }
            Kind::Group(_) | Kind::Stack(_) => {
                for child in &placed.children {
                    self.node(child, body.turn);
                }
            }
        }
        if look.clip {
            self.ops.push(Op::PopClip);
        }
    }

    /// What the look's fill, clip and border follow.
    fn outline(&self, placed: &Placed, body: &Body) -> Outline {
        match &placed.node.kind {
            Kind::Shape(Shape::Ellipse) => Outline::Path { path: geometry::ellipse(body.rect), even_odd: false },
            Kind::Shape(Shape::Path { data, view_box, fit, even_odd, .. }) => {
                let path = BezPath::from_svg(data).unwrap_or_default();
                Outline::Path { path: view(*view_box, *fit, body.rect) * path, even_odd: *even_odd }
            }
            _ => Outline::Box { rect: body.rect, radii: body.radii },
        }
    }

    fn border(&mut self, look: &Look, mirrored: bool, outline: &Outline, body: &Body) {
        let Some(border) = &look.border else { return };
        let width = (f64::from(border.width) * self.scale).max(0.0);
        let width = if body.turn.is_none() && width > 0.0 { width.round().max(1.0) } else { width };
        if width == 0.0 || !width.is_finite() {
            return;
        }
        let ink = ink(&border.paint, body.rect, mirrored).faded(body.fade);
        match outline {
            Outline::Box { rect, radii } => {
                let inner = rect.inset(-width);
                let mut path = geometry::rounded(*rect, *radii);
                if inner.width() > 0.0 && inner.height() > 0.0 {
                    path.extend(geometry::rounded(inner, radii.map(|r| (r - width).max(0.0))));
                }
                self.ops.push(Op::Fill { outline: Outline::Path { path, even_odd: true }, turn: body.turn, ink });
            }
            Outline::Path { path, .. } => {
                // Twice the width, the outer half cut off by the shape itself.
                self.ops.push(Op::PushClip { outline: outline.clone(), turn: body.turn });
                let stroke = Outline::Path { path: path.clone(), even_odd: false };
                self.ops.push(Op::Stroke { outline: stroke, turn: body.turn, width: width * 2.0, ink });
                self.ops.push(Op::PopClip);
            }
        }
    }

    fn text(&mut self, placed: &Placed, spec: &Text, fitted: &Fitted, body: &Body) {
        let scale = self.scale;
        let free = f64::from(placed.frame.height - fitted.height);
        let top = f64::from(placed.frame.y)
            + match spec.vertical_align {
                VerticalAlign::Top => 0.0,
                VerticalAlign::Middle => free / 2.0,
                VerticalAlign::Bottom => free,
            };
        let left = f64::from(placed.frame.x) * scale;
        let plain = faded(spec.color, body.fade);
        let accent = spec.accent.color.map_or(plain, |color| faded(color, body.fade));
        let mut op = TextOp { runs: Vec::new(), turn: body.turn, boxes: Vec::new(), check: None };
        let mut rules = Vec::new();
        let mut accented = false;
        for line in &fitted.lines {
            let baseline = (top + f64::from(line.baseline)) * scale;
            // Whole pixels keep stems of neighbouring lines alike.
            let baseline = if body.turn.is_none() { baseline.round() } else { baseline };
            let size = f64::from(fitted.size) * scale;
            let x = left + f64::from(line.x) * scale;
            op.boxes.push(Rect::new(x, baseline - 0.75 * size, x + f64::from(line.width) * scale, baseline + 0.2 * size));
            for run in &line.runs {
                let color = if run.ink.accent { accent } else { plain };
                accented |= run.ink.accent;
                let at = |offset: f64, weight: f64| {
                    let (x0, em) = (left + f64::from(run.x) * scale, f64::from(run.size) * scale);
                    let thick = (em * weight).round().max(1.0);
                    let y = (baseline + em * offset).round();
                    Rect::new(x0, y, x0 + f64::from(run.advance) * scale, y + thick)
                };
                if run.ink.accent && spec.accent.underline {
                    rules.push((at(0.11, 0.065), color));
                }
                if spec.strike {
                    rules.push((at(-0.3, 0.06), color));
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
                    color,
                    slanted: run.ink.slanted,
                });
            }
        }
        let mut colors = vec![plain];
        if accented && accent != plain {
            colors.push(accent);
        }
        // Sizes as on a canvas of 1080 pixels.
        let share = fitted.size / self.short.max(1.0);
        let large = share >= 0.062 || (share >= 0.048 && spec.font.weight >= 600.0);
        op.check = Some(Check {
            id: placed.node.id.clone(),
            field: spec.field.clone(),
            colors,
            large,
            paragraph: fitted.lines.len() >= 3 && !large,
        });
        let turn = body.turn;
        self.ops.push(Op::Text(op));
        for (rect, color) in rules {
            let outline = Outline::Box { rect, radii: [0.0; 4] };
            self.ops.push(Op::Fill { outline, turn, ink: Ink::Solid(color) });
        }
    }
}

struct Body {
    rect: Rect,
    radii: [f64; 4],
    turn: Option<Affine>,
    fade: f32,
}

/// Draws so little that fading its colours is the same as fading the whole.
fn single(placed: &Placed) -> bool {
    let look = &placed.node.look;
    let filled = look.fill.is_some();
    let dressed = look.border.is_some() || !look.shadows.is_empty();
    match &placed.node.kind {
        Kind::Shape(Shape::Path { stroke: Some(_), .. }) => !filled && !dressed,
        Kind::Shape(_) => !dressed,
        Kind::Image(_) => !filled && !dressed,
        // Emoji bring their own colours.
        Kind::Text(text) => {
            !filled && !dressed && !text.spans.iter().any(|s| s.text.chars().any(|c| crate::text::script::emoji(c) || c == '\u{fe0f}'))
        }
        _ => false,
    }
}

fn faded(color: Color, opacity: f32) -> Color {
    Color { a: (f32::from(color.a) * opacity + 0.5) as u8, ..color }
}

/// Edges on whole pixels; nothing that was there vanishes.
fn snapped(rect: Rect) -> Rect {
    let side = |a: f64, b: f64| {
        let (start, end) = (a.round(), b.round());
        if b > a && end <= start { (start, start + 1.0) } else { (start, end) }
    };
    let ((x0, x1), (y0, y1)) = (side(rect.x0, rect.x1), side(rect.y0, rect.y1));
    Rect::new(x0, y0, x1, y1)
}

/// A paint in a box, with CSS geometry.
fn ink(paint: &Paint, rect: Rect, mirrored: bool) -> Ink {
    let stops = |stops: &[template::bound::Stop]| stops.iter().map(|s| (s.offset, s.color)).collect::<Vec<_>>();
    let centre = rect.center();
    match paint {
        Paint::Solid(color) => Ink::Solid(*color),
        Paint::Linear { angle, stops: list } => {
            let angle = f64::from(if mirrored { -angle } else { *angle }).to_radians();
            let (sin, cos) = (libm::sin(angle), libm::cos(angle));
            let half = ((rect.width() * sin).abs() + (rect.height() * cos).abs()) / 2.0;
            let reach = vello_cpu::kurbo::Vec2::new(sin * half, -cos * half);
            Ink::Linear { from: centre - reach, to: centre + reach, stops: stops(list) }
        }
        Paint::Radial { center, radius, stops: list } => {
            let share = if mirrored { 1.0 - center[0] } else { center[0] };
            let centre = Point::new(rect.x0 + rect.width() * f64::from(share), rect.y0 + rect.height() * f64::from(center[1]));
            let half = rect.width().max(rect.height()) / 2.0;
            let side = |r: f32| (f64::from(r) * half).max(0.01);
            Ink::Radial { centre, radii: (side(radius[0]), side(radius[1])), stops: stops(list) }
        }
    }
}

/// From a view box to the layer's box.
fn view([x, y, w, h]: [f32; 4], fit: template::bound::ImageFit, rect: Rect) -> Affine {
    use template::bound::ImageFit;
    let [x, y, w, h] = [x, y, w, h].map(f64::from);
    if w <= 0.0 || h <= 0.0 {
        return Affine::translate((rect.x0, rect.y0));
    }
    let (sx, sy) = (rect.width() / w, rect.height() / h);
    let (sx, sy) = match fit {
        ImageFit::Fill => (sx, sy),
        ImageFit::Contain => (sx.min(sy), sx.min(sy)),
        ImageFit::Cover => (sx.max(sy), sx.max(sy)),
    };
    let (dx, dy) = ((rect.width() - w * sx) / 2.0, (rect.height() - h * sy) / 2.0);
    Affine::translate((rect.x0 + dx, rect.y0 + dy)) * Affine::scale_non_uniform(sx, sy) * Affine::translate((-x, -y))
}
