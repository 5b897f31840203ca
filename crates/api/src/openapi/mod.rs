//! `GET /v1/openapi.json`: OpenAPI 3.1, made from the code.
//!
//! Answers' schemas come from the structures that are serialised (`schemas`), error answers from the table of
//! problems, and the operations (`operations`) are held against the router's table by a test. The web app's documentation
//! shows nothing else: `chapters` are its pages, `codes` its tables.

mod chapters;
mod codes;
mod examples;
mod operations;
mod schemas;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::Api;

/// The document for an API at `api_url`.
#[must_use]
pub fn document(api_url: &str) -> Value {
    let mut paths = Map::new();
    for operation in operations::operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.to_value();
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "RepeatPosts API",
            "version": "1",
            "summary": "One call, every size, on brand.",
            "description": "Turns a template group, input data and a brand kit into finished pictures in every size. Fields, \
                endpoints, warning codes and enum values may be added: treat unknown warnings by their severity, unknown errors \
                by their type. Every answer under /v1 carries X-Request-Id and the X-RateLimit headers.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": api_url }],
        "security": [{ "apiKey": [] }],
        "tags": chapters::tags(),
        "x-codes": codes::tables(),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey", "in": "header", "name": "X-API-Key",
                    "description": "rp_live_… or rp_test_…. Keys belong on servers: the API sends no CORS headers."
                }
            },
            "headers": operations::headers(),
            "schemas": schemas::components()
        }
    })
}

pub(crate) async fn serve(State(api): State<Api>) -> Response {
    let bytes: Bytes = api.openapi(|api_url| document(api_url).to_string().into());
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}
