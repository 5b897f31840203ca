//! A template group: its sizes, fields and layers, checked and compiled.

use serde_json::Value;

use crate::{DocumentFault, Field, Inputs};

/// A valid document. Made once per revision; cheap to bind from any number of threads.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) locale: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) sizes: Vec<Size>,
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
}

impl Document {
    /// Reads a document, or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<DocumentFault>> {
        let _ = text;
        unimplemented!()
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

    /// Keys of the sizes that show or ask about a field, in the group's order.
    pub fn used_in(&self, field: &str) -> Vec<&str> {
        let _ = field;
        unimplemented!()
    }

    /// An object with every field's `example`; checks without a fault.
    pub fn example_inputs(&self) -> Value {
        unimplemented!()
    }

    /// JSON Schema 2020-12 of the group's `inputData`.
    pub fn input_schema(&self) -> Value {
        unimplemented!()
    }

    /// Plain alternative text: the document's `altText` pattern, else its first text field without accent asterisks.
    pub fn alt_text(&self, inputs: &Inputs, locale: Option<&str>) -> String {
        let _ = (inputs, locale);
        unimplemented!()
    }
}
