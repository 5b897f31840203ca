//! Brand kits and their immutable revisions. A kit's document is opaque text here.

mod edit;

use domain::{BrandKitId, TeamId, Timestamp};

use crate::db::{Conn, number, on, one_at_a_time, row, word};
use crate::page::{Start, ask};
use crate::{Error, Page, Published, Result, Store};

pub use edit::{Deletion, KitRemoval, KitText, Restoration};

/// A kit with the document of one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandKit {
    pub id: BrandKitId,
    pub team: TeamId,
    pub slug: String,
    pub name: String,
    pub is_default: bool,
    /// The version of `document`.
    pub version: u32,
    pub document: String,
    pub digest: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A kit, or a new version of one: found by team and slug.
#[derive(Clone, Debug)]
pub struct NewBrandKit {
    pub team: TeamId,
    pub slug: String,
    pub name: String,
    pub document: String,
    /// Digest of `document`; the same one as the last version's makes no new version.
    pub digest: String,
    /// Makes it the team's default.
    pub default: bool,
}

const LIST: &str = "bk";

row!(KitRow {
    id: String,
    team_id: String,
    slug: String,
    name: String,
    is_default: bool,
    created_at: i64,
    updated_at: i64,
    version: i64,
    document: String,
    digest: String,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select k.id, k.team_id, k.slug, k.name, coalesce(t.default_brand_kit = k.id, false) as is_default, k.created_at, k.updated_at, \
             r.version, r.document, r.digest from brand_kits k join teams t on t.id = k.team_id join brand_kit_revisions r on r.kit_id = k.id ",
            $rest
        )
    };
}

impl KitRow {
    fn kit(self) -> Result<BrandKit> {
        Ok(BrandKit {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            slug: self.slug,
            name: self.name,
            is_default: self.is_default,
            version: number(self.version)?,
            document: self.document,
            digest: self.digest,
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        })
    }
}

impl Store {
    /// Keeps a new version of a kit, or a new kit; one that was deleted is there again. The last version's digest makes none, but name and default are brought up to date.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn publish_brand_kit(&self, kit: NewBrandKit, now: Timestamp) -> Result<Published<BrandKitId>> {
        self.write(move |mut conn| Box::pin(async move { publish(&mut conn, kit, now).await })).await
    }

    /// A team's kit; `None` is its latest version. One that was deleted is only found by a version: what was accepted before is still drawn.
    pub async fn brand_kit(&self, team: TeamId, id: &BrandKitId, version: Option<u32>) -> Result<Option<BrandKit>> {
        let mut read = self.read().await?;
        let row: Option<KitRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where k.id = $1 and k.team_id = $2 and r.version = coalesce($3, k.version) and ($3 is not null or k.deleted_at is null)"))
            .bind(id.as_str()).bind(team.to_string()).bind(version.map(i64::from)).fetch_optional(c))?;
        row.map(KitRow::kit).transpose()
    }

    pub async fn default_brand_kit(&self, team: TeamId) -> Result<Option<BrandKit>> {
        let mut read = self.read().await?;
        let row: Option<KitRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where t.id = $1 and k.id = t.default_brand_kit and r.version = k.version"))
            .bind(team.to_string()).fetch_optional(c))?;
        row.map(KitRow::kit).transpose()
    }

    /// A team's kits, newest first, each with its latest document.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn brand_kits(&self, team: TeamId, limit: u32, cursor: Option<&str>) -> Result<Page<BrandKit>> {
        let start = Start::of(LIST, cursor)?;
        let mut read = self.read().await?;
        let rows: Vec<KitRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where k.team_id = $1 and k.deleted_at is null and r.version = k.version and (k.created_at, k.id) < ($2, $3) \
             order by k.created_at desc, k.id desc limit $4"))
            .bind(team.to_string()).bind(start.at).bind(start.id).bind(ask(limit)).fetch_all(c))?;
        let rows = rows.into_iter().map(KitRow::kit).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |row| (row.created_at, row.id.to_string())))
    }
}

async fn publish(conn: &mut Conn<'_>, kit: NewBrandKit, now: Timestamp) -> Result<Published<BrandKitId>> {
    let team: Option<String> =
        on!(conn, c => sqlx::query_scalar("select id from teams where id = $1").bind(kit.team.to_string()).fetch_optional(c))?;
    let team = team.ok_or(Error::Missing("team"))?;
    one_at_a_time(conn, &format!("brand kits of {team}")).await?;
    let known: Option<(String, i64, String)> = on!(conn, c => sqlx::query_as(
        "select k.id, k.version, r.digest from brand_kits k join brand_kit_revisions r on r.kit_id = k.id and r.version = k.version \
         where k.team_id = $1 and k.slug = $2")
        .bind(&team).bind(&kit.slug).fetch_optional(c))?;
    let (id, version, changed) = match known {
        None => (BrandKitId::new(), 1, true),
        Some((id, version, digest)) if digest == kit.digest => (word(&id)?, version, false),
        Some((id, version, _)) => (word(&id)?, version + 1, true),
    };
    on!(conn, c => sqlx::query(
        "insert into brand_kits (id, team_id, slug, name, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6) \
         on conflict (id) do update set name = excluded.name, version = excluded.version, \
         deleted_at = null, \
         updated_at = case when brand_kits.version = excluded.version then brand_kits.updated_at else excluded.updated_at end")
        .bind(id.as_str()).bind(&team).bind(&kit.slug).bind(&kit.name).bind(version).bind(now.as_micros()).execute(c))?;
    if changed {
        on!(conn, c => sqlx::query("insert into brand_kit_revisions (kit_id, version, document, digest, created_at) values ($1, $2, $3, $4, $5)")
            .bind(id.as_str()).bind(version).bind(&kit.document).bind(&kit.digest).bind(now.as_micros()).execute(c))?;
    }
    if kit.default {
        on!(conn, c => sqlx::query("update teams set default_brand_kit = $2 where id = $1").bind(&team).bind(id.as_str()).execute(c))?;
    }
    Ok(Published { id, version: number(version)?, changed })
}
