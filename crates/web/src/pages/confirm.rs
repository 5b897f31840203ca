//! `/confirm-password`: asked again before keys, members and the plan.

use app::Browser;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Group;
use super::look::local;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::who::SignedIn;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new().route("/confirm-password", get(ask).post(confirm))
}

#[derive(Template)]
#[template(path = "confirm/confirm.html")]
struct Confirm {
    page: Page,
    email: String,
    next: String,
    problems: Problems,
    password: Field,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

async fn ask(who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let next = local(&asked.next).to_owned();
    if who.visitor.need_password().is_ok() {
        return Ok(Redirect::to(&next).into_response());
    }
    show(&Confirm::new(who.page("Confirm your password"), &who.visitor.user.email, next, Problems::default()))
}

async fn confirm(who: SignedIn, State(web): State<Web>, browser: Browser, form: Form<4>) -> Result<Response, PageError> {
    let next = local(form.text("next")).to_owned();
    match web.app().confirm_password(&who.visitor, form.raw("password"), &browser).await {
        Ok(session) => {
            who.visit.set_session(&session);
            Ok(Redirect::to(&next).into_response())
        }
        Err(app::Error::Validation(faults)) => {
            refuse(&Confirm::new(who.page("Confirm your password"), &who.visitor.user.email, next, faults.into()))
        }
        Err(error) => Err(error.into()),
    }
}

impl Confirm {
    fn new(page: Page, email: &str, next: String, problems: Problems) -> Self {
        let password = Field::password("password", "Password", "current-password").autofocus().checked_by(&problems);
        Self { page, email: email.to_owned(), next, problems, password }
    }
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |problems| {
        let page = Page::sample("Confirm your password").of(Page::person_sample());
        Confirm::new(page, "ada@northbank.example", "/t/northbank/settings/keys".to_owned(), problems).render()
    };
    vec![
        ("confirm password", page(Problems::default())),
        ("confirm password, wrong", page(Problems::one("password", "This is not your password."))),
    ]
}
