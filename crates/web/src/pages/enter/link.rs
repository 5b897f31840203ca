//! `/confirm/{token}` and `/welcome/{token}`: one button each, which uses the link up.

use app::Browser;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::response::Response;

use crate::Web;
use crate::error::PageError;
use crate::form::Form;
use crate::form_page::FormPage;
use crate::page::{Page, show};
use crate::visit::Visit;

pub(super) async fn ask_confirm(visit: Visit, Path(token): Path<String>) -> Result<Response, PageError> {
    show(&confirm_form(visit.page("Confirm your address"), &token))
}

pub(super) async fn confirm(
    visit: Visit,
    State(web): State<Web>,
    Path(token): Path<String>,
    browser: Browser,
    _: Form<1>,
) -> Result<Redirect, PageError> {
    visit.set_session(&web.app().confirm_email(&token, &browser).await?);
    visit.toast("Your address is confirmed.");
    Ok(Redirect::to("/"))
}

pub(super) async fn ask_welcome(visit: Visit, Path(token): Path<String>) -> Result<Response, PageError> {
    show(&welcome_form(visit.page("Welcome"), &token))
}

pub(super) async fn welcome(
    visit: Visit,
    State(web): State<Web>,
    Path(token): Path<String>,
    browser: Browser,
    _: Form<1>,
) -> Result<Redirect, PageError> {
    visit.set_session(&web.app().enter_with_link(&token, &browser).await?);
    visit.toast("You are in. The link is used up: choose a password in your account to come back.");
    Ok(Redirect::to("/"))
}

fn confirm_form(page: Page, token: &str) -> FormPage {
    FormPage::new(page, format!("/confirm/{token}"), "Confirm and go on").lead("One press, and you are in.")
}

fn welcome_form(page: Page, token: &str) -> FormPage {
    FormPage::new(page, format!("/welcome/{token}"), "Sign in").lead("This link signs you in, once.")
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    vec![
        ("confirm", confirm_form(Page::sample("Confirm your address"), "lnk").render()),
        ("welcome", welcome_form(Page::sample("Welcome"), "lnk").render()),
    ]
}
