//! API Documentation, made from the OpenAPI document alone: for everybody under `/docs`, and inside a team with its own
//! ids and a console. An error's `docUrl` leads to `/docs/errors#{code}`.

mod console;
mod facts;
mod markdown;
mod page;
mod plain;
mod reference;
mod samples;
mod setting;
mod use_in_api;
mod view;

use axum::Router;
use axum::routing::{get, post};

use super::{Group, NavItem, Place};
use crate::{Web, icon};

pub(crate) use reference::Reference;
pub(crate) use samples::{Answer, Body, Call, curl_with, key};
pub(crate) use use_in_api::UseInApi;

pub(crate) const GROUP: Group = Group { routes, nav: &[NAV], samples: page::samples };

const KEY: &str = "docs";
const PATH: &str = "/settings/docs";

const NAV: NavItem =
    NavItem { key: KEY, place: Place::Settings, order: 40, label: "API Documentation", icon: icon::BOOK, path: PATH, letter: "" };

fn routes() -> Router<Web> {
    Router::new()
        .route("/docs", get(page::front))
        .route("/docs/api", get(page::front))
        .route("/docs/{chapter}", get(page::public))
        .route("/llms.txt", get(plain::index))
        .route("/llms-full.txt", get(plain::full))
        .route("/t/{team}/settings/docs", get(page::team_front))
        .route("/t/{team}/settings/docs/{chapter}", get(page::team))
        .route("/t/{team}/settings/docs/key", post(console::make))
        .route("/t/{team}/settings/docs/key/{chapter}", get(console::confirm))
}
