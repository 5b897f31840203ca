//! API keys: made, listed, revoked. The plain key leaves this module once.

use domain::{KeyId, Mode, Pepper, PlainKey, Scopes, TeamId, Timestamp};
use serde::Serialize;
use store::{ApiKey, NewKey, Store, Team};

use super::{Operator, refusal};
use crate::error::{Detail, detail};
use crate::{Error, Result};

/// Longest name of a key, in characters.
pub(crate) const NAME: usize = 50;

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
        let faults = faults(&self.store, &team, &request, now);
        if !faults.is_empty() {
            return Err(Error::Refused(faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("\n")));
        }
        make(&self.store, &self.pepper, team.id, request, "operator".to_owned(), now).await.map_err(refusal)
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
        if self.store.revoke_key(None, key, None, self.clock.now()).await.map_err(refusal)? {
            Ok(())
        } else {
            Err(Error::Refused(format!("there is no key {id} to revoke: unknown, or revoked before")))
        }
    }
}

/// Everything that stands against a key, by field; `plan` where the team's has no API access.
pub(crate) fn faults(store: &Store, team: &Team, request: &NewKeyRequest, now: Timestamp) -> Vec<Detail> {
    let mut faults = Vec::new();
    let name = request.name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        faults.push(detail("name", "invalid_value", format!("a key's name says what it is for, in 1 to {NAME} characters"), None, None));
    }
    if request.expires_at.is_some_and(|at| at <= now) {
        faults.push(detail("expiresAt", "out_of_range", "the expiry is in the past", None, None));
    }
    if !store.plans().get(&team.plan).is_some_and(|plan| plan.api) {
        let plans: Vec<&str> = store.plans().iter().filter(|plan| plan.api).map(|plan| plan.slug.as_str()).collect();
        let message = format!("the plan {:?} has no API access; {} have it", team.plan, plans.join(" and "));
        faults.push(detail("plan", "plan_upgrade_required", message, None, None));
    }
    faults
}

/// Makes a key of a request without faults.
pub(crate) async fn make(
    store: &Store,
    pepper: &Pepper,
    team: TeamId,
    request: NewKeyRequest,
    created_by: String,
    now: Timestamp,
) -> store::Result<NewlyMadeKey> {
    let (plain, new) = fresh(pepper, team, request, created_by)?;
    let key = store.create_key(new, None, now).await?;
    Ok(NewlyMadeKey { plain, view: view(key) })
}

/// A plain key, and what is to be kept of it.
pub(crate) fn fresh(pepper: &Pepper, team: TeamId, request: NewKeyRequest, created_by: String) -> store::Result<(PlainKey, NewKey)> {
    let plain = PlainKey::generate(request.mode).map_err(|error| store::Error::Io(std::io::Error::other(error)))?;
    let new = NewKey {
        id: KeyId::new(),
        team,
        mode: request.mode,
        name: request.name.trim().to_owned(),
        digest: pepper.digest(&plain),
        hint: plain.hint(),
        scopes: request.scopes,
        networks: Vec::new(),
        expires_at: request.expires_at,
        created_by,
    };
    Ok((plain, new))
}

pub(crate) fn view(key: ApiKey) -> KeyView {
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
