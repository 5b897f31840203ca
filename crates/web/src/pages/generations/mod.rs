//! What the team made: the list with its filters, and each generation with its pictures.

mod detail;
mod list;

pub(crate) use detail::attachment;

use axum::Router;
use axum::routing::{get, post};

use crate::pages::{Group, NavItem, Place};
use crate::{Web, icon};

pub(crate) const GROUP: Group = Group { routes, nav: &[NAV], samples };

/// What its pages pass to `inside`.
const KEY: &str = "generations";

const NAV: NavItem =
    NavItem { key: KEY, place: Place::Team, order: 30, label: "Generations", icon: icon::HISTORY, path: "/generations", letter: "h" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/generations", get(list::show))
        .route("/t/{team}/generations/{id}", get(detail::show))
        .route("/t/{team}/generations/{id}/zip", get(detail::zip))
        .route("/t/{team}/generations/{id}/delete", post(detail::delete))
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let mut all = list::samples();
    all.extend(detail::samples());
    all
}

/// A state as a badge: kind and word.
fn badge(status: app::view::Status) -> (&'static str, &'static str) {
    use app::view::Status;
    match status {
        Status::Queued => ("", "Queued"),
        Status::Processing => ("is-accent", "Drawing"),
        Status::Completed => ("is-success", "Completed"),
        Status::Partial => ("is-warning", "Some failed"),
        Status::Failed => ("is-danger", "Failed"),
    }
}

fn source_word(source: app::Source) -> &'static str {
    match source {
        app::Source::Api => "API",
        app::Source::App => "App",
        app::Source::Bulk => "Bulk",
    }
}
