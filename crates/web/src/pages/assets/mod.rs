//! `/t/{team}/assets`: what was uploaded, found again and used again.

mod page;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use crate::pages::{Group, NavItem, Place};
use crate::{Web, icon};

pub(crate) const GROUP: Group = Group { routes, nav: &[NAV], samples: page::samples };

/// What its pages pass to `inside`.
const KEY: &str = "assets";

const NAV: NavItem = NavItem { key: KEY, place: Place::Team, order: 60, label: "Assets", icon: icon::ASSETS, path: "/assets", letter: "a" };

fn routes() -> Router<Web> {
    Router::new()
        // The handler counts the bytes itself, to say what the limit is.
        .route("/t/{team}/assets", get(page::show).post(upload::upload).layer(DefaultBodyLimit::disable()))
        .route("/t/{team}/assets/{id}/thumb", get(page::thumb))
        .route("/t/{team}/assets/{id}/delete", get(page::ask).post(page::delete))
}
