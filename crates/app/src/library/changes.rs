//! What differs between two versions of a document, in sentences for whoever publishes the newer one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use template::{Document, Field, Size};

/// Names of one kind that a sentence lists; more are counted.
const NAMED: usize = 8;

/// The differences from `old` to `new`, those first that callers of the API feel.
pub(super) fn changes(old: (&Document, &str), new: (&Document, &str)) -> Vec<String> {
    let ((old, old_text), (new, new_text)) = (old, new);
    let mut list = Vec::new();
    fields(old, new, &mut list);
    sizes(old, new, &mut list);
    if old.name() != new.name() {
        list.push(format!("Renamed from \"{}\" to \"{}\".", old.name(), new.name()));
    }
    if old.description() != new.description() {
        list.push("The description changes.".to_owned());
    }
    if old.tags() != new.tags() {
        list.push("The tags change.".to_owned());
    }
    let (old_layers, new_layers) = (layers(old_text), layers(new_text));
    let ids: BTreeSet<&String> = old_layers.keys().chain(new_layers.keys()).collect();
    let pick = |wanted: fn(Option<&Value>, Option<&Value>) -> bool| -> Vec<&str> {
        ids.iter().filter(|id| wanted(old_layers.get(**id), new_layers.get(**id))).map(|id| id.as_str()).collect()
    };
    sentence(&mut list, "New layers", &pick(|old, new| old.is_none() && new.is_some()));
    sentence(&mut list, "Layers removed", &pick(|old, new| old.is_some() && new.is_none()));
    sentence(&mut list, "Layers changed", &pick(|old, new| old.is_some() && new.is_some() && old != new));
    if list.is_empty() && old_text != new_text {
        list.push("Nothing that is named changes; the text differs.".to_owned());
    }
    list
}

fn fields(old: &Document, new: &Document, list: &mut Vec<String>) {
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        new.fields().iter().filter(|field| old.field(&field.name).is_none()).partition(|field| field.required);
    sentence(list, "New fields that every call must fill from now on", &names(&required));
    let removed: Vec<&Field> = old.fields().iter().filter(|field| new.field(&field.name).is_none()).collect();
    sentence(list, "Fields removed; calls that still send them get a warning", &names(&removed));
    let both = || new.fields().iter().filter_map(|field| Some((old.field(&field.name)?, field)));
    let retyped: Vec<&Field> = both().filter(|(old, new)| old.kind != new.kind).map(|(_, new)| new).collect();
    sentence(list, "Fields of another type", &names(&retyped));
    let needed: Vec<&Field> = both().filter(|(old, new)| !old.required && new.required).map(|(_, new)| new).collect();
    sentence(list, "Fields that become required", &names(&needed));
    let freed: Vec<&Field> = both().filter(|(old, new)| old.required && !new.required).map(|(_, new)| new).collect();
    sentence(list, "Fields that become optional", &names(&freed));
    let limits: Vec<&Field> =
        both().filter(|(old, new)| old.kind == new.kind && old.constraints_json() != new.constraints_json()).map(|(_, new)| new).collect();
    sentence(list, "Fields with other limits", &names(&limits));
    sentence(list, "New fields", &names(&optional));
}

fn names<'a>(fields: &[&'a Field]) -> Vec<&'a str> {
    fields.iter().map(|field| field.name.as_str()).collect()
}

fn sizes(old: &Document, new: &Document, list: &mut Vec<String>) {
    let missing = |from: &Document, size: &&Size| from.size(&size.key).is_none();
    let removed: Vec<&str> = old.sizes().iter().filter(|size| missing(new, size)).map(|size| size.key.as_str()).collect();
    sentence(list, "Sizes removed; calls that name them fail", &removed);
    let added: Vec<&str> = new.sizes().iter().filter(|size| missing(old, size)).map(|size| size.key.as_str()).collect();
    sentence(list, "New sizes", &added);
    for size in new.sizes() {
        if let Some(before) = old.size(&size.key).filter(|before| (before.width, before.height) != (size.width, size.height)) {
            list.push(format!("{} goes from {} × {} to {} × {} px.", size.key, before.width, before.height, size.width, size.height));
        }
    }
}

fn sentence(list: &mut Vec<String>, what: &str, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    let more = names.len().saturating_sub(NAMED);
    let named = names[..names.len() - more].join(", ");
    list.push(if more > 0 { format!("{what}: {named} and {more} more.") } else { format!("{what}: {named}.") });
}

/// Layers by id, each without those inside it: a layer is not changed because another one is.
fn layers(text: &str) -> Map<String, Value> {
    let mut found = Map::new();
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        collect(&value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Map<String, Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => {
            if let (Some(Value::String(id)), Some(_)) = (map.get("id"), map.get("type")) {
                let own: Map<String, Value> = map
                    .iter()
                    .filter(|(key, _)| !matches!(key.as_str(), "children" | "layers"))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                found.insert(id.clone(), Value::Object(own));
            }
            map.values().for_each(|item| collect(item, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(change: impl Fn(&mut Value)) -> String {
        let mut value = json!({
            "format": 1, "name": "Card", "tags": ["own"],
            "fields": [{"name": "title", "type": "text", "label": "Title", "required": true, "example": "Hello"}],
            "layers": [{"id": "title", "type": "text", "text": "{{title}}", "size": "0.1s", "left": "m", "top": "m"}],
            "templates": [{"key": "square", "name": "Square", "width": 400, "height": 400}]
        });
        change(&mut value);
        value.to_string()
    }

    fn between(old: &str, new: &str) -> Vec<String> {
        changes((&Document::parse(old).unwrap(), old), (&Document::parse(new).unwrap(), new))
    }

    #[test]
    fn what_callers_feel_comes_first() {
        let new = text(|value| {
            value["name"] = json!("Card 2");
            let note = json!({"name": "note", "type": "text", "label": "Note", "required": true, "example": "x"});
            value["fields"].as_array_mut().unwrap().push(note);
            value["layers"][0]["size"] = json!("0.2s");
            value["layers"]
                .as_array_mut()
                .unwrap()
                .push(json!({"id": "note", "type": "text", "text": "{{note}}", "size": "0.05s", "left": "m", "bottom": "m"}));
            value["templates"] = json!([{"key": "square", "name": "Square", "width": 500, "height": 400}, {"key": "wide", "name": "Wide", "width": 800, "height": 400}]);
        });
        let expected = [
            "New fields that every call must fill from now on: note.",
            "New sizes: wide.",
            "square goes from 400 × 400 to 500 × 400 px.",
            "Renamed from \"Card\" to \"Card 2\".",
            "New layers: note.",
            "Layers changed: title.",
        ];
        assert_eq!(between(&text(|_| {}), &new), expected);
        let back = between(&new, &text(|_| {}));
        assert_eq!(back[0], "Fields removed; calls that still send them get a warning: note.");
        assert!(back.contains(&"Sizes removed; calls that name them fail: wide.".to_owned()), "{back:?}");
    }

    #[test]
    fn the_same_document_in_other_words_is_said_to_be_so() {
        let old = text(|_| {});
        assert!(between(&old, &old).is_empty());
        assert_eq!(between(&old, &format!("{old}\n")), ["Nothing that is named changes; the text differs."]);
    }
}
