//! `/invite/{token}`: joining a team, with the account that is signed in or a new one.

use app::people::{Accept, InvitationView};
use app::{Browser, Role};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::with_next;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::who::Anyone;

pub(super) async fn ask(who: Anyone, State(web): State<Web>, Path(token): Path<String>) -> Result<Response, PageError> {
    let invitation = web.app().invitation(&token).await?;
    let own = who.visitor.as_ref().map(|visitor| visitor.user.email.as_str());
    if own.is_none() && invitation.known {
        return Ok(Redirect::to(&with_next("/log-in", &format!("/invite/{token}"))).into_response());
    }
    show(&form(who.page(title(&invitation)), &token, &invitation, own, "", Problems::default()))
}

pub(super) async fn accept(
    who: Anyone,
    State(web): State<Web>,
    Path(token): Path<String>,
    browser: Browser,
    sent: Form<4>,
) -> Result<Response, PageError> {
    let accept = match &who.visitor {
        Some(visitor) => Accept::As(visitor),
        None => Accept::New { name: sent.text("name"), password: sent.raw("password") },
    };
    match web.app().accept_invite(&token, accept, &browser).await {
        Ok((session, slug)) => {
            who.visit.set_session(&session);
            Ok(Redirect::to(&format!("/t/{slug}")).into_response())
        }
        Err(error) => {
            let problems = Problems::of_refusal(error)?;
            let invitation = web.app().invitation(&token).await?;
            let own = who.visitor.as_ref().map(|visitor| visitor.user.email.as_str());
            refuse(&form(who.page(title(&invitation)), &token, &invitation, own, sent.text("name"), problems))
        }
    }
}

fn title(invitation: &InvitationView) -> String {
    format!("Join {}", invitation.team_name)
}

/// `own` is the address of who is signed in.
fn form(page: Page, token: &str, invitation: &InvitationView, own: Option<&str>, name: &str, problems: Problems) -> FormPage {
    let InvitationView { team_name, email, role, invited_by, .. } = invitation;
    let by = if invited_by.is_empty() { "You are invited".to_owned() } else { format!("{invited_by} invites you") };
    let offer = format!("{by} to {team_name} as {}. {}.", role.as_str(), role.meaning());
    let form = FormPage::new(page, format!("/invite/{token}"), "Join the team");
    match own {
        Some(own) if own.eq_ignore_ascii_case(email) => form.lead(format!("{offer} You join as {own}.")).fields([], problems),
        Some(own) => form
            .lead(format!("{offer} The invitation went to {email}, and you are signed in as {own}: that account joins. Log out first to join with another one."))
            .fields([], problems),
        None => {
            let fields = [
                Field::text("name", "Your name").autocomplete("name").value(name).required().autofocus(),
                Field::password("password", "Password", "new-password").hint("At least 8 characters. A few words make a good one."),
            ];
            form.lead(format!("{offer} Your account will have the address {email}."))
                .fields(fields, problems)
                .link("Have an account with another address?", with_next("/log-in", &format!("/invite/{token}")), "Log in")
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let invitation = InvitationView {
        team_name: "Northbank".to_owned(),
        email: "bo@northbank.example".to_owned(),
        role: Role::Member,
        invited_by: "Ada Bell".to_owned(),
        known: false,
    };
    let page = |own| form(Page::sample("Join Northbank"), "lnk", &invitation, own, "", Problems::default()).render();
    vec![
        ("invitation, new", page(None)),
        ("invitation, known", page(Some("bo@northbank.example"))),
        ("invitation, other account", page(Some("cy@halvmark.example"))),
    ]
}
