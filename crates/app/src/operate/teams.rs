//! Teams, their plans, credits and limits.

use serde::Serialize;
use store::{Adjusted, NewTeam, Team};

use super::{Operator, refusal};
use crate::{Error, Result};

/// A team as commands print it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamView {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub plan: String,
    /// From the next renewal on.
    pub next_plan: Option<String>,
    /// In place of the plan's, requests a minute.
    pub rate_limit: Option<u32>,
    /// `None` is unlimited.
    pub credits_remaining: Option<i64>,
    pub created_at: String,
}

impl Operator {
    /// # Errors
    /// No such plan, or an empty name.
    pub async fn create_team(&self, name: &str, plan: &str) -> Result<TeamView> {
        let new = NewTeam { name: name.to_owned(), slug: None, plan: plan.to_owned() };
        let team = self.store.create_team(new, self.clock.now()).await.map_err(|e| self.named(e))?;
        self.view(team).await
    }

    /// # Errors
    /// The store's.
    pub async fn teams(&self) -> Result<Vec<TeamView>> {
        let mut views = Vec::new();
        for team in self.store.teams(self.clock.now()).await.map_err(refusal)? {
            views.push(self.view(team).await?);
        }
        Ok(views)
    }

    /// Takes effect at once; the running service follows within 5 seconds.
    ///
    /// # Errors
    /// No such team or plan.
    pub async fn set_plan(&self, team: &str, plan: &str) -> Result<TeamView> {
        let team = self.find(team).await?;
        let team = self.store.set_plan(team.id, plan, self.clock.now()).await.map_err(|e| self.named(e))?;
        self.view(team).await
    }

    /// Credits that don't expire.
    ///
    /// # Errors
    /// No such team; nothing to grant.
    pub async fn grant_credits(&self, team: &str, credits: i64) -> Result<TeamView> {
        let team = self.find(team).await?;
        self.store.grant_credits(team.id, credits, "granted by the operator", None, self.clock.now()).await.map_err(refusal)?;
        self.view(team).await
    }

    /// A correction with its reason in the ledger.
    ///
    /// # Errors
    /// It would leave less than nothing.
    pub async fn adjust_credits(&self, team: &str, by: i64, reason: &str) -> Result<TeamView> {
        let team = self.find(team).await?;
        match self.store.adjust_credits(team.id, by, reason, self.clock.now()).await.map_err(refusal)? {
            Adjusted::Done(_) => self.view(team).await,
            Adjusted::Refused { remaining } => {
                Err(Error::Refused(format!("{remaining} credits are left: an adjustment by {by} would leave less than nothing")))
            }
        }
    }

    /// # Errors
    /// No such team; a limit of 0.
    pub async fn set_rate_limit(&self, team: &str, limit: u32) -> Result<TeamView> {
        if limit == 0 {
            return Err(Error::Refused("the limit must be at least 1; revoke the team's keys to stop it".to_owned()));
        }
        let team = self.find(team).await?;
        let team = self.store.set_rate_limit(team.id, Some(limit), self.clock.now()).await.map_err(refusal)?;
        self.view(team).await
    }

    async fn view(&self, team: Team) -> Result<TeamView> {
        let credits = self.store.credits(team.id, self.clock.now()).await.map_err(refusal)?;
        Ok(TeamView {
            id: team.id.to_string(),
            slug: team.slug,
            name: team.name,
            plan: team.plan,
            next_plan: team.next_plan,
            rate_limit: team.rate_limit,
            credits_remaining: credits.filter(|credits| !credits.unlimited).map(|credits| credits.remaining()),
            created_at: team.created_at.to_string(),
        })
    }

    /// Names the plans where one was wrong.
    fn named(&self, error: store::Error) -> Error {
        match error {
            store::Error::UnknownPlan(plan) => {
                let plans: Vec<&str> = self.store.plans().iter().map(|plan| plan.slug.as_str()).collect();
                Error::Refused(format!("there is no plan {plan:?}; the settings have {}", plans.join(", ")))
            }
            other => refusal(other),
        }
    }
}
