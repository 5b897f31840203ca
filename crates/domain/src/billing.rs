//! How changes of plans and bought credits come about, and the packs that can be bought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::PlanError;
use crate::word::words;

words! {
    /// Who decides on a change of plan.
    Billing ("billing") {
        /// The team alone: it takes effect at once.
        None = "none",
        /// The team asks, the operator approves.
        Request = "request",
        /// Stripe's Checkout is paid, and its webhook tells us.
        Stripe = "stripe",
    }
}

words! {
    /// How long one payment of a plan lasts. Credits come by the month either way.
    Cycle ("billing cycle") {
        Month = "month",
        Year = "year",
    }
}

words! {
    /// What a team asks its operator for.
    WishKind ("request") {
        Plan = "plan",
        Pack = "pack",
        RateLimit = "rate_limit",
    }
}

/// Credits to be bought once; they don't expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pack {
    pub slug: String,
    pub credits: i64,
    /// In the currency's smallest unit.
    pub price: u32,
    /// ISO 4217.
    pub currency: String,
}

/// All packs, smallest first; there may be none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packs(Vec<Pack>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackTable {
    credits: i64,
    price: u32,
    currency: String,
}

const MAX_CREDITS: i64 = 1_000_000_000;

impl Packs {
    /// Reads the `[packs.*]` tables of a settings file; its other tables are not looked at.
    ///
    /// # Errors
    /// The first fault, with the pack's name.
    pub fn parse(settings: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            packs: BTreeMap<String, PackTable>,
        }
        let file: File = toml::from_str(settings).map_err(|error| PlanError::Form(error.to_string()))?;
        let mut packs = Vec::new();
        for (slug, PackTable { credits, price, currency }) in file.packs {
            if !(1..=MAX_CREDITS).contains(&credits) {
                return Err(PlanError::Pack { slug, fault: format!("credits must be between 1 and {MAX_CREDITS}") });
            }
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(PlanError::Pack { slug, fault: "currency must be three capital letters".to_owned() });
            }
            packs.push(Pack { slug, credits, price, currency });
        }
        packs.sort_by_key(|pack| pack.credits);
        Ok(Self(packs))
    }

    pub fn get(&self, slug: &str) -> Option<&Pack> {
        self.0.iter().find(|pack| pack.slug == slug)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_read_beside_plans_and_checked() {
        let shipped = Packs::parse(crate::Plans::DEFAULT_TEXT).unwrap();
        assert_eq!(shipped.iter().map(|pack| pack.credits).collect::<Vec<_>>(), [500, 2_000, 10_000]);
        assert_eq!(Packs::parse("").unwrap(), Packs::default());
        for (text, fault) in [
            ("[packs.x]\ncredits = 0\nprice = 1\ncurrency = \"USD\"", "credits must be"),
            ("[packs.x]\ncredits = 1\nprice = 1\ncurrency = \"usd\"", "three capital letters"),
            ("[packs.x]\ncredits = 1\nprice = 1\ncurrency = \"USD\"\nnote = 1", "note"),
        ] {
            assert!(Packs::parse(text).unwrap_err().to_string().contains(fault), "{text}");
        }
    }
}
