//! `/sign-up`: an account with its first team.

use app::Browser;
use app::people::{SignUp, SignedUp};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Asked, Sent, with_next};
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::pages::look::local;
use crate::visit::Visit;
use crate::who::Anyone;

const TITLE: &str = "Sign up";

pub(super) async fn ask(who: Anyone, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let next = local(&asked.next);
    if who.visitor.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    show(&form(who.visit.page(TITLE), next, &empty(), Problems::default()))
}

pub(super) async fn sign_up(visit: Visit, State(web): State<Web>, browser: Browser, sent: Form<8>) -> Result<Response, PageError> {
    let next = local(sent.text("next"));
    let typed = SignUp {
        email: sent.text("email").to_owned(),
        name: sent.text("name").to_owned(),
        password: sent.raw("password").to_owned(),
        team: sent.text("team").to_owned(),
    };
    match web.app().sign_up(typed.clone(), &browser).await {
        Ok(SignedUp::In(session)) => {
            visit.set_session(&session);
            Ok(Redirect::to(next).into_response())
        }
        Ok(SignedUp::Confirm) => Ok(Redirect::to("/sign-up/sent").into_response()),
        Err(error) => refuse(&form(visit.page(TITLE), next, &typed, Problems::of_refusal(error)?)),
    }
}

/// The same for a new address, one that has an account, and one that is not confirmed yet.
pub(super) async fn sent(visit: Visit) -> Result<Response, PageError> {
    show(&sent_page(visit.page("Look into your mail")))
}

fn sent_page(page: Page) -> Sent {
    Sent {
        page,
        said: "We sent you a mail with a link.",
        todo: "Open it within 3 days to confirm your address, and you are in. Nothing there? Look in the spam folder, or log in and we send it again."
            .to_owned(),
    }
}

fn empty() -> SignUp {
    SignUp { email: String::new(), name: String::new(), password: String::new(), team: String::new() }
}

fn form(page: Page, next: &str, typed: &SignUp, problems: Problems) -> FormPage {
    let fields = [
        Field::text("name", "Your name").autocomplete("name").value(&typed.name).required().autofocus(),
        Field::email("email", "E-mail").value(&typed.email).required(),
        Field::password("password", "Password", "new-password").hint("At least 8 characters. A few words make a good one."),
        Field::text("team", "Team").autocomplete("organization").value(&typed.team).required().hint("A brand, a company or a client."),
    ];
    FormPage::new(page, "/sign-up", "Create account")
        .lead("A team of your own on Essentials, with credits to try everything. No card.")
        .next(next)
        .fields(fields, problems)
        .link("Have an account?", with_next("/log-in", next), "Log in")
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let mut problems = Problems::default();
    problems.add("email", "Write an e-mail address such as name@example.com.");
    problems.add("password", "Use at least 8 characters.");
    let typed = SignUp { email: "ada@".to_owned(), name: "Ada Bell".to_owned(), ..empty() };
    vec![
        ("sign up", form(Page::sample(TITLE), "/", &empty(), Problems::default()).render()),
        ("sign up with faults", form(Page::sample(TITLE), "/", &typed, problems).render()),
        ("sign up sent", sent_page(Page::sample("Look into your mail")).render()),
    ]
}
