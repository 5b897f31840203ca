//! What fills the examples: the team's own template group and kit, or, for everybody, those that ship inside.

use app::{Mode, Principal, Query};
use serde_json::{Value, json};

use super::reference::{Operation, Reference};
use super::samples::{self, Answer, Body, Call};
use crate::Web;
use crate::error::PageError;
use crate::who::InTeam;

#[derive(Debug, Default)]
pub(crate) struct Facts {
    group: Option<Group>,
    kit: Option<String>,
    /// The newest one of a test key.
    generation: Option<String>,
}

#[derive(Debug)]
struct Group {
    id: String,
    input: Value,
    sizes: Vec<String>,
}

impl Facts {
    /// The newest group of the team's own, else the first built-in one; the default kit, else the first.
    pub(crate) async fn of(web: &Web, who: &InTeam) -> Result<Self, PageError> {
        let principal = who.member.principal();
        let all = || Query(vec![("limit".into(), "100".into())]);
        let mut groups = web.app().templates(&principal, &all()).await?.data;
        let own = |id: &str| id.parse::<domain::TemplateGroupId>().is_ok_and(|id| !id.is_built_in());
        let at = groups.iter().position(|group| own(&group.id)).or_else(|| groups.iter().position(|group| group.id == "tg_quote"));
        let group = at.or((!groups.is_empty()).then_some(0)).map(|at| groups.swap_remove(at));
        let kits = web.app().brand_kits(&principal, &all()).await?.data;
        let kit = kits.iter().find(|kit| kit.is_default).or(kits.first()).map(|kit| kit.id.clone());
        let group = group.map(|group| Group {
            id: group.id,
            input: group.example_input_data,
            sizes: group.templates.into_iter().map(|size| size.key).collect(),
        });
        let testing = Principal { mode: Mode::Test, ..principal };
        let generation = web.app().generations(&testing, &Query(vec![("limit".into(), "1".into())])).await?.data.pop();
        Ok(Self { group, kit, generation: generation.map(|generation| generation.id) })
    }

    /// The call that shows an operation, with further headers.
    pub(crate) fn call(&self, reference: &Reference, operation: &Operation, headers: &[(&str, &str)]) -> Call {
        let mut path = operation.path.clone();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for parameter in &operation.parameters {
            let Some(example) = &parameter.example else { continue };
            match parameter.place.as_str() {
                "path" => path = path.replace(&format!("{{{}}}", parameter.member.name), &self.id(operation, example)),
                "query" => drop(query.append_pair(&parameter.member.name, example)),
                _ => {}
            }
        }
        let query = query.finish();
        let url = format!("{}{path}{}{query}", reference.api_url, if query.is_empty() { "" } else { "?" });
        let key = operation.scope.as_ref().map(|_| samples::key());
        let further = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let is_picture = operation.answers.iter().any(|answer| answer.kinds.iter().any(|kind| kind.starts_with("image/")));
        Call {
            method: operation.method.clone(),
            url,
            headers: key.into_iter().chain(further).collect(),
            body: match &operation.body {
                None => Body::None,
                Some(body) => body.example.as_ref().map_or_else(|| Body::File("photo.jpg".to_owned()), |body| Body::Json(self.body(body))),
            },
            answer: if is_picture { Answer::File("picture.png") } else { Answer::Text },
        }
    }

    /// The id in a path: of the team where it has one.
    pub(super) fn id(&self, operation: &Operation, example: &str) -> String {
        let own = match operation.path.as_str() {
            // Nobody should delete something real by trying it out.
            "/v1/generate/{id}" if operation.method == "GET" => self.generation.clone(),
            "/v1/templates/{id}" | "/v1/templates/{id}/schema" => self.group.as_ref().map(|group| group.id.clone()),
            "/v1/brandkits/{id}" => self.kit.clone(),
            _ => None,
        };
        own.unwrap_or_else(|| example.to_owned())
    }

    /// The body of a call with what the team has.
    fn body(&self, example: &Value) -> Value {
        let mut body = example.clone();
        let Some(members) = body.as_object_mut() else { return body };
        if let (true, Some(group)) = (members.contains_key("templateGroupId"), &self.group) {
            members.insert("templateGroupId".to_owned(), json!(group.id));
            members.insert("inputData".to_owned(), group.input.clone());
            let wanted: Vec<&str> = members["templates"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let mut sizes: Vec<&String> = group.sizes.iter().filter(|size| wanted.contains(&size.as_str())).collect();
            if sizes.is_empty() {
                sizes = group.sizes.iter().take(1).collect();
            }
            let sizes = json!(sizes);
            members.insert("templates".to_owned(), sizes);
            if let Some(kit) = &self.kit {
                members.insert("brandKitId".to_owned(), json!(kit));
            }
        }
        body
    }
}
