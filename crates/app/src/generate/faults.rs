//! Members of a JSON object by type, every fault by its path.

use serde_json::{Map, Value};

use crate::error::{Detail, detail};

/// A member that counts as given: neither absent, nor `null`, nor `""`.
pub(super) fn given<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
}

/// A value of the caller's, cut to what an answer can repeat.
pub(super) fn short(text: &str) -> Value {
    text.chars().take(64).collect::<String>().into()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Faults in the order of the contract's fields.
#[derive(Default)]
pub(crate) struct Faults(pub Vec<Detail>);

impl Faults {
    pub fn push(&mut self, param: &str, code: &'static str, message: impl Into<String>, limit: Option<Value>, received: Option<Value>) {
        self.0.push(detail(param, code, message, limit, received));
    }

    pub(super) fn missing(&mut self, param: &str) {
        self.push(param, "missing_input", format!("{param} is required."), None, None);
    }

    pub(super) fn wrong_type(&mut self, param: &str, wanted: &str, got: &Value) {
        let name = if param.is_empty() { "The body" } else { param };
        self.push(param, "invalid_type", format!("{name} must be {wanted}."), None, Some(kind(got).into()));
    }

    pub(super) fn unknown(&mut self, object: &Map<String, Value>, path: &str, known: &[&str]) {
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let param = join(path, &name.chars().take(64).collect::<String>());
            self.push(&param, "unknown_field", format!("There is no field {param}."), None, None);
        }
    }

    pub(super) fn text(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<String> {
        match given(object, name)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong_type(&join(path, name), "text", other);
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, object: &Map<String, Value>, name: &str) -> Option<bool> {
        match given(object, name)? {
            Value::Bool(value) => Some(*value),
            other => {
                self.wrong_type(name, "true or false", other);
                None
            }
        }
    }

    pub(super) fn object<'a>(&mut self, object: &'a Map<String, Value>, path: &str, name: &str) -> Option<&'a Map<String, Value>> {
        match given(object, name)? {
            Value::Object(inner) => Some(inner),
            other => {
                self.wrong_type(&join(path, name), "an object", other);
                None
            }
        }
    }

    pub(super) fn array<'a>(&mut self, object: &'a Map<String, Value>, path: &str, name: &str) -> Option<&'a Vec<Value>> {
        match given(object, name)? {
            Value::Array(items) => Some(items),
            other => {
                self.wrong_type(&join(path, name), "a list", other);
                None
            }
        }
    }

    pub(super) fn integer(&mut self, object: &Map<String, Value>, path: &str, name: &str, min: i64, max: i64) -> Option<i64> {
        let value = given(object, name)?;
        let param = join(path, name);
        let whole = value.as_i64().map(|n| n as f64).or_else(|| value.as_f64().filter(|n| n.fract() == 0.0));
        match whole {
            Some(n) if n >= min as f64 && n <= max as f64 => Some(n as i64),
            Some(n) => {
                self.out_of_range(&param, if n < min as f64 { min.into() } else { max.into() }, value, &min, &max);
                None
            }
            None => {
                self.wrong_type(&param, "a whole number", value);
                None
            }
        }
    }

    pub(super) fn number(&mut self, object: &Map<String, Value>, path: &str, name: &str, min: f64, max: f64) -> Option<f64> {
        let value = given(object, name)?;
        let param = join(path, name);
        match value.as_f64() {
            Some(n) if (min..=max).contains(&n) => Some(n),
            Some(n) => {
                self.out_of_range(&param, if n < min { min.into() } else { max.into() }, value, &min, &max);
                None
            }
            None => {
                self.wrong_type(&param, "a number", value);
                None
            }
        }
    }

    fn out_of_range(&mut self, param: &str, limit: Value, received: &Value, min: &dyn std::fmt::Display, max: &dyn std::fmt::Display) {
        self.push(param, "out_of_range", format!("{param} must be between {min} and {max}."), Some(limit), Some(received.clone()));
    }
}
