//! What a team used, for its members.

use std::collections::HashMap;

use domain::{Credits, Right, Timestamp};

pub use store::UsageBy;

use crate::{App, Error, Member, Missing, Result};

/// The figures of a time, split into parts.
#[derive(Clone, Debug)]
pub struct UsageView {
    /// Of the running period.
    pub credits: Credits,
    /// By day, then by part. Days without any are left out.
    pub days: Vec<UsageOf>,
}

/// The figures of one day and one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageOf {
    /// Midnight UTC.
    pub day: Timestamp,
    /// What the template, key or member is called.
    pub part: String,
    pub credits: i64,
    /// Finished ones, in both modes.
    pub pictures: i64,
    pub failed: i64,
}

impl App {
    /// The running period's credits.
    ///
    /// # Errors
    /// [`Missing::Team`] where it was deleted just now.
    pub async fn team_credits(&self, member: &Member) -> Result<Credits> {
        member.need(Right::Look)?;
        self.store.credits(member.team, self.clock.now()).await?.ok_or_else(|| Error::missing(Missing::Team))
    }

    /// The team's figures from `from` (included) to `to`.
    ///
    /// # Errors
    /// [`Missing::Team`] where it was deleted just now.
    pub async fn usage(&self, member: &Member, from: Timestamp, to: Timestamp, by: UsageBy) -> Result<UsageView> {
        let credits = self.team_credits(member).await?;
        let names: HashMap<String, String> = self.store.usage_names(member.team, by).await?.into_iter().collect();
        let without = match by {
            UsageBy::Template => "A deleted template",
            UsageBy::Key => "In the app",
            UsageBy::Member => "By API keys",
        };
        let gone = match by {
            UsageBy::Template => "A deleted template",
            UsageBy::Key => "A deleted key",
            UsageBy::Member => "A former member",
        };
        let days = self.store.usage(member.team, from, to, by).await?.into_iter().map(|row| UsageOf {
            day: row.day,
            part: if row.part.is_empty() { without.to_owned() } else { names.get(&row.part).map_or(gone, String::as_str).to_owned() },
            credits: row.credits,
            pictures: row.pictures,
            failed: row.failed,
        });
        Ok(UsageView { credits, days: days.collect() })
    }
}
