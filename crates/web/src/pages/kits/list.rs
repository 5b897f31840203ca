//! The team's brand kits, and what a row's menu does.

use app::Error;
use app::library::EditedKit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;

use super::KEY;
use crate::Web;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::{Form, Problems};

use crate::page::{Page, refuse, show as show_page};
use crate::text;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "kits/list.html")]
struct List {
    page: Page,
    base: String,
    may_edit: bool,
    limit: Option<u32>,
    cards: Vec<Card>,
    deleted: Vec<Gone>,
}

struct Card {
    id: String,
    name: String,
    is_default: bool,
    version: u32,
    colors: Vec<String>,
    /// The menu's name.
    menu: String,
}

struct Gone {
    id: String,
    name: String,
    when: String,
}

impl List {
    fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.cards.len() >= limit as usize)
    }
}

impl Card {
    fn of(kit: &EditedKit) -> Self {
        Self {
            id: kit.id.clone(),
            name: kit.name.clone(),
            is_default: kit.is_default,
            version: kit.version,
            colors: kit.file.colors.iter().take(8).map(|color| color.color.color.hex()).collect(),
            menu: format!("Actions for {}", kit.name),
        }
    }

    fn color_words(&self) -> String {
        self.colors.join(", ")
    }
}

#[derive(Template)]
#[template(path = "kits/delete.html")]
struct Delete {
    page: Page,
    base: String,
    id: String,
    name: String,
    problems: Problems,
    /// The new default, where this one is.
    next: Option<Field>,
}

pub(super) async fn show(State(web): State<Web>, who: InTeam) -> Result<Response, PageError> {
    let member = &who.member;
    let kits = web.app().edited_kits(member).await?;
    let deleted = web.app().deleted_kits(member).await?;
    let limit = web.config().plans.get(&member.plan).and_then(|plan| plan.brand_kits);
    let now = domain::Timestamp::now();
    let gone = |item: app::library::Deleted| Gone { when: text::ago(item.deleted_at, now), id: item.id, name: item.name };
    show_page(&List {
        page: who.page("Brand kits", KEY),
        base: who.path("/kits"),
        may_edit: member.role.may(Right::Kits),
        limit,
        cards: kits.iter().map(Card::of).collect(),
        deleted: deleted.into_iter().map(gone).collect(),
    })
}

pub(super) async fn duplicate(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let copy = web.app().duplicate_kit(&who.member, &id).await?;
    who.visit.toast("Brand kit duplicated.");
    Ok(Redirect::to(&who.path(&format!("/kits/{copy}"))).into_response())
}

pub(super) async fn make_default(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    web.app().make_kit_default(&who.member, &id).await?;
    let name = web.app().edited_kit(&who.member, &id).await?.name;
    who.visit.toast(format!("\"{name}\" is the default brand kit."));
    Ok(Redirect::to(&who.path("/kits")).into_response())
}

pub(super) async fn ask_delete(State(web): State<Web>, who: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    who.member.need(Right::Kits)?;
    show_page(&deletion(&web, &who, &id, Problems::default()).await?)
}

pub(super) async fn delete(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let name = web.app().edited_kit(&who.member, &id).await?.name;
    let next = Some(form.text("next")).filter(|next| !next.is_empty());
    match web.app().delete_kit(&who.member, &id, next).await {
        Ok(()) => {
            who.visit.toast_with_undo(format!("Brand kit \"{name}\" deleted."), who.path(&format!("/kits/{id}/restore")));
            Ok(Redirect::to(&who.path("/kits")).into_response())
        }
        Err(Error::Validation(faults)) => refuse(&deletion(&web, &who, &id, faults.into()).await?),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn restore(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    web.app().restore_kit(&who.member, &id).await?;
    who.visit.toast("Brand kit restored.");
    Ok(Redirect::to(&who.path("/kits")).into_response())
}

async fn deletion(web: &Web, who: &InTeam, id: &str, problems: Problems) -> Result<Delete, PageError> {
    let kit = web.app().edited_kit(&who.member, id).await?;
    let others = web.app().edited_kits(&who.member).await?;
    let choices: Vec<Choice> = others.iter().filter(|other| other.id != kit.id).map(|other| Choice::new(&other.id, &other.name)).collect();
    let next = (kit.is_default && !choices.is_empty()).then(|| {
        let first = Choice::new("", "Choose a brand kit");
        Field::select("next", "New default brand kit", std::iter::once(first).chain(choices).collect()).required().checked_by(&problems)
    });
    let page = who.page(format!("Delete \"{}\"?", kit.name), KEY);
    Ok(Delete { page, base: who.path("/kits"), id: kit.id, name: kit.name, problems, next })
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let card = |name: &str, is_default| Card {
        id: "bk_1".to_owned(),
        name: name.to_owned(),
        is_default,
        version: 3,
        colors: ["#4f5ef7", "#1f2b4d", "#3ee6ae", "#0b0f1a"].map(str::to_owned).to_vec(),
        menu: format!("Actions for {name}"),
    };
    let list = |cards, limit, deleted| List {
        page: Page::team_sample("Brand kits", KEY),
        base: "/t/northbank/kits".to_owned(),
        may_edit: true,
        limit,
        cards,
        deleted,
    };
    let gone = vec![Gone { id: "bk_9".to_owned(), name: "Autumn".to_owned(), when: "2 days ago".to_owned() }];
    let delete = |next| Delete {
        page: Page::team_sample("Delete \"Northbank\"?", KEY),
        base: "/t/northbank/kits".to_owned(),
        id: "bk_1".to_owned(),
        name: "Northbank".to_owned(),
        problems: Problems::default(),
        next,
    };
    let next = Field::select("next", "New default brand kit", vec![Choice::new("bk_2", "Halvmark")]);
    vec![
        ("kits, none", list(Vec::new(), Some(1), Vec::new()).render()),
        ("kits, full", list(vec![card("Northbank", true)], Some(1), gone).render()),
        ("kits, unlimited", list(vec![card("Northbank", true), card(&"A very long name ".repeat(6), false)], None, Vec::new()).render()),
        ("kit, delete", delete(None).render()),
        ("kit, delete the default", delete(Some(next)).render()),
    ]
}
