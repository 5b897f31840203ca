//! All groups that a team sees, and what a card's menu does.

use app::library::GroupCard;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde::Deserialize;

use super::KEY;
use crate::Web;
use crate::error::PageError;
use crate::form::Form;

use crate::page::{Page, Safe, show as show_page};
use crate::text;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "library/list.html")]
struct List {
    page: Page,
    base: String,
    may_edit: bool,
    own: Vec<GroupCard>,
    built_in: Vec<GroupCard>,
    deleted: Vec<Gone>,
    /// Of the team's own groups, by cursor.
    is_first: bool,
    next: Option<String>,
}

struct Gone {
    id: String,
    name: String,
    when: String,
}

#[derive(Template)]
#[template(path = "library/cards.html")]
struct Cards<'a> {
    base: &'a str,
    csrf: Safe,
    may_edit: bool,
    cards: Vec<Card>,
}

struct Card {
    id: String,
    name: String,
    own: bool,
    picture: String,
    width: u32,
    height: u32,
    words: String,
    /// The menu's name.
    menu: String,
}

impl List {
    fn next_href(&self) -> &str {
        self.next.as_deref().unwrap_or_default()
    }

    fn cards(&self, groups: &[GroupCard]) -> Safe {
        let card = |group: &GroupCard| Card {
            id: group.id.clone(),
            name: group.name.clone(),
            own: group.own,
            picture: group.preview_url.clone(),
            width: group.width,
            height: group.height,
            words: format!("{} · version {}", text::count(i64::from(group.sizes), "size"), group.version),
            menu: format!("Actions for {}", group.name),
        };
        let cards = Cards { base: &self.base, csrf: self.page.csrf(), may_edit: self.may_edit, cards: groups.iter().map(card).collect() };
        Safe(cards.render().unwrap_or_default())
    }
}

#[derive(Deserialize)]
pub(super) struct Place {
    cursor: Option<String>,
}

pub(super) async fn show(State(web): State<Web>, who: InTeam, Query(place): Query<Place>) -> Result<Response, PageError> {
    let (app, member) = (web.app(), &who.member);
    let own = app.own_groups(member, place.cursor.as_deref()).await?;
    let base = who.path("/templates");
    let next = own.next.map(|cursor| {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("cursor", &cursor).finish();
        format!("{base}?{query}")
    });
    let is_first = place.cursor.is_none();
    let (built_in, deleted) =
        if is_first { (app.built_in_groups(member).await?, app.deleted_documents(member).await?) } else { Default::default() };
    let now = domain::Timestamp::now();
    let gone = |item: app::library::Deleted| Gone { when: text::ago(item.deleted_at, now), id: item.id, name: item.name };
    let deleted = deleted.into_iter().map(gone).collect();
    let may_edit = member.role.may(Right::Templates);
    show_page(&List { page: who.page("Templates", KEY), may_edit, own: own.cards, built_in, deleted, is_first, next, base })
}

pub(super) async fn duplicate(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let copy = web.app().duplicate_document(&who.member, &id).await?;
    who.visit.toast("Template duplicated. It is yours to edit.");
    Ok(Redirect::to(&who.path(&format!("/templates/{copy}"))).into_response())
}

pub(super) async fn delete(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let name = web.app().document_text(&who.member, &id).await?.name;
    web.app().delete_document(&who.member, &id).await?;
    who.visit.toast_with_undo(format!("Template \"{name}\" deleted."), who.path(&format!("/templates/{id}/undelete")));
    Ok(Redirect::to(&who.path("/templates")).into_response())
}

pub(super) async fn undelete(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    web.app().undelete_document(&who.member, &id).await?;
    who.visit.toast("Template restored.");
    Ok(Redirect::to(&who.path("/templates")).into_response())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let card = |name: &str, own| GroupCard {
        id: "tg_quote".to_owned(),
        name: name.to_owned(),
        own,
        version: 3,
        sizes: 4,
        preview_url: "/m/previews/tg_quote/3/square.png".to_owned(),
        width: 1080,
        height: 1080,
    };
    let list = |own, deleted, may_edit| List {
        page: Page::team_sample("Templates", KEY),
        base: "/t/northbank/templates".to_owned(),
        may_edit,
        own,
        built_in: vec![card("Quote", false)],
        deleted,
        is_first: true,
        next: None,
    };
    let gone = vec![Gone { id: "tg_9".to_owned(), name: "Autumn".to_owned(), when: "2 days ago".to_owned() }];
    vec![
        ("templates, none of their own", list(Vec::new(), Vec::new(), true).render()),
        ("templates", list(vec![card("Copy of Quote", true), card(&"Long name ".repeat(9), true)], gone, true).render()),
        ("templates, for a viewer", list(vec![card("Copy of Quote", true)], Vec::new(), false).render()),
    ]
}
