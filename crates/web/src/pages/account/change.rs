//! One form for each change of an account.

use app::Browser;
use app::people::Deletion;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::who::SignedIn;

const NAME: &str = "Change your name";
const EMAIL: &str = "Change your e-mail address";
const PASSWORD: &str = "Change your password";
const DELETE: &str = "Delete your account";

fn done(who: &SignedIn, said: &str) -> Result<Response, PageError> {
    who.visit.toast(said);
    Ok(Redirect::to("/account").into_response())
}

pub(super) async fn ask_name(who: SignedIn) -> Result<Response, PageError> {
    show(&name_form(who.page(NAME), &who.visitor.user.name, Problems::default()))
}

pub(super) async fn name(who: SignedIn, State(web): State<Web>, sent: Form<4>) -> Result<Response, PageError> {
    match web.app().change_name(&who.visitor, sent.text("name")).await {
        Ok(()) => done(&who, "Your name is changed."),
        Err(error) => refuse(&name_form(who.page(NAME), sent.text("name"), Problems::of_refusal(error)?)),
    }
}

pub(super) async fn ask_email(who: SignedIn) -> Result<Response, PageError> {
    who.visitor.need_password().map_err(or_confirm("/account/email"))?;
    show(&email_form(who.page(EMAIL), &who.visitor.user.email, "", Problems::default()))
}

pub(super) async fn email(who: SignedIn, State(web): State<Web>, sent: Form<4>) -> Result<Response, PageError> {
    who.visitor.need_password().map_err(or_confirm("/account/email"))?;
    let typed = sent.text("email");
    match web.app().change_email(&who.visitor, typed).await {
        Ok(true) => done(&who, "Your address is changed."),
        Ok(false) => done(&who, "A mail is on its way to the new address. Until its link is opened, the old one stays."),
        Err(error) => refuse(&email_form(who.page(EMAIL), &who.visitor.user.email, typed, Problems::of_refusal(error)?)),
    }
}

pub(super) async fn ask_password(who: SignedIn) -> Result<Response, PageError> {
    show(&password_form(who.page(PASSWORD), who.visitor.user.has_password, Problems::default()))
}

pub(super) async fn password(who: SignedIn, State(web): State<Web>, browser: Browser, sent: Form<4>) -> Result<Response, PageError> {
    match web.app().change_password(&who.visitor, sent.raw("current"), sent.raw("password"), &browser).await {
        Ok(session) => {
            who.visit.set_session(&session);
            done(&who, "The new password is set. Every other session has ended.")
        }
        Err(error) => refuse(&password_form(who.page(PASSWORD), who.visitor.user.has_password, Problems::of_refusal(error)?)),
    }
}

pub(super) async fn ask_delete(who: SignedIn) -> Result<Response, PageError> {
    who.visitor.need_password().map_err(or_confirm("/account/delete"))?;
    show(&delete_form(who.page(DELETE), &who.visitor.user.email, Problems::default()))
}

pub(super) async fn delete(who: SignedIn, State(web): State<Web>, sent: Form<4>) -> Result<Response, PageError> {
    who.visitor.need_password().map_err(or_confirm("/account/delete"))?;
    let problems = match web.app().delete_account(&who.visitor, sent.text("typed")).await {
        Ok(Deletion::Done) => {
            who.visit.end_session();
            who.visit.toast("Your account is deleted.");
            return Ok(Redirect::to("/").into_response());
        }
        Ok(Deletion::OwnerOf(teams)) => Problems::one("", orphaned(&teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>())),
        Err(error) => Problems::of_refusal(error)?,
    };
    refuse(&delete_form(who.page(DELETE), &who.visitor.user.email, problems))
}

fn orphaned(teams: &[&str]) -> String {
    format!(
        "Without you nobody would own {}. Hand over what others need and delete the rest, in Team Settings; then come back.",
        teams.join(", ")
    )
}

fn name_form(page: Page, name: &str, problems: Problems) -> FormPage {
    let name = Field::text("name", "Your name").autocomplete("name").value(name).required().autofocus();
    FormPage::new(page, "/account/name", "Change name").fields([name], problems).link("", "/account", "Back to your account")
}

fn email_form(page: Page, current: &str, typed: &str, problems: Problems) -> FormPage {
    FormPage::new(page, "/account/email", "Change address")
        .lead(format!("Now it is {current}."))
        .fields([Field::email("email", "New e-mail").value(typed).required().autofocus()], problems)
        .link("", "/account", "Back to your account")
}

fn password_form(page: Page, has_password: bool, problems: Problems) -> FormPage {
    let current = has_password.then(|| Field::password("current", "Current password", "current-password").autofocus());
    let new = Field::password("password", "New password", "new-password").hint("At least 8 characters. A few words make a good one.");
    FormPage::new(page, "/account/password", "Set password")
        .lead("Every other session ends; this one goes on.")
        .fields(current.into_iter().chain([new]), problems)
        .link("", "/account", "Back to your account")
}

fn delete_form(page: Page, email: &str, problems: Problems) -> FormPage {
    let typed = Field::text("typed", "Type your e-mail address").autocomplete("off").placeholder(email).required();
    FormPage::new(page, "/account/delete", "Delete account")
        .danger()
        .lead("Your account, its sessions and its memberships go at once and for good. What you made stays with the teams.")
        .fields([typed], problems)
        .link("", "/account", "Keep the account")
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |title| Page::sample(title).of(Page::person_sample());
    let email = "ada@northbank.example";
    vec![
        ("change name", name_form(page(NAME), "Ada Bell", Problems::default()).render()),
        ("change address", email_form(page(EMAIL), email, "", Problems::default()).render()),
        ("change password", password_form(page(PASSWORD), true, Problems::one("current", "This is not your password.")).render()),
        ("first password", password_form(page(PASSWORD), false, Problems::default()).render()),
        ("delete account", delete_form(page(DELETE), email, Problems::one("", orphaned(&["Northbank", "Halvmark Studio"]))).render()),
    ]
}
