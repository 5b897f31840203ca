//! What is taken away from a run: its pictures, its results, and the rows that have no pictures.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::Web;
use crate::csv::Csv;
use crate::error::PageError;
use crate::pages::generations::attachment;
use crate::who::InTeam;

pub(crate) async fn pictures(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let archive = web.app().bulk_archive(&inside.member, &id).await?;
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, attachment(&archive.file_name))];
    Ok((headers, Body::from_stream(archive.bytes)).into_response())
}

pub(crate) async fn results(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let name = web.app().bulk_view(&inside.member, &id).await?.0.name;
    let mut csv = Csv::new(&["row", "external id", "status", "error", "urls", "credits", "generation"]);
    let mut after = 0;
    loop {
        let rows = web.app().bulk_outcomes(&inside.member, &id, after).await?;
        let Some(last) = rows.last() else { break };
        after = last.row;
        for row in rows {
            csv.row(&[
                row.row.to_string(),
                row.external_id,
                row.status.to_owned(),
                row.error,
                row.urls.join(" "),
                row.credits.to_string(),
                row.generation.unwrap_or_default(),
            ]);
        }
    }
    Ok(csv.answer(&file(&name, "results")))
}

pub(crate) async fn left_out(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let name = web.app().bulk_view(&inside.member, &id).await?.0.name;
    let left = web.app().bulk_left_out(&inside.member, &id).await?;
    let head: Vec<&str> = left.columns.iter().map(String::as_str).chain(["Row", "What to mend"]).collect();
    let mut csv = Csv::new(&head);
    for (row, mut cells, why) in left.rows {
        cells.extend([row.to_string(), why]);
        csv.row(&cells);
    }
    Ok(csv.answer(&file(&name, "left-out")))
}

/// A template's headings with its example below.
pub(crate) async fn example(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, template)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (name, cells) = web.app().bulk_example(&inside.member, &template).await?;
    let (labels, values): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
    let mut csv = Csv::new(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    csv.row(&values);
    Ok(csv.answer(&file(&name, "example")))
}

/// `spring-results.csv` of the run "Spring.csv".
fn file(run: &str, what: &str) -> String {
    let lower = run.to_lowercase();
    let stem = lower.rsplit_once('.').map_or(lower.as_str(), |(stem, _)| stem);
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { format!("bulk-{what}.csv") } else { format!("{}-{what}.csv", words.join("-")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_named_after_its_sheet() {
        assert_eq!(file("Spring \"2026\".csv", "results"), "spring-2026-results.csv");
        assert_eq!(file("棚卸", "left-out"), "bulk-left-out.csv");
    }
}
