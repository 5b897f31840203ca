//! `/t/{team}/settings/plan`: the plan by month or year, its change, credit packs, more calls a minute.

use app::{Chosen, Error, PlanView, Right, Role, WishView};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Billing, Cycle, Plan, Plans, WishKind};
use serde::Deserialize;

use super::pay::Pay;
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
    asks: bool,
    /// A change is paid before it acts.
    pays: bool,
    /// The prices that are shown.
    by_year: bool,
    cycle: Cycle,
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
    /// What paying by the year saves.
    saving: Option<String>,
    lines: Vec<(bool, String)>,
    is_current: bool,
    is_next: bool,
    /// What choosing it is called; none where there is nothing to choose.
    button: Option<String>,
    /// What stops with a smaller plan.
    stops: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    by: String,
    /// Back from the payment.
    #[serde(default)]
    paid: String,
}

pub(super) async fn form(who: InTeam, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    if !asked.paid.is_empty() {
        who.visit.toast("Thank you. What you paid for is here as soon as the payment is confirmed, usually within a minute.");
        return Ok(Redirect::to(&who.path(PLAN)).into_response());
    }
    with(&who, &web, asked.by.parse().ok(), Problems::default()).await
}

/// Prices by `cycle`; by the team's own where it is none.
async fn with(who: &InTeam, web: &Web, cycle: Option<Cycle>, problems: Problems) -> Result<Response, PageError> {
    let view = web.app().plan(&who.member).await?;
    let bad = !problems.is_empty();
    let page = PlanPage::new(who.page("Plan", "plan"), who.path(PLAN), &view, &web.config().plans, cycle, who.member.role, problems);
    if bad { refuse(&page) } else { show(&page) }
}

async fn choose(who: InTeam, State(web): State<Web>, form: Form<4>) -> Result<Response, PageError> {
    let cycle = form.text("cycle").parse().map_err(|_| PageError::BadRequest("A plan is paid by the month or by the year.".to_owned()))?;
    let chosen = web.app().choose_plan(&who.member, form.text("plan"), cycle).await;
    let name = web.config().plans.get(form.text("plan")).map_or_else(String::new, |plan| plan.name.clone());
    let by = format!("{name}, paid by the {cycle}");
    done(&who, &web, chosen, &format!("Your plan is {by} now."), &format!("Your plan will be {by} from the renewal on.")).await
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
        Ok(Chosen::Pay(href)) => show(&Pay::new(who.page("Payment", "plan"), who.path(PLAN), href)),
        Ok(chosen) => {
            who.visit.toast(match chosen {
                Chosen::Now => now,
                Chosen::AtRenewal => later,
                Chosen::Asked | Chosen::Pay(_) => "The operator is asked. Until they approve, nothing changes.",
            });
            Ok(Redirect::to(&who.path(PLAN)).into_response())
        }
        Err(Error::Validation(faults)) => with(who, web, None, faults.into()).await,
        Err(Error::Conflict(text)) => with(who, web, None, Problems::one("", text)).await,
        Err(error) => Err(or_confirm(who.path(PLAN))(error)),
    }
}

/// A request in words: `the plan Agency`.
pub(crate) fn wish_words(wish: &WishView, plans: &Plans) -> String {
    match wish.kind {
        WishKind::Plan => {
            let name = plans.get(&wish.plan).map_or(wish.plan.as_str(), |plan| plan.name.as_str());
            format!("the plan {name}, by the {}", wish.cycle)
        }
        WishKind::Pack => format!("a pack of {}", text::count(wish.amount, "credit")),
        WishKind::RateLimit => format!("{} a minute", text::count(wish.amount, "call")),
    }
}

impl PlanPage {
    fn new(page: Page, path: String, view: &PlanView, plans: &Plans, cycle: Option<Cycle>, role: Role, problems: Problems) -> Self {
        let name = |slug: &str| plans.get(slug).map_or_else(|| slug.to_owned(), |plan| plan.name.clone());
        let team = &view.team;
        let cycle = cycle.unwrap_or(team.cycle);
        let limit = view.team.rate_limit.unwrap_or_default();
        let current = plans.get(&view.team.plan);
        Self {
            cards: plans.iter().map(|plan| Card::new(plan, current, cycle, view)).collect(),
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
            pays: view.billing == Billing::Stripe,
            may_change: role.may(Right::Plan),
            who: who_may(Right::Plan),
            renewal: renewal(view, name),
            name: name(&team.plan),
            by_year: cycle == Cycle::Year,
            cycle,
            page,
            path,
            problems,
        }
    }
}

/// How it is paid, when it renews, and what changes then.
fn renewal(view: &PlanView, name: impl Fn(&str) -> String) -> String {
    let (team, credits) = (&view.team, text::date(view.credits.period.end));
    let renews = text::date(team.renews_at);
    let mut words = format!("Paid by the {}. ", team.cycle);
    let next = team.next_cycle.unwrap_or(team.cycle);
    words += &match &team.next_plan {
        None if team.next_cycle.is_none() => format!("Renews on {renews}."),
        plan => format!("Changes to {}, paid by the {next}, on {renews}.", name(plan.as_ref().unwrap_or(&team.plan))),
    };
    if team.cycle == Cycle::Year {
        words += &format!(" Credits renew each month, next on {credits}.");
    }
    words
}

impl Card {
    fn new(plan: &Plan, current: Option<&Plan>, cycle: Cycle, view: &PlanView) -> Self {
        let (price, per) = text::price(plan.price.as_ref(), cycle);
        let team = &view.team;
        let most = |limit: Option<u32>, one: &str| limit.map_or_else(|| format!("Unlimited {one}s"), |limit| text::count(limit, one));
        let smaller = current.is_some_and(|current| plan.is_below(current));
        // Without a price there is nothing to pay by the one or the other.
        let is_present = team.plan == plan.slug;
        let is_current = is_present && (team.cycle == cycle || plan.price.is_none());
        let waits = team.next_plan.is_some() || team.next_cycle.is_some();
        let next = (team.next_plan.as_deref().unwrap_or(&team.plan), team.next_cycle.unwrap_or(team.cycle));
        let is_next = waits && next == (plan.slug.as_str(), cycle);
        let is_asked = match view.billing {
            Billing::None => false,
            Billing::Request => true,
            Billing::Stripe => plan.price.is_none(),
        };
        let asks = is_asked && !smaller && (!is_present || cycle > team.cycle);
        let is_unpaid = view.billing == Billing::Stripe && plan.price.is_some() && !team.is_subscribed;
        let button = match (is_current, is_present) {
            (true, _) if is_unpaid && !waits => Some(format!("Pay for {}", plan.name)),
            (true, _) => waits.then(|| format!("Keep {}", plan.name)),
            (_, true) if asks => Some(format!("Ask to pay by the {cycle}")),
            (_, true) => Some(format!("Pay by the {cycle}")),
            _ if asks => Some(format!("Ask for {}", plan.name)),
            _ => Some(format!("Choose {}", plan.name)),
        };
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
            is_current,
            is_next,
            saving: plan.price.as_ref().filter(|_| cycle == Cycle::Year).and_then(text::saving),
            stops: current.filter(|_| smaller).map_or_else(Vec::new, |current| stops(plan, current, view)),
            slug: plan.slug.clone(),
            name: plan.name.clone(),
            price,
            per,
            button: button.filter(|_| !is_next),
        }
    }
}

/// What a team loses with a smaller plan.
fn stops(plan: &Plan, current: &Plan, view: &PlanView) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(credits) = plan.credits {
        let now = current.credits.map_or_else(|| "without limit".to_owned(), text::number);
        lines.push(format!("{} a month, now {now}", text::count(credits, "credit")));
    }
    if plan.api && plan.rate_limit < current.rate_limit {
        lines.push(format!("{} a minute, now {}", text::count(plan.rate_limit, "API call"), text::number(current.rate_limit)));
    }
    if let Some(days) = plan.retention_days.filter(|days| current.retention_days.is_none_or(|now| *days < now)) {
        lines.push(format!("New pictures are kept for {}", text::count(days, "day")));
    }
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
    let plan = |plan: &str, next: Option<&str>, billing, by, role, problems| {
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
            cycle: Cycle::Month,
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
        PlanPage::new(Page::team_sample("Plan", "plan"), "/t/northbank/settings/plan".to_owned(), &view, &plans, by, role, problems)
            .render()
    };
    vec![
        ("plan", plan("agency", Some("growth"), Billing::None, None, Role::Owner, Problems::default())),
        ("plan by request", plan("growth", None, Billing::Request, Some(Cycle::Year), Role::Admin, Problems::default())),
        ("plan, paid", plan("agency", None, Billing::Stripe, None, Role::Owner, Problems::default())),
        ("plan, for a viewer", plan("growth", None, Billing::None, None, Role::Viewer, Problems::default())),
        ("plan, wrong limit", plan("agency", None, Billing::None, None, Role::Owner, Problems::one("limit", "Write a whole number."))),
    ]
}
