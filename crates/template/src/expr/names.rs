//! What names in expressions stand for: fields, the item of a repeat, roles.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::Value;

use crate::field::{Field, FieldType, Items};
use crate::read::{Vars, Wrong};
use crate::suggest;

/// A value that is known when the picture is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ref {
    /// By the document's order of fields.
    Field(usize),
    /// The repeat's item, where items are plain values.
    Item,
    /// A member of the repeat's item, by the order of the item's fields.
    Member(usize),
    /// The repeat's count, from 1.
    Index,
}

/// Roles that expressions name, each with its place in the document's table.
#[derive(Debug, Default)]
pub(crate) struct RoleTable {
    names: RefCell<Vec<String>>,
}

impl RoleTable {
    pub fn index(&self, role: &str) -> usize {
        let mut names = self.names.borrow_mut();
        names.iter().position(|name| name == role).unwrap_or_else(|| {
            names.push(role.to_owned());
            names.len() - 1
        })
    }

    pub fn into_names(self) -> Vec<String> {
        self.names.into_inner()
    }
}

/// The names that may stand in an expression.
pub(crate) struct Names<'a> {
    pub fields: &'a [Field],
    /// Inside a counted repeat, with `$index`.
    pub vars: Cell<&'a Vars>,
    /// Colour roles that the contract or the template's look names.
    pub color_roles: &'a [String],
    pub font_roles: &'a [String],
    pub colors: &'a RoleTable,
    pub fonts: &'a RoleTable,
    pub logos: &'a RoleTable,
    /// The list whose items are repeated, inside a repeat.
    pub list: Cell<Option<usize>>,
    /// Fields met so far.
    pub used: RefCell<BTreeSet<usize>>,
}

pub(crate) const LOGO_ROLES: [&str; 2] = ["primary", "mark"];

impl<'a> Names<'a> {
    /// The value of a variable.
    pub fn var(&self, name: &str) -> Result<&'a Value, Wrong> {
        let vars = self.vars.get();
        vars.get(name)
            .ok_or_else(|| Wrong::with(format!("unknown variable \"${name}\""), suggest::hint(name, vars.keys().map(String::as_str))))
    }

    /// A field's name, or `item`, `item.member` and `index` inside a repeat.
    pub fn find(&self, name: &str) -> Result<Ref, Wrong> {
        if let Some(list) = self.list.get() {
            let items = self.fields.get(list).and_then(|field| field.items.as_ref());
            match (name.split_once('.'), items) {
                (None, _) if name == "index" => return Ok(Ref::Index),
                (None, Some(Items::Plain(_))) if name == "item" => return Ok(Ref::Item),
                (None, Some(Items::Object(fields))) if name == "item" => {
                    let example = fields.first().map_or("name", |field| field.name.as_str());
                    return Err(Wrong::with("the item is an object", format!("name a member of it, such as item.{example}")));
                }
                (Some(("item", member)), Some(Items::Object(fields))) => {
                    return fields.iter().position(|field| field.name == member).map(Ref::Member).ok_or_else(|| {
                        let hint = suggest::hint(member, fields.iter().map(|field| field.name.as_str()));
                        Wrong::with(format!("the item has no \"{member}\""), hint)
                    });
                }
                (Some(("item", _)), _) => return Err(Wrong::with("the item has no members", Some("write item".to_owned()))),
                _ => {}
            }
        }
        let found = self.fields.iter().position(|field| field.name == name);
        let Some(index) = found else {
            let outside = matches!(name.split('.').next(), Some("item" | "index"));
            let hint = match outside {
                true => Some("item and index stand inside a layer with \"repeat\"".to_owned()),
                false => suggest::hint(name, self.fields.iter().map(|field| field.name.as_str())),
            };
            return Err(Wrong::with(format!("unknown field \"{name}\""), hint));
        };
        self.used.borrow_mut().insert(index);
        Ok(Ref::Field(index))
    }

    /// What a value is; `None` for the repeat's index.
    pub fn field(&self, value: Ref) -> Option<&Field> {
        let items = || self.list.get().and_then(|list| self.fields.get(list)?.items.as_ref());
        match value {
            Ref::Field(index) => self.fields.get(index),
            Ref::Item => match items()? {
                Items::Plain(field) => Some(field),
                Items::Object(_) => None,
            },
            Ref::Member(index) => match items()? {
                Items::Object(fields) => fields.get(index),
                Items::Plain(_) => None,
            },
            Ref::Index => None,
        }
    }

    pub fn kind(&self, value: Ref) -> FieldType {
        self.field(value).map_or(FieldType::Number, |field| field.kind)
    }

    pub fn color_role(&self, role: &str) -> Result<usize, Wrong> {
        known(role, self.color_roles, "colour").map(|()| self.colors.index(role))
    }

    pub fn font_role(&self, role: &str) -> Result<usize, Wrong> {
        known(role, self.font_roles, "font").map(|()| self.fonts.index(role))
    }

    pub fn logo_role(&self, role: &str) -> Result<usize, Wrong> {
        if LOGO_ROLES.contains(&role) {
            return Ok(self.logos.index(role));
        }
        Err(Wrong::with(format!("unknown logo role \"{role}\""), suggest::hint(role, LOGO_ROLES)))
    }
}

fn known(role: &str, roles: &[String], what: &str) -> Result<(), Wrong> {
    if roles.iter().any(|name| name == role) {
        return Ok(());
    }
    let hint = suggest::hint(role, roles.iter().map(String::as_str));
    Err(Wrong::with(format!("unknown {what} role \"{role}\""), hint.or(Some("a role of your own needs a value in \"look\"".to_owned()))))
}
