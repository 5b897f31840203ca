//! `/t/{team}/settings/keys/{key}`: another name, a new key in its place, its end.

use std::collections::HashMap;
use std::time::Duration;

use app::people::{Grace, TeamKey};
use app::{Error, Scopes};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;

use super::create::NAME;
use super::made::Made;
use super::{KEYS, has_api, mode_name};
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::{Choice, Field};
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::text;
use crate::who::InTeam;

/// A key that was used within this time breaks something when it ends: its name is typed.
const IN_USE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[derive(Template)]
#[template(path = "settings/key.html")]
struct One {
    page: Page,
    keys: String,
    id: String,
    hint: String,
    mode: &'static str,
    /// `It was used 4 minutes ago.`
    used: String,
    problems: Problems,
    name: Field,
    /// None where it can't be replaced: over, replaced before, or paused.
    grace: Option<Field>,
    /// It can still be ended.
    is_open: bool,
    typed: Option<Field>,
}

pub(super) async fn one(who: InTeam, State(web): State<Web>, path: Path<HashMap<String, String>>) -> Result<Response, PageError> {
    let key = find(&who, &web, &path).await?;
    show(&One::of(&who, &web, key, Problems::default()))
}

pub(super) async fn rename(
    who: InTeam,
    State(web): State<Web>,
    path: Path<HashMap<String, String>>,
    form: Form<8>,
) -> Result<Response, PageError> {
    let key = find(&who, &web, &path).await?;
    match web.app().rename_key(&who.member, &key.key.id, form.text("name")).await {
        Ok(()) => {
            who.visit.toast(format!("Key renamed to \"{}\".", form.text("name")));
            Ok(Redirect::to(&who.path(KEYS)).into_response())
        }
        Err(Error::Validation(faults)) => {
            let mut page = One::of(&who, &web, key, faults.into());
            page.name = page.name.value(form.text("name"));
            refuse(&page)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn rotate(
    who: InTeam,
    State(web): State<Web>,
    path: Path<HashMap<String, String>>,
    form: Form<8>,
) -> Result<Response, PageError> {
    let key = find(&who, &web, &path).await?;
    let Some(grace) = form.text("grace").parse().ok().and_then(Grace::of_hours) else {
        return refuse(&One::of(&who, &web, key, Problems::one("grace", "Choose how long the old key works on.")));
    };
    let scopes = scopes(&key);
    let back = format!("{}/{}", who.path(KEYS), key.key.id);
    match web.app().rotate_key(&who.member, &key.key.id, grace).await {
        Ok(made) => {
            let page = who.page("Save your key", "keys");
            let made = Made::new(page, who.path(KEYS), made, scopes, &web.config().api_url);
            show(&made.instead_of(old_words(&key.key.hint, grace)))
        }
        Err(Error::Conflict(text)) => refuse(&One::of(&who, &web, key, Problems::one("", text))),
        Err(error) => Err(or_confirm(back)(error)),
    }
}

pub(super) async fn revoke(
    who: InTeam,
    State(web): State<Web>,
    path: Path<HashMap<String, String>>,
    form: Form<8>,
) -> Result<Response, PageError> {
    let key = find(&who, &web, &path).await?;
    if is_in_use(&key, web.app().now()) && form.text("typed") != key.key.name {
        let text = format!("Type the key's name: {}", key.key.name);
        return refuse(&One::of(&who, &web, key, Problems::one("typed", text)));
    }
    match web.app().revoke_key(&who.member, &key.key.id).await {
        Ok(()) => {
            who.visit.toast(format!("Key \"{}\" revoked. Requests with it fail from now on.", key.key.name));
            Ok(Redirect::to(&who.path(KEYS)).into_response())
        }
        Err(Error::Conflict(text)) => refuse(&One::of(&who, &web, key, Problems::one("", text))),
        Err(error) => Err(error.into()),
    }
}

/// Another team's key is a 404 like one that never was.
async fn find(who: &InTeam, web: &Web, path: &Path<HashMap<String, String>>) -> Result<TeamKey, PageError> {
    let id = path.get("key").map_or("", String::as_str);
    web.app().team_keys(&who.member).await?.into_iter().find(|key| key.key.id == id).ok_or(PageError::NotFound)
}

fn is_in_use(key: &TeamKey, now: Timestamp) -> bool {
    key.last_used_at.is_some_and(|at| now.since(at) < IN_USE)
}

fn scopes(key: &TeamKey) -> Scopes {
    match key.key.scopes.as_slice() {
        [] => Scopes::ALL,
        some => some.iter().filter_map(|scope| scope.parse().ok()).collect::<Vec<app::Scope>>().into_iter().collect(),
    }
}

fn old_words(hint: &str, grace: Grace) -> String {
    match grace {
        Grace::None => format!("The old key {hint} has stopped."),
        other => format!("The old key {hint} works on for {}.", span(other)),
    }
}

fn span(grace: Grace) -> String {
    match grace.hours() {
        hours if hours < 168 => text::count(i64::try_from(hours).unwrap_or(i64::MAX), "hour"),
        _ => text::count(7, "day"),
    }
}

impl One {
    fn of(who: &InTeam, web: &Web, key: TeamKey, problems: Problems) -> Self {
        Self::new(who.page(key.key.name.clone(), "keys"), who.path(KEYS), key, has_api(web, who), web.app().now(), problems)
    }

    fn new(page: Page, keys: String, key: TeamKey, api: bool, now: Timestamp, problems: Problems) -> Self {
        let choice = |grace: Grace| {
            let label = if grace == Grace::None { "Not at all".to_owned() } else { format!("For {}", span(grace)) };
            Choice::new(&grace.hours().to_string(), &label)
        };
        let grace = Field::select("grace", "The old key works on", Grace::ALL.into_iter().map(choice).collect());
        let can_rotate = api && key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now);
        let typed = Field::text("typed", &format!("Type {} to revoke it", key.key.name)).required().checked_by(&problems);
        Self {
            page,
            keys,
            mode: mode_name(key.key.mode),
            used: match key.last_used_at {
                Some(at) => format!("It was used {}.", text::ago(at, now)),
                None => "It was never used.".to_owned(),
            },
            name: Field::text("name", "Name").value(&key.key.name).limit(NAME).required().checked_by(&problems),
            grace: can_rotate.then(|| grace.value("24").required().checked_by(&problems)),
            is_open: [key.revoked_at, key.expires_at].into_iter().flatten().all(|at| at > now),
            typed: is_in_use(&key, now).then_some(typed),
            problems,
            id: key.key.id,
            hint: key.key.hint,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::super::sample_now();
    let one = |key: TeamKey, problems| {
        let page = Page::team_sample(&key.key.name, "keys");
        One::new(page, "/t/northbank/settings/keys".to_owned(), key, true, now, problems).render()
    };
    let mut over = super::list::sample("Over", "test", None);
    over.revoked_at = Some(now);
    vec![
        ("key in use", one(super::list::sample("Storefront server", "live", Some(0)), Problems::one("typed", "Type the key's name."))),
        ("key that is over", one(over, Problems::default())),
    ]
}
