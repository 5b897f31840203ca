//! Every operation under `/v1`, and the pictures' addresses.

use serde_json::{Map, Value, json};

use super::examples;
use crate::problems::{Problem, problem};

/// One method of one path.
pub(super) struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    about: &'static str,
    /// `None`: no key is needed.
    scope: Option<&'static str>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Vec<Answer>,
    /// Beyond those that every operation with a key can have.
    errors: &'static [&'static str],
}

/// One answer that is no error.
struct Answer {
    status: u16,
    about: &'static str,
    content: Option<Value>,
    headers: &'static [&'static str],
}

const STANDARD: [&str; 4] = ["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];
const WITH_KEY: [&str; 4] = ["missing_api_key", "invalid_api_key", "plan_upgrade_required", "scope_missing"];
const ALWAYS: [&str; 5] = ["rate_limited", "uri_too_long", "headers_too_large", "internal_error", "overloaded"];
const CREDITS: [&str; 3] = ["X-Credits-Charged", "X-Credits-Reserved", "X-Credits-Remaining"];

impl Operation {
    pub(super) fn to_value(&self) -> Value {
        let mut value = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.description(),
            "parameters": self.parameters,
            "responses": self.responses(),
        });
        if let Some(body) = &self.body {
            value["requestBody"] = body.clone();
        }
        if self.scope.is_none() {
            value["security"] = json!([]);
        }
        value
    }

    fn description(&self) -> String {
        match self.scope {
            Some(scope) => format!("{}\n\nScope: `{scope}`.", self.about),
            None => format!("{}\n\nNo key is needed.", self.about),
        }
    }

    fn is_v1(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        for answer in &self.answers {
            let mut headers = self.standard_headers();
            for name in answer.headers {
                headers.insert((*name).to_owned(), header_reference(name));
            }
            let mut response = json!({ "description": answer.about, "headers": headers });
            if let Some(content) = &answer.content {
                response["content"] = content.clone();
            }
            responses.insert(answer.status.to_string(), response);
        }
        let with_key = if self.scope.is_some() { WITH_KEY.as_slice() } else { &[] };
        let always = if self.is_v1() { ALWAYS.as_slice() } else { &[] };
        let mut problems: Vec<&Problem> = [with_key, self.errors, always].concat().into_iter().map(problem).collect();
        problems.sort_by_key(|problem| problem.status);
        for same in problems.chunk_by(|a, b| a.status == b.status) {
            responses.insert(same[0].status.to_string(), self.error(same));
        }
        Value::Object(responses)
    }

    /// All errors of one status.
    fn error(&self, problems: &[&Problem]) -> Value {
        let status = problems[0].status;
        let mut headers = self.standard_headers();
        let mut further: Vec<&str> = match status {
            401 => vec!["WWW-Authenticate"],
            402 => CREDITS.to_vec(),
            409 | 429 | 503 => vec!["Retry-After"],
            _ => Vec::new(),
        };
        if self.method == "post" {
            further.push("Server-Timing");
        }
        for name in further {
            headers.insert(name.to_owned(), header_reference(name));
        }
        let about: Vec<String> =
            problems.iter().map(|problem| format!("`{}`: {} {}", problem.code, problem.meaning, problem.remedy)).collect();
        let examples: Map<String, Value> = problems.iter().map(|problem| (problem.code.to_owned(), example(problem))).collect();
        json!({
            "description": about.join("\n\n"),
            "headers": headers,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" }, "examples": examples } }
        })
    }

    fn standard_headers(&self) -> Map<String, Value> {
        let names = if self.is_v1() { STANDARD.as_slice() } else { &STANDARD[..1] };
        names.iter().map(|name| ((*name).to_owned(), header_reference(name))).collect()
    }
}

fn example(problem: &Problem) -> Value {
    let mut error = json!({
        "type": problem.kind(), "code": problem.code, "message": problem.meaning, "param": null, "details": [],
        "requestId": "req_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", "docUrl": format!("https://example.com/docs/errors#{}", problem.code)
    });
    match problem.code {
        "insufficient_credits" => {
            error["required"] = json!(4);
            error["remaining"] = json!(3);
        }
        "validation_failed" => {
            error["param"] = json!("inputData.title");
            error["details"] = json!([{
                "param": "inputData.title", "code": "too_long", "message": "title has at most 120 characters.", "limit": 120, "received": 131
            }]);
        }
        _ => {}
    }
    json!({ "value": { "error": error } })
}

fn header_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The headers of answers, by name.
pub(super) fn headers() -> Value {
    let of = |about: &str, schema: Value| json!({ "description": about, "schema": schema });
    let text = || json!({ "type": "string" });
    let count = || json!({ "type": "integer", "minimum": 0 });
    json!({
        "X-Request-Id": of("This request, for support and logs.", text()),
        "X-RateLimit-Limit": of("Requests in a window of 60 s.", count()),
        "X-RateLimit-Remaining": of("What is left of them.", count()),
        "X-RateLimit-Reset": of("Epoch seconds at which the window ends.", count()),
        "Retry-After": of("Seconds to wait before the next try.", json!({ "type": "integer", "minimum": 1 })),
        "WWW-Authenticate": of("ApiKey", text()),
        "X-Credits-Charged": of("What this call has cost; not with test keys.", count()),
        "X-Credits-Reserved": of("What this call still holds.", count()),
        "X-Credits-Remaining": of("What is left, or `unlimited`.", text()),
        "X-Generation-Status": of("The generation's status.", text()),
        "Idempotency-Replayed": of("`true` where the answer is an earlier call's.", text()),
        "Preference-Applied": of("`respond-async` where Prefer asked for it.", text()),
        "Location": of("Where it can be read.", json!({ "type": "string", "format": "uri" })),
        "Server-Timing": of("Wall time of fetch, queue, render, store, commit and total in milliseconds.", text()),
        "ETag": of("For If-None-Match.", text()),
        "Content-Disposition": of("With ?download.", text()),
        "Content-Range": of("The part that Range asked for.", text())
    })
}

fn json_of(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn with_example(schema: &str, example: Value) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") }, "example": example } })
}

fn ok(about: &'static str, schema: &str, example: Value) -> Answer {
    Answer { status: 200, about, content: Some(with_example(schema, example)), headers: &[] }
}

fn no_content(about: &'static str) -> Answer {
    Answer { status: 204, about, content: None, headers: &[] }
}

fn path(name: &str, about: &str, example: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" }, "example": example })
}

fn query(name: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": about, "schema": schema })
}

fn header(name: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "required": false, "description": about, "schema": schema })
}

/// A parameter that examples of calls show.
fn shown(mut parameter: Value, example: impl Into<Value>) -> Value {
    parameter["example"] = example.into();
    parameter
}

fn page() -> Vec<Value> {
    vec![
        shown(query("limit", "Entries of a page.", json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 })), 20),
        query("cursor", "nextCursor of the page before.", json!({ "type": "string" })),
    ]
}

fn and(mut parameters: Vec<Value>, further: impl IntoIterator<Item = Value>) -> Vec<Value> {
    parameters.extend(further);
    parameters
}

/// All of them, in the contract's order.
pub(super) fn operations() -> Vec<Operation> {
    let text = || json!({ "type": "string" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let wait = || query("waitMs", "Waits so long for the end.", json!({ "type": "integer", "minimum": 0, "maximum": 30000, "default": 0 }));
    let picture = json!({ "schema": { "type": "string", "format": "binary" } });
    vec![
        Operation {
            method: "post",
            path: "/v1/generate",
            id: "generate",
            tag: "generate",
            summary: "Make pictures",
            about: "Renders a template group in every size, or a part of them. Finished within waitMs: 200; else 202, and the same \
                    generation runs on. One credit per image that completed; nothing for test keys. With dryRun: 200 and a report, \
                    nothing is made.",
            scope: Some("generate"),
            parameters: vec![
                header(
                    "Idempotency-Key",
                    "Makes repeats of this call safe for 24 hours.",
                    json!({ "type": "string", "minLength": 1, "maxLength": 255 }),
                ),
                header("Prefer", "`respond-async` is waitMs 0.", text()),
            ],
            body: Some(json!({ "required": true, "description": "At most 8 MiB.", "content": json_of("GenerateRequest") })),
            answers: vec![
                Answer {
                    status: 200,
                    about: "The finished generation (also where images failed), or the report of a dry run.",
                    content: Some(json!({ "application/json": {
                        "schema": { "anyOf": [{ "$ref": "#/components/schemas/Generation" }, { "$ref": "#/components/schemas/DryRun" }] },
                        "example": examples::generation("completed")
                    } })),
                    headers: &[
                        "X-Generation-Status",
                        "X-Credits-Charged",
                        "X-Credits-Reserved",
                        "X-Credits-Remaining",
                        "Idempotency-Replayed",
                        "Preference-Applied",
                        "Server-Timing",
                    ],
                },
                Answer {
                    status: 202,
                    about: "Accepted, and not finished yet.",
                    content: Some(with_example("Generation", examples::generation("queued"))),
                    headers: &[
                        "Location",
                        "Retry-After",
                        "X-Generation-Status",
                        "X-Credits-Charged",
                        "X-Credits-Reserved",
                        "X-Credits-Remaining",
                        "Idempotency-Replayed",
                        "Preference-Applied",
                        "Server-Timing",
                    ],
                },
            ],
            errors: &[
                "invalid_json",
                "invalid_header",
                "insufficient_credits",
                "template_group_not_found",
                "template_version_not_found",
                "template_not_in_group",
                "brand_kit_not_found",
                "asset_not_found",
                "request_timeout",
                "idempotency_in_progress",
                "generation_expired",
                "payload_too_large",
                "unsupported_media_type",
                "validation_failed",
                "idempotency_key_reused",
            ],
        },
        Operation {
            method: "get",
            path: "/v1/generate",
            id: "listGenerations",
            tag: "generations",
            summary: "List generations",
            about: "Those of the key's mode, newest first, without inputData and warnings.",
            scope: Some("generations:read"),
            parameters: and(
                page(),
                [
                    query(
                        "status",
                        "Only those with this value.",
                        json!({ "type": "string", "enum": ["queued", "processing", "completed", "partial", "failed"] }),
                    ),
                    query("externalId", "Only those with this value.", text()),
                    query("createdAfter", "Only later ones.", time()),
                    query("createdBefore", "Only earlier ones.", time()),
                ],
            ),
            body: None,
            answers: vec![ok("One page.", "GenerationList", examples::page(examples::short_generation()))],
            errors: &["validation_failed", "invalid_cursor"],
        },
        Operation {
            method: "get",
            path: "/v1/generate/{id}",
            id: "getGeneration",
            tag: "generations",
            summary: "Read a generation",
            about: "Counts in a bucket of its own, ten times as large; while it is unfinished, Retry-After says when to come back.",
            scope: Some("generations:read"),
            parameters: vec![
                path("id", "The generation's: gen_….", "gen_01JD3W5M5Q6X7Y8Z9A0B1C2D3E"),
                shown(wait(), 10_000),
                header("If-None-Match", "An ETag from before.", text()),
            ],
            body: None,
            answers: vec![
                Answer {
                    status: 200,
                    about: "The generation.",
                    content: Some(with_example("Generation", examples::generation("completed"))),
                    headers: &["ETag", "Retry-After", "X-Generation-Status"],
                },
                Answer { status: 304, about: "It is as it was.", content: None, headers: &["ETag"] },
            ],
            errors: &["generation_not_found", "validation_failed"],
        },
        Operation {
            method: "delete",
            path: "/v1/generate/{id}",
            id: "deleteGeneration",
            tag: "generations",
            summary: "Delete a generation",
            about: "Removes pictures and inputs; an unfinished one is ended first and its credits are released.",
            scope: Some("generate"),
            parameters: vec![path("id", "The generation's: gen_….", "gen_01JD3W5M5Q6X7Y8Z9A0B1C2D3E")],
            body: None,
            answers: vec![no_content("It is gone.")],
            errors: &["generation_not_found"],
        },
        Operation {
            method: "get",
            path: "/v1/templates",
            id: "listTemplates",
            tag: "templates",
            summary: "List template groups",
            about: "The team's and the built-in ones.",
            scope: Some("templates:read"),
            parameters: and(
                page(),
                [query("search", "Words of name, description or tags.", text()), query("tag", "Only with this tag.", text())],
            ),
            body: None,
            answers: vec![ok("One page.", "TemplateGroupList", examples::page(examples::template_group()))],
            errors: &["validation_failed", "invalid_cursor"],
        },
        Operation {
            method: "get",
            path: "/v1/templates/{id}",
            id: "getTemplate",
            tag: "templates",
            summary: "Read a template group",
            about: "Its sizes, fields and an example of input data.",
            scope: Some("templates:read"),
            parameters: vec![path("id", "The group's: tg_….", "tg_quote")],
            body: None,
            answers: vec![ok("The group.", "TemplateGroup", examples::template_group())],
            errors: &["template_group_not_found"],
        },
        Operation {
            method: "get",
            path: "/v1/templates/{id}/schema",
            id: "getTemplateSchema",
            tag: "templates",
            summary: "Read the JSON Schema of a group's inputData",
            about: "JSON Schema 2020-12.",
            scope: Some("templates:read"),
            parameters: vec![path("id", "The group's: tg_….", "tg_quote")],
            body: None,
            answers: vec![Answer {
                status: 200,
                about: "The schema.",
                content: Some(
                    json!({ "application/schema+json": { "schema": { "type": "object" }, "example": examples::template_schema() } }),
                ),
                headers: &[],
            }],
            errors: &["template_group_not_found"],
        },
        Operation {
            method: "get",
            path: "/v1/brandkits",
            id: "listBrandKits",
            tag: "brandkits",
            summary: "List brand kits",
            about: "The team's kits.",
            scope: Some("brandkits:read"),
            parameters: page(),
            body: None,
            answers: vec![ok("One page.", "BrandKitList", examples::page(examples::brand_kit()))],
            errors: &["validation_failed", "invalid_cursor"],
        },
        Operation {
            method: "get",
            path: "/v1/brandkits/{id}",
            id: "getBrandKit",
            tag: "brandkits",
            summary: "Read a brand kit",
            about: "Colours, fonts and logos by role.",
            scope: Some("brandkits:read"),
            parameters: vec![path("id", "The kit's: bk_….", "bk_halvmark")],
            body: None,
            answers: vec![ok("The kit.", "BrandKit", examples::brand_kit())],
            errors: &["brand_kit_not_found"],
        },
        Operation {
            method: "get",
            path: "/v1/credits",
            id: "getCredits",
            tag: "credits",
            summary: "Read the balance",
            about: "Of the current period. A test key sees the live balance.",
            scope: Some("credits:read"),
            parameters: Vec::new(),
            body: None,
            answers: vec![ok("The balance.", "Credits", examples::credits())],
            errors: &[],
        },
        Operation {
            method: "post",
            path: "/v1/assets",
            id: "createAsset",
            tag: "assets",
            summary: "Keep a picture",
            about: "PNG, JPEG, WebP, GIF or SVG, at most 20 MB, told by its bytes. The same bytes give the same id.",
            scope: Some("assets"),
            parameters: Vec::new(),
            body: Some(json!({ "required": true, "content": {
                "image/*": picture,
                "application/octet-stream": picture,
                "multipart/form-data": { "schema": {
                    "type": "object", "properties": { "file": { "type": "string", "format": "binary" } }, "required": ["file"]
                } }
            } })),
            answers: vec![
                Answer {
                    status: 200,
                    about: "These bytes were known.",
                    content: Some(with_example("Asset", examples::asset())),
                    headers: &["Server-Timing"],
                },
                Answer {
                    status: 201,
                    about: "It is kept.",
                    content: Some(with_example("Asset", examples::asset())),
                    headers: &["Location", "Server-Timing"],
                },
            ],
            errors: &["request_timeout", "payload_too_large", "unsupported_media_type", "validation_failed"],
        },
        Operation {
            method: "get",
            path: "/v1/assets/{id}",
            id: "getAsset",
            tag: "assets",
            summary: "Read an asset",
            about: "Its facts, not its bytes.",
            scope: Some("assets"),
            parameters: vec![path("id", "The asset's: asset_….", "asset_01JD3W5M5Q6X7Y8Z9A0B1C2D3E")],
            body: None,
            answers: vec![ok("The asset.", "Asset", examples::asset())],
            errors: &["asset_not_found"],
        },
        Operation {
            method: "delete",
            path: "/v1/assets/{id}",
            id: "deleteAsset",
            tag: "assets",
            summary: "Delete an asset",
            about: "Finished pictures stay as they are.",
            scope: Some("assets"),
            parameters: vec![path("id", "The asset's: asset_….", "asset_01JD3W5M5Q6X7Y8Z9A0B1C2D3E")],
            body: None,
            answers: vec![no_content("It is gone.")],
            errors: &["asset_not_found"],
        },
        Operation {
            method: "get",
            path: "/v1/openapi.json",
            id: "getOpenApi",
            tag: "meta",
            summary: "This document",
            about: "Counts in the address' bucket.",
            scope: None,
            parameters: Vec::new(),
            body: None,
            answers: vec![Answer {
                status: 200,
                about: "OpenAPI 3.1.",
                content: Some(json!({ "application/json": { "schema": { "type": "object" } } })),
                headers: &[],
            }],
            errors: &[],
        },
        Operation {
            method: "get",
            path: "/p/{path}",
            id: "getPicture",
            tag: "pictures",
            summary: "A finished picture",
            about: "For anyone who knows its address; not limited. ETag, Range and If-Range work; any page may use it (CORS).",
            scope: None,
            parameters: vec![
                path("path", "From a url of the generation.", "4f1c0f6e9a5d4b7c8d2e1f3a5b6c7d8e.png"),
                query("download", "Asks for a download under this name.", text()),
            ],
            body: None,
            answers: vec![
                Answer {
                    status: 200,
                    about: "The picture.",
                    content: Some(json!({
                        "image/png": picture, "image/jpeg": picture, "image/webp": picture, "image/avif": picture, "application/pdf": picture,
                    })),
                    headers: &["ETag", "Content-Disposition"],
                },
                Answer {
                    status: 206,
                    about: "A part of it.",
                    content: Some(json!({ "image/*": picture })),
                    headers: &["ETag", "Content-Range"],
                },
                Answer { status: 304, about: "It is as it was; it always is.", content: None, headers: &["ETag"] },
                Answer { status: 416, about: "The range lies outside.", content: None, headers: &["Content-Range"] },
            ],
            errors: &["not_found", "generation_expired", "internal_error", "overloaded"],
        },
    ]
}
