//! Bulk: a sheet becomes pictures, row by row. List, new run, match, check, run.

mod check;
mod downloads;
mod list;
mod matching;
mod new;
mod run;

use app::bulk::BulkView;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::BulkState;

use crate::pages::{Group, NavItem, Place};
use crate::{Web, icon};

pub(crate) const GROUP: Group = Group { routes, nav: &[NAV], samples };

/// What its pages pass to `inside`.
const KEY: &str = "bulk";

const NAV: NavItem = NavItem { key: KEY, place: Place::Team, order: 20, label: "Bulk", icon: icon::BULK, path: "/bulk", letter: "b" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/bulk", get(list::show))
        .route("/t/{team}/bulk/new", get(new::show).post(new::begin))
        .route("/t/{team}/bulk/example/{template}", get(downloads::example))
        .route("/t/{team}/bulk/{id}", get(run::show))
        .route("/t/{team}/bulk/{id}/match", get(matching::show).post(matching::save))
        .route("/t/{team}/bulk/{id}/check", get(check::show))
        .route("/t/{team}/bulk/{id}/look/{row}/{size}", get(check::look))
        .route("/t/{team}/bulk/{id}/start", post(check::start))
        .route("/t/{team}/bulk/{id}/pause", post(run::pause))
        .route("/t/{team}/bulk/{id}/go-on", post(run::go_on))
        .route("/t/{team}/bulk/{id}/delete", post(run::delete))
        .route("/t/{team}/bulk/{id}/pictures.zip", get(downloads::pictures))
        .route("/t/{team}/bulk/{id}/results.csv", get(downloads::results))
        .route("/t/{team}/bulk/{id}/left-out.csv", get(downloads::left_out))
        // The form with the sheet sets its own limit.
        .layer(DefaultBodyLimit::disable())
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [list::samples(), new::samples(), matching::samples(), check::samples(), run::samples()].into_iter().flatten().collect()
}

/// A state as a badge: kind and words.
fn badge(run: &BulkView) -> (&'static str, &'static str) {
    match run.state {
        BulkState::Draft => ("", "Draft"),
        BulkState::Running => ("is-accent", "Running"),
        BulkState::Paused => ("is-warning", "Paused"),
        BulkState::OutOfCredits if run.until.is_some() => ("is-warning", "Stopped as asked"),
        BulkState::OutOfCredits => ("is-warning", "Out of credits"),
        BulkState::Done => ("is-success", "Done"),
    }
}

/// Rows that are to be made, and those of them that were dealt with.
fn progress(run: &BulkView) -> (u64, u64) {
    let all = run.rows - run.rejected;
    (all, all - run.waiting)
}

/// A count for words.
fn figure(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
