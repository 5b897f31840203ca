//! A document from a file or from the clipboard.

use app::Error;
use app::library::{Problem, check_text};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;

use super::KEY;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::Problems;

use crate::page::{Page, refuse, show as show_page};
use crate::upload::Upload;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "library/import.html")]
struct Import {
    page: Page,
    base: String,
    problems: Problems,
    faults: Vec<Problem>,
    file: Field,
    text: Field,
}

impl Import {
    fn new(page: Page, base: String, text: &str, problems: Problems, faults: Vec<Problem>) -> Self {
        Self {
            file: Field::file("file", "Document", "application/json,.json")
                .hint("A template's JSON file, at most 2 MB.")
                .checked_by(&problems),
            text: Field::area("text", "Or paste it here", 12).value(text).checked_by(&problems),
            page,
            base,
            problems,
            faults,
        }
    }
}

pub(super) async fn show(who: InTeam) -> Result<Response, PageError> {
    who.member.need(Right::Templates)?;
    show_page(&Import::new(who.page("Import template", KEY), who.path("/templates"), "", Problems::default(), Vec::new()))
}

pub(super) async fn import(State(web): State<Web>, who: InTeam, sent: Upload<4>) -> Result<Response, PageError> {
    let again = |text: &str, problems, faults| {
        refuse(&Import::new(who.page("Import template", KEY), who.path("/templates"), text, problems, faults))
    };
    let text = match sent.file("file") {
        Some(file) => match String::from_utf8(file.bytes.clone()) {
            Ok(text) => text,
            Err(_) => return again("", Problems::one("file", "The file is not a template's document: it is no UTF-8 text."), Vec::new()),
        },
        None => sent.raw("text").replace("\r\n", "\n"),
    };
    if text.trim().is_empty() {
        return again("", Problems::one("file", "Choose a file, or paste a document."), Vec::new());
    }
    match web.app().import_document(&who.member, &text).await {
        Ok(id) => {
            who.visit.toast("Template imported.");
            Ok(Redirect::to(&who.path(&format!("/templates/{id}"))).into_response())
        }
        Err(Error::Document(_)) => again(
            &text,
            Problems::one("text", "The document can't be used yet. Mend what is listed, then import it again."),
            check_text(&text).problems,
        ),
        Err(Error::PayloadTooLarge { .. }) => again("", Problems::one("file", "The document is larger than 2\u{a0}MB."), Vec::new()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |text, problems, faults| {
        Import::new(Page::team_sample("Import template", KEY), "/t/northbank/templates".to_owned(), text, problems, faults)
    };
    let fault = Problem {
        line: 4,
        column: 11,
        pointer: "/name".to_owned(),
        message: "\"name\" is missing".to_owned(),
        hint: Some("1 to 100 characters".to_owned()),
    };
    vec![
        ("template, import", page("", Problems::default(), Vec::new()).render()),
        ("template, import with faults", page("{}", Problems::one("text", "The document can't be used yet."), vec![fault]).render()),
    ]
}
