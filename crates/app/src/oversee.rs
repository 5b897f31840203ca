//! What an operator does in the browser: every team's plan, credits and limits, and what teams ask for.

use crate::plan::view;
use crate::{App, Error, Missing, Result, Visitor, WishView};

/// The longest reason, in characters.
const REASON: usize = 200;

/// A team as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverseenTeam {
    pub slug: String,
    pub name: String,
    /// The plan's slug.
    pub plan: String,
    pub next_plan: Option<String>,
    pub members: u32,
    /// In place of the plan's, calls a minute.
    pub rate_limit: Option<u32>,
    /// `None` is unlimited.
    pub credits_left: Option<i64>,
}

/// A change of one team, as typed; empty texts change nothing.
#[derive(Clone, Debug, Default)]
pub struct TeamOrder {
    pub plan: String,
    /// Calls a minute; `0` goes back to the plan's.
    pub rate_limit: String,
    /// Credits to add, or with a minus to take away.
    pub credits: String,
    pub reason: String,
}

impl App {
    /// All teams, oldest first.
    ///
    /// # Errors
    /// [`Missing::Other`] for who is no operator: the page is not there for them.
    pub async fn overseen_teams(&self, visitor: &Visitor) -> Result<Vec<OverseenTeam>> {
        need_operator(visitor)?;
        let now = self.clock.now();
        let mut teams = Vec::new();
        for team in self.store.teams(now).await? {
            let credits = self.store.credits(team.id, now).await?;
            teams.push(OverseenTeam {
                slug: team.slug,
                name: team.name,
                plan: team.plan,
                next_plan: team.next_plan,
                members: team.members,
                rate_limit: team.rate_limit,
                credits_left: credits.filter(|credits| !credits.unlimited).map(|credits| credits.remaining()),
            });
        }
        Ok(teams)
    }

    /// What teams ask for, oldest first.
    ///
    /// # Errors
    /// As [`App::overseen_teams`].
    pub async fn open_wishes(&self, visitor: &Visitor) -> Result<Vec<WishView>> {
        need_operator(visitor)?;
        Ok(self.store.wishes(None).await?.into_iter().map(view).collect())
    }

    /// Approves a request and does what it asks for, or declines it.
    ///
    /// # Errors
    /// As [`App::overseen_teams`]; [`Error::PasswordNeeded`]; [`Error::Conflict`] where it is not open any more.
    pub async fn decide_wish(&self, visitor: &Visitor, id: &str, approve: bool, reason: &str) -> Result<WishView> {
        need_operator(visitor)?;
        visitor.need_password()?;
        let reason: String = reason.trim().chars().take(REASON).collect();
        let decided = self.store.decide_wish(id, approve, &visitor.user.email, &reason, self.clock.now()).await?;
        let Some(wish) = decided else {
            return Err(Error::Conflict("This request was decided or taken back before.".to_owned()));
        };
        let action = if approve { "plan.request_approved" } else { "plan.request_declined" };
        self.note_for(visitor, wish.team, action, wish.kind.as_str(), &reason).await;
        Ok(view(wish))
    }

    /// Changes a team's plan, limit and credits at once; the reason goes into its audit log.
    ///
    /// # Errors
    /// As [`App::overseen_teams`]; [`Error::PasswordNeeded`]; [`Missing::Team`]; every fault of the order, and nothing is
    /// changed then.
    pub async fn order(&self, visitor: &Visitor, slug: &str, order: &TeamOrder) -> Result<()> {
        need_operator(visitor)?;
        visitor.need_password()?;
        let now = self.clock.now();
        let team = self.store.find_team(slug, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let mut faults = Vec::new();
        let mut fault = |param: &str, text: &str| faults.push(crate::error::detail(param, "invalid_value", text, None, None));
        let plan = Some(order.plan.trim()).filter(|plan| !plan.is_empty() && *plan != team.plan);
        if plan.is_some_and(|plan| self.store.plans().get(plan).is_none()) {
            fault("plan", "Choose one of the plans.");
        }
        let limit = match order.rate_limit.trim() {
            "" => None,
            text => text.parse::<u32>().ok().filter(|limit| *limit <= 10_000_000).or_else(|| {
                fault("rate_limit", "Write calls a minute as a whole number; 0 goes back to the plan's.");
                None
            }),
        };
        let credits = match order.credits.trim() {
            "" => None,
            text => text.parse::<i64>().ok().filter(|by| *by != 0 && by.abs() <= 1_000_000_000).or_else(|| {
                fault("credits", "Write credits as a whole number, with a minus to take them away.");
                None
            }),
        };
        let reason: String = order.reason.trim().chars().take(REASON).collect();
        if reason.is_empty() {
            fault("reason", "Say why: it stands in the team's audit log.");
        }
        if !faults.is_empty() {
            return Err(Error::Validation(faults));
        }
        // The one that can be refused comes first.
        if let Some(by) = credits {
            if let store::Adjusted::Refused { remaining } = self.store.adjust_credits(team.id, by, &reason, now).await? {
                return Err(Error::fault("credits", "out_of_range", format!("{remaining} credits are left; no more can be taken away.")));
            }
            self.note_for(visitor, team.id, "plan.credits_adjusted", &by.to_string(), &reason).await;
        }
        if let Some(plan) = plan {
            self.store.set_plan(team.id, plan, now).await?;
            self.note_for(visitor, team.id, "plan.set", plan, &reason).await;
        }
        let limit = limit.map(|limit| Some(limit).filter(|limit| *limit > 0)).filter(|limit| *limit != team.rate_limit);
        if let Some(limit) = limit {
            self.store.set_rate_limit(team.id, limit, now).await?;
            let words = limit.map_or_else(|| "the plan's".to_owned(), |limit| limit.to_string());
            self.note_for(visitor, team.id, "plan.rate_limit_set", &words, &reason).await;
        }
        Ok(())
    }
}

fn need_operator(visitor: &Visitor) -> Result<()> {
    if visitor.operator { Ok(()) } else { Err(Error::missing(Missing::Other)) }
}
