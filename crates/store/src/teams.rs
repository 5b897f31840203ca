//! Teams: who pays, on which plan, with which limits.

use domain::{BrandKitId, TeamId, Timestamp};

use crate::{Result, Store};

/// A team as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: TeamId,
    pub slug: String,
    pub name: String,
    /// The plan's slug; a due renewal is already counted in.
    pub plan: String,
    /// The plan from the next renewal on.
    pub next_plan: Option<String>,
    /// The day that its periods start on.
    pub anchor: Timestamp,
    /// Requests a minute, in place of the plan's.
    pub rate_limit: Option<u32>,
    pub default_brand_kit: Option<BrandKitId>,
    pub created_at: Timestamp,
}

/// A team to be made.
#[derive(Clone, Debug)]
pub struct NewTeam {
    pub name: String,
    /// Small letters, digits, hyphens; made from the name where absent.
    pub slug: Option<String>,
    pub plan: String,
}

impl Store {
    /// Makes a team; its first period's included credits are granted at once. The anchor is today.
    ///
    /// # Errors
    /// `UnknownPlan`; `Taken` for a slug that was asked for; `Invalid` for an empty name or a bad slug.
    pub async fn create_team(&self, team: NewTeam, now: Timestamp) -> Result<Team> {
        let _ = (team, now);
        unimplemented!()
    }

    pub async fn team(&self, id: TeamId, now: Timestamp) -> Result<Option<Team>> {
        let _ = (id, now);
        unimplemented!()
    }

    /// By id or slug, as commands name a team.
    pub async fn find_team(&self, id_or_slug: &str, now: Timestamp) -> Result<Option<Team>> {
        let _ = (id_or_slug, now);
        unimplemented!()
    }

    /// All teams, oldest first.
    pub async fn teams(&self, now: Timestamp) -> Result<Vec<Team>> {
        let _ = now;
        unimplemented!()
    }

    /// The operator's change of plan, at once: access and limits follow the plan; included credits only grow until renewal.
    pub async fn set_plan(&self, team: TeamId, plan: &str, now: Timestamp) -> Result<Team> {
        let _ = (team, plan, now);
        unimplemented!()
    }

    /// The team's own choice: a larger plan at once, a smaller one from the next renewal on.
    pub async fn choose_plan(&self, team: TeamId, plan: &str, now: Timestamp) -> Result<Team> {
        let _ = (team, plan, now);
        unimplemented!()
    }

    /// Another limit than the plan's; `None` goes back to the plan's.
    pub async fn set_rate_limit(&self, team: TeamId, limit: Option<u32>, now: Timestamp) -> Result<Team> {
        let _ = (team, limit, now);
        unimplemented!()
    }
}
