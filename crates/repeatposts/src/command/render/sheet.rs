//! `render --csv`: a row of a sheet makes one set of pictures. Columns are matched and cells read as Bulk does in the web app.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use app::bulk::MatchedSheet;
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::write;
use crate::{
    command::{
        Context, Failure, backup,
        easel::{DrawnSize, Easel, Subject},
    },
    output,
};

/// What came of one row.
struct Row {
    number: u32,
    external_id: Option<String>,
    images: Vec<Value>,
    errors: Vec<String>,
}

pub async fn run(context: &Context, easel: &Arc<Easel>, subject: &Subject, file: &Path, out: &Path, group: &str) -> Result<(), Failure> {
    let named = |problem: String| format!("{}: {problem}", file.display());
    let bytes = std::fs::read(file).map_err(|e| named(e.to_string()))?;
    let sheet = MatchedSheet::read(&subject.document, &bytes).map_err(named)?;
    for column in sheet.unused() {
        output::complain(&format!("note: nothing is taken from the column {column}"));
    }
    let link_fault = |url: &str| assets::check_url_text(url, &easel.allow).err().map(|fault| fault.to_string());
    let mut progress = Progress::begin(sheet.rows(&subject.document, &link_fault).len());
    let rows = sheet.rows(&subject.document, &link_fault).map(|(number, read)| async move {
        let errors: Vec<String> = read.problems.into_iter().map(|problem| problem.text).collect();
        let drawn = if errors.is_empty() { draw(easel, subject, read.input.into()).await } else { Err(errors) };
        (number, read.external_id, drawn)
    });
    let side_by_side = std::thread::available_parallelism().map_or(1, usize::from);
    let mut drawn = stream::iter(rows).buffered(side_by_side);
    let mut done = Vec::new();
    while let Some((number, external_id, drawn)) = drawn.next().await {
        let row = match drawn {
            Ok(drawn) => {
                let images = write(&drawn, out, &format!("{group}-{number:04}"))?;
                let failed = drawn.iter().filter_map(|(key, drawn)| Some(format!("{key}: {}", drawn.as_ref().err()?)));
                Row { number, external_id, images, errors: failed.collect() }
            }
            Err(errors) => Row { number, external_id, images: Vec::new(), errors },
        };
        progress.row(&row);
        done.push(row);
    }
    progress.end();
    answer(context, &done)
}

async fn draw(easel: &Arc<Easel>, subject: &Subject, input: Value) -> Result<Vec<DrawnSize>, Vec<String>> {
    let (inputs, said) = subject.check(&input).map_err(|fault| vec![fault])?;
    easel.draw(subject, &inputs, &said).await.map_err(|error| vec![error])
}

fn answer(context: &Context, rows: &[Row]) -> Result<(), Failure> {
    let mut warnings = BTreeMap::<&str, usize>::new();
    let images = || rows.iter().flat_map(|row| &row.images).filter(|image| image["error"].is_null());
    for code in images().flat_map(|image| image["warnings"].as_array().into_iter().flatten()).filter_map(|warning| warning["code"].as_str())
    {
        *warnings.entry(code).or_default() += 1;
    }
    let failed = rows.iter().filter(|row| !row.errors.is_empty()).count();
    let of = |row: &Row| json!({ "row": row.number, "externalId": row.external_id, "images": row.images, "errors": row.errors });
    let value = json!({ "rows": rows.iter().map(of).collect::<Vec<_>>(), "warnings": warnings, "failed": failed });
    context.output.result(&value, || {
        let made = format!("{} pictures of {} rows", images().count(), rows.len() - failed);
        let told = warnings.iter().map(|(code, count)| format!("\n    {count} × {code}"));
        told.fold(made, |text, line| text + &line)
    });
    if failed == 0 { Ok(()) } else { Err(Failure { message: format!("{failed} of {} rows failed", rows.len()), code: 1 }) }
}

/// A bar for a person at a terminal, else a line now and then; what is wrong with a row at once.
struct Progress {
    bar: ProgressBar,
    rows: usize,
    done: usize,
}

/// Lines of progress that a log gets.
const LINES: usize = 10;

impl Progress {
    fn begin(rows: usize) -> Self {
        Self { bar: backup::bar(rows as u64, "rows"), rows, done: 0 }
    }

    fn row(&mut self, row: &Row) {
        self.bar.suspend(|| row.errors.iter().for_each(|error| output::complain(&format!("row {}: {error}", row.number))));
        self.done += 1;
        self.bar.inc(1);
        let step = |done: usize| done * LINES / self.rows.max(1);
        if self.bar.is_hidden() && step(self.done) > step(self.done - 1) {
            output::complain(&format!("{} of {} rows", self.done, self.rows));
        }
    }

    fn end(self) {
        self.bar.finish_and_clear();
    }
}
