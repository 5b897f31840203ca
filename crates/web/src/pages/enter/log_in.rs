//! `/log-in` and `/log-out`.

use app::{Browser, Error};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Asked, with_next};
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::pages::look::local;
use crate::visit::Visit;
use crate::who::Anyone;

const TITLE: &str = "Log in";

pub(super) async fn ask(who: Anyone, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let next = local(&asked.next);
    if who.visitor.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    show(&form(who.visit.page(TITLE), next, "", Problems::default()))
}

pub(super) async fn log_in(visit: Visit, State(web): State<Web>, browser: Browser, sent: Form<8>) -> Result<Response, PageError> {
    let (next, email) = (local(sent.text("next")), sent.text("email"));
    match web.app().log_in(email, sent.raw("password"), &browser).await {
        Ok(session) => {
            visit.set_session(&session);
            Ok(Redirect::to(next).into_response())
        }
        Err(Error::Unconfirmed) => Ok(Redirect::to("/sign-up/sent").into_response()),
        Err(error) => refuse(&form(visit.page(TITLE), next, email, Problems::of_refusal(error)?)),
    }
}

pub(super) async fn log_out(who: Anyone, State(web): State<Web>, _: Form<1>) -> Result<Response, PageError> {
    if let Some(visitor) = &who.visitor {
        web.app().log_out(visitor).await?;
    }
    who.visit.end_session();
    who.visit.toast("You are logged out.");
    Ok(Redirect::to("/").into_response())
}

fn form(page: Page, next: &str, email: &str, problems: Problems) -> FormPage {
    let fields = [
        Field::email("email", "E-mail").autocomplete("username").value(email).required().autofocus(),
        Field::password("password", "Password", "current-password"),
    ];
    FormPage::new(page, "/log-in", "Log in").next(next).fields(fields, problems).link("", "/reset", "Forgot your password?").link(
        "New here?",
        with_next("/sign-up", next),
        "Sign up",
    )
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let wrong = || Problems::one("", "The e-mail address or the password is not right.");
    vec![
        ("log in", form(Page::sample(TITLE), "/", "", Problems::default()).render()),
        ("log in, wrong", form(Page::sample(TITLE), "/t/northbank/create", "ada@northbank.example", wrong()).render()),
    ]
}
