//! A call as a block of code with its languages as tabs; each is a link, so that it works without script.

use askama::Template;

use super::{Call, Language};
use crate::visit::Visit;

/// The languages' choice is one for all blocks and kept in a cookie; `?lang=` sets it.
#[derive(Template)]
#[template(path = "docs/sample.html")]
pub(crate) struct Block {
    /// Unique on its page.
    id: String,
    /// What it does, for who listens: "Make pictures".
    name: String,
    language: Language,
    tabs: Vec<Tab>,
    code: String,
}

struct Tab {
    language: Language,
    href: String,
}

impl askama::filters::HtmlSafe for Block {}

impl Block {
    /// `target` is the page's path and query.
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>, call: &Call, language: Language, target: &str) -> Self {
        let id = id.into();
        let tabs = Language::ALL.iter().map(|language| Tab { language: *language, href: link(target, *language, &id) });
        Self { name: name.into(), language, tabs: tabs.collect(), code: language.write(call), id }
    }
}

impl Block {
    /// What it does: "Make pictures".
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Language {
    /// The one that `?lang=` asks for, which is kept from then on, else the one that was kept.
    pub(crate) fn of(visit: &Visit) -> Self {
        let query = visit.target().split_once('?').map_or("", |(_, query)| query);
        let asked = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "lang").last();
        match asked.and_then(|(_, id)| Self::parse(&id)) {
            Some(language) => {
                visit.keep_language(language.id());
                language
            }
            None => visit.language().and_then(Self::parse).unwrap_or_default(),
        }
    }
}

/// The same page in another language, at the same block.
fn link(target: &str, language: Language, id: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang"));
    pairs.append_pair("lang", language.id());
    format!("{path}?{}#{id}", pairs.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_leads_to_the_same_page_in_its_language() {
        assert_eq!(link("/docs/generate?a=1&lang=go", Language::Rust, "s"), "/docs/generate?a=1&lang=rust#s");
        assert_eq!(link("/docs/generate", Language::Curl, "s"), "/docs/generate?lang=curl#s");
    }
}
