//! For everybody: the front page with its pictures, and Pricing.

mod pricing;
mod start;
mod tries;

use app::people::Membership;
use axum::Router;
use axum::routing::get;

use super::Group;
use crate::Web;
use crate::who::Anyone;

pub(crate) use tries::Tries;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(start::start))
        .route("/pricing", get(pricing::pricing))
        .route("/try", get(tries::strip))
        .route("/try/{group}/{size}", get(tries::picture))
}

/// The team that this browser was in last, else the first by name.
fn last_team(who: &Anyone) -> Option<&Membership> {
    let teams = &who.visitor.as_ref()?.teams;
    teams.iter().find(|team| Some(team.slug.as_str()) == who.visit.team()).or(teams.first())
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    start::samples().into_iter().chain(pricing::samples()).collect()
}
