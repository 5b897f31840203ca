//! API Documentation: complete, the team's own, within its budget; its examples run.

mod console;
mod pages;
mod run;

use serde_json::Value;
use testkit::{Server, Shown};

const LANGUAGES: [&str; 9] = ["curl", "javascript", "python", "php", "ruby", "go", "java", "csharp", "rust"];

/// The OpenAPI document as it is served.
async fn openapi(server: &Server) -> Value {
    server.stranger().get("/v1/openapi.json").await.expect(200).json()
}

/// Chapters and the ids of their operations.
fn chapters(document: &Value) -> Vec<(String, Vec<String>)> {
    let tags = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap());
    let operations = || document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values());
    let of = |tag: &str| {
        let own = operations().filter(|operation| operation["tags"][0] == tag);
        own.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
    };
    tags.map(|tag| (tag.to_owned(), of(tag))).collect()
}

/// The code of an example as it would be copied.
fn code(page: &Shown, id: &str) -> String {
    let html = page.html();
    let inner = html.split(&format!("id=\"{id}-code\"")).nth(1).unwrap_or_else(|| panic!("{} has no {id}", page.path));
    let text = inner.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap();
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}
