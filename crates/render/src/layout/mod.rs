//! Layout: every node gets a box in canvas pixels, and every text its lines.
//!
//! Groups place children by pins, stacks by flex; they nest in each other. Right-to-left documents are laid out like
//! others and mirrored at the end.

mod measure;
mod pins;
mod stack;

use template::bound::{Align, Bound, Direction, Kind, Node, Text, VerticalAlign};
use vello_cpu::kurbo::Rect;

use crate::{
    fonts::Fonts,
    text::{Contexts, Fitted, Line},
};

/// A node with its box, in canvas pixels from the canvas' corner.
pub struct Placed<'a> {
    pub node: &'a Node,
    pub frame: Frame,
    /// Its look is mirrored with it: corners, gradients, rotation.
    pub mirrored: bool,
    pub text: Option<Fitted>,
    pub children: Vec<Placed<'a>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// What letters take above and below the baseline, in em, as most of them do.
pub const ABOVE: f64 = 0.75;
pub const BELOW: f64 = 0.2;
/// Nesting deeper than this is left out; documents are limited to far less.
const DEPTH: usize = 64;

/// Lays out all nodes of a bound document.
pub fn layout<'a>(contexts: &mut Contexts, fonts: &Fonts, bound: &'a Bound) -> Vec<Placed<'a>> {
    let mut items = Vec::new();
    let mut texts = Vec::new();
    for node in &bound.nodes {
        items.push(Item::new(node, &mut texts, 0));
    }
    let mut layouter = Layouter { contexts, fonts, bound, texts };
    let (width, height) = (bound.width as f32, bound.height as f32);
    let mut placed: Vec<Placed> = items
        .iter()
        .map(|item| {
            let frame = layouter.pinned(item, width, height);
            layouter.settle(item, frame)
        })
        .collect();
    if bound.direction == Direction::Rtl {
        for node in &mut placed {
            mirror(node, 0.0, width);
        }
    }
    placed
}

/// A node in the making.
struct Item<'a> {
    node: &'a Node,
    children: Vec<Item<'a>>,
    /// Place of a text in `Layouter::texts`.
    text: usize,
}

/// Fits that were tried, by the bits of width and height: flex asks for the same ones again and again.
type Tried = Vec<((u32, Option<u32>), Fitted)>;

struct Layouter<'a, 'c> {
    contexts: &'c mut Contexts,
    fonts: &'c Fonts,
    bound: &'a Bound,
    texts: Vec<Tried>,
}

impl<'a> Item<'a> {
    fn new(node: &'a Node, texts: &mut Vec<Tried>, depth: usize) -> Self {
        let nodes: &[Node] = match &node.kind {
            _ if depth >= DEPTH => &[],
            Kind::Group(children) => children,
            Kind::Stack(stack) => &stack.children,
            _ => &[],
        };
        let children = nodes.iter().map(|child| Self::new(child, texts, depth + 1)).collect();
        let text = texts.len();
        if matches!(node.kind, Kind::Text(_)) {
            texts.push(Vec::new());
        }
        Self { node, children, text }
    }
}

impl<'a> Layouter<'a, '_> {
    /// Gives a node its final box, fits its text into it, and places what it holds.
    fn settle(&mut self, item: &Item<'a>, frame: Frame) -> Placed<'a> {
        let node = item.node;
        let mut placed = Placed { node, frame, mirrored: false, text: None, children: Vec::new() };
        match &node.kind {
            Kind::Text(_) => placed.text = Some(self.fitted(item, frame.width, Some(frame.height))),
            Kind::Group(_) => {
                for child in &item.children {
                    let inner = self.pinned(child, frame.width, frame.height).moved(frame.x, frame.y);
                    placed.children.push(self.settle(child, inner));
                }
            }
            Kind::Stack(_) => {
                let boxes = self.flex(item, Some(frame.width), Some(frame.height), None).1;
                for (child, inner) in item.children.iter().zip(boxes) {
                    let inner = if child.node.place.absolute { self.pinned(child, frame.width, frame.height) } else { inner };
                    placed.children.push(self.settle(child, inner.moved(frame.x, frame.y)));
                }
            }
            _ => {}
        }
        placed
    }
}

impl Placed<'_> {
    /// Where the first line of a text begins, in canvas pixels.
    pub fn text_top(&self, spec: &Text, fitted: &Fitted) -> f64 {
        let free = f64::from(self.frame.height - fitted.height);
        f64::from(self.frame.y)
            + match spec.vertical_align {
                VerticalAlign::Top => 0.0,
                VerticalAlign::Middle => free / 2.0,
                VerticalAlign::Bottom => free,
            }
    }

    /// What the letters of a text take, all lines together, without quotation marks that hang beyond its edge; `None` for a
    /// text without lines.
    pub fn letters(&self, spec: &Text) -> Option<Rect> {
        let fitted = self.text.as_ref()?;
        if spec.arc.is_some() {
            return Some(self.frame.rect());
        }
        let (left, top, em) = (f64::from(self.frame.x), self.text_top(spec, fitted), f64::from(fitted.size));
        let line = |line: &Line| {
            let (x, baseline) = (left + f64::from(line.x), top + f64::from(line.baseline));
            let (end, hang) = (x + f64::from(line.width), f64::from(line.hang));
            Rect::new(x + hang.max(0.0), baseline - ABOVE * em, end + hang.min(0.0), baseline + BELOW * em)
        };
        fitted.lines.iter().map(line).reduce(|a, b| a.union(b))
    }
}

impl Frame {
    pub fn rect(self) -> Rect {
        let [x, y, width, height] = [self.x, self.y, self.width, self.height].map(f64::from);
        Rect::new(x, y, x + width, y + height)
    }

    pub fn moved(self, x: f32, y: f32) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// Mirrors a node inside its parent, which spans `left` to `left + width` and was `left` before too.
fn mirror(placed: &mut Placed, left: f32, width: f32) {
    if !placed.node.place.mirror {
        return;
    }
    let before = placed.frame.x;
    placed.mirrored = true;
    placed.frame.x = left + width - (before - left) - placed.frame.width;
    let (moved, frame) = (placed.frame.x - before, placed.frame);
    for child in &mut placed.children {
        shift(child, moved);
        mirror(child, frame.x, frame.width);
    }
}

fn shift(placed: &mut Placed, by: f32) {
    placed.frame.x += by;
    for child in &mut placed.children {
        shift(child, by);
    }
}

fn align(align: Align) -> taffy::AlignItems {
    match align {
        Align::Start => taffy::AlignItems::FLEX_START,
        Align::Center => taffy::AlignItems::CENTER,
        Align::End => taffy::AlignItems::FLEX_END,
        Align::Stretch => taffy::AlignItems::STRETCH,
        Align::Baseline => taffy::AlignItems::BASELINE,
    }
}
