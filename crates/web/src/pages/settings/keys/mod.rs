//! API Keys: the list, a new one, and what can be done to one.

mod create;
mod list;
mod made;
mod one;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;
use crate::who::InTeam;

const KEYS: &str = "/settings/keys";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/settings/keys", get(list::list))
        .route("/t/{team}/settings/keys/new", get(create::form).post(create::create))
        .route("/t/{team}/settings/keys/{key}", get(one::one))
        .route("/t/{team}/settings/keys/{key}/rename", post(one::rename))
        .route("/t/{team}/settings/keys/{key}/rotate", post(one::rotate))
        .route("/t/{team}/settings/keys/{key}/revoke", post(one::revoke))
}

/// Whether the team's plan has the API.
fn has_api(web: &Web, who: &InTeam) -> bool {
    web.config().plans.get(&who.member.plan).is_some_and(|plan| plan.api)
}

/// `Production` or `Test`.
fn mode_name(mode: &str) -> &'static str {
    if mode == "live" { "Production" } else { "Test" }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [list::samples(), create::samples(), made::samples(), one::samples()].into_iter().flatten().collect()
}
