//! The articles, and each as its parts.

use askama::Template;

use super::facts::Facts;
use super::parts::{Part, parts};
use crate::icon::{self, Icon};

/// What stands about an article before it is made.
pub(super) struct Entry {
    pub slug: &'static str,
    title: &'static str,
    about: &'static str,
    icon: Icon,
}

/// In the order of the start page.
pub(super) const ENTRIES: &[Entry] = &[
    entry("api-access", "API access", "Keys, the two kinds, endpoints, rate limits and backing off.", icon::KEY),
    entry("templates", "Templates", "Fields and sizes, designs of your own, versions and publishing.", icon::TEMPLATES),
    entry("brand-kits", "Brand kits", "Colours by role, contrast, logos and fonts.", icon::BRUSH),
    entry("bulk", "Bulk", "A table of rows becomes pictures: match, check, run.", icon::BULK),
    entry("warnings", "Warnings", "Every code: what it means and what to do.", icon::WARNING),
    entry("credits", "Credits and plans", "What is charged, what is free, and what happens at the limit.", icon::STAR),
    entry("self-hosting", "Self-hosting", "Your own server: settings, people, mail, backups, several nodes.", icon::SETTINGS),
];

const fn entry(slug: &'static str, title: &'static str, about: &'static str, icon: Icon) -> Entry {
    Entry { slug, title, about, icon }
}

/// One article with this service's figures.
pub(super) struct Article {
    pub slug: &'static str,
    pub title: &'static str,
    /// One line for lists.
    pub about: &'static str,
    pub icon: Icon,
    /// The first one has no heading: it is what stands before them.
    pub parts: Vec<Part>,
}

#[derive(Template)]
#[template(path = "support/body.html")]
struct Body<'a> {
    slug: &'static str,
    facts: &'a Facts,
}

/// All articles.
pub(crate) struct Library(Vec<Article>);

impl Library {
    pub(crate) fn new(facts: &Facts) -> askama::Result<Self> {
        let article = |&Entry { slug, title, about, icon }: &Entry| {
            Ok(Article { slug, title, about, icon, parts: parts(&Body { slug, facts }.render()?) })
        };
        ENTRIES.iter().map(article).collect::<askama::Result<_>>().map(Self)
    }

    pub(super) fn articles(&self) -> &[Article] {
        &self.0
    }

    pub(super) fn get(&self, slug: &str) -> Option<&Article> {
        self.0.iter().find(|article| article.slug == slug)
    }
}
