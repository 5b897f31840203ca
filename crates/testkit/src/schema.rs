//! A small checker for the part of JSON Schema that the OpenAPI document uses.
//!
//! It knows `$ref`, `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`, `anyOf`,
//! `minimum` and `maximum`. Members that a schema does not name are reported, because an answer with one has outgrown
//! its documentation.

use serde_json::Value;

/// Every way in which `value` is not what `schema` says; `document` is where `$ref` leads.
#[must_use]
pub fn mismatches(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "$", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        match document.pointer(reference.trim_start_matches('#')) {
            Some(target) => check(document, target, value, path, found),
            None => found.push(format!("{path}: {reference} leads nowhere")),
        }
        return;
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array() {
            let fits = |choice: &Value| mismatches(document, choice, value).is_empty();
            if !choices.iter().any(fits) {
                let why: Vec<_> = choices.iter().map(|choice| mismatches(document, choice, value)).collect();
                found.push(format!("{path}: fits no choice: {why:?}"));
            }
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        parts.iter().for_each(|part| check(document, part, value, path, found));
    }
    check_value(schema, value, path, found);
    match value {
        Value::Object(members) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    found.push(format!("{path}: lacks {name}"));
                }
            }
            for (name, member) in members {
                let path = format!("{path}.{name}");
                let described = schema["properties"].get(name);
                match (described, schema.get("additionalProperties")) {
                    (Some(inner), _) | (None, Some(inner @ Value::Object(_))) => check(document, inner, member, &path, found),
                    (None, None) if schema.get("properties").is_some() => found.push(format!("{path}: is not described")),
                    (None, Some(Value::Bool(false))) => found.push(format!("{path}: is not allowed")),
                    (None, _) => {}
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    check(document, inner, item, &format!("{path}[{index}]"), found);
                }
            }
        }
        _ => {}
    }
}

fn check_value(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|kind| is(value, kind)) {
        found.push(format!("{path}: {value} is not {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        found.push(format!("{path}: {value} is not one of {}", schema["enum"]));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{path}: {value} is not {}", schema["const"]));
    }
    if let (Some(number), Some(least)) = (value.as_f64(), schema["minimum"].as_f64())
        && number < least
    {
        found.push(format!("{path}: {number} is below {least}"));
    }
    if let (Some(number), Some(most)) = (value.as_f64(), schema["maximum"].as_f64())
        && number > most
    {
        found.push(format!("{path}: {number} is above {most}"));
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_of_mismatch_is_found() {
        let document = json!({ "components": { "schemas": { "Age": { "type": "integer", "minimum": 0, "maximum": 150 } } } });
        let schema = json!({
            "type": "object",
            "properties": {
                "age": { "$ref": "#/components/schemas/Age" },
                "kind": { "enum": ["a", "b"] },
                "note": { "anyOf": [{ "type": "null" }, { "type": "string" }] },
                "list": { "type": "array", "items": { "type": ["string", "null"] } }
            },
            "required": ["age"]
        });
        let check = |value: Value| mismatches(&document, &schema, &value);
        assert!(check(json!({ "age": 3, "kind": "a", "note": null, "list": ["x", null] })).is_empty());
        for (value, word) in [
            (json!({}), "lacks age"),
            (json!({ "age": 151 }), "above"),
            (json!({ "age": -1 }), "below"),
            (json!({ "age": "3" }), "is not [\"integer\"]"),
            (json!({ "age": 3, "kind": "c" }), "not one of"),
            (json!({ "age": 3, "note": 1 }), "fits no choice"),
            (json!({ "age": 3, "list": [1] }), "$.list[0]"),
            (json!({ "age": 3, "other": 1 }), "not described"),
        ] {
            let found = check(value);
            assert!(found.len() == 1 && found[0].contains(word), "{found:?} lacks {word}");
        }
    }
}
