//! The chapters as pages: `/docs/{chapter}` for everybody, `/t/{team}/settings/docs/{chapter}` with the team's own ids;
//! each also as Markdown, under the same address with `.md`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Plans;

use super::console::Gate;
use super::facts::Facts;
use super::plain;
use super::reference::{Chapter, Reference};
use super::samples::Language;
use super::setting::Setting;
use super::view::View;
use super::{KEY, PATH};
use crate::Web;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::pages::page_of;
use crate::visit::Visit;
use crate::who::{Anyone, InTeam};

#[derive(Template)]
#[template(path = "docs/chapter.html")]
struct PublicPage {
    page: Page,
    view: View,
}

#[derive(Template)]
#[template(path = "docs/chapter-team.html")]
struct TeamPage {
    page: Page,
    view: View,
    keys: String,
    start: String,
}

/// `/docs` and `/docs/api`.
pub(super) async fn front() -> Redirect {
    Redirect::to("/docs/quickstart")
}

pub(super) async fn public(State(web): State<Web>, who: Anyone, Path(name): Path<String>) -> Result<Response, PageError> {
    let reference = web.reference();
    let (chapter, is_plain) = find(reference, &name)?;
    let facts = Facts::default();
    let setting = setting(&web, &facts, "/docs".to_owned(), &who.visit, Gate::for_everybody());
    if is_plain {
        return Ok(plain(&plain::chapter(chapter, &setting)));
    }
    let view = View::new(chapter, setting);
    show(&PublicPage { page: who.page(title(&view)), view })
}

pub(super) async fn team_front(web: State<Web>, who: InTeam, Path(slug): Path<String>) -> Result<Response, PageError> {
    team(web, who, Path((slug, "quickstart".to_owned()))).await
}

pub(super) async fn team(State(web): State<Web>, who: InTeam, Path((_, name)): Path<(String, String)>) -> Result<Response, PageError> {
    let reference = web.reference();
    let (chapter, is_plain) = find(reference, &name)?;
    let facts = Facts::of(&web, &who).await?;
    let setting = setting(&web, &facts, who.path(PATH), &who.visit, Gate::of(&web, &who));
    if is_plain {
        return Ok(plain(&plain::chapter(chapter, &setting)));
    }
    let view = View::new(chapter, setting);
    let keys = page_of("keys", &who.base()).unwrap_or_else(|| who.base());
    show(&TeamPage { page: who.page(title(&view), KEY), view, keys, start: who.path(PATH) })
}

/// The chapter, and whether it is wanted as Markdown.
fn find<'a>(reference: &'a Reference, name: &str) -> Result<(&'a Chapter, bool), PageError> {
    let (name, is_plain) = name.strip_suffix(".md").map_or((name, false), |name| (name, true));
    let chapter = reference.chapters.iter().find(|chapter| chapter.name == name).ok_or(PageError::NotFound)?;
    Ok((chapter, is_plain))
}

pub(super) fn setting<'a>(web: &'a Web, facts: &'a Facts, base: String, visit: &'a Visit, gate: Gate) -> Setting<'a> {
    let plans = plans(&web.config().plans);
    Setting { reference: web.reference(), facts, base, language: Language::of(visit), target: visit.target(), gate, plans }
}

fn plans(plans: &Plans) -> Vec<(String, u32)> {
    plans.iter().filter(|plan| plan.api).map(|plan| (plan.name.clone(), plan.rate_limit)).collect()
}

fn title(view: &View) -> String {
    format!("{} · API Documentation", view.title)
}

pub(super) fn plain(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text.to_owned()).into_response()
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let reference = Reference::of(&sample_document());
    let view = |chapter: &str, base: &str, gate: Gate| {
        let facts = Facts::default();
        let plans = vec![("Agency".to_owned(), 60)];
        let target = "/docs/generate";
        let setting =
            Setting { reference: &reference, facts: &facts, base: base.to_owned(), language: Language::default(), target, gate, plans };
        let chapter = reference.chapters.iter().find(|other| other.name == chapter);
        chapter.map(|chapter| View::new(chapter, setting))
    };
    let team = |chapter: &str, gate: Gate| {
        let view = view(chapter, "/t/northbank/settings/docs", gate)?;
        let (keys, start) = ("/t/northbank/settings/keys".to_owned(), "/t/northbank/settings/docs".to_owned());
        Some(TeamPage { page: Page::team_sample(&title(&view), KEY), view, keys, start }.render())
    };
    let public = |chapter: &str| {
        let view = view(chapter, "/docs", Gate::for_everybody())?;
        Some(PublicPage { page: Page::sample(&title(&view)), view }.render())
    };
    let ready = || Gate::Ready { key: "/t/northbank/settings/docs/key".to_owned() };
    let pages = [
        ("docs, generate", team("generate", ready())),
        ("docs, templates, closed", team("templates", Gate::for_everybody())),
        ("docs, quickstart", public("quickstart")),
        ("docs, errors", public("errors")),
        ("docs, limits", public("limits")),
    ];
    pages.into_iter().filter_map(|(name, page)| Some((name, page?))).collect()
}

/// A small API, for samples.
fn sample_document() -> serde_json::Value {
    serde_json::json!({
        "info": { "title": "Sample API", "summary": "A sample.", "description": "" },
        "servers": [{ "url": "https://posts.example.com" }],
        "tags": [
            { "name": "quickstart", "x-displayName": "Quickstart", "description": "One call.\n\n## Then\n\nAnother.", "x-shows": ["make"] },
            { "name": "generate", "x-displayName": "Generate pictures", "description": "Pictures.", "x-tables": ["failures"] },
            { "name": "errors", "x-displayName": "Errors", "description": "What went wrong.", "x-tables": ["errors", "details"] },
            { "name": "limits", "x-displayName": "Limits", "description": "How often.", "x-tables": ["plans", "headers"] }
        ],
        "x-codes": {
            "errors": [{ "code": "not_found", "status": 404, "meaning": "Nothing here.", "remedy": "Compare the path." }],
            "details": [{ "code": "too_long", "meaning": "Too many characters.", "remedy": "Shorten it." }],
            "failures": [{ "code": "image_too_large", "meaning": "Over 20 MB.", "remedy": "Send a smaller one." }]
        },
        "paths": { "/v1/things/{id}": { "post": {
            "operationId": "make", "tags": ["generate"], "summary": "Make a thing", "description": "Makes it.\n\nScope: `generate`.",
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" }, "description": "Its id.", "example": "tg_quote" }],
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
            "responses": { "200": { "description": "It.", "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Thing" }, "example": { "name": "<b>" }
            } } } }
        } } },
        "components": {
            "headers": { "X-Request-Id": { "description": "This request." } },
            "schemas": { "Thing": {
                "type": "object", "properties": { "name": { "type": "string", "maxLength": 5 }, "inner": { "type": "object", "properties": { "x": { "type": "number" } } } },
                "examples": [{ "name": "It's <b>" }]
            } }
        }
    })
}
