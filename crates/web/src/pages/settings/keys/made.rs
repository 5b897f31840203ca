//! The answer that shows a key: once, to nobody else, kept nowhere.

use app::operate::NewlyMadeKey;
use app::{Scope, Scopes};
use askama::Template;
use domain::PlainKey;
use serde_json::json;

use super::mode_name;
use crate::page::Page;
use crate::pages::docs::{Answer, Body, Call, curl_with, key as header};

#[derive(Template)]
#[template(path = "settings/key-made.html")]
pub(super) struct Made {
    page: Page,
    keys: String,
    key: PlainKey,
    name: String,
    mode: &'static str,
    scopes: Scopes,
    api_url: String,
    /// After a rotation: what happens to the old key.
    old: Option<String>,
}

impl Made {
    pub(super) fn new(page: Page, keys: String, made: NewlyMadeKey, scopes: Scopes, api_url: &str) -> Self {
        let NewlyMadeKey { plain, view } = made;
        Self { page, keys, key: plain, mode: mode_name(view.mode), name: view.name, scopes, api_url: api_url.to_owned(), old: None }
    }

    pub(super) fn instead_of(self, old: String) -> Self {
        Self { old: Some(old), ..self }
    }

    /// A call that the key may make, to be pasted.
    fn command(&self) -> String {
        let key = self.key.reveal();
        let list = [
            (Scope::CreditsRead, "credits"),
            (Scope::TemplatesRead, "templates"),
            (Scope::BrandKitsRead, "brandkits"),
            (Scope::GenerationsRead, "generations"),
        ];
        if self.scopes.has(Scope::Generate) {
            return generate_line(&self.api_url, key);
        }
        let path = list.into_iter().find(|(scope, _)| self.scopes.has(*scope)).map_or("assets", |(_, path)| path);
        let url = format!("{}/v1/{path}", self.api_url);
        curl_with(&Call { method: "GET".to_owned(), url, headers: vec![header()], body: Body::None, answer: Answer::Text }, key)
    }
}

/// A call that makes pictures of a built-in template, with a key or what stands for one.
pub(super) fn generate_line(api_url: &str, key: &str) -> String {
    let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Keep your promise at *every* size." } });
    curl_with(&Call::json(format!("{api_url}/v1/generate"), body), key)
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let made = |old: Option<&str>| {
        let plain = PlainKey::generate(app::Mode::Test).map_err(|error| askama::Error::Custom(Box::new(error)))?;
        let view = super::list::sample("Storefront server", "test", None).key;
        let page = Page::team_sample("Save your key", "keys");
        let made = Made::new(page, "/t/northbank/settings/keys".to_owned(), NewlyMadeKey { plain, view }, Scopes::ALL, "https://x.example");
        match old {
            Some(old) => made.instead_of(old.to_owned()).render(),
            None => made.render(),
        }
    };
    vec![("key made", made(None)), ("key rotated", made(Some("The old key stopped.")))]
}
