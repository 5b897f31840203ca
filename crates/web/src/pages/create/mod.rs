//! Create: the gallery of templates, the form with its live previews, and what comes of it.

mod controls;
mod draft;
mod form;
mod gallery;
mod input;
mod previews;
pub(crate) mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::pages::{Group, NavItem, Place};
use crate::{Web, icon};

pub(crate) use draft::{Draft, OWN_LOOK};
pub(crate) use form::{local, upload_name};
pub(crate) use gallery::{choices, query};

pub(crate) const GROUP: Group = Group { routes, nav: &[NAV], samples };

/// What its pages pass to `inside`.
const KEY: &str = "create";

const NAV: NavItem = NavItem { key: KEY, place: Place::Team, order: 10, label: "Create", icon: icon::CREATE, path: "/create", letter: "c" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/create", get(gallery::show))
        .route("/t/{team}/create/{group}", get(form::show).post(form::create))
        .route("/t/{team}/create/{group}/preview", post(previews::live))
        .route("/t/{team}/create/{group}/call", post(form::call))
        .route("/t/{team}/create/{group}/look/{size}", get(gallery::look))
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let mut all = gallery::samples();
    all.extend(form::samples());
    all
}
