//! Tables as stacks: a row for each item, cells of shared widths.

use super::node::Binder;
use super::paint;
use crate::bound::{Align, Form, Justify, Kind, Length, Look, Node, Place, Shape, Stack};
use crate::eval::Eval;
use crate::inputs::Value;
use crate::layer::{ColumnExpr, PaintExpr, RuleExpr, TableLayer, TextLayer};

impl Binder<'_> {
    /// `None` where the list is not given. `id` is the layer's.
    pub(super) fn table(&self, table: &TableLayer, eval: &Eval<'_>, id: &str) -> Option<Stack> {
        let Some(Some(Value::List(items))) = eval.values.get(table.list) else { return None };
        let mut children = Vec::new();
        if table.columns.iter().any(|column| column.header.is_some()) {
            let fill = table.header_fill.as_ref();
            children.push(self.row(table, eval, &format!("{id}.header"), fill, |column| column.header.as_ref()));
        }
        for (i, item) in items.iter().enumerate().take(table.max) {
            let rule = if i == 0 { table.header_rule.as_ref().filter(|_| !children.is_empty()) } else { table.rule.as_ref() };
            children.extend(rule.map(|rule| self::rule(rule, eval, format!("{id}.rule.{i}"))));
            let inner = Eval { item: Some((item, i)), ..*eval };
            // The first row stands on the table's own ground.
            let fill = table.zebra.as_ref().filter(|_| i % 2 == 1);
            children.push(self.row(table, &inner, &format!("{id}.{i}"), fill, |column| Some(&column.cell)));
        }
        Some(Stack { row: false, gap: 0.0, padding: [0.0; 4], align: Align::Stretch, justify: Justify::Start, wrap: false, children })
    }

    fn row<'t>(
        &self,
        table: &'t TableLayer,
        eval: &Eval<'_>,
        id: &str,
        fill: Option<&PaintExpr>,
        text: impl Fn(&'t ColumnExpr) -> Option<&'t TextLayer>,
    ) -> Node {
        let corner = eval.roles.corner;
        let cells = table.columns.iter().enumerate().map(|(i, column)| {
            let width = Length { px: column.width.px(corner).max(0.0), percent: 0.0 };
            // Cells are as wide as their column, whatever they say; an empty one keeps its place.
            let place = Place { width: Some(width), grow: column.grow, shrink: 1.0, mirror: true, ..Place::default() };
            let kind = match text(column).and_then(|text| self.text(text, eval, Some(table.list))) {
                Some(text) => Kind::Text(Box::new(text)),
                None => Kind::Group(Vec::new()),
            };
            Node { id: format!("{id}.{i}"), place, look: Look::default(), kind }
        });
        let stack = Stack {
            row: true,
            gap: table.gap.px(corner).max(0.0),
            padding: table.padding.map(|padding| padding.px(corner).max(0.0)),
            align: table.align,
            justify: Justify::Start,
            wrap: false,
            children: cells.collect(),
        };
        let look = Look { fill: fill.map(|fill| paint::paint(fill, eval)), ..Look::default() };
        let place = Place { shrink: 1.0, mirror: true, ..Place::default() };
        Node { id: id.to_owned(), place, look, kind: Kind::Stack(stack) }
    }
}

fn rule(rule: &RuleExpr, eval: &Eval<'_>, id: String) -> Node {
    let height = Length { px: rule.width.px(eval.roles.corner).max(0.0), percent: 0.0 };
    let place = Place { height: Some(height), mirror: true, ..Place::default() };
    let look = Look { fill: Some(paint::paint(&rule.paint, eval)), ..Look::default() };
    Node { id, place, look, kind: Kind::Shape(Shape::from(Form::Rect)) }
}
