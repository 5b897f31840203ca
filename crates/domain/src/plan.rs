//! Plans are data: what a team pays, and what it gets for it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::billing::Cycle;

/// What a plan costs, in the currency's smallest unit (cents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub monthly: u32,
    pub yearly: u32,
    /// ISO 4217, three capital letters.
    pub currency: String,
}

impl Price {
    pub fn of(&self, cycle: Cycle) -> u32 {
        match cycle {
            Cycle::Month => self.monthly,
            Cycle::Year => self.yearly,
        }
    }

    /// What a year costs less than twelve months.
    pub fn saved(&self) -> u32 {
        self.monthly.saturating_mul(12).saturating_sub(self.yearly)
    }
}

/// One plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The plan's name in commands and answers: `agency`.
    pub slug: String,
    pub name: String,
    pub price: Option<Price>,
    /// Credits included in each period; `None` is unlimited.
    pub credits: Option<i64>,
    /// Whether keys of the plan's teams work.
    pub api: bool,
    /// API calls a minute, per mode.
    pub rate_limit: u32,
    /// Members of a team; `None` is unlimited.
    pub members: Option<u32>,
    /// Brand kits of a team; `None` is unlimited.
    pub brand_kits: Option<u32>,
    /// How long pictures are kept; `None` is as long as the team exists.
    pub retention_days: Option<u32>,
}

impl Plan {
    /// Whether `other` includes more credits than this plan.
    pub fn is_below(&self, other: &Self) -> bool {
        match (self.credits, other.credits) {
            (Some(own), Some(theirs)) => own < theirs,
            (own, theirs) => own.is_some() && theirs.is_none(),
        }
    }

    pub fn retention(&self) -> Option<Duration> {
        self.retention_days.map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60))
    }
}

/// A fault in the plans' table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("plans: {0}")]
    Form(String),
    #[error("plans: at least one plan is needed")]
    Empty,
    #[error("plans.{slug}: {fault}")]
    Plan { slug: String, fault: String },
    #[error("packs.{slug}: {fault}")]
    Pack { slug: String, fault: String },
}

/// All plans, smallest first (by included credits).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, PlanTable>")]
pub struct Plans(Vec<Plan>);

/// A plan as the settings file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanTable {
    name: String,
    #[serde(default)]
    price: Option<Price>,
    #[serde(default)]
    credits: Option<i64>,
    #[serde(default)]
    api: bool,
    rate_limit: u32,
    #[serde(default)]
    members: Option<u32>,
    #[serde(default)]
    brand_kits: Option<u32>,
    #[serde(default)]
    retention_days: Option<u32>,
}

/// Limits of what a settings file may say, so that sums of credits stay far inside 64 bits.
const MAX_CREDITS: i64 = 1_000_000_000;
const MAX_RATE: u32 = 10_000_000;
const MAX_RETENTION_DAYS: u32 = 36_500;

impl Plans {
    /// The plans that hold where the settings file names none, as it would write them.
    pub const DEFAULT_TEXT: &'static str = include_str!("plans.toml");

    /// Reads the `[plans.*]` tables of a settings file; its other tables are not looked at.
    ///
    /// # Errors
    /// The first fault, with the plan's name.
    pub fn parse(settings: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct File {
            plans: Plans,
        }
        let file: File = toml::from_str(settings).map_err(|error| PlanError::Form(error.to_string()))?;
        Ok(file.plans)
    }

    /// The plans of [`Plans::DEFAULT_TEXT`].
    ///
    /// # Errors
    /// None in a build that passed its tests: the text is compiled in.
    pub fn built_in() -> Result<Self, PlanError> {
        Self::parse(Self::DEFAULT_TEXT)
    }

    pub fn get(&self, slug: &str) -> Option<&Plan> {
        self.0.iter().find(|plan| plan.slug == slug)
    }

    /// Whether one plan has fewer credits than another; false where either is not there.
    pub fn is_smaller(&self, plan: &str, than: &str) -> bool {
        self.get(plan).zip(self.get(than)).is_some_and(|(plan, than)| plan.is_below(than))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Plan> {
        self.0.iter()
    }
}

impl TryFrom<BTreeMap<String, PlanTable>> for Plans {
    type Error = PlanError;

    fn try_from(tables: BTreeMap<String, PlanTable>) -> Result<Self, PlanError> {
        let mut plans = tables.into_iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        if plans.is_empty() {
            return Err(PlanError::Empty);
        }
        plans.sort_by_key(|plan| plan.credits.unwrap_or(i64::MAX));
        Ok(Self(plans))
    }
}

fn checked((slug, table): (String, PlanTable)) -> Result<Plan, PlanError> {
    let fault = if slug.is_empty() || !slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        Some("a plan's key has small letters, digits and hyphens only".to_owned())
    } else if table.name.trim().is_empty() {
        Some("name is empty".to_owned())
    } else if table.credits.is_some_and(|credits| !(0..=MAX_CREDITS).contains(&credits)) {
        Some(format!("credits must be between 0 and {MAX_CREDITS}; leave it out for unlimited"))
    } else if !(1..=MAX_RATE).contains(&table.rate_limit) {
        Some(format!("rate_limit must be between 1 and {MAX_RATE}"))
    } else if table.retention_days.is_some_and(|days| !(1..=MAX_RETENTION_DAYS).contains(&days)) {
        Some(format!("retention_days must be between 1 and {MAX_RETENTION_DAYS}; leave it out to keep pictures"))
    } else if table.price.as_ref().is_some_and(|price| price.currency.len() != 3 || !price.currency.bytes().all(|b| b.is_ascii_uppercase()))
    {
        Some("price.currency must be three capital letters".to_owned())
    } else {
        None
    };
    if let Some(fault) = fault {
        return Err(PlanError::Plan { slug, fault });
    }
    let PlanTable { name, price, credits, api, rate_limit, members, brand_kits, retention_days } = table;
    Ok(Plan { slug, name, price, credits, api, rate_limit, members, brand_kits, retention_days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_plans_are_the_four() {
        let plans = Plans::built_in().unwrap();
        let slugs: Vec<_> = plans.iter().map(|plan| plan.slug.as_str()).collect();
        assert_eq!(slugs, ["essentials", "growth", "agency", "enterprise"]);
        let with_api: Vec<_> = plans.iter().filter(|plan| plan.api).map(|plan| (plan.slug.as_str(), plan.rate_limit)).collect();
        assert_eq!(with_api, [("agency", 60), ("enterprise", 600)]);
        assert_eq!(plans.get("agency").unwrap().credits, Some(5000));
        assert!(plans.get("gold").is_none());
    }

    #[test]
    fn a_larger_plan_is_above_and_unlimited_is_above_all() {
        let plans = Plans::built_in().unwrap();
        let (growth, agency) = (plans.get("growth").unwrap(), plans.get("agency").unwrap());
        let unlimited = Plan { credits: None, ..agency.clone() };
        assert!(growth.is_below(agency) && !agency.is_below(growth) && !agency.is_below(agency));
        assert!(agency.is_below(&unlimited) && !unlimited.is_below(agency) && !unlimited.is_below(&unlimited));
    }

    #[test]
    fn faults_name_the_plan() {
        let fault = |text: &str| Plans::parse(text).unwrap_err().to_string();
        assert!(fault("[plans.x]\nname = \"X\"\nrate_limit = 0").contains("plans.x: rate_limit"));
        assert!(fault("[plans.x]\nname = \"X\"\nrate_limit = 1\ncredits = -1").contains("plans.x: credits"));
        assert!(fault("[plans.x]\nname = \"X\"\nrate_limit = 1\nspeed = 1").contains("speed"));
        assert!(fault("[plans.X]\nname = \"X\"\nrate_limit = 1").contains("small letters"));
        assert!(fault("[plans]").contains("at least one"));
        assert!(fault("listen = 1").contains("plans"));
    }

    #[test]
    fn other_tables_of_the_settings_are_left_alone() {
        let plans = Plans::parse("listen = \"x\"\n[plans.solo]\nname = \"Solo\"\nrate_limit = 5\nretention_days = 30").unwrap();
        assert_eq!(plans.get("solo").unwrap().retention(), Some(Duration::from_secs(30 * 86_400)));
    }
}
