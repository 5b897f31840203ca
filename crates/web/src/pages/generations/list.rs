//! `/t/{team}/generations`: newest first; every filter stands in the address.

use app::view::Record;
use app::{Error, Query, Timestamp};
use askama::Template;
use axum::extract::{Query as UrlQuery, State};
use axum::response::Response;
use serde::Deserialize;

use super::{KEY, badge, source_word};
use crate::error::PageError;
use crate::form::Problems;
use crate::page::{Page, refuse, show as page};
use crate::pages::create::query;
use crate::who::InTeam;
use crate::{Web, text};

const LIMIT: &str = "25";

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    template: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "generations/list.html")]
struct List {
    page: Page,
    base: String,
    problems: Problems,
    filters: Vec<Filter>,
    /// What the list is narrowed to: words, and the address without it.
    chips: Vec<(String, String)>,
    rows: Vec<Row>,
    newest: String,
    next: String,
}

/// One filter; none of them must be given.
struct Filter {
    /// `select`, or an input's type.
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    value: String,
    /// Of a select: value and label.
    choices: Vec<(String, String)>,
}

struct Row {
    href: String,
    thumbnail: Option<String>,
    template: String,
    reference: String,
    source: &'static str,
    is_test: bool,
    badge: &'static str,
    status: &'static str,
    pictures: String,
    credits: String,
    maker: String,
    ago: String,
    exact: String,
    iso: String,
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, UrlQuery(asked): UrlQuery<Asked>) -> Result<Response, PageError> {
    let base = inside.base();
    let pairs = asked.pairs(&asked.cursor).into_iter().chain([("limit", LIMIT)]);
    let query = Query(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let groups = web.app().templates(&inside.member.principal(), &Query(vec![("limit".into(), "100".into())])).await?.data;
    let groups: Vec<(String, String)> = groups.into_iter().map(|group| (group.id, group.name)).collect();
    let (records, problems) = match web.app().records(&inside.member, &query).await {
        Ok(records) => (records, Problems::default()),
        Err(Error::Validation(faults)) => (app::view::Page { data: Vec::new(), has_more: false, next_cursor: None }, faults.into()),
        Err(error) => return Err(error.into()),
    };
    let now = web.app().now();
    let list = List {
        page: inside.page("Generations", KEY),
        filters: filters(&asked, &groups),
        chips: asked.chips(&groups),
        rows: records.data.into_iter().map(|record| row(record, &base, now)).collect(),
        newest: if asked.cursor.is_empty() { String::new() } else { asked.link("") },
        next: records.next_cursor.map(|cursor| asked.link(&cursor)).unwrap_or_default(),
        problems,
        base,
    };
    if list.problems.is_empty() { page(&list) } else { refuse(&list) }
}

fn row(record: Record, base: &str, now: Timestamp) -> Row {
    let generation = record.generation;
    let (badge, status) = badge(generation.status);
    let count = i64::try_from(generation.images.len()).unwrap_or(0);
    Row {
        href: format!("{base}/generations/{}", generation.id),
        thumbnail: record.thumbnails.into_iter().flatten().next(),
        template: record.group_name,
        reference: generation.external_id.unwrap_or_default(),
        source: source_word(record.source),
        is_test: generation.mode == app::Mode::Test,
        badge,
        status,
        pictures: text::count(count, "picture"),
        credits: text::count(generation.credits.charged, "credit"),
        maker: record.maker_name.unwrap_or_else(|| "Somebody who left".to_owned()),
        ago: text::ago(generation.created_at, now),
        exact: text::exact(generation.created_at),
        iso: text::iso(generation.created_at),
    }
}

fn filters(asked: &Asked, groups: &[(String, String)]) -> Vec<Filter> {
    let input = |kind, name, label, value: &str| Filter { kind, name, label, value: value.to_owned(), choices: Vec::new() };
    let select = |name, label, value: &str, words: &[(&str, &str)]| {
        let all = ("".to_owned(), "All".to_owned());
        let choices = words.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
        Filter { kind: "select", name, label, value: value.to_owned(), choices: std::iter::once(all).chain(choices).collect() }
    };
    let templates: Vec<(&str, &str)> = groups.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let statuses =
        [("completed", "Completed"), ("partial", "Some failed"), ("failed", "Failed"), ("processing", "Drawing"), ("queued", "Queued")];
    vec![
        input("search", "text", "Reference", &asked.text),
        select("template", "Template", &asked.template, &templates),
        select("status", "Status", &asked.status, &statuses),
        select("source", "Made by", &asked.source, &[("app", "App"), ("bulk", "Bulk"), ("api", "API")]),
        select("mode", "Mode", &asked.mode, &[("live", "Live"), ("test", "Test")]),
        input("date", "from", "From", &asked.from),
        input("date", "to", "To", &asked.to),
    ]
}

impl Asked {
    fn pairs<'a>(&'a self, cursor: &'a str) -> [(&'static str, &'a str); 8] {
        [
            ("text", &self.text),
            ("template", &self.template),
            ("status", &self.status),
            ("source", &self.source),
            ("mode", &self.mode),
            ("from", &self.from),
            ("to", &self.to),
            ("cursor", cursor),
        ]
    }

    fn link(&self, cursor: &str) -> String {
        format!("?{}", query(&self.pairs(cursor)))
    }

    fn chips(&self, groups: &[(String, String)]) -> Vec<(String, String)> {
        let word = |name: &str, value: &str| match name {
            "template" => groups.iter().find(|(id, _)| id == value).map_or(value, |(_, name)| name).to_owned(),
            "text" => format!("“{value}”"),
            "from" => format!("since {value}"),
            "to" => format!("until {value}"),
            _ => value.to_owned(),
        };
        let without = |name: &str| {
            let pairs: Vec<_> = self.pairs("").into_iter().filter(|(other, _)| *other != name).collect();
            format!("?{}", query(&pairs))
        };
        let set = self.pairs("").into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| (word(name, value), without(name))).collect()
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let list = |rows: Vec<Row>, asked: Asked| List {
        page: Page::team_sample("Generations", KEY),
        base: "/t/northbank".into(),
        filters: filters(&asked, &[]),
        chips: asked.chips(&[]),
        problems: Problems::default(),
        rows,
        newest: String::new(),
        next: "?cursor=x".into(),
    };
    let row = Row {
        href: "/t/northbank/generations/gen_1".into(),
        thumbnail: Some("/m/thumbs/x-png.webp".into()),
        template: "Quote: the big mark".into(),
        reference: "spring-42".into(),
        source: "App",
        is_test: true,
        badge: "is-success",
        status: "Completed",
        pictures: "4 pictures".into(),
        credits: "4 credits".into(),
        maker: "Ada Bell".into(),
        ago: "2 minutes ago".into(),
        exact: "24 Nov 2026, 14:05 UTC".into(),
        iso: "2026-11-24T14:05:00Z".into(),
    };
    let narrowed = Asked { text: "spring".into(), ..Asked::default() };
    vec![
        ("generations", list(vec![row], Asked::default()).render()),
        ("generations, none yet", list(Vec::new(), Asked::default()).render()),
        ("generations, none found", list(Vec::new(), narrowed).render()),
    ]
}
