//! Transaction A: a call is accepted. After it there is a generation, and its credits are held.

use std::time::Duration;

use domain::{
    BrandKitId, Credits, GenerationId, GenerationStatus, ImageId, ImageStatus, Maker, Mode, Plan, Plans, RequestId, Source, TeamId,
    TemplateGroupId, TemplateId, Timestamp,
};

use crate::bulk::BulkPlace;
use crate::db::{Conn, QueryBuilder, bigint, on, word};
use crate::ledger::{self, Hold};
use crate::writer::Verdict;
use crate::{Error, Result, Store, bulk};

/// A call to be accepted. Texts named "JSON" are opaque here.
#[derive(Clone, Debug)]
pub struct NewGeneration {
    pub id: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    pub source: Source,
    pub maker: Maker,
    /// The request that asked for it, where one did.
    pub request: Option<RequestId>,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub brand_kit: Option<(BrandKitId, u32)>,
    pub locale: String,
    /// JSON, as the generation shows it.
    pub input_data: String,
    pub external_id: Option<String>,
    /// JSON.
    pub metadata: String,
    /// JSON: the warnings that acceptance already knows.
    pub warnings: String,
    /// JSON: everything else that the job needs.
    pub work: String,
    /// JSON: the engine's version, target and fonts.
    pub engine: String,
    /// In the group's order. A live generation holds one credit for each.
    pub images: Vec<NewImage>,
    pub idempotency: Option<Idempotency>,
    /// The row of a bulk run that it is for: it is marked as made in the same transaction.
    pub row: Option<BulkPlace>,
    /// The caller itself works on it; `None` leaves a queued job.
    pub lease: Option<Lease>,
    /// Refuses where the team has this many unfinished jobs.
    pub max_unfinished: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct NewImage {
    pub id: ImageId,
    pub template: TemplateId,
    pub key: String,
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub files: Vec<NewFile>,
}

/// One encoding of an image.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub format: String,
    /// The file's own random key: in the blob store, and in its URL.
    pub blob_key: String,
}

/// The call's idempotency key.
#[derive(Clone, Debug)]
pub struct Idempotency {
    pub key: String,
    /// Digest of what is compared: the parsed body without `waitMs`.
    pub body_digest: String,
}

/// Who works on a job, and until when nobody else may.
#[derive(Clone, Debug)]
pub struct Lease {
    pub owner: String,
    pub until: Timestamp,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// `credits` after the hold; `None` in test mode.
    Accepted { credits: Option<Credits> },
    /// The same key and body were accepted before.
    Replay { generation: GenerationId, deleted: bool },
    /// The same key with another body.
    KeyReused,
    /// The row's run was stopped or taken over; nothing was kept.
    RowClosed,
    /// Too few credits; nothing was kept.
    Insufficient { required: i64, remaining: i64 },
    /// The team has too many unfinished jobs; nothing was kept.
    TooManyJobs,
}

/// A row of an idempotency key that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    pub body_digest: String,
    pub generation: GenerationId,
    pub deleted: bool,
}

/// How long an idempotency key is kept.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Idempotency row, generation, images, hold of credits and job, all or nothing. The job's first attempt is number 1.
    ///
    /// # Errors
    /// `Missing` where there is no such team; `Invalid` for a call without images; `Unavailable` where nothing was kept.
    pub async fn accept(&self, generation: NewGeneration, now: Timestamp) -> Result<Accept> {
        if generation.images.is_empty() || generation.images.iter().any(|image| image.files.is_empty()) {
            return Err(Error::Invalid("a generation has images, and each image has files".into()));
        }
        let plans = self.shared_plans();
        // Its ids are fixed: where it was committed unheard, the next run finds them.
        self.write_repeatable(move |mut conn| Box::pin(async move { accept(&mut conn, &plans, &generation, now).await })).await
    }

    /// What was accepted under an idempotency key in the last 24 hours.
    pub async fn known_key(&self, team: TeamId, mode: Mode, key: &str, now: Timestamp) -> Result<Option<KnownKey>> {
        let mut read = self.read().await?;
        known_key(&mut read.conn(), team, mode, key, now).await
    }

    /// Forgets idempotency keys that are older than 24 hours. Gives their number.
    pub async fn forget_idempotency_keys(&self, now: Timestamp) -> Result<u64> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("delete from idempotency_keys where expires_at <= $1").bind(now.as_micros()).execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}

async fn known_key(conn: &mut Conn<'_>, team: TeamId, mode: Mode, key: &str, now: Timestamp) -> Result<Option<KnownKey>> {
    let row: Option<(String, String, bool)> = on!(conn, c => sqlx::query_as(
        "select i.body_digest, i.generation_id, (g.deleted_at is not null) from idempotency_keys i join generations g on g.id = i.generation_id \
         where i.team_id = $1 and i.mode = $2 and i.key = $3 and i.expires_at > $4")
        .bind(team.to_string()).bind(mode.as_str()).bind(key).bind(now.as_micros()).fetch_optional(c))?;
    row.map(|(body_digest, generation, deleted)| Ok(KnownKey { body_digest, generation: word(&generation)?, deleted })).transpose()
}

/// The team's credits come last: on PostgreSQL they are locked from there to the end, and calls of one team wait for each other.
async fn accept(conn: &mut Conn<'_>, plans: &Plans, new: &NewGeneration, now: Timestamp) -> Result<Verdict<Accept>> {
    if let Some(idempotency) = &new.idempotency
        && !claim_key(conn, new, idempotency, now).await?
    {
        let twin = twin(conn, new, idempotency, now).await?;
        if matches!(&twin, Accept::Replay { generation, .. } if *generation == new.id) {
            return Ok(Verdict::Undo(accepted_before(conn, new, now).await?));
        }
        return Ok(Verdict::Undo(twin));
    }
    if let Some(place) = &new.row
        && !bulk::claim_row(conn, place, new.team, new.id).await?
    {
        return Ok(Verdict::Undo(match bulk::made_row(conn, place).await? {
            Some((generation, _)) if generation == new.id => accepted_before(conn, new, now).await?,
            Some((generation, deleted)) => Accept::Replay { generation, deleted },
            None => Accept::RowClosed,
        }));
    }
    if let Some(most) = new.max_unfinished {
        let last: Option<String> = on!(conn, c => sqlx::query_scalar("select generation_id from jobs where team_id = $1 limit 1 offset $2")
            .bind(new.team.to_string()).bind((i64::from(most) - 1).max(0)).fetch_optional(c))?;
        if last.is_some() || most == 0 {
            return Ok(Verdict::Undo(Accept::TooManyJobs));
        }
    }
    let (ledger, _) = ledger::peek(conn, new.team, now).await?.ok_or(Error::Missing("team"))?;
    let expires = plans.get(&ledger.terms.plan).and_then(Plan::retention).map(|kept| now.plus(kept));
    let expected = ledger.would_hold(new.id);
    if !insert_generation(conn, new, &expected, expires, now).await? {
        return Ok(Verdict::Undo(accepted_before(conn, new, now).await?));
    }
    insert_images(conn, new).await?;
    insert_files(conn, new).await?;
    insert_job(conn, new, now).await?;
    if new.mode == Mode::Test {
        return Ok(Verdict::Keep(Accept::Accepted { credits: None }));
    }
    let mut ledger = ledger::current(conn, plans, new.team, now).await?;
    let required = bigint(new.images.len() as u64);
    let Some(hold) = ledger.hold(conn, new.id, required, now).await? else {
        return Ok(Verdict::Undo(Accept::Insufficient { required, remaining: ledger.credits.remaining() }));
    };
    if hold != expected {
        on!(conn, c => sqlx::query("update generations set period_start = $2, unlimited = $3 where id = $1")
            .bind(new.id.to_string()).bind(hold.period_start.as_micros()).bind(hold.unlimited).execute(c))?;
    }
    Ok(Verdict::Keep(Accept::Accepted { credits: Some(ledger.credits) }))
}

/// The answer of an earlier run that was committed without our hearing of it.
async fn accepted_before(conn: &mut Conn<'_>, new: &NewGeneration, now: Timestamp) -> Result<Accept> {
    let (ledger, _) = ledger::peek(conn, new.team, now).await?.ok_or(Error::Missing("team"))?;
    Ok(Accept::Accepted { credits: (new.mode == Mode::Live).then_some(ledger.credits) })
}

/// True where the key is ours now: nobody used it, or its 24 hours are over.
async fn claim_key(conn: &mut Conn<'_>, new: &NewGeneration, idempotency: &Idempotency, now: Timestamp) -> Result<bool> {
    let done = on!(conn, c => sqlx::query(
        "insert into idempotency_keys (team_id, mode, key, body_digest, generation_id, expires_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (team_id, mode, key) do update set body_digest = excluded.body_digest, generation_id = excluded.generation_id, \
         expires_at = excluded.expires_at where idempotency_keys.expires_at <= $7")
        .bind(new.team.to_string()).bind(new.mode.as_str()).bind(&idempotency.key).bind(&idempotency.body_digest)
        .bind(new.id.to_string()).bind(now.plus(IDEMPOTENCY_KEPT).as_micros()).bind(now.as_micros()).execute(c))?;
    Ok(done.rows_affected() == 1)
}

/// The answer of the one that came second.
async fn twin(conn: &mut Conn<'_>, new: &NewGeneration, idempotency: &Idempotency, now: Timestamp) -> Result<Accept> {
    let known = known_key(conn, new.team, new.mode, &idempotency.key, now).await?;
    let known = known.ok_or_else(|| Error::Corrupt("an idempotency key has no generation".into()))?;
    if known.body_digest == idempotency.body_digest {
        Ok(Accept::Replay { generation: known.generation, deleted: known.deleted })
    } else {
        Ok(Accept::KeyReused)
    }
}

/// False where it is there already.
async fn insert_generation(
    conn: &mut Conn<'_>,
    new: &NewGeneration,
    hold: &Hold,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let status = if new.lease.is_some() { GenerationStatus::Processing } else { GenerationStatus::Queued };
    let (kit, kit_version) = new.brand_kit.as_ref().map(|(kit, version)| (kit.as_str(), i64::from(*version))).unzip();
    let live = new.mode == Mode::Live;
    let reserved = if live { bigint(new.images.len() as u64) } else { 0 };
    let done = on!(conn, c => sqlx::query(
        "insert into generations (id, team_id, mode, key_id, status, template_group_id, template_version, brand_kit_id, brand_kit_version, locale, \
         input_data, external_id, metadata, work, engine, warnings, reserved, charged, period_start, unlimited, created_at, expires_at, \
         source, user_id, request_id, external_search) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, $18, $19, $20, $21, $22, $23, $24, $25) on conflict (id) do nothing")
        .bind(new.id.to_string()).bind(new.team.to_string()).bind(new.mode.as_str()).bind(new.maker.key().map(|key| key.to_string())).bind(status.as_str())
        .bind(new.template_group.as_str()).bind(i64::from(new.template_version)).bind(kit).bind(kit_version).bind(&new.locale)
        .bind(&new.input_data).bind(&new.external_id).bind(&new.metadata).bind(&new.work).bind(&new.engine).bind(&new.warnings)
        .bind(reserved).bind(live.then(|| hold.period_start.as_micros())).bind(live && hold.unlimited)
        .bind(now.as_micros()).bind(expires.map(Timestamp::as_micros))
        .bind(new.source.as_str()).bind(new.maker.person().map(|user| user.to_string())).bind(new.request.map(|id| id.to_string()))
        .bind(new.external_id.as_ref().map(|id| id.to_lowercase())).execute(c))?;
    Ok(done.rows_affected() == 1)
}

async fn insert_images(conn: &mut Conn<'_>, new: &NewGeneration) -> Result<()> {
    let mut insert =
        QueryBuilder::new("insert into images (id, generation_id, position, template_id, key, name, status, width, height, warnings) ");
    insert.push_values(new.images.iter().zip(0_i64..), |mut values, (image, position)| {
        values
            .push_bind(image.id.to_string())
            .push_bind(new.id.to_string())
            .push_bind(position)
            .push_bind(image.template.to_string())
            .push_bind(image.key.clone())
            .push_bind(image.name.clone())
            .push_bind(ImageStatus::Queued.as_str())
            .push_bind(i64::from(image.width))
            .push_bind(i64::from(image.height))
            .push_bind("[]");
    });
    on!(conn, c => insert.build().execute(c))?;
    Ok(())
}

async fn insert_files(conn: &mut Conn<'_>, new: &NewGeneration) -> Result<()> {
    let mut insert = QueryBuilder::new("insert into files (blob_key, generation_id, image_id, position, format) ");
    let files = new.images.iter().flat_map(|image| image.files.iter().zip(0_i64..).map(move |(file, position)| (image, file, position)));
    insert.push_values(files, |mut values, (image, file, position)| {
        values
            .push_bind(file.blob_key.clone())
            .push_bind(new.id.to_string())
            .push_bind(image.id.to_string())
            .push_bind(position)
            .push_bind(file.format.clone());
    });
    on!(conn, c => insert.build().execute(c))?;
    Ok(())
}

async fn insert_job(conn: &mut Conn<'_>, new: &NewGeneration, now: Timestamp) -> Result<()> {
    let (owner, until) = new.lease.as_ref().map(|lease| (lease.owner.as_str(), lease.until.as_micros())).unzip();
    // A claim counts up: a job that waits for its first one has attempt 0.
    let attempt = i64::from(new.lease.is_some());
    on!(conn, c => sqlx::query("insert into jobs (generation_id, team_id, attempt, lease_owner, lease_until, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(new.id.to_string()).bind(new.team.to_string()).bind(attempt).bind(owner).bind(until).bind(now.as_micros()).execute(c))?;
    Ok(())
}
