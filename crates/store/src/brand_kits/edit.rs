//! What a team does with its kits: new ones within its plan, new versions, the default, deleting and taking back.

use domain::{BrandKitId, TeamId, Timestamp};

use crate::db::{Conn, number, on, word};
use crate::writer::Verdict;
use crate::{Error, Result, Store, members};

/// A version of a kit, as its team writes it.
#[derive(Clone, Debug)]
pub struct KitText {
    pub name: String,
    pub document: String,
    /// Digest of `document`.
    pub digest: String,
}

/// A kit or a group that was deleted and can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion<Id> {
    pub id: Id,
    pub name: String,
    pub deleted_at: Timestamp,
}

/// What deleting a kit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KitRemoval {
    Removed,
    /// It is the team's default, others are there, and none of them was named to follow it. Nothing happened.
    NeedsDefault,
    /// The team has no such kit.
    Missing,
}

/// What taking something back came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restoration {
    Restored,
    /// The team has as many as its plan allows.
    Full,
    Missing,
}

impl Store {
    /// Makes a kit; a team's first one becomes its default. `None` where the team has `limit` kits already.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn create_brand_kit(&self, team: TeamId, kit: KitText, limit: Option<u32>, now: Timestamp) -> Result<Option<BrandKitId>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let (conn, id) = (&mut conn, BrandKitId::new());
                members::lock(conn, team).await?;
                let done = on!(conn, c => sqlx::query(
                    "insert into brand_kits (id, team_id, slug, name, version, created_at, updated_at) \
                     select $1, t.id, $3, $4, 1, $5, $5 from teams t where t.id = $2 \
                     and (select count(*) from brand_kits k where k.team_id = $2 and k.deleted_at is null) < $6")
                    .bind(id.as_str()).bind(team.to_string()).bind(id.word()).bind(&kit.name).bind(now.as_micros())
                    .bind(most(limit)).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(None);
                }
                add_revision(conn, &id, 1, &kit, now).await?;
                default_where_none(conn, team, &id).await?;
                Ok(Some(id))
            })
        })
        .await
    }

    /// Keeps a new version of a kit whose latest is `version`, and gives its number. `None` where another one is the
    /// latest by now, or the kit is not there.
    ///
    /// # Errors
    /// The database's.
    pub async fn save_brand_kit(&self, team: TeamId, id: &BrandKitId, version: u32, kit: KitText, now: Timestamp) -> Result<Option<u32>> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let saved: Option<i64> = on!(&mut conn, c => sqlx::query_scalar(
                    "update brand_kits set name = $4, version = version + 1, updated_at = $5 \
                     where id = $1 and team_id = $2 and version = $3 and deleted_at is null returning version")
                    .bind(id.as_str()).bind(team.to_string()).bind(i64::from(version)).bind(&kit.name).bind(now.as_micros())
                    .fetch_optional(c))?;
                let Some(saved) = saved else { return Ok(None) };
                add_revision(&mut conn, &id, saved, &kit, now).await?;
                Ok(Some(number(saved)?))
            })
        })
        .await
    }

    /// Makes a kit the one that calls without a kit draw with. False where the team has no such kit.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_default_brand_kit(&self, team: TeamId, id: &BrandKitId) -> Result<bool> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "update teams set default_brand_kit = $2 where id = $1 \
                     and exists (select 1 from brand_kits k where k.id = $2 and k.team_id = $1 and k.deleted_at is null)")
                    .bind(team.to_string()).bind(id.as_str()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Deletes a kit so that it can be taken back. Where it is the default, `next` takes its place.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_brand_kit(&self, team: TeamId, id: &BrandKitId, next: Option<&BrandKitId>, now: Timestamp) -> Result<KitRemoval> {
        let (id, next) = (id.clone(), next.cloned());
        self.write_or_undo(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                members::lock(conn, team).await?;
                let done = on!(conn, c => sqlx::query("update brand_kits set deleted_at = $3 where id = $1 and team_id = $2 and deleted_at is null")
                    .bind(id.as_str()).bind(team.to_string()).bind(now.as_micros()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(Verdict::Undo(KitRemoval::Missing));
                }
                let was_default = on!(conn, c => sqlx::query("update teams set default_brand_kit = \
                    (select k.id from brand_kits k where k.id = $3 and k.team_id = $1 and k.deleted_at is null) \
                    where id = $1 and default_brand_kit = $2")
                    .bind(team.to_string()).bind(id.as_str()).bind(next.as_ref().map(BrandKitId::as_str)).execute(c))?;
                if was_default.rows_affected() == 1 {
                    let headless: Option<i64> = on!(conn, c => sqlx::query_scalar(
                        "select t.created_at from teams t where t.id = $1 and t.default_brand_kit is null \
                         and exists (select 1 from brand_kits k where k.team_id = $1 and k.deleted_at is null)")
                        .bind(team.to_string()).fetch_optional(c))?;
                    if headless.is_some() {
                        return Ok(Verdict::Undo(KitRemoval::NeedsDefault));
                    }
                }
                Ok(Verdict::Keep(KitRemoval::Removed))
            })
        })
        .await
    }

    /// Takes back a kit that was deleted at `since` or later.
    ///
    /// # Errors
    /// The database's.
    pub async fn restore_brand_kit(&self, team: TeamId, id: &BrandKitId, since: Timestamp, limit: Option<u32>) -> Result<Restoration> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                members::lock(conn, team).await?;
                let known: Option<i64> = on!(conn, c => sqlx::query_scalar(
                    "select deleted_at from brand_kits where id = $1 and team_id = $2 and deleted_at >= $3")
                    .bind(id.as_str()).bind(team.to_string()).bind(since.as_micros()).fetch_optional(c))?;
                if known.is_none() {
                    return Ok(Restoration::Missing);
                }
                let done = on!(conn, c => sqlx::query("update brand_kits set deleted_at = null where id = $1 and team_id = $2 \
                    and (select count(*) from brand_kits k where k.team_id = $2 and k.deleted_at is null) < $3")
                    .bind(id.as_str()).bind(team.to_string()).bind(most(limit)).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(Restoration::Full);
                }
                default_where_none(conn, team, &id).await?;
                Ok(Restoration::Restored)
            })
        })
        .await
    }

    /// The team's kits that were deleted at `since` or later, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn deleted_brand_kits(&self, team: TeamId, since: Timestamp) -> Result<Vec<Deletion<BrandKitId>>> {
        let mut read = self.read().await?;
        let rows: Vec<(String, String, i64)> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, name, deleted_at from brand_kits where team_id = $1 and deleted_at >= $2 order by deleted_at desc, id")
            .bind(team.to_string()).bind(since.as_micros()).fetch_all(c))?;
        rows.into_iter().map(|(id, name, at)| Ok(Deletion { id: word(&id)?, name, deleted_at: Timestamp::from_micros(at) })).collect()
    }

    /// Forgets the kits of all teams that were deleted before `before`, with every version.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_brand_kits(&self, before: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                for statement in [
                    "delete from brand_kit_revisions where kit_id in (select k.id from brand_kits k where k.deleted_at < $1)",
                    "delete from brand_kits where deleted_at < $1",
                ] {
                    on!(&mut conn, c => sqlx::query(statement).bind(before.as_micros()).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }
}

fn most(limit: Option<u32>) -> i64 {
    limit.map_or(i64::MAX, i64::from)
}

async fn add_revision(conn: &mut Conn<'_>, id: &BrandKitId, version: i64, kit: &KitText, now: Timestamp) -> Result<()> {
    on!(conn, c => sqlx::query("insert into brand_kit_revisions (kit_id, version, document, digest, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str()).bind(version).bind(&kit.document).bind(&kit.digest).bind(now.as_micros()).execute(c))?;
    Ok(())
}

async fn default_where_none(conn: &mut Conn<'_>, team: TeamId, id: &BrandKitId) -> Result<()> {
    on!(conn, c => sqlx::query("update teams set default_brand_kit = $2 where id = $1 and default_brand_kit is null")
        .bind(team.to_string()).bind(id.as_str()).execute(c))?;
    Ok::<(), Error>(())
}
