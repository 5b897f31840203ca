//! JSON Schema 2020-12 of a group's `inputData`.

use serde_json::{Map, Value, json};

use super::Document;
use crate::field::{Field, FieldType, Items};
use crate::inputs::check::{MAX_CHARACTERS, MAX_CODE_BYTES, MAX_ITEMS};

pub(super) fn of(document: &Document) -> Value {
    let mut schema = object(&document.fields);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(document.name));
    if !document.description.is_empty() {
        schema.insert("description".to_owned(), json!(document.description));
    }
    Value::Object(schema)
}

/// Unknown members are allowed: the API answers them with a warning.
fn object(fields: &[Field]) -> Map<String, Value> {
    let needed = |field: &&Field| field.required && field.default.is_none();
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.clone(), property(field, needed(&field)))).collect();
    let required: Vec<&str> = fields.iter().filter(needed).map(|field| field.name.as_str()).collect();
    let mut schema = Map::from_iter([("type".to_owned(), json!("object")), ("properties".to_owned(), Value::Object(properties))]);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// Optional fields take `null` and `""`, whatever their type: both count as not given.
fn property(field: &Field, needed: bool) -> Value {
    let mut schema = kind(field, needed);
    if !needed {
        schema = json!({"anyOf": [schema, {"enum": [null, ""]}]});
    }
    let Value::Object(map) = &mut schema else { return schema };
    if !field.name.is_empty() {
        map.insert("title".to_owned(), json!(field.label));
    }
    if !field.description.is_empty() {
        map.insert("description".to_owned(), json!(field.description));
    }
    if let Some(default) = &field.default {
        map.insert("default".to_owned(), default.clone());
    }
    if let Some(example) = &field.example {
        map.insert("examples".to_owned(), json!([example]));
    }
    schema
}

fn kind(field: &Field, needed: bool) -> Value {
    let limits = &field.constraints;
    let least = limits.min_length.unwrap_or(0).max(u64::from(needed));
    let longest = if matches!(field.kind, FieldType::Url | FieldType::Qr) { MAX_CODE_BYTES } else { MAX_CHARACTERS };
    let most = limits.max_length.unwrap_or(longest).min(longest);
    match field.kind {
        FieldType::Text | FieldType::RichText | FieldType::Qr | FieldType::Barcode => {
            json!({"type": "string", "minLength": least, "maxLength": most})
        }
        FieldType::Url => json!({"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength": most}),
        FieldType::Enum => json!({"type": "string", "enum": limits.values}),
        FieldType::Color => json!({"type": "string", "pattern": "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$"}),
        FieldType::Date => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$"}),
        FieldType::Boolean => json!({"type": "boolean"}),
        FieldType::Number | FieldType::Rating => {
            let usual = if field.kind == FieldType::Rating { (Some(0.0), Some(5.0)) } else { (None, None) };
            let mut schema = Map::from_iter([("type".to_owned(), json!("number"))]);
            for (key, limit) in [("minimum", limits.min.or(usual.0)), ("maximum", limits.max.or(usual.1))] {
                if let Some(limit) = limit {
                    schema.insert(key.to_owned(), json!(limit));
                }
            }
            Value::Object(schema)
        }
        FieldType::Image => picture(),
        FieldType::List => {
            let items = match &field.items {
                Some(Items::Plain(field)) => property(field, false),
                Some(Items::Object(fields)) => json!({"anyOf": [Value::Object(object(fields)), {"enum": [null, ""]}]}),
                None => json!(true),
            };
            json!({"type": "array", "items": items, "minItems": limits.min_items.filter(|_| needed).unwrap_or(u64::from(needed)), "maxItems": limits.max_items.unwrap_or(MAX_ITEMS)})
        }
    }
}

fn picture() -> Value {
    let left_out = json!({"enum": [null, ""]});
    let share = json!({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, left_out]});
    let source = json!({"type": "string", "pattern": "^([Hh][Tt][Tt][Pp][Ss]?://|[Dd][Aa][Tt][Aa]:)"});
    json!({"anyOf": [
        source,
        {
            "type": "object",
            "properties": {
                "url": {"type": ["string", "null"]},
                "assetId": {"anyOf": [{"type": "string", "pattern": "^asset_"}, left_out]},
                "focus": {"anyOf": [{"type": "object", "properties": {"x": share, "y": share}, "additionalProperties": false}, left_out]},
                "fit": {"enum": ["cover", "contain", "fill", null, ""]}
            },
            "additionalProperties": false
        }
    ]})
}
