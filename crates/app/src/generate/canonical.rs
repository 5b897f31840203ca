//! What two calls under one idempotency key are compared by: the parsed JSON without `waitMs`.

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

/// Below it every whole number has a float of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// SHA-256 of the body with sorted keys, in hex. Spaces, order of keys and `waitMs` don't count; everything else does.
pub(crate) fn digest(body: &Value) -> String {
    let mut text = String::new();
    write(body, true, &mut text);
    hex::encode(Sha256::digest(text))
}

fn write(value: &Value, top: bool, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().filter(|(key, _)| !(top && *key == "waitMs")).collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, false, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, false, out);
            }
            out.push(']');
        }
        Value::Number(number) => out.push_str(&figure(number)),
        plain => out.push_str(&plain.to_string()),
    }
}

/// `1`, `1.0` and `1e0` are one number; how a client's library writes it says nothing.
fn figure(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if value.fract() == 0.0 && value.abs() < EXACT => (value as i64).to_string(),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_of_keys_and_the_wait_do_not_count() {
        let a = json!({"a": 1, "b": {"x": [1, 2], "y": "z"}, "waitMs": 5});
        let b = json!({"waitMs": 9, "b": {"y": "z", "x": [1, 2]}, "a": 1});
        assert_eq!(digest(&a), digest(&b));
    }

    #[test]
    fn the_same_number_written_otherwise_is_the_same() {
        let of = |text: &str| digest(&serde_json::from_str(text).expect("JSON"));
        assert_eq!(of(r#"{"a": [1, -0, 90]}"#), of(r#"{"a": [1.0, 0, 9e1]}"#));
        assert_ne!(of(r#"{"a": 1}"#), of(r#"{"a": 1.5}"#));
        assert_ne!(of(r#"{"a": 9007199254740993}"#), of(r#"{"a": 9007199254740992}"#));
    }

    #[test]
    fn values_their_order_in_lists_and_inner_waits_count() {
        let base = json!({"a": {"waitMs": 1}, "l": [1, 2]});
        for other in
            [json!({"a": {"waitMs": 2}, "l": [1, 2]}), json!({"a": {"waitMs": 1}, "l": [2, 1]}), json!({"a": {"waitMs": 1}, "l": ["1", 2]})]
        {
            assert_ne!(digest(&base), digest(&other));
        }
    }
}
