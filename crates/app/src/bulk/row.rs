//! One row of a sheet read against a template: its input data, and everything that is wrong with it.

use serde_json::{Map, Value};
use template::{Document, Field, Inputs, PictureSource};

use super::convert;
use super::setup::{Fill, Setup, guess};
use super::sheet;
use crate::Detail;

/// Characters of a cell that a message shows.
const FOUND: usize = 40;
const PATH: &str = "inputData";

/// What a row says.
#[derive(Clone, Debug)]
pub struct RowRead {
    pub cells: Vec<String>,
    pub input: Map<String, Value>,
    pub external_id: Option<String>,
    /// Empty where it can be made.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What mends it, which it shares with others: `Price: use digits, for example 12.50.`
    pub remedy: String,
    /// Without the row: `Price: found "12,5O". Use digits, for example 12.50.`
    pub text: String,
}

/// A sheet whose columns are matched to a template's fields by their headings, for those who draw without a service.
#[derive(Clone, Debug)]
pub struct MatchedSheet {
    columns: Vec<String>,
    rows: Vec<(u32, Vec<String>)>,
    setup: Setup,
}

impl MatchedSheet {
    /// # Errors
    /// A sheet that can't be read, or none of whose headings is a field.
    pub fn read(document: &Document, bytes: &[u8]) -> Result<Self, String> {
        let sheet = sheet::read(bytes)?;
        let setup = guess(document, &sheet.columns);
        if setup.fields.is_empty() {
            let fields: Vec<&str> = document.fields().iter().map(|field| field.name.as_str()).collect();
            return Err(format!("None of its headings is a field of the template. The fields are {}.", fields.join(", ")));
        }
        Ok(Self { columns: sheet.columns, rows: sheet.rows, setup })
    }

    /// Headings that nothing is taken from.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let used =
            |place: &usize| self.setup.external_id == Some(*place) || self.setup.fields.values().any(|fill| *fill == Fill::Column(*place));
        self.columns.iter().enumerate().filter(move |(place, _)| !used(place)).map(|(_, name)| name.as_str())
    }

    /// Each row by its number in the spreadsheet. `link_fault`: what is wrong with a picture's link, if anything.
    pub fn rows<'a>(
        &'a self,
        document: &'a Document,
        link_fault: &'a dyn Fn(&str) -> Option<String>,
    ) -> impl ExactSizeIterator<Item = (u32, RowRead)> + 'a {
        self.rows.iter().map(move |(number, cells)| (*number, read(document, &self.setup, cells.clone(), link_fault)))
    }
}

/// `link_fault`: as for [`MatchedSheet::rows`].
pub(super) fn read(document: &Document, setup: &Setup, cells: Vec<String>, link_fault: &dyn Fn(&str) -> Option<String>) -> RowRead {
    let cell = |column: usize| cells.get(column).map(String::as_str).unwrap_or_default();
    let (mut input, mut problems, mut unread) = (Map::new(), Vec::new(), Vec::new());
    for field in document.fields() {
        let text = match setup.fields.get(&field.name) {
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
    let external_id = setup.external_id.map(|column| cell(column).trim().to_owned()).filter(|id| !id.is_empty());
    problems.extend(faults(document, &input, &unread, link_fault));
    RowRead { cells, input, external_id, problems }
}

fn faults(document: &Document, input: &Map<String, Value>, unread: &[&str], link_fault: &dyn Fn(&str) -> Option<String>) -> Vec<Problem> {
    let field = |param: &str| {
        let name = param.strip_prefix(PATH)?.strip_prefix('.')?.split(['.', '[']).next()?;
        document.fields().iter().find(|field| field.name == name)
    };
    let told = |fault: &Detail| match field(&fault.param) {
        Some(field) if unread.contains(&field.name.as_str()) => None,
        Some(field) => Some(problem(&field.label, fault, Some(field))),
        None => Some(problem("Row", fault, None)),
    };
    let inputs = match Inputs::check(document, &Value::Object(input.clone()), PATH, true) {
        Ok((inputs, _)) => inputs,
        Err(faults) => return faults.iter().filter_map(told).collect(),
    };
    let pictures = inputs.pictures(document);
    let links = pictures.into_iter().filter_map(|(_, picture)| match &picture.source {
        PictureSource::Url(url) => Some((&picture.path, url)),
        _ => None,
    });
    links
        .filter_map(|(path, url)| {
            let fault = link_fault(url)?;
            told(&crate::error::detail(path, "invalid_url", format!("The link {fault}."), None, None))
        })
        .collect()
}

/// A fault of the call in the words of a sheet.
pub(super) fn problem(label: &str, fault: &Detail, field: Option<&Field>) -> Problem {
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
