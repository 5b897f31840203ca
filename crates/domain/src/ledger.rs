//! Credits: the accounts of a team, the kinds of transfers between them, and the arithmetic of a period.

use crate::period::Period;
use crate::word::words;

words! {
    /// An account of a team. Together they always sum to zero.
    Account ("account") {
        /// What may still be spent.
        Available = "available",
        /// Held for generations that run.
        Reserved = "reserved",
        /// Charged for completed images.
        Consumed = "consumed",
        /// The contra account of everything that was ever given; the only one below zero.
        Issued = "issued",
        /// Included credits that a period's end took back.
        Expired = "expired",
    }
}

words! {
    /// A transfer between two accounts.
    EntryKind ("ledger entry kind") {
        /// Issued to available: included, bought, trial.
        Grant = "grant",
        /// Available to reserved, once for each generation.
        Reserve = "reserve",
        /// Reserved to consumed, for an image that completed.
        Settle = "settle",
        /// Reserved to available, for an image that failed.
        Release = "release",
        /// Consumed to available.
        Refund = "refund",
        /// Available to expired.
        Expire = "expire",
        /// The operator's correction, either way between issued and available.
        Adjust = "adjust",
    }
}

/// A team's credits in its current period. All figures but `adjusted` are never below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credits {
    pub period: Period,
    pub unlimited: bool,
    pub included: i64,
    pub purchased: i64,
    pub adjusted: i64,
    pub used: i64,
    pub reserved: i64,
}

/// The shares of a period's credits, in per cent, that people are told of when they are used.
pub const CREDIT_SHARES: [u8; 2] = [80, 100];

impl Credits {
    /// `included + purchased + adjusted - used - reserved`, never below 0. Means nothing when unlimited.
    pub fn remaining(&self) -> i64 {
        (self.included + self.purchased + self.adjusted - self.used - self.reserved).max(0)
    }

    /// What the period has, spent or not. Means nothing when unlimited.
    pub fn total(&self) -> i64 {
        self.remaining() + self.used + self.reserved
    }

    /// The greatest of [`CREDIT_SHARES`] that is used.
    pub fn share_used(&self) -> Option<u8> {
        let (used, total) = (self.used, self.total());
        let is_reached = |share: &u8| used.saturating_mul(100) >= total.saturating_mul(i64::from(*share));
        CREDIT_SHARES.into_iter().rev().find(is_reached).filter(|_| !self.unlimited && total > 0)
    }

    /// What is left of the bought credits: the period's own are spent first.
    pub fn purchased_left(&self) -> i64 {
        self.purchased.min(self.remaining())
    }

    /// What is left of the period's own credits, and expires with it.
    pub fn included_left(&self) -> i64 {
        self.remaining() - self.purchased_left()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn the_periods_own_credits_are_spent_first() {
        let now = Timestamp::from_micros(0);
        let mut credits = Credits {
            period: Period::containing(now, now),
            unlimited: false,
            included: 10,
            purchased: 5,
            adjusted: -2,
            used: 6,
            reserved: 1,
        };
        assert_eq!((credits.remaining(), credits.included_left(), credits.purchased_left()), (6, 1, 5));
        assert_eq!(credits.share_used(), None);
        credits.used = 11;
        assert_eq!((credits.total(), credits.share_used()), (13, Some(80)));
        credits.used = 13;
        assert_eq!(Credits { reserved: 0, ..credits }.share_used(), Some(100));
        assert_eq!(Credits { unlimited: true, ..credits }.share_used(), None);
        credits.used = 10;
        assert_eq!((credits.remaining(), credits.included_left(), credits.purchased_left()), (2, 0, 2));
    }
}
