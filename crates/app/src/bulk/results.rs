//! What a run made: row by row, as one ZIP, and the rows that were left out.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;

use domain::{BulkRowState, GenerationId, GenerationStatus, ImageStatus};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use store::{BulkEnd, BulkRow, Generation};

use super::plan::Plan;
use crate::archive::{Archive, stem, zip};
use crate::view::Failure;
use crate::{App, Error, Member, Missing, Result};

/// Rows read at a time.
const PAGE: u32 = 100;

/// How a run's rows came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulkResult {
    pub completed: u64,
    /// Some sizes failed.
    pub partial: u64,
    pub failed: u64,
    /// Begun and not ended.
    pub drawing: u64,
    /// Charged.
    pub credits: i64,
}

impl BulkResult {
    #[must_use]
    pub fn has_pictures(&self) -> bool {
        self.completed + self.partial > 0
    }
}

/// One row with what became of it.
#[derive(Clone, Debug)]
pub struct RowOutcome {
    pub row: u32,
    pub external_id: String,
    /// `completed`, `partial`, `failed`, `processing`, `queued`, `deleted`, `rejected`, `refused` or `waiting`.
    pub status: &'static str,
    /// Empty where nothing went wrong.
    pub error: String,
    /// Of every finished file.
    pub urls: Vec<String>,
    pub credits: i64,
    pub generation: Option<String>,
}

/// Rows that have no pictures, as they stood in the sheet.
#[derive(Clone, Debug)]
pub struct LeftOut {
    pub columns: Vec<String>,
    /// Number, cells, and why.
    pub rows: Vec<(u32, Vec<String>, String)>,
}

impl App {
    /// Every row after the one of number `after`, at most 100 of them.
    ///
    /// # Errors
    /// [`Missing::BulkRun`].
    pub async fn bulk_outcomes(&self, member: &Member, id: &str, after: u32) -> Result<Vec<RowOutcome>> {
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let (rows, made) = self.bulk_page(&plan, &[], after).await?;
        rows.iter().map(|row| self.outcome(&plan, row, row.generation.and_then(|id| made.get(&id)))).collect()
    }

    /// The first rows that went wrong, at most `most`: what the check rejected is not among them.
    ///
    /// # Errors
    /// [`Missing::BulkRun`].
    pub async fn bulk_troubles(&self, member: &Member, id: &str, most: usize) -> Result<Vec<RowOutcome>> {
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let (mut found, mut after) = (Vec::new(), 0);
        while found.len() < most {
            let (rows, made) = self.bulk_page(&plan, &[BulkRowState::Made, BulkRowState::Refused], after).await?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            for row in &rows {
                let outcome = self.outcome(&plan, row, row.generation.and_then(|id| made.get(&id)))?;
                if !outcome.error.is_empty() {
                    found.push(outcome);
                }
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// The rows without pictures: of a draft, those that the check rejects; else those that it rejected, were refused or failed.
    ///
    /// # Errors
    /// [`Missing::BulkRun`].
    pub async fn bulk_left_out(&self, member: &Member, id: &str) -> Result<LeftOut> {
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let mut left = Vec::new();
        if plan.run.state == domain::BulkState::Draft {
            self.each_bulk_row(&plan, |row, read| {
                if !read.problems.is_empty() {
                    let why: Vec<&str> = read.problems.iter().map(|problem| problem.text.as_str()).collect();
                    left.push((row.number, read.cells, why.join(" ")));
                }
            })
            .await?;
            return Ok(LeftOut { columns: plan.columns, rows: left });
        }
        let mut after = 0;
        loop {
            let states = [BulkRowState::Made, BulkRowState::Rejected, BulkRowState::Refused];
            let (rows, made) = self.bulk_page(&plan, &states, after).await?;
            let Some(last) = rows.last() else { return Ok(LeftOut { columns: plan.columns, rows: left }) };
            after = last.number;
            for row in &rows {
                let outcome = self.outcome(&plan, row, row.generation.and_then(|id| made.get(&id)))?;
                if matches!(outcome.status, "rejected" | "refused" | "failed") {
                    let cells = serde_json::from_str(&row.cells).map_err(Error::internal)?;
                    left.push((row.number, cells, outcome.error));
                }
            }
        }
    }

    /// Every picture of a run as one ZIP that is written while it is sent: `{group}-{size}-{external id, or row}`.
    ///
    /// # Errors
    /// [`Missing::BulkRun`]; [`Missing::Other`] where there is no picture yet.
    pub async fn bulk_archive(&self, member: &Member, id: &str) -> Result<Archive> {
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        if !self.bulk_view(member, id).await?.1.has_pictures() {
            return Err(Error::missing(Missing::Other));
        }
        let group = self.template_word(member.team, &plan.group.id).await?;
        let file_name = format!("{}.zip", stem(&group, None, Some(plan.run.name.trim_end_matches(".csv"))));
        let names = Names { group, used: HashSet::new() };
        let walk = Walk { app: self.clone(), plan, names, after: 0, files: VecDeque::new() };
        let pictures = stream::try_unfold(walk, Walk::next);
        Ok(Archive { file_name, bytes: zip(pictures.into_stream()).boxed() })
    }

    /// Rows, and the generations that they have.
    async fn bulk_page(
        &self,
        plan: &Plan,
        states: &[BulkRowState],
        after: u32,
    ) -> Result<(Vec<BulkRow>, HashMap<GenerationId, Generation>)> {
        let rows = self.store.bulk_rows(plan.run.team, plan.run.id, states, after, PAGE).await?;
        let ids: Vec<GenerationId> = rows.iter().filter_map(|row| row.generation).collect();
        let made = self.store.generations_among(plan.run.team, &ids).await?;
        Ok((rows, made.into_iter().map(|generation| (generation.id, generation)).collect()))
    }

    fn outcome(&self, plan: &Plan, row: &BulkRow, made: Option<&Generation>) -> Result<RowOutcome> {
        let cells: Vec<String> = serde_json::from_str(&row.cells).map_err(Error::internal)?;
        let external_id = plan.setup.external_id.and_then(|column| cells.get(column)).map(|id| id.trim().to_owned()).unwrap_or_default();
        let mut outcome = RowOutcome {
            row: row.number,
            external_id,
            status: row.state.as_str(),
            error: row.problem.clone(),
            urls: Vec::new(),
            credits: 0,
            generation: None,
        };
        if row.state == BulkRowState::Made {
            outcome.status = made.map_or("deleted", |generation| generation.status.as_str());
        }
        if let Some(generation) = made {
            outcome.error = troubles(generation);
            outcome.credits = generation.charged;
            outcome.generation = Some(generation.id.to_string());
            if generation.expired_at.is_none() {
                outcome.urls = finished(generation).map(|(_, key)| self.picture_url(key)).collect();
            }
        }
        Ok(outcome)
    }
}

pub(super) fn result(ends: &[BulkEnd]) -> BulkResult {
    let mut result = BulkResult::default();
    for end in ends {
        result.credits += end.charged;
        match end.status {
            GenerationStatus::Completed => result.completed += end.rows,
            GenerationStatus::Partial => result.partial += end.rows,
            GenerationStatus::Failed => result.failed += end.rows,
            GenerationStatus::Queued | GenerationStatus::Processing => result.drawing += end.rows,
        }
    }
    result
}

/// Size and blob of every finished file.
fn finished(generation: &Generation) -> impl Iterator<Item = (&str, &str)> {
    let files = generation.images.iter().flat_map(|image| image.files.iter().map(move |file| (image, file)));
    let done = files.filter(|(image, file)| image.status == ImageStatus::Completed && file.sha256.is_some());
    done.map(|(image, file)| (image.key.as_str(), file.blob_key.as_str()))
}

fn troubles(generation: &Generation) -> String {
    if let Some(failure) = generation.error.as_deref().and_then(|text| serde_json::from_str::<Failure>(text).ok()) {
        return failure.message;
    }
    let failed = generation.images.iter().filter_map(|image| Some(format!("{}: {}", image.name, image.error.as_ref()?.message)));
    failed.collect::<Vec<_>>().join(" ")
}

/// The files' names, none of them twice.
struct Names {
    group: String,
    used: HashSet<String>,
}

impl Names {
    fn name(&mut self, size: &str, row: u32, external_id: Option<&str>, key: &str) -> String {
        let extension = key.rsplit('.').next().unwrap_or_default();
        let number = row.to_string();
        let plain = stem(&self.group, Some(size), Some(external_id.unwrap_or(&number)));
        let name = format!("{plain}.{extension}");
        // Ids may repeat, and look alike once they are file names.
        let name = if self.used.contains(&name) { format!("{plain}-row-{number}.{extension}") } else { name };
        self.used.insert(name.clone());
        name
    }
}

/// From row to row, picture by picture.
struct Walk {
    app: App,
    plan: Plan,
    names: Names,
    after: u32,
    files: VecDeque<(String, String)>,
}

impl Walk {
    async fn next(mut self) -> io::Result<Option<((String, bytes::Bytes), Self)>> {
        while self.files.is_empty() {
            let page = self.app.bulk_page(&self.plan, &[BulkRowState::Made], self.after).await;
            let (rows, made) = page.map_err(io::Error::other)?;
            let Some(last) = rows.last() else { return Ok(None) };
            self.after = last.number;
            for row in &rows {
                let Some(generation) = row.generation.and_then(|id| made.get(&id)).filter(|made| made.expired_at.is_none()) else {
                    continue;
                };
                for (size, key) in finished(generation) {
                    let name = self.names.name(size, row.number, generation.external_id.as_deref(), key);
                    self.files.push_back((name, key.to_owned()));
                }
            }
        }
        let Some((name, key)) = self.files.pop_front() else { return Ok(None) };
        let bytes = self.app.read_picture(&key).await?;
        Ok(Some(((name, bytes), self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_id_or_its_row_and_never_twice() {
        let mut names = Names { group: "product".into(), used: HashSet::new() };
        assert_eq!(names.name("square", 2, Some("SKU/7"), "p/x.png"), "product-square-SKU-7.png");
        assert_eq!(names.name("story", 2, Some("SKU/7"), "p/y.png"), "product-story-SKU-7.png");
        assert_eq!(names.name("square", 3, Some("SKU 7"), "p/z.png"), "product-square-SKU-7-row-3.png");
        assert_eq!(names.name("square", 4, None, "p/a.jpg"), "product-square-4.jpg");
    }
}
