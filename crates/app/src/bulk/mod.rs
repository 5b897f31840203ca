//! Bulk runs: a sheet is kept, its columns are matched to a template's fields, checked, and made row by row.
//!
//! A row is one ordinary generation, made by [`App::generate`] with the source `bulk`. It becomes the generation's in the
//! transaction that accepts it, so that no crash, no second worker and no repetition can make or charge it twice.

mod check;
mod convert;
mod plan;
mod results;
mod row;
mod setup;
mod sheet;
mod work;

use domain::{BucketKey, BulkRunId, BulkState, Right, Timestamp};
use serde_json::{Map, Value};
use store::{BulkCounts, BulkRun, NewBulkRun};
use template::FieldType;

use crate::encoding;
use crate::error::detail;
use crate::view::Page;
use crate::{App, BrandChoice, Detail, Encoding, Error, Member, PreviewCall, PreviewPicture, Query, Result};

pub use check::{BulkCheck, Remedy, Sample};
pub use results::{BulkResult, LeftOut, RowOutcome};
pub use row::{MatchedSheet, Problem, RowRead};
pub use setup::{Fill, Setup};
pub use sheet::{MAX_ROWS, MAX_SHEET, listed};

pub(crate) use work::work;

/// Runs of a list's page.
const PAGE: i64 = 20;
const MAX_PAGE: i64 = 50;
/// Characters of a run's name.
const NAME: usize = 100;
/// Cells of a column that are shown while columns are matched.
const CELLS: u32 = 3;

/// A run in the list, and at the top of its pages.
#[derive(Clone, Debug)]
pub struct BulkView {
    pub id: String,
    /// The file's name, or what stands for it.
    pub name: String,
    pub state: BulkState,
    pub template: String,
    pub template_name: String,
    /// Who began it.
    pub maker: String,
    pub rows: u64,
    pub waiting: u64,
    /// Left out by the check.
    pub rejected: u64,
    /// Refused when their turn came.
    pub refused: u64,
    pub made: u64,
    /// The first row that waits.
    pub next: Option<u32>,
    /// It was told to stop after this row.
    pub until: Option<u32>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// What matching columns needs.
#[derive(Clone, Debug)]
pub struct BulkMatch {
    pub run: BulkView,
    pub columns: Vec<Column>,
    pub fields: Vec<BulkField>,
    /// Key, name, width and height in pixels.
    pub sizes: Vec<(String, String, u32, u32)>,
    pub setup: Setup,
    /// What the headings alone say.
    pub guess: Setup,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Of the first rows.
    pub cells: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct BulkField {
    pub name: String,
    pub label: String,
    pub kind: FieldType,
    pub required: bool,
}

impl App {
    /// Keeps a sheet as a draft for a template, columns guessed. Gives the run's id.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::RateLimited`]; faults of `sheet`; [`crate::Missing::TemplateGroup`].
    pub async fn bulk_begin(&self, member: &Member, name: &str, bytes: &[u8], template: &str) -> Result<String> {
        member.need(Right::Create)?;
        self.limit(BucketKey::Creations(member.user), self.config.create_rate_limit).await?;
        let sheet = sheet::read(bytes).map_err(|problem| Error::fault("sheet", "invalid_sheet", problem))?;
        let group = self.group(member.team, template, None).await?;
        let setup = setup::guess(&group.document, &sheet.columns);
        let text = |value: &dyn Fn() -> serde_json::Result<String>| value().map_err(Error::internal);
        let rows = sheet.rows.iter().map(|(number, cells)| Ok((*number, text(&|| serde_json::to_string(cells))?)));
        let run = NewBulkRun {
            id: BulkRunId::new(),
            team: member.team,
            user: member.user,
            user_name: member.user_name.clone(),
            name: if name.trim().is_empty() { "Pasted sheet".to_owned() } else { name.trim().chars().take(NAME).collect() },
            template_name: group.document.name().to_owned(),
            template_group: group.id,
            template_version: group.version,
            columns: text(&|| serde_json::to_string(&sheet.columns))?,
            setup: text(&|| serde_json::to_string(&setup))?,
            rows: rows.collect::<Result<_>>()?,
        };
        let id = run.id.to_string();
        self.store.create_bulk_run(run, self.clock.now()).await?;
        Ok(id)
    }

    /// A sheet for a template: its fields' labels, and its example as a row.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::TemplateGroup`].
    pub async fn bulk_example(&self, member: &Member, template: &str) -> Result<(String, Vec<(String, String)>)> {
        member.need(Right::Create)?;
        let group = self.group(member.team, template, None).await?;
        let example = |field: &template::Field| field.example.as_ref().map(convert::cell).unwrap_or_default();
        let cells = group.document.fields().iter().map(|field| (field.label.clone(), example(field))).collect();
        Ok((group.document.name().to_owned(), cells))
    }

    /// The team's runs, newest first: `limit`, `cursor`.
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn bulk_list(&self, member: &Member, query: &Query) -> Result<Page<BulkView>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.bulk_runs(member.team, limit as u32, cursor).await?;
        Ok(Page::new(page.rows.into_iter().map(|(run, counts)| view(run, counts)).collect(), page.next))
    }

    /// One run, and how its rows came out.
    ///
    /// # Errors
    /// [`crate::Missing::BulkRun`].
    pub async fn bulk_view(&self, member: &Member, id: &str) -> Result<(BulkView, BulkResult)> {
        let missing = || Error::missing(crate::Missing::BulkRun);
        let id: BulkRunId = id.parse().map_err(|_| missing())?;
        let (run, counts, ends) = self.store.bulk_progress(member.team, id).await?.ok_or_else(missing)?;
        Ok((view(run, counts), results::result(&ends)))
    }

    /// What a draft's columns and the template's fields are.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`].
    pub async fn bulk_match(&self, member: &Member, id: &str) -> Result<BulkMatch> {
        member.need(Right::Create)?;
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let rows = self.store.bulk_rows(member.team, plan.run.id, &[], 0, CELLS).await?;
        let cells: Vec<Vec<String>> = rows.iter().filter_map(|row| serde_json::from_str(&row.cells).ok()).collect();
        let column = |(place, name): (usize, &String)| Column {
            name: name.clone(),
            cells: cells.iter().filter_map(|row| row.get(place).cloned()).collect(),
        };
        let document = plan.document();
        let field = |field: &template::Field| BulkField {
            name: field.name.clone(),
            label: field.label.clone(),
            kind: field.kind,
            required: field.required && field.default.is_none(),
        };
        Ok(BulkMatch {
            columns: plan.columns.iter().enumerate().map(column).collect(),
            fields: document.fields().iter().map(field).collect(),
            sizes: document.sizes().iter().map(|size| (size.key.clone(), size.name.clone(), size.width, size.height)).collect(),
            guess: setup::guess(document, &plan.columns),
            setup: plan.setup.clone(),
            run: self.bulk_view(member, id).await?.0,
        })
    }

    /// Keeps how a draft's columns are matched.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`crate::Missing::BulkRun`]; [`Error::Conflict`] where it is no draft any more; every fault,
    /// by `fields.NAME`, `sizes`, `format`, `externalId` or `brand`.
    pub async fn bulk_set(&self, member: &Member, id: &str, mut setup: Setup) -> Result<()> {
        member.need(Right::Create)?;
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let mut faults = setup_faults(&plan, &setup);
        match self.chosen_kit(member.team, &setup.brand).await {
            // Its rows keep one look, whatever becomes the default meanwhile.
            Ok(Some(kit)) => setup.brand = BrandChoice::Kit(kit.id.to_string()),
            Ok(None) => setup.brand = BrandChoice::OwnLook,
            Err(Error::NotFound { .. }) => {
                faults.push(detail("brand", "not_found", "This brand kit is no longer there. Choose another.", None, None))
            }
            Err(error) => return Err(error),
        }
        if !faults.is_empty() {
            return Err(Error::Validation(faults));
        }
        let text = serde_json::to_string(&setup).map_err(Error::internal)?;
        if self.store.set_bulk_setup(member.team, plan.run.id, &text).await? { Ok(()) } else { Err(started()) }
    }

    /// One row of a draft in one size, small. Counts as a preview.
    ///
    /// # Errors
    /// Those of [`App::preview_pictures`]; [`crate::Missing::BulkRun`].
    pub async fn bulk_preview(&self, member: &Member, id: &str, row: u32, size: &str, edge: u32) -> Result<PreviewPicture> {
        let missing = || Error::missing(crate::Missing::BulkRun);
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let row = self.bulk_row(&plan, row).await?.ok_or_else(missing)?;
        let call = PreviewCall {
            group: plan.group.id.to_string(),
            version: Some(plan.group.version),
            sizes: vec![size.to_owned()],
            input: Value::Object(plan.read(self, &row)?.input),
            brand: plan.setup.brand.clone(),
            locale: None,
            bounds: (edge, edge),
        };
        self.preview_pictures(member, &call).await?.pictures.pop().ok_or_else(missing)
    }

    /// Starts a draft: rows that the check rejects are left out. With `most`, it stops after so many good rows.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`]; [`Error::Conflict`] where it is no draft any more, or no row can
    /// be made.
    pub async fn bulk_start(&self, member: &Member, id: &str, most: Option<usize>) -> Result<()> {
        member.need(Right::Create)?;
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        if let Some(fault) = setup_faults(&plan, &plan.setup).into_iter().next() {
            return Err(Error::Conflict(fault.message));
        }
        let (mut good, mut rejected, mut until) = (0, Vec::new(), None);
        self.each_bulk_row(&plan, |row, read| {
            if read.problems.is_empty() {
                good += 1;
                if Some(good) == most {
                    until = Some(row.number);
                }
            } else {
                rejected.push((row.number, read.problems.iter().map(|problem| problem.text.as_str()).collect::<Vec<_>>().join(" ")));
            }
        })
        .await?;
        if good == 0 {
            return Err(Error::Conflict("No row can be made yet. Mend the sheet, then bring it again.".to_owned()));
        }
        if !self.store.start_bulk_run(member.team, plan.run.id, rejected, until, self.clock.now()).await? {
            return Err(started());
        }
        let rows = most.map_or(good, |most| good.min(most));
        self.note(member, "bulk.started", &plan.run.name, &format!("{rows} rows")).await;
        self.bulk_started.notify_one();
        Ok(())
    }

    /// Stops a run; rows that were begun end.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`]; [`Error::Conflict`] where it does not run.
    pub async fn bulk_pause(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Create)?;
        let run = self.bulk_run(member, id).await?;
        let paused = self.store.pause_bulk_run(member.team, run.id).await?;
        paused.then_some(()).ok_or_else(|| Error::Conflict("This run has stopped already.".to_owned()))
    }

    /// Goes on with a stopped run, to its end.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`]; [`Error::InsufficientCredits`] where not one row can be paid;
    /// [`Error::Conflict`] where it is not stopped.
    pub async fn bulk_go_on(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Create)?;
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let required = i64::try_from(plan.sizes().count()).unwrap_or(i64::MAX);
        if let Some(remaining) = self.credits(&member.principal()).await?.remaining.filter(|left| *left < required) {
            return Err(Error::InsufficientCredits { required, remaining });
        }
        if !self.store.resume_bulk_run(member.team, plan.run.id).await? {
            return Err(Error::Conflict("This run is not stopped.".to_owned()));
        }
        self.bulk_started.notify_one();
        Ok(())
    }

    /// Removes a run with its sheet. What it made stays in the history.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`]; [`Error::Conflict`] while it runs.
    pub async fn bulk_delete(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Create)?;
        let run = self.bulk_run(member, id).await?;
        let deleted = self.store.delete_bulk_run(member.team, run.id).await?;
        if !deleted {
            return Err(Error::Conflict("Pause the run first, then delete it.".to_owned()));
        }
        self.note(member, "bulk.deleted", &run.name, "").await;
        Ok(())
    }
}

fn started() -> Error {
    Error::Conflict("This run was started already.".to_owned())
}

fn view(run: BulkRun, counts: BulkCounts) -> BulkView {
    BulkView {
        id: run.id.to_string(),
        name: run.name,
        state: run.state,
        template: run.template_group.to_string(),
        template_name: run.template_name,
        maker: run.user_name,
        rows: counts.rows,
        waiting: counts.waiting,
        rejected: counts.rejected,
        refused: counts.refused,
        made: counts.made,
        next: counts.next,
        until: run.until_row,
        created_at: run.created_at,
        ended_at: run.ended_at,
    }
}

/// What of a setup can't be, apart from its kit.
fn setup_faults(plan: &plan::Plan, setup: &Setup) -> Vec<Detail> {
    let mut faults = Vec::new();
    let mut fault = |param: &str, code, message: String| faults.push(detail(param, code, message, None, None));
    let there = |column: usize| column < plan.columns.len();
    for field in plan.document().fields() {
        let param = format!("fields.{}", field.name);
        match setup.fields.get(&field.name) {
            Some(Fill::Column(column)) if !there(*column) => {
                fault(&param, "not_allowed", format!("{}: the sheet has no such column.", field.label))
            }
            Some(Fill::Text(text)) => {
                if let Err(problem) = static_text(plan, field, text) {
                    fault(&param, "invalid_type", problem);
                }
            }
            None if field.required && field.default.is_none() => {
                fault(&param, "missing_input", format!("{} is required: choose a column, or write a text for all rows.", field.label));
            }
            _ => {}
        }
    }
    if setup.external_id.is_some_and(|column| !there(column)) {
        fault("externalId", "not_allowed", "External id: the sheet has no such column.".to_owned());
    }
    if setup.sizes.iter().any(|key| plan.document().sizes().iter().all(|size| size.key != *key)) {
        fault("sizes", "not_allowed", "One of these sizes is not in the template.".to_owned());
    }
    if !setup.format.is_empty() && Encoding::parse(&setup.format).is_none() {
        fault("format", "not_allowed", format!("The format must be {}.", encoding::in_words()));
    }
    faults
}

/// A text that all rows share is checked once, where it is written.
fn static_text(plan: &plan::Plan, field: &template::Field, text: &str) -> Result<(), String> {
    let value = convert::value(field, text).map_err(|wrong| format!("{}: {}", field.label, wrong.remedy))?;
    let Some(value) = value else { return Ok(()) };
    let input = Value::Object(Map::from_iter([(field.name.clone(), value)]));
    match template::Inputs::check(plan.document(), &input, "", false) {
        Ok(_) => Ok(()),
        Err(faults) => Err(faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" ")),
    }
}
