//! API keys as members make them. The plain key leaves this module once.

use std::time::Duration;

use domain::{KeyId, Mode, Right, Scope, Timestamp, UserId};
use store::ApiKey;

use super::Member;
use crate::operate::{KeyView, NewKeyRequest, NewlyMadeKey, keys};
use crate::{App, Error, Missing, Result};

/// What a key of the documentation's console may do: what leaves nothing behind but test generations.
pub const CONSOLE_SCOPES: [Scope; 5] =
    [Scope::Generate, Scope::GenerationsRead, Scope::TemplatesRead, Scope::BrandKitsRead, Scope::CreditsRead];
/// For how long it works.
const CONSOLE_LIFE: Duration = Duration::from_secs(60 * 60);
const CONSOLE_NAME: &str = "API Documentation console";

/// A key in the team's list.
#[derive(Clone, Debug)]
pub struct TeamKey {
    pub key: KeyView,
    /// The name of whoever made it.
    pub created_by: String,
    pub replaced_by: Option<KeyId>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// From when on it is refused; ahead of now in a grace time.
    pub revoked_at: Option<Timestamp>,
    /// Neither revoked nor expired, and the plan has the API.
    pub works: bool,
}

/// For how long a key works on beside the one that replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grace {
    None,
    Hour,
    Day,
    ThreeDays,
    Week,
}

impl Grace {
    pub const ALL: [Self; 5] = [Self::None, Self::Hour, Self::Day, Self::ThreeDays, Self::Week];

    /// Hours: how forms write it.
    #[must_use]
    pub fn hours(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Hour => 1,
            Self::Day => 24,
            Self::ThreeDays => 72,
            Self::Week => 168,
        }
    }

    /// One of the five, by its hours.
    #[must_use]
    pub fn of_hours(hours: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|grace| grace.hours() == hours)
    }

    fn span(self) -> Duration {
        Duration::from_secs(self.hours() * 60 * 60)
    }
}

impl App {
    /// Works at once.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`], [`Error::PlanUpgradeRequired`]; every fault of the request.
    pub async fn create_key(&self, member: &Member, request: NewKeyRequest) -> Result<NewlyMadeKey> {
        member.need_with_password(Right::Keys)?;
        self.check_key(member, &request).await?;
        let (plain, new) = keys::fresh(&self.pepper, member.team, request, member.user.to_string())?;
        let note = member.event("key.created", &new.name, &new.hint);
        let key = self.store.create_key(new, Some(note), self.clock.now()).await?;
        Ok(NewlyMadeKey { plain, view: keys::view(key) })
    }

    /// A test key for the documentation's console, which ends in an hour. A person has one in a team: the one before stops
    /// within 5 seconds.
    ///
    /// # Errors
    /// Those of [`App::create_key`].
    pub async fn console_key(&self, member: &Member) -> Result<NewlyMadeKey> {
        member.need_with_password(Right::Keys)?;
        let now = self.clock.now();
        let request = NewKeyRequest {
            name: CONSOLE_NAME.to_owned(),
            mode: Mode::Test,
            scopes: CONSOLE_SCOPES.into_iter().collect(),
            expires_at: Some(now.plus(CONSOLE_LIFE)),
        };
        self.check_key(member, &request).await?;
        let (plain, mut new) = keys::fresh(&self.pepper, member.team, request, member.user.to_string())?;
        new.id = KeyId::of_console(member.team, member.user);
        let note = member.event("key.created", &new.name, &new.hint);
        let made = self.store.renew_key(new, Some(note), now).await?;
        Ok(NewlyMadeKey { plain, view: keys::view(made) })
    }

    /// The team's keys, newest first; those of consoles for as long as they work; also on plans without the API, where none works.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn team_keys(&self, member: &Member) -> Result<Vec<TeamKey>> {
        member.need(Right::Keys)?;
        let now = self.clock.now();
        let plan_has_api = self.store.plans().get(&member.plan).is_some_and(|plan| plan.api);
        let members = self.store.members(member.team).await?;
        let mut rows = Vec::new();
        let all = self.store.keys(Some(member.team)).await?.into_iter().rev();
        for key in all.filter(|key| !is_console(key) || key.is_usable(now)) {
            let created_by = match key.created_by.parse::<UserId>() {
                Err(_) => key.created_by.clone(),
                Ok(id) => match members.iter().find(|row| row.user == id) {
                    Some(row) => row.name.clone(),
                    None => self.store.user(id).await?.map_or_else(|| "a former member".to_owned(), |user| user.name),
                },
            };
            rows.push(TeamKey {
                created_by,
                replaced_by: key.replaced_by,
                created_at: key.created_at,
                last_used_at: key.last_used_at,
                expires_at: key.expires_at,
                revoked_at: key.revoked_at,
                works: plan_has_api && key.is_usable(now),
                key: keys::view(key),
            });
        }
        Ok(rows)
    }

    /// # Errors
    /// [`Error::Forbidden`]; [`Missing::Key`]; a fault of `name`.
    pub async fn rename_key(&self, member: &Member, key: &str, name: &str) -> Result<()> {
        member.need(Right::Keys)?;
        let key = self.team_key(member, key).await?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > keys::NAME || name.chars().any(char::is_control) {
            return Err(Error::fault("name", "invalid_value", format!("Say what the key is for, in 1 to {} characters.", keys::NAME)));
        }
        let note = member.event("key.renamed", &key.name, name);
        self.store.rename_key(member.team, key.id, name, Some(note), self.clock.now()).await?;
        Ok(())
    }

    /// It stops within 5 seconds.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Missing::Key`]; [`Error::Conflict`] where it was revoked before.
    pub async fn revoke_key(&self, member: &Member, key: &str) -> Result<()> {
        member.need(Right::Keys)?;
        let key = self.team_key(member, key).await?;
        let note = member.event("key.revoked", &key.name, &key.hint);
        if !self.store.revoke_key(Some(member.team), key.id, Some(note), self.clock.now()).await? {
            return Err(Error::Conflict("This key was revoked before.".to_owned()));
        }
        // Here at once; other processes ask again within seconds.
        self.keys.clear();
        Ok(())
    }

    /// A new key like an old one, which works on for `grace`.
    ///
    /// # Errors
    /// Those of [`App::create_key`]; [`Missing::Key`]; [`Error::Conflict`] where it was revoked or replaced before.
    pub async fn rotate_key(&self, member: &Member, key: &str, grace: Grace) -> Result<NewlyMadeKey> {
        member.need_with_password(Right::Keys)?;
        let old = self.team_key(member, key).await?;
        if is_console(&old) {
            return Err(Error::Conflict("This key ends within the hour; the console makes the next one.".to_owned()));
        }
        let now = self.clock.now();
        let request = NewKeyRequest {
            name: old.name.clone(),
            mode: old.mode,
            scopes: old.scopes,
            // As long a life as the old one was given.
            expires_at: old.expires_at.map(|at| now.plus(at.since(old.created_at))),
        };
        self.check_key(member, &request).await?;
        let (plain, mut new) = keys::fresh(&self.pepper, member.team, request, member.user.to_string())?;
        new.networks.clone_from(&old.networks);
        let note = member.event("key.rotated", &old.name, &format!("{} → {}", old.hint, new.hint));
        let made = match self.store.replace_key(old.id, new, grace.span(), Some(note), now).await {
            Err(store::Error::Missing(_)) => return Err(Error::Conflict("This key was revoked or replaced before.".to_owned())),
            other => other?,
        };
        self.keys.clear();
        Ok(NewlyMadeKey { plain, view: keys::view(made) })
    }

    async fn check_key(&self, member: &Member, request: &NewKeyRequest) -> Result<()> {
        let now = self.clock.now();
        let team = self.store.team(member.team, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let faults = keys::faults(&self.store, &team, request, now);
        if faults.iter().any(|fault| fault.code == "plan_upgrade_required") {
            return Err(Error::PlanUpgradeRequired);
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Validation(faults)) }
    }

    async fn team_key(&self, member: &Member, id: &str) -> Result<ApiKey> {
        let missing = || Error::missing(Missing::Key);
        let id: KeyId = id.parse().map_err(|_| missing())?;
        self.store.keys(Some(member.team)).await?.into_iter().find(|key| key.id == id).ok_or_else(missing)
    }
}

/// Whether a key was made for the documentation's console.
fn is_console(key: &ApiKey) -> bool {
    key.created_by.parse().is_ok_and(|user| KeyId::of_console(key.team, user) == key.id)
}
