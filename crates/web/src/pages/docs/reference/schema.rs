//! JSON Schemas as lists of members: name, type, limits, what each is for.

use serde_json::Value;

use super::{array, text};

const PREFIX: &str = "#/components/schemas/";

pub(super) struct Schemas<'a>(&'a Value);

/// A schema with a name.
pub(crate) struct Object {
    pub name: String,
    pub about: String,
    pub members: Vec<Member>,
}

pub(crate) struct Member {
    pub name: String,
    /// "string", "list of"; where it is a named schema, that stands in `link`.
    pub kind: String,
    pub link: Option<Link>,
    pub or_null: bool,
    pub required: bool,
    /// As JSON.
    pub default: Option<String>,
    /// "1 to 255 characters", "one of png, jpeg".
    pub limits: Vec<String>,
    /// Markdown of one line.
    pub about: String,
    /// Of an object without a name.
    pub members: Vec<Member>,
}

/// A named schema that something is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub name: String,
}

impl Link {
    fn of(schema: &Value) -> Option<Self> {
        let name = schema["$ref"].as_str()?.strip_prefix(PREFIX)?;
        Some(Self { name: name.to_owned() })
    }

    /// One, or those of `anyOf`.
    pub(super) fn all_of(schema: &Value) -> Vec<Self> {
        Self::of(schema).into_iter().chain(array(&schema["anyOf"]).filter_map(Self::of)).collect()
    }
}

impl Member {
    /// Names of the schemas in it.
    pub(super) fn links(&self) -> Vec<String> {
        let own = self.link.iter().map(|link| link.name.clone());
        own.chain(self.members.iter().flat_map(Self::links)).collect()
    }
}

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        Self(&document["components"]["schemas"])
    }

    /// The schema behind a reference.
    pub(super) fn resolved(&self, schema: &'a Value) -> &'a Value {
        Link::of(schema).map_or(schema, |link| &self.0[&link.name])
    }

    pub(super) fn object(&self, name: &str) -> Object {
        let schema = &self.0[name];
        Object { name: name.to_owned(), about: text(&schema["description"]), members: self.members(schema) }
    }

    /// The named schemas that `roots` lead to, in the order in which they come up, without those that were taken.
    pub(super) fn reachable(&self, roots: impl Iterator<Item = String>, taken: &[String]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut waiting: Vec<String> = roots.collect();
        waiting.reverse();
        while let Some(name) = waiting.pop() {
            if found.contains(&name) || taken.contains(&name) {
                continue;
            }
            let next: Vec<String> = self.members(&self.0[&name]).iter().flat_map(Member::links).collect();
            waiting.extend(next.into_iter().rev());
            found.push(name);
        }
        found
    }

    pub(super) fn members(&self, schema: &'a Value) -> Vec<Member> {
        let required: Vec<&str> = array(&schema["required"]).filter_map(Value::as_str).collect();
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.map(|(name, value)| self.member(name, value, required.contains(&name.as_str()))).collect()
    }

    pub(super) fn member(&self, name: &str, schema: &'a Value, required: bool) -> Member {
        let (inner, is_list, or_null) = self.unwrapped(schema);
        let named = Link::of(inner).filter(|_| !self.is_word(inner));
        let inner = if named.is_some() { inner } else { self.resolved(inner) };
        let mut limits = limits(schema, is_list);
        if is_list || !std::ptr::eq(inner, schema) {
            limits.extend(self::limits(inner, false));
        }
        let each = inner.get("additionalProperties").filter(|value| value.is_object());
        let members = if let Some(each) = each { self.members(each) } else { self.members(inner) };
        let kind = match (&named, is_list) {
            (Some(_), true) => "list of".to_owned(),
            (Some(_), false) => String::new(),
            (None, true) => format!("list of {}", word(inner)),
            (None, false) if each.is_some() => "object by name".to_owned(),
            (None, false) => word(inner).to_owned(),
        };
        let own = text(&schema["description"]);
        Member {
            name: name.to_owned(),
            kind,
            link: named,
            or_null,
            required,
            default: schema.get("default").map(Value::to_string),
            limits,
            about: if own.is_empty() { text(&inner["description"]) } else { own },
            members,
        }
    }

    /// What a list holds or what else than null may stand there: the schema, whether it is a list's, whether null may be.
    fn unwrapped(&self, schema: &'a Value) -> (&'a Value, bool, bool) {
        let is_null = |value: &Value| value["type"] == "null";
        let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        if let Some(choices) = choices
            && choices.iter().any(is_null)
            && let Some(other) = choices.iter().find(|choice| !is_null(choice))
        {
            return (other, false, true);
        }
        let or_null = array(&schema["type"]).any(|kind| kind == "null");
        if schema.get("items").is_some() { (&schema["items"], true, or_null) } else { (schema, false, or_null) }
    }

    /// A named schema that is only a choice of words stands where it is used.
    fn is_word(&self, schema: &Value) -> bool {
        Link::of(schema).is_some_and(|link| self.0[&link.name]["type"] == "string")
    }
}

/// The type in a word.
fn word(schema: &Value) -> &str {
    let kind = schema["type"].as_str().or_else(|| array(&schema["type"]).filter_map(Value::as_str).find(|kind| *kind != "null"));
    match (kind, schema["format"].as_str()) {
        (_, Some("date-time")) => "time",
        (_, Some("binary")) => "bytes",
        (Some("array"), _) => "list",
        (Some(kind), _) => kind,
        (None, _) => "any",
    }
}

fn limits(schema: &Value, is_list: bool) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`")).collect();
        found.push(format!("one of {}", values.join(", ")));
    }
    if let Some(value) = schema["const"].as_str() {
        found.push(format!("always `{value}`"));
    }
    let number = |name: &str| schema.get(name).filter(|value| value.is_number()).map(Value::to_string);
    found.extend(range(number("minimum"), number("maximum"), ""));
    found.extend(range(number("minLength"), number("maxLength"), "character"));
    if is_list {
        found.extend(range(number("minItems"), number("maxItems"), "entry"));
        if schema["uniqueItems"] == true {
            found.push("no duplicates".to_owned());
        }
    }
    found.extend(range(None, number("maxProperties"), "member"));
    found
}

fn range(low: Option<String>, high: Option<String>, unit: &str) -> Option<String> {
    match (low, high) {
        (Some(low), Some(high)) => Some(format!("{low} to {}", counted(&high, unit))),
        (Some(low), None) => Some(format!("at least {}", counted(&low, unit))),
        (None, Some(high)) => Some(format!("at most {}", counted(&high, unit))),
        (None, None) => None,
    }
}

/// `1 entry`, `2 entries`, or the figure alone.
fn counted(figure: &str, unit: &str) -> String {
    match (unit, figure) {
        ("", _) => figure.to_owned(),
        (_, "1") => format!("1 {unit}"),
        _ => format!("{figure} {}", if unit == "entry" { "entries".to_owned() } else { format!("{unit}s") }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members_of(schema: Value) -> Vec<Member> {
        let document = json!({ "components": { "schemas": {
            "Word": { "type": "string", "enum": ["a", "b"] },
            "Thing": { "type": "object", "properties": { "x": { "type": "number" } } },
            "Root": schema
        } } });
        Schemas::of(&document).object("Root").members
    }

    #[test]
    fn a_member_says_its_type_limits_and_default() {
        let members = members_of(json!({ "type": "object", "required": ["a"], "properties": {
            "a": { "type": "integer", "minimum": 1, "maximum": 9, "default": 3, "description": "How many." },
            "b": { "type": ["string", "null"], "maxLength": 5 },
            "c": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" }, "maxItems": 2, "uniqueItems": true },
            "d": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Thing" }] },
            "e": { "$ref": "#/components/schemas/Word" },
            "f": { "type": "object", "properties": { "g": { "type": "boolean" } } },
            "h": { "type": "string", "format": "date-time" }
        } }));
        let said: Vec<(&str, &str, String)> =
            members.iter().map(|member| (member.name.as_str(), member.kind.as_str(), member.limits.join(", "))).collect();
        let expected = [
            ("a", "integer", "1 to 9"),
            ("b", "string", "at most 5 characters"),
            ("c", "list of", "at most 2 entries, no duplicates"),
            ("d", "", ""),
            ("e", "string", "one of `a`, `b`"),
            ("f", "object", ""),
            ("h", "time", ""),
        ];
        assert_eq!(said, expected.map(|(name, kind, limits)| (name, kind, limits.to_owned())));
        assert!(members[0].required && members[0].default.as_deref() == Some("3") && !members[1].required);
        assert!(members[1].or_null && members[3].or_null && !members[2].or_null);
        assert_eq!(members[2].link.as_ref().unwrap().name, "Thing");
        assert_eq!(members[5].members[0].kind, "boolean");
    }
}
