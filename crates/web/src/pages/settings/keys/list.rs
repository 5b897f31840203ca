//! `/t/{team}/settings/keys`: the team's keys; on a plan without the API, what it would do.

use std::time::Duration;

use app::people::TeamKey;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Plans, Right, Timestamp};

use super::super::{day, page_of, when, who_may};
use super::made::generate_line;
use super::{KEYS, has_api, mode_name};
use crate::Web;
use crate::error::PageError;
use crate::icon::{self, Icon};
use crate::page::{Page, Safe, show};
use crate::text;
use crate::who::InTeam;

/// From when on a key that nobody uses is worth a question.
const UNUSED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[derive(Template)]
#[template(path = "settings/keys.html")]
struct List {
    page: Page,
    /// `/t/northbank/settings/keys`.
    keys: String,
    docs: String,
    example: String,
    /// On a plan without the API.
    gate: Option<Gate>,
    rows: Vec<Row>,
    /// Revoked and expired ones.
    over: Vec<Row>,
}

/// What stands in the way.
struct Gate {
    /// The visitor's plan and the first one with the API, by name.
    plan: String,
    first: String,
    upgrade: Option<String>,
    who: &'static str,
}

struct Row {
    id: String,
    name: String,
    hint: String,
    mode: &'static str,
    scopes: String,
    created: Safe,
    by: String,
    used: Safe,
    /// What to ask about a key that nobody uses; empty for others.
    advice: String,
    expires: Option<Safe>,
    status: Status,
    replaced_by: Option<(String, String)>,
}

struct Status {
    class: &'static str,
    icon: Icon,
    words: String,
}

pub(super) async fn list(who: InTeam, State(web): State<Web>) -> Result<Response, PageError> {
    let api = has_api(&web, &who);
    if api {
        who.member.need(Right::Keys)?;
    }
    let keys = if who.member.role.may(Right::Keys) { web.app().team_keys(&who.member).await? } else { Vec::new() };
    let base = who.path("");
    let gate = (!api).then(|| {
        let upgrade = who.member.role.may(Right::Plan).then(|| page_of("plan", &base).unwrap_or_else(|| "/pricing".to_owned()));
        Gate::new(&web.config().plans, &who.member.plan, upgrade)
    });
    show(&List::new(who.page("API Keys", "keys"), &base, generate_line(&web.config().api_url, "rp_live_…"), gate, keys, web.app().now()))
}

impl Gate {
    fn new(plans: &Plans, plan: &str, upgrade: Option<String>) -> Self {
        let first = plans.iter().find(|plan| plan.api).map_or_else(String::new, |plan| plan.name.clone());
        let plan = plans.get(plan).map_or_else(String::new, |plan| plan.name.clone());
        Self { plan, first, upgrade, who: who_may(Right::Plan) }
    }
}

impl List {
    fn new(page: Page, base: &str, example: String, gate: Option<Gate>, keys: Vec<TeamKey>, now: Timestamp) -> Self {
        let hints: Vec<(String, String)> = keys.iter().map(|key| (key.key.id.clone(), key.key.hint.clone())).collect();
        let is_over = |key: &TeamKey| [key.revoked_at, key.expires_at].into_iter().flatten().any(|at| at <= now);
        let (over, present): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_over);
        let rows = |keys: Vec<TeamKey>| keys.into_iter().map(|key| Row::new(key, &hints, now)).collect();
        let docs = page_of("docs", base).unwrap_or_else(|| "/v1/openapi.json".to_owned());
        Self { page, keys: format!("{base}{KEYS}"), docs, example, gate, rows: rows(present), over: rows(over) }
    }
}

impl Row {
    fn new(key: TeamKey, hints: &[(String, String)], now: Timestamp) -> Self {
        let idle = now.since(key.last_used_at.unwrap_or(key.created_at));
        let advice = if key.works && idle >= UNUSED {
            let days = i64::try_from(idle.as_secs() / 86_400).unwrap_or(i64::MAX);
            format!("Not used for {}. Revoke it?", text::count(days, "day"))
        } else {
            String::new()
        };
        let replaced_by = key.replaced_by.and_then(|id| {
            let id = id.to_string();
            hints.iter().find(|(other, _)| *other == id).cloned()
        });
        Self {
            status: Status::of(&key, now),
            mode: mode_name(key.key.mode),
            scopes: if key.key.scopes.is_empty() { "Everything".to_owned() } else { key.key.scopes.join(", ") },
            created: day(key.created_at),
            by: key.created_by,
            used: key.last_used_at.map_or_else(|| Safe("Never".to_owned()), |at| when(at, now)),
            advice,
            expires: key.expires_at.map(day),
            replaced_by,
            id: key.key.id,
            name: key.key.name,
            hint: key.key.hint,
        }
    }
}

impl Status {
    fn of(key: &TeamKey, now: Timestamp) -> Self {
        let status = |class, icon, words: &str| Self { class, icon, words: words.to_owned() };
        match (key.revoked_at, key.expires_at) {
            (Some(at), _) if at <= now => status("", icon::CROSS, if key.replaced_by.is_some() { "Replaced" } else { "Revoked" }),
            (_, Some(at)) if at <= now => status("", icon::CLOCK, "Expired"),
            _ if !key.works => status("is-warning", icon::MINUS, "Paused by plan"),
            (Some(at), _) => status("is-warning", icon::CLOCK, &format!("Works until {}", text::exact(at))),
            _ => status("is-success", icon::CHECK, "Active"),
        }
    }
}

/// A key for samples.
pub(super) fn sample(name: &str, mode: &'static str, used_days_ago: Option<u64>) -> TeamKey {
    let now = super::super::sample_now();
    let ago = |days: u64| now.minus(Duration::from_secs(days * 86_400));
    let id = domain::KeyId::new().to_string();
    TeamKey {
        key: app::operate::KeyView {
            id,
            team: String::new(),
            name: name.to_owned(),
            mode,
            hint: format!("rp_{mode}_7Kq2…x9Fd"),
            scopes: Vec::new(),
            created_at: String::new(),
            created_by: String::new(),
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        },
        created_by: "Ada Bell".to_owned(),
        replaced_by: None,
        created_at: ago(120),
        last_used_at: used_days_ago.map(ago),
        expires_at: None,
        revoked_at: None,
        works: true,
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::super::sample_now();
    let list = |gate: Option<Gate>, keys| {
        let page = Page::team_sample("API Keys", "keys");
        List::new(page, "/t/northbank", generate_line("https://posts.example.com", "rp_live_…"), gate, keys, now).render()
    };
    let keys = |works| {
        let mut all = vec![
            sample("Storefront server", "live", Some(0)),
            sample("<b>Old</b> & forgotten", "live", Some(96)),
            sample("A name that somebody wrote without thinking of lis", "test", None),
            sample("Gone", "live", Some(2)),
        ];
        all[1].key.scopes = vec!["generate", "generations:read"];
        all[2].expires_at = Some(now.plus(Duration::from_secs(86_400)));
        all[3].revoked_at = Some(now);
        all.iter_mut().for_each(|key| key.works = works);
        all
    };
    let gate = |plan: &str, upgrade: Option<&str>| {
        let plans = Plans::built_in().map_err(|error| askama::Error::Custom(Box::new(error)))?;
        Ok::<_, askama::Error>(Gate::new(&plans, plan, upgrade.map(str::to_owned)))
    };
    vec![
        ("keys, none", list(None, Vec::new())),
        ("keys", list(None, keys(true))),
        ("keys behind a plan", gate("growth", Some("/pricing")).and_then(|gate| list(Some(gate), keys(false)))),
        ("keys behind a plan, for a viewer", gate("essentials", None).and_then(|gate| list(Some(gate), Vec::new()))),
    ]
}
