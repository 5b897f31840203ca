//! One method of one path.

use serde_json::Value;

use super::schema::{Link, Member, Schemas};
use super::{array, text};

pub(crate) struct Operation {
    pub id: String,
    /// In capitals.
    pub method: String,
    /// With `{name}` for parameters.
    pub path: String,
    /// "Make pictures".
    pub summary: String,
    pub about: String,
    /// What a key needs; `None`: no key is needed.
    pub scope: Option<String>,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
    /// Codes of errors by status.
    pub errors: Vec<(String, Vec<String>)>,
}

pub(crate) struct Parameter {
    /// `path`, `query` or `header`.
    pub place: String,
    pub member: Member,
    /// As examples of calls show it.
    pub example: Option<String>,
}

pub(crate) struct Body {
    /// Media types.
    pub kinds: Vec<String>,
    pub about: String,
    pub members: Vec<Member>,
    /// None where it is bytes.
    pub example: Option<Value>,
}

/// An answer that is no error.
pub(crate) struct Answer {
    pub status: String,
    pub about: String,
    pub headers: Vec<String>,
    /// What it holds.
    pub links: Vec<Link>,
    /// Media types, where it is no JSON.
    pub kinds: Vec<String>,
    pub example: Option<Value>,
}

impl Operation {
    pub(super) fn of(path: &str, method: &str, value: &Value, schemas: &Schemas<'_>) -> Self {
        let (about, scope) = described(&text(&value["description"]));
        let responses = || value["responses"].as_object().into_iter().flatten();
        let mut answers: Vec<Answer> =
            responses().filter(|(_, value)| !is_error(value)).map(|(status, value)| answer(status, value)).collect();
        answers.sort_by(|a, b| a.status.cmp(&b.status));
        let codes = |value: &Value| {
            let examples = value["content"]["application/json"]["examples"].as_object().into_iter().flatten();
            examples.map(|(code, _)| code.clone()).collect()
        };
        let mut errors: Vec<_> =
            responses().filter(|(_, value)| is_error(value)).map(|(status, value)| (status.clone(), codes(value))).collect();
        errors.sort();
        Self {
            id: text(&value["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&value["summary"]),
            about,
            scope,
            parameters: array(&value["parameters"]).map(|value| parameter(value, schemas)).collect(),
            body: value.get("requestBody").map(|value| body(value, schemas)),
            answers,
            errors,
        }
    }

    /// Names of the schemas of what comes back.
    pub(super) fn links(&self) -> impl Iterator<Item = String> {
        let answers = self.answers.iter().flat_map(|answer| &answer.links).map(|link| link.name.clone());
        let body = self.body.iter().flat_map(|body| &body.members).flat_map(Member::links);
        answers.chain(body)
    }

    /// Of the first answer that has one.
    pub(crate) fn example(&self) -> Option<&Value> {
        self.answers.iter().find_map(|answer| answer.example.as_ref())
    }
}

/// The scope stands in the description's last line.
fn described(text: &str) -> (String, Option<String>) {
    let (about, last) = text.rsplit_once("\n\n").unwrap_or((text, ""));
    let scope = last.strip_prefix("Scope: `").and_then(|rest| rest.split('`').next());
    (about.to_owned(), scope.map(str::to_owned))
}

fn is_error(response: &Value) -> bool {
    response["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Error"
}

fn parameter(value: &Value, schemas: &Schemas<'_>) -> Parameter {
    let mut member = schemas.member(&text(&value["name"]), &value["schema"], value["required"] == true);
    member.about = text(&value["description"]);
    let example = value.get("example").map(|example| example.as_str().map_or_else(|| example.to_string(), str::to_owned));
    Parameter { place: text(&value["in"]), member, example }
}

fn body(value: &Value, schemas: &Schemas<'_>) -> Body {
    let content = value["content"].as_object();
    let json = &value["content"]["application/json"]["schema"];
    let schema = schemas.resolved(json);
    Body {
        kinds: content.into_iter().flatten().map(|(kind, _)| kind.clone()).collect(),
        about: text(&value["description"]),
        members: schemas.members(schema),
        example: schema["examples"].get(0).cloned(),
    }
}

fn answer(status: &str, value: &Value) -> Answer {
    let content = value["content"].as_object();
    let json = content.into_iter().flatten().find(|(kind, _)| kind.contains("json")).map(|(_, value)| value);
    let links = json.map(|json| Link::all_of(&json["schema"])).unwrap_or_default();
    let kinds = content.into_iter().flatten().map(|(kind, _)| kind.clone()).filter(|kind| kind != "application/json").collect();
    let headers = value["headers"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let special = headers.filter(|name| name != "X-Request-Id" && !name.starts_with("X-RateLimit-"));
    Answer {
        status: status.to_owned(),
        about: text(&value["description"]),
        headers: special.collect(),
        links,
        kinds,
        example: json.and_then(|json| json.get("example")).cloned(),
    }
}
