//! What a create form says: inputs, look, sizes. The page, the preview and the call are all made from it.

use app::view::{Generation, TemplateGroup};
use app::{BrandChoice, Detail};
use serde_json::{Map, Value, json};

use super::input::{self, CreateForm};
use crate::form::Problems;

/// A kit's place in forms and addresses where the template's own look is meant.
pub(crate) const OWN_LOOK: &str = "none";

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub input: Map<String, Value>,
    /// A kit's id, [`OWN_LOOK`], or empty for the team's default.
    pub kit: String,
    /// Keys; none is all.
    pub sizes: Vec<String>,
    pub format: String,
    pub reference: String,
    pub version: Option<u32>,
}

impl Draft {
    pub(crate) fn of(form: &CreateForm, group: &TemplateGroup) -> Self {
        let known = |key: &&str| group.templates.iter().any(|size| size.key == *key);
        Self {
            input: input::read(&group.fields, form),
            kit: form.text("kit").to_owned(),
            sizes: form.all("size").filter(known).map(ToOwned::to_owned).collect(),
            format: form.text("format").to_owned(),
            reference: form.text("reference").to_owned(),
            version: form.text("version").parse().ok(),
        }
    }

    /// The group's example in every size.
    pub(crate) fn example(group: &TemplateGroup) -> Self {
        Self { input: group.example_input_data.as_object().cloned().unwrap_or_default(), ..Self::default() }
    }

    /// What a generation was made from.
    pub(crate) fn again(generation: &Generation) -> Self {
        Self {
            input: generation.input_data.as_ref().and_then(Value::as_object).cloned().unwrap_or_default(),
            kit: generation.brand_kit_id.clone().unwrap_or_else(|| OWN_LOOK.to_owned()),
            sizes: generation.images.iter().map(|image| image.key.clone()).collect(),
            format: generation.images.first().map(|image| image.format.clone()).unwrap_or_default(),
            reference: generation.external_id.clone().unwrap_or_default(),
            version: None,
        }
    }

    pub(crate) fn brand(&self) -> BrandChoice {
        match self.kit.as_str() {
            "" => BrandChoice::TeamDefault,
            OWN_LOOK => BrandChoice::OwnLook,
            id => BrandChoice::Kit(id.to_owned()),
        }
    }

    /// The same as the body of `POST /v1/generate`.
    pub(crate) fn body(&self, group: &str) -> Value {
        let mut body = json!({"templateGroupId": group, "inputData": self.input});
        if let Value::Object(map) = &mut body {
            match self.brand() {
                BrandChoice::TeamDefault => {}
                BrandChoice::OwnLook => drop(map.insert("brandKitId".to_owned(), Value::Null)),
                BrandChoice::Kit(id) => drop(map.insert("brandKitId".to_owned(), id.into())),
            }
            if !self.sizes.is_empty() {
                map.insert("templates".to_owned(), json!(self.sizes));
            }
            if !self.format.is_empty() && self.format != "png" {
                map.insert("output".to_owned(), json!({"format": self.format}));
            }
            if !self.reference.is_empty() {
                map.insert("externalId".to_owned(), self.reference.clone().into());
            }
        }
        body
    }
}

/// Faults of a call beside the controls that they came from.
pub(crate) fn problems(faults: Vec<Detail>, group: &TemplateGroup) -> Problems {
    let mut problems = Problems::default();
    for fault in faults {
        let (control, text) = match field_of(&fault.param) {
            Some(field) => (super::controls::control_name(field), words(&fault, group)),
            None => (other_control(&fault.param).to_owned(), fault.message),
        };
        problems.add(control, text);
    }
    problems
}

/// The field that a fault's path is about: `items` of `inputData.items[2].label`.
pub(crate) fn field_of(param: &str) -> Option<&str> {
    let rest = param.strip_prefix("inputData.")?;
    rest.split(['.', '[']).next().filter(|field| !field.is_empty())
}

fn other_control(param: &str) -> &'static str {
    match param.split(['.', '[']).next().unwrap_or_default() {
        "externalId" => "reference",
        "brandKitId" => "kit",
        "output" => "format",
        _ => "",
    }
}

/// A fault in words: with its line in a list, and with what was typed where a figure was wanted.
pub(crate) fn words(fault: &Detail, group: &TemplateGroup) -> String {
    let field = field_of(&fault.param).and_then(|name| group.fields.iter().find(|field| field.name == name));
    let Some(field) = field else { return fault.message.clone() };
    let is_number = matches!(field.kind, template::FieldType::Number | template::FieldType::Rating);
    if is_number && fault.code == "invalid_type" {
        return format!("{}: use digits, for example 12.50.", field.label);
    }
    let line = fault.param.split_once('[').and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
    match line {
        Some(line) => format!("{}, line {}: {}", field.label, line + 1, fault.message.trim_start()),
        None => fault.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_faults_name_their_field() {
        assert_eq!(field_of("inputData.items[2].label"), Some("items"));
        assert_eq!(field_of("inputData.title"), Some("title"));
        assert_eq!(field_of("templateGroupId"), None);
    }

    #[test]
    fn a_draft_is_the_body_of_a_call() {
        let draft = Draft { kit: OWN_LOOK.into(), sizes: vec!["story".into()], format: "png".into(), ..Draft::default() };
        assert_eq!(
            draft.body("tg_quote"),
            json!({"templateGroupId": "tg_quote", "inputData": {}, "brandKitId": null, "templates": ["story"]})
        );
        let draft = Draft { format: "webp".into(), reference: "x".into(), ..Draft::default() };
        assert_eq!(
            draft.body("tg_a"),
            json!({"templateGroupId": "tg_a", "inputData": {}, "output": {"format": "webp"}, "externalId": "x"})
        );
    }
}
