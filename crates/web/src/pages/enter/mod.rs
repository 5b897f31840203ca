//! Getting in and out: sign-up, log-in, log-out, a new password, and the links of mails and commands.
//!
//! Opening a link changes nothing, because mail scanners open links too: its page has a button, and that uses it up.

mod invite;
mod link;
mod log_in;
mod reset;
mod sign_up;

use askama::Template;
use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;

use super::Group;
use crate::Web;
use crate::page::Page;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-up", get(sign_up::ask).post(sign_up::sign_up))
        .route("/sign-up/sent", get(sign_up::sent))
        .route("/log-in", get(log_in::ask).post(log_in::log_in))
        .route("/log-out", post(log_in::log_out))
        .route("/reset", get(reset::ask).post(reset::request))
        .route("/reset/sent", get(reset::sent))
        .route("/reset/{token}", get(reset::choose).post(reset::reset))
        .route("/confirm/{token}", get(link::ask_confirm).post(link::confirm))
        .route("/welcome/{token}", get(link::ask_welcome).post(link::welcome))
        .route("/invite/{token}", get(invite::ask).post(invite::accept))
}

/// Where to go on afterwards.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

/// A path of ours with where to go on afterwards, if that is not the start.
fn with_next(path: &str, next: &str) -> String {
    if next == "/" {
        return path.to_owned();
    }
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish())
}

/// What happens now, where it happens in a mail.
#[derive(Template)]
#[template(path = "enter/sent.html")]
struct Sent {
    page: Page,
    said: &'static str,
    todo: String,
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [sign_up::samples(), log_in::samples(), reset::samples(), link::samples(), invite::samples()].into_iter().flatten().collect()
}
