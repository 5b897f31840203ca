//! Compiling tables: columns of text over the items of a list.

use serde_json::{Map, Value};

use super::read::{ALIGNS, Compiler};
use super::{ColumnExpr, RuleExpr, TableLayer, TextLayer};
use crate::bound::Align;
use crate::expr::Ref;
use crate::field::FieldType;
use crate::property;
use crate::read::{Node, Source, merge_patch};

const MAX_COLUMNS: usize = 12;
/// What a column has beside the properties of its texts.
const OF_COLUMN: [&str; 3] = ["header", "width", "grow"];

impl Compiler<'_> {
    pub(super) fn table(&self, node: &Node<'_>) -> Option<TableLayer> {
        let list = self.rows(node)?;
        let Some(written) = node.get("columns") else {
            node.fault("\"columns\" is missing", None);
            return None;
        };
        let items = written.items();
        if !(1..=MAX_COLUMNS).contains(&items.len()) {
            written.fault(format!("a table has 1 to {MAX_COLUMNS} columns"), None);
            return None;
        }
        for (key, more) in [("cell", None), ("header", Some("fill"))] {
            if let Some(shared) = node.get(key) {
                shared.only(texts().chain(more), &format!("a table's {key}"));
            }
        }
        self.names.list.set(Some(list));
        let columns: Vec<Option<ColumnExpr>> = items.iter().map(|column| self.column(node, column)).collect();
        self.names.list.set(None);
        let header = node.get("header");
        let rule = self.rule(node, "rule");
        Some(TableLayer {
            list,
            max: node.get("maxRows").and_then(|max| max.whole(1, 100)).unwrap_or(100) as usize,
            columns: columns.into_iter().collect::<Option<_>>()?,
            header_fill: header.as_ref().and_then(|header| self.paint(header, "fill")),
            header_rule: self.rule(node, "headerRule").or_else(|| rule.clone()),
            rule,
            zebra: self.paint(node, "zebra"),
            gap: self.pixels(node, "gap", None).unwrap_or_default(),
            padding: self.four(node, "padding", None),
            align: node.get("align").and_then(|align| align.choice(&ALIGNS)).unwrap_or(Align::Center),
        })
    }

    /// The list field whose items are the rows.
    fn rows(&self, node: &Node<'_>) -> Option<usize> {
        let Some(rows) = node.get("rows") else {
            node.fault("\"rows\" is missing", "{{a list}}".to_owned());
            return None;
        };
        if self.names.list.get().is_some() {
            rows.fault("a table can't stand inside a repeat", None);
            return None;
        }
        let name = self.named(&rows, "a list")?;
        match rows.take(self.names.find(name))? {
            value @ Ref::Field(list) if self.names.kind(value) == FieldType::List => Some(list),
            _ => {
                rows.fault(format!("\"{name}\" is no list"), None);
                None
            }
        }
    }

    fn column(&self, table: &Node<'_>, column: &Node<'_>) -> Option<ColumnExpr> {
        if !column.only(texts().chain(["text"]).chain(OF_COLUMN), "a column") {
            return None;
        }
        let number = |key: &str, max: f64| column.get(key).and_then(|node| node.number(0.0, max)).map(|number| number as f32);
        let width = self.pixels(column, "width", None);
        Some(ColumnExpr {
            cell: self.in_column(table, column, "cell", None)?,
            header: match column.get("header") {
                Some(header) => Some(self.in_column(table, column, "header", Some(header.string()?))?),
                None => None,
            },
            grow: number("grow", 1000.0).unwrap_or(if width.is_some() { 0.0 } else { 1.0 }),
            width: width.unwrap_or_default(),
        })
    }

    /// The text layer of a column's cells or of its header: the column's own properties over those that all columns share.
    fn in_column(&self, table: &Node<'_>, column: &Node<'_>, shared: &str, text: Option<&str>) -> Option<TextLayer> {
        let shared = table.get(shared);
        let mut value = shared.as_ref().map_or_else(|| Value::Object(Map::new()), |shared| shared.value.clone());
        match text {
            // A header has its column's place, and its own looks.
            Some(text) => {
                for key in ["align", "text"] {
                    let own = if key == "text" { Some(Value::from(text)) } else { column.value.get(key).cloned() };
                    if let (Some(map), Some(own)) = (value.as_object_mut(), own) {
                        map.insert(key.to_owned(), own);
                    }
                }
            }
            None => merge_patch(&mut value, column.value),
        }
        let mut sources = vec![Source { pointer: column.pointer(), value: column.value }];
        sources.extend(shared.as_ref().map(|shared| Source { pointer: shared.pointer(), value: shared.value }));
        let node = Node::new(&value, &sources, self.faults).with_vars(self.names.vars.get());
        self.text_layer(&node, Some(self.em(&node)))
    }

    fn rule(&self, node: &Node<'_>, key: &str) -> Option<RuleExpr> {
        let rule = node.get(key)?;
        rule.only(["width", "color"], "a rule").then_some(())?;
        for needed in ["width", "color"].into_iter().filter(|needed| rule.get(needed).is_none()) {
            rule.fault(format!("\"{needed}\" is missing"), None);
        }
        Some(RuleExpr { width: self.pixels(&rule, "width", None)?, paint: self.paint(&rule, "color")? })
    }
}

/// Properties of a text layer that cells and headers take: all but the text, and a style by name.
fn texts() -> impl Iterator<Item = &'static str> + Clone {
    let own = property::of_kind("text").unwrap_or_default();
    own.iter().map(|property| property.name).filter(|name| !["text", "style"].contains(name))
}
