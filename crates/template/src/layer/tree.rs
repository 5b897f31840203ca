//! One size's layers before they are compiled: the shared tree with the size's overrides merged in.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::read::{Faults, Source, merge_patch};
use crate::suggest;

/// Layers of one size, and levels of them.
pub(crate) const MAX_LAYERS: usize = 500;
pub(crate) const MAX_LEVELS: usize = 32;

/// A layer's merged properties, with the places that they come from, nearest first.
pub(crate) struct Draft<'a> {
    pub value: Value,
    pub sources: Vec<Source<'a>>,
    pub children: Vec<Draft<'a>>,
}

pub(crate) struct Builder<'a> {
    pub faults: &'a Faults,
    /// The group's layers, and where they stand.
    pub shared: Option<&'a Value>,
    /// The size's overrides by layer id, and where they stand.
    pub overrides: Option<&'a Map<String, Value>>,
    pub pointer: String,
    pub ids: RefCell<BTreeSet<String>>,
    pub count: Cell<usize>,
}

impl<'a> Builder<'a> {
    /// Layers of a list, overrides and `order` applied.
    pub fn list(&self, list: &'a Value, pointer: &str, order: Option<(&Value, String)>, level: usize) -> Vec<Draft<'a>> {
        let Value::Array(items) = list else {
            self.faults.add(pointer.to_owned(), "layers are a list", None);
            return Vec::new();
        };
        if level > MAX_LEVELS {
            self.faults.add(pointer.to_owned(), format!("layers nest at most {MAX_LEVELS} levels"), None);
            return Vec::new();
        }
        let mut drafts: Vec<Draft<'a>> =
            items.iter().enumerate().filter_map(|(i, item)| self.layer(item, format!("{pointer}/{i}"), level)).collect();
        if let Some((order, pointer)) = order {
            self.reorder(&mut drafts, order, &pointer);
        }
        drafts
    }

    fn layer(&self, entry: &'a Value, pointer: String, level: usize) -> Option<Draft<'a>> {
        self.count.set(self.count.get() + 1);
        if self.count.get() > MAX_LAYERS {
            if self.count.get() == MAX_LAYERS + 1 {
                self.faults.add(pointer, format!("a size has at most {MAX_LAYERS} layers"), None);
            }
            return None;
        }
        if !entry.is_object() {
            self.faults.add(pointer, "a layer is an object", None);
            return None;
        }
        let mut sources = vec![Source { pointer: pointer.clone(), value: entry }];
        let mut value = entry.clone();
        if let Some(used) = entry.get("use") {
            let (base, place) = self.used(used, &pointer)?;
            value = base.clone();
            merge_patch(&mut value, entry);
            if let Some(map) = value.as_object_mut() {
                map.shift_remove("use");
            }
            sources.push(Source { pointer: place, value: base });
        }
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !id.is_empty() && !self.ids.borrow_mut().insert(id.clone()) {
            let hint = "an id stands once in a size".to_owned();
            self.faults.add(format!("{pointer}/id"), format!("the id \"{id}\" is taken"), Some(hint));
        }
        if let Some(patch) = self.overrides.and_then(|overrides| overrides.get(&id)) {
            let place = format!("{}/{}", self.pointer, id.replace('~', "~0").replace('/', "~1"));
            if patch.is_object() {
                let mut allowed = patch.clone();
                for fixed in ["id", "type"] {
                    if allowed.as_object_mut().and_then(|members| members.shift_remove(fixed)).is_some() {
                        self.faults.add(format!("{place}/{fixed}"), format!("an override can't change \"{fixed}\""), None);
                    }
                }
                merge_patch(&mut value, &allowed);
                sources.insert(0, Source { pointer: place, value: patch });
            } else {
                self.faults.add(place, "an override is an object", None);
            }
        }
        let children = match sources.iter().find(|source| source.value.get("children").is_some()) {
            Some(Source { pointer, value: from }) => match from.get("children") {
                Some(Value::Null) | None => Vec::new(),
                Some(children) => {
                    let pointer = format!("{pointer}/children");
                    let order = sources.iter().find_map(|source| Some((source.value.get("order")?, format!("{}/order", source.pointer))));
                    self.list(children, &pointer, order, level + 1)
                }
            },
            None => Vec::new(),
        };
        Some(Draft { value, sources, children })
    }

    /// A shared layer by id, wherever it stands.
    fn used(&self, used: &Value, pointer: &str) -> Option<(&'a Value, String)> {
        let mut ids = Vec::new();
        let found = match (used.as_str(), self.shared) {
            (Some(id), Some(shared)) => find(shared, "/layers", id, &mut ids, 0),
            _ => None,
        };
        if found.is_none() {
            let id = used.as_str().unwrap_or_default();
            let hint = suggest::hint(id, ids.iter().map(String::as_str));
            self.faults.add(format!("{pointer}/use"), format!("no shared layer has the id \"{id}\""), hint);
        }
        found
    }

    fn reorder(&self, drafts: &mut Vec<Draft<'a>>, order: &Value, pointer: &str) {
        let Value::Array(names) = order else {
            self.faults.add(pointer.to_owned(), "order is a list of ids", None);
            return;
        };
        let mut named = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let name = name.as_str().unwrap_or_default();
            match drafts.iter().position(|draft| draft.value.get("id").and_then(Value::as_str) == Some(name)) {
                Some(at) => named.push(drafts.remove(at)),
                None => {
                    let ids: Vec<&str> = drafts.iter().filter_map(|draft| draft.value.get("id")?.as_str()).collect();
                    let hint = suggest::hint(name, ids);
                    self.faults.add(format!("{pointer}/{i}"), format!("no layer \"{name}\" stands here"), hint);
                }
            }
        }
        drafts.append(&mut named);
    }

    /// Overrides of layers that this size does not have.
    pub fn check_overrides(&self) {
        let ids = self.ids.borrow();
        for id in self.overrides.into_iter().flat_map(Map::keys) {
            if !ids.contains(id) {
                let hint = suggest::hint(id, ids.iter().map(String::as_str));
                let place = format!("{}/{}", self.pointer, id.replace('~', "~0").replace('/', "~1"));
                self.faults.add(place, format!("this size has no layer \"{id}\""), hint);
            }
        }
    }
}

fn find<'a>(list: &'a Value, pointer: &str, id: &str, ids: &mut Vec<String>, level: usize) -> Option<(&'a Value, String)> {
    if level > MAX_LEVELS {
        return None;
    }
    for (i, layer) in list.as_array()?.iter().enumerate() {
        let place = format!("{pointer}/{i}");
        if let Some(name) = layer.get("id").and_then(Value::as_str) {
            if name == id {
                return Some((layer, place));
            }
            ids.push(name.to_owned());
        }
        if let Some(children) = layer.get("children")
            && let Some(found) = find(children, &format!("{place}/children"), id, ids, level + 1)
        {
            return Some(found);
        }
    }
    None
}
