//! `/account`: one's own name, address, password, sessions, and the account's end.

mod change;
mod overview;

use axum::Router;
use axum::routing::{get, post};

use super::Group;
use crate::Web;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new()
        .route("/account", get(overview::show_all))
        .route("/account/name", get(change::ask_name).post(change::name))
        .route("/account/email", get(change::ask_email).post(change::email))
        .route("/account/password", get(change::ask_password).post(change::password))
        .route("/account/delete", get(change::ask_delete).post(change::delete))
        .route("/account/sessions/end", post(overview::end_others))
        .route("/account/sessions/{session}/end", post(overview::end))
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [overview::samples(), change::samples()].into_iter().flatten().collect()
}
