//! `/`: what it does, with real pictures.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::Web;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::who::Anyone;

/// Who is signed in goes on in the team that they were in last.
pub(super) async fn start(who: Anyone, State(web): State<Web>) -> Result<Response, PageError> {
    if let Some(visitor) = &who.visitor {
        let last = visitor.teams.iter().find(|team| Some(team.slug.as_str()) == who.visit.team()).or(visitor.teams.first());
        let path = last.map_or_else(|| "/teams".to_owned(), |team| format!("/t/{}", team.slug));
        return Ok(Redirect::to(&path).into_response());
    }
    show(&Start { page: who.page("Every size, on brand"), api_url: web.config().api_url.clone() })
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
