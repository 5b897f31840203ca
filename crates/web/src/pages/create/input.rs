//! From a form's pairs to `inputData`, and back: every control's name starts with `in.` and the field's name.
//!
//! What can't be read as its field's type stays as the text that was typed, so that it comes back and the use case says
//! what is wrong with it.

use app::view::TemplateField;
use serde_json::{Map, Number, Value, json};
use template::FieldType;

use crate::form::Form;

/// What stands before a field's name in a control's.
pub(crate) const PREFIX: &str = "in.";

/// The body of a create form: long texts in several languages, not files.
pub(crate) type CreateForm = Form<512>;

/// The values of all fields that were filled.
pub(crate) fn read(fields: &[TemplateField], form: &CreateForm) -> Map<String, Value> {
    let value = |field: &TemplateField| Some((field.name.clone(), value(field, form)?));
    fields.iter().filter_map(value).collect()
}

fn value(field: &TemplateField, form: &CreateForm) -> Option<Value> {
    let name = format!("{PREFIX}{}", field.name);
    match field.kind {
        FieldType::Boolean => form.has(&format!("{name}.is")).then(|| form.has(&name).into()),
        FieldType::Image => picture(form, &name),
        FieldType::List => list(field, form, &name),
        kind => plain(kind, form.raw(&name)),
    }
}

/// `None` where nothing was typed.
fn plain(kind: FieldType, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(match kind {
        FieldType::Number | FieldType::Rating => number(trimmed).map_or_else(|| trimmed.into(), Value::Number),
        FieldType::Boolean => (trimmed == "true").into(),
        FieldType::Text | FieldType::RichText => text.trim_end().into(),
        _ => trimmed.into(),
    })
}

fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    text.parse().ok().and_then(Number::from_f64)
}

/// An upload by its id before a link; with the point that stays in view where it is not the middle.
fn picture(form: &CreateForm, name: &str) -> Option<Value> {
    let part = |part: &str| form.text(&format!("{name}.{part}")).to_owned();
    let (asset, url) = (part("asset"), part("url"));
    let mut picture = match (asset.is_empty(), url.is_empty()) {
        (false, _) => json!({"assetId": asset}),
        (true, false) => json!({"url": url}),
        (true, true) => return None,
    };
    let share = |text: String| text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent)).map(|percent| percent / 100.0);
    if let (Some(x), Some(y)) = (share(part("x")), share(part("y")))
        && (x, y) != (0.5, 0.5)
    {
        picture["focus"] = json!({"x": x, "y": y});
    }
    Some(picture)
}

fn list(field: &TemplateField, form: &CreateForm, name: &str) -> Option<Value> {
    let items: Vec<Value> = match members(field) {
        None => form.all(name).filter_map(|text| plain(item_kind(field), text)).collect(),
        Some(members) => {
            let columns: Vec<(String, Vec<Option<Value>>)> = members
                .iter()
                .map(|(member, kind)| (member.clone(), form.all(&format!("{name}.{member}")).map(|text| plain(*kind, text)).collect()))
                .collect();
            let count = columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
            let item = |index: usize| -> Map<String, Value> {
                let member = |(member, values): &(String, Vec<Option<Value>>)| Some((member.clone(), values.get(index)?.clone()?));
                columns.iter().filter_map(member).collect()
            };
            (0..count).map(item).filter(|item| !item.is_empty()).map(Value::Object).collect()
        }
    };
    (!items.is_empty()).then_some(Value::Array(items))
}

/// What a plain list's items are.
pub(crate) fn item_kind(field: &TemplateField) -> FieldType {
    field.constraints.get("items").map_or(FieldType::Text, kind_of)
}

/// Name and type of the members, where a list's items are objects.
pub(crate) fn members(field: &TemplateField) -> Option<Vec<(String, FieldType)>> {
    let fields = field.constraints.get("items")?.get("fields")?.as_array()?;
    let member = |field: &Value| Some((field["name"].as_str()?.to_owned(), kind_of(field)));
    Some(fields.iter().filter_map(member).collect())
}

fn kind_of(value: &Value) -> FieldType {
    FieldType::ALL.into_iter().find(|kind| value["type"] == kind.name()).unwrap_or(FieldType::Text)
}
