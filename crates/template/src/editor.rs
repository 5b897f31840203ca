//! JSON Schema of template documents, for editors: names, values and explanations while one types. What counts is the
//! reader ([`Document::parse`](crate::Document::parse)), which also knows expressions.

use serde_json::{Map, Value, json};

use crate::barcode::SYMBOLOGIES;
use crate::property::{COMMON, KINDS, LOOK, PLACE, Property};
use crate::{FieldType, icons};

/// JSON Schema 2020-12 of a template group.
pub fn schema() -> Value {
    let own = KINDS.iter().filter(|(kind, ..)| *kind == "text").map(|(_, _, own)| *own);
    let styled = property_map([PLACE, LOOK].into_iter().chain(own).flatten());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "RepeatPosts template group, format 1",
        "type": "object",
        "required": ["format", "name", "templates"],
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": 1},
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "description": {"type": "string", "maxLength": 1000},
            "tags": {"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 40}},
            "locale": {"type": "string", "description": "BCP 47, such as en or pt-BR."},
            "note": {"type": "string"},
            "look": {"type": "object"},
            "fields": {"type": "array", "maxItems": 100, "items": {"$ref": "#/$defs/field"}},
            "vars": {"type": "object"},
            "styles": {"type": "object", "additionalProperties": {"type": "object", "properties": styled}},
            "background": {"$ref": "#/$defs/paint"},
            "layers": {"$ref": "#/$defs/layers"},
            "templates": {"type": "array", "minItems": 1, "maxItems": 12, "items": {"$ref": "#/$defs/size"}},
            "altText": {"type": "string"},
            "output": {
                "type": "object",
                "properties": {
                    "dpi": {"type": "integer", "minimum": 1, "maximum": 2400},
                    "maxBytes": {"$ref": "#/$defs/maxBytes"},
                    "small": {"type": "boolean"},
                    "metadata": {"type": "boolean"}
                },
                "additionalProperties": false
            }
        },
        "additionalProperties": false,
        "$defs": {
            "length": {"type": ["number", "string"], "description": "Pixels, or an expression such as \"W - 2m\"."},
            "paint": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/gradient"}]},
            "gradient": {
                "type": "object",
                "required": ["type", "stops"],
                "properties": {
                    "type": {"enum": ["linear", "radial", "conic"]},
                    "angle": {"type": "number", "minimum": -360, "maximum": 360},
                    "center": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "radius": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "stops": {"type": "array", "minItems": 2, "maxItems": 16},
                    "ease": {"type": "boolean"}
                },
                "additionalProperties": false
            },
            "maxBytes": {"anyOf": [{"type": "integer", "minimum": 1000, "maximum": 100_000_000}, {"const": "platform"}]},
            "field": field(),
            "size": size(),
            "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}},
            "layer": layer()
        }
    })
}

fn field() -> Value {
    json!({
        "type": "object",
        "required": ["name", "type"],
        "properties": {
            "name": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$", "maxLength": 40},
            "type": {"enum": FieldType::ALL.map(FieldType::name)},
            "label": {"type": "string"},
            "description": {"type": "string"},
            "required": {"type": "boolean"},
            "default": {},
            "example": {},
            "constraints": constraints(),
            "items": {"type": "object"},
            "fallback": {},
            "note": {"type": "string"}
        },
        "additionalProperties": false
    })
}

/// Of every type; which of them a type takes is for the reader to say.
fn constraints() -> Value {
    let whole = json!({"type": "integer", "minimum": 0});
    json!({
        "type": "object",
        "properties": {
            "minLength": whole,
            "maxLength": whole,
            "min": {"type": "number"},
            "max": {"type": "number"},
            "minItems": whole,
            "maxItems": whole,
            "values": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 100},
            "marks": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
            "symbology": {"enum": SYMBOLOGIES.map(|(name, _)| name)}
        },
        "additionalProperties": false
    })
}

fn size() -> Value {
    json!({
        "type": "object",
        "required": ["key", "name", "width", "height"],
        "properties": {
            "key": {"type": "string", "pattern": "^[a-z0-9_-]+$", "maxLength": 40},
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "platform": {"type": "string"},
            "maxBytes": {"$ref": "#/$defs/maxBytes"},
            "width": {"type": "integer", "minimum": 1, "maximum": 8192},
            "height": {"type": "integer", "minimum": 1, "maximum": 8192},
            "margin": {"$ref": "#/$defs/length"},
            "vars": {"type": "object"},
            "background": {"$ref": "#/$defs/paint"},
            "overrides": {"type": "object", "additionalProperties": {"type": "object"}},
            "order": {"type": "array", "items": {"type": "string"}},
            "layers": {"$ref": "#/$defs/layers"},
            "note": {"type": "string"}
        },
        "additionalProperties": false
    })
}

/// What every layer has, and by its type what only this one has. An entry that uses a shared layer has the type of that.
fn layer() -> Value {
    let mut shared = property_map([COMMON, PLACE, LOOK].into_iter().flatten());
    shared.insert("type".to_owned(), json!({"enum": KINDS.map(|(kind, ..)| kind), "description": "What the layer is."}));
    shared.insert("use".to_owned(), json!({"type": "string", "description": "In a size's own layers: the shared layer of this id."}));
    let of_kind = |(kind, about, own): &(&str, &str, &[Property])| {
        json!({
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {"description": about, "properties": property_map(*own)}
        })
    };
    let any: Map<String, Value> = KINDS.iter().flat_map(|(_, _, own)| *own).map(|property| (property.name.to_owned(), json!({}))).collect();
    let using = json!({"if": {"required": ["use"]}, "then": {"properties": any}, "else": {"required": ["id", "type"]}});
    json!({
        "type": "object",
        "properties": shared,
        "allOf": KINDS.iter().map(of_kind).chain([using]).collect::<Vec<_>>(),
        "unevaluatedProperties": false
    })
}

fn property_map<'p>(properties: impl IntoIterator<Item = &'p Property>) -> Map<String, Value> {
    properties.into_iter().map(|property| (property.name.to_owned(), described(property))).collect()
}

/// Null takes a property away that a style or a shared layer gives.
fn described(property: &Property) -> Value {
    let usual = match property.default {
        "" => String::new(),
        "needed" => " Needed.".to_owned(),
        usual => format!(" Default: {usual}."),
    };
    let description = format!("{}{usual}", property.about);
    let schema = match property.name {
        "children" => json!({"$ref": "#/$defs/layers"}),
        "icon" => json!({"type": "string", "examples": icons::names().collect::<Vec<_>>()}),
        _ => takes(property.takes),
    };
    if schema == json!({}) {
        return json!({"description": description});
    }
    json!({"description": description, "anyOf": [schema, {"type": "null"}]})
}

/// From the words of the documentation's column; what they leave open is open here. `"$name"` may stand for any value.
fn takes(words: &str) -> Value {
    let or_variable = |schema: Value| json!({"anyOf": [schema, {"type": "string", "pattern": "^\\$"}]});
    let range = |words: &str| {
        let (from, to) = words.split_once(" to ")?;
        Some((from.parse::<f64>().ok()?, to.parse::<f64>().ok()?))
    };
    if let Some((kind, (from, to))) =
        words.split_once(", ").and_then(|(kind, limits)| Some((kind, range(limits)?))).filter(|(kind, _)| kind.ends_with("number"))
    {
        let kind = if kind == "whole number" { "integer" } else { "number" };
        return or_variable(json!({"type": kind, "minimum": from, "maximum": to}));
    }
    let choices: Vec<&str> = words.split(", ").collect();
    let word = |choice: &&str| choice.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    match words {
        "boolean" | "number" => or_variable(json!({"type": words})),
        "whole number" => or_variable(json!({"type": "integer"})),
        "length" => json!({"$ref": "#/$defs/length"}),
        "paint" => json!({"$ref": "#/$defs/paint"}),
        "colour" | "text" | "string" | "name" | "condition" | "name of a style" | "SVG path data" => json!({"type": "string"}),
        _ if choices.len() > 1 && choices.iter().all(word) => or_variable(json!({"enum": choices})),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{GROUP, SIZE};
    use crate::field::{MEMBERS, constraints_of};

    fn keys(schema: &Value) -> Vec<&str> {
        let mut keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn the_schema_knows_the_names_that_the_reader_knows() {
        let schema = schema();
        let constraints = FieldType::ALL.iter().flat_map(|kind| constraints_of(*kind)).copied();
        let groups: [(&Value, Vec<&str>); 4] = [
            (&schema, GROUP.into_iter().chain(["$schema"]).collect()),
            (&schema["$defs"]["size"], SIZE.to_vec()),
            (&schema["$defs"]["field"], MEMBERS.to_vec()),
            (&schema["$defs"]["field"]["properties"]["constraints"], constraints.collect()),
        ];
        for (schema, mut known) in groups {
            known.sort_unstable();
            known.dedup();
            assert_eq!(keys(schema), known);
        }
    }

    #[test]
    fn the_words_of_the_tables_become_types_limits_and_choices() {
        assert_eq!(takes("number, -0.5 to 2")["anyOf"][0], json!({"type": "number", "minimum": -0.5, "maximum": 2.0}));
        assert_eq!(takes("whole number, 1 to 200")["anyOf"][0]["type"], "integer");
        assert_eq!(takes("cover, contain, fill")["anyOf"][0], json!({"enum": ["cover", "contain", "fill"]}));
        assert_eq!(takes("length"), json!({"$ref": "#/$defs/length"}));
        assert_eq!(takes("list of {when, properties…}"), json!({}));
    }
}
