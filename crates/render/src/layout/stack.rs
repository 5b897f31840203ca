//! Stacks: a tree of nested stacks is one flex tree; groups and contents are its leaves.

use taffy::{
    AlignContent, AvailableSpace, Dimension, Display, FlexDirection, FlexWrap, LengthPercentage, LengthPercentageAuto, NodeId, Position,
    Rect, Size, Style, TaffyTree, compute_leaf_layout, prelude::TaffyAuto,
};
use template::bound::{Justify, Kind, Length, Node, Stack};

use super::{Frame, Item, Layouter, align};

impl<'a> Layouter<'a, '_> {
    /// Lays out a stack of known or unknown size: its size, and its children's boxes relative to it.
    pub fn flex(&mut self, item: &Item<'a>, w: Option<f32>, h: Option<f32>, room: Option<f32>) -> ((f32, f32), Vec<Frame>) {
        let mut tree: TaffyTree<usize> = TaffyTree::new();
        tree.disable_rounding();
        let mut leaves: Vec<&Item<'a>> = Vec::new();
        let known = |side: Option<f32>| side.map_or(Dimension::AUTO, Dimension::length);
        let Kind::Stack(stack) = &item.node.kind else { return ((0.0, 0.0), Vec::new()) };
        let style = Style { size: Size { width: known(w), height: known(h) }, ..container(stack) };
        let Ok((root, ids)) = grow(&mut tree, item, style, &mut leaves) else { return ((0.0, 0.0), Vec::new()) };
        let space = |side: Option<f32>| side.map_or(AvailableSpace::MaxContent, AvailableSpace::Definite);
        let available = Size { width: space(w.or(room)), height: space(h) };
        let computed = tree.compute_layout_with_measure(root, available, |inputs, _, leaf, style| {
            compute_leaf_layout(
                inputs,
                style,
                |_, _| 0.0,
                |known, available| match leaf.and_then(|leaf| leaves.get(*leaf)) {
                    Some(leaf) => self.leaf(leaf, known, available),
                    None => Size::ZERO,
                },
            )
        });
        if computed.is_err() {
            return ((0.0, 0.0), vec![Frame::default(); item.children.len()]);
        }
        let frame = |id: NodeId| {
            let layout = tree.unrounded_layout(id);
            Frame { x: layout.location.x, y: layout.location.y, width: layout.size.width, height: layout.size.height }
        };
        let size = frame(root);
        ((size.width, size.height), ids.into_iter().map(frame).collect())
    }

    fn leaf(&mut self, item: &Item<'a>, known: Size<Option<f32>>, available: Size<AvailableSpace>) -> Size<f32> {
        let room = match available.width {
            AvailableSpace::Definite(width) => width,
            // A text may be as narrow as it likes to be asked for; its longest word decides later.
            AvailableSpace::MinContent => 0.0,
            AvailableSpace::MaxContent => f32::MAX,
        };
        if let (Some(width), Some(height)) = (known.width, known.height) {
            return Size { width, height };
        }
        if room == 0.0
            && let Kind::Text(_) = item.node.kind
        {
            return Size { width: 0.0, height: self.fitted(item, f32::MAX, None).height };
        }
        let (width, height) = self.content(item, known.width, known.height, room, None);
        Size { width, height }
    }
}

/// Adds an item with all it holds; returns its id and its children's.
fn grow<'i, 'a>(
    tree: &mut TaffyTree<usize>,
    item: &'i Item<'a>,
    style: Style,
    leaves: &mut Vec<&'i Item<'a>>,
) -> Result<(NodeId, Vec<NodeId>), taffy::TaffyError> {
    let mut ids = Vec::new();
    for child in &item.children {
        let style = flex_item(child.node);
        let id = match &child.node.kind {
            Kind::Stack(stack) => {
                let inner = container(stack);
                let style = Style {
                    display: inner.display,
                    flex_direction: inner.flex_direction,
                    flex_wrap: inner.flex_wrap,
                    gap: inner.gap,
                    padding: inner.padding,
                    align_items: inner.align_items,
                    justify_content: inner.justify_content,
                    align_content: inner.align_content,
                    ..style
                };
                grow(tree, child, style, leaves)?.0
            }
            _ => {
                leaves.push(child);
                tree.new_leaf_with_context(style, leaves.len() - 1)?
            }
        };
        ids.push(id);
    }
    Ok((tree.new_with_children(style, &ids)?, ids))
}

fn container(stack: &Stack) -> Style {
    let [top, right, bottom, left] = stack.padding.map(|side| LengthPercentage::length(side.max(0.0)));
    let gap = LengthPercentage::length(stack.gap.max(0.0));
    Style {
        display: Display::Flex,
        flex_direction: if stack.row { FlexDirection::Row } else { FlexDirection::Column },
        flex_wrap: if stack.wrap { FlexWrap::Wrap } else { FlexWrap::NoWrap },
        gap: Size { width: gap, height: gap },
        padding: Rect { left, right, top, bottom },
        align_items: align(stack.align),
        align_content: AlignContent::FLEX_START,
        justify_content: match stack.justify {
            Justify::Start => AlignContent::FLEX_START,
            Justify::Center => AlignContent::CENTER,
            Justify::End => AlignContent::FLEX_END,
            Justify::Between => AlignContent::SPACE_BETWEEN,
            Justify::Around => AlignContent::SPACE_AROUND,
            Justify::Evenly => AlignContent::SPACE_EVENLY,
        },
        ..Style::default()
    }
}

fn flex_item(node: &Node) -> Style {
    let place = &node.place;
    // Flex knows pixels or shares, not sums: where both are given, the share wins.
    let side = |length: Option<Length>| match length {
        None => Dimension::AUTO,
        Some(l) if l.percent != 0.0 => Dimension::percent(l.percent / 100.0),
        Some(l) => Dimension::length(l.px),
    };
    let limit = |length: Option<Length>, none: LengthPercentageAuto| match length {
        None => none,
        Some(l) if l.percent != 0.0 => LengthPercentageAuto::percent(l.percent / 100.0),
        Some(l) => LengthPercentageAuto::length(l.px),
    };
    let [top, right, bottom, left] = place.margin.map(LengthPercentageAuto::length);
    // What may shrink may shrink below its content: a text then takes a smaller size.
    let least = if place.shrink > 0.0 { LengthPercentageAuto::length(0.0) } else { LengthPercentageAuto::AUTO };
    Style {
        position: if place.absolute { Position::Absolute } else { Position::Relative },
        size: Size { width: side(place.width), height: side(place.height) },
        min_size: Size { width: limit(place.min_width, least), height: limit(place.min_height, least) },
        max_size: Size {
            width: limit(place.max_width, LengthPercentageAuto::AUTO),
            height: limit(place.max_height, LengthPercentageAuto::AUTO),
        },
        aspect_ratio: place.aspect.filter(|a| *a > 0.0 && a.is_finite()),
        margin: Rect { left, right, top, bottom },
        flex_grow: place.grow.max(0.0),
        flex_shrink: place.shrink.max(0.0),
        align_self: place.align_self.map(align),
        ..Style::default()
    }
}
