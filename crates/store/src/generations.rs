//! Reading, listing, deleting and expiring generations.

use std::collections::HashMap;

use domain::{
    BrandKitId, GenerationId, GenerationStatus, ImageErrorCode, ImageId, ImageStatus, Maker, Mode, Plans, RequestId, Source, TeamId,
    TemplateGroupId, TemplateId, Timestamp,
};

use crate::db::{Conn, QueryBuilder, bigint, locking, number, on, row, word};
use crate::page::{Start, ask, like};
use crate::writer::Verdict;
use crate::{Error, Page, Result, Store, files, finish};

/// A generation with its images. Texts named "JSON" are as they were given.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    pub id: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    pub source: Source,
    pub maker: Maker,
    /// What the key is called, or the person, while there is an account.
    pub maker_name: Option<String>,
    pub request: Option<RequestId>,
    pub status: GenerationStatus,
    pub template_group: TemplateGroupId,
    pub template_version: u32,
    pub brand_kit: Option<(BrandKitId, u32)>,
    pub locale: String,
    /// JSON; empty in lists.
    pub input_data: String,
    pub external_id: Option<String>,
    /// JSON.
    pub metadata: String,
    /// JSON; empty in lists.
    pub warnings: String,
    /// JSON.
    pub error: Option<String>,
    /// JSON.
    pub engine: String,
    /// Credits held now.
    pub reserved: i64,
    /// Credits charged.
    pub charged: i64,
    pub images: Vec<Image>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    /// Since when its pictures are gone by the plan's retention.
    pub expired_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub id: ImageId,
    pub template: TemplateId,
    pub key: String,
    pub name: String,
    pub status: ImageStatus,
    pub width: u32,
    pub height: u32,
    pub alt_text: Option<String>,
    pub render_ms: Option<f64>,
    /// JSON; empty in lists.
    pub warnings: String,
    pub error: Option<ImageError>,
    /// The call's encodings in its order.
    pub files: Vec<File>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError {
    pub code: ImageErrorCode,
    pub message: String,
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub format: String,
    pub blob_key: String,
    /// Set with its image's completion.
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

/// What a list of generations is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct GenerationFilter {
    /// `None`: both.
    pub mode: Option<Mode>,
    pub source: Option<Source>,
    pub template_group: Option<TemplateGroupId>,
    pub status: Option<GenerationStatus>,
    pub external_id: Option<String>,
    /// A part of the external id, whatever its case.
    pub external_text: Option<String>,
    /// At or after.
    pub created_after: Option<Timestamp>,
    /// Before.
    pub created_before: Option<Timestamp>,
}

/// What a deletion did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The keys of its files, which are listed for removal too.
    Done { blob_keys: Vec<String> },
    /// None such, or deleted before.
    Missing,
}

const LIST: &str = "gen";

row!(GenerationRow {
    id: String,
    team_id: String,
    mode: String,
    key_id: Option<String>,
    user_id: Option<String>,
    maker_name: Option<String>,
    source: String,
    request_id: Option<String>,
    status: String,
    template_group_id: String,
    template_version: i64,
    brand_kit_id: Option<String>,
    brand_kit_version: Option<i64>,
    locale: String,
    input_data: String,
    external_id: Option<String>,
    metadata: String,
    warnings: String,
    error: Option<String>,
    engine: String,
    reserved: i64,
    charged: i64,
    created_at: i64,
    completed_at: Option<i64>,
    expired_at: Option<i64>,
});

/// The columns of [`GenerationRow`] but the two long ones, which lists leave empty.
macro_rules! select {
    ($long:literal, $rest:literal) => {
        concat!(
            "select id, team_id, mode, key_id, user_id, coalesce((select k.name from api_keys k where k.id = generations.key_id), \
             (select u.name from users u where u.id = generations.user_id)) as maker_name, source, request_id, status, template_group_id, template_version, brand_kit_id, brand_kit_version, locale, ",
            $long,
            ", external_id, metadata, error, engine, reserved, charged, created_at, completed_at, expired_at from generations ",
            $rest
        )
    };
}

row!(ImageRow {
    id: String,
    generation_id: String,
    template_id: String,
    key: String,
    name: String,
    status: String,
    width: i64,
    height: i64,
    alt_text: Option<String>,
    render_ms: Option<f64>,
    warnings: String,
    error_code: Option<String>,
    error_message: Option<String>,
    error_field: Option<String>,
});

row!(FileRow {
    blob_key: String,
    image_id: String,
    format: String,
    bytes: Option<i64>,
    sha256: Option<String>,
});

impl Store {
    /// `mode`: only where it is of this one; `None` is either.
    pub async fn generation(&self, team: TeamId, mode: impl Into<Option<Mode>>, id: GenerationId) -> Result<Option<Generation>> {
        let mode = mode.into();
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let row: Option<GenerationRow> = on!(conn, c => sqlx::query_as(select!("input_data, warnings",
            "where id = $1 and team_id = $2 and deleted_at is null"))
            .bind(id.to_string()).bind(team.to_string()).fetch_optional(c))?;
        let row = row.filter(|row| mode.is_none_or(|mode| row.mode == mode.as_str()));
        let Some(row) = row else { return Ok(None) };
        let mut images = images(conn, std::slice::from_ref(&row.id), true).await?;
        row.generation(&mut images).map(Some)
    }

    /// Those of `ids` that are there, in no order, without inputs and warnings.
    pub async fn generations_among(&self, team: TeamId, ids: &[GenerationId]) -> Result<Vec<Generation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new(select!("'' as input_data, '' as warnings", "where deleted_at is null and team_id = "));
        query.push_bind(team.to_string()).push(" and id ").push_in(ids.iter().map(GenerationId::to_string));
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let rows: Vec<GenerationRow> = on!(conn, c => query.build_query_as().fetch_all(c))?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let mut images = images(conn, &ids, false).await?;
        rows.into_iter().map(|row| row.generation(&mut images)).collect()
    }

    /// Newest first, without inputs and warnings.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn generations(&self, team: TeamId, filter: &GenerationFilter, limit: u32, cursor: Option<&str>) -> Result<Page<Generation>> {
        let start = Start::of(LIST, cursor)?;
        let mut query = QueryBuilder::new(select!("'' as input_data, '' as warnings", "where deleted_at is null and team_id = "));
        query.push_bind(team.to_string());
        query.push(" and (created_at, id) < (").push_bind(start.at).push(", ").push_bind(start.id).push(")");
        // Only what is asked for stands in the text, so that each filter can have its index.
        if let Some(mode) = filter.mode {
            query.push(" and mode = ").push_bind(mode.as_str());
        }
        if let Some(source) = filter.source {
            query.push(" and source = ").push_bind(source.as_str());
        }
        if let Some(group) = &filter.template_group {
            query.push(" and template_group_id = ").push_bind(group.to_string());
        }
        if let Some(text) = &filter.external_text {
            // The index by external texts holds all that this looks at: the long rows are read for what is shown alone.
            query.push(" and id in (select g.id from generations g where g.team_id = ").push_bind(team.to_string());
            query.push(" and g.external_search is not null and g.external_search like ").push_bind(like(text)).push(" escape '!')");
        }
        if let Some(status) = filter.status {
            query.push(" and status = ").push_bind(status.as_str());
        }
        if let Some(external_id) = &filter.external_id {
            query.push(" and external_id = ").push_bind(external_id.clone());
        }
        if let Some(after) = filter.created_after {
            query.push(" and created_at >= ").push_bind(after.as_micros());
        }
        if let Some(before) = filter.created_before {
            query.push(" and created_at < ").push_bind(before.as_micros());
        }
        query.push(" order by created_at desc, id desc limit ").push_bind(ask(limit));
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let rows: Vec<GenerationRow> = on!(conn, c => query.build_query_as().fetch_all(c))?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let mut images = images(conn, &ids, false).await?;
        let rows = rows.into_iter().map(|row| row.generation(&mut images)).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |row| (row.created_at, row.id.to_string())))
    }

    /// Removes inputs and files for good; an unfinished one is ended first and its credits released.
    ///
    /// The row stays for the ledger and for its idempotency key. Whoever still works on it learns from [`Store::finish`]
    /// that it is lost; files that it put meanwhile are then listed for removal once more.
    pub async fn delete_generation(&self, team: TeamId, mode: Mode, id: GenerationId, now: Timestamp) -> Result<Deleted> {
        let plans = self.shared_plans();
        self.write_or_undo(move |mut conn| {
            Box::pin(async move {
                let deleted = delete(&mut conn, &plans, team, mode, id, now).await?;
                Ok(if deleted == Deleted::Missing { Verdict::Undo(deleted) } else { Verdict::Keep(deleted) })
            })
        })
        .await
    }

    /// Marks up to `limit` generations whose retention is over as expired, and lists their files for removal. Gives their number.
    pub async fn expire_generations(&self, limit: u32, now: Timestamp) -> Result<u64> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let select = locking!(conn, "select id from generations where expires_at <= $1 and expired_at is null \
                    and deleted_at is null and completed_at is not null order by expires_at limit $2", " for no key update skip locked", "");
                let due: Vec<String> = on!(conn, c => sqlx::query_scalar(select)
                    .bind(now.as_micros()).bind(i64::from(limit)).fetch_all(c))?;
                for id in &due {
                    on!(conn, c => sqlx::query("update generations set expired_at = $2 where id = $1").bind(id).bind(now.as_micros()).execute(c))?;
                    let keys = blob_keys(conn, id).await?;
                    files::doom(conn, &keys, now).await?;
                }
                Ok(due.len() as u64)
            })
        })
        .await
    }
}

/// The images of some generations in their order, with their files, by generation.
async fn images(conn: &mut Conn<'_>, generations: &[String], with_warnings: bool) -> Result<HashMap<String, Vec<Image>>> {
    let mut found: HashMap<String, Vec<Image>> = HashMap::new();
    if generations.is_empty() {
        return Ok(found);
    }
    let mut query = QueryBuilder::new("select blob_key, image_id, format, bytes, sha256 from files where generation_id ");
    query.push_in(generations.iter().cloned());
    query.push(" order by image_id, position");
    let rows: Vec<FileRow> = on!(conn, c => query.build_query_as().fetch_all(c))?;
    let mut files: HashMap<String, Vec<File>> = HashMap::new();
    for row in rows {
        let file = File { format: row.format, blob_key: row.blob_key, bytes: row.bytes.map(number).transpose()?, sha256: row.sha256 };
        files.entry(row.image_id).or_default().push(file);
    }
    let mut query = QueryBuilder::new(
        "select id, generation_id, template_id, key, name, status, width, height, alt_text, render_ms, warnings, \
         error_code, error_message, error_field from images where generation_id ",
    );
    query.push_in(generations.iter().cloned());
    query.push(" order by generation_id, position");
    let rows: Vec<ImageRow> = on!(conn, c => query.build_query_as().fetch_all(c))?;
    for row in rows {
        let files = files.remove(&row.id).unwrap_or_default();
        let (generation, image) = row.image(files, with_warnings)?;
        found.entry(generation).or_default().push(image);
    }
    Ok(found)
}

impl GenerationRow {
    fn generation(self, images: &mut HashMap<String, Vec<Image>>) -> Result<Generation> {
        let brand_kit = match (self.brand_kit_id, self.brand_kit_version) {
            (Some(kit), Some(version)) => Some((word(&kit)?, number(version)?)),
            _ => None,
        };
        let maker = match (&self.key_id, &self.user_id) {
            (Some(key), _) => Maker::Key(word(key)?),
            (None, Some(user)) => Maker::Person(word(user)?),
            (None, None) => return Err(Error::Corrupt(format!("nobody asked for {}", self.id))),
        };
        Ok(Generation {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            mode: word(&self.mode)?,
            source: word(&self.source)?,
            maker,
            maker_name: self.maker_name,
            request: self.request_id.as_deref().map(word).transpose()?,
            status: word(&self.status)?,
            template_group: word(&self.template_group_id)?,
            template_version: number(self.template_version)?,
            brand_kit,
            locale: self.locale,
            input_data: self.input_data,
            external_id: self.external_id,
            metadata: self.metadata,
            warnings: self.warnings,
            error: self.error,
            engine: self.engine,
            reserved: self.reserved,
            charged: self.charged,
            images: images.remove(&self.id).unwrap_or_default(),
            created_at: Timestamp::from_micros(self.created_at),
            completed_at: self.completed_at.map(Timestamp::from_micros),
            expired_at: self.expired_at.map(Timestamp::from_micros),
        })
    }
}

impl ImageRow {
    fn image(self, files: Vec<File>, with_warnings: bool) -> Result<(String, Image)> {
        let error = match (self.error_code, self.error_message) {
            (Some(code), Some(message)) => Some(ImageError { code: word(&code)?, message, field: self.error_field }),
            _ => None,
        };
        let image = Image {
            id: word(&self.id)?,
            template: word(&self.template_id)?,
            key: self.key,
            name: self.name,
            status: word(&self.status)?,
            width: number(self.width)?,
            height: number(self.height)?,
            alt_text: self.alt_text,
            render_ms: self.render_ms,
            warnings: if with_warnings { self.warnings } else { String::new() },
            error,
            files,
        };
        Ok((self.generation_id, image))
    }
}

async fn blob_keys(conn: &mut Conn<'_>, generation: &str) -> Result<Vec<String>> {
    on!(conn, c => sqlx::query_scalar("select blob_key from files where generation_id = $1 order by blob_key").bind(generation).fetch_all(c))
}

pub(crate) async fn delete(
    conn: &mut Conn<'_>,
    plans: &Plans,
    team: TeamId,
    mode: Mode,
    id: GenerationId,
    now: Timestamp,
) -> Result<Deleted> {
    // The job first, as everyone does who changes both.
    let unfinished = on!(conn, c => sqlx::query("delete from jobs where generation_id = $1 and team_id = $2 \
        and exists (select 1 from generations g where g.id = $1 and g.mode = $3 and g.deleted_at is null)")
        .bind(id.to_string()).bind(team.to_string()).bind(mode.as_str()).execute(c))?;
    let marked = on!(conn, c => sqlx::query(
        "update generations set deleted_at = $4, input_data = '{}', metadata = '{}', work = '{}', warnings = '[]', error = null, \
         external_id = null, external_search = null \
         where id = $1 and team_id = $2 and mode = $3 and deleted_at is null")
        .bind(id.to_string()).bind(team.to_string()).bind(mode.as_str()).bind(now.as_micros()).execute(c))?;
    if marked.rows_affected() == 0 {
        return Ok(Deleted::Missing);
    }
    if unfinished.rows_affected() > 0 {
        let held = finish::held(conn, team, id).await?;
        let released = held.iter().map(|row| Ok((word::<ImageId>(&row.image)?, false))).collect::<Result<Vec<_>>>()?;
        finish::release(conn, plans, team, id, &held, &released, now).await?;
        on!(conn, c => sqlx::query("update images set status = 'failed' where generation_id = $1").bind(id.to_string()).execute(c))?;
        on!(conn, c => sqlx::query("update generations set status = 'failed', reserved = 0, completed_at = $3, completed = 0, failed = $4 \
            where id = $1 and team_id = $2")
            .bind(id.to_string()).bind(team.to_string()).bind(now.as_micros()).bind(bigint(held.len() as u64)).execute(c))?;
    }
    // Alt texts and messages may repeat what was put in.
    on!(conn, c => sqlx::query("update images set alt_text = null, warnings = '[]', error_message = null, error_field = null where generation_id = $1")
        .bind(id.to_string()).execute(c))?;
    let blob_keys = blob_keys(conn, &id.to_string()).await?;
    files::doom(conn, &blob_keys, now).await?;
    Ok(Deleted::Done { blob_keys })
}
