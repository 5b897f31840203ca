//! Figures and times as pages write them.

use domain::{Cycle, Price, Timestamp};

/// `3120` → `3,120`.
pub(crate) fn number(value: impl Into<i64>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1`, "credit" → `1 credit`; 2 → `2 credits`. The space doesn't break.
pub(crate) fn count(value: impl Into<i64>, one: &str) -> String {
    let value = value.into();
    let plural = if value == 1 { "" } else { "s" };
    format!("{}\u{a0}{one}{plural}", number(value))
}

/// Cents as money: `$19`, `€19.50`, `CHF 19`.
pub(crate) fn money(cents: u32, currency: &str) -> String {
    let sign = match currency {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        other => format!("{other}\u{a0}"),
    };
    let whole = number(cents / 100);
    match cents % 100 {
        0 => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest:02}"),
    }
}

/// `Save $38 a year`; nothing where nothing is saved.
pub(crate) fn saving(price: &Price) -> Option<String> {
    (price.saved() > 0).then(|| format!("Save {} a year", money(price.saved(), &price.currency)))
}

/// `$19`, `a month`; without a price it is agreed on.
pub(crate) fn price(price: Option<&Price>, cycle: Cycle) -> (String, &'static str) {
    let per = match cycle {
        Cycle::Month => "a month",
        Cycle::Year => "a year",
    };
    price.map_or_else(|| ("By agreement".to_owned(), ""), |price| (money(price.of(cycle), &price.currency), per))
}

/// `4 minutes ago`, `yesterday`-free and short: seconds to days, then the date.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(then).as_secs();
    let (value, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        _ => return date(then),
    };
    format!("{} ago", count(i64::try_from(value).unwrap_or(i64::MAX), unit))
}

/// `24 Nov 2026`, in UTC.
pub(crate) fn date(time: Timestamp) -> String {
    moment(time, "%-d %b %Y")
}

/// `24 Nov`, in UTC.
pub(crate) fn day(time: Timestamp) -> String {
    moment(time, "%-d %b")
}

/// `24 Nov 2026, 14:05 UTC`.
pub(crate) fn exact(time: Timestamp) -> String {
    moment(time, "%-d %b %Y, %H:%M UTC")
}

/// `2026-11-24T14:05:00Z`, for `datetime` of `<time>`.
pub(crate) fn iso(time: Timestamp) -> String {
    moment(time, "%Y-%m-%dT%H:%M:%SZ")
}

fn moment(time: Timestamp, format: &str) -> String {
    let stamp = jiff::Timestamp::from_microsecond(time.as_micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    stamp.strftime(format).to_string().replace(' ', "\u{a0}")
}

/// The first letters of up to two words: `Northbank Studio` → `NS`.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).take(2).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_and_have_units() {
        assert_eq!([number(0), number(999), number(1_000), number(-1_234_567)], ["0", "999", "1,000", "−1,234,567"]);
        assert_eq!([count(1, "credit"), count(5_000, "credit")], ["1\u{a0}credit", "5,000\u{a0}credits"]);
        assert_eq!([money(1900, "USD"), money(149_050, "EUR"), money(100, "CHF")], ["$19", "€1,490.50", "CHF\u{a0}1"]);
    }

    #[test]
    fn times_are_relative_for_a_month() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let before = |seconds: u64| now.minus(std::time::Duration::from_secs(seconds));
        let texts = [5, 60, 7_300, 86_400 * 3, 86_400 * 40].map(|seconds| ago(before(seconds), now));
        assert_eq!(texts, ["just now", "1\u{a0}minute ago", "2\u{a0}hours ago", "3\u{a0}days ago", "12\u{a0}Aug\u{a0}2026"]);
    }

    #[test]
    fn initials_are_of_words() {
        assert_eq!([initials("Northbank Studio Ltd"), initials("ada"), initials("  ")], ["NS", "A", ""]);
    }
}
