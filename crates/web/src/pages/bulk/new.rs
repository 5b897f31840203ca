//! `/t/{team}/bulk/new`: a file or what was pasted, and the template that it fills.

use app::bulk::{MAX_ROWS, MAX_SHEET};
use app::view::{TemplateField, TemplateGroup};
use app::{Error, Missing, Query};
use askama::Template;
use axum::extract::{Query as UrlQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde::Deserialize;

use super::{KEY, figure};
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::Problems;
use crate::page::{Page, refuse, show as show_page};
use crate::upload::Upload;
use crate::who::InTeam;
use crate::{Web, text};

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    template: String,
}

#[derive(Template)]
#[template(path = "bulk/new.html")]
struct New {
    page: Page,
    base: String,
    problems: Problems,
    template: Field,
    file: Field,
    sheet: Field,
    takes: Vec<Takes>,
}

/// What a template's rows are made of.
struct Takes {
    id: String,
    name: String,
    /// `Product name (needed), Price`
    fields: String,
}

impl New {
    fn of(page: Page, base: String, takes: Vec<Takes>, chosen: &str, pasted: &str, problems: Problems) -> Self {
        let limits = format!("At most {} and {}\u{a0}MB.", text::count(figure(MAX_ROWS), "row"), MAX_SHEET / 1024 / 1024);
        let templates = takes.iter().map(|template| Choice::new(&template.id, &template.name)).collect();
        Self {
            template: Field::select("template", "Template", templates).value(chosen).required().checked_by(&problems),
            file: Field::file("file", "CSV file", "text/csv,text/tab-separated-values,text/plain,.csv,.tsv,.txt")
                .hint(format!("The first row has the headings. Commas, semicolons and tabs are all fine. {limits}"))
                .checked_by(&problems),
            sheet: Field::area("sheet", "Or paste rows from a spreadsheet", 8)
                .hint("With their headings.")
                .value(pasted)
                .checked_by(&problems),
            takes,
            page,
            base,
            problems,
        }
    }
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, UrlQuery(asked): UrlQuery<Asked>) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let templates = templates(&web, &inside).await?;
    show_page(&New::of(inside.page("New bulk run", KEY), inside.path("/bulk"), templates, &asked.template, "", Problems::default()))
}

pub(crate) async fn begin(State(web): State<Web>, inside: InTeam, sent: Upload<5>) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let (template, pasted) = (sent.text("template"), sent.raw("sheet"));
    let file = sent.file("file");
    let from = if file.is_some() { "file" } else { "sheet" };
    let problems = if file.is_none() && pasted.trim().is_empty() {
        Problems::one("file", "Choose a file, or paste rows.")
    } else {
        let (name, bytes) = file.map_or(("", pasted.as_bytes()), |file| (file.name.as_str(), file.bytes.as_slice()));
        match web.app().bulk_begin(&inside.member, name, bytes, template).await {
            Ok(id) => return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}/match"))).into_response()),
            Err(Error::Validation(faults)) => {
                let mut problems = Problems::default();
                faults.into_iter().for_each(|fault| problems.add(from, fault.message));
                problems
            }
            Err(Error::NotFound { what: Missing::TemplateGroup, .. }) => {
                Problems::one("template", "This template is no longer there. Choose another.")
            }
            Err(error) => return Err(error.into()),
        }
    };
    let templates = templates(&web, &inside).await?;
    refuse(&New::of(inside.page("New bulk run", KEY), inside.path("/bulk"), templates, template, pasted, problems))
}

async fn templates(web: &Web, inside: &InTeam) -> Result<Vec<Takes>, PageError> {
    let groups = web.app().templates(&inside.member.principal(), &Query(vec![("limit".into(), "100".into())])).await?.data;
    let field = |field: &TemplateField| {
        let needed = if field.required && field.default.is_none() { " (needed)" } else { "" };
        format!("{}{needed}", field.label)
    };
    let takes = |group: TemplateGroup| Takes {
        fields: group.fields.iter().map(field).collect::<Vec<_>>().join(", "),
        id: group.id,
        name: group.name,
    };
    Ok(groups.into_iter().map(takes).collect())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |pasted, problems| {
        let templates =
            vec![Takes { id: "tg_product".into(), name: "Product: the pedestal".into(), fields: "Product name (needed), Price".into() }];
        New::of(Page::team_sample("New bulk run", KEY), "/t/northbank/bulk".into(), templates, "tg_product", pasted, problems)
    };
    let broken = "Line 12 opens a quote that is never closed.";
    vec![
        ("bulk, new", page("", Problems::default()).render()),
        ("bulk, new with a fault", page("<b>,\"x", Problems::one("sheet", broken)).render()),
    ]
}
