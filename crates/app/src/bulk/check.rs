//! The check before a run: what can't be made and why, what to look at, and what it costs.

use std::collections::HashMap;
use std::time::Instant;

use domain::BulkRowState;
use serde_json::Value;
use store::BulkRow;
use template::{FieldType, Warning};

use super::plan::Plan;
use super::row::RowRead;
use crate::{App, Error, GenerateAnswer, GenerateCall, Member, Result};

/// Rows that are looked at as pictures.
const SAMPLES: usize = 5;
/// Rows read at a time, and sentences shown of one remedy.
const PAGE: u32 = 500;
const EXAMPLES: usize = 3;

/// What a check found.
#[derive(Clone, Debug)]
pub struct BulkCheck {
    pub good: usize,
    /// Rows that will be left out.
    pub bad: usize,
    /// Pictures of one row.
    pub sizes: usize,
    /// Credits that are left; `None` is unlimited.
    pub remaining: Option<i64>,
    /// By remedy, the one that mends most rows first.
    pub problems: Vec<Remedy>,
    /// Rows whose external id stands in another row too.
    pub same_ids: Vec<u32>,
    pub samples: Vec<Sample>,
    /// What the engine measured in the samples: row, size, warning.
    pub warnings: Vec<(u32, String, Warning)>,
}

/// What one remedy mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// `Price: Use digits, for example 12.50.`
    pub text: String,
    pub rows: Vec<u32>,
    /// `Row 42, Price: found "12,5O". Use digits, for example 12.50.`
    pub examples: Vec<String>,
}

/// A row that tells much about the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub row: u32,
    /// Why it is shown: `longest text`.
    pub why: &'static str,
    /// Its first text.
    pub title: String,
}

/// What choosing samples needs of a good row.
struct Measure {
    row: u32,
    title: String,
    characters: usize,
    empty: usize,
}

impl BulkCheck {
    /// Credits for all good rows.
    #[must_use]
    pub fn cost(&self) -> i64 {
        i64::try_from(self.good * self.sizes).unwrap_or(i64::MAX)
    }

    /// Rows that the credits reach for, where they don't reach for all.
    #[must_use]
    pub fn affordable(&self) -> Option<usize> {
        let left = self.remaining.filter(|left| *left < self.cost())?;
        Some(usize::try_from(left).unwrap_or(0) / self.sizes.max(1))
    }
}

impl App {
    /// Looks at every row of a draft as the run would, and at some of them as pictures would come out.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`crate::Missing::BulkRun`].
    pub async fn bulk_check(&self, member: &Member, id: &str) -> Result<BulkCheck> {
        member.need(domain::Right::Create)?;
        let plan = self.bulk_plan(self.bulk_run(member, id).await?).await?;
        let mut measures = Vec::new();
        let mut ids: HashMap<String, Vec<u32>> = HashMap::new();
        let (mut problems, mut bad) = (Vec::<Remedy>::new(), 0);
        let mut places: HashMap<String, usize> = HashMap::new();
        self.each_bulk_row(&plan, |row, read| {
            if read.problems.is_empty() {
                measures.push(measure(&plan, row, &read));
                if let Some(id) = read.external_id {
                    ids.entry(id).or_default().push(row.number);
                }
                return;
            }
            bad += 1;
            for problem in read.problems {
                let place = *places.entry(problem.remedy.clone()).or_insert_with(|| {
                    problems.push(Remedy { text: problem.remedy.clone(), rows: Vec::new(), examples: Vec::new() });
                    problems.len() - 1
                });
                if let Some(group) = problems.get_mut(place) {
                    if group.rows.last() != Some(&row.number) {
                        group.rows.push(row.number);
                    }
                    if group.examples.len() < EXAMPLES {
                        group.examples.push(format!("Row {}, {}", row.number, problem.text));
                    }
                }
            }
        })
        .await?;
        problems.sort_by_key(|group| std::cmp::Reverse(group.rows.len()));
        let mut same_ids: Vec<u32> = ids.into_values().filter(|rows| rows.len() > 1).flatten().collect();
        same_ids.sort_unstable();
        let samples = samples(&measures);
        Ok(BulkCheck {
            good: measures.len(),
            bad,
            sizes: plan.sizes().count(),
            remaining: self.credits(&member.principal()).await?.remaining,
            problems,
            same_ids,
            warnings: self.sample_warnings(member, &plan, &samples).await?,
            samples,
        })
    }

    /// Every row of a draft in its order, with what it says.
    pub(super) async fn each_bulk_row(&self, plan: &Plan, mut each: impl FnMut(&BulkRow, RowRead) + Send) -> Result<()> {
        let mut after = 0;
        loop {
            let rows = self.store.bulk_rows(plan.run.team, plan.run.id, &[BulkRowState::Waiting], after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.number;
            for row in &rows {
                each(row, plan.read(self, row)?);
            }
        }
    }

    /// One row of a run by its number.
    pub(super) async fn bulk_row(&self, plan: &Plan, number: u32) -> Result<Option<BulkRow>> {
        let rows = self.store.bulk_rows(plan.run.team, plan.run.id, &[], number.saturating_sub(1), 1).await?;
        Ok(rows.into_iter().find(|row| row.number == number))
    }

    async fn sample_warnings(&self, member: &Member, plan: &Plan, samples: &[Sample]) -> Result<Vec<(u32, String, Warning)>> {
        let mut found = Vec::new();
        for sample in samples {
            let Some(row) = self.bulk_row(plan, sample.row).await? else { continue };
            let read = plan.read(self, &row)?;
            let mut body = plan.body(row.number, &read.input, None);
            body["dryRun"] = true.into();
            let call = GenerateCall { body, idempotency_key: None, prefer_async: false, request: None, received: Instant::now() };
            let warnings = match self.generate(&member.principal(), call).await {
                Ok(GenerateAnswer::DryRun { answer, .. }) => answer.warnings,
                // What is gone since the columns were matched: the run says so for each row.
                Ok(GenerateAnswer::Generation(_)) | Err(Error::NotFound { .. }) => Vec::new(),
                Err(error) => return Err(error),
            };
            found.extend(warnings.into_iter().filter_map(|value| {
                let size = value.get("template").and_then(Value::as_str).unwrap_or_default().to_owned();
                let name = plan.sizes().find(|known| known.key == size).map_or(size, |known| known.name.clone());
                Some((row.number, name, serde_json::from_value::<Warning>(value).ok()?))
            }));
        }
        Ok(found)
    }
}

fn measure(plan: &Plan, row: &BulkRow, read: &RowRead) -> Measure {
    let texts = plan.document().fields().iter().filter(|field| matches!(field.kind, FieldType::Text | FieldType::RichText));
    let texts: Vec<&str> = texts.filter_map(|field| read.input.get(&field.name)?.as_str()).collect();
    Measure {
        row: row.number,
        title: texts.first().map(|text| text.chars().take(80).collect()).unwrap_or_default(),
        characters: texts.iter().map(|text| text.chars().count()).sum(),
        empty: plan.setup.fields.len().saturating_sub(read.input.len()),
    }
}

/// The longest text, the emptiest row, the shortest text, the first and the last row, then others spread over the sheet.
fn samples(measures: &[Measure]) -> Vec<Sample> {
    let mut chosen: Vec<(&Measure, &'static str)> = Vec::new();
    let emptiest = measures.iter().rev().max_by_key(|measure| measure.empty).filter(|measure| measure.empty > 0);
    let spread = (1..SAMPLES).filter_map(|part| measures.get(part * measures.len() / SAMPLES));
    let wanted = [
        (measures.iter().rev().max_by_key(|measure| measure.characters), "longest text"),
        (emptiest, "most empty cells"),
        (measures.iter().min_by_key(|measure| measure.characters), "shortest text"),
        (measures.first(), "first row"),
        (measures.last(), "last row"),
    ];
    for (measure, why) in wanted.into_iter().filter_map(|(measure, why)| Some((measure?, why))).chain(spread.map(|measure| (measure, ""))) {
        if chosen.len() < SAMPLES && chosen.iter().all(|(other, _)| other.row != measure.row) {
            chosen.push((measure, why));
        }
    }
    chosen.into_iter().map(|(measure, why)| Sample { row: measure.row, why, title: measure.title.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(all: &[(u32, usize, usize)]) -> Vec<Measure> {
        all.iter()
            .map(|(row, characters, empty)| Measure { row: *row, title: String::new(), characters: *characters, empty: *empty })
            .collect()
    }

    fn chosen(all: &[(u32, usize, usize)]) -> Vec<(u32, &'static str)> {
        samples(&rows(all)).into_iter().map(|sample| (sample.row, sample.why)).collect()
    }

    #[test]
    fn the_telling_rows_are_shown_and_none_twice() {
        let all: Vec<_> = (2..102).map(|row| (row, if row == 40 { 500 } else { 30 + row as usize }, usize::from(row == 77) * 3)).collect();
        assert_eq!(chosen(&all), [(40, "longest text"), (77, "most empty cells"), (2, "shortest text"), (101, "last row"), (22, "")]);
        assert_eq!(chosen(&[(2, 5, 0)]), [(2, "longest text")]);
        assert_eq!(chosen(&[]), []);
    }

    #[test]
    fn what_the_credits_reach_for_is_whole_rows() {
        let check = |remaining| BulkCheck {
            good: 200,
            bad: 0,
            sizes: 4,
            remaining,
            problems: Vec::new(),
            same_ids: Vec::new(),
            samples: Vec::new(),
            warnings: Vec::new(),
        };
        assert_eq!(check(Some(3_120)).affordable(), None);
        assert_eq!(check(None).affordable(), None);
        assert_eq!(check(Some(800)).affordable(), None);
        assert_eq!(check(Some(122)).affordable(), Some(30));
        assert_eq!(check(Some(3)).affordable(), Some(0));
    }
}
