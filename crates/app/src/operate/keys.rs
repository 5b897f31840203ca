//! API keys: made, listed, revoked. The plain key leaves this module once.

use domain::{KeyId, Mode, PlainKey, Scopes, Timestamp};
use serde::Serialize;
use store::{ApiKey, NewKey};

use super::{Operator, refusal};
use crate::{Error, Result};

/// Longest name of a key, in characters.
const NAME: usize = 50;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKeyRequest {
    pub name: String,
    pub mode: Mode,
    pub scopes: Scopes,
    pub expires_at: Option<Timestamp>,
}

/// A key as commands print it: everything but the key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    pub id: String,
    pub team: String,
    pub name: String,
    pub mode: &'static str,
    /// First and last four characters.
    pub hint: String,
    /// Empty is all.
    pub scopes: Vec<&'static str>,
    pub created_at: String,
    pub created_by: String,
    pub last_used_at: Option<String>,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
}

/// The only place where a key stands in the clear; `Debug` hides it.
#[derive(Debug)]
pub struct NewlyMadeKey {
    pub plain: PlainKey,
    pub view: KeyView,
}

impl Operator {
    /// Works at once.
    ///
    /// # Errors
    /// No such team, a plan without API access, a bad name, an expiry in the past.
    pub async fn create_key(&self, team: &str, request: NewKeyRequest) -> Result<NewlyMadeKey> {
        let team = self.find(team).await?;
        let now = self.clock.now();
        let name = request.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(Error::Refused(format!("a key's name says what it is for, in 1 to {NAME} characters")));
        }
        if request.expires_at.is_some_and(|at| at <= now) {
            return Err(Error::Refused("the expiry is in the past".to_owned()));
        }
        if !self.store.plans().get(&team.plan).is_some_and(|plan| plan.api) {
            let plans: Vec<&str> = self.store.plans().iter().filter(|plan| plan.api).map(|plan| plan.slug.as_str()).collect();
            return Err(Error::Refused(format!("the plan {:?} has no API access; {} have it", team.plan, plans.join(" and "))));
        }
        let plain = PlainKey::generate(request.mode).map_err(Error::internal)?;
        let new = NewKey {
            id: KeyId::new(),
            team: team.id,
            mode: request.mode,
            name,
            digest: self.pepper.digest(&plain),
            hint: plain.hint(),
            scopes: request.scopes,
            networks: Vec::new(),
            expires_at: request.expires_at,
            created_by: "operator".to_owned(),
        };
        let key = self.store.create_key(new, now).await.map_err(refusal)?;
        Ok(NewlyMadeKey { plain, view: view(key) })
    }

    /// Revoked and expired ones too, oldest first.
    ///
    /// # Errors
    /// No such team.
    pub async fn keys(&self, team: &str) -> Result<Vec<KeyView>> {
        let team = self.find(team).await?;
        Ok(self.store.keys(Some(team.id)).await.map_err(refusal)?.into_iter().map(view).collect())
    }

    /// The running service follows within 5 seconds.
    ///
    /// # Errors
    /// No such key, or it was revoked before.
    pub async fn revoke_key(&self, id: &str) -> Result<()> {
        let key: KeyId = id.parse().map_err(|e| Error::Refused(format!("{id:?} is no key's id: {e}")))?;
        if self.store.revoke_key(None, key, self.clock.now()).await.map_err(refusal)? {
            Ok(())
        } else {
            Err(Error::Refused(format!("there is no key {id} to revoke: unknown, or revoked before")))
        }
    }
}

fn view(key: ApiKey) -> KeyView {
    KeyView {
        id: key.id.to_string(),
        team: key.team.to_string(),
        name: key.name,
        mode: key.mode.as_str(),
        hint: key.hint,
        scopes: if key.scopes.is_all() { Vec::new() } else { key.scopes.iter().map(domain::Scope::as_str).collect() },
        created_at: key.created_at.to_string(),
        created_by: key.created_by,
        last_used_at: key.last_used_at.map(|at| at.to_string()),
        expires_at: key.expires_at.map(|at| at.to_string()),
        revoked_at: key.revoked_at.map(|at| at.to_string()),
    }
}
