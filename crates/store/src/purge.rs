//! The end of a team: at once it is gone for everybody, then what it had is removed bit by bit. Its books stay, and so do
//! the bare rows that they refer to.

use domain::{TeamId, Timestamp};

use crate::db::{on, word};
use crate::{Error, Result, Store, files, generations, members};

impl Store {
    /// Deletes a team: nobody is in it any more, its keys are revoked, its name and slug are free.
    ///
    /// # Errors
    /// `Missing` where there is no such team, or it was deleted before.
    pub async fn delete_team(&self, team: TeamId, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                members::lock(conn, team).await?;
                let id = team.to_string();
                on!(conn, c => sqlx::query("update api_keys set revoked_at = $2 where team_id = $1 and (revoked_at is null or revoked_at > $2)")
                    .bind(&id).bind(now.as_micros()).execute(c))?;
                for statement in [
                    "update bulk_runs set state = 'paused' where team_id = $1 and state = 'running'",
                    "delete from memberships where team_id = $1",
                    "delete from links where invite_id in (select id from invitations where team_id = $1)",
                    "delete from invitations where team_id = $1",
                ] {
                    on!(conn, c => sqlx::query(statement).bind(&id).execute(c))?;
                }
                on!(conn, c => sqlx::query("update teams set slug = id, name = '', members = 0, deleted_at = $2 where id = $1")
                    .bind(&id).bind(now.as_micros()).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// Deleted teams that still have something.
    pub async fn teams_to_purge(&self) -> Result<Vec<TeamId>> {
        let mut read = self.read().await?;
        let ids: Vec<String> = on!(&mut read.conn(), c => sqlx::query_scalar(
            "select id from teams where deleted_at is not null and purged_at is null order by deleted_at").fetch_all(c))?;
        ids.iter().map(|id| word(id)).collect()
    }

    /// Every version's document of a team's kits, for the blobs that they name.
    pub async fn kit_documents(&self, team: TeamId) -> Result<Vec<String>> {
        let mut read = self.read().await?;
        on!(&mut read.conn(), c => sqlx::query_scalar("select r.document from brand_kits k join brand_kit_revisions r on r.kit_id = k.id \
            where k.team_id = $1 order by r.kit_id, r.version").bind(team.to_string()).fetch_all(c))
    }

    /// Deletes up to `limit` generations of a deleted team; once there are none left, everything else goes too, and `blobs`
    /// with it. True when that is done.
    ///
    /// # Errors
    /// `Missing` where the team was not deleted.
    pub async fn purge_step(&self, team: TeamId, blobs: Vec<String>, limit: u32, now: Timestamp) -> Result<bool> {
        let plans = self.shared_plans();
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let id = team.to_string();
                let deleted: Option<i64> = on!(conn, c => sqlx::query_scalar("select deleted_at from teams where id = $1 and deleted_at is not null")
                    .bind(&id).fetch_optional(c))?;
                if deleted.is_none() {
                    return Err(Error::Missing("team"));
                }
                let full: Vec<(String, String)> = on!(conn, c => sqlx::query_as(
                    "select id, mode from generations where team_id = $1 and deleted_at is null limit $2")
                    .bind(&id).bind(i64::from(limit)).fetch_all(c))?;
                for (generation, mode) in &full {
                    generations::delete(conn, &plans, team, word(mode)?, word(generation)?, now).await?;
                }
                if !full.is_empty() {
                    return Ok(false);
                }
                let uploads: Vec<String> = on!(conn, c => sqlx::query_scalar("select blob_key from assets where team_id = $1").bind(&id).fetch_all(c))?;
                let fonts: Vec<String> = on!(conn, c => sqlx::query_scalar("select 'fonts/' || team_id || '/' || sha256 from fonts where team_id = $1")
                    .bind(&id).fetch_all(c))?;
                files::doom(conn, &[uploads, fonts, blobs].concat(), now).await?;
                for statement in [
                    "delete from assets where team_id = $1",
                    "delete from fonts where team_id = $1",
                    "delete from brand_kit_revisions where kit_id in (select id from brand_kits where team_id = $1)",
                    "delete from brand_kits where team_id = $1",
                    "delete from template_drafts where group_id in (select id from template_groups where owner = $1)",
                    "delete from template_revisions where group_id in (select id from template_groups where owner = $1)",
                    "delete from template_groups where owner = $1",
                    "delete from bulk_rows where run_id in (select id from bulk_runs where team_id = $1)",
                    "delete from bulk_runs where team_id = $1",
                    "delete from idempotency_keys where team_id = $1",
                    "delete from audit_log where team_id = $1",
                    "delete from requests where team_id = $1",
                    "update api_keys set name = '' where team_id = $1",
                ] {
                    on!(conn, c => sqlx::query(statement).bind(&id).execute(c))?;
                }
                on!(conn, c => sqlx::query("update teams set default_brand_kit = null, purged_at = $2 where id = $1")
                    .bind(&id).bind(now.as_micros()).execute(c))?;
                Ok(true)
            })
        })
        .await
    }
}
