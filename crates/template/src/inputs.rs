//! Input data, checked against a document's fields.

pub(crate) mod check;

use serde_json::Value as Json;

use crate::bound::Color;
use crate::date::Date;
use crate::{Document, InputFault, PictureInput, Warning};

/// Values by field, in the document's order of fields. Only for the document that checked them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    pub(crate) values: Vec<Option<Value>>,
}

/// One value. Nothing was coerced on its way here.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// text, richText, enum, url, qr, barcode
    Text(String),
    /// number, rating
    Number(f64),
    Boolean(bool),
    Color(Color),
    Date(Date),
    Picture(PictureInput),
    List(Vec<Item>),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Plain(Value),
    /// By the order of the item's fields.
    Object(Vec<Option<Value>>),
}

impl Item {
    fn pictures(&self) -> Vec<&PictureInput> {
        let values: Vec<&Value> = match self {
            Self::Plain(value) => vec![value],
            Self::Object(members) => members.iter().flatten().collect(),
        };
        values.into_iter().filter_map(|value| if let Value::Picture(picture) = value { Some(picture) } else { None }).collect()
    }
}

impl Inputs {
    /// Checks `data` (a call's `inputData`) and keeps what is given. Every fault's `param` starts with `path`.
    ///
    /// With `required`, absent required fields are faults and absent fields take their defaults; without, as for
    /// `overrides`, they stay absent. The warnings are one `unknown_input` per unknown key.
    pub fn check(document: &Document, data: &Json, path: &str, required: bool) -> Result<(Self, Vec<Warning>), Vec<InputFault>> {
        let mut check = check::Check::default();
        let values = check.all(document.fields(), data, path, required);
        if check.faults.is_empty() { Ok((Self { values }, check.warnings)) } else { Err(check.faults) }
    }

    /// These inputs with everything that `over` gives in place of what they gave.
    pub fn merged(&self, over: &Self) -> Self {
        let values = (0..self.values.len().max(over.values.len()))
            .map(|i| over.values.get(i).cloned().flatten().or_else(|| self.values.get(i).cloned().flatten()))
            .collect();
        Self { values }
    }

    /// The value of a field, defaults included.
    pub fn get(&self, document: &Document, field: &str) -> Option<&Value> {
        let index = document.fields().iter().position(|candidate| candidate.name == field)?;
        self.values.get(index)?.as_ref()
    }

    /// Every picture that is named, with its field. `PictureInput::path` says where it stands in the call.
    pub fn pictures<'a>(&'a self, document: &'a Document) -> Vec<(&'a str, &'a PictureInput)> {
        let named = document.fields().iter().zip(&self.values);
        let mut list = Vec::new();
        for (field, value) in named {
            let name = field.name.as_str();
            match value {
                Some(Value::Picture(picture)) => list.push((name, picture)),
                Some(Value::List(items)) => list.extend(items.iter().flat_map(Item::pictures).map(|picture| (name, picture))),
                _ => {}
            }
        }
        list
    }
}
