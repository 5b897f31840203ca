//! Reading JSON that people write by hand: every value knows where it stands, and every fault is kept.

use std::cell::RefCell;

use serde_json::{Map, Value};

use crate::fault::DocumentFault;
use crate::suggest;

/// More faults than this help nobody.
const MAX_FAULTS: usize = 100;

/// What went wrong in an expression, before its place is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    pub message: String,
    pub hint: Option<String>,
}

impl Wrong {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub fn with(message: impl Into<String>, hint: impl Into<Option<String>>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// The faults found so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: RefCell<Vec<DocumentFault>>,
}

impl Faults {
    pub fn add(&self, pointer: String, message: impl Into<String>, hint: Option<String>) {
        let fault = DocumentFault { pointer, message: message.into(), hint };
        let mut list = self.list.borrow_mut();
        if list.len() < MAX_FAULTS && !list.contains(&fault) {
            list.push(fault);
        }
    }

    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Vec<DocumentFault>> {
        let list = self.list.into_inner();
        match value {
            Some(value) if list.is_empty() => Ok(value),
            _ => Err(list),
        }
    }
}

/// One of the places that a merged value may have come from.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    pub pointer: String,
    pub value: &'a Value,
}

/// Named values that `$name` stands for.
pub(crate) type Vars = Map<String, Value>;

/// A value, the places that it may stem from (nearest first), and its path from there.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub value: &'a Value,
    sources: &'a [Source<'a>],
    path: String,
    faults: &'a Faults,
    vars: Option<&'a Vars>,
}

impl<'a> Node<'a> {
    pub fn new(value: &'a Value, sources: &'a [Source<'a>], faults: &'a Faults) -> Self {
        Self { value, sources, path: String::new(), faults, vars: None }
    }

    /// The same node, where `$name` stands for a variable.
    pub fn with_vars(self, vars: &'a Vars) -> Self {
        Self { vars: Some(vars), ..self }
    }

    /// JSON pointer into the document as written.
    pub fn pointer(&self) -> String {
        let source = self.sources.iter().find(|source| source.value.pointer(&self.path).is_some()).or(self.sources.last());
        format!("{}{}", source.map_or("", |source| source.pointer.as_str()), self.path)
    }

    pub fn fault(&self, message: impl Into<String>, hint: impl Into<Option<String>>) {
        self.faults.add(self.pointer(), message, hint.into());
    }

    pub fn wrong(&self, wrong: Wrong) {
        self.fault(wrong.message, wrong.hint);
    }

    /// Keeps the value of an expression, or the fault in it.
    pub fn take<T>(&self, result: Result<T, Wrong>) -> Option<T> {
        result.map_err(|wrong| self.wrong(wrong)).ok()
    }

    fn child(&self, key: &str, value: &'a Value) -> Self {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Self { value, path: format!("{}/{escaped}", self.path), ..self.clone() }
    }

    /// A member that is there and not null, as written.
    pub fn raw(&self, key: &str) -> Option<Self> {
        match self.value.get(key) {
            None | Some(Value::Null) => None,
            Some(value) => Some(self.child(key, value)),
        }
    }

    /// A member that is there and not null; `"$name"` becomes the variable's value.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.raw(key)?.resolved()
    }

    fn resolved(mut self) -> Option<Self> {
        // A variable may name another one; sixteen steps are more than a person writes on purpose.
        for _ in 0..16 {
            let Some(name) = self.value.as_str().and_then(variable) else { return Some(self) };
            let Some(vars) = self.vars else { return Some(self) };
            match vars.get(name) {
                Some(Value::Null) => return None,
                Some(value) => self.value = value,
                None => {
                    self.fault(format!("unknown variable \"${name}\""), suggest::hint(name, vars.keys().map(String::as_str)));
                    return None;
                }
            }
        }
        self.fault("variables name each other in a circle", None);
        None
    }

    /// Members of an object.
    pub fn entries(&self) -> Vec<(String, Self)> {
        let Some(map) = self.object() else { return Vec::new() };
        map.iter().map(|(key, value)| (key.clone(), self.child(key, value))).collect()
    }

    /// Items of an array, variables replaced.
    pub fn items(&self) -> Vec<Self> {
        let Some(list) = self.array() else { return Vec::new() };
        list.iter().enumerate().filter_map(|(i, value)| self.child(&i.to_string(), value).resolved()).collect()
    }

    /// Items of an array, as written.
    pub fn raw_items(&self) -> Vec<Self> {
        let Some(list) = self.array() else { return Vec::new() };
        list.iter().enumerate().map(|(i, value)| self.child(&i.to_string(), value)).collect()
    }

    pub fn mistyped<T>(&self, wanted: &str) -> Option<T> {
        self.fault(format!("{} where {wanted} is needed", described(self.value)), None);
        None
    }

    pub fn object(&self) -> Option<&'a Map<String, Value>> {
        self.value.as_object().or_else(|| self.mistyped("an object"))
    }

    pub fn array(&self) -> Option<&'a Vec<Value>> {
        self.value.as_array().or_else(|| self.mistyped("an array"))
    }

    pub fn string(&self) -> Option<&'a str> {
        self.value.as_str().or_else(|| self.mistyped("a string"))
    }

    pub fn bool(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.mistyped("true or false"))
    }

    /// A number within a range, both ends included.
    pub fn number(&self, min: f64, max: f64) -> Option<f64> {
        let number: f64 = self.value.as_f64().or_else(|| self.mistyped("a number"))?;
        if (min..=max).contains(&number) {
            return Some(number);
        }
        self.fault(format!("{number} is out of range"), format!("from {min} to {max}"));
        None
    }

    /// A whole number within a range, both ends included.
    pub fn whole(&self, min: u64, max: u64) -> Option<u64> {
        let number: u64 = self.value.as_u64().or_else(|| self.mistyped("a whole number"))?;
        if (min..=max).contains(&number) {
            return Some(number);
        }
        self.fault(format!("{number} is out of range"), format!("from {min} to {max}"));
        None
    }

    /// One of some words.
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let word = self.string()?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            self.fault(format!("\"{word}\" is not known here"), suggest::hint(word, choices.iter().map(|(name, _)| *name)));
        }
        found
    }

    /// Reports every member that is not known; true for an object.
    pub fn only<'k>(&self, known: impl IntoIterator<Item = &'k str> + Clone, what: &str) -> bool {
        let Some(map) = self.object() else { return false };
        for (key, value) in map {
            if !known.clone().into_iter().any(|name| name == key) {
                let hint = suggest::hint(key, known.clone());
                self.child(key, value).fault(format!("{what} has no property \"{key}\""), hint);
            }
        }
        true
    }

    /// Required text of 1 to `max` characters.
    pub fn text_of(&self, key: &str, max: usize) -> Option<String> {
        let Some(node) = self.get(key) else {
            self.fault(format!("\"{key}\" is missing"), None);
            return None;
        };
        let text = node.string()?;
        if text.is_empty() || text.chars().count() > max {
            node.fault(format!("\"{key}\" takes 1 to {max} characters"), None);
            return None;
        }
        Some(text.to_owned())
    }
}

/// `name` of `"$name"`.
pub(crate) fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    is_name(name).then_some(name)
}

/// A letter, then letters, digits and underscores.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// RFC 7396: members of `patch` replace those of `target`, `null` removes.
pub(crate) fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            members.shift_remove(key);
        } else {
            merge_patch(members.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
