//! `/t/{team}/settings/keys/new`: the form of a key.

use app::operate::NewKeyRequest;
use app::{Error, Mode, Scope, Scopes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Right, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::made::Made;
use super::{KEYS, has_api};
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::{Choice, Field};
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::who::InTeam;

/// The longest name, in characters.
pub(super) const NAME: usize = 50;
const DAYS: [(&str, i64); 3] = [("30", 30), ("90", 90), ("365", 365)];

#[derive(Template)]
#[template(path = "settings/key-new.html")]
struct New {
    page: Page,
    keys: String,
    problems: Problems,
    name: Field,
    mode: Field,
    expires: Field,
    date: Field,
    scopes: Vec<Field>,
    /// Something in the fold is limited, or wrong.
    is_limited: bool,
}

/// What the form says, good or not.
struct Draft {
    name: String,
    mode: String,
    expires: String,
    date: String,
    scopes: Vec<Scope>,
}

pub(super) async fn form(who: InTeam, State(web): State<Web>) -> Result<Response, PageError> {
    who.member.need(Right::Keys)?;
    if !has_api(&web, &who) {
        return Ok(Redirect::to(&who.path(KEYS)).into_response());
    }
    who.visitor.need_password().map_err(or_confirm(who.visit.target()))?;
    show(&New::form(who.page("Create API Key", "keys"), who.path(KEYS), Draft::empty(), Problems::default()))
}

pub(super) async fn create(who: InTeam, State(web): State<Web>, form: Form<8>) -> Result<Response, PageError> {
    let back = who.path("/settings/keys/new");
    who.member.need_with_password(Right::Keys).map_err(or_confirm(&back))?;
    let zone = web.app().team(&who.member).await?.settings.time_zone;
    let draft = Draft::of(&form);
    let mut problems = Problems::default();
    let request = draft.read(&zone, web.app().now(), &mut problems);
    let again = |draft, problems| refuse(&New::form(who.page("Create API Key", "keys"), who.path(KEYS), draft, problems));
    let Some(request) = request else { return again(draft, problems) };
    let scopes = request.scopes;
    match web.app().create_key(&who.member, request).await {
        Ok(key) => show(&Made::new(who.page("Save your key", "keys"), who.path(KEYS), key, scopes, &web.config().api_url)),
        Err(Error::PlanUpgradeRequired) => Ok(Redirect::to(&who.path(KEYS)).into_response()),
        Err(Error::Validation(faults)) => {
            for fault in faults {
                problems.add(if fault.param == "expiresAt" { "date" } else { "name" }, fault.message);
            }
            again(draft, problems)
        }
        Err(error) => Err(or_confirm(&back)(error)),
    }
}

impl Draft {
    fn empty() -> Self {
        Self { name: String::new(), mode: "live".to_owned(), expires: "never".to_owned(), date: String::new(), scopes: Scope::ALL.to_vec() }
    }

    fn of(form: &Form<8>) -> Self {
        Self {
            name: form.text("name").to_owned(),
            mode: form.text("mode").to_owned(),
            expires: form.text("expires").to_owned(),
            date: form.text("date").to_owned(),
            scopes: Scope::ALL.into_iter().filter(|scope| form.has(&box_of(*scope))).collect(),
        }
    }

    /// The request, or every fault of the form. A date means the end of that day in the team's time zone.
    fn read(&self, zone: &str, now: Timestamp, problems: &mut Problems) -> Option<NewKeyRequest> {
        let length = self.name.chars().count();
        if length == 0 {
            problems.add("name", "Say what the key is for.");
        } else if length > NAME {
            problems.add("name", format!("The name has {length} characters; {NAME} are possible. Shorten it by {}.", length - NAME));
        } else if self.name.chars().any(char::is_control) {
            problems.add("name", "Write the name in one line of plain characters.");
        }
        let mode: Option<Mode> = self.mode.parse().ok();
        if mode.is_none() {
            problems.add("mode", "Choose Production or Test.");
        }
        let expires_at = match self.expires.as_str() {
            "never" => None,
            "date" => {
                let end = end_of_day(&self.date, zone).filter(|at| *at > now);
                if end.is_none() {
                    problems.add("date", "Choose a day from today on.");
                }
                end
            }
            days => {
                let days = DAYS.iter().find(|(word, _)| *word == days).map(|(_, days)| *days);
                if days.is_none() {
                    problems.add("expires", "Choose when the key ends.");
                }
                days.map(|days| Timestamp::from_micros(now.as_micros() + days * 86_400_000_000))
            }
        };
        if self.scopes.is_empty() {
            problems.add(box_of(Scope::Generate), "Choose at least one thing that the key can do.");
        }
        let scopes = if self.scopes.len() == Scope::ALL.len() { Scopes::ALL } else { self.scopes.iter().copied().collect() };
        let mode = mode.filter(|_| problems.is_empty())?;
        Some(NewKeyRequest { name: self.name.clone(), mode, scopes, expires_at })
    }
}

fn end_of_day(date: &str, zone: &str) -> Option<Timestamp> {
    let next: Date = date.parse::<Date>().ok()?.tomorrow().ok()?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Some(Timestamp::from_micros(zone.to_timestamp(next.at(0, 0, 0, 0)).ok()?.as_microsecond()))
}

/// The name of a scope's box.
fn box_of(scope: Scope) -> String {
    format!("scope-{}", scope.as_str().replace(':', "-"))
}

fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Generate => "Generate pictures",
        Scope::GenerationsRead => "Read and delete generations",
        Scope::TemplatesRead => "Read templates",
        Scope::BrandKitsRead => "Read brand kits",
        Scope::CreditsRead => "Read credits",
        Scope::Assets => "Upload and read assets",
    }
}

impl New {
    fn form(page: Page, keys: String, draft: Draft, problems: Problems) -> Self {
        let modes = vec![
            Choice::new("live", "Production").note("rp_live_… Pictures for use. Each costs a credit."),
            Choice::new("test", "Test").note("rp_test_… Pictures with a watermark. Free."),
        ];
        let ends = vec![
            Choice::new("never", "Never"),
            Choice::new("30", "In 30 days"),
            Choice::new("90", "In 90 days"),
            Choice::new("365", "In 365 days"),
            Choice::new("date", "At the end of the day below"),
        ];
        let scope = |scope: Scope| {
            let field = Field::check(&box_of(scope), meaning(scope)).hint(scope.as_str());
            field.checked(draft.scopes.contains(&scope)).checked_by(&problems)
        };
        Self {
            scopes: Scope::ALL.into_iter().map(scope).collect(),
            is_limited: draft.scopes.len() < Scope::ALL.len(),
            name: Field::text("name", "Name")
                .value(draft.name)
                .hint("What the key is for, such as Storefront server.")
                .limit(NAME)
                .required()
                .checked_by(&problems),
            mode: Field::cards("mode", "Kind", modes).value(draft.mode).checked_by(&problems),
            expires: Field::select("expires", "Ends", ends).value(draft.expires).required().checked_by(&problems),
            date: Field::input("date", "date", "Last day").value(draft.date).checked_by(&problems),
            page,
            keys,
            problems,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let new = |draft: Draft| {
        let mut problems = Problems::default();
        let now = super::super::sample_now();
        if !draft.name.is_empty() {
            drop(draft.read("UTC", now, &mut problems));
        }
        New::form(Page::team_sample("Create API Key", "keys"), "/t/northbank/settings/keys".to_owned(), draft, problems).render()
    };
    let wrong = Draft {
        name: "x".repeat(NAME + 1),
        mode: "gold".to_owned(),
        expires: "date".to_owned(),
        date: "2026-02-30".to_owned(),
        scopes: Vec::new(),
    };
    vec![("new key", new(Draft::empty())), ("new key, wrong", new(wrong))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(draft: &Draft) -> (Option<NewKeyRequest>, Vec<String>) {
        let mut problems = Problems::default();
        let request = draft.read("Europe/Berlin", "2026-03-01T09:00:00Z".parse().unwrap(), &mut problems);
        (request, problems.iter().map(|problem| problem.field.clone()).collect())
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let draft = Draft { name: String::new(), mode: String::new(), expires: "date".into(), date: "soon".into(), scopes: Vec::new() };
        let (request, fields) = read(&draft);
        assert!(request.is_none());
        assert_eq!(fields, ["name", "mode", "date", "scope-generate"]);
    }

    #[test]
    fn a_day_ends_where_the_team_is() {
        let draft = Draft { name: "Till".into(), expires: "date".into(), date: "2026-03-01".into(), ..Draft::empty() };
        let request = read(&draft).0.unwrap();
        assert_eq!(request.expires_at.unwrap().to_string(), "2026-03-01T23:00:00.000Z");
        assert!(request.scopes.is_all());
        let yesterday = Draft { date: "2026-02-28".into(), ..draft };
        assert_eq!(read(&yesterday).1, ["date"]);
    }
}
