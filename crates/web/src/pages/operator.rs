//! `/operator`: for operators, every team's plan, credits and limit, and what teams ask for.

use std::collections::HashMap;

use app::{Error, OverseenTeam, TeamOrder, WishView};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Plans, Timestamp};

use super::Group;
use super::settings::{when, wish_words};
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::form::{Form, Problems};
use crate::page::{Page, Safe, refuse, show};
use crate::text;
use crate::who::SignedIn;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new()
        .route("/operator", get(look))
        .route("/operator/requests/{request}", post(decide))
        .route("/operator/teams/{team}", post(order))
}

#[derive(Template)]
#[template(path = "operator/operator.html")]
struct Operator {
    page: Page,
    problems: Problems,
    wishes: Vec<Wish>,
    teams: Vec<Team>,
    /// Slug and name.
    plans: Vec<(String, String)>,
}

struct Wish {
    id: String,
    team: String,
    words: String,
    by: String,
    note: String,
    at: Safe,
}

struct Team {
    slug: String,
    name: String,
    plan: String,
    next: String,
    members: u32,
    credits: String,
    /// Its own; empty where the plan's holds.
    limit: String,
    plan_limit: String,
}

async fn look(who: SignedIn, State(web): State<Web>) -> Result<Response, PageError> {
    with(&who, &web, Problems::default()).await
}

async fn with(who: &SignedIn, web: &Web, problems: Problems) -> Result<Response, PageError> {
    let teams = web.app().overseen_teams(&who.visitor).await?;
    let wishes = web.app().open_wishes(&who.visitor).await?;
    let bad = !problems.is_empty();
    let page = Operator::new(who.page("Operator"), &web.config().plans, teams, &wishes, problems, web.app().now());
    if bad { refuse(&page) } else { show(&page) }
}

async fn decide(who: SignedIn, State(web): State<Web>, path: Path<HashMap<String, String>>, form: Form<4>) -> Result<Response, PageError> {
    let id = path.get("request").map_or("", String::as_str);
    let approve = match form.text("decision") {
        "approve" => true,
        "decline" => false,
        _ => return Err(PageError::BadRequest("A request is approved or declined.".to_owned())),
    };
    match web.app().decide_wish(&who.visitor, id, approve, form.text("reason")).await {
        Ok(wish) => {
            let words = if approve { "Approved" } else { "Declined" };
            who.visit.toast(format!("{words}: {} for {}.", wish_words(&wish, &web.config().plans), wish.team_name));
            Ok(Redirect::to("/operator").into_response())
        }
        Err(Error::Conflict(text)) => with(&who, &web, Problems::one("", text)).await,
        Err(error) => Err(or_confirm("/operator")(error)),
    }
}

async fn order(who: SignedIn, State(web): State<Web>, path: Path<HashMap<String, String>>, form: Form<4>) -> Result<Response, PageError> {
    let slug = path.get("team").map_or("", String::as_str);
    let text = |name: &str| form.text(name).to_owned();
    let wanted = TeamOrder { plan: text("plan"), rate_limit: text("rate_limit"), credits: text("credits"), reason: text("reason") };
    match web.app().order(&who.visitor, slug, &wanted).await {
        Ok(()) => {
            who.visit.toast(format!("Saved for {slug}."));
            Ok(Redirect::to("/operator").into_response())
        }
        Err(Error::Validation(faults)) => {
            let mut problems = Problems::default();
            faults.into_iter().for_each(|fault| problems.add("", format!("{slug}: {}", fault.message)));
            with(&who, &web, problems).await
        }
        Err(error) => Err(or_confirm("/operator")(error)),
    }
}

impl Operator {
    fn new(page: Page, plans: &Plans, teams: Vec<OverseenTeam>, wishes: &[WishView], problems: Problems, now: Timestamp) -> Self {
        let wish = |wish: &WishView| Wish {
            id: wish.id.clone(),
            team: wish.team_name.clone(),
            words: wish_words(wish, plans),
            by: wish.user_name.clone(),
            note: wish.note.clone(),
            at: when(wish.created_at, now),
        };
        let team = |team: OverseenTeam| Team {
            next: team.next_plan.map_or_else(String::new, |next| format!("{next} at renewal")),
            credits: team.credits_left.map_or_else(|| "Unlimited".to_owned(), text::number),
            limit: team.rate_limit.map_or_else(String::new, |limit| limit.to_string()),
            plan_limit: plans.get(&team.plan).map_or_else(String::new, |plan| plan.rate_limit.to_string()),
            members: team.members,
            slug: team.slug,
            name: team.name,
            plan: team.plan,
        };
        Self {
            wishes: wishes.iter().map(wish).collect(),
            teams: teams.into_iter().map(team).collect(),
            plans: plans.iter().map(|plan| (plan.slug.clone(), plan.name.clone())).collect(),
            page,
            problems,
        }
    }
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let operator = |full: bool, problems| {
        let plans = Plans::built_in().map_err(|error| askama::Error::Custom(Box::new(error)))?;
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let team = OverseenTeam {
            slug: "northbank".to_owned(),
            name: "Northbank <b>".to_owned(),
            plan: "agency".to_owned(),
            next_plan: Some("growth".to_owned()),
            members: 3,
            rate_limit: Some(120),
            credits_left: Some(3_120),
        };
        let wish = WishView {
            id: "ask_1".to_owned(),
            team_name: "Northbank".to_owned(),
            team_slug: "northbank".to_owned(),
            user_name: "Ada Bell".to_owned(),
            kind: domain::WishKind::RateLimit,
            plan: String::new(),
            cycle: domain::Cycle::Month,
            amount: 240,
            note: "The spring campaign".to_owned(),
            created_at: now,
        };
        let (teams, wishes) = if full { (vec![team], vec![wish]) } else { (Vec::new(), Vec::new()) };
        Operator::new(Page::sample("Operator").of(Page::person_sample()), &plans, teams, &wishes, problems, now).render()
    };
    vec![
        ("operator, empty", operator(false, Problems::default())),
        ("operator", operator(true, Problems::one("", "northbank: Say why: it stands in the team's audit log."))),
    ]
}
