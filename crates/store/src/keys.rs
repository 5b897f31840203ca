//! API keys, kept as keyed digests.

use std::time::Duration;

use domain::{KeyDigest, KeyId, Mode, Network, Scopes, TeamId, Timestamp};

use crate::{Result, Store, Team};

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

impl Store {
    /// Keeps a new key. It works at once.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn create_key(&self, key: NewKey, now: Timestamp) -> Result<ApiKey> {
        let _ = (key, now);
        unimplemented!()
    }

    /// The key of a digest with its team; revoked and expired ones too (see [`ApiKey::is_usable`]).
    pub async fn find_key(&self, digest: &KeyDigest, now: Timestamp) -> Result<Option<FoundKey>> {
        let _ = (digest, now);
        unimplemented!()
    }

    /// The keys of a team, or of all, oldest first.
    pub async fn keys(&self, team: Option<TeamId>) -> Result<Vec<ApiKey>> {
        let _ = team;
        unimplemented!()
    }

    /// Revokes a key, of `team` only where one is given. False where there is none, or it was revoked before.
    pub async fn revoke_key(&self, team: Option<TeamId>, key: KeyId, now: Timestamp) -> Result<bool> {
        let _ = (team, key, now);
        unimplemented!()
    }

    /// Keeps `new` in place of `old` of the same team, which works on for `grace`.
    pub async fn replace_key(&self, old: KeyId, new: NewKey, grace: Duration, now: Timestamp) -> Result<ApiKey> {
        let _ = (old, new, grace, now);
        unimplemented!()
    }

    /// Notes a use; writes only where the last note is older than a minute.
    pub async fn touch_key(&self, key: KeyId, now: Timestamp) -> Result<()> {
        let _ = (key, now);
        unimplemented!()
    }
}
