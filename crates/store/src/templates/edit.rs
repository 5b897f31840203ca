//! What a team does with its own groups: drafts, versions made from one that is known, deleting and taking back.

use domain::{TeamId, TemplateGroupId, Timestamp};

use super::{Words, add_revision};
use crate::brand_kits::Deletion;
use crate::db::{Conn, number, on, row, word};
use crate::{NewTemplateGroup, Result, Store};

/// A text that is being worked on. It may be full of faults; nobody draws with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateDraft {
    /// The version that it was begun from.
    pub base: u32,
    pub document: String,
    pub saved_at: Timestamp,
}

/// One of a group's versions, without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    pub version: u32,
    pub digest: String,
    pub created_at: Timestamp,
}

row!(DraftRow { base: i64, document: String, saved_at: i64 });
row!(VersionRow { version: i64, digest: String, created_at: i64 });

impl Store {
    /// Makes a group of a team's own, with its first version. Its slug is `group.slug`, with a number behind it where that is taken.
    ///
    /// # Errors
    /// The database's.
    pub async fn create_template_group(&self, team: TeamId, mut group: NewTemplateGroup, now: Timestamp) -> Result<TemplateGroupId> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                (group.id, group.team) = (None, Some(team));
                group.slug = free_slug(conn, team, &group.slug).await?;
                Ok(super::publish(conn, group, now).await?.id)
            })
        })
        .await
    }

    /// Publishes a new version of a group whose latest is `base`, gives its number, and drops the draft. `None` where
    /// another one is the latest by now, or the team has no such group.
    ///
    /// # Errors
    /// The database's.
    pub async fn publish_template_version(
        &self,
        team: TeamId,
        id: &TemplateGroupId,
        base: u32,
        group: NewTemplateGroup,
        now: Timestamp,
    ) -> Result<Option<u32>> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let words = Words::of(&group)?;
                let version: Option<i64> = on!(conn, c => sqlx::query_scalar(
                    "update template_groups set name = $4, description = $5, tags = $6, tag_filter = $7, search_text = $8, \
                     version = version + 1, updated_at = $9 \
                     where id = $1 and owner = $2 and version = $3 and deleted_at is null returning version")
                    .bind(id.as_str()).bind(team.to_string()).bind(i64::from(base)).bind(&group.name).bind(&group.description)
                    .bind(&words.tags).bind(&words.tag_filter).bind(&words.search).bind(now.as_micros()).fetch_optional(c))?;
                let Some(version) = version else { return Ok(None) };
                add_revision(conn, &id, version, &group, now).await?;
                on!(conn, c => sqlx::query("delete from template_drafts where group_id = $1").bind(id.as_str()).execute(c))?;
                Ok(Some(number(version)?))
            })
        })
        .await
    }

    /// The newest first, at most 200.
    ///
    /// # Errors
    /// The database's.
    pub async fn template_versions(&self, team: TeamId, id: &TemplateGroupId) -> Result<Vec<TemplateVersion>> {
        let mut read = self.read().await?;
        let rows: Vec<VersionRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select r.version, r.digest, r.created_at from template_revisions r join template_groups g on g.id = r.group_id \
             where g.id = $1 and g.owner in ($2, 'built-in') and g.deleted_at is null order by r.version desc limit 200")
            .bind(id.as_str()).bind(team.to_string()).fetch_all(c))?;
        let version = |row: VersionRow| {
            Ok(TemplateVersion { version: number(row.version)?, digest: row.digest, created_at: Timestamp::from_micros(row.created_at) })
        };
        rows.into_iter().map(version).collect()
    }

    /// # Errors
    /// The database's.
    pub async fn template_draft(&self, team: TeamId, id: &TemplateGroupId) -> Result<Option<TemplateDraft>> {
        let mut read = self.read().await?;
        let row: Option<DraftRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select d.base, d.document, d.saved_at from template_drafts d join template_groups g on g.id = d.group_id \
             where g.id = $1 and g.owner = $2 and g.deleted_at is null")
            .bind(id.as_str()).bind(team.to_string()).fetch_optional(c))?;
        let draft = |row: DraftRow| {
            Ok(TemplateDraft { base: number(row.base)?, document: row.document, saved_at: Timestamp::from_micros(row.saved_at) })
        };
        row.map(draft).transpose()
    }

    /// Keeps a text as the group's draft, over an older one. False where the team has no such group.
    ///
    /// # Errors
    /// The database's.
    pub async fn save_template_draft(
        &self,
        team: TeamId,
        id: &TemplateGroupId,
        base: u32,
        document: String,
        now: Timestamp,
    ) -> Result<bool> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query(
                    "insert into template_drafts (group_id, base, document, saved_at) \
                     select g.id, $3, $4, $5 from template_groups g where g.id = $1 and g.owner = $2 and g.deleted_at is null \
                     on conflict (group_id) do update set base = excluded.base, document = excluded.document, saved_at = excluded.saved_at")
                    .bind(id.as_str()).bind(team.to_string()).bind(i64::from(base)).bind(document).bind(now.as_micros()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Throws a draft away; none is fine.
    ///
    /// # Errors
    /// The database's.
    pub async fn drop_template_draft(&self, team: TeamId, id: &TemplateGroupId) -> Result<()> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("delete from template_drafts where group_id in \
                    (select g.id from template_groups g where g.id = $1 and g.owner = $2)")
                    .bind(id.as_str()).bind(team.to_string()).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// Deletes a group of the team's own so that it can be taken back. False where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_template_group(&self, team: TeamId, id: &TemplateGroupId, now: Timestamp) -> Result<bool> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update template_groups set deleted_at = $3 where id = $1 and owner = $2 and deleted_at is null")
                    .bind(id.as_str()).bind(team.to_string()).bind(now.as_micros()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Takes back a group that was deleted at `since` or later. False where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn restore_template_group(&self, team: TeamId, id: &TemplateGroupId, since: Timestamp) -> Result<bool> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update template_groups set deleted_at = null where id = $1 and owner = $2 and deleted_at >= $3")
                    .bind(id.as_str()).bind(team.to_string()).bind(since.as_micros()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// The team's groups that were deleted at `since` or later, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn deleted_template_groups(&self, team: TeamId, since: Timestamp) -> Result<Vec<Deletion<TemplateGroupId>>> {
        let mut read = self.read().await?;
        let rows: Vec<(String, String, i64)> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, name, deleted_at from template_groups where owner = $1 and deleted_at >= $2 order by deleted_at desc, id")
            .bind(team.to_string()).bind(since.as_micros()).fetch_all(c))?;
        rows.into_iter().map(|(id, name, at)| Ok(Deletion { id: word(&id)?, name, deleted_at: Timestamp::from_micros(at) })).collect()
    }

    /// Forgets the groups of all teams that were deleted before `before`, with every version.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_template_groups(&self, before: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                for statement in [
                    "delete from template_drafts where group_id in (select g.id from template_groups g where g.deleted_at < $1)",
                    "delete from template_revisions where group_id in (select g.id from template_groups g where g.deleted_at < $1)",
                    "delete from template_groups where deleted_at < $1",
                ] {
                    on!(&mut conn, c => sqlx::query(statement).bind(before.as_micros()).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }
}

async fn free_slug(conn: &mut Conn<'_>, team: TeamId, wanted: &str) -> Result<String> {
    let mut slug = wanted.to_owned();
    let mut number = 1;
    loop {
        let taken: Option<String> = on!(conn, c => sqlx::query_scalar("select id from template_groups where owner = $1 and slug = $2")
            .bind(team.to_string()).bind(&slug).fetch_optional(c))?;
        if taken.is_none() {
            return Ok(slug);
        }
        number += 1;
        slug = format!("{wanted}-{number}");
    }
}
