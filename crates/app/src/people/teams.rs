//! A team's own settings, further teams, and a team's end.

use domain::slug::is_slug;
use domain::{Cycle, Right, Role, TeamId};
use store::{NewTeam, TeamChange};

use super::check::Check;
use super::{Member, Membership, Visitor};
use crate::{App, Error, Missing, Result};

/// What the General page shows and changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSettings {
    pub name: String,
    pub slug: String,
    /// BCP 47.
    pub locale: String,
    /// Name of the IANA database.
    pub time_zone: String,
}

/// A team as its members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamView {
    pub id: TeamId,
    pub settings: TeamSettings,
    pub plan: String,
    pub next_plan: Option<String>,
    /// How long a payment lasts.
    pub cycle: Cycle,
    pub next_cycle: Option<Cycle>,
    /// Whether the payment provider collects for the plan.
    pub is_subscribed: bool,
    /// When the plan renews; its credits do so each month.
    pub renews_at: domain::Timestamp,
    pub members: u32,
    /// The most members of the plan; `None` is unlimited.
    pub member_limit: Option<u32>,
    /// Requests a minute, the plan's or its own.
    pub rate_limit: Option<u32>,
    pub created_at: domain::Timestamp,
}

impl App {
    /// Makes another team, which the visitor owns: it starts like a first one, without trial credits.
    ///
    /// # Errors
    /// Faults of `name`.
    pub async fn create_team(&self, visitor: &Visitor, name: &str) -> Result<Membership> {
        let mut check = Check::default();
        let name = check.name("name", name);
        check.finish()?;
        let new = NewTeam { name, slug: None, plan: self.first_plan()? };
        let trial = if visitor.teams.is_empty() { self.trial() } else { store::Trial::default() };
        let team = self.store.create_own_team(visitor.user.id, new, trial, self.clock.now()).await?;
        self.give_starter_kit(&team).await;
        let membership = Membership { team: team.id, slug: team.slug, name: team.name, role: Role::Owner, plan: team.plan };
        let visitor = Visitor { teams: vec![membership.clone()], ..visitor.clone() };
        let member = self.member(&visitor, &membership.slug).await?;
        self.note(&member, "team.created", &membership.name, "").await;
        Ok(membership)
    }

    /// # Errors
    /// [`Missing::Team`] where it was deleted just now.
    pub async fn team(&self, member: &Member) -> Result<TeamView> {
        let team = self.store.team(member.team, self.clock.now()).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let plan = self.store.plans().get(&team.plan);
        Ok(TeamView {
            id: team.id,
            settings: TeamSettings { name: team.name, slug: team.slug, locale: team.locale, time_zone: team.time_zone },
            next_plan: team.next_plan,
            cycle: team.cycle,
            next_cycle: team.next_cycle,
            is_subscribed: team.subscription.is_some(),
            renews_at: team.renews_at,
            members: team.members,
            member_limit: plan.and_then(|plan| plan.members),
            rate_limit: team.rate_limit.or(plan.map(|plan| plan.rate_limit)),
            plan: team.plan,
            created_at: team.created_at,
        })
    }

    /// # Errors
    /// [`Error::Forbidden`]; every fault at once, `slug` also where another team has it.
    pub async fn change_team(&self, member: &Member, settings: TeamSettings) -> Result<()> {
        member.need(Right::Settings)?;
        let mut check = Check::default();
        let name = check.name("name", &settings.name);
        let slug = settings.slug.trim().to_owned();
        if !is_slug(&slug) {
            check.fault("slug", "invalid_value", "Use 1 to 63 small letters, digits and hyphens, with a letter or digit at both ends.");
        }
        let locale = settings.locale.trim().to_owned();
        if !crate::generate::request::is_locale(&locale) {
            check.fault("locale", "invalid_locale", "Write a language such as en, de-CH or pt-BR.");
        }
        let time_zone = settings.time_zone.trim().to_owned();
        if jiff::tz::TimeZone::get(&time_zone).is_err() {
            check.fault("timeZone", "invalid_value", "Write a time zone such as Europe/Berlin or UTC.");
        }
        check.finish()?;
        let change = TeamChange { name: Some(name), slug: Some(slug.clone()), locale: Some(locale), time_zone: Some(time_zone) };
        match self.store.change_team(member.team, change, Some(member.event("team.changed", &slug, "")), self.clock.now()).await {
            Err(store::Error::Taken(_)) => return Err(Error::fault("slug", "taken", "Another team has this address. Choose another one.")),
            Err(store::Error::Missing(_)) => return Err(Error::missing(Missing::Team)),
            other => drop(other?),
        }
        Ok(())
    }

    /// Deletes the team for good. `typed` is its name. Its keys stop within 5 seconds, its pictures, kits and templates are
    /// removed in the background; its books are kept.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; a fault of `typed`.
    pub async fn delete_team(&self, member: &Member, typed: &str) -> Result<()> {
        member.need_with_password(Right::DeleteTeam)?;
        if typed.trim() != member.name {
            return Err(Error::fault("typed", "wrong", format!("Type the team's name: {}", member.name)));
        }
        match self.store.delete_team(member.team, self.clock.now()).await {
            Err(store::Error::Missing(_)) => Err(Error::missing(Missing::Team)),
            other => Ok(other?),
        }
    }
}
