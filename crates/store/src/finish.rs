//! Transaction B: a generation ends. Each image is settled or released, exactly once.

use domain::{Credits, GenerationId, GenerationStatus, ImageErrorCode, ImageId, ImageStatus, Mode, Plans, TeamId, Timestamp};

use crate::db::{Conn, bigint, on, row, word};
use crate::ledger::{self, Hold};
use crate::{Error, Result, Store};

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
    Failed { code: ImageErrorCode, message: String, field: Option<String> },
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

row!(HeldRow {
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
        self.write(move |mut conn| Box::pin(async move { finish(&mut conn, &plans, &end, now).await })).await
    }
}

async fn finish(conn: &mut Conn<'_>, plans: &Plans, end: &FinishedGeneration, now: Timestamp) -> Result<Finish> {
    let ended = on!(conn, c => sqlx::query("delete from jobs where generation_id = $1 and team_id = $2 and attempt = $3 and lease_owner is not null")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(i64::from(end.attempt)).execute(c))?;
    if ended.rows_affected() == 0 {
        return Ok(Finish::Lost);
    }
    let images: Vec<String> = on!(conn, c => sqlx::query_scalar("select id from images where generation_id = $1")
        .bind(end.id.to_string()).fetch_all(c))?;
    check_images(end, &images)?;
    for image in &end.images {
        write_image(conn, end.id, image).await?;
    }
    let resolved: Vec<(ImageId, bool)> = end.images.iter().map(|image| (image.id, matches!(image.end, ImageEnd::Completed(_)))).collect();
    let completed = resolved.iter().filter(|(_, completed)| *completed).count();
    let status = GenerationStatus::of(completed, resolved.len());
    let (charged, credits) = release(conn, plans, end.team, end.id, &resolved, now).await?;
    on!(conn, c => sqlx::query("update generations set status = $3, warnings = $4, error = $5, input_data = coalesce($6, input_data), \
        reserved = 0, charged = $7, completed_at = $8 where id = $1 and team_id = $2")
        .bind(end.id.to_string()).bind(end.team.to_string()).bind(status.as_str()).bind(&end.warnings).bind(&end.error)
        .bind(&end.input_data).bind(charged).bind(now.as_micros()).execute(c))?;
    Ok(Finish::Finished { status, charged, credits })
}

fn check_images(end: &FinishedGeneration, images: &[String]) -> Result<()> {
    let mut theirs: Vec<String> = end.images.iter().map(|image| image.id.to_string()).collect();
    let mut ours = images.to_vec();
    theirs.sort_unstable();
    ours.sort_unstable();
    if theirs == ours { Ok(()) } else { Err(Error::Invalid(format!("the images are not exactly those of {}", end.id))) }
}

async fn write_image(conn: &mut Conn<'_>, generation: GenerationId, image: &FinishedImage) -> Result<()> {
    let (status, code, message, field) = match &image.end {
        ImageEnd::Completed(_) => (ImageStatus::Completed, None, None, None),
        ImageEnd::Failed { code, message, field } => (ImageStatus::Failed, Some(code.as_str()), Some(message), field.as_ref()),
    };
    on!(conn, c => sqlx::query("update images set status = $3, alt_text = $4, render_ms = $5, warnings = $6, error_code = $7, error_message = $8, \
        error_field = $9 where id = $1 and generation_id = $2")
        .bind(image.id.to_string()).bind(generation.to_string()).bind(status.as_str()).bind(&image.alt_text).bind(image.render_ms)
        .bind(&image.warnings).bind(code).bind(message).bind(field).execute(c))?;
    let ImageEnd::Completed(files) = &image.end else { return Ok(()) };
    for file in files {
        let done = on!(conn, c => sqlx::query("update files set bytes = $3, sha256 = $4 where image_id = $1 and format = $2")
            .bind(image.id.to_string()).bind(&file.format).bind(bigint(file.bytes)).bind(&file.sha256).execute(c))?;
        if done.rows_affected() == 0 {
            return Err(Error::Invalid(format!("{} was not accepted with a file of format {}", image.id, file.format)));
        }
    }
    let missing: i64 = on!(conn, c => sqlx::query_scalar("select count(*) from files where image_id = $1 and sha256 is null")
        .bind(image.id.to_string()).fetch_one(c))?;
    if missing > 0 { Err(Error::Invalid(format!("{} completed without all of its files", image.id))) } else { Ok(()) }
}

/// Ends the hold of a generation. Gives what was charged, and the credits after it; a test generation never held any.
pub(crate) async fn release(
    conn: &mut Conn<'_>,
    plans: &Plans,
    team: TeamId,
    generation: GenerationId,
    images: &[(ImageId, bool)],
    now: Timestamp,
) -> Result<(i64, Option<Credits>)> {
    let held: HeldRow = on!(conn, c => sqlx::query_as("select mode, period_start, unlimited from generations where id = $1 and team_id = $2")
        .bind(generation.to_string()).bind(team.to_string()).fetch_one(c))?;
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
