//! Who may send requests from the documentation, and the key that is made for it.
//!
//! The page's script sends them to `/v1` like any program: with a test key that it holds in memory alone. Cookies mean
//! nothing there.

use app::Error;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Redirect;
use domain::Right;
use serde_json::{Value, json};

use super::PATH;
use crate::Web;
use crate::error::PageError;
use crate::pages::page_of;
use crate::visit::Visit;
use crate::who::InTeam;

pub(super) enum Gate {
    /// Requests can be sent; a POST to `key` makes the key.
    Ready { key: String },
    /// The recorded answer is all there is.
    Closed(Closed),
}

/// Why, and where it goes on: address and words of a link.
pub(super) struct Closed {
    pub words: String,
    pub link: Option<(String, String)>,
}

impl Gate {
    pub(super) fn for_everybody() -> Self {
        let link = Some(("/log-in".to_owned(), "Log in".to_owned()));
        Self::Closed(Closed {
            words: "The answer above is a recorded one. Members of a team with the API can send requests from here.".to_owned(),
            link,
        })
    }

    pub(super) fn of(web: &Web, who: &InTeam) -> Self {
        let plans = &web.config().plans;
        if plans.get(&who.member.plan).is_none_or(|plan| !plan.api) {
            let first = plans.iter().find(|plan| plan.api).map_or("", |plan| &plan.name);
            let may = who.member.role.may(Right::Plan);
            let ask = if may { String::new() } else { format!(" Ask {} to choose it.", Right::Plan.least().or_above()) };
            let words = format!("Your plan has no API, so the answer above is a recorded one. API access starts with {first}.{ask}");
            let upgrade = page_of("plan", &who.base()).unwrap_or_else(|| "/pricing".to_owned());
            let link = if may { (upgrade, format!("Upgrade to {first}")) } else { ("/pricing".to_owned(), "Compare plans".to_owned()) };
            return Self::Closed(Closed { words, link: Some(link) });
        }
        if !who.member.role.may(Right::Keys) {
            let words =
                format!("The answer above is a recorded one. {} can send requests from here.", capital(Right::Keys.least().or_above()));
            return Self::Closed(Closed { words, link: None });
        }
        Self::Ready { key: format!("{}/key", who.path(PATH)) }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `POST …/docs/key`: the key, for the page's script; shown to it once.
pub(super) async fn make(State(web): State<Web>, who: InTeam, visit: Visit) -> Result<Json<Value>, PageError> {
    if !visit.is_proven() {
        return Err(PageError::Untrusted);
    }
    let made = web.app().console_key(&who.member).await.map_err(|error| match error {
        Error::PlanUpgradeRequired => PageError::BadRequest("Your plan has no API.".to_owned()),
        other => other.into(),
    })?;
    Ok(Json(json!({ "key": made.plain.reveal(), "hint": made.view.hint, "expiresAt": made.view.expires_at })))
}

/// `GET …/docs/key/{chapter}`: asks for the password where that is needed, and leads back.
pub(super) async fn confirm(
    who: InTeam,
    State(web): State<Web>,
    Path((_, chapter)): Path<(String, String)>,
) -> Result<Redirect, PageError> {
    let known = web.reference().chapters.iter().find(|known| known.name == chapter).ok_or(PageError::NotFound)?;
    who.visitor.need_password().map_err(crate::error::or_confirm(who.visit.target()))?;
    Ok(Redirect::to(&format!("{}/{}", who.path(PATH), known.name)))
}
