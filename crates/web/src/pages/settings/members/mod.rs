//! Members: who is in the team, with which role, and who was asked to come.

mod change;
mod invite;
mod list;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;

const MEMBERS: &str = "/settings/members";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/settings/members", get(list::list))
        .route("/t/{team}/settings/members/invite", get(invite::form).post(invite::invite))
        .route("/t/{team}/settings/members/leave", get(change::leave_form).post(change::leave))
        .route("/t/{team}/settings/members/hand-over", post(change::hand_over))
        .route("/t/{team}/settings/members/{user}/role", post(change::role))
        .route("/t/{team}/settings/members/{user}/remove", get(change::remove_form).post(change::remove))
        .route("/t/{team}/settings/members/invitations/{invite}/resend", post(invite::resend))
        .route("/t/{team}/settings/members/invitations/{invite}/revoke", post(invite::revoke))
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [list::samples(), invite::samples(), change::samples()].into_iter().flatten().collect()
}
