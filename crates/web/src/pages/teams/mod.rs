//! `/teams`: the teams of who is signed in, a new one, and the way into one.

use app::people::Membership;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Plans;

use super::{GROUPS, Group, Place};
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::form_page::FormPage;
use crate::page::{Page, refuse, show};
use crate::text;
use crate::who::{InTeam, SignedIn};

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new().route("/teams", get(list)).route("/teams/new", get(ask).post(create)).route("/t/{team}", get(enter))
}

#[derive(Template)]
#[template(path = "teams/teams.html")]
struct Teams {
    page: Page,
    teams: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    initials: String,
    role: &'static str,
    plan: String,
}

impl Row {
    fn new(team: &Membership, plans: &Plans) -> Self {
        Self {
            href: format!("/t/{}", team.slug),
            initials: text::initials(&team.name),
            name: team.name.clone(),
            role: team.role.as_str(),
            plan: plans.get(&team.plan).map_or_else(|| team.plan.clone(), |plan| plan.name.clone()),
        }
    }
}

async fn list(who: SignedIn, State(web): State<Web>) -> Result<Response, PageError> {
    let teams = who.visitor.teams.iter().map(|team| Row::new(team, &web.config().plans)).collect();
    show(&Teams { page: who.page("Your teams"), teams })
}

async fn ask(who: SignedIn) -> Result<Response, PageError> {
    show(&form(who.page("New team"), "", Problems::default()))
}

async fn create(who: SignedIn, State(web): State<Web>, sent: Form<4>) -> Result<Response, PageError> {
    match web.app().create_team(&who.visitor, sent.text("name")).await {
        Ok(team) => Ok(Redirect::to(&format!("/t/{}", team.slug)).into_response()),
        Err(error) => refuse(&form(who.page("New team"), sent.text("name"), Problems::of_refusal(error)?)),
    }
}

/// The team's first page.
async fn enter(who: InTeam) -> Redirect {
    let items = GROUPS.iter().flat_map(|group| group.nav).filter(|item| item.place == Place::Team);
    let first = items.min_by_key(|item| item.order);
    Redirect::to(&first.map_or_else(|| "/teams".to_owned(), |item| format!("/t/{}{}", who.member.slug, item.path)))
}

fn form(page: Page, name: &str, problems: Problems) -> FormPage {
    let name = Field::text("name", "Name").autocomplete("organization").value(name).required().autofocus();
    FormPage::new(page, "/teams/new", "Create team")
        .lead("It has members, brand kits, keys and a plan of its own, and starts on Essentials.")
        .fields([name.hint("A brand, a company or a client.")], problems)
        .link("", "/teams", "Your teams")
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let row = |name: &str, role| Row {
        href: "/t/northbank".to_owned(),
        name: name.to_owned(),
        initials: text::initials(name),
        role,
        plan: "Agency".to_owned(),
    };
    let page = |teams| Teams { page: Page::sample("Your teams").of(Page::person_sample()), teams }.render();
    vec![
        ("teams", page(vec![row("Northbank", "owner"), row("Halvmark Studio", "viewer")])),
        ("no team", page(Vec::new())),
        ("new team", form(Page::sample("New team"), "", Problems::one("name", "Write a name.")).render()),
    ]
}
