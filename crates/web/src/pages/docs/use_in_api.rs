//! "Use in API": the same pictures as a request, on the pages that make and show them.

use askama::Template;
use serde_json::Value;

use super::KEY;
use super::samples::{Block, Call, Language};
use crate::Web;
use crate::pages::page_of;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "docs/use-in-api.html")]
pub(crate) struct UseInApi {
    note: String,
    docs: String,
    pub(crate) block: Block,
}

impl askama::filters::HtmlSafe for UseInApi {}

impl UseInApi {
    /// `body` is the call's; `page` the path of the page that it stands on.
    pub(crate) fn new(web: &Web, who: &InTeam, body: Value, page: &str) -> Self {
        Self::with(web, who, body, page, Language::of(&who.visit))
    }

    /// The same in a language that a form asks for by its id, which is kept from then on.
    pub(crate) fn in_language(web: &Web, who: &InTeam, body: Value, page: &str, id: &str) -> Self {
        let language = Language::parse(id).inspect(|language| who.visit.keep_language(language.id()));
        Self::with(web, who, body, page, language.unwrap_or_else(|| Language::of(&who.visit)))
    }

    fn with(web: &Web, who: &InTeam, body: Value, page: &str, language: Language) -> Self {
        let plans = &web.config().plans;
        let has_api = plans.get(&who.member.plan).is_some_and(|plan| plan.api);
        let first = plans.iter().find(|plan| plan.api).map_or("", |plan| &plan.name);
        let note = if has_api {
            "The same pictures from your own server. Put one of the team's keys in place of rp_test_YOUR_KEY.".to_owned()
        } else {
            format!("The same pictures from your own server, once the team is on a plan with the API: it starts with {first}.")
        };
        let docs = page_of(KEY, &who.base()).unwrap_or_else(|| "/docs".to_owned());
        let call = Call::json(format!("{}/v1/generate", web.config().api_url), body);
        Self { note, docs: format!("{docs}/generate"), block: Block::new("use-in-api", "the same pictures", &call, language, page) }
    }

    pub(crate) fn sample() -> Self {
        let body = serde_json::json!({ "templateGroupId": "tg_quote", "inputData": { "title": "It's <b>" } });
        let call = Call::json("https://posts.example.com/v1/generate".to_owned(), body);
        let block = Block::new("use-in-api", "the same pictures", &call, Language::default(), "/t/northbank/create/tg_quote");
        Self { note: "The same pictures.".to_owned(), docs: "/t/northbank/settings/docs/generate".to_owned(), block }
    }
}
