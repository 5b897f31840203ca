//! Half-filled forms: what of them can be drawn, what is wrong with the rest, and what stands in its place.
//!
//! A form is looked at while it is being filled, so a fault must not take the picture away. Text that is too long is cut
//! to what is allowed, another fault's value counts as not given, and a required field that is not given shows the
//! template's example.

use serde_json::{Map, Value};
use template::{Document, Inputs};

use crate::Detail;

/// Where the input data stands in a call's body, and so what paths of faults start with.
pub(crate) const PATH: &str = "inputData";
/// One mending may uncover the next fault: a list's item, then the list, then the field.
const ROUNDS: usize = 4;

/// The part of a form that can be drawn.
#[derive(Debug)]
pub(crate) struct Drawable {
    /// What `inputs` was read from.
    data: Map<String, Value>,
    pub inputs: Inputs,
    /// Without those of fields that are only empty yet.
    pub faults: Vec<Detail>,
    /// Fields that show their example, wholly or in part.
    pub placeholders: Vec<String>,
}

impl Drawable {
    pub fn new(document: &Document, input: &Value) -> Self {
        let data = input.as_object().cloned().unwrap_or_default();
        let mut found = Self { data, inputs: Inputs::default(), faults: Vec::new(), placeholders: Vec::new() };
        found.settle(document, true);
        found
    }

    /// Takes a value out, for a reason that only a closer look found.
    pub fn take_out(&mut self, document: &Document, fault: Detail) {
        self.mend(document, &fault);
        self.faults.push(fault);
        self.settle(document, false);
    }

    fn settle(&mut self, document: &Document, told: bool) {
        for round in 0..ROUNDS {
            match Inputs::check(document, &Value::Object(self.data.clone()), PATH, true) {
                Ok((inputs, _)) => {
                    self.inputs = inputs;
                    return;
                }
                Err(faults) => {
                    for fault in faults {
                        self.mend(document, &fault);
                        if told && round == 0 && !is_empty_field(&fault) {
                            self.faults.push(fault);
                        }
                    }
                }
            }
        }
        // Only a document whose own examples are not valid comes here.
        self.data.clear();
        self.inputs = Inputs::check(document, &Value::Object(Map::new()), PATH, false).map(|(inputs, _)| inputs).unwrap_or_default();
    }

    fn mend(&mut self, document: &Document, fault: &Detail) {
        let Some((field, rest)) = parts(&fault.param) else { return };
        let example = document.fields().iter().find(|candidate| candidate.name == field).and_then(|field| field.example.clone());
        let limit = fault.limit.as_ref().and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        let value = value_at(self.data.get_mut(field), rest);
        match (fault.code, value) {
            ("missing_input", _) if rest.is_empty() => self.show_example(field, example),
            // A limit in bytes may still be passed by fewer characters.
            ("too_long", Some(Value::String(text))) if limit.is_some_and(|limit| limit < text.chars().count()) => {
                *text = text.chars().take(limit.unwrap_or(0)).collect();
            }
            ("too_many", Some(Value::Array(items))) if limit.is_some() => items.truncate(limit.unwrap_or(0)),
            ("too_few", Some(Value::Array(items))) => {
                let Some(Value::Array(examples)) = example else { return drop(self.data.remove(field)) };
                items.retain(|item| !item.is_null() && item.as_str() != Some(""));
                let rest: Vec<Value> = examples.into_iter().skip(items.len()).collect();
                items.extend(rest);
                self.note(field);
            }
            // `null` counts as not given, at any depth.
            (_, Some(value)) if !value.is_null() => *value = Value::Null,
            _ => drop(self.data.remove(field)),
        }
    }

    fn show_example(&mut self, field: &str, example: Option<Value>) {
        if let Some(example) = example {
            self.data.insert(field.to_owned(), example);
            self.note(field);
        }
    }

    fn note(&mut self, field: &str) {
        if !self.placeholders.iter().any(|known| known == field) {
            self.placeholders.push(field.to_owned());
        }
    }
}

/// A field, or a part of one, that is not filled yet: no news to who fills it.
fn is_empty_field(fault: &Detail) -> bool {
    matches!(fault.code, "missing_input" | "too_few")
}

/// `inputData.items[2].label`: `items` and `[2].label`.
fn parts(param: &str) -> Option<(&str, &str)> {
    let rest = param.strip_prefix(PATH)?.strip_prefix('.')?;
    Some(rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())))
}

fn value_at<'a>(value: Option<&'a mut Value>, path: &str) -> Option<&'a mut Value> {
    let mut value = value?;
    for step in path.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty()) {
        // A text in place of an object has no members: it is itself what is at fault.
        if !value.is_object() && !value.is_array() {
            return Some(value);
        }
        value = match step.parse::<usize>() {
            Ok(index) => value.get_mut(index)?,
            Err(_) => value.get_mut(step)?,
        };
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        let field = |name: &str, kind: &str, more: Value| {
            let mut field = json!({"name": name, "type": kind, "label": name});
            if let (Value::Object(field), Value::Object(more)) = (&mut field, more) {
                field.extend(more);
            }
            field
        };
        let fields = json!([
            field("title", "text", json!({"required": true, "example": "Example", "constraints": {"maxLength": 10}})),
            field("kicker", "text", json!({"example": "Kick", "constraints": {"maxLength": 5}})),
            field("color", "color", json!({"example": "#fff"})),
            field(
                "items",
                "list",
                json!({
                    "required": true, "example": ["one", "two", "tri"], "constraints": {"minItems": 3, "maxItems": 4},
                    "items": {"type": "text", "constraints": {"maxLength": 4}},
                })
            ),
        ]);
        let size = json!({"key": "square", "name": "Square", "width": 100, "height": 100});
        let text = json!({"format": 1, "name": "Test", "fields": fields, "layers": [], "templates": [size]});
        Document::parse(&text.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    fn drawn(input: Value) -> (Value, Vec<&'static str>, Vec<String>) {
        let drawable = Drawable::new(&document(), &input);
        (Value::Object(drawable.data), drawable.faults.iter().map(|fault| fault.code).collect(), drawable.placeholders)
    }

    #[test]
    fn an_empty_form_shows_examples_of_what_is_required_and_complains_of_nothing() {
        let (data, faults, placeholders) = drawn(json!({"title": "", "kicker": ""}));
        assert_eq!(data["title"], "Example");
        assert_eq!(data["items"], json!(["one", "two", "tri"]));
        assert_eq!(data["kicker"], "", "what is optional stays away");
        assert!(faults.is_empty());
        assert_eq!(placeholders, ["title", "items"]);
    }

    #[test]
    fn text_that_is_too_long_is_cut_and_said_to_be() {
        let (data, faults, _) = drawn(json!({"title": "Twelve chars", "items": ["much too long", "b", "c"]}));
        assert_eq!((&data["title"], &data["items"][0]), (&json!("Twelve cha"), &json!("much")));
        assert_eq!(faults, ["too_long", "too_long"]);
    }

    #[test]
    fn an_unfinished_list_is_filled_up_from_the_example() {
        let (data, faults, placeholders) = drawn(json!({"title": "Hi", "items": ["mine", "", "x"]}));
        assert_eq!(data["items"], json!(["mine", "x", "tri"]));
        assert!(faults.is_empty());
        assert_eq!(placeholders, ["items"]);
        let (data, faults, _) = drawn(json!({"title": "Hi", "items": ["a", "b", "c", "d", "e"]}));
        assert_eq!((data["items"].as_array().unwrap().len(), faults), (4, vec!["too_many"]));
    }

    #[test]
    fn a_value_that_cannot_be_read_is_left_out() {
        let (data, faults, _) = drawn(json!({"title": 7, "color": "red-ish", "items": [{"a": 1}, "b", "c"]}));
        assert_eq!((&data["title"], &data["color"], &data["items"]), (&json!("Example"), &Value::Null, &json!(["b", "c", "tri"])));
        assert_eq!(faults, ["invalid_type", "invalid_color", "invalid_type"]);
        let (data, ..) = drawn(json!("nonsense"));
        assert_eq!(data["title"], "Example");
    }
}
