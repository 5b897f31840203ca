//! `/reset`: a link for a new password is asked for; `/reset/{token}`: the password is chosen.

use app::Browser;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::Sent;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::visit::Visit;

const ASK: &str = "Forgot your password?";
const CHOOSE: &str = "Choose a new password";

pub(super) async fn ask(visit: Visit) -> Result<Response, PageError> {
    show(&ask_form(visit.page(ASK), "", Problems::default()))
}

pub(super) async fn request(visit: Visit, State(web): State<Web>, browser: Browser, sent: Form<4>) -> Result<Response, PageError> {
    let email = sent.text("email");
    match web.app().request_reset(email, &browser).await {
        Ok(()) => Ok(Redirect::to("/reset/sent").into_response()),
        Err(error) => refuse(&ask_form(visit.page(ASK), email, Problems::of_refusal(error)?)),
    }
}

/// The same whether the address has an account or not.
pub(super) async fn sent(visit: Visit, State(web): State<Web>) -> Result<Response, PageError> {
    show(&sent_page(visit.page("A link is wanted"), web.app().mails()))
}

pub(super) async fn choose(visit: Visit, State(web): State<Web>, Path(token): Path<String>) -> Result<Response, PageError> {
    web.app().check_reset(&token).await?;
    show(&choose_form(visit.page(CHOOSE), &token, Problems::default()))
}

pub(super) async fn reset(
    visit: Visit,
    State(web): State<Web>,
    Path(token): Path<String>,
    browser: Browser,
    sent: Form<4>,
) -> Result<Response, PageError> {
    match web.app().reset_password(&token, sent.raw("password"), &browser).await {
        Ok(session) => {
            visit.set_session(&session);
            visit.toast("The new password is set. Every other session has ended.");
            Ok(Redirect::to("/").into_response())
        }
        Err(error) => refuse(&choose_form(visit.page(CHOOSE), &token, Problems::of_refusal(error)?)),
    }
}

fn ask_form(page: Page, email: &str, problems: Problems) -> FormPage {
    FormPage::new(page, "/reset", "Get a link")
        .lead("Write the address of your account. You get a link with which you choose a new one.")
        .fields([Field::email("email", "E-mail").value(email).required().autofocus()], problems)
        .link("", "/log-in", "Back to the log-in")
}

fn choose_form(page: Page, token: &str, problems: Problems) -> FormPage {
    let password = Field::password("password", "New password", "new-password").hint("At least 8 characters. A few words make a good one.");
    FormPage::new(page, format!("/reset/{token}"), "Set password")
        .lead("It signs you in here and ends every other session.")
        .fields([password.autofocus()], problems)
}

fn sent_page(page: Page, mails: bool) -> Sent {
    let (said, todo) = if mails {
        (
            "If the address has an account, a mail with a link is on its way.",
            "The link works once, for one hour. Nothing there? Look in the spam folder, and check that it is the address you signed up with.",
        )
    } else {
        (
            "This installation sends no mail.",
            "Ask whoever runs it for a link. Their command “repeatposts user reset” prints one for your address that works once, for 24 hours.",
        )
    };
    Sent { page, said, todo: todo.to_owned() }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    vec![
        ("reset", ask_form(Page::sample(ASK), "", Problems::default()).render()),
        ("reset sent", sent_page(Page::sample("A link is wanted"), true).render()),
        ("reset without mail", sent_page(Page::sample("A link is wanted"), false).render()),
        ("new password", choose_form(Page::sample(CHOOSE), "lnk", Problems::one("password", "Use at least 8 characters.")).render()),
    ]
}
