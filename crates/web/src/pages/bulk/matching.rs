//! `/t/{team}/bulk/{id}/match`: which column fills which field, and how the pictures look.

use std::collections::BTreeMap;

use app::bulk::{BulkField, BulkMatch, Column, Fill, Setup};
use app::{BrandChoice, Detail, Encoding, Error, Query};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BulkState, Right};
use template::FieldType;

use super::KEY;
use crate::Web;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show as show_page};
use crate::pages::create::{Draft, OWN_LOOK, choices};
use crate::who::InTeam;

/// Texts of many fields.
type MatchForm = Form<512>;

#[derive(Template)]
#[template(path = "bulk/match.html")]
struct Match {
    page: Page,
    base: String,
    /// This run's address.
    here: String,
    /// `spring.csv · 200 rows`.
    sheet: String,
    template: String,
    problems: Problems,
    fields: Vec<MatchField>,
    external: Field,
    /// Cells of the chosen column.
    external_cells: String,
    kit: Field,
    format: Field,
    sizes: Vec<SizeBox>,
    size_problem: Option<String>,
    /// Headings that nothing uses.
    ignored: Vec<String>,
}

struct MatchField {
    name: String,
    label: String,
    required: bool,
    /// What a cell should hold, where that needs saying.
    hint: &'static str,
    guessed: bool,
    options: Vec<ColumnOption>,
    text: String,
    /// Cells of the chosen column.
    cells: String,
    problem: Option<String>,
}

struct ColumnOption {
    value: String,
    label: String,
    cells: String,
    chosen: bool,
}

struct SizeBox {
    key: String,
    name: String,
    width: u32,
    height: u32,
    chosen: bool,
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let found = web.app().bulk_match(&inside.member, &id).await?;
    if found.run.state != BulkState::Draft {
        return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}"))).into_response());
    }
    let setup = found.setup.clone();
    show_page(&form(&web, &inside, &found, &setup, Problems::default()).await?)
}

pub(crate) async fn save(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    sent: MatchForm,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let found = web.app().bulk_match(&inside.member, &id).await?;
    let (setup, mut problems) = read(&sent, &found);
    if problems.is_empty() {
        match web.app().bulk_set(&inside.member, &id, setup.clone()).await {
            Ok(()) => return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}/check"))).into_response()),
            Err(Error::Validation(faults)) => faults.into_iter().for_each(|fault| problems.add(control(&fault), fault.message)),
            // Somebody started it meanwhile.
            Err(Error::Conflict(_)) => return Ok(Redirect::to(&inside.path(&format!("/bulk/{id}"))).into_response()),
            Err(error) => return Err(error.into()),
        }
    }
    refuse(&form(&web, &inside, &found, &setup, problems).await?)
}

fn read(sent: &MatchForm, found: &BulkMatch) -> (Setup, Problems) {
    let mut problems = Problems::default();
    let mut fields = BTreeMap::new();
    for field in &found.fields {
        let column = sent.text(&format!("column.{}", field.name)).parse::<usize>().ok();
        let text = sent.text(&format!("text.{}", field.name));
        match (column, text) {
            (Some(_), text) if !text.is_empty() => {
                problems.add(format!("column.{}", field.name), format!("{}: choose a column or write a text, not both.", field.label));
                fields.insert(field.name.clone(), Fill::Text(text.to_owned()));
            }
            (Some(column), _) => drop(fields.insert(field.name.clone(), Fill::Column(column))),
            (None, text) if !text.is_empty() => drop(fields.insert(field.name.clone(), Fill::Text(text.to_owned()))),
            (None, _) => {}
        }
    }
    let sizes: Vec<String> = sent.all("size").map(ToOwned::to_owned).collect();
    if sizes.is_empty() {
        problems.add("size", "Choose at least one size.");
    }
    let setup = Setup {
        fields,
        external_id: sent.text("external").parse().ok(),
        brand: Draft { kit: sent.text("kit").to_owned(), ..Draft::default() }.brand(),
        sizes,
        format: sent.text("format").to_owned(),
    };
    (setup, problems)
}

/// The control that a fault is about.
fn control(fault: &Detail) -> String {
    match fault.param.as_str() {
        "externalId" => "external".to_owned(),
        "brand" => "kit".to_owned(),
        "sizes" => "size".to_owned(),
        other => other.strip_prefix("fields.").map_or_else(|| other.to_owned(), |field| format!("column.{field}")),
    }
}

async fn form(web: &Web, inside: &InTeam, found: &BulkMatch, setup: &Setup, problems: Problems) -> Result<Match, PageError> {
    let kits = web.app().brand_kits(&inside.member.principal(), &Query(vec![("limit".into(), "100".into())])).await?.data;
    let chosen = match &setup.brand {
        BrandChoice::TeamDefault => "",
        BrandChoice::OwnLook => OWN_LOOK,
        BrandChoice::Kit(id) => id,
    };
    let kits = choices(&kits, chosen).into_iter().map(|kit| (Choice::new(&kit.id, &kit.name), kit.chosen)).collect();
    Ok(view(inside.page("Match columns", KEY), inside.path("/bulk"), found, setup, problems, kits))
}

fn view(page: Page, base: String, found: &BulkMatch, setup: &Setup, problems: Problems, kits: Vec<(Choice, bool)>) -> Match {
    let used = |place: usize| setup.external_id == Some(place) || setup.fields.values().any(|fill| *fill == Fill::Column(place));
    let ignored = found.columns.iter().enumerate().filter(|(place, _)| !used(*place)).map(|(_, column)| column.name.clone()).collect();
    let kit = kits.iter().find(|(_, chosen)| *chosen).map(|(kit, _)| kit.value.clone()).unwrap_or_default();
    let external = setup.external_id.map_or_else(String::new, |place| place.to_string());
    let mut ids = vec![Choice::new("", "No column: files get the row's number")];
    ids.extend(found.columns.iter().enumerate().map(|(place, column)| Choice::new(&place.to_string(), &column.name)));
    let formats = Encoding::ALL.map(|encoding| Choice::new(encoding.as_str(), encoding.label()));
    let rows = super::figure(found.run.rows);
    Match {
        page,
        here: format!("{base}/{}", found.run.id),
        base,
        sheet: format!("{} · {}", found.run.name, crate::text::count(rows, "row")),
        template: found.run.template_name.clone(),
        fields: found.fields.iter().map(|field| match_field(field, found, setup, &problems)).collect(),
        external_cells: setup.external_id.and_then(|place| found.columns.get(place)).map(cells).unwrap_or_default(),
        external: Field::select("external", "External id", ids)
            .value(external)
            .required()
            .hint("Yours, such as an article number. It stands in the history, in file names and in the results.")
            .checked_by(&problems),
        kit: Field::select("kit", "Brand kit", kits.into_iter().map(|(kit, _)| kit).collect()).value(kit).required().checked_by(&problems),
        format: Field::select("format", "Format", formats.into())
            .value(if setup.format.is_empty() { "png" } else { &setup.format })
            .required()
            .checked_by(&problems),
        sizes: found
            .sizes
            .iter()
            .map(|(key, name, width, height)| SizeBox {
                chosen: setup.sizes.is_empty() || setup.sizes.contains(key),
                key: key.clone(),
                name: name.clone(),
                width: *width,
                height: *height,
            })
            .collect(),
        size_problem: problems.of("size"),
        ignored,
        problems,
    }
}

fn match_field(field: &BulkField, found: &BulkMatch, setup: &Setup, problems: &Problems) -> MatchField {
    let fill = setup.fields.get(&field.name);
    let column = if let Some(Fill::Column(place)) = fill { Some(*place) } else { None };
    let option = |(place, column_): (usize, &Column)| ColumnOption {
        value: place.to_string(),
        label: column_.name.clone(),
        cells: cells(column_),
        chosen: column == Some(place),
    };
    MatchField {
        name: field.name.clone(),
        label: field.label.clone(),
        required: field.required,
        hint: hint(field.kind),
        guessed: column.is_some() && found.guess.fields.get(&field.name) == fill,
        options: found.columns.iter().enumerate().map(option).collect(),
        text: if let Some(Fill::Text(text)) = fill { text.clone() } else { String::new() },
        cells: column.and_then(|place| found.columns.get(place)).map(cells).unwrap_or_default(),
        problem: problems.of(&format!("column.{}", field.name)),
    }
}

fn cells(column: &Column) -> String {
    let shown = |cell: &String| if cell.trim().is_empty() { "(empty)".to_owned() } else { cell.chars().take(60).collect() };
    column.cells.iter().map(shown).collect::<Vec<String>>().join(" · ")
}

fn hint(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Number | FieldType::Rating => "Digits, such as 12.50.",
        FieldType::Boolean => "Yes or no.",
        FieldType::Date => "Days such as 2026-05-14.",
        FieldType::Image => "A link to a picture, or an upload's id.",
        FieldType::Color => "A colour such as #0B6B8A.",
        FieldType::List => "Items with | between them; a figure and its label with = between.",
        FieldType::Url => "A link that starts with https://.",
        _ => "",
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let column = |name: &str, cells: &[&str]| Column { name: name.into(), cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
    let field = |name: &str, label: &str, kind, required| BulkField { name: name.into(), label: label.into(), kind, required };
    let guess = Setup { fields: BTreeMap::from([("title".to_owned(), Fill::Column(0))]), ..Setup::default() };
    let found = BulkMatch {
        run: super::run::sample(BulkState::Draft),
        columns: vec![column("Title", &["Amber <b>tonic</b>", "Oat 2"]), column("Weight", &["", "2 kg"])],
        fields: vec![field("title", "Product name", FieldType::Text, true), field("price", "Price", FieldType::Number, false)],
        sizes: vec![("square".into(), "Instagram square".into(), 1080, 1080)],
        setup: guess.clone(),
        guess: guess.clone(),
    };
    let kits = || vec![(Choice::new("", "Sorrelwick (default)"), true)];
    let page = |setup: &Setup, problems| {
        view(Page::team_sample("Match columns", KEY), "/t/northbank/bulk".into(), &found, setup, problems, kits())
    };
    let mut faults = Problems::one("column.title", "Product name is required: choose a column, or write a text for all rows.");
    faults.add("size", "Choose at least one size.");
    vec![("bulk, match", page(&guess, Problems::default()).render()), ("bulk, match with faults", page(&Setup::default(), faults).render())]
}
