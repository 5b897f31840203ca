//! Brand kits: the list, a new one, and the editor with live pictures.

mod edit;
mod form;
mod list;
mod matrix;
mod new;
mod picture;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Group, NavItem, Place};
use crate::Web;

pub(crate) const GROUP: Group = Group { routes, nav: &[KITS], samples };

/// The navigation's key.
const KEY: &str = "kits";
const KITS: NavItem =
    NavItem { key: KEY, place: Place::Team, order: 50, label: "Brand kits", icon: crate::icon::BRUSH, path: "/kits", letter: "k" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/kits", get(list::show))
        .route("/t/{team}/kits/new", get(new::show).post(new::create))
        .route("/t/{team}/kits/{id}", get(edit::show).post(edit::act))
        .route("/t/{team}/kits/{id}/preview", post(edit::preview))
        .route("/t/{team}/kits/{id}/preview/{place}", get(picture::saved))
        .route("/t/{team}/kits/{id}/duplicate", post(list::duplicate))
        .route("/t/{team}/kits/{id}/default", post(list::make_default))
        .route("/t/{team}/kits/{id}/delete", get(list::ask_delete).post(list::delete))
        .route("/t/{team}/kits/{id}/restore", post(list::restore))
        // Forms with files set their own limit.
        .layer(DefaultBodyLimit::disable())
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [list::samples(), new::samples(), edit::samples()].into_iter().flatten().collect()
}
