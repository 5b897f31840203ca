//! JSON as people write it: a key that stands twice is a fault, not a silent choice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::read::Faults;

/// Longest document, in bytes.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Reads a whole text; syntax errors and duplicate keys become faults.
pub(crate) fn parse(text: &str, faults: &Faults) -> Option<Value> {
    if text.len() > MAX_BYTES {
        faults.add(String::new(), format!("the file has more than {MAX_BYTES} bytes"), None);
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed { faults, pointer: String::new() }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(value) => Some(value),
        Err(error) => {
            let about = error.to_string();
            let what = about.split(" at line ").next().unwrap_or_default();
            faults.add(String::new(), format!("line {}, column {}: {what}", error.line(), error.column()), None);
            None
        }
    }
}

struct Seed<'a> {
    faults: &'a Faults,
    pointer: String,
}

impl Seed<'_> {
    fn below(&self, step: &str) -> Self {
        let escaped = step.replace('~', "~0").replace('/', "~1");
        Seed { faults: self.faults, pointer: format!("{}/{escaped}", self.pointer) }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.below(&list.len().to_string()))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let below = self.below(&key);
            let pointer = below.pointer.clone();
            let value = entries.next_value_seed(below)?;
            if map.insert(key.clone(), value).is_some() {
                self.faults.add(pointer, format!("\"{key}\" stands here twice"), None);
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_are_found_with_their_pointer() {
        let faults = Faults::default();
        let value = parse(r#"{"a": [{"b/c": 1, "b/c": 2}], "n": 1.5, "s": "é", "u": null}"#, &faults);
        assert_eq!(value, Some(serde_json::json!({"a": [{"b/c": 2}], "n": 1.5, "s": "é", "u": null})));
        let list = faults.into_result(value).unwrap_err();
        assert_eq!((list.len(), list[0].pointer.as_str()), (1, "/a/0/b~1c"));
    }

    #[test]
    fn bad_json_says_where() {
        for (text, message) in [
            ("{\n  \"a\": ,\n}", "line 2, column 8: expected value"),
            ("{} x", "line 1, column 4: trailing characters"),
            ("", "line 1, column 0: EOF while parsing a value"),
        ] {
            let faults = Faults::default();
            assert_eq!(parse(text, &faults), None);
            assert_eq!(faults.into_result::<()>(None).unwrap_err()[0].message, message);
        }
        let deep = "[".repeat(100_000);
        let faults = Faults::default();
        assert_eq!(parse(&deep, &faults), None);
        assert_eq!(faults.into_result::<()>(None).unwrap_err().len(), 1);
    }
}
