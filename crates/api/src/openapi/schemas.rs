//! The document's schemas: answers from the structures that are serialised, requests and lists by hand.

use app::view;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::codes;
use crate::problems::PROBLEMS;

#[derive(OpenApi)]
#[openapi(components(schemas(
    view::Generation,
    view::GenerationCredits,
    view::Image,
    view::File,
    view::Failure,
    view::EngineInfo,
    view::Status,
    view::ImageStatus,
    view::DryRun,
    view::Estimate,
    view::TemplateGroup,
    view::TemplateSize,
    view::TemplateField,
    view::BrandKit,
    view::KitColor,
    view::KitFont,
    view::KitLogo,
    view::Credits,
    view::Period,
    view::Asset,
)))]
struct Views;

/// Members that are left out of some answers; every other one always stands in its object, as `null` where it has no value.
const OPTIONAL: [(&str, &str); 4] = [("Generation", "inputData"), ("Generation", "warnings"), ("Image", "warnings"), ("File", "data")];

/// What the structures' types can't say.
fn refine(schemas: &mut Map<String, Value>) {
    let string_of = |values: &[&str]| json!({ "type": "string", "enum": values });
    let refinements: [(&str, &str, Value); 21] = [
        ("Generation", "object", json!({ "type": "string", "const": "generation" })),
        ("Generation", "mode", string_of(&["live", "test"])),
        (
            "Generation",
            "inputData",
            json!({ "type": "object", "description": "As sent; data: URLs come back as {assetId, sha256}. Not in lists." }),
        ),
        ("Generation", "metadata", json!({ "type": "object", "description": "As sent." })),
        ("Generation", "warnings", json!({ "type": "array", "items": { "$ref": "#/components/schemas/Warning" } })),
        ("Image", "warnings", json!({ "type": "array", "items": { "$ref": "#/components/schemas/Warning" } })),
        (
            "File",
            "data",
            json!({ "type": ["string", "null"], "contentEncoding": "base64", "description": "Where delivery is base64; null where it was omitted (warning data_omitted) or is not ready." }),
        ),
        ("DryRun", "errors", json!({ "type": "array", "items": { "$ref": "#/components/schemas/Detail" } })),
        (
            "DryRun",
            "warnings",
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/Warning" }, "description": "Each with template: the size's key, or null." }),
        ),
        ("DryRun", "fit", fit()),
        ("TemplateGroup", "object", json!({ "type": "string", "const": "templateGroup" })),
        ("TemplateGroup", "exampleInputData", json!({ "type": "object", "description": "Values that always succeed." })),
        (
            "TemplateField",
            "type",
            string_of(&[
                "text", "richText", "image", "color", "number", "boolean", "date", "enum", "url", "qr", "barcode", "rating", "list",
            ]),
        ),
        ("TemplateField", "default", json!({ "description": "Of the field's type, or null." })),
        ("TemplateField", "example", json!({ "description": "Of the field's type, or null." })),
        (
            "TemplateField",
            "constraints",
            json!({ "type": "object", "description": "Limits of its values.", "examples": [{ "minLength": 1, "maxLength": 120 }] }),
        ),
        ("BrandKit", "object", json!({ "type": "string", "const": "brandKit" })),
        (
            "KitLogo",
            "theme",
            json!({ "type": "string", "enum": ["light", "dark", "any"], "description": "The background that it is made for." }),
        ),
        ("Credits", "object", json!({ "type": "string", "const": "credits" })),
        ("Credits", "mode", string_of(&["live", "test"])),
        ("Asset", "format", string_of(&["png", "jpeg", "webp", "gif", "svg"])),
    ];
    for (schema, member, value) in refinements {
        schemas[schema]["properties"][member] = value;
    }
    for (name, schema) in schemas.iter_mut() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        let required: Vec<&String> = properties.keys().filter(|member| !OPTIONAL.contains(&(name, member))).collect();
        schema["required"] = json!(required);
    }
}

fn fit() -> Value {
    json!({
        "type": "object",
        "description": "By field, then by the size's key.",
        "additionalProperties": { "type": "object", "additionalProperties": {
            "type": "object",
            "properties": {
                "fontSize": { "type": "number" }, "lines": { "type": "integer" },
                "overflow": { "type": "boolean" }, "charactersLeft": { "type": ["integer", "null"] }
            },
            "required": ["fontSize", "lines", "overflow", "charactersLeft"]
        } }
    })
}

/// All schemas by name.
pub(super) fn components() -> Value {
    let views = serde_json::to_value(Views::openapi()).unwrap_or_default();
    let mut schemas = views["components"]["schemas"].as_object().cloned().unwrap_or_default();
    refine(&mut schemas);
    for list in ["Generation", "TemplateGroup", "BrandKit"] {
        schemas.insert(format!("{list}List"), list_of(list));
    }
    for (name, schema) in [
        ("Warning", warning()),
        ("Detail", detail()),
        ("Error", error()),
        ("GenerateRequest", generate_request()),
        ("ImageInput", image_input()),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
    Value::Object(schemas)
}

fn list_of(name: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } },
            "hasMore": { "type": "boolean" },
            "nextCursor": { "type": ["string", "null"], "description": "Opaque; the value of cursor for the next page, there exactly where hasMore is." }
        },
        "required": ["data", "hasMore", "nextCursor"]
    })
}

fn warning() -> Value {
    let warnings: Vec<&str> = template::WarningCode::ALL.iter().map(|code| code.as_str()).collect();
    json!({
        "type": "object",
        "description": "A fact about a picture that is finished all the same.",
        "properties": {
            "code": { "type": "string", "description": "Codes may be added: treat unknown ones by severity.", "examples": warnings },
            "severity": { "type": "string", "enum": ["info", "warning", "critical"] },
            "field": { "type": ["string", "null"], "description": "The field that it is about." },
            "message": { "type": "string", "description": "For a person." },
            "measured": { "type": "object", "description": "The figures that were found." },
            "limit": { "type": "object", "description": "The figures that they are held against." },
            "template": { "type": ["string", "null"], "description": "In a dry run: the size's key." }
        },
        "required": ["code", "severity", "field", "message", "measured", "limit"]
    })
}

fn detail() -> Value {
    json!({
        "type": "object",
        "description": "One fault of a body or a query.",
        "properties": {
            "param": { "type": "string", "description": "A path such as inputData.title." },
            "code": { "type": "string", "examples": codes::names(codes::DETAILS) },
            "message": { "type": "string", "description": "For a person; says what to do." },
            "limit": { "description": "The figure or the choice that was missed, or null." },
            "received": { "description": "What came, where it is short, or null." }
        },
        "required": ["param", "code", "message", "limit", "received"]
    })
}

fn error() -> Value {
    let codes: Vec<&str> = PROBLEMS.iter().map(|problem| problem.code).collect();
    let mut kinds: Vec<&str> = Vec::new();
    for problem in PROBLEMS {
        if !kinds.contains(&problem.kind()) {
            kinds.push(problem.kind());
        }
    }
    json!({
        "type": "object",
        "properties": { "error": {
            "type": "object",
            "properties": {
                "type": { "type": "string", "enum": kinds },
                "code": { "type": "string", "examples": codes },
                "message": { "type": "string", "description": "For a person; says what to do." },
                "param": { "type": ["string", "null"], "description": "The first of details, or the field that named what is not there." },
                "details": { "type": "array", "items": { "$ref": "#/components/schemas/Detail" } },
                "requestId": { "type": "string", "examples": ["req_01JD3W5M5Q6X7Y8Z9A0B1C2D3E"] },
                "docUrl": { "type": "string", "format": "uri" },
                "required": { "type": "integer", "description": "insufficient_credits: what the call needs." },
                "remaining": { "type": "integer", "description": "insufficient_credits: what is left." }
            },
            "required": ["type", "code", "message", "param", "details", "requestId", "docUrl"]
        } },
        "required": ["error"]
    })
}

fn image_input() -> Value {
    json!({
        "description": "A picture of an input field.",
        "anyOf": [
            { "type": "string", "description": "An http(s) URL or a data: URL." },
            {
                "type": "object",
                "properties": {
                    "url": { "type": "string" },
                    "assetId": { "type": "string" },
                    "focus": { "type": "object", "properties": {
                        "x": { "type": "number", "minimum": 0, "maximum": 1 }, "y": { "type": "number", "minimum": 0, "maximum": 1 }
                    } },
                    "fit": { "type": "string", "enum": ["cover", "contain", "fill"] }
                }
            }
        ],
        "examples": ["https://example.com/photo.jpg", { "assetId": "asset_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", "focus": { "x": 0.5, "y": 0.3 } }]
    })
}

fn generate_request() -> Value {
    let format = json!({ "type": "string", "enum": ["png", "jpeg", "jpg", "webp", "avif", "pdf"], "default": "png" });
    let inputs = json!({
        "type": "object",
        "description": "Values of the group's fields; GET /v1/templates/{id}/schema is their JSON Schema.",
        "examples": [{ "title": "Hello *world*", "photo": "https://example.com/photo.jpg" }]
    });
    json!({
        "type": "object",
        "description": "null counts as left out, but for brandKitId.",
        "properties": {
            "templateGroupId": { "type": "string", "description": "From GET /v1/templates.", "examples": ["tg_quote"] },
            "templateGroupVersion": { "type": ["integer", "null"], "description": "Left out: the published version." },
            "inputData": inputs,
            "brandKitId": { "type": ["string", "null"], "description": "Left out: the team's default kit; null: the template's own look." },
            "templates": { "type": ["array", "null"], "items": { "type": "string" }, "minItems": 1, "uniqueItems": true, "description": "Sizes by key or id; left out: every size." },
            "overrides": {
                "type": ["object", "null"],
                "description": "By the size's key.",
                "additionalProperties": { "type": "object", "properties": { "inputData": { "type": "object" } }, "additionalProperties": false }
            },
            "locale": { "type": ["string", "null"], "description": "BCP 47, for numbers and dates; left out: the template's.", "examples": ["en"] },
            "output": {
                "type": ["object", "null"],
                "description": "How the images are encoded. A pdf is a page of vectors and text that can be searched, 96 pixels to an inch.",
                "properties": {
                    "format": format,
                    "formats": { "type": "array", "items": format, "minItems": 1, "maxItems": 5, "uniqueItems": true, "description": "In place of format: several encodings of the same picture, free." },
                    "quality": { "type": "integer", "minimum": 1, "maximum": 100, "default": 90, "description": "Of jpeg, webp, avif, and of the photos in a pdf." },
                    "scale": { "type": "number", "minimum": 0.1, "maximum": 4, "default": 1, "description": "Multiplies both edges." },
                    "delivery": { "type": "string", "enum": ["url", "base64"], "default": "url", "description": "base64 adds data to each file." }
                },
                "additionalProperties": false
            },
            "waitMs": { "type": ["integer", "null"], "minimum": 0, "maximum": 30000, "default": 10000, "description": "How long the answer may wait for the end; 0 is asynchronous." },
            "failOn": { "type": ["array", "null"], "items": { "type": "string" }, "description": "Warnings that fail their image, uncharged." },
            "dryRun": { "type": ["boolean", "null"], "default": false, "description": "Checks everything and draws nothing." },
            "externalId": { "type": ["string", "null"], "description": "A name of yours to find the generation by." },
            "metadata": { "type": ["object", "null"], "maxProperties": 50, "description": "Of yours, kept and given back; at most 4 KiB." }
        },
        "required": ["templateGroupId", "inputData"],
        "additionalProperties": false,
        "examples": [{
            "templateGroupId": "tg_quote",
            "inputData": { "title": "Hello *world*" },
            "templates": ["square", "story"],
            "output": { "format": "png" }
        }]
    })
}
