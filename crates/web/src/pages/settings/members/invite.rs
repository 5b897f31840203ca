//! `/t/{team}/settings/members/invite`: several addresses at once; without a mail server the links are shown.

use std::collections::HashMap;

use app::people::Invited;
use app::{Error, Right, Role};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::MEMBERS;
use super::list::choices;
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::text;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "settings/invite.html")]
struct Ask {
    page: Page,
    members: String,
    problems: Problems,
    emails: Field,
    role: Field,
}

/// Links to pass on, each shown once: address and link.
#[derive(Template)]
#[template(path = "settings/invited.html")]
struct Links {
    page: Page,
    members: String,
    links: Vec<(String, String)>,
}

pub(super) async fn form(who: InTeam) -> Result<Response, PageError> {
    who.member.need_with_password(Right::Members).map_err(or_confirm(who.visit.target()))?;
    show(&Ask::new(who.page("Invite people", "members"), who.path(MEMBERS), who.member.role, "", "member", Problems::default()))
}

pub(super) async fn invite(who: InTeam, State(web): State<Web>, form: Form<16>) -> Result<Response, PageError> {
    let (text, role) = (form.text("emails"), form.text("role"));
    let emails: Vec<String> = split(text).map(str::to_owned).collect();
    let again = |problems| {
        let page = who.page("Invite people", "members");
        refuse(&Ask::new(page, who.path(MEMBERS), who.member.role, text, role, problems))
    };
    let Some(wanted) = role.parse::<Role>().ok().filter(|role| who.member.role.may_assign(*role)) else {
        who.member.need(Right::Members)?;
        return again(Problems::one("role", "Choose a role that you may give."));
    };
    match web.app().invite(&who.member, &emails, wanted).await {
        Ok(invited) => sent(&who, invited),
        Err(Error::Validation(faults)) => {
            let mut problems = Problems::default();
            for fault in faults {
                let index =
                    fault.param.strip_prefix("emails[").and_then(|rest| rest.strip_suffix(']')).and_then(|index| index.parse().ok());
                let address = index.and_then(|index: usize| emails.get(index));
                let words = address.map_or_else(|| fault.message.clone(), |address| format!("{address}: {}", fault.message));
                problems.add("emails", words);
            }
            again(problems)
        }
        Err(Error::Conflict(words)) => again(Problems::one("emails", words)),
        Err(error) => Err(or_confirm(who.path("/settings/members/invite"))(error)),
    }
}

pub(super) async fn resend(
    who: InTeam,
    State(web): State<Web>,
    path: Path<HashMap<String, String>>,
    _: Form<4>,
) -> Result<Response, PageError> {
    let invited = web.app().resend_invite(&who.member, id(&path)).await?;
    sent(&who, vec![invited])
}

pub(super) async fn revoke(
    who: InTeam,
    State(web): State<Web>,
    path: Path<HashMap<String, String>>,
    _: Form<4>,
) -> Result<Response, PageError> {
    web.app().revoke_invite(&who.member, id(&path)).await?;
    who.visit.toast("Invitation taken back. Its link leads nowhere now.");
    Ok(Redirect::to(&who.path(MEMBERS)).into_response())
}

fn id(path: &Path<HashMap<String, String>>) -> &str {
    path.get("invite").map_or("", String::as_str)
}

fn sent(who: &InTeam, invited: Vec<Invited>) -> Result<Response, PageError> {
    let count = text::count(i64::try_from(invited.len()).unwrap_or(i64::MAX), "invitation");
    let links: Vec<(String, String)> = invited.into_iter().filter_map(|one| Some((one.invite.email, one.link?))).collect();
    if links.is_empty() {
        who.visit.toast(format!("{count} sent."));
        return Ok(Redirect::to(&who.path(MEMBERS)).into_response());
    }
    show(&Links { page: who.page("Pass these links on", "members"), members: who.path(MEMBERS), links })
}

/// Addresses stand apart by white space, commas or semicolons.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|part| !part.is_empty())
}

impl Ask {
    fn new(page: Page, members: String, own: Role, emails: &str, role: &str, problems: Problems) -> Self {
        let emails = Field::area("emails", "E-mail addresses", 3).value(emails).required();
        Self {
            emails: emails.hint("One or several, each on a line of its own or with commas between them.").checked_by(&problems),
            role: Field::cards("role", "Role", choices(own)).value(role).checked_by(&problems),
            page,
            members,
            problems,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let members = "/t/northbank/settings/members".to_owned();
    let ask = |emails: &str, problems| {
        Ask::new(Page::team_sample("Invite people", "members"), members.clone(), Role::Admin, emails, "member", problems).render()
    };
    let links = vec![("cy@northbank.example".to_owned(), "https://posts.example.com/invite/t".to_owned())];
    let links = Links { page: Page::team_sample("Pass these links on", "members"), members: members.clone(), links };
    vec![
        ("invite", ask("", Problems::default())),
        ("invite, wrong", ask("cy", Problems::one("emails", "cy: Write an e-mail address such as name@example.com."))),
        ("invited", links.render()),
    ]
}
