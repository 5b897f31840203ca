//! `/t/{team}/settings/plan`: the plan, its change, credit packs, more calls a minute.

use app::{Chosen, Error, PlanView, Right, Role, WishView};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Billing, Plan, Plans, WishKind};

use super::who_may;
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::text;
use crate::who::InTeam;

const PLAN: &str = "/settings/plan";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/settings/plan", get(form))
        .route("/t/{team}/settings/plan/choose", post(choose))
        .route("/t/{team}/settings/plan/pack", post(pack))
        .route("/t/{team}/settings/plan/limit", post(limit))
        .route("/t/{team}/settings/plan/withdraw", post(withdraw))
}

#[derive(Template)]
#[template(path = "settings/plan.html")]
struct PlanPage {
    page: Page,
    path: String,
    problems: Problems,
    may_change: bool,
    who: &'static str,
    name: String,
    /// What happens at the renewal, and when.
    renewal: String,
    has_next: bool,
    asks: bool,
    cards: Vec<Card>,
    /// Slug, credits, price.
    packs: Vec<(String, String, String)>,
    wishes: Vec<(&'static str, String)>,
    limit: Field,
    note: Field,
    /// Calls a minute now, where the plan has the API.
    calls: Option<String>,
}

struct Card {
    slug: String,
    name: String,
    price: String,
    per: &'static str,
    lines: Vec<(bool, String)>,
    is_current: bool,
    is_next: bool,
    button: &'static str,
    /// What stops with a smaller plan.
    stops: Vec<String>,
}

pub(super) async fn form(who: InTeam, State(web): State<Web>) -> Result<Response, PageError> {
    with(&who, &web, Problems::default()).await
}

async fn with(who: &InTeam, web: &Web, problems: Problems) -> Result<Response, PageError> {
    let view = web.app().plan(&who.member).await?;
    let bad = !problems.is_empty();
    let page = PlanPage::new(who.page("Plan", "plan"), who.path(PLAN), &view, &web.config().plans, who.member.role, problems);
    if bad { refuse(&page) } else { show(&page) }
}

async fn choose(who: InTeam, State(web): State<Web>, form: Form<4>) -> Result<Response, PageError> {
    let chosen = web.app().choose_plan(&who.member, form.text("plan")).await;
    let name = web.config().plans.get(form.text("plan")).map_or_else(String::new, |plan| plan.name.clone());
    done(&who, &web, chosen, &format!("Your plan is {name} now."), &format!("Your plan will be {name} from the renewal on.")).await
}

async fn pack(who: InTeam, State(web): State<Web>, form: Form<4>) -> Result<Response, PageError> {
    let chosen = web.app().buy_pack(&who.member, form.text("pack")).await;
    done(&who, &web, chosen, "The credits are yours now. They don't expire.", "").await
}

async fn limit(who: InTeam, State(web): State<Web>, form: Form<8>) -> Result<Response, PageError> {
    let asked = web.app().ask_rate_limit(&who.member, form.text("limit"), form.text("note")).await;
    done(&who, &web, asked.map(|()| Chosen::Asked), "", "").await
}

async fn withdraw(who: InTeam, State(web): State<Web>, form: Form<4>) -> Result<Response, PageError> {
    let kind: WishKind = form.text("kind").parse().map_err(|_| PageError::BadRequest("There is no such request.".to_owned()))?;
    web.app().withdraw_wish(&who.member, kind).await?;
    who.visit.toast("Request taken back.");
    Ok(Redirect::to(&who.path(PLAN)).into_response())
}

async fn done(who: &InTeam, web: &Web, chosen: app::Result<Chosen>, now: &str, later: &str) -> Result<Response, PageError> {
    match chosen {
        Ok(chosen) => {
            who.visit.toast(match chosen {
                Chosen::Now => now,
                Chosen::AtRenewal => later,
                Chosen::Asked => "The operator is asked. Until they approve, nothing changes.",
            });
            Ok(Redirect::to(&who.path(PLAN)).into_response())
        }
        Err(Error::Validation(faults)) => with(who, web, faults.into()).await,
        Err(Error::PasswordNeeded) => {
            who.visit.toast("Nothing was changed yet. Give your password, then choose again.");
            Err(or_confirm(who.path(PLAN))(Error::PasswordNeeded))
        }
        Err(error) => Err(error.into()),
    }
}

/// A request in words: `the plan Agency`.
pub(crate) fn wish_words(wish: &WishView, plans: &Plans) -> String {
    match wish.kind {
        WishKind::Plan => format!("the plan {}", plans.get(&wish.plan).map_or(wish.plan.as_str(), |plan| plan.name.as_str())),
        WishKind::Pack => format!("a pack of {}", text::count(wish.amount, "credit")),
        WishKind::RateLimit => format!("{} a minute", text::count(wish.amount, "call")),
    }
}

impl PlanPage {
    fn new(page: Page, path: String, view: &PlanView, plans: &Plans, role: Role, problems: Problems) -> Self {
        let name = |slug: &str| plans.get(slug).map_or_else(|| slug.to_owned(), |plan| plan.name.clone());
        let renews = text::date(view.credits.period.end);
        let renewal = match &view.team.next_plan {
            Some(next) => format!("Your plan changes to {} on {renews}.", name(next)),
            None => format!("Renews on {renews}."),
        };
        let limit = view.team.rate_limit.unwrap_or_default();
        let current = plans.get(&view.team.plan);
        Self {
            cards: plans.iter().map(|plan| Card::new(plan, current, view)).collect(),
            packs: view
                .packs
                .iter()
                .map(|pack| (pack.slug.clone(), text::count(pack.credits, "credit"), text::money(pack.price, &pack.currency)))
                .collect(),
            wishes: view.wishes.iter().map(|wish| (wish.kind.as_str(), wish_words(wish, plans))).collect(),
            limit: Field::input("number", "limit", "Calls a minute").value((limit * 2).to_string()).required().checked_by(&problems),
            note: Field::area("note", "What for", 2).limit(500).checked_by(&problems),
            calls: current.is_some_and(|plan| plan.api).then(|| text::count(limit, "call")),
            asks: view.billing == Billing::Request,
            may_change: role.may(Right::Plan),
            who: who_may(Right::Plan),
            name: name(&view.team.plan),
            has_next: view.team.next_plan.is_some(),
            renewal,
            page,
            path,
            problems,
        }
    }
}

impl Card {
    fn new(plan: &Plan, current: Option<&Plan>, view: &PlanView) -> Self {
        let (price, per) = match &plan.price {
            Some(price) => (text::money(price.monthly, &price.currency), "a month"),
            None => ("Talk to us".to_owned(), ""),
        };
        let most = |limit: Option<u32>, one: &str| limit.map_or_else(|| format!("Unlimited {one}s"), |limit| text::count(limit, one));
        let smaller = current.is_some_and(|current| plan.is_below(current));
        let button = if view.billing == Billing::Request && !smaller { "Ask for" } else { "Choose" };
        Self {
            lines: vec![
                (
                    true,
                    plan.credits
                        .map_or_else(|| "Credits by agreement".to_owned(), |credits| format!("{} a month", text::count(credits, "credit"))),
                ),
                (
                    plan.api,
                    if plan.api { format!("API, {} a minute", text::count(plan.rate_limit, "call")) } else { "No API access".to_owned() },
                ),
                (true, most(plan.members, "member")),
                (true, most(plan.brand_kits, "brand kit")),
            ],
            is_current: view.team.plan == plan.slug,
            is_next: view.team.next_plan.as_deref() == Some(plan.slug.as_str()),
            stops: if smaller { stops(plan, view) } else { Vec::new() },
            slug: plan.slug.clone(),
            name: plan.name.clone(),
            price,
            per,
            button,
        }
    }
}

/// What a team loses with a smaller plan.
fn stops(plan: &Plan, view: &PlanView) -> Vec<String> {
    let mut lines = Vec::new();
    if !plan.api && view.keys > 0 {
        lines.push(format!("{} will be paused", text::count(i64::try_from(view.keys).unwrap_or(i64::MAX), "API key")));
    }
    if let Some(over) = plan.members.and_then(|limit| view.team.members.checked_sub(limit)).filter(|over| *over > 0) {
        lines.push(format!("{} over the limit: nobody can be invited", text::count(over, "member")));
    }
    let kits = u32::try_from(view.kits).unwrap_or(u32::MAX);
    if let Some(over) = plan.brand_kits.and_then(|limit| kits.checked_sub(limit)).filter(|over| *over > 0) {
        lines.push(format!("{} over the limit: no more can be made", text::count(over, "brand kit")));
    }
    lines
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::sample_now();
    let plan = |plan: &str, next: Option<&str>, billing, role, problems| {
        let plans = Plans::built_in().map_err(|error| askama::Error::Custom(Box::new(error)))?;
        let packs = domain::Packs::parse(Plans::DEFAULT_TEXT).map_err(|error| askama::Error::Custom(Box::new(error)))?;
        let period = domain::Period::containing(now, now);
        let wish = WishView {
            id: "ask_1".to_owned(),
            team_name: "Northbank".to_owned(),
            team_slug: "northbank".to_owned(),
            user_name: "Ada Bell".to_owned(),
            kind: WishKind::Pack,
            plan: String::new(),
            amount: 500,
            note: String::new(),
            created_at: now,
        };
        let view = PlanView {
            team: super::sample_team(plan, next),
            credits: domain::Credits { period, unlimited: false, included: 1, purchased: 0, adjusted: 0, used: 0, reserved: 0 },
            billing,
            packs: packs.iter().cloned().collect(),
            keys: 2,
            kits: 9,
            wishes: if billing == Billing::Request { vec![wish] } else { Vec::new() },
        };
        PlanPage::new(Page::team_sample("Plan", "plan"), "/t/northbank/settings/plan".to_owned(), &view, &plans, role, problems).render()
    };
    vec![
        ("plan", plan("agency", Some("growth"), Billing::None, Role::Owner, Problems::default())),
        ("plan by request", plan("growth", None, Billing::Request, Role::Admin, Problems::default())),
        ("plan, for a viewer", plan("growth", None, Billing::None, Role::Viewer, Problems::default())),
        ("plan, wrong limit", plan("agency", None, Billing::None, Role::Owner, Problems::one("limit", "Write a whole number."))),
    ]
}
