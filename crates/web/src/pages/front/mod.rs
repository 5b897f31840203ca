//! For everybody: the front page and Pricing.

mod pricing;
mod start;

use axum::Router;
use axum::routing::get;

use super::Group;
use crate::Web;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new().route("/", get(start::start)).route("/pricing", get(pricing::pricing))
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    start::samples().into_iter().chain(pricing::samples()).collect()
}
