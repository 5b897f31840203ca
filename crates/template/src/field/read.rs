//! Reading the fields of a document.

use serde_json::Value;

use super::{Constraints, Field, FieldType, Items};
use crate::barcode::SYMBOLOGIES;
use crate::expr::rich::MAX_TAGS;
use crate::inputs::Value as Given;
use crate::inputs::check::{Check, MAX_CHARACTERS, MAX_ITEMS};
use crate::read::{Node, is_name};

/// What marks and boxes may be called.
pub(crate) const MARK_NAME: &str = "a letter, then letters, digits and _, at most 40 of them";
/// What a field has.
pub(crate) const MEMBERS: [&str; 11] =
    ["name", "type", "label", "description", "required", "default", "example", "constraints", "items", "fallback", "note"];
const MAX_FIELDS: usize = 100;
const TAKEN: [&str; 7] = ["brand", "item", "index", "true", "false", "locale", "rtl"];

/// The group's fields.
pub(crate) fn read(root: &Node<'_>) -> Vec<Field> {
    root.get("fields").map_or_else(Vec::new, |list| fields(&list, false))
}

fn fields(list: &Node<'_>, inner: bool) -> Vec<Field> {
    let items = list.items();
    if items.len() > MAX_FIELDS {
        list.fault(format!("there are at most {MAX_FIELDS} fields"), None);
        return Vec::new();
    }
    let mut fields: Vec<Field> = Vec::new();
    for item in &items {
        let Some(field) = named(item, inner) else { continue };
        if fields.iter().any(|other| other.name == field.name) {
            item.fault(format!("the field \"{}\" stands twice", field.name), None);
        } else {
            fields.push(field);
        }
    }
    fields
}

fn named(node: &Node<'_>, inner: bool) -> Option<Field> {
    if !node.only(MEMBERS, "a field") {
        return None;
    }
    let name = node.text_of("name", 40)?;
    if !is_name(&name) || (!inner && TAKEN.contains(&name.as_str())) {
        if let Some(node) = node.get("name") {
            node.fault(format!("\"{name}\" is no name for a field"), "a letter, then letters, digits and _".to_owned());
        }
        return None;
    }
    field(node, name, inner)
}

/// A field whose name is known; an item of a list has none.
fn field(node: &Node<'_>, name: String, inner: bool) -> Option<Field> {
    let Some(kind) = node.get("type") else {
        node.fault("\"type\" is missing", FieldType::ALL.map(FieldType::name).join(", "));
        return None;
    };
    let types = FieldType::ALL.map(|kind| (kind.name(), kind));
    let (kind, kind_node) = (kind.choice(&types)?, kind);
    if inner && kind == FieldType::List {
        kind_node.fault("a list can't stand inside a list", None);
        return None;
    }
    let text = |key: &str| node.get(key).and_then(|node| node.string()).map(str::to_owned);
    let mut field = Field {
        label: text("label").unwrap_or_else(|| name.clone()),
        description: text("description").unwrap_or_default(),
        required: node.get("required").and_then(|required| required.bool()).unwrap_or(false),
        default: None,
        example: None,
        constraints: node.get("constraints").map_or_else(Constraints::default, |node| constraints(&node, kind)),
        items: None,
        fallback: None,
        given: None,
        name,
        kind,
    };
    match (kind, node.get("items")) {
        (FieldType::List, Some(items)) => field.items = Some(self::items(&items)?),
        (FieldType::List, None) => {
            let hint = "{\"type\": \"text\"} or {\"fields\": […]}".to_owned();
            node.fault("a list needs \"items\"", hint);
            return None;
        }
        (_, Some(items)) => items.fault("only a list has \"items\"", None),
        _ => {}
    }
    if kind == FieldType::Enum && field.constraints.values.is_empty() {
        node.fault("an enum needs constraints.values", None);
    }
    for key in ["default", "example"] {
        let Some(node) = node.raw(key) else { continue };
        let value = checked(&field, &node);
        if key == "default" {
            field.default = Some(node.value.clone());
            field.given = value;
        } else {
            field.example = Some(node.value.clone());
        }
    }
    match node.raw("fallback") {
        Some(node) if kind == FieldType::Image => {
            if let Some(Given::Picture(picture)) = checked(&field, &node) {
                field.fallback = Some(picture);
            }
        }
        Some(node) => node.fault("only an image has a fallback", None),
        None => {}
    }
    if field.required && field.default.is_none() && field.example.is_none() && !inner {
        node.fault("a required field needs an example", "the examples together are exampleInputData".to_owned());
    }
    Some(field)
}

/// A value that the document itself gives, by the field's own rules.
fn checked(field: &Field, node: &Node<'_>) -> Option<Given> {
    let mut check = Check::default();
    let value = check.value(field, node.value, "");
    for fault in &check.faults {
        let place = if fault.param.is_empty() { String::new() } else { format!("{}: ", fault.param) };
        node.fault(format!("{place}{}", fault.message), None);
    }
    for warning in &check.warnings {
        node.fault(warning.message.clone(), None);
    }
    value
}

fn items(node: &Node<'_>) -> Option<Items> {
    node.object()?;
    if let Some(list) = node.get("fields") {
        node.only(["fields", "note"], "an item with fields");
        let fields = fields(&list, true);
        if fields.is_empty() {
            list.fault("an item has at least one field", None);
            return None;
        }
        return Some(Items::Object(fields));
    }
    node.only(["type", "label", "description", "constraints", "note"], "an item");
    field(node, String::new(), true).map(|field| {
        let label = if field.label.is_empty() { "The item".to_owned() } else { field.label.clone() };
        Items::Plain(Box::new(Field { label, ..field }))
    })
}

/// The limits that a type of field takes.
pub(crate) fn constraints_of(kind: FieldType) -> &'static [&'static str] {
    match kind {
        FieldType::Text | FieldType::Url | FieldType::Qr => &["minLength", "maxLength"],
        FieldType::Barcode => &["minLength", "maxLength", "symbology"],
        FieldType::RichText => &["minLength", "maxLength", "marks"],
        FieldType::Number | FieldType::Rating => &["min", "max"],
        FieldType::List => &["minItems", "maxItems"],
        FieldType::Enum => &["values"],
        FieldType::Image | FieldType::Color | FieldType::Boolean | FieldType::Date => &[],
    }
}

fn constraints(node: &Node<'_>, kind: FieldType) -> Constraints {
    node.only(constraints_of(kind).iter().copied(), &format!("a field of type {}", kind.name()));
    let whole = |key: &str, max: u64| node.get(key).and_then(|node| node.whole(0, max));
    let number = |key: &str| node.get(key).and_then(|node| node.number(-1e15, 1e15));
    let limits = Constraints {
        min_length: whole("minLength", MAX_CHARACTERS),
        max_length: whole("maxLength", MAX_CHARACTERS),
        min: number("min"),
        max: number("max"),
        min_items: whole("minItems", MAX_ITEMS),
        max_items: whole("maxItems", MAX_ITEMS),
        values: node.get("values").map_or_else(Vec::new, |values| self::values(&values)),
        symbology: node.get("symbology").and_then(|symbology| symbology.choice(&SYMBOLOGIES)),
        marks: node.get("marks").map_or_else(Vec::new, |marks| self::marks(&marks)),
    };
    let crossed = matches!((limits.min_length, limits.max_length), (Some(min), Some(max)) if min > max)
        || matches!((limits.min, limits.max), (Some(min), Some(max)) if min > max)
        || matches!((limits.min_items, limits.max_items), (Some(min), Some(max)) if min > max);
    if crossed {
        node.fault("the least is more than the most", None);
    }
    limits
}

fn values(node: &Node<'_>) -> Vec<String> {
    let items = node.items();
    if !(1..=100).contains(&items.len()) {
        node.fault("an enum has 1 to 100 values", None);
    }
    let mut values: Vec<String> = Vec::new();
    for item in items.iter().take(100) {
        match item.value {
            Value::String(text) if !text.is_empty() && !values.contains(text) => values.push(text.clone()),
            Value::String(_) => item.fault("a value is a text that stands once", None),
            _ => {
                item.string();
            }
        }
    }
    values
}

/// Whether a mark or a box may have this name.
pub(crate) fn is_mark(name: &str) -> bool {
    is_name(name) && name.len() <= 40
}

fn marks(node: &Node<'_>) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    for item in node.items().iter().take(MAX_TAGS + 1) {
        let Some(name) = item.string() else { continue };
        if !is_mark(name) || marks.iter().any(|known| known == name) {
            item.fault(format!("\"{name}\" is no name for a mark, or stands twice"), MARK_NAME.to_owned());
        }
        marks.push(name.to_owned());
    }
    if marks.len() > MAX_TAGS {
        node.fault(format!("a field has at most {MAX_TAGS} marks"), None);
    }
    marks
}
