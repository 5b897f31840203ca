//! Strict JSON: what two parsers could read differently is refused.
//!
//! serde_json takes the last of two equal keys in silence. Here a key twice at any level, a lone surrogate, invalid
//! UTF-8, anything after the value, more than [`MAX_DEPTH`] levels or more than [`MAX_KEYS`] keys is an error that
//! names its place.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Levels of objects and arrays, the outermost included.
pub const MAX_DEPTH: usize = 32;
/// Keys of all objects together.
pub const MAX_KEYS: usize = 2_000;

/// Why a text is not JSON for us; a sentence for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

/// Parses one JSON value that fills `bytes`.
///
/// # Errors
/// The first fault, with line and column where the text has one.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        JsonError(format!("The body is not valid UTF-8: byte {} is wrong. Send JSON encoded as UTF-8.", error.valid_up_to()))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(JsonError("The body is empty. Send a JSON object.".to_owned()));
    }
    let keys = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let strict = Strict { depth: 0, keys: &keys };
    let value = strict.deserialize(&mut deserializer).map_err(explain)?;
    deserializer.end().map_err(explain)?;
    Ok(value)
}

fn explain(error: serde_json::Error) -> JsonError {
    let text = error.to_string();
    // serde_json's word for half of a surrogate pair says nothing to those who don't know it.
    let hint = if text.contains("hex escape") { " A \\u escape must be whole, and no lone surrogate such as \\ud800." } else { "" };
    JsonError(format!("The body is not valid JSON: {text}.{hint}"))
}

/// Builds a value and counts on the way. Depth is counted here because serde_json's own limit is 128.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    keys: &'a Cell<usize>,
}

impl Strict<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("it is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("the key {:?} stands twice in one object", shorten(&key))));
            }
            self.keys.set(self.keys.get() + 1);
            if self.keys.get() > MAX_KEYS {
                return Err(de::Error::custom(format_args!("it has more than {MAX_KEYS} keys")));
            }
            let value = map.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// A key may be megabytes long; a message is not.
fn shorten(key: &str) -> String {
    key.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
    }

    fn object_of(keys: usize) -> String {
        let members: Vec<_> = (0..keys).map(|n| format!("\"k{n}\":1")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn ordinary_json_keeps_its_values_and_order() {
        let text = r#"{"b":[1,-2,2.5,true,null,"a\"\u00e9\ud83d\ude00"],"a":{}}"#;
        let value = parse(text.as_bytes()).expect("valid");
        assert_eq!(value.to_string(), "{\"b\":[1,-2,2.5,true,null,\"a\\\"é😀\"],\"a\":{}}");
        assert_eq!(value, serde_json::from_str::<Value>(text).expect("valid"));
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_refused() {
        let cases: [(&[u8], &str); 15] = [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"{\"a\":1,\"a\":1}", "twice"),
            (b"{\"x\":{\"a\":1,\"\\u0061\":2}}", "twice"),
            (b"[{\"a\":1,\"a\":2}]", "twice"),
            (b"{\"a\":\"\\ud800\"}", "surrogate"),
            (b"{\"a\":\"\\udc00\\ud800\"}", "surrogate"),
            (b"{\"\\ud800\":1}", "surrogate"),
            (b"{\"a\":\"\xff\"}", "UTF-8"),
            (b"{\"a\":\"\xed\xa0\x80\"}", "UTF-8"),
            (b"{} {}", "trailing"),
            (b"{\"a\":1,}", "trailing comma"),
            (b"{'a':1}", "key must be a string"),
            (b"{\"a\":NaN}", "expected value"),
            (b"{\"a\":1e999}", "out of range"),
        ];
        for (bytes, word) in cases {
            let error = parse(bytes).expect_err(word).to_string();
            assert!(error.contains(word), "{error} lacks {word}");
        }
    }

    #[test]
    fn equal_keys_in_different_objects_are_fine() {
        assert!(parse(br#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn depth_ends_at_its_limit() {
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        let error = parse(nested(MAX_DEPTH + 1).as_bytes()).expect_err("too deep");
        assert!(error.to_string().contains("32 levels"), "{error}");
        assert!(parse(nested(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn keys_end_at_their_limit() {
        assert!(parse(object_of(MAX_KEYS).as_bytes()).is_ok());
        let error = parse(object_of(MAX_KEYS + 1).as_bytes()).expect_err("too many");
        assert!(error.to_string().contains("2000 keys"), "{error}");
    }
}
