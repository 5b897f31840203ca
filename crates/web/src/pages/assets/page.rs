//! The list of uploads and of what ships inside, and deleting one.

use app::Query;
use askama::Template;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde::Deserialize;

use super::KEY;
use crate::error::PageError;
use crate::form::Form;
use crate::page::{Page, show as page};
use crate::pages::create::{query, upload_name};
use crate::visit::Visit;
use crate::who::InTeam;
use crate::{Web, statics, text};

const LIMIT: &str = "48";

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "assets/list.html")]
pub(super) struct List {
    page: Page,
    base: String,
    search: String,
    may_create: bool,
    /// Why the last upload was refused.
    refusal: Option<String>,
    tiles: Vec<Tile>,
    built_in: Vec<Tile>,
    newest: String,
    next: String,
}

struct Tile {
    id: String,
    name: String,
    facts: String,
}

#[derive(Template)]
#[template(path = "assets/delete.html")]
struct Delete {
    page: Page,
    base: String,
    tile: Tile,
    used: String,
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, UrlQuery(asked): UrlQuery<Asked>) -> Result<Response, PageError> {
    page(&list(&web, &inside, &asked, None).await?)
}

pub(super) async fn list(web: &Web, inside: &InTeam, asked: &Asked, refusal: Option<String>) -> Result<List, PageError> {
    let pairs = [("limit", LIMIT), ("search", &asked.search), ("cursor", &asked.cursor)];
    let pairs = Query(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
    let found = web.app().uploads(&inside.member, &pairs).await?;
    let link = |cursor: &str| format!("?{}", query(&[("search", &asked.search), ("cursor", cursor)]));
    let now = web.app().now();
    let tile = |upload: &app::view::Upload| Tile {
        id: upload.asset.id.clone(),
        name: upload_name(upload),
        facts: format!("{} × {} · {}", upload.asset.width, upload.asset.height, text::ago(upload.created_at, now)),
    };
    let word = asked.search.trim().to_lowercase();
    let built_in = app::App::built_in_pictures().into_iter().filter(|(_, name)| name.to_lowercase().contains(&word));
    Ok(List {
        page: inside.page("Assets", KEY),
        base: inside.base(),
        search: asked.search.clone(),
        may_create: inside.member.need(Right::Create).is_ok(),
        refusal,
        tiles: found.data.iter().map(tile).collect(),
        built_in: built_in.map(|(id, name)| Tile { id, name, facts: "Built in".to_owned() }).collect(),
        newest: if asked.cursor.is_empty() { String::new() } else { link("") },
        next: found.next_cursor.map(|cursor| link(&cursor)).unwrap_or_default(),
    })
}

pub(crate) async fn thumb(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let bytes = web.app().upload_thumbnail(&inside.member, &id).await?;
    // An asset's bytes never change; only the team's people may keep them.
    let headers = [(header::CONTENT_TYPE, "image/webp"), (header::CACHE_CONTROL, "private, max-age=86400"), (statics::SHARED, "1")];
    Ok((headers, bytes).into_response())
}

/// Asks first, and says where it is used.
pub(crate) async fn ask(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let uses = web.app().upload_uses(&inside.member, &id).await?;
    let used = match uses {
        0 => "No generation was made with it.".to_owned(),
        _ => format!(
            "{} made with it. Their pictures stay; using their inputs again will need another picture.",
            if uses == 1 {
                "1 generation was".to_owned()
            } else {
                format!("{} generations were", text::number(i64::try_from(uses).unwrap_or(i64::MAX)))
            },
        ),
    };
    let asset = web.app().upload(&inside.member, &id).await?;
    let facts = format!("{} × {} · {}", asset.asset.width, asset.asset.height, asset.asset.format.to_uppercase());
    let tile = Tile { id: asset.asset.id.clone(), name: upload_name(&asset), facts };
    page(&Delete { page: inside.page("Delete this picture?", KEY), base: inside.base(), tile, used })
}

pub(crate) async fn delete(
    State(web): State<Web>,
    inside: InTeam,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    _form: Form,
) -> Result<Response, PageError> {
    web.app().delete_upload(&inside.member, &id).await?;
    visit.toast("Picture deleted.");
    Ok(Redirect::to(&format!("{}/assets", inside.base())).into_response())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let tile = || Tile { id: "asset_1".into(), name: "Pier at dusk.jpg".into(), facts: "1600 × 2000 · 2 days ago".into() };
    let list = |tiles: Vec<Tile>, search: &str, refusal: Option<String>| List {
        page: Page::team_sample("Assets", KEY),
        base: "/t/northbank".into(),
        search: search.into(),
        may_create: true,
        refusal,
        tiles,
        built_in: vec![Tile { id: "asset_demo_hills".into(), name: "hills".into(), facts: "Built in".into() }],
        newest: String::new(),
        next: String::new(),
    };
    let refusal = Some("notes.txt is no picture that we can read. Use PNG, JPEG, WebP, GIF or SVG.".to_owned());
    let page = Page::team_sample("Delete this picture?", KEY);
    let delete = Delete { page, base: "/t/northbank".into(), tile: tile(), used: "3 generations were made with it.".into() };
    vec![
        ("assets", list(vec![tile()], "", None).render()),
        ("assets, none yet", list(Vec::new(), "", None).render()),
        ("assets, none found", list(Vec::new(), "x", None).render()),
        ("assets, refused", list(vec![tile()], "", refusal).render()),
        ("assets, delete", delete.render()),
    ]
}
