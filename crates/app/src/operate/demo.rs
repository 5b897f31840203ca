//! The first run: a team with everything in it, so that the first call is a paste away.

use assets::{Sandbox, builtin};
use domain::{Mode, PlainKey, Role, Scopes, SecretToken};

use super::{NewKeyRequest, Operator, refusal};
use crate::{Error, Result};

/// Slug and name of the first team.
const TEAM: &str = "demo";
const PLAN: &str = "agency";
/// The kit that a new team draws with.
const DEFAULT_KIT: &str = "sorrelwick";

/// The address of its owner, until they write their own.
const OWNER: &str = "owner@localhost";

/// What the first run hands out, once.
#[derive(Debug)]
pub struct Demo {
    pub team: String,
    pub live: PlainKey,
    pub test: PlainKey,
    /// Signs the team's owner in, once.
    pub owner: SecretToken,
}

impl Operator {
    /// Makes the team `demo` on the Agency plan with the demo kits and a key of each mode, where there is no team at all.
    ///
    /// # Errors
    /// The settings have no such plan, or the store's.
    pub async fn first_run(&self, sandbox: &Sandbox) -> Result<Option<Demo>> {
        if !self.store.teams(self.clock.now()).await.map_err(refusal)?.is_empty() {
            return Ok(None);
        }
        let team = self.create_team(TEAM, PLAN).await?;
        let files = builtin::kits();
        for kit in files.iter().filter(|file| file.path.ends_with("/kit.json")) {
            let folder = kit.path.trim_end_matches("/kit.json");
            let text = std::str::from_utf8(&kit.bytes).map_err(Error::internal)?;
            let read = |name: &str| {
                let path = format!("{folder}/{name}");
                let file = files.iter().find(|file| file.path == path);
                file.map(|file| file.bytes.to_vec()).ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
            };
            self.import_brand_kit(&team.id, folder, text, read, sandbox, folder == DEFAULT_KIT).await?;
        }
        let key = |mode| NewKeyRequest { name: format!("First {mode} key"), mode, scopes: Scopes::ALL, expires_at: None };
        let live = self.create_key(&team.id, key(Mode::Live)).await?;
        let test = self.create_key(&team.id, key(Mode::Test)).await?;
        let owner = self.create_user(OWNER, "Demo owner", Some((&team.id, Role::Owner))).await?;
        Ok(Some(Demo { team: team.slug, live: live.plain, test: test.plain, owner: owner.token }))
    }
}
