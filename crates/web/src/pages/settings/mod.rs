//! Team Settings: what a team is, who is in it, and what it uses.

mod audit;
mod general;
mod keys;
mod members;
mod pay;
mod plan;
mod sure;
mod usage;

use app::people::{TeamSettings, TeamView};
use app::{Role, Timestamp};
use axum::Router;
use domain::Right;

use super::{Group, NavItem, Place, page_of};
pub(crate) use pay::webhook;
pub(crate) use plan::wish_words;

use crate::page::Safe;
use crate::{Web, icon, text};

pub(crate) const GROUP: Group = Group { routes, nav: NAV, samples };

const NAV: &[NavItem] = &[
    item("general", 10, "General", icon::SETTINGS, general::PATH),
    item("members", 20, "Members", icon::USERS, "/settings/members"),
    item("keys", 30, "API Keys", icon::KEY, "/settings/keys"),
    item("usage", 50, "Usage", icon::CHART, "/settings/usage"),
    item("plan", 60, "Plan", icon::STAR, "/settings/plan"),
    item("audit", 70, "Audit log", icon::HISTORY, "/settings/audit"),
];

const fn item(key: &'static str, order: u8, label: &'static str, icon: icon::Icon, path: &'static str) -> NavItem {
    NavItem { key, place: Place::Settings, order, label, icon, path, letter: "" }
}

fn routes() -> Router<Web> {
    general::routes().merge(members::routes()).merge(keys::routes()).merge(usage::routes()).merge(plan::routes()).merge(audit::routes())
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    [general::samples(), members::samples(), keys::samples(), usage::samples(), plan::samples(), pay::samples(), audit::samples()]
        .into_iter()
        .flatten()
        .collect()
}

/// `4 minutes ago` with the exact time on hover.
pub(crate) fn when(then: Timestamp, now: Timestamp) -> Safe {
    moment(then, &text::ago(then, now))
}

/// `24 Nov 2026` with the exact time on hover.
fn day(then: Timestamp) -> Safe {
    moment(then, &text::date(then))
}

fn moment(then: Timestamp, words: &str) -> Safe {
    Safe(format!("<time datetime=\"{}\" title=\"{}\">{words}</time>", text::iso(then), text::exact(then)))
}

/// Who can do it, for those who can't.
fn who_may(right: Right) -> &'static str {
    right.least().or_above()
}

/// `Owner`.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Member => "Member",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

/// The samples' present moment: 18 November 2026.
fn sample_now() -> Timestamp {
    Timestamp::from_micros(1_795_000_000_000_000)
}

/// A team for samples.
fn sample_team(plan: &str, next: Option<&str>) -> TeamView {
    let settings = TeamSettings {
        name: "Northbank".to_owned(),
        slug: "northbank".to_owned(),
        locale: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
    };
    TeamView {
        id: domain::TeamId::new(),
        settings,
        plan: plan.to_owned(),
        next_plan: next.map(str::to_owned),
        cycle: domain::Cycle::Month,
        next_cycle: None,
        is_subscribed: false,
        renews_at: sample_now(),
        members: 7,
        member_limit: Some(15),
        rate_limit: Some(60),
        created_at: sample_now(),
    }
}
