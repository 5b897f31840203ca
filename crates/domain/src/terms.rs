//! What a team pays for: its plan and how long a payment lasts, now and from the next renewal on.

use crate::billing::Cycle;
use crate::period::Period;
use crate::plan::Plans;
use crate::time::Timestamp;

/// Credits renew each month whatever the terms; a plan renews with them, or where it is paid by the year, once a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The plan's slug.
    pub plan: String,
    pub next_plan: Option<String>,
    pub cycle: Cycle,
    pub next_cycle: Option<Cycle>,
    /// The end of a paid year; `None` where the plan renews with the credits.
    pub paid_until: Option<Timestamp>,
}

impl Terms {
    /// When the plan renews, where the credits' period ends at `period_end`.
    pub fn renew_at(&self, period_end: Timestamp) -> Timestamp {
        self.paid_until.unwrap_or(period_end)
    }

    /// The terms at `now`: where the renewal is over, what waited for it holds.
    #[must_use]
    pub fn at(self, anchor: Timestamp, period_end: Timestamp, now: Timestamp) -> Self {
        let mut end = self.renew_at(period_end);
        if now < end {
            return self;
        }
        let cycle = self.next_cycle.unwrap_or(self.cycle);
        // Years follow on each other, however late somebody looks.
        while cycle == Cycle::Year && end <= now {
            end = Period::containing(anchor, end).year_end(anchor);
        }
        Self {
            plan: self.next_plan.unwrap_or(self.plan),
            next_plan: None,
            cycle,
            next_cycle: None,
            paid_until: (cycle == Cycle::Year).then_some(end),
        }
    }

    /// Chooses a plan and a cycle: what is larger or longer holds now, what is smaller or shorter from the renewal on. A paid
    /// year begins with the running period. The present plan and cycle take back what waits.
    ///
    /// False where there is no such plan; then nothing changes.
    pub fn choose(&mut self, plans: &Plans, plan: &str, cycle: Cycle, anchor: Timestamp, now: Timestamp) -> bool {
        if plans.get(plan).is_none() {
            return false;
        }
        let is_smaller = plans.is_smaller(plan, &self.plan);
        if is_smaller {
            self.next_plan = Some(plan.to_owned());
        } else {
            plan.clone_into(&mut self.plan);
            self.next_plan = None;
        }
        self.next_cycle = None;
        if cycle == self.cycle {
            return true;
        }
        if is_smaller || cycle == Cycle::Month {
            self.next_cycle = Some(cycle);
        } else {
            self.cycle = cycle;
            self.paid_until = Some(Period::containing(anchor, now).year_end(anchor));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Timestamp {
        format!("{text}T10:00:00Z").parse().unwrap()
    }

    fn monthly(plan: &str) -> Terms {
        Terms { plan: plan.into(), next_plan: None, cycle: Cycle::Month, next_cycle: None, paid_until: None }
    }

    fn chosen(mut terms: Terms, plan: &str, cycle: Cycle, now: &str) -> Terms {
        assert!(terms.choose(&Plans::built_in().unwrap(), plan, cycle, day("2026-01-31"), day(now)));
        terms
    }

    /// Plan, cycle and what waits, `now`, after the period that ends at `period_end`.
    fn later(terms: &Terms, period_end: &str, now: &str) -> (String, Cycle, Option<String>, Option<String>) {
        let end = format!("{period_end}T00:00:00Z").parse().unwrap();
        let terms = terms.clone().at(day("2026-01-31"), end, day(now));
        (terms.plan, terms.cycle, terms.next_plan, terms.paid_until.map(|end| end.to_string()[..10].to_owned()))
    }

    #[test]
    fn a_larger_plan_holds_now_and_a_smaller_one_from_the_renewal_on() {
        let terms = chosen(monthly("growth"), "agency", Cycle::Month, "2026-02-10");
        assert_eq!((terms.plan.as_str(), &terms.next_plan), ("agency", &None));
        let terms = chosen(terms, "growth", Cycle::Month, "2026-02-11");
        assert_eq!(later(&terms, "2026-02-28", "2026-02-27"), ("agency".into(), Cycle::Month, Some("growth".into()), None));
        assert_eq!(later(&terms, "2026-02-28", "2026-02-28"), ("growth".into(), Cycle::Month, None, None));
        assert_eq!(chosen(terms, "agency", Cycle::Month, "2026-02-12"), monthly("agency"), "the present one takes it back");
        let mut terms = monthly("growth");
        assert!(!terms.choose(&Plans::built_in().unwrap(), "gold", Cycle::Year, day("2026-01-31"), day("2026-02-10")));
        assert_eq!(terms, monthly("growth"));
    }

    #[test]
    fn a_paid_year_keeps_its_plan_to_its_end_and_years_follow_each_other() {
        let terms = chosen(monthly("growth"), "growth", Cycle::Year, "2026-03-10");
        assert_eq!(terms.paid_until.map(|end| end.to_string()[..10].to_owned()).as_deref(), Some("2027-02-28"), "twelve periods");
        let smaller = chosen(terms.clone(), "essentials", Cycle::Month, "2026-04-01");
        assert_eq!(later(&smaller, "2026-04-30", "2026-12-24").0, "growth", "its credits renew, the plan does not");
        assert_eq!(later(&smaller, "2027-02-28", "2027-02-28"), ("essentials".into(), Cycle::Month, None, None));
        assert_eq!(later(&terms, "2027-02-28", "2027-03-01").3.as_deref(), Some("2028-02-29"));
        assert_eq!(later(&terms, "2027-02-28", "2029-05-01").3.as_deref(), Some("2030-02-28"));
        let larger = chosen(terms, "agency", Cycle::Month, "2026-05-01");
        assert_eq!((larger.plan.as_str(), larger.next_cycle), ("agency", Some(Cycle::Month)), "what is paid for is kept");
    }
}
