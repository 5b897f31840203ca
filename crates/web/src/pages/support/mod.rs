//! `/support`: articles for everybody, with a search over them.

mod articles;
mod facts;
mod parts;
mod search;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::Group;
use crate::Web;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::who::Anyone;

pub(crate) use articles::Library;
use articles::{Article, ENTRIES};
pub(crate) use facts::Facts;
use parts::Part;
use search::Hit;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

/// The longest query that is looked at, in characters; more is cut.
const QUERY: usize = 200;

fn routes() -> Router<Web> {
    Router::new().route("/support", get(start)).route("/support/{article}", get(article))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "support/start.html")]
struct Start<'a> {
    page: Page,
    query: String,
    articles: &'a [Article],
    hits: Vec<Hit<'a>>,
}

#[derive(Template)]
#[template(path = "support/article.html")]
struct Read<'a> {
    page: Page,
    article: &'a Article,
    parts: &'a [Part],
    others: Vec<&'a Article>,
}

async fn start(who: Anyone, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let query: String = asked.q.trim().chars().take(QUERY).collect();
    show(&Start::new(who.page(if query.is_empty() { "Support" } else { "Search in Support" }), web.support(), query))
}

async fn article(who: Anyone, State(web): State<Web>, Path(slug): Path<String>) -> Result<Response, PageError> {
    let article = web.support().get(&slug).ok_or(PageError::NotFound)?;
    show(&Read::new(who.page(article.title), web.support(), article))
}

impl<'a> Start<'a> {
    fn new(page: Page, library: &'a Library, query: String) -> Self {
        Self { page, hits: search::search(library.articles(), &query), articles: library.articles(), query }
    }

    /// `3 results`.
    fn found(&self) -> String {
        crate::text::count(i64::try_from(self.hits.len()).unwrap_or(i64::MAX), "result")
    }
}

impl<'a> Read<'a> {
    fn new(page: Page, library: &'a Library, article: &'a Article) -> Self {
        let others = ENTRIES.iter().filter(|entry| entry.slug != article.slug).filter_map(|entry| library.get(entry.slug));
        Self { page, article, parts: &article.parts, others: others.collect() }
    }
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let library = match Facts::sample().and_then(|facts| Library::new(&facts)) {
        Ok(library) => library,
        Err(error) => return vec![("support", Err(error))],
    };
    let start = |title, query: &str| Start::new(Page::sample(title), &library, query.to_owned()).render();
    let mut all = vec![
        ("support", start("Support", "")),
        ("support, found", start("Search in Support", "rate <limit>")),
        ("support, nothing found", start("Search in Support", "zebra")),
    ];
    all.extend(library.articles().iter().map(|article| (article.slug, Read::new(Page::sample(article.title), &library, article).render())));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        Library::new(&Facts::sample().unwrap()).unwrap()
    }

    #[test]
    fn links_between_articles_lead_to_headings_that_are_there() {
        let library = library();
        for (name, html) in samples() {
            let html = html.unwrap();
            for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let Some(path) = link.strip_prefix("/support/") else { continue };
                let (slug, anchor) = path.split_once('#').map_or((path, None), |(slug, anchor)| (slug, Some(anchor)));
                let article = library.get(slug).unwrap_or_else(|| panic!("{name}: {link}"));
                if let Some(anchor) = anchor {
                    assert!(article.parts.iter().any(|part| part.anchor == anchor), "{name}: {link}");
                }
            }
        }
    }

    #[test]
    fn figures_come_from_the_plans_and_codes_from_their_tables() {
        let library = library();
        let text = |slug| library.get(slug).unwrap().parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
        let api = text("api-access");
        for part in ["X-API-Key", "X-RateLimit-Remaining", "Retry-After", "Agency and Enterprise", "600", "rp_test_"] {
            assert!(api.contains(part), "{part}");
        }
        let warnings = library.get("warnings").unwrap();
        for code in template::WarningCode::ALL {
            let part = warnings.parts.iter().find(|part| part.anchor == code.as_str()).unwrap_or_else(|| panic!("{code:?}"));
            assert!(part.text.contains(code.remedy()), "{code:?}");
        }
        assert!(text("credits").contains("5,000"));
    }

    #[test]
    fn the_search_finds_what_is_asked_and_marks_it() {
        let library = library();
        let first = |query| {
            let hits = search::search(library.articles(), query);
            let hit: &Hit<'_> = hits.first().unwrap_or_else(|| panic!("nothing for {query}"));
            (hit.article.slug, hit.part.anchor.clone())
        };
        assert_eq!(first("rate limits"), ("api-access", "rate-limits".to_owned()));
        assert_eq!(first("How do rate limits work?"), ("api-access", "rate-limits".to_owned()));
        assert_eq!(first("how do I get a key?"), ("api-access", "get-a-key".to_owned()));
        assert_eq!(first("LOW_CONTRAST"), ("warnings", "low_contrast".to_owned()));
        assert_eq!(first("logo").0, "brand-kits");
        assert_eq!(first("backup").0, "self-hosting");
        let hits = search::search(library.articles(), "watermark");
        assert!(hits[0].snippet.iter().any(|(marked, text)| *marked && text.to_lowercase() == "watermark"), "{:?}", hits[0].snippet);
        assert!(search::search(library.articles(), "zebra").is_empty());
        assert!(search::search(library.articles(), "  ?! ").is_empty());
    }
}
