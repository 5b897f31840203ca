//! Monthly periods that start on an anchor's day of the month.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, ToSpan};
use serde::Serialize;

use crate::time::Timestamp;

/// One month of a plan, from midnight UTC on the anchor's day to the next one. The end is not part of it.
///
/// A day that a month lacks is its last day: the anchor 31 gives 28 (or 29) February, then 31 March again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Period {
    /// The period that holds `now`; the anchor may lie before or after it.
    pub fn containing(anchor: Timestamp, now: Timestamp) -> Self {
        let anchor = date(anchor);
        let first = months(anchor, date(now));
        Self { start: midnight(boundary(anchor, first)), end: midnight(boundary(anchor, first + 1)) }
    }

    /// The end of the twelve periods that begin with this one.
    pub fn year_end(&self, anchor: Timestamp) -> Timestamp {
        let anchor = date(anchor);
        midnight(boundary(anchor, months(anchor, date(self.start)) + 12))
    }

    pub fn contains(&self, time: Timestamp) -> bool {
        self.start <= time && time < self.end
    }
}

/// Months from the anchor to the start of the period that holds `today`.
fn months(anchor: Date, today: Date) -> i32 {
    let months = (i32::from(today.year()) - i32::from(anchor.year())) * 12 + i32::from(today.month()) - i32::from(anchor.month());
    if boundary(anchor, months) > today { months - 1 } else { months }
}

/// The anchor's day, `months` later; counted from the anchor itself, so that a short month does not shift the ones after it.
fn boundary(anchor: Date, months: i32) -> Date {
    let span: Span = months.months();
    anchor.saturating_add(span)
}

fn date(time: Timestamp) -> Date {
    Offset::UTC.to_datetime(time.to_jiff()).date()
}

fn midnight(date: Date) -> Timestamp {
    match Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)) {
        Ok(time) => Timestamp::from_micros(time.as_microsecond()),
        // Only the very ends of jiff's calendar get here; both are far outside what a clock shows.
        Err(_) if date.year() > 0 => Timestamp::from_micros(i64::MAX),
        Err(_) => Timestamp::from_micros(i64::MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(anchor: &str, now: &str) -> (String, String) {
        let period = Period::containing(anchor.parse().unwrap(), now.parse().unwrap());
        assert!(period.contains(now.parse().unwrap()));
        (period.start.to_string()[..10].to_owned(), period.end.to_string()[..10].to_owned())
    }

    fn days(start: &str, end: &str) -> (String, String) {
        (start.to_owned(), end.to_owned())
    }

    #[test]
    fn starts_at_midnight_on_the_anchors_day() {
        assert_eq!(period("2026-01-15T09:30:00Z", "2026-01-15T09:31:00Z"), days("2026-01-15", "2026-02-15"));
        assert_eq!(period("2026-01-15T09:30:00Z", "2026-02-14T23:59:59.999999Z"), days("2026-01-15", "2026-02-15"));
        assert_eq!(period("2026-01-15T09:30:00Z", "2026-02-15T00:00:00Z"), days("2026-02-15", "2026-03-15"));
        assert_eq!(period("2026-01-15T09:30:00Z", "2027-01-14T00:00:00Z"), days("2026-12-15", "2027-01-15"));
    }

    #[test]
    fn day_31_means_the_months_last_and_comes_back() {
        assert_eq!(period("2026-01-31T00:00:00Z", "2026-02-10T00:00:00Z"), days("2026-01-31", "2026-02-28"));
        assert_eq!(period("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"), days("2026-02-28", "2026-03-31"));
        assert_eq!(period("2026-01-31T00:00:00Z", "2026-04-30T12:00:00Z"), days("2026-04-30", "2026-05-31"));
        assert_eq!(period("2028-01-31T00:00:00Z", "2028-02-29T12:00:00Z"), days("2028-02-29", "2028-03-31"));
    }

    #[test]
    fn a_clock_before_the_anchor_still_has_a_period() {
        assert_eq!(period("2026-03-31T00:00:00Z", "2026-03-30T22:00:00Z"), days("2026-02-28", "2026-03-31"));
    }

    #[test]
    fn periods_of_ten_years_follow_each_other_without_a_gap() {
        for day in 1..=31 {
            let anchor: Timestamp = format!("2024-01-{day:02}T07:00:00Z").parse().unwrap();
            let mut current = Period::containing(anchor, anchor);
            for _ in 0..120 {
                let next = Period::containing(anchor, current.end);
                assert_eq!(next.start, current.end);
                assert!(next.end > next.start);
                current = next;
            }
        }
    }
}
