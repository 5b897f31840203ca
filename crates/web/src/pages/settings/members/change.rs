//! Changes of who is in the team: a role, a removal, leaving, the hand-over.

use std::collections::HashMap;

use app::people::MemberView;
use app::{Error, Right, Role};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::role_name;
use super::super::sure::Sure;
use super::{MEMBERS, list};
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::who::InTeam;

type Ids = Path<HashMap<String, String>>;

pub(super) async fn role(who: InTeam, State(web): State<Web>, path: Ids, form: Form<4>) -> Result<Response, PageError> {
    let other = find(&who, &web, &path).await?;
    let Ok(role) = form.text("role").parse::<Role>() else {
        return list::with(&who, &web, Problems::one("", "Choose one of the roles.")).await;
    };
    match web.app().change_role(&who.member, &other.user.to_string(), role).await {
        Ok(()) => done(&who, format!("{} has the role {} now.", other.name, role_name(role))),
        Err(error) => refused(&who, &web, error).await,
    }
}

pub(super) async fn remove_form(who: InTeam, State(web): State<Web>, path: Ids) -> Result<Response, PageError> {
    who.member.need_with_password(Right::Members).map_err(or_confirm(who.visit.target()))?;
    let other = find(&who, &web, &path).await?;
    let page = who.page(format!("Remove {}?", other.name), "members");
    show(&removal(page, who.path(MEMBERS), &other, &who.member.name))
}

pub(super) async fn remove(who: InTeam, State(web): State<Web>, path: Ids, _: Form<4>) -> Result<Response, PageError> {
    let other = find(&who, &web, &path).await?;
    match web.app().remove_member(&who.member, &other.user.to_string()).await {
        Ok(()) => done(&who, format!("{} is not in the team any more.", other.name)),
        Err(error) => refused(&who, &web, error).await,
    }
}

pub(super) async fn leave_form(who: InTeam) -> Result<Response, PageError> {
    show(&leaving(who.page(format!("Leave {}?", who.member.name), "members"), who.path(MEMBERS), Problems::default()))
}

pub(super) async fn leave(who: InTeam, State(web): State<Web>, _: Form<4>) -> Result<Response, PageError> {
    match web.app().leave_team(&who.member).await {
        Ok(()) => {
            who.visit.toast(format!("You left {}.", who.member.name));
            Ok(Redirect::to("/").into_response())
        }
        Err(Error::Conflict(text)) => {
            let page = who.page(format!("Leave {}?", who.member.name), "members");
            refuse(&leaving(page, who.path(MEMBERS), Problems::one("", text)))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn hand_over(who: InTeam, State(web): State<Web>, form: Form<4>) -> Result<Response, PageError> {
    match web.app().hand_over(&who.member, form.text("user")).await {
        Ok(()) => done(&who, format!("{} has a new owner. You are an admin now.", who.member.name)),
        Err(error) => refused(&who, &web, error).await,
    }
}

async fn find(who: &InTeam, web: &Web, path: &Ids) -> Result<MemberView, PageError> {
    let id = path.get("user").map_or("", String::as_str);
    web.app().members(&who.member).await?.into_iter().find(|row| row.user.to_string() == id).ok_or(PageError::NotFound)
}

fn done(who: &InTeam, words: String) -> Result<Response, PageError> {
    who.visit.toast(words);
    Ok(Redirect::to(&who.path(MEMBERS)).into_response())
}

async fn refused(who: &InTeam, web: &Web, error: Error) -> Result<Response, PageError> {
    match error {
        Error::Conflict(text) => list::with(who, web, Problems::one("", text)).await,
        Error::PasswordNeeded => Err(PageError::Confirm { next: who.path(MEMBERS) }),
        other => Err(other.into()),
    }
}

fn removal(page: Page, members: String, other: &MemberView, team: &str) -> Sure {
    Sure {
        page,
        lines: vec![format!("{} ({}) can't open {team} any more, at once. What they made stays.", other.name, other.email)],
        typed: None,
        act: format!("Remove {}", other.name),
        keep: "Keep",
        action: format!("{members}/{}/remove", other.user),
        back: members,
        problems: Problems::default(),
    }
}

fn leaving(page: Page, members: String, problems: Problems) -> Sure {
    Sure {
        page,
        lines: vec!["You can't open the team any more, at once. What you made stays. To come back, somebody has to invite you.".to_owned()],
        typed: None,
        act: "Leave".to_owned(),
        keep: "Stay",
        action: format!("{members}/leave"),
        back: members,
        problems,
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    use askama::Template as _;
    let page = Page::team_sample("Leave Northbank?", "members");
    let leaving = leaving(page, "/t/northbank/settings/members".to_owned(), Problems::one("", "The team would be without an owner."));
    vec![("leave", leaving.render())]
}
