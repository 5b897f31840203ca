//! `/t/{team}/bulk/{id}/check`: what will be left out and why, five rows as pictures, and what the run costs.

use app::bulk::{BulkCheck, BulkMatch, Sample, listed};
use app::{Error, Missing};
use askama::Template;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BulkState, Right};
use serde::Deserialize;
use template::Warning;

use super::{KEY, figure};
use crate::error::PageError;
use crate::form::Form;
use crate::page::{Page, show as show_page};
use crate::pages::create::words::{Note, told};
use crate::pages::page_of;
use crate::who::InTeam;
use crate::{Web, text};

/// The box of a preview in pixels.
const EDGE: u32 = 360;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    size: String,
}

#[derive(Template)]
#[template(path = "bulk/check.html")]
struct Check {
    page: Page,
    base: String,
    /// This run's address.
    here: String,
    sheet: String,
    template: String,
    good: usize,
    bad: usize,
    /// Of the verdict.
    kind: &'static str,
    /// `198 rows can be made; 2 are left out.`
    verdict: String,
    remedies: Vec<RemedyView>,
    /// Row, then what there is to say.
    notes: Vec<(String, Note)>,
    same_ids: Option<String>,
    /// Address, name, whether it is shown.
    sizes: Vec<(String, String, bool)>,
    samples: Vec<Shown>,
    /// `200 rows × 4 sizes = 800 credits`.
    cost: String,
    left: String,
    /// Where the credits don't reach: what to do, and how many rows they reach for.
    short: Option<(String, usize)>,
    plan: Option<String>,
    start: String,
}

struct RemedyView {
    text: String,
    /// `2 rows: 42 and 77`.
    rows: String,
    examples: Vec<String>,
}

struct Shown {
    src: String,
    width: u32,
    height: u32,
    row: u32,
    why: &'static str,
    title: String,
}

pub(crate) async fn show(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    UrlQuery(asked): UrlQuery<Asked>,
) -> Result<Response, PageError> {
    let found = web.app().bulk_match(&inside.member, &id).await?;
    if found.run.state != BulkState::Draft {
        return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}"))).into_response());
    }
    // Before the columns were matched there is nothing to check.
    if found.setup.sizes.is_empty() {
        return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}/match"))).into_response());
    }
    let check = web.app().bulk_check(&inside.member, &id).await?;
    let plan = page_of("plan", &inside.path(""));
    show_page(&view(inside.page("Check", KEY), inside.path("/bulk"), &found, check, &asked.size, plan))
}

/// A preview of one row; drawn anew each time, because nothing of it is kept.
pub(crate) async fn look(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id, row, size)): Path<(String, String, String, String)>,
) -> Result<Response, PageError> {
    let row = row.parse().map_err(|_| PageError::NotFound)?;
    let picture = web.app().bulk_preview(&inside.member, &id, row, &size, EDGE).await?;
    let headers = [(header::CONTENT_TYPE, picture.media_type), (header::CACHE_CONTROL, "private, max-age=60")];
    Ok((headers, picture.bytes).into_response())
}

pub(crate) async fn start(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let most = sent.text("rows").parse().ok().filter(|rows| *rows > 0);
    match web.app().bulk_start(&inside.member, &id, most).await {
        Ok(()) => {}
        // It was started before, such as by a second click, or can't be: its page says where it stands.
        Err(Error::Conflict(why)) => inside.visit.toast(why),
        Err(Error::NotFound { what: Missing::TemplateVersion, .. }) => {
            inside.visit.toast("This template is no longer there. Begin a new run with another.")
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&inside.path(&format!("/bulk/{id}"))).into_response())
}

fn view(page: Page, base: String, found: &BulkMatch, check: BulkCheck, asked: &str, plan: Option<String>) -> Check {
    let here = format!("{base}/{}", found.run.id);
    let chosen: Vec<_> = found.sizes.iter().filter(|(key, ..)| found.setup.sizes.contains(key)).collect();
    let shown = chosen.iter().find(|(key, ..)| key == asked).or(chosen.first()).copied();
    let sample = |sample: &Sample| {
        let (key, _, width, height) = shown?;
        let scale = f64::from(EDGE) / f64::from(*width.max(height));
        Some(Shown {
            src: format!("{here}/look/{}/{key}", sample.row),
            width: (f64::from(*width) * scale).round() as u32,
            height: (f64::from(*height) * scale).round() as u32,
            row: sample.row,
            why: sample.why,
            title: sample.title.clone(),
        })
    };
    let size = |(key, name, ..): &&(String, String, u32, u32)| {
        (format!("{here}/check?size={key}"), name.clone(), shown.is_some_and(|(other, ..)| other == key))
    };
    let pictures = figure(check.good * check.sizes);
    let short = check.affordable().map(|rows| (short_words(&check, rows), rows));
    let rows_words = |count: usize| text::count(figure(count), "row");
    Check {
        page,
        sheet: format!("{} · {}", found.run.name, text::count(figure(found.run.rows), "row")),
        template: found.run.template_name.clone(),
        good: check.good,
        bad: check.bad,
        kind: if check.good > 0 { "warning" } else { "danger" },
        verdict: match (check.good, check.bad) {
            (0, _) => "No row can be made yet.".to_owned(),
            (1, 0) => "The row can be made.".to_owned(),
            (good, 0) => format!("All {} can be made.", rows_words(good)),
            (good, 1) => format!("{} can be made; 1 is left out.", rows_words(good)),
            (good, bad) => format!("{} can be made; {} are left out.", rows_words(good), text::number(figure(bad))),
        },
        remedies: check
            .problems
            .iter()
            .map(|remedy| RemedyView {
                text: remedy.text.clone(),
                rows: format!("{}: {}", rows_words(remedy.rows.len()), listed(&remedy.rows)),
                examples: remedy.examples.clone(),
            })
            .collect(),
        notes: notes(&check, found),
        same_ids: (!check.same_ids.is_empty()).then(|| {
            format!(
                "These rows share an external id with another row: {}. The later file's name gets its row's number too.",
                listed(&check.same_ids)
            )
        }),
        sizes: chosen.iter().map(size).collect(),
        samples: check.samples.iter().filter_map(sample).collect(),
        cost: format!(
            "{} × {} = {}",
            rows_words(check.good),
            text::count(figure(check.sizes), "size"),
            text::count(check.cost(), "credit")
        ),
        left: check.remaining.map_or_else(|| "unlimited credits".to_owned(), |left| format!("{} left", text::number(left))),
        short,
        plan,
        start: format!("Generate {} · {}", text::count(pictures, "picture"), text::count(pictures, "credit")),
        here,
        base,
    }
}

/// `This needs 800 credits; 120 are left. Buy a pack or run the first 30 rows.`
fn short_words(check: &BulkCheck, rows: usize) -> String {
    let left = check.remaining.unwrap_or(0);
    let are = if left == 1 { "1 is".to_owned() } else { format!("{} are", text::number(left)) };
    let needs = format!("This needs {}; {are} left.", text::count(check.cost(), "credit"));
    match rows {
        0 => format!("{needs} Buy a pack first."),
        rows => format!("{needs} Buy a pack or run the first {}.", text::count(figure(rows), "row")),
    }
}

fn notes(check: &BulkCheck, found: &BulkMatch) -> Vec<(String, Note)> {
    let label =
        |name: &str| found.fields.iter().find(|field| field.name == name).map_or_else(|| name.to_owned(), |field| field.label.clone());
    let of_row = |sample: &Sample| {
        let warnings: Vec<(&str, &Warning)> =
            check.warnings.iter().filter(|(row, ..)| *row == sample.row).map(|(_, size, warning)| (size.as_str(), warning)).collect();
        let row = format!("Row {}", sample.row);
        told(warnings.into_iter(), label).into_iter().map(move |note| (row.clone(), note)).collect::<Vec<_>>()
    };
    check.samples.iter().flat_map(of_row).collect()
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let remedy = app::bulk::Remedy {
        text: "Price: Use digits, for example 12.50.".into(),
        rows: vec![42, 77],
        examples: vec!["Row 42, Price: found \"12,5O\". Use digits, for example 12.50.".into()],
    };
    let found = BulkMatch {
        run: super::run::sample(BulkState::Draft),
        columns: Vec::new(),
        fields: Vec::new(),
        sizes: vec![("square".into(), "Instagram square".into(), 1080, 1080), ("story".into(), "Story".into(), 1080, 1920)],
        setup: app::bulk::Setup { sizes: vec!["square".into(), "story".into()], ..Default::default() },
        guess: Default::default(),
    };
    let check = |good, bad, remaining| BulkCheck {
        good,
        bad,
        sizes: 2,
        remaining,
        problems: if bad > 0 { vec![remedy.clone()] } else { Vec::new() },
        same_ids: if bad > 0 { vec![3, 9] } else { Vec::new() },
        samples: if good > 0 { vec![Sample { row: 40, why: "longest text", title: "<b>Less</b>".into() }] } else { Vec::new() },
        warnings: Vec::new(),
    };
    let page = |check| view(Page::team_sample("Check", KEY), "/t/northbank/bulk".into(), &found, check, "story", Some("/plan".into()));
    vec![
        ("bulk, check", page(check(200, 0, Some(3_120))).render()),
        ("bulk, check with faults and too few credits", page(check(198, 2, Some(61))).render()),
        ("bulk, check, nothing to make", page(check(0, 2, None)).render()),
    ]
}
