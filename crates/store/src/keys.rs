//! API keys, kept as keyed digests.

use std::time::Duration;

use domain::{KeyDigest, KeyId, Mode, Network, Scopes, TeamId, Timestamp};

use crate::db::{Conn, on, row, word};
use crate::history::{self, NewEvent};
use crate::{Error, Result, Store, Team, teams};

/// A key as it is kept; the plain key is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub team: TeamId,
    pub mode: Mode,
    pub name: String,
    /// The prefix with the first and last 4 characters.
    pub hint: String,
    pub scopes: Scopes,
    /// Where it may be used from; empty is everywhere.
    pub networks: Vec<Network>,
    pub expires_at: Option<Timestamp>,
    pub created_by: String,
    pub created_at: Timestamp,
    /// Exact to a minute.
    pub last_used_at: Option<Timestamp>,
    /// From when on it is refused; ahead of now for a replaced key in its grace time.
    pub revoked_at: Option<Timestamp>,
    pub replaced_by: Option<KeyId>,
}

impl ApiKey {
    /// Neither revoked nor expired.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none_or(|at| now < at) && self.expires_at.is_none_or(|at| now < at)
    }
}

/// A key and the team that it speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    pub key: ApiKey,
    pub team: Team,
}

/// A key to be kept.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub id: KeyId,
    pub team: TeamId,
    pub mode: Mode,
    pub name: String,
    pub digest: KeyDigest,
    pub hint: String,
    pub scopes: Scopes,
    pub networks: Vec<Network>,
    pub expires_at: Option<Timestamp>,
    /// Who made it: a member, or `operator`.
    pub created_by: String,
}

row!(KeyRow {
    id: String,
    team_id: String,
    mode: String,
    name: String,
    hint: String,
    scopes: String,
    networks: String,
    expires_at: Option<i64>,
    created_by: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    replaced_by: Option<String>,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, team_id, mode, name, hint, scopes, networks, expires_at, created_by, created_at, last_used_at, revoked_at, replaced_by \
             from api_keys ",
            $rest
        )
    };
}

impl KeyRow {
    fn key(self) -> Result<ApiKey> {
        Ok(ApiKey {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            mode: word(&self.mode)?,
            name: self.name,
            hint: self.hint,
            scopes: word(&self.scopes)?,
            networks: self.networks.split_whitespace().map(word).collect::<Result<_>>()?,
            expires_at: self.expires_at.map(Timestamp::from_micros),
            created_by: self.created_by,
            created_at: Timestamp::from_micros(self.created_at),
            last_used_at: self.last_used_at.map(Timestamp::from_micros),
            revoked_at: self.revoked_at.map(Timestamp::from_micros),
            replaced_by: self.replaced_by.as_deref().map(word).transpose()?,
        })
    }
}

/// How exact `last_used_at` is.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

impl Store {
    /// Keeps a new key, and `note` with it. It works at once.
    ///
    /// # Errors
    /// `Missing` where there is no such team; `Taken` where the digest is known.
    pub async fn create_key(&self, key: NewKey, note: Option<NewEvent>, now: Timestamp) -> Result<ApiKey> {
        self.write(move |mut conn| {
            Box::pin(async move {
                history::keep(&mut conn, note.as_ref(), now).await?;
                insert(&mut conn, key, now).await
            })
        })
        .await
    }

    /// Keeps a key, and `note` with it, under an id that may be taken: whatever was there stops, in the same statement.
    ///
    /// # Errors
    /// `Missing` where there is no such team, or the id is another team's.
    pub async fn renew_key(&self, key: NewKey, note: Option<NewEvent>, now: Timestamp) -> Result<ApiKey> {
        self.write(move |mut conn| {
            Box::pin(async move {
                if teams::by_id(&mut conn, key.team, now).await?.is_none() {
                    return Err(Error::Missing("team"));
                }
                let networks: Vec<String> = key.networks.iter().map(Network::to_string).collect();
                let done = on!(&mut conn, c => sqlx::query("insert into api_keys (id, team_id, mode, name, digest, hint, scopes, networks, expires_at, created_by, created_at) \
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                    on conflict (id) do update set mode = excluded.mode, name = excluded.name, digest = excluded.digest, hint = excluded.hint, \
                    scopes = excluded.scopes, networks = excluded.networks, expires_at = excluded.expires_at, created_at = excluded.created_at, \
                    last_used_at = null, revoked_at = null, replaced_by = null where api_keys.team_id = excluded.team_id")
                    .bind(key.id.to_string()).bind(key.team.to_string()).bind(key.mode.as_str()).bind(&key.name).bind(key.digest.as_str())
                    .bind(&key.hint).bind(key.scopes.to_string()).bind(networks.join(" ")).bind(key.expires_at.map(Timestamp::as_micros))
                    .bind(&key.created_by).bind(now.as_micros()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Err(Error::Missing("key"));
                }
                history::keep(&mut conn, note.as_ref(), now).await?;
                Ok(kept(key, now))
            })
        })
        .await
    }

    /// The key of a digest with its team; revoked and expired ones too (see [`ApiKey::is_usable`]).
    pub async fn find_key(&self, digest: &KeyDigest, now: Timestamp) -> Result<Option<FoundKey>> {
        let mut read = self.read().await?;
        let conn = &mut read.conn();
        let row: Option<KeyRow> = on!(conn, c => sqlx::query_as(select!("where digest = $1")).bind(digest.as_str()).fetch_optional(c))?;
        let Some(row) = row else { return Ok(None) };
        let key = row.key()?;
        // No snapshot is needed: a key never changes its team, and teams stay.
        let team = teams::by_id(conn, key.team, now).await?.ok_or_else(|| Error::Corrupt(format!("{} has no team", key.id)))?;
        Ok(Some(FoundKey { key, team }))
    }

    /// The keys of a team, or of all, oldest first.
    pub async fn keys(&self, team: Option<TeamId>) -> Result<Vec<ApiKey>> {
        let mut read = self.read().await?;
        let conn = &mut read.conn();
        let rows: Vec<KeyRow> = match team {
            Some(team) => on!(conn, c => sqlx::query_as(select!("where team_id = $1 order by created_at, id"))
                .bind(team.to_string()).fetch_all(c))?,
            None => on!(conn, c => sqlx::query_as(select!("order by created_at, id")).fetch_all(c))?,
        };
        rows.into_iter().map(KeyRow::key).collect()
    }

    /// Revokes a key, of `team` only where one is given, and keeps `note` with it. False where there is none, or it was revoked before.
    pub async fn revoke_key(&self, team: Option<TeamId>, key: KeyId, note: Option<NewEvent>, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                // A key in its grace time is revoked for good now.
                let done = on!(&mut conn, c => sqlx::query("update api_keys set revoked_at = $3 \
                    where id = $1 and team_id = coalesce($2, team_id) and (revoked_at is null or revoked_at > $3)")
                    .bind(key.to_string()).bind(team.map(|team| team.to_string())).bind(now.as_micros()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                history::keep(&mut conn, note.as_ref(), now).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Gives a team's key another name, and keeps `note` with it. False where the team has no such key.
    pub async fn rename_key(&self, team: TeamId, key: KeyId, name: &str, note: Option<NewEvent>, now: Timestamp) -> Result<bool> {
        let name = name.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update api_keys set name = $3 where id = $1 and team_id = $2")
                    .bind(key.to_string()).bind(team.to_string()).bind(name).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                history::keep(&mut conn, note.as_ref(), now).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Keeps `new` in place of `old` of the same team, which works on for `grace`, and `note` with it.
    ///
    /// # Errors
    /// `Missing` where the team has no such key that is not revoked.
    pub async fn replace_key(&self, old: KeyId, new: NewKey, grace: Duration, note: Option<NewEvent>, now: Timestamp) -> Result<ApiKey> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let key = insert(&mut conn, new, now).await?;
                let done = on!(&mut conn, c => sqlx::query("update api_keys set revoked_at = $3, replaced_by = $4 \
                    where id = $1 and team_id = $2 and revoked_at is null")
                    .bind(old.to_string()).bind(key.team.to_string()).bind(now.plus(grace).as_micros()).bind(key.id.to_string()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Err(Error::Missing("key"));
                }
                history::keep(&mut conn, note.as_ref(), now).await?;
                Ok(key)
            })
        })
        .await
    }

    /// Notes a use; writes only where the last note is older than a minute.
    pub async fn touch_key(&self, key: KeyId, now: Timestamp) -> Result<()> {
        let due = now.minus(TOUCH_EVERY).as_micros();
        let mut read = self.read().await?;
        let stale: Option<String> = on!(&mut read.conn(), c => sqlx::query_scalar(
            "select id from api_keys where id = $1 and (last_used_at is null or last_used_at <= $2)")
            .bind(key.to_string()).bind(due).fetch_optional(c))?;
        drop(read);
        if stale.is_none() {
            return Ok(());
        }
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)")
                    .bind(key.to_string()).bind(now.as_micros()).bind(due).execute(c))?;
                Ok(())
            })
        })
        .await
    }
}

async fn insert(conn: &mut Conn<'_>, key: NewKey, now: Timestamp) -> Result<ApiKey> {
    if teams::by_id(conn, key.team, now).await?.is_none() {
        return Err(Error::Missing("team"));
    }
    let networks: Vec<String> = key.networks.iter().map(Network::to_string).collect();
    let inserted = on!(conn, c => sqlx::query("insert into api_keys (id, team_id, mode, name, digest, hint, scopes, networks, expires_at, created_by, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(key.id.to_string()).bind(key.team.to_string()).bind(key.mode.as_str()).bind(&key.name).bind(key.digest.as_str())
        .bind(&key.hint).bind(key.scopes.to_string()).bind(networks.join(" ")).bind(key.expires_at.map(Timestamp::as_micros))
        .bind(&key.created_by).bind(now.as_micros()).execute(c));
    match inserted {
        Ok(_) => {}
        Err(error) if error.is_duplicate() => return Err(Error::Taken("the key".into())),
        Err(error) => return Err(error),
    }
    Ok(kept(key, now))
}

fn kept(key: NewKey, now: Timestamp) -> ApiKey {
    let NewKey { id, team, mode, name, digest: _, hint, scopes, networks, expires_at, created_by } = key;
    ApiKey {
        id,
        team,
        mode,
        name,
        hint,
        scopes,
        networks,
        expires_at,
        created_by,
        created_at: now,
        last_used_at: None,
        revoked_at: None,
        replaced_by: None,
    }
}
