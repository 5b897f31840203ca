//! A run with its template opened: what a row says, what is wrong with it, and the call that it becomes.

use std::sync::Arc;

use domain::BulkRunId;
use serde_json::{Map, Value, json};
use store::{BulkRow, BulkRun};
use template::{Document, Field, Inputs, PictureSource, Size};

use super::convert;
use super::setup::{Fill, Setup};
use crate::catalog::Group;
use crate::generate::request;
use crate::{App, BrandChoice, Detail, Error, Member, Missing, Result};

/// Characters of a cell that a message shows.
const FOUND: usize = 40;
const PATH: &str = "inputData";

pub(super) struct Plan {
    pub run: BulkRun,
    pub group: Group,
    pub columns: Vec<String>,
    pub setup: Setup,
}

/// What a row says.
pub(super) struct RowRead {
    pub cells: Vec<String>,
    pub input: Map<String, Value>,
    pub external_id: Option<String>,
    /// Empty where it can be made.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// What mends it, which it shares with others: `Price: use digits, for example 12.50.`
    pub remedy: String,
    /// Without the row: `Price: found "12,5O". Use digits, for example 12.50.`
    pub text: String,
}

impl App {
    /// # Errors
    /// [`Missing::BulkRun`] for another team's run as for one that never was.
    pub(super) async fn bulk_run(&self, member: &Member, id: &str) -> Result<BulkRun> {
        let missing = || Error::missing(Missing::BulkRun);
        let id: BulkRunId = id.parse().map_err(|_| missing())?;
        self.store.bulk_run(member.team, id).await?.ok_or_else(missing)
    }

    pub(super) async fn bulk_plan(&self, run: BulkRun) -> Result<Plan> {
        let group = self.accepted_group(run.team, run.template_group.clone(), run.template_version).await?;
        let columns = serde_json::from_str(&run.columns).map_err(Error::internal)?;
        let setup = serde_json::from_str(&run.setup).map_err(Error::internal)?;
        Ok(Plan { run, group, columns, setup })
    }
}

impl Plan {
    pub fn document(&self) -> &Arc<Document> {
        &self.group.document
    }

    /// The chosen sizes in the template's order.
    pub fn sizes(&self) -> impl Iterator<Item = &Size> {
        let chosen = &self.setup.sizes;
        self.document().sizes().iter().filter(move |size| chosen.is_empty() || chosen.contains(&size.key))
    }

    /// Everything that is wrong is found at once, but assets and kits that are gone: the call itself says so.
    pub fn read(&self, app: &App, row: &BulkRow) -> Result<RowRead> {
        let cells: Vec<String> = serde_json::from_str(&row.cells).map_err(Error::internal)?;
        let cell = |column: usize| cells.get(column).map(String::as_str).unwrap_or_default();
        let (mut input, mut problems, mut unread) = (Map::new(), Vec::new(), Vec::new());
        for field in self.document().fields() {
            let text = match self.setup.fields.get(&field.name) {
                Some(Fill::Column(column)) => cell(*column),
                Some(Fill::Text(text)) => text,
                None => continue,
            };
            match convert::value(field, text) {
                Ok(Some(value)) => drop(input.insert(field.name.clone(), value)),
                Ok(None) => {}
                Err(wrong) => {
                    unread.push(field.name.as_str());
                    let found: String = text.trim().chars().take(FOUND).collect();
                    problems.push(Problem {
                        remedy: format!("{}: {}", field.label, wrong.general),
                        text: format!("{}: found \"{found}\". {}", field.label, wrong.remedy),
                    });
                }
            }
        }
        let external_id = self.setup.external_id.map(|column| cell(column).trim().to_owned()).filter(|id| !id.is_empty());
        problems.extend(self.faults(app, &input, &unread));
        let body = self.body(row.number, &input, external_id.as_deref());
        let faults = request::read(&body, false).faults;
        problems.extend(faults.iter().filter(|fault| fault.param == "externalId").map(|fault| problem("External id", fault, None)));
        Ok(RowRead { cells, input, external_id, problems })
    }

    fn faults(&self, app: &App, input: &Map<String, Value>, unread: &[&str]) -> Vec<Problem> {
        let field = |param: &str| {
            let name = param.strip_prefix(PATH)?.strip_prefix('.')?.split(['.', '[']).next()?;
            self.document().fields().iter().find(|field| field.name == name)
        };
        let told = |fault: &Detail| match field(&fault.param) {
            Some(field) if unread.contains(&field.name.as_str()) => None,
            Some(field) => Some(problem(&field.label, fault, Some(field))),
            None => Some(problem("Row", fault, None)),
        };
        let inputs = match Inputs::check(self.document(), &Value::Object(input.clone()), PATH, true) {
            Ok((inputs, _)) => inputs,
            Err(faults) => return faults.iter().filter_map(told).collect(),
        };
        let pictures = inputs.pictures(self.document());
        let links = pictures.into_iter().filter_map(|(_, picture)| match &picture.source {
            PictureSource::Url(url) if app.own_path(url).is_none() => Some((&picture.path, url)),
            _ => None,
        });
        links
            .filter_map(|(path, url)| {
                let fault = assets::check_url_text(url, &app.allow).err()?;
                told(&crate::error::detail(path, "invalid_url", format!("The link {fault}."), None, None))
            })
            .collect()
    }

    /// The row as the body of `POST /v1/generate`.
    pub fn body(&self, number: u32, input: &Map<String, Value>, external_id: Option<&str>) -> Value {
        let mut body = json!({
            "templateGroupId": self.group.id,
            "templateGroupVersion": self.group.version,
            "inputData": input,
            "templates": self.sizes().map(|size| &size.key).collect::<Vec<_>>(),
            "metadata": {"bulkRun": self.run.id, "row": number},
        });
        if !self.setup.format.is_empty() {
            body["output"] = json!({"format": self.setup.format});
        }
        match &self.setup.brand {
            BrandChoice::TeamDefault => {}
            BrandChoice::OwnLook => body["brandKitId"] = Value::Null,
            BrandChoice::Kit(id) => body["brandKitId"] = json!(id),
        }
        if let Some(id) = external_id {
            body["externalId"] = json!(id);
        }
        body
    }
}

/// A fault of the call in the words of a sheet.
fn problem(label: &str, fault: &Detail, field: Option<&Field>) -> Problem {
    let limit = fault.limit.as_ref().and_then(Value::as_u64);
    let message = fault.message.trim().strip_prefix(label).unwrap_or(&fault.message).trim();
    let item = fault.param.split_once('[').and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
    let place = item.map_or_else(|| label.to_owned(), |item| format!("{label}, item {}", item + 1));
    let (remedy, text) = match (fault.code, limit) {
        ("missing_input", _) if item.is_none() => {
            ("Fill the cell: this template needs it.".to_owned(), "the cell is empty. This template needs it.".to_owned())
        }
        ("too_long", Some(limit)) => (format!("Shorten the text to {limit} characters."), message.to_owned()),
        ("too_short", Some(limit)) => (format!("Write at least {limit} characters."), message.to_owned()),
        ("too_many", Some(limit)) => (format!("List at most {limit} items."), message.to_owned()),
        ("not_allowed", _) if field.is_some_and(|field| !field.constraints.values.is_empty()) => {
            let values = field.map(|field| field.constraints.values.join(", ")).unwrap_or_default();
            (format!("Write one of {values}."), message.to_owned())
        }
        _ => (message.to_owned(), message.to_owned()),
    };
    Problem { remedy: format!("{label}: {remedy}"), text: format!("{place}: {text}") }
}
