//! Fields: what a template asks for.

mod read;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::PictureInput;
use crate::barcode::Symbology;
use crate::inputs::Value as Given;

pub(crate) use read::{MARK_NAME, is_mark, read};
#[cfg(test)]
pub(crate) use read::{MEMBERS, constraints_of};

/// One input of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key in `inputData`.
    pub name: String,
    pub kind: FieldType,
    pub label: String,
    pub description: String,
    pub required: bool,
    /// As written in the document, valid by this field's own rules.
    pub default: Option<Value>,
    pub example: Option<Value>,
    pub constraints: Constraints,
    /// Lists: what an item is.
    pub items: Option<Items>,
    /// Images: drawn where the given picture can't be had.
    pub fallback: Option<PictureInput>,
    /// `default`, checked.
    pub(crate) given: Option<Given>,
}

/// The contract's field types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    Text,
    RichText,
    Image,
    Color,
    Number,
    Boolean,
    Date,
    Enum,
    Url,
    Qr,
    Barcode,
    Rating,
    List,
}

impl Field {
    /// As the API's `fields[].constraints`; lists also say what an item is, in `items`.
    pub fn constraints_json(&self) -> Map<String, Value> {
        let mut map = self.constraints.to_json();
        let plain = |field: &Self| json!({"type": field.kind.name(), "constraints": field.constraints_json()});
        let items = match &self.items {
            None => return map,
            Some(Items::Plain(field)) => plain(field),
            Some(Items::Object(fields)) => {
                let member = |field: &Self| {
                    let mut value = plain(field);
                    value["name"] = json!(field.name);
                    value["label"] = json!(field.label);
                    value["required"] = json!(field.required);
                    value
                };
                json!({"fields": fields.iter().map(member).collect::<Vec<_>>()})
            }
        };
        map.insert("items".to_owned(), items);
        map
    }
}

impl FieldType {
    pub const ALL: [Self; 13] = [
        Self::Text,
        Self::RichText,
        Self::Image,
        Self::Color,
        Self::Number,
        Self::Boolean,
        Self::Date,
        Self::Enum,
        Self::Url,
        Self::Qr,
        Self::Barcode,
        Self::Rating,
        Self::List,
    ];

    /// As written in documents and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::RichText => "richText",
            Self::Image => "image",
            Self::Color => "color",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Enum => "enum",
            Self::Url => "url",
            Self::Qr => "qr",
            Self::Barcode => "barcode",
            Self::Rating => "rating",
            Self::List => "list",
        }
    }

    /// Whether its values are strings that are kept as they are.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::RichText | Self::Enum | Self::Url | Self::Qr | Self::Barcode)
    }
}

/// What an item of a list is.
#[derive(Clone, Debug, PartialEq)]
pub enum Items {
    /// A plain value by the rules of this field (its name is empty).
    Plain(Box<Field>),
    /// An object with these fields.
    Object(Vec<Field>),
}

/// Limits of a field; which of them apply depends on its type.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Constraints {
    /// Code points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// Enums: what may be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Rich texts: marks that may be written, as `[b]…[/b]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// Barcodes: Code 128 where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbology: Option<Symbology>,
}

impl Constraints {
    /// As the API's `fields[].constraints`.
    pub fn to_json(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}
