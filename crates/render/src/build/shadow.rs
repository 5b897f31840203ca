//! Shadows of boxes, and of shapes that are none.

use template::bound::{Form, Kind, Shadow, Shape};
use vello_cpu::kurbo::{Rect, Vec2};

use super::{Body, Builder, ink};
use crate::{
    geometry::{Outline, fitted_radii, rounded},
    layout::Placed,
    scene::{Filter, Hole, Ink, Layer, Op, Pen, Scene},
};

impl<'a> Builder<'a> {
    pub fn shadows(&mut self, placed: &Placed, body: &Body) {
        let look = &placed.node.look;
        if let Some(form) = formed(placed) {
            return self.form_shadows(placed, form, body);
        }
        let covered = match &placed.node.kind {
            Kind::Image(_) => true,
            _ => look.fill.as_ref().is_some_and(|fill| ink(fill, body.rect, false).opaque() && body.fade == 1.0),
        };
        let circle = matches!(&placed.node.kind, Kind::Shape(Shape { form: Form::Ellipse, .. }));
        let half = body.rect.width().min(body.rect.height()) / 2.0;
        let own = if circle { [half; 4] } else { body.radii };
        for shadow in look.shadows.iter().rev().filter(|shadow| !shadow.inset) {
            let [x, y, blur, spread] = [shadow.x, shadow.y, shadow.blur.max(0.0), shadow.spread]
                .map(|v| if v.is_finite() { f64::from(v) * self.scale } else { 0.0 });
            let rect = body.rect.inflate(spread, spread) + Vec2::new(x, y);
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

    /// Shadows on the inside of the box.
    pub fn inner_shadows(&mut self, placed: &Placed, body: &Body) {
        if formed(placed).is_some() {
            return self.inner_form_shadows(placed, body);
        }
        let circle = matches!(&placed.node.kind, Kind::Shape(Shape { form: Form::Ellipse, .. }));
        let half = body.rect.width().min(body.rect.height()) / 2.0;
        let own = if circle { [half; 4] } else { body.radii };
        for shadow in placed.node.look.shadows.iter().rev().filter(|shadow| shadow.inset) {
            let [x, y, blur, spread] = [shadow.x, shadow.y, shadow.blur.max(0.0), shadow.spread]
                .map(|v| if v.is_finite() { f64::from(v) * self.scale } else { 0.0 });
            let Ink::Solid(color) = Ink::Solid(shadow.color).faded(body.fade) else { continue };
            let rect = body.rect.inflate(-spread, -spread) + Vec2::new(x, y);
            let rect = Rect { x1: rect.x1.max(rect.x0), y1: rect.y1.max(rect.y0), ..rect };
            let radii = fitted_radii(own.map(|r| (r - spread).max(0.0) as f32), rect.width(), rect.height());
            let body_hole = Hole { rect: body.rect, radii: own, covered: false };
            let sigma = (blur / 2.0).min(256.0);
            self.ops.push(Op::InnerShadow { rect, radii, turn: body.turn, sigma, color, body: body_hole });
        }
    }

    /// Shadows of a shape's fill and stroke: its blurred silhouette, as far out as `spread` says.
    fn form_shadows(&mut self, placed: &Placed, shape: &Shape, body: &Body) {
        let look = &placed.node.look;
        let outline = self.outline(placed, body);
        for shadow in look.shadows.iter().rev().filter(|shadow| !shadow.inset && shadow.color.a > 0) {
            let (offset, sigma, ink) = self.thrown(shadow, body);
            let spread = f64::from(shadow.spread.max(0.0)) * self.scale;
            let mut outline = outline.clone();
            outline.move_by(offset);
            let mut ops = Vec::new();
            let mut stroked = |width: f64, pen: Pen| {
                if width > 0.0 {
                    ops.push(Op::Stroke { outline: outline.clone(), turn: body.turn, pen: Pen { width, ..pen }, ink: ink.clone() });
                }
            };
            if let Some(stroke) = &shape.stroke {
                let width = f64::from(stroke.width) * self.scale;
                stroked(width + 2.0 * spread, ink::pen(stroke, width, self.scale));
            } else {
                stroked(2.0 * spread, Pen { width: 0.0, dash: None, cap: template::bound::Cap::Round });
            }
            if look.fill.is_some() {
                ops.push(Op::Fill { outline, turn: body.turn, ink });
            }
            self.blurred(ops, sigma);
        }
    }

    fn inner_form_shadows(&mut self, placed: &Placed, body: &Body) {
        let outline = self.outline(placed, body);
        for shadow in placed.node.look.shadows.iter().rev().filter(|shadow| shadow.inset && shadow.color.a > 0) {
            let (offset, sigma, ink) = self.thrown(shadow, body);
            let mut hole = outline.clone();
            hole.move_by(offset);
            let reach = sigma * 3.0 + offset.x.abs().max(offset.y.abs()) + 1.0;
            let mut path = rounded(outline.bounds().inflate(reach, reach), [0.0; 4]);
            path.extend(hole.path());
            self.ops.push(Op::PushClip { outline: outline.clone(), turn: body.turn });
            self.blurred(vec![Op::Fill { outline: Outline::Path { path, even_odd: true }, turn: body.turn, ink }], sigma);
            self.ops.push(Op::PopClip);
        }
    }

    /// Offset, sigma and ink.
    fn thrown(&self, shadow: &Shadow, body: &Body) -> (Vec2, f64, Ink) {
        let [x, y, blur] = [shadow.x, shadow.y, shadow.blur.max(0.0)].map(|v| if v.is_finite() { f64::from(v) * self.scale } else { 0.0 });
        (Vec2::new(x, y), (blur / 2.0).min(256.0), Ink::Solid(shadow.color).faded(body.fade))
    }

    fn blurred(&mut self, mut ops: Vec<Op<'a>>, sigma: f64) {
        if sigma == 0.0 {
            self.ops.append(&mut ops);
            return;
        }
        let filter = Filter { sigma, ..Filter::default() };
        let reach = ink::reach(&filter);
        let scene = Scene { width: 0, height: 0, ops };
        let layer = Layer { scene, x: 0, y: 0, opacity: 1.0, blend: template::bound::Blend::Normal, filter: Some(filter), mask: None };
        self.reach += reach;
        self.layer(layer, reach);
        self.reach -= reach;
    }
}

/// A shape whose shadows are not those of a box or a circle.
fn formed<'p>(placed: &Placed<'p>) -> Option<&'p Shape> {
    match &placed.node.kind {
        Kind::Shape(shape @ Shape { form: Form::Polygon { .. } | Form::Path { .. } | Form::Line, .. }) => Some(shape),
        Kind::Shape(shape @ Shape { form: Form::Ellipse, .. }) if placed.frame.width != placed.frame.height => Some(shape),
        _ => None,
    }
}
