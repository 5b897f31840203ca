//! Templates: the team's own and the built-in ones, import and export, and the text editor.

mod edit;
mod import;
mod list;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Group, NavItem, Place};
use crate::Web;

pub(crate) const GROUP: Group = Group { routes, nav: &[TEMPLATES], samples };

/// The navigation's key.
const KEY: &str = "templates";
const TEMPLATES: NavItem =
    NavItem { key: KEY, place: Place::Team, order: 40, label: "Templates", icon: crate::icon::TEMPLATES, path: "/templates", letter: "t" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/templates", get(list::show))
        .route("/t/{team}/templates/import", get(import::show).post(import::import))
        .route("/t/{team}/templates/{id}", get(edit::show).post(edit::act))
        .route("/t/{team}/templates/{id}/check", post(edit::check))
        .route("/t/{team}/templates/{id}/export", get(edit::export))
        .route("/t/{team}/templates/{id}/duplicate", post(list::duplicate))
        .route("/t/{team}/templates/{id}/rename", post(edit::rename))
        .route("/t/{team}/templates/{id}/discard", post(edit::discard))
        .route("/t/{team}/templates/{id}/restore", post(edit::restore))
        .route("/t/{team}/templates/{id}/delete", post(list::delete))
        .route("/t/{team}/templates/{id}/undelete", post(list::undelete))
        // Forms with files set their own limit.
        .layer(DefaultBodyLimit::disable())
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [list::samples(), import::samples(), edit::samples()].into_iter().flatten().collect()
}
