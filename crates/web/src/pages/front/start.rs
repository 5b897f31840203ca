//! `/`: what it does, with real pictures.

use askama::Template;
use axum::response::Response;

use crate::error::PageError;
use crate::page::{Page, show};
use crate::visit::Visit;

pub(super) async fn start(visit: Visit) -> Result<Response, PageError> {
    let api_url = visit.web().config().api_url.clone();
    show(&Start { page: visit.page("Every size, on brand"), api_url })
}

#[derive(Template)]
#[template(path = "front/start.html")]
struct Start {
    page: Page,
    api_url: String,
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let start = Start { page: Page::sample("Every size, on brand"), api_url: "https://posts.example.com".to_owned() };
    vec![("start", start.render())]
}
