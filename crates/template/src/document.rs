//! A template group: its sizes, fields and layers, checked and compiled.

mod output;
mod read;
mod schema;

#[cfg(test)]
pub(crate) use read::{GROUP, SIZE};
use serde_json::{Map, Value};

pub use output::{Most, Output};

use crate::expr::TextExpr;
use crate::expr::rich::{self, Tags};
use crate::inputs::Value as Given;
use crate::layer::{Layer, PaintExpr};
use crate::look::Look;
use crate::{DocumentFault, Field, FieldType, Inputs, bind};

/// A valid document. Made once per revision; cheap to bind from any number of threads.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) locale: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) sizes: Vec<Size>,
    pub(crate) look: Look,
    pub(crate) roles: RoleNames,
    pub(crate) alt_text: Option<TextExpr>,
    pub(crate) output: Output,
}

/// Roles that expressions name, by their place in expressions.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoleNames {
    pub colors: Vec<String>,
    pub fonts: Vec<String>,
    pub logos: Vec<String>,
}

/// One size of the group.
#[derive(Clone, Debug)]
pub struct Size {
    /// Stable handle, such as `square`.
    pub key: String,
    /// For people, such as `Instagram square`.
    pub name: String,
    /// A preset's key, such as `ig-square`, or empty.
    pub platform: String,
    /// Pixels, 1 to 8192.
    pub width: u32,
    pub height: u32,
    /// Of this size's files; the group's where there is none.
    pub(crate) max_bytes: Option<Most>,
    pub(crate) background: Option<PaintExpr>,
    pub(crate) layers: Vec<Layer>,
    /// Fields that the layers name, by the document's order.
    pub(crate) used: Vec<usize>,
}

impl Document {
    /// Reads a document, or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<DocumentFault>> {
        read::document(text)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn description(&self) -> &str {
        &self.description
    }

    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// BCP 47; `en` where the document names none.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// In the group's order.
    pub fn sizes(&self) -> &[Size] {
        &self.sizes
    }

    pub fn size(&self, key: &str) -> Option<&Size> {
        self.sizes.iter().find(|size| size.key == key)
    }

    /// How a size's files are written, where nobody says otherwise.
    pub fn output(&self, size: &Size) -> Output {
        Output { max_bytes: size.max_bytes.or(self.output.max_bytes), ..self.output }
    }

    /// Keys of the sizes that show or ask about a field, in the group's order.
    pub fn used_in(&self, field: &str) -> Vec<&str> {
        let Some(index) = self.fields.iter().position(|candidate| candidate.name == field) else { return Vec::new() };
        self.sizes.iter().filter(|size| size.used.contains(&index)).map(|size| size.key.as_str()).collect()
    }

    /// An object with every field's `example`; checks without a fault.
    pub fn example_inputs(&self) -> Value {
        let example = |field: &Field| Some((field.name.clone(), field.example.clone()?));
        Value::Object(self.fields.iter().filter_map(example).collect::<Map<_, _>>())
    }

    /// JSON Schema 2020-12 of the group's `inputData`.
    pub fn input_schema(&self) -> Value {
        schema::of(self)
    }

    /// Plain alternative text: the document's `altText` pattern, else its first required (or first) text field, without
    /// accent asterisks. `locale` as for [`bind()`](crate::bind()).
    pub fn alt_text(&self, inputs: &Inputs, locale: Option<&str>) -> String {
        let text = match &self.alt_text {
            Some(pattern) => bind::plain(self, pattern, inputs, locale),
            None => None,
        };
        let text = text.or_else(|| {
            let title = self.title()?;
            let Some(Given::Text(text)) = inputs.values.get(title)? else { return None };
            Some(rich::plain(rich::typed(text, &Tags::bare(&self.fields[title].constraints.marks))))
        });
        text.unwrap_or_else(|| self.name.clone()).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The field that says most: the first required text, else the first text.
    pub(crate) fn title(&self) -> Option<usize> {
        let text = |field: &Field| matches!(field.kind, FieldType::Text | FieldType::RichText);
        let required = self.fields.iter().position(|field| text(field) && field.required);
        required.or_else(|| self.fields.iter().position(text))
    }
}
