//! `/pricing`: the plans side by side, from the same table that the limits use.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Cycle, Plan, Plans};
use serde::Deserialize;

use super::last_team;
use crate::Web;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::text;
use crate::who::Anyone;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    by: String,
}

pub(super) async fn pricing(who: Anyone, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let reader = match last_team(&who) {
        Some(team) => Reader::Team { plan: team.plan.clone(), href: format!("/t/{}", team.slug) },
        None => Reader::Visitor { contact: web.contact().map(str::to_owned) },
    };
    show(&Pricing::new(who.page("Pricing"), &web.config().plans, asked.by.parse().unwrap_or(Cycle::Month), &reader))
}

/// Who looks at the prices.
enum Reader {
    Visitor {
        contact: Option<String>,
    },
    /// Somebody of a team on the plan of this slug.
    Team {
        plan: String,
        href: String,
    },
}

#[derive(Template)]
#[template(path = "front/pricing.html")]
struct Pricing {
    page: Page,
    by_year: bool,
    /// The greatest sum that paying by the year saves; empty where nothing is saved.
    saving: String,
    plans: Vec<Card>,
    rows: Vec<Row>,
}

struct Card {
    name: String,
    for_whom: &'static str,
    price: String,
    per: &'static str,
    /// What paying by the year saves.
    saving: Option<String>,
    is_recommended: bool,
    lines: Vec<(bool, String)>,
    is_current: bool,
    /// Where it goes on, and the words for it.
    action: Option<(String, &'static str)>,
}

/// One line of the table: what it is about, and each plan's figure; `None` is "not included".
struct Row {
    label: &'static str,
    cells: Vec<Option<String>>,
}

impl Pricing {
    fn new(page: Page, plans: &Plans, cycle: Cycle, reader: &Reader) -> Self {
        let all: Vec<&Plan> = plans.iter().collect();
        let saved = all.iter().filter_map(|plan| plan.price.as_ref()).max_by_key(|price| price.saved());
        let saving = saved
            .filter(|price| price.saved() > 0)
            .map_or_else(String::new, |price| format!("Save up to {}", text::money(price.saved(), &price.currency)));
        let recommended = all.iter().position(|plan| plan.api).unwrap_or(all.len());
        let cards = all.iter().enumerate().map(|(index, plan)| Card::new(plan, cycle, index == recommended, reader)).collect();
        let row = |label, cell: &dyn Fn(&Plan) -> Option<String>| Row { label, cells: all.iter().map(|plan| cell(plan)).collect() };
        let rows = vec![
            row("Credits a month", &|plan| Some(plan.credits.map_or_else(|| "By agreement".to_owned(), text::number))),
            row("API access", &|plan| plan.api.then(|| "Included".to_owned())),
            row("API calls a minute", &|plan| plan.api.then(|| text::number(plan.rate_limit))),
            row("Members", &|plan| Some(most(plan.members))),
            row("Brand kits", &|plan| Some(most(plan.brand_kits))),
            row("Pictures are kept", &|plan| {
                Some(plan.retention_days.map_or_else(|| "Always".to_owned(), |days| text::count(days, "day")))
            }),
        ];
        Self { page, by_year: cycle == Cycle::Year, saving, plans: cards, rows }
    }
}

fn most(limit: Option<u32>) -> String {
    limit.map_or_else(|| "Unlimited".to_owned(), text::number)
}

impl Card {
    fn new(plan: &Plan, cycle: Cycle, is_recommended: bool, reader: &Reader) -> Self {
        let (price, per) = text::price(plan.price.as_ref(), cycle);
        let limited = |limit: Option<u32>, one: &str| limit.map_or_else(|| format!("Unlimited {one}s"), |limit| text::count(limit, one));
        let api = if plan.api { format!("API, {} a minute", text::count(plan.rate_limit, "call")) } else { "No API access".to_owned() };
        let lines = vec![
            (
                true,
                plan.credits
                    .map_or_else(|| "Credits by agreement".to_owned(), |credits| format!("{} a month", text::count(credits, "credit"))),
            ),
            (plan.api, api),
            (true, limited(plan.members, "member")),
            (true, limited(plan.brand_kits, "brand kit")),
            (true, "Every template, size and warning".to_owned()),
        ];
        let for_whom = match plan.slug.as_str() {
            "essentials" => "For one person with one brand",
            "growth" => "For a small team with a few brands",
            "agency" => "For many brands, and for software",
            "enterprise" => "For high volume",
            _ => "",
        };
        let (is_current, action) = match reader {
            Reader::Team { plan: current, href } => {
                let is_current = *current == plan.slug;
                (is_current, is_current.then(|| (href.clone(), "Open your team")))
            }
            Reader::Visitor { contact: Some(contact) } if plan.price.is_none() => (false, Some((contact.clone(), "Talk to us"))),
            Reader::Visitor { .. } => (false, Some(("/sign-up".to_owned(), "Sign up"))),
        };
        Self {
            name: plan.name.clone(),
            for_whom,
            price,
            per,
            saving: plan.price.as_ref().and_then(text::saving),
            is_recommended,
            lines,
            is_current,
            action,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let visitor = Reader::Visitor { contact: Some("mailto:help@posts.example.com".to_owned()) };
    let team = Reader::Team { plan: "growth".to_owned(), href: "/t/northbank".to_owned() };
    let page = |cycle, reader| {
        let plans = Plans::parse(Plans::DEFAULT_TEXT).map_err(|error| askama::Error::Custom(Box::new(error)))?;
        Pricing::new(Page::sample("Pricing"), &plans, cycle, reader).render()
    };
    vec![("pricing by month", page(Cycle::Month, &visitor)), ("pricing by year", page(Cycle::Year, &team))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_the_figures_of_the_plans_table() {
        let plans = Plans::parse(
            "[plans.solo]\nname = \"Solo\"\nprice = { monthly = 700, yearly = 7000, currency = \"EUR\" }\ncredits = 1234\nrate_limit = 9\n\
             [plans.pro]\nname = \"Pro\"\napi = true\nrate_limit = 77\nmembers = 3",
        );
        let plans = plans.unwrap();
        let month = Pricing::new(Page::sample("Pricing"), &plans, Cycle::Month, &Reader::Visitor { contact: None }).render().unwrap();
        for part in ["Solo", "€7<", "1,234", "Save up to €14", "Save €14 a year", "77", "3\u{a0}members", "By agreement", "not included"]
        {
            assert!(month.contains(part), "{part}");
        }
        let year = Pricing::new(Page::sample("Pricing"), &plans, Cycle::Year, &Reader::Visitor { contact: None }).render().unwrap();
        assert!(year.contains("€70<") && !year.contains("€7<"));
    }
}
