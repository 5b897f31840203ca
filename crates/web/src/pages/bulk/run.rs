//! `/t/{team}/bulk/{id}`: how far a run is, what went wrong, and what there is to take away.

use app::Error;
use app::bulk::{BulkResult, BulkView, RowOutcome};
use askama::Template;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BulkState, Right, Timestamp};
use serde::Deserialize;

use super::{KEY, badge, figure, progress};
use crate::error::PageError;
use crate::form::Form;
use crate::page::{Page, show as show_page};
use crate::pages::page_of;
use crate::who::InTeam;
use crate::{Web, text};

/// Rows with problems that the page shows; the results have all.
const TROUBLES: usize = 50;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    dialog: String,
}

#[derive(Template)]
#[template(path = "bulk/run.html")]
struct Run {
    page: Page,
    base: String,
    /// This run's address.
    here: String,
    template: String,
    maker: String,
    badge: &'static str,
    state: &'static str,
    is_running: bool,
    can_go_on: bool,
    may_create: bool,
    /// Rows to be made, and dealt with.
    all: u64,
    dealt: u64,
    /// `112 of 198 rows`.
    words: String,
    /// Why it stands, and what to do.
    note: Option<(&'static str, String)>,
    plan: Option<String>,
    stats: Vec<(String, &'static str)>,
    troubles: Vec<RowOutcome>,
    /// There are more than are shown.
    has_more: bool,
    has_pictures: bool,
    has_left_out: bool,
    /// Where the history's pages stand.
    records: String,
    is_deleting: bool,
}

pub(crate) async fn show(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    UrlQuery(asked): UrlQuery<Asked>,
) -> Result<Response, PageError> {
    let (run, result) = web.app().bulk_view(&inside.member, &id).await?;
    if run.state == BulkState::Draft {
        return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}/match"))).into_response());
    }
    let went_wrong = result.failed + result.partial + run.refused;
    let troubles = if went_wrong == 0 { Vec::new() } else { web.app().bulk_troubles(&inside.member, &id, TROUBLES).await? };
    let shell = Shell {
        may_create: inside.member.need(Right::Create).is_ok(),
        plan: page_of("plan", &inside.path("")),
        records: inside.path("/generations"),
        is_deleting: asked.dialog == "delete",
        base: inside.path("/bulk"),
        page: inside.page(&run.name, KEY),
    };
    show_page(&view(shell, &run, result, troubles))
}

pub(crate) async fn pause(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    _form: Form,
) -> Result<Response, PageError> {
    let done = web.app().bulk_pause(&inside.member, &id).await;
    back(&inside, &id, done, "Run paused. Rows that were begun still end.")
}

pub(crate) async fn go_on(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    _form: Form,
) -> Result<Response, PageError> {
    let done = web.app().bulk_go_on(&inside.member, &id).await;
    back(&inside, &id, done, "The run goes on.")
}

pub(crate) async fn delete(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    _form: Form,
) -> Result<Response, PageError> {
    let name = web.app().bulk_view(&inside.member, &id).await?.0.name;
    match web.app().bulk_delete(&inside.member, &id).await {
        Ok(()) => {
            inside.visit.toast(format!("Run “{name}” deleted. Its pictures are still in Generations."));
            Ok(Redirect::to(&inside.path("/bulk")).into_response())
        }
        refused => back(&inside, &id, refused, ""),
    }
}

/// Back to the run's page with a sentence about what happened.
fn back(inside: &InTeam, id: &str, done: Result<(), Error>, said: &str) -> Result<Response, PageError> {
    match done {
        Ok(()) => inside.visit.toast(said),
        Err(Error::Conflict(why)) => inside.visit.toast(why),
        Err(Error::InsufficientCredits { required, remaining }) => inside.visit.toast(format!(
            "A row needs {}; {} left. Buy a pack, then go on.",
            text::count(required, "credit"),
            if remaining == 1 { "1 is".to_owned() } else { format!("{} are", text::number(remaining)) },
        )),
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&inside.path(&format!("/bulk/{id}"))).into_response())
}

struct Shell {
    page: Page,
    base: String,
    may_create: bool,
    plan: Option<String>,
    records: String,
    is_deleting: bool,
}

fn view(shell: Shell, run: &BulkView, result: BulkResult, troubles: Vec<RowOutcome>) -> Run {
    let (badge, state) = badge(run);
    let (all, waiting_over) = progress(run);
    let dealt = waiting_over - result.drawing;
    let number = |count: u64| text::number(figure(count));
    let mut stats = vec![(number(result.completed), "rows made")];
    let other =
        [(result.partial, "rows with some sizes missing"), (result.failed + run.refused, "rows failed"), (run.rejected, "rows left out")];
    stats.extend(other.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| (number(count), word)));
    stats.push((text::number(result.credits), "credits used"));
    let shown = u64::try_from(troubles.len()).unwrap_or(u64::MAX);
    Run {
        here: format!("{}/{}", shell.base, run.id),
        template: run.template_name.clone(),
        maker: run.maker.clone(),
        badge,
        state,
        is_running: run.state == BulkState::Running,
        can_go_on: run.state.can_go_on(),
        all,
        dealt,
        words: format!("{} of {}", number(dealt), text::count(figure(all), "row")),
        note: note(run),
        stats,
        has_more: result.failed + result.partial + run.refused > shown,
        troubles,
        has_pictures: result.has_pictures(),
        has_left_out: result.failed + run.refused + run.rejected > 0,
        page: shell.page,
        base: shell.base,
        may_create: shell.may_create,
        plan: shell.plan,
        records: shell.records,
        is_deleting: shell.is_deleting,
    }
}

fn note(run: &BulkView) -> Option<(&'static str, String)> {
    let next = run.next.unwrap_or(0);
    match run.state {
        BulkState::OutOfCredits if run.until.is_some() => {
            Some(("info", format!("The rows that your credits reached for are made. Row {next} is next: buy a pack, then go on.")))
        }
        BulkState::OutOfCredits => {
            Some(("warning", format!("Out of credits at row {next}. Buy a pack, then go on: nothing is made twice.")))
        }
        BulkState::Paused => Some(("info", format!("Paused before row {next}. Go on whenever you like."))),
        BulkState::Running | BulkState::Draft | BulkState::Done => None,
    }
}

pub(super) fn sample(state: BulkState) -> BulkView {
    let time = Timestamp::from_micros(1_790_000_000_000_000);
    BulkView {
        id: "bulk_1".into(),
        name: "spring <b>.csv".into(),
        state,
        template: "tg_product".into(),
        template_name: "Product: the pedestal".into(),
        maker: "Ada Bell".into(),
        rows: 200,
        waiting: if state == BulkState::Done { 0 } else { 88 },
        rejected: 2,
        refused: 1,
        made: 109,
        next: Some(112),
        until: None,
        created_at: time,
        ended_at: None,
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let shell = |may_create, is_deleting| Shell {
        page: Page::team_sample("spring.csv", KEY),
        base: "/t/northbank/bulk".into(),
        may_create,
        plan: Some("/t/northbank/settings/plan".into()),
        records: "/t/northbank/generations".into(),
        is_deleting,
    };
    let trouble = RowOutcome {
        row: 42,
        external_id: "sku-<7>".into(),
        status: "failed",
        error: "A picture could not be fetched.".into(),
        urls: Vec::new(),
        credits: 0,
        generation: Some("gen_1".into()),
    };
    let result = BulkResult { completed: 104, partial: 1, failed: 1, drawing: 4, credits: 420 };
    let page = |state, troubles, may_create, deleting| view(shell(may_create, deleting), &sample(state), result, troubles).render();
    vec![
        ("bulk, running", page(BulkState::Running, vec![trouble.clone()], true, false)),
        ("bulk, paused", page(BulkState::Paused, Vec::new(), true, true)),
        ("bulk, out of credits, for a viewer", page(BulkState::OutOfCredits, Vec::new(), false, false)),
        ("bulk, done", page(BulkState::Done, vec![trouble], true, false)),
    ]
}
