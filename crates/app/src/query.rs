//! Query strings: the values that lists take, checked like a body.

use domain::Timestamp;

use crate::error::{Detail, detail};
use crate::{Error, Result};

/// Decoded pairs of a query string, in order. Names that no use case knows are ignored.
#[derive(Clone, Debug, Default)]
pub struct Query(pub Vec<(String, String)>);

/// Collects every fault of a query before any is reported.
pub(crate) struct Reader<'a> {
    query: &'a Query,
    faults: Vec<Detail>,
}

impl Query {
    pub(crate) fn reader(&self) -> Reader<'_> {
        let mut reader = Reader { query: self, faults: Vec::new() };
        // PostgreSQL has no text with it, and no value that we know of needs it. A cursor has a fault of its own.
        for (name, _) in self.0.iter().filter(|(name, value)| name != "cursor" && value.contains('\0')) {
            reader.faults.push(detail(name, "invalid_characters", format!("{name} must not hold the character U+0000."), None, None));
        }
        reader
    }
}

impl<'a> Reader<'a> {
    /// The last value of `name`; an empty one counts as not given.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let found = self.query.0.iter().rev().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// A whole number within `min..=max`, or `default`.
    pub(crate) fn number(&mut self, name: &str, min: i64, max: i64, default: i64) -> i64 {
        let Some(text) = self.text(name) else { return default };
        match text.parse::<i64>() {
            Ok(value) if (min..=max).contains(&value) => value,
            Ok(value) => {
                let limit = if value < min { min } else { max };
                self.fault(name, "out_of_range", format!("{name} must be between {min} and {max}."), Some(limit.into()), value.into());
                default
            }
            Err(_) => {
                self.fault(name, "invalid_type", format!("{name} must be a whole number."), None, text.into());
                default
            }
        }
    }

    /// An RFC 3339 time.
    pub(crate) fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.fault(name, "invalid_date", format!("{name} must be an RFC 3339 time."), None, text.into());
        }
        parsed
    }

    pub(crate) fn fault(
        &mut self,
        name: &str,
        code: &'static str,
        message: String,
        limit: Option<serde_json::Value>,
        received: serde_json::Value,
    ) {
        self.faults.push(detail(name, code, message, limit, Some(received)));
    }

    /// # Errors
    /// Every fault that was met.
    pub(crate) fn finish(self) -> Result<()> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Validation(self.faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        Query(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn every_fault_of_a_query_comes_at_once() {
        let query = query(&[("limit", "101"), ("createdAfter", "yesterday"), ("waitMs", "ten")]);
        let mut reader = query.reader();
        reader.number("limit", 1, 100, 20);
        reader.time("createdAfter");
        reader.number("waitMs", 0, 30_000, 0);
        let Err(Error::Validation(faults)) = reader.finish() else { panic!("accepted") };
        let codes: Vec<_> = faults.iter().map(|f| (f.param.as_str(), f.code)).collect();
        assert_eq!(codes, [("limit", "out_of_range"), ("createdAfter", "invalid_date"), ("waitMs", "invalid_type")]);
    }

    #[test]
    fn absent_and_empty_values_take_the_default() {
        let query = query(&[("limit", "")]);
        let mut reader = query.reader();
        assert_eq!(reader.number("limit", 1, 100, 20), 20);
        assert_eq!(reader.time("createdAfter"), None);
        assert!(reader.finish().is_ok());
    }
}
