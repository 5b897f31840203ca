//! Answers as they come, for the document: one of each kind.

use serde_json::{Value, json};

pub(super) fn credits() -> Value {
    json!({
        "object": "credits", "mode": "live", "plan": "agency", "unlimited": false,
        "period": { "start": "2026-10-01T00:00:00.000Z", "end": "2026-11-01T00:00:00.000Z" },
        "included": 5000, "purchased": 0, "adjusted": 0, "used": 120, "reserved": 3, "remaining": 4877
    })
}

/// The contract's example, finished or just accepted.
pub(super) fn generation(status: &str) -> Value {
    let done = status == "completed";
    let url = "https://example.com/p/4f1c0f6e9a5d4b7c8d2e1f3a5b6c7d8e.png";
    let sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let when = |time: &str| if done { json!(time) } else { Value::Null };
    let files = if done { json!([{ "format": "png", "url": url, "bytes": 183_211, "sha256": sha }]) } else { json!([]) };
    let (bytes, hash, address, millis) =
        if done { (json!(183_211), json!(sha), json!(url), json!(4.1)) } else { (Value::Null, Value::Null, Value::Null, Value::Null) };
    json!({
        "id": "gen_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", "object": "generation", "mode": "live", "status": status,
        "templateGroupId": "tg_quote", "templateGroupVersion": 7, "brandKitId": "bk_halvmark", "brandKitVersion": 3, "locale": "en",
        "inputData": { "title": "Hello *world*" }, "externalId": null, "metadata": {},
        "credits": if done { json!({ "reserved": 0, "charged": 1 }) } else { json!({ "reserved": 1, "charged": 0 }) },
        "images": [{
            "id": "img_01JD3W5M5R0123456789ABCDEF", "templateId": "tpl_quote-square", "key": "square", "name": "Instagram square",
            "status": status, "width": 1080, "height": 1080, "format": "png", "bytes": bytes, "sha256": hash, "url": address,
            "files": files, "altText": if done { json!("Hello world") } else { Value::Null }, "renderMs": millis,
            "warnings": if done { json!([{
                "code": "text_shrunk", "severity": "info", "field": "title", "message": "The text was set smaller to fit: 41.5 in place of 64.",
                "measured": { "fontSize": 41.5, "lines": 3 }, "limit": { "fontSize": 64, "maxLines": 3 }
            }]) } else { json!([]) },
            "error": null
        }],
        "warnings": [], "error": null, "engine": { "version": "0.1.0", "target": "x86-64-v3", "fonts": "5f3c9a" },
        "createdAt": "2026-10-09T12:00:00.000Z", "completedAt": when("2026-10-09T12:00:00.018Z"), "expiredAt": null
    })
}

const AT: &str = "2026-10-09T12:00:00.000Z";

/// A page of a list with one entry.
pub(super) fn page(entry: Value) -> Value {
    json!({ "data": [entry], "hasMore": false, "nextCursor": null })
}

/// As it stands in lists.
pub(super) fn short_generation() -> Value {
    let mut short = generation("completed");
    if let Some(members) = short.as_object_mut() {
        members.retain(|name, _| !matches!(name.as_str(), "inputData" | "warnings"));
    }
    if let Some(image) = short.pointer_mut("/images/0").and_then(Value::as_object_mut) {
        image.retain(|name, _| name != "warnings");
    }
    short
}

pub(super) fn template_group() -> Value {
    let preview = "https://example.com/m/previews/tg_quote/7/square.png";
    json!({
        "id": "tg_quote", "object": "templateGroup", "name": "Quote: the big mark", "description": "One sentence and who said it.",
        "version": 7, "tags": ["quote"], "previewUrl": preview, "creditCost": 1, "createdAt": AT, "updatedAt": AT,
        "templates": [{
            "id": "tpl_quote-square", "key": "square", "name": "Instagram square", "width": 1080, "height": 1080, "previewUrl": preview
        }],
        "fields": [{
            "name": "title", "type": "text", "label": "Quote", "description": "", "required": true, "default": null,
            "example": "Hello *world*", "constraints": { "minLength": 1, "maxLength": 160 }, "usedIn": ["square"]
        }],
        "exampleInputData": { "title": "Hello *world*" },
        "inputSchemaUrl": "https://example.com/v1/templates/tg_quote/schema"
    })
}

pub(super) fn template_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "properties": { "title": { "type": "string", "title": "Quote", "minLength": 1, "maxLength": 160 } },
        "required": ["title"]
    })
}

pub(super) fn brand_kit() -> Value {
    json!({
        "id": "bk_halvmark", "object": "brandKit", "name": "Halvmark Studio", "isDefault": true, "version": 3,
        "colors": [{ "role": "primary", "name": "Ink", "hex": "#1b2a41", "onHex": "#ffffff" }],
        "fonts": [{ "role": "heading", "family": "Inter", "weight": 700, "style": "normal", "source": "bundled" }],
        "logos": [{ "role": "primary", "theme": "light", "url": "https://example.com/m/logos/halvmark.png", "width": 512, "height": 128 }],
        "createdAt": AT, "updatedAt": AT
    })
}

pub(super) fn asset() -> Value {
    json!({
        "id": "asset_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "format": "jpeg", "width": 1600, "height": 1067, "bytes": 214_882
    })
}
