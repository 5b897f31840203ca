//! The right control for each of a group's fields, filled with what is there.

use app::view::TemplateField;
use askama::Template;
use serde_json::{Map, Value};
use template::FieldType;

use super::input::{PREFIX, item_kind, members};
use crate::field::{Choice, Field};
use crate::form::Problems;

/// Longer fields get more than one line.
const LINE: u64 = 60;
/// Empty places that a list shows beyond what is filled, without script.
const ROOM: usize = 3;

/// One field of the form.
pub(crate) struct Control {
    /// The field's name in `inputData`.
    pub name: String,
    pub label: String,
    pub kind: Kind,
}

pub(crate) enum Kind {
    Plain(Box<Field>),
    /// A colour as text, with a swatch where there is script.
    Color(Box<Field>),
    /// A switch that says that it was there, because an unset one sends nothing.
    Switch(Box<Field>),
    Picture(Picture),
    List(List),
}

/// An upload, a link or a file, and the point of it that stays in view.
#[derive(Template)]
#[template(path = "create/picture.html")]
pub(crate) struct Picture {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub required: bool,
    pub problem: Option<String>,
    pub url: String,
    pub asset: String,
    /// Uploads and built-in pictures: id and name.
    pub uploads: Vec<(String, String)>,
    pub built_in: Vec<(String, String)>,
    /// Base of thumbnails, such as `/t/northbank/assets`.
    pub thumbs: String,
    /// In per cent.
    pub x: u32,
    pub y: u32,
}

/// Items of one kind, or with several members.
#[derive(Template)]
#[template(path = "create/list.html")]
pub(crate) struct List {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub required: bool,
    pub problem: Option<String>,
    pub least: u64,
    pub most: u64,
    pub items: Vec<Item>,
    /// What script adds.
    pub blank: Item,
}

/// One row of a list.
#[derive(Clone)]
pub(crate) struct Item {
    pub parts: Vec<Part>,
}

/// One text box of a row.
#[derive(Clone)]
pub(crate) struct Part {
    pub name: String,
    pub label: String,
    pub value: String,
    pub kind: &'static str,
    pub limit: Option<u64>,
}

impl askama::filters::HtmlSafe for Picture {}
impl askama::filters::HtmlSafe for List {}

/// What all pictures of a form may be chosen from.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    pub uploads: Vec<(String, String)>,
    pub built_in: Vec<(String, String)>,
    pub thumbs: String,
}

/// The form of a group's fields.
pub(crate) fn controls(fields: &[TemplateField], input: &Map<String, Value>, problems: &Problems, shelf: &Shelf) -> Vec<Control> {
    let control = |field: &TemplateField| Control {
        name: field.name.clone(),
        label: field.label.clone(),
        kind: kind(field, input.get(&field.name), problems.of(&control_name(&field.name)), shelf),
    };
    fields.iter().map(control).collect()
}

/// What a field's control is called.
pub(crate) fn control_name(field: &str) -> String {
    format!("{PREFIX}{field}")
}

fn kind(field: &TemplateField, value: Option<&Value>, problem: Option<String>, shelf: &Shelf) -> Kind {
    match field.kind {
        FieldType::Image => Kind::Picture(picture(field, value, problem, shelf)),
        FieldType::List => Kind::List(list(field, value, problem)),
        FieldType::Boolean => {
            let checked = value.or(field.default.as_ref()).and_then(Value::as_bool).unwrap_or(false);
            Kind::Switch(Box::new(Field {
                problem,
                ..Field::switch(&control_name(&field.name), &field.label).checked(checked).hint(&field.description)
            }))
        }
        FieldType::Color => Kind::Color(Box::new(plain(field, value, problem))),
        _ => Kind::Plain(Box::new(plain(field, value, problem))),
    }
}

fn plain(field: &TemplateField, value: Option<&Value>, problem: Option<String>) -> Field {
    let name = control_name(&field.name);
    let most = field.constraints.get("maxLength").and_then(Value::as_u64);
    let mut made = match field.kind {
        FieldType::RichText => Field::area(&name, &field.label, 3),
        FieldType::Text if most.is_none_or(|most| most > LINE) => Field::area(&name, &field.label, 2),
        FieldType::Number => Field::input("text", &name, &field.label),
        FieldType::Date => Field::input("date", &name, &field.label),
        FieldType::Url => Field::input("url", &name, &field.label),
        FieldType::Enum => Field::select(&name, &field.label, choices(field)),
        FieldType::Rating => Field::select(&name, &field.label, ratings()),
        _ => Field::text(&name, &field.label),
    };
    made.value = value.map(shown).unwrap_or_default();
    made.required = field.required;
    made.problem = problem;
    made.hint = hint(field);
    made.placeholder = field.example.as_ref().map(shown).filter(|_| field.kind != FieldType::Date).unwrap_or_default();
    made.limit = most.and_then(|most| usize::try_from(most).ok());
    made
}

/// A value as its control holds it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

fn hint(field: &TemplateField) -> String {
    let figure = |key: &str| field.constraints.get(key).and_then(Value::as_f64);
    let range = match (field.kind, figure("min"), figure("max")) {
        (FieldType::Number, Some(low), Some(high)) => format!("From {low} to {high}."),
        (FieldType::Number, Some(low), None) => format!("At least {low}."),
        (FieldType::Number, None, Some(high)) => format!("At most {high}."),
        _ => String::new(),
    };
    [field.description.as_str(), &range].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn choices(field: &TemplateField) -> Vec<Choice> {
    let values = field.constraints.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
    let unset = field.default.as_ref().map_or_else(|| "None".to_owned(), |default| format!("As designed ({})", shown(default)));
    let first = Choice::new("", if field.required { "Choose" } else { &unset });
    std::iter::once(first).chain(values.iter().map(shown).map(|value| Choice::new(&value, &value))).collect()
}

/// Half steps from 0 to 5.
fn ratings() -> Vec<Choice> {
    let step = |half: u32| {
        let (value, stars) = (f64::from(half) / 2.0, if half.is_multiple_of(2) { "" } else { "½" });
        let label = match half {
            1 => "½ star".to_owned(),
            2 => "1 star".to_owned(),
            _ => format!("{}{stars} stars", half / 2),
        };
        Choice::new(&value.to_string(), &label)
    };
    std::iter::once(Choice::new("", "None")).chain((0..=10).rev().map(step)).collect()
}

fn picture(field: &TemplateField, value: Option<&Value>, problem: Option<String>, shelf: &Shelf) -> Picture {
    let text = |key: &str| value.and_then(|value| value.get(key)).map(shown).unwrap_or_default();
    let percent = |key: &str| {
        let share = value.and_then(|value| value.get("focus")?.get(key)?.as_f64()).unwrap_or(0.5);
        (share.clamp(0.0, 1.0) * 100.0).round() as u32
    };
    let (asset, mut uploads) = (text("assetId"), shelf.uploads.clone());
    // What was chosen stays chosen, however many were uploaded since.
    let known = uploads.iter().chain(&shelf.built_in).any(|(id, _)| *id == asset);
    if !asset.is_empty() && !known {
        uploads.insert(0, (asset.clone(), "An earlier upload".to_owned()));
    }
    Picture {
        name: control_name(&field.name),
        label: field.label.clone(),
        hint: field.description.clone(),
        required: field.required,
        problem,
        url: value.and_then(Value::as_str).map_or_else(|| text("url"), ToOwned::to_owned),
        asset,
        uploads,
        built_in: shelf.built_in.clone(),
        thumbs: shelf.thumbs.clone(),
        x: percent("x"),
        y: percent("y"),
    }
}

fn list(field: &TemplateField, value: Option<&Value>, problem: Option<String>) -> List {
    let limit = |key: &str, otherwise: u64| field.constraints.get(key).and_then(Value::as_u64).unwrap_or(otherwise);
    let (least, most) = (limit("minItems", 0), limit("maxItems", 20));
    let filled = value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut items: Vec<Item> = filled.iter().map(|value| item(field, Some(value))).collect();
    let places = usize::try_from(most).unwrap_or(items.len()).min(items.len().max(usize::try_from(least).unwrap_or(0)).max(ROOM));
    while items.len() < places {
        items.push(item(field, None));
    }
    List {
        name: control_name(&field.name),
        label: field.label.clone(),
        hint: field.description.clone(),
        required: field.required,
        problem,
        least,
        most,
        items,
        blank: item(field, None),
    }
}

fn item(field: &TemplateField, value: Option<&Value>) -> Item {
    let name = control_name(&field.name);
    let limit = |rules: Option<&Value>| rules?.get("constraints")?.get("maxLength")?.as_u64();
    let items = field.constraints.get("items");
    let Some(members) = members(field) else {
        let value = value.map(shown).unwrap_or_default();
        return Item {
            parts: vec![Part { name, label: field.label.clone(), value, kind: input_type(item_kind(field)), limit: limit(items) }],
        };
    };
    let rules = |member: &str| items?.get("fields")?.as_array()?.iter().find(|field| field["name"] == *member);
    let part = |(member, kind): &(String, FieldType)| Part {
        name: format!("{name}.{member}"),
        label: rules(member).and_then(|rules| rules["label"].as_str()).unwrap_or(member).to_owned(),
        value: value.and_then(|value| value.get(member)).map(shown).unwrap_or_default(),
        kind: input_type(*kind),
        limit: limit(rules(member)),
    };
    Item { parts: members.iter().map(part).collect() }
}

fn input_type(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Url => "url",
        FieldType::Date => "date",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(kind: FieldType, constraints: Value) -> TemplateField {
        TemplateField {
            name: "f".into(),
            kind,
            label: "A field".into(),
            description: String::new(),
            required: false,
            default: None,
            example: None,
            constraints: constraints.as_object().cloned().unwrap_or_default(),
            used_in: Vec::new(),
        }
    }

    fn of(field: &TemplateField, value: Value) -> Control {
        let input = Map::from_iter([("f".to_owned(), value)]);
        controls(std::slice::from_ref(field), &input, &Problems::default(), &Shelf::default()).remove(0)
    }

    #[test]
    fn a_list_shows_what_is_filled_and_room_for_more_within_its_limit() {
        let rules = json!({"minItems": 3, "maxItems": 4, "items": {"type": "text", "constraints": {"maxLength": 44}}});
        let Kind::List(list) = of(&field(FieldType::List, rules), json!(["a"])).kind else { panic!() };
        assert_eq!(list.items.iter().map(|item| item.parts[0].value.as_str()).collect::<Vec<_>>(), ["a", "", ""]);
        assert_eq!((list.blank.parts[0].limit, list.most), (Some(44), 4));
    }

    #[test]
    fn a_lists_objects_have_a_box_for_each_member() {
        let fields = json!([{"name": "value", "label": "Figure", "type": "text", "constraints": {"maxLength": 8}}, {"name": "label", "label": "Label", "type": "text", "constraints": {}}]);
        let Kind::List(list) =
            of(&field(FieldType::List, json!({"maxItems": 3, "items": {"fields": fields}})), json!([{"value": "+38 %"}])).kind
        else {
            panic!()
        };
        let parts: Vec<_> = list.items[0].parts.iter().map(|part| (part.name.as_str(), part.label.as_str(), part.value.as_str())).collect();
        assert_eq!(parts, [("in.f.value", "Figure", "+38 %"), ("in.f.label", "Label", "")]);
    }

    #[test]
    fn a_picture_keeps_its_upload_and_focus() {
        let value = json!({"assetId": "asset_x", "focus": {"x": 0.25, "y": 1}});
        let Kind::Picture(picture) = of(&field(FieldType::Image, json!({})), value).kind else { panic!() };
        assert_eq!((picture.x, picture.y, picture.uploads.len()), (25, 100, 1));
        let Kind::Picture(picture) = of(&field(FieldType::Image, json!({})), json!("https://a.test/b.png")).kind else { panic!() };
        assert_eq!((picture.url.as_str(), picture.x), ("https://a.test/b.png", 50));
    }
}
