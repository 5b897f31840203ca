//! From laid-out nodes to the flat scene.

mod arc;
mod data;
mod ink;
mod inline;
pub mod pattern;
mod shadow;
mod text;

use ink::ink;
use template::bound::{Barcode, Blend, Border, Bound, Cap, Color, Form, Kind, Look, Mask, Shape};
use vello_cpu::kurbo::{Affine, Rect, Shape as _, Vec2};

use crate::{
    barcode,
    geometry::{self, Outline, fitted_radii},
    layout::Placed,
    qr,
    scene::{Ink, Layer, Op, Pen, Scene},
};

/// Builds the scene of a laid-out document, `scale` device pixels per canvas pixel.
pub fn scene<'a>(bound: &'a Bound, placed: &'a [Placed<'a>], scale: f32, width: u16, height: u16) -> Scene<'a> {
    let canvas = Rect::new(0.0, 0.0, width.into(), height.into());
    let short = bound.width.min(bound.height) as f32;
    let mut builder = Builder { scale: f64::from(scale), short, canvas, reach: 0.0, ops: Vec::new() };
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
    canvas: Rect,
    /// How far filters around the node may carry in what lies beyond the canvas.
    reach: f64,
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
        // Straight edges stand on whole pixels: sharp, and quick to draw. A line has no area to keep.
        let line = matches!(&placed.node.kind, Kind::Shape(Shape { form: Form::Line, .. }));
        let rect = if turn.is_none() && !line { snapped(exact) } else { exact };
        let mut radii = look.radius.map(|r| r * self.scale as f32);
        if placed.mirrored {
            radii = [radii[1], radii[0], radii[3], radii[2]];
        }
        let radii = fitted_radii(radii, rect.width(), rect.height());
        if let Some(backdrop) = &look.backdrop {
            let body = Body { rect, radii, turn, fade: opacity };
            let outline = self.outline(placed, &body);
            self.ops.push(Op::Backdrop { outline, turn, filter: ink::filter(backdrop, self.scale), opacity });
        }
        let composed = look.blend != Blend::Normal || look.filter.is_some() || look.mask.is_some();
        let layer = composed || (opacity < 1.0 && !single(placed));
        let body = Body { rect, radii, turn, fade: if layer { 1.0 } else { opacity } };
        if !layer {
            self.drawn(placed, &body);
            return;
        }
        let filter = look.filter.as_ref().map(|filter| ink::filter(filter, self.scale));
        let reach = filter.as_ref().map_or(0.0, ink::reach);
        let outer = std::mem::take(&mut self.ops);
        self.reach += reach;
        self.drawn(placed, &body);
        let mut own = std::mem::replace(&mut self.ops, outer);
        let alone = |op: &Op| match op {
            Op::Backdrop { .. } => true,
            Op::Layer(layer) => layer.blend != Blend::Normal,
            _ => false,
        };
        if composed || own.iter().any(alone) {
            let layer = Layer {
                scene: Scene { width: 0, height: 0, ops: own },
                x: 0,
                y: 0,
                opacity,
                blend: look.blend,
                filter,
                mask: self.mask(placed, &body),
            };
            self.layer(layer, reach);
        } else {
            self.ops.push(Op::PushOpacity(opacity));
            self.ops.append(&mut own);
            self.ops.push(Op::PopOpacity);
        }
        self.reach -= reach;
    }

    fn drawn(&mut self, placed: &'a Placed<'a>, body: &Body) {
        self.shadows(placed, body);
        self.content(placed, body);
        self.border(&placed.node.look, placed.mirrored, &self.outline(placed, body), body);
    }

    /// What cuts a layer, drawn in a canvas of its own.
    fn mask(&mut self, placed: &'a Placed<'a>, body: &Body) -> Option<Scene<'a>> {
        let mut scene = Scene { width: 0, height: 0, ops: Vec::new() };
        match placed.node.look.mask.as_ref()? {
            Mask::Paint(paint) => {
                let outline = Outline::Box { rect: body.rect, radii: [0.0; 4] };
                scene.ops.push(Op::Fill { outline, turn: body.turn, ink: ink(paint, body.rect, placed.mirrored) });
            }
            Mask::Child(id) => {
                let child = placed.children.iter().find(|child| child.node.id == *id)?;
                let outer = std::mem::take(&mut self.ops);
                self.node(child, body.turn);
                scene.ops = std::mem::replace(&mut self.ops, outer);
            }
        }
        Some(scene)
    }

    /// Gives a layer the part of the canvas that it needs, and what its filters bring in from beyond.
    fn layer(&mut self, mut layer: Layer<'a>, reach: f64) {
        let bounds = layer.scene.ops.iter().filter_map(Op::bounds).reduce(|a, b| a.union(b));
        let canvas = self.canvas.inflate(self.reach, self.reach);
        let Some(area) = bounds.map(|bounds| bounds.inflate(reach, reach).intersect(canvas).expand()) else { return };
        if area.width() < 1.0 || area.height() < 1.0 {
            return;
        }
        let by = Vec2::new(-area.x0, -area.y0);
        let (width, height) = (area.width() as u16, area.height() as u16);
        (layer.x, layer.y) = (area.x0 as i32, area.y0 as i32);
        for scene in std::iter::once(&mut layer.scene).chain(&mut layer.mask) {
            (scene.width, scene.height) = (width, height);
            scene.ops.iter_mut().for_each(|op| op.move_by(by));
        }
        self.ops.push(Op::Layer(layer));
    }

    fn content(&mut self, placed: &'a Placed<'a>, body: &Body) {
        let look = &placed.node.look;
        let outline = self.outline(placed, body);
        if let Some(fill) = &look.fill {
            let ink = ink(fill, body.rect, placed.mirrored).faded(body.fade);
            let outline = self.under_border(look, &outline, body).unwrap_or_else(|| outline.clone());
            self.ops.push(Op::Fill { outline, turn: body.turn, ink });
        }
        let picture = matches!(placed.node.kind, Kind::Image(_));
        if !picture {
            self.inner_shadows(placed, body);
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
            Kind::Shape(Shape { form, stroke: Some(stroke) }) => {
                let outline = self.outline(placed, body);
                let mut pen = ink::pen(stroke, f64::from(stroke.width) * self.scale, self.scale);
                if !matches!(form, Form::Path { .. } | Form::Line) {
                    pen = ink::fitted_pen(pen, outline.path().perimeter(0.1));
                }
                let ink = ink(&stroke.paint, body.rect, placed.mirrored).faded(body.fade);
                self.ops.push(Op::Stroke { outline, turn: body.turn, pen, ink });
            }
            Kind::Shape(_) => {}
            Kind::Qr(code) => self.code(qr::modules(code, body.rect), code.color, code.background, body),
            Kind::Barcode(code) => self.barcode(code, body),
            Kind::Rating(rating) => self.rating(rating, body, placed.mirrored),
            Kind::Progress(progress) => self.progress(progress, body, placed.mirrored),
            Kind::Chart(chart) => self.chart(chart, body, placed.mirrored),
            Kind::Pattern(pattern) => self.pattern(pattern, body, placed.mirrored),
            Kind::Group(_) | Kind::Stack(_) => {
                let masking = |child: &Placed| matches!(&look.mask, Some(Mask::Child(id)) if *id == child.node.id);
                for child in placed.children.iter().filter(|child| !masking(child)) {
                    self.node(child, body.turn);
                }
            }
        }
        if look.clip {
            self.ops.push(Op::PopClip);
        }
        if picture {
            self.inner_shadows(placed, body);
        }
    }

    /// Squares or bars on their ground.
    fn code(&mut self, rects: Vec<Rect>, color: Color, background: Color, body: &Body) {
        let ink = Ink::Solid(background).faded(body.fade);
        self.ops.push(Op::Fill { outline: Outline::Box { rect: body.rect, radii: body.radii }, turn: body.turn, ink });
        if let Ink::Solid(color) = Ink::Solid(color).faded(body.fade) {
            self.ops.push(Op::Squares { rects, turn: body.turn, color });
        }
    }

    fn barcode(&mut self, code: &Barcode, body: &Body) {
        let drawn = barcode::draw(code, body.rect);
        self.code(drawn.bars, code.color, code.background, body);
        if !drawn.digits.is_empty() {
            let outline = Outline::Path { path: drawn.digits, even_odd: false };
            let pen = Pen { width: barcode::PEN * drawn.module, dash: None, cap: Cap::Round };
            self.ops.push(Op::Stroke { outline, turn: body.turn, pen, ink: Ink::Solid(code.color).faded(body.fade) });
        }
    }

    /// What the look's fill, clip and border follow.
    fn outline(&self, placed: &Placed, body: &Body) -> Outline {
        match &placed.node.kind {
            Kind::Shape(shape) => ink::outline(&shape.form, body.rect, body.radii, placed.mirrored),
            _ => Outline::Box { rect: body.rect, radii: body.radii },
        }
    }

    /// A border's width in device pixels, where there is one to see.
    fn border_width(&self, border: &Border, body: &Body) -> Option<f64> {
        let width = (f64::from(border.width) * self.scale).max(0.0);
        let width = if body.turn.is_none() && width > 0.0 { width.round().max(1.0) } else { width };
        (width > 0.0 && width.is_finite()).then_some(width)
    }

    /// A fill that ends under the middle of an opaque border: where both end on the same curve, the fill shines through the
    /// border's smoothed edge.
    fn under_border(&self, look: &Look, outline: &Outline, body: &Body) -> Option<Outline> {
        let border = look.border.as_ref().filter(|border| border.dash.is_none() && body.fade >= 1.0)?;
        let half = self.border_width(border, body)? / 2.0;
        let Outline::Box { rect, radii } = outline else { return None };
        let rect = rect.inset(-half);
        let covered = ink(&border.paint, body.rect, false).opaque() && rect.width() > 0.0 && rect.height() > 0.0;
        covered.then(|| Outline::Box { rect, radii: radii.map(|radius| (radius - half).max(0.0)) })
    }

    fn border(&mut self, look: &Look, mirrored: bool, outline: &Outline, body: &Body) {
        let Some(border) = &look.border else { return };
        let Some(width) = self.border_width(border, body) else { return };
        let ink = ink(&border.paint, body.rect, mirrored).faded(body.fade);
        let pen = ink::pen(border, width, self.scale);
        match outline {
            Outline::Box { rect, radii } if pen.dash.is_some() => {
                let half = width / 2.0;
                let middle = Rect::new(rect.x0 + half, rect.y0 + half, rect.x1 - half, rect.y1 - half);
                let path = geometry::rounded(middle, radii.map(|r| (r - half).max(0.0)));
                let pen = ink::fitted_pen(pen, path.perimeter(0.1));
                self.ops.push(Op::Stroke { outline: Outline::Path { path, even_odd: false }, turn: body.turn, pen, ink });
            }
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
                let pen = Pen { width: width * 2.0, ..ink::fitted_pen(pen, path.perimeter(0.1)) };
                self.ops.push(Op::Stroke { outline: stroke, turn: body.turn, pen, ink });
                self.ops.push(Op::PopClip);
            }
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
        Kind::Shape(Shape { stroke: Some(_), .. }) => !filled && !dressed,
        Kind::Shape(_) => !dressed,
        Kind::Image(_) => !filled && !dressed,
        // Emoji bring their own colours.
        Kind::Text(text) => {
            let plain = text.stroke.is_none()
                && text.highlight.is_none()
                && text.accent.highlight.is_none()
                && text.inline.is_empty()
                && text.picture.is_none();
            plain
                && !filled
                && !dressed
                && !text.spans.iter().any(|s| s.text.chars().any(|c| crate::text::script::emoji(c) || c == '\u{fe0f}'))
        }
        _ => false,
    }
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
