//! Transaction B: a generation ends. Each image is settled or released, exactly once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Credits, GenerationId, GenerationStatus, ImageErrorCode, ImageId, ImageStatus, Mode, Plans, TeamId, Timestamp};

use crate::db::{Conn, QueryBuilder, bigint, on, row, word};
use crate::ledger::{self, Hold};
use crate::writer::Verdict;
use crate::{Error, Result, Store, files};

/// A generation's end.
#[derive(Clone, Debug)]
pub struct FinishedGeneration {
    pub id: GenerationId,
    pub team: TeamId,
    /// The job's attempt that this is the end of.
    pub attempt: u32,
    /// Every image of the generation, in any order.
    pub images: Vec<FinishedImage>,
    /// JSON.
    pub warnings: String,
    /// JSON, where all images failed.
    pub error: Option<String>,
    /// JSON; `None` keeps what acceptance kept.
    pub input_data: Option<String>,
}

#[derive(Clone, Debug)]
pub struct FinishedImage {
    pub id: ImageId,
    pub alt_text: String,
    pub render_ms: f64,
    /// JSON.
    pub warnings: String,
    pub end: ImageEnd,
}

#[derive(Clone, Debug)]
pub enum ImageEnd {
    /// One for each encoding, by format.
    Completed(Vec<FinishedFile>),
    Failed {
        code: ImageErrorCode,
        message: String,
        field: Option<String>,
    },
}

#[derive(Clone, Debug)]
pub struct FinishedFile {
    pub format: String,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// `credits` after it; `None` in test mode.
    Finished { status: GenerationStatus, charged: i64, credits: Option<Credits> },
    /// The job is no longer this attempt's: ended, deleted, or somebody else's. Nothing changed.
    Lost,
}

row!(
/// An image of a generation, with what the generation holds beside it.
HeldRow {
    image: String,
    files: i64,
    mode: String,
    period_start: Option<i64>,
    unlimited: bool,
});

impl Store {
    /// Compare-and-set on the job's attempt; then images, transfers and the generation's end, all or nothing.
    ///
    /// # Errors
    /// `Invalid` where the images are not exactly the generation's, or a completed one lacks a file.
    pub async fn finish(&self, end: FinishedGeneration, now: Timestamp) -> Result<Finish> {
        let plans = self.shared_plans();
        let ran = Arc::new(AtomicBool::new(false));
        self.write_repeatable(move |mut conn| {
            Box::pin(async move {
                let again = ran.swap(true, Ordering::Relaxed);
                Ok(Verdict::Keep(finish(&mut conn, &plans, &end, again, now).await?))
            })
        })
        .await
    }
}

async fn finish(conn: &mut Conn<'_>, plans: &Plans, end: &FinishedGeneration, again: bool, now: Timestamp) -> Result<Finish> {
    let ended = on!(conn, c => sqlx::query("delete from jobs where generation_id = $1 and team_id = $2 and attempt = $3 and lease_owner is not null")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(i64::from(end.attempt)).execute(c))?;
    if ended.rows_affected() == 0 {
        if again && let Some(finished) = finished_before(conn, end, now).await? {
            return Ok(finished);
        }
        doom_late_files(conn, end, now).await?;
        return Ok(Finish::Lost);
    }
    let held = held(conn, end.team, end.id).await?;
    check_images(end, &held)?;
    write_images(conn, end).await?;
    write_files(conn, end).await?;
    if end.images.iter().any(|image| matches!(image.end, ImageEnd::Failed { code: ImageErrorCode::StorageFailed, .. })) {
        doom_half_stored(conn, end, now).await?;
    }
    let resolved: Vec<(ImageId, bool)> = end.images.iter().map(|image| (image.id, matches!(image.end, ImageEnd::Completed(_)))).collect();
    let completed = resolved.iter().filter(|(_, completed)| *completed).count();
    let status = GenerationStatus::of(completed, resolved.len());
    let (charged, credits) = release(conn, plans, end.team, end.id, &held, &resolved, now).await?;
    on!(conn, c => sqlx::query("update generations set status = $3, warnings = $4, error = $5, input_data = coalesce($6, input_data), work = '', \
        reserved = 0, charged = $7, completed_at = $8, completed = $9, failed = $10 where id = $1 and team_id = $2")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(status.as_str()).bind(&end.warnings).bind(&end.error)
        .bind(&end.input_data).bind(charged).bind(now.as_micros())
        .bind(bigint(completed as u64)).bind(bigint((resolved.len() - completed) as u64)).execute(c))?;
    Ok(Finish::Finished { status, charged, credits })
}

/// The answer of an earlier run of this very call that was committed without our hearing of it: its moment is on the row.
async fn finished_before(conn: &mut Conn<'_>, end: &FinishedGeneration, now: Timestamp) -> Result<Option<Finish>> {
    let row: Option<(String, String, i64)> = on!(conn, c => sqlx::query_as("select mode, status, charged from generations \
        where id = $1 and team_id = $2 and completed_at = $3 and deleted_at is null")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(now.as_micros()).fetch_optional(c))?;
    let Some((mode, status, charged)) = row else { return Ok(None) };
    let credits = match word(&mode)? {
        Mode::Test => None,
        Mode::Live => ledger::peek(conn, end.team, now).await?.map(|(ledger, _)| ledger.credits),
    };
    Ok(Some(Finish::Finished { status: word(&status)?, charged, credits }))
}

/// Files that were put after their generation had been deleted are listed for removal once more.
async fn doom_late_files(conn: &mut Conn<'_>, end: &FinishedGeneration, now: Timestamp) -> Result<()> {
    let late: Vec<String> = on!(conn, c => sqlx::query_scalar("select f.blob_key from files f join generations g on g.id = f.generation_id \
        where g.id = $1 and g.team_id = $2 and g.deleted_at is not null")
        .bind(end.id.to_string()).bind(end.team.to_string()).fetch_all(c))?;
    files::doom(conn, &late, now).await
}

/// Of an image that could not be stored some files may be there, or arrive late: no URL leads to them.
async fn doom_half_stored(conn: &mut Conn<'_>, end: &FinishedGeneration, now: Timestamp) -> Result<()> {
    let stored: Vec<String> = on!(conn, c => sqlx::query_scalar("select f.blob_key from files f join images i on i.id = f.image_id \
        join generations g on g.id = f.generation_id where g.id = $1 and g.team_id = $2 and i.error_code = $3")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(ImageErrorCode::StorageFailed.as_str()).fetch_all(c))?;
    files::doom(conn, &stored, now).await
}

/// The images of a generation of this team, and its hold.
pub(crate) async fn held(conn: &mut Conn<'_>, team: TeamId, generation: GenerationId) -> Result<Vec<HeldRow>> {
    on!(conn, c => sqlx::query_as("select i.id as image, (select count(*) from files f where f.image_id = i.id) as files, \
        g.mode, g.period_start, g.unlimited from generations g join images i on i.generation_id = g.id \
        where g.id = $1 and g.team_id = $2 order by i.position")
        .bind(generation.to_string()).bind(team.to_string()).fetch_all(c))
}

/// Every image has one end, and each that completed all of its files.
fn check_images(end: &FinishedGeneration, held: &[HeldRow]) -> Result<()> {
    let ends: HashMap<String, &ImageEnd> = end.images.iter().map(|image| (image.id.to_string(), &image.end)).collect();
    if ends.len() != end.images.len() || held.len() != ends.len() || held.iter().any(|row| !ends.contains_key(&row.image)) {
        return Err(Error::Invalid(format!("the images are not exactly those of {}", end.id)));
    }
    let incomplete =
        |row: &&HeldRow| matches!(ends.get(&row.image), Some(ImageEnd::Completed(files)) if bigint(files.len() as u64) != row.files);
    match held.iter().find(incomplete) {
        None => Ok(()),
        Some(row) => Err(Error::Invalid(format!("{} completed without all of its files", row.image))),
    }
}

async fn write_images(conn: &mut Conn<'_>, end: &FinishedGeneration) -> Result<()> {
    // The names that both engines give to the columns of a list of values.
    let mut update = QueryBuilder::new(
        "update images set status = v.column2, alt_text = v.column3, render_ms = v.column4, warnings = v.column5, \
         error_code = v.column6, error_message = v.column7, error_field = v.column8 from (",
    );
    update.push_values(&end.images, |mut values, image| {
        let (status, code, message, field) = match &image.end {
            ImageEnd::Completed(_) => (ImageStatus::Completed, None, None, None),
            ImageEnd::Failed { code, message, field } => (ImageStatus::Failed, Some(code.as_str()), Some(message.clone()), field.clone()),
        };
        values
            .push_bind(image.id.to_string())
            .push_bind(status.as_str())
            .push_bind(image.alt_text.clone())
            .push_bind(image.render_ms)
            .push_bind(image.warnings.clone())
            .push_bind(code)
            .push_bind(message)
            .push_bind(field);
    });
    update.push(") as v where images.id = v.column1 and images.generation_id = ").push_bind(end.id.to_string());
    on!(conn, c => update.build().execute(c))?;
    Ok(())
}

async fn write_files(conn: &mut Conn<'_>, end: &FinishedGeneration) -> Result<()> {
    let completed = |image: &FinishedImage| match &image.end {
        ImageEnd::Completed(files) => files.iter().map(|file| (image.id, file.clone())).collect(),
        ImageEnd::Failed { .. } => Vec::new(),
    };
    let files: Vec<(ImageId, FinishedFile)> = end.images.iter().flat_map(completed).collect();
    if files.is_empty() {
        return Ok(());
    }
    let mut update = QueryBuilder::new("update files set bytes = v.column3, sha256 = v.column4 from (");
    let count = files.len() as u64;
    update.push_values(files, |mut values, (image, file)| {
        values.push_bind(image.to_string()).push_bind(file.format).push_bind(bigint(file.bytes)).push_bind(file.sha256);
    });
    update
        .push(") as v where files.image_id = v.column1 and files.format = v.column2 and files.generation_id = ")
        .push_bind(end.id.to_string());
    let written = on!(conn, c => update.build().execute(c))?.rows_affected();
    // As many as there are, and no format twice: see `check_images`.
    if written == count { Ok(()) } else { Err(Error::Invalid(format!("{} was not accepted with these formats", end.id))) }
}

/// Ends the hold of a generation. Gives what was charged, and the credits after it; a test generation never held any.
pub(crate) async fn release(
    conn: &mut Conn<'_>,
    plans: &Plans,
    team: TeamId,
    generation: GenerationId,
    held: &[HeldRow],
    images: &[(ImageId, bool)],
    now: Timestamp,
) -> Result<(i64, Option<Credits>)> {
    let held = held.first().ok_or_else(|| Error::Corrupt(format!("{generation} has no images")))?;
    if word::<Mode>(&held.mode)? == Mode::Test {
        return Ok((0, None));
    }
    let period_start = held.period_start.ok_or_else(|| Error::Corrupt(format!("{generation} holds credits of no period")))?;
    let hold = Hold { generation, period_start: Timestamp::from_micros(period_start), unlimited: held.unlimited };
    let mut ledger = ledger::current(conn, plans, team, now).await?;
    ledger.resolve(conn, &hold, images, now).await?;
    let charged = bigint(images.iter().filter(|(_, settled)| *settled).count() as u64);
    Ok((charged, Some(ledger.credits)))
}
