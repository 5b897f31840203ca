//! A new brand kit: empty, from a logo, or from one that ships who.

use app::Error;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;

use super::KEY;
use super::form::{ColorRow, KitForm, LogoRow};
use crate::Web;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::Problems;

use crate::page::{Page, refuse, show as show_page};
use crate::upload::Upload;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "kits/new.html")]
struct Start {
    page: Page,
    base: String,
    problems: Problems,
    name: Field,
    start: Field,
    logo: Field,
}

impl Start {
    fn new(page: Page, base: String, demos: &[(String, String)], name: &str, start: &str, problems: Problems) -> Self {
        let fixed = [
            Choice::new("logo", "From a logo").note("Colours are proposed from it; you confirm them"),
            Choice::new("empty", "Empty").note("Neutral colours and Inter, to be changed"),
        ];
        let demos = demos.iter().map(|(slug, name)| Choice::new(slug, name).note("A copy of an example, with its logos"));
        Self {
            name: Field::text("name", "Name").value(name).limit(100).hint("For an example's copy it may stay empty.").checked_by(&problems),
            start: Field::cards("start", "Start", fixed.into_iter().chain(demos).collect())
                .value(if start.is_empty() { "logo" } else { start })
                .checked_by(&problems),
            logo: Field::file("logo", "Logo", "image/png,image/svg+xml")
                .hint("PNG or SVG, at most 20 MB. SVG stays sharp at every size.")
                .checked_by(&problems),
            page,
            base,
            problems,
        }
    }
}

fn demos() -> Vec<(String, String)> {
    app::App::demo_kits().into_iter().map(|(slug, name)| (slug.to_owned(), name.to_owned())).collect()
}

pub(super) async fn show(who: InTeam) -> Result<Response, PageError> {
    who.member.need(Right::Kits)?;
    show_page(&Start::new(who.page("Create brand kit", KEY), who.path("/kits"), &demos(), "", "", Problems::default()))
}

pub(super) async fn create(State(web): State<Web>, who: InTeam, form: Upload) -> Result<Response, PageError> {
    let (name, start) = (form.text("name"), form.text("start"));
    let again =
        |problems: Problems| refuse(&Start::new(who.page("Create brand kit", KEY), who.path("/kits"), &demos(), name, start, problems));
    let app = web.app();
    let made = match start {
        "empty" => app.create_kit(&who.member, &KitForm::empty(name).text(), None).await,
        "logo" => {
            let Some(file) = form.file("logo") else { return again(Problems::one("logo", "Choose the logo's file.")) };
            match app.kit_from_logo(&who.member, file.bytes.clone().into()).await {
                Ok((logo, colors)) => {
                    let mut kit = KitForm::empty(name);
                    kit.colors = colors
                        .into_iter()
                        .map(|color| ColorRow { role: color.role.to_owned(), hex: color.hex, on: color.on, ..ColorRow::default() })
                        .collect();
                    kit.logos = vec![LogoRow { role: "primary".to_owned(), theme: "any".to_owned(), file: logo.file }];
                    app.create_kit(&who.member, &kit.text(), None).await
                }
                Err(error) => Err(error),
            }
        }
        slug => app.copy_demo_kit(&who.member, slug, Some(name).filter(|name| !name.is_empty())).await,
    };
    match made {
        Ok(id) => {
            who.visit.toast(if start == "logo" {
                "Brand kit created from your logo. Look the colours over."
            } else {
                "Brand kit created."
            });
            Ok(Redirect::to(&who.path(&format!("/kits/{id}"))).into_response())
        }
        Err(Error::Document(faults)) => again(KitForm::empty(name).problems(&faults)),
        Err(Error::UnsupportedMedia(text)) => again(Problems::one("logo", text)),
        Err(Error::Conflict(text)) => again(Problems::one("", text)),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let demos = [("halvmark".to_owned(), "Halvmark".to_owned())];
    let new = |problems| Start::new(Page::team_sample("Create brand kit", KEY), "/t/northbank/kits".to_owned(), &demos, "", "", problems);
    vec![
        ("kit, new", new(Problems::default()).render()),
        ("kit, new with faults", new(Problems::one("logo", "Choose the logo's file.")).render()),
    ]
}
