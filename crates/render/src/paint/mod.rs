//! The painter: scene to pixels, with no policy of its own.
//!
//! Most of a picture is boxes that stand on whole pixels: those are written directly ([`direct`]). Everything else waits
//! in `pending` and is drawn by vello in one pass, when something that lies over it wants to be written directly or to
//! see what is behind it, and at the end.

mod backdrop;
mod blend;
mod blur;
mod direct;
mod grain;
mod layer;
mod pictures;
mod shadow;
mod vector;

use vello_cpu::kurbo::{Affine, Rect};

use crate::{
    RenderError, World, codec,
    geometry::Outline,
    scene::{Ink, Op, Scene},
};

pub use backdrop::Contrast;
pub use pictures::{Drawn as DrawnPicture, Lacking};
pub use vector::SLANT;

/// Kept from picture to picture.
#[derive(Default)]
pub struct Tools {
    vector: vector::Vector,
    shadows: shadow::Masks,
    pictures: pictures::Fitted,
    row: Vec<u8>,
    grain: grain::Tiles,
    blends: blend::Tables,
    /// Canvases of layers, for the next ones.
    spare: Vec<Vec<u8>>,
}

/// What was noticed while painting.
#[derive(Default)]
pub struct Notes {
    pub contrasts: Vec<Contrast>,
    pub pictures: Vec<DrawnPicture>,
    /// The key of each logo's variant that was drawn, by its image's address.
    pub logos: Vec<(usize, String)>,
}

/// Paints `scene` into `pixels`, which are resized to it.
pub fn paint(
    tools: &mut Tools,
    buffers: &mut codec::Buffers,
    scene: &Scene,
    world: &dyn World,
    deadline: &dyn Fn() -> bool,
    pixels: &mut Vec<u8>,
) -> Result<Notes, RenderError> {
    let mut notes = Notes::default();
    canvas(tools, buffers, scene, world, deadline, pixels, None, &mut notes)?;
    Ok(notes)
}

/// Paints one canvas: the picture's, or a layer's, which will be laid over `under`.
#[expect(clippy::too_many_arguments, reason = "what all canvases of a picture share, and what is this one's")]
fn canvas(
    tools: &mut Tools,
    buffers: &mut codec::Buffers,
    scene: &Scene,
    world: &dyn World,
    deadline: &dyn Fn() -> bool,
    pixels: &mut Vec<u8>,
    under: Option<&backdrop::Under>,
    notes: &mut Notes,
) -> Result<(), RenderError> {
    pixels.resize(usize::from(scene.width) * usize::from(scene.height) * 4, 0);
    let mut painter = Painter {
        tools,
        buffers,
        scene,
        world,
        deadline,
        pixels,
        under,
        started: false,
        pending: Vec::new(),
        brackets: Vec::new(),
        layers: 0,
        painted: Vec::new(),
        drawn: Vec::new(),
        notes,
    };
    for (at, op) in scene.ops.iter().enumerate() {
        if deadline() {
            return Err(RenderError::Timeout);
        }
        painter.op(op, &scene.ops[at + 1..])?;
    }
    painter.flush();
    painter.start(false);
    Ok(())
}

struct Painter<'p, 's> {
    tools: &'p mut Tools,
    buffers: &'p mut codec::Buffers,
    scene: &'s Scene<'s>,
    world: &'p dyn World,
    deadline: &'p dyn Fn() -> bool,
    pixels: &'p mut Vec<u8>,
    under: Option<&'p backdrop::Under<'p>>,
    /// `pixels` hold this picture, not what was there before.
    started: bool,
    /// Waiting for vello.
    pending: Vec<Waiting<'s>>,
    /// Clips and layers that are open.
    brackets: Vec<&'s Op<'s>>,
    layers: usize,
    /// What was painted so far: where, and in which flat colour if it is one.
    painted: Vec<Painted>,
    /// Pictures of this scene by their op's address, ready for vello.
    drawn: Vec<(usize, std::sync::Arc<vello_cpu::Pixmap>)>,
    notes: &'p mut Notes,
}

enum Waiting<'s> {
    Op(&'s Op<'s>),
    /// A picture, by its place in `drawn`.
    Picture {
        at: usize,
        outline: Outline,
        turn: Option<Affine>,
        opacity: f32,
        x: f64,
        y: f64,
    },
}

struct Painted {
    bounds: Rect,
    /// Fully covered by one opaque colour.
    flat: Option<(Rect, template::bound::Color)>,
    waits: bool,
}

impl<'s> Painter<'_, 's> {
    /// `next` are the ops that follow.
    fn op(&mut self, op: &'s Op<'s>, next: &[Op]) -> Result<(), RenderError> {
        match op {
            Op::PushOpacity(_) | Op::PushClip { .. } => {
                self.layers += usize::from(matches!(op, Op::PushOpacity(_)));
                self.brackets.push(op);
                self.pending.push(Waiting::Op(op));
                return Ok(());
            }
            Op::PopOpacity | Op::PopClip => {
                self.layers -= usize::from(matches!(op, Op::PopOpacity));
                self.brackets.pop();
                self.pending.push(Waiting::Op(op));
                return Ok(());
            }
            _ => {}
        }
        let canvas = Rect::new(0.0, 0.0, self.scene.width.into(), self.scene.height.into());
        let bounds = op.bounds().unwrap_or_default();
        let bounds = self.clip_bounds().intersect(bounds).intersect(canvas);
        if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
            return Ok(());
        }
        let mut flat = None;
        let mut waits = false;
        match op {
            Op::Fill { outline: Outline::Box { rect, radii }, turn: None, ink }
                if whole(*rect) && self.plain_over(bounds) && !matches!(ink, Ink::Radial { .. } | Ink::Conic { .. }) =>
            {
                self.settle(bounds);
                self.direct_fill(*rect, *radii, ink, bounds, covered_by(next));
            }
            Op::Shadow { rect, radii, turn: None, sigma, color, hole } if self.plain_over(bounds) => {
                self.settle(bounds);
                self.start(false);
                let area = direct::Area::new(bounds, self.scene.width);
                self.tools.shadows.draw(self.pixels, area, (*rect, *radii), *sigma, *color, *hole);
            }
            Op::Picture { image, rect, radii, turn, opacity } => {
                waits = self.picture(op, image, *rect, *radii, *turn, *opacity, bounds)?;
            }
            Op::InnerShadow { rect, radii, turn: None, sigma, color, body } if whole(body.rect) && self.plain_over(bounds) => {
                self.settle(bounds);
                self.start(false);
                let area = direct::Area::new(bounds, self.scene.width);
                self.tools.shadows.draw_inner(self.pixels, area, (*rect, *radii), *sigma, *color, *body);
            }
            Op::Grain { rect, size, seed } => waits = self.grain(*rect, *size, *seed, bounds),
            Op::Backdrop { outline, turn, filter, opacity } => self.backdrop(outline, *turn, filter, *opacity, bounds),
            Op::Layer(layer) => waits = self.layer(layer, bounds)?,
            Op::Text(text) => {
                self.look_behind(text);
                self.pending.push(Waiting::Op(op));
                waits = true;
            }
            _ => {
                self.pending.push(Waiting::Op(op));
                waits = true;
            }
        }
        if let Op::Fill { outline, turn: None, ink: Ink::Solid(color) } = op
            && color.a == 255
            && self.layers == 0
        {
            flat = outline.inside().map(|inside| (inside.intersect(self.clip_bounds()), *color));
        }
        if !matches!(op, Op::Text(_)) {
            self.painted.push(Painted { bounds, flat, waits });
        } else {
            self.painted.push(Painted { bounds: Rect::ZERO, flat: None, waits });
        }
        Ok(())
    }

    /// Nothing between the canvas and these pixels but straight whole-pixel clips.
    fn plain_over(&self, bounds: Rect) -> bool {
        self.layers == 0
            && self.brackets.iter().all(|op| match op {
                Op::PushClip { outline: Outline::Box { rect, radii }, turn: None } => {
                    let round = radii.iter().fold(0.0, |a: f64, b| a.max(*b)).ceil();
                    let (wide, tall) = (rect.inflate(-round, 0.0), rect.inflate(0.0, -round));
                    whole(*rect) && (round == 0.0 || contains(wide, bounds) || contains(tall, bounds))
                }
                _ => false,
            })
    }

    fn clip_bounds(&self) -> Rect {
        let everything = Rect::new(-1e9, -1e9, 1e9, 1e9);
        self.brackets.iter().fold(everything, |area, op| match op {
            Op::PushClip { outline, turn } => {
                let bounds = outline.bounds();
                area.intersect(turn.map_or(bounds, |t| t.transform_rect_bbox(bounds)))
            }
            _ => area,
        })
    }

    /// Draws what waits, if any of it lies under `bounds`.
    fn settle(&mut self, bounds: Rect) {
        let under = |p: &Painted| p.waits && overlaps(p.bounds, bounds);
        if self.layers == 0 && (self.painted.iter().any(under) || self.waiting_text(bounds)) {
            self.flush();
        }
    }

    fn waiting_text(&self, bounds: Rect) -> bool {
        self.pending.iter().any(|w| match w {
            Waiting::Op(op @ Op::Text(_)) => op.bounds().is_some_and(|b| overlaps(b, bounds)),
            _ => false,
        })
    }

    /// Makes sure that `pixels` are this picture's; `all` says that every one is about to be written.
    fn start(&mut self, all: bool) {
        if !self.started && !all {
            self.pixels.fill(0);
        }
        self.started = true;
    }

    fn flush(&mut self) {
        let drawable = |w: &Waiting| match w {
            Waiting::Op(op) => op.bounds().is_some(),
            Waiting::Picture { .. } => true,
        };
        if self.layers > 0 || !self.pending.iter().any(drawable) {
            return;
        }
        self.start(false);
        // Clips that are open are closed for this pass and opened again for the next.
        let open = self.brackets.len();
        self.tools.vector.pass(self.pixels, (self.scene.width, self.scene.height), &self.pending, open, &self.drawn);
        self.pending.clear();
        self.pending.extend(self.brackets.iter().map(|op| Waiting::Op(op)));
        for painted in &mut self.painted {
            painted.waits = false;
        }
    }

    fn direct_fill(&mut self, rect: Rect, radii: [f64; 4], ink: &Ink, bounds: Rect, hidden: Option<Rect>) {
        let all = bounds.x0 <= 0.0
            && bounds.y0 <= 0.0
            && bounds.x1 >= self.scene.width.into()
            && bounds.y1 >= self.scene.height.into()
            && radii == [0.0; 4]
            && ink.opaque();
        self.start(all);
        let area = direct::Area::new(bounds, self.scene.width);
        let hidden = hidden.filter(|_| self.brackets.is_empty()).map(|hidden| direct::Area::new(hidden, self.scene.width));
        direct::fill(self.pixels, area, direct::Cover::new(rect, radii), ink, hidden, &mut self.tools.row);
    }
}

/// What the next op, behind its shadows, is going to cover with one opaque colour: nobody will see what is drawn there now.
fn covered_by(next: &[Op]) -> Option<Rect> {
    match next.iter().find(|op| !matches!(op, Op::Shadow { turn: None, .. }))? {
        Op::Fill { outline: outline @ Outline::Box { rect, .. }, turn: None, ink: Ink::Solid(color) } if whole(*rect) && color.a == 255 => {
            outline.inside().map(|inside| Rect::new(inside.x0.ceil(), inside.y0.ceil(), inside.x1.floor(), inside.y1.floor()))
        }
        _ => None,
    }
}

pub(crate) fn whole(rect: Rect) -> bool {
    [rect.x0, rect.y0, rect.x1, rect.y1].iter().all(|v| *v == v.round() && v.abs() < 1e6)
}

fn contains(outer: Rect, inner: Rect) -> bool {
    outer.x0 <= inner.x0 && outer.y0 <= inner.y0 && outer.x1 >= inner.x1 && outer.y1 >= inner.y1
}

fn overlaps(a: Rect, b: Rect) -> bool {
    a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}
