//! Dates as input data gives them: a day, and perhaps a time on it.

/// A valid day of the Gregorian calendar, shown as written: nothing is moved between time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// Hour, minute, second.
    pub time: Option<(u8, u8, u8)>,
}

impl Date {
    /// `YYYY-MM-DD` or RFC 3339; `None` for anything else and for days that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        let date = parse_day(day.as_bytes())?;
        if rest.is_empty() {
            return Some(date);
        }
        Some(Self { time: Some(parse_time(rest.as_bytes())?), ..date })
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

fn parse_day(bytes: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
    let year = digits(&[y1, y2, y3, y4])?;
    let month = digits(&[m1, m2])?;
    let day = digits(&[d1, d2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=length).contains(&day).then_some(Date { year: year as i32, month: month as u8, day: day as u8, time: None })
}

/// `THH:MM:SS`, a fraction, and the offset that RFC 3339 requires.
fn parse_time(bytes: &[u8]) -> Option<(u8, u8, u8)> {
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = bytes else { return None };
    let (hour, minute, second) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, digits(&[*s1, *s2])?);
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count == 0 {
                return None;
            }
            &fraction[count..]
        }
        _ => rest,
    };
    let offset = match rest {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => digits(&[*h1, *h2])? <= 23 && digits(&[*m1, *m2])? <= 59,
        _ => false,
    };
    (offset && hour <= 23 && minute <= 59 && second <= 60).then_some((hour as u8, minute as u8, second as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_are_read_as_written() {
        let day = Date { year: 2026, month: 2, day: 28, time: None };
        assert_eq!(Date::parse("2026-02-28"), Some(day));
        let instant = Date { time: Some((19, 30, 0)), ..day };
        for text in ["2026-02-28T19:30:00Z", "2026-02-28T19:30:00.125+05:30", "2026-02-28t19:30:00-00:00"] {
            assert_eq!(Date::parse(text), Some(instant), "{text}");
        }
        assert!(Date::parse("2024-02-29").is_some());
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026",
            "2026-2-3",
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-00",
            "28.02.2026",
            "2026-02-28T19:30",
            "2026-02-28T19:30:00",
            "2026-02-28T24:00:00Z",
            "2026-02-28T19:30:00.Z",
            "2026-02-28T19:30:00+25:00",
            "2026-02-28 ",
            "２０２６-02-28",
            "+026-02-28",
            "2026-02-28T19:30:00Zz",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
