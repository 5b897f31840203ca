//! Moments in time, as the database keeps them: microseconds since 1970 in UTC.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
///
/// Written as RFC 3339 in UTC with milliseconds (`2026-10-09T12:00:00.000Z`); the microseconds below are cut, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no RFC 3339 moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time with an offset")]
pub struct TimeError;

/// The last moment that jiff can write, in microseconds; later ones are clamped to it.
const LAST: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// The system clock's present moment.
    pub fn now() -> Self {
        Self::from_micros(jiff::Timestamp::now().as_microsecond())
    }

    /// Clamped to the years 0 to 9999, so that every value can be written.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(-62_135_596_800_000_000, LAST))
    }

    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded up: the first full second that is not before this moment.
    pub fn ceil_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000) + i64::from(self.0.rem_euclid(1_000_000) > 0)
    }

    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self::from_micros(self.0.saturating_add(micros(span)))
    }

    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self::from_micros(self.0.saturating_sub(micros(span)))
    }

    /// How long ago `earlier` was; zero where it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = Self::from_micros(self.0.div_euclid(1000) * 1000);
        write!(f, "{:.3}", millis.to_jiff())
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time: jiff::Timestamp = text.parse().map_err(|_| TimeError)?;
        Ok(Self::from_micros(time.as_microsecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_utc_with_three_decimals() {
        let time = Timestamp::from_micros(1_760_011_200_018_999);
        assert_eq!(time.to_string(), "2025-10-09T12:00:00.018Z");
        assert_eq!(Timestamp::from_micros(1_760_011_200_000_000).to_string(), "2025-10-09T12:00:00.000Z");
    }

    #[test]
    fn is_read_back_from_what_it_writes_and_from_offsets() {
        let time: Timestamp = "2025-10-09T14:00:00.018+02:00".parse().unwrap();
        assert_eq!(time.to_string(), "2025-10-09T12:00:00.018Z");
        assert!("2025-10-09".parse::<Timestamp>().is_err());
    }

    #[test]
    fn every_value_can_be_written() {
        assert!(Timestamp::from_micros(i64::MAX).to_string().starts_with("9999"));
        assert!(!Timestamp::from_micros(i64::MIN).to_string().is_empty());
        assert!(Timestamp::from_micros(i64::MAX).plus(Duration::MAX).to_string().starts_with("9999"));
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(Timestamp::from_micros(1_000_000).ceil_seconds(), 1);
        assert_eq!(Timestamp::from_micros(1_000_001).ceil_seconds(), 2);
    }
}
