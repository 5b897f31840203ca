//! `/t/{team}/bulk`: the team's runs, newest first.

use app::Query;
use app::bulk::BulkView;
use askama::Template;
use axum::extract::{Query as UrlQuery, State};
use axum::response::Response;
use domain::{BulkState, Right, Timestamp};
use serde::Deserialize;

use super::{KEY, badge, figure, progress};
use crate::error::PageError;
use crate::page::{Page, show as page};
use crate::pages::create::query;
use crate::who::InTeam;
use crate::{Web, text};

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "bulk/list.html")]
struct List {
    page: Page,
    base: String,
    may_create: bool,
    rows: Vec<Row>,
    newest: String,
    next: String,
}

struct Row {
    href: String,
    name: String,
    template: String,
    badge: &'static str,
    state: &'static str,
    /// `112 of 200 rows`.
    rows: String,
    maker: String,
    ago: String,
    exact: String,
    iso: String,
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, UrlQuery(asked): UrlQuery<Asked>) -> Result<Response, PageError> {
    let runs = web.app().bulk_list(&inside.member, &Query(vec![("cursor".into(), asked.cursor.clone())])).await?;
    let base = inside.path("/bulk");
    let now = web.app().now();
    page(&List {
        page: inside.page("Bulk", KEY),
        may_create: inside.member.need(Right::Create).is_ok(),
        rows: runs.data.iter().map(|run| row(run, &base, now)).collect(),
        newest: if asked.cursor.is_empty() { String::new() } else { base.clone() },
        next: runs.next_cursor.map(|cursor| format!("?{}", query(&[("cursor", &cursor)]))).unwrap_or_default(),
        base,
    })
}

fn row(run: &BulkView, base: &str, now: Timestamp) -> Row {
    let (badge, state) = badge(run);
    let (all, dealt) = progress(run);
    Row {
        href: format!("{base}/{}{}", run.id, if run.state == BulkState::Draft { "/match" } else { "" }),
        name: run.name.clone(),
        template: run.template_name.clone(),
        badge,
        state,
        rows: match run.state {
            BulkState::Draft => text::count(figure(run.rows), "row"),
            _ => format!("{} of {}", text::number(figure(dealt)), text::count(figure(all), "row")),
        },
        maker: run.maker.clone(),
        ago: text::ago(run.created_at, now),
        exact: text::exact(run.created_at),
        iso: text::iso(run.created_at),
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let list = |rows: Vec<Row>, may_create: bool| List {
        page: Page::team_sample("Bulk", KEY),
        base: "/t/northbank/bulk".into(),
        may_create,
        rows,
        newest: String::new(),
        next: "?cursor=x".into(),
    };
    let run = super::run::sample(BulkState::Running);
    let rows = vec![row(&run, "/t/northbank/bulk", run.created_at)];
    vec![
        ("bulk", list(rows, true).render()),
        ("bulk, none yet", list(Vec::new(), true).render()),
        ("bulk, none yet, for a viewer", list(Vec::new(), false).render()),
    ]
}
