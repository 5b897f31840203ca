//! `/t/{team}/create`: every template in the team's own look.

use app::view::{BrandKit, TemplateGroup};
use app::{BrandChoice, Query};
use askama::Template;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::KEY;
use super::draft::OWN_LOOK;
use crate::error::PageError;
use crate::page::{Page, show as page};
use crate::who::InTeam;
use crate::{Web, statics, text};

/// Templates of one page.
const LIMIT: &str = "24";
/// Templates in the row of the recent ones, and generations that they are looked for in.
const RECENT: (usize, &str) = (4, "24");
/// Height of a card's pictures, in pixels of the page.
const STRIP: u32 = 172;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    tag: String,
    /// A kit's id, [`OWN_LOOK`], or empty for the team's default.
    #[serde(default)]
    kit: String,
    /// An upload that the form shall begin with.
    #[serde(default)]
    asset: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "create/gallery.html")]
struct Gallery {
    page: Page,
    base: String,
    look: String,
    search: String,
    kits: Vec<KitChoice>,
    tags: Vec<TagLink>,
    /// What was made last, each template once; empty while something is searched.
    recent: Vec<Recent>,
    cards: Vec<Card>,
    words: String,
    next: Option<String>,
}

pub(crate) struct KitChoice {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

struct Recent {
    name: String,
    href: String,
    thumbnail: Option<String>,
}

struct TagLink {
    name: String,
    href: String,
    chosen: bool,
}

struct Card {
    name: String,
    description: String,
    facts: String,
    href: String,
    sizes: Vec<Shown>,
}

struct Shown {
    src: String,
    width: u32,
    height: u32,
}

pub(crate) async fn show(State(web): State<Web>, inside: InTeam, UrlQuery(asked): UrlQuery<Asked>) -> Result<Response, PageError> {
    inside.member.need(domain::Right::Create)?;
    let pairs = [("limit", LIMIT), ("search", &asked.search), ("tag", &asked.tag), ("cursor", &asked.cursor)];
    let query = Query(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
    let groups = web.app().templates(&inside.member.principal(), &query).await?;
    let kits = web.app().brand_kits(&inside.member.principal(), &Query(vec![("limit".into(), "100".into())])).await?.data;
    let base = inside.base();
    let version =
        kits.iter().find(|kit| if asked.kit.is_empty() { kit.is_default } else { kit.id == asked.kit }).map_or(0, |kit| kit.version);
    let cards = groups.data.iter().map(|group| card(group, &base, &asked, version)).collect();
    page(&Gallery {
        page: inside.page("Create", KEY),
        look: look_words(&kits, &asked.kit),
        recent: recent(&web, &inside, &asked, &base).await?,
        search: asked.search.clone(),
        tags: tags(&groups.data, &asked),
        kits: choices(&kits, &asked.kit),
        cards,
        words: String::new(),
        next: groups.next_cursor.map(|cursor| asked.link(None, &cursor)),
        base,
    })
}

async fn recent(web: &Web, inside: &InTeam, asked: &Asked, base: &str) -> Result<Vec<Recent>, PageError> {
    if !(asked.search.is_empty() && asked.tag.is_empty() && asked.cursor.is_empty()) {
        return Ok(Vec::new());
    }
    let records = web.app().records(&inside.member, &Query(vec![("limit".into(), RECENT.1.into())])).await?.data;
    let mut seen: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for record in records {
        let group = record.generation.template_group_id;
        if rows.len() == RECENT.0 || seen.contains(&group) {
            continue;
        }
        let carried = query(&[("kit", &asked.kit), ("asset", &asked.asset)]);
        rows.push(Recent {
            name: record.group_name,
            href: format!("{base}/create/{group}{}{carried}", if carried.is_empty() { "" } else { "?" }),
            thumbnail: record.thumbnails.into_iter().flatten().next(),
        });
        seen.push(group);
    }
    Ok(rows)
}

/// One size of a template's example in a look of the team's.
pub(crate) async fn look(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, group, size)): Path<(String, String, String)>,
    UrlQuery(asked): UrlQuery<Asked>,
) -> Result<Response, PageError> {
    let brand = match asked.kit.as_str() {
        "" => BrandChoice::TeamDefault,
        OWN_LOOK => BrandChoice::OwnLook,
        id => BrandChoice::Kit(id.to_owned()),
    };
    let (bytes, media_type) = web.app().look_picture(&inside.member, &group, &size, &brand).await?;
    // Its address names the versions of template and kit; other people of the team see the same, but nobody else.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "private, max-age=86400"), (statics::SHARED, "1")];
    Ok((headers, bytes).into_response())
}

/// The team's kits and the template's own look.
pub(crate) fn choices(kits: &[BrandKit], chosen: &str) -> Vec<KitChoice> {
    let kit = |kit: &BrandKit| KitChoice {
        id: if kit.is_default { String::new() } else { kit.id.clone() },
        name: if kit.is_default { format!("{} (default)", kit.name) } else { kit.name.clone() },
        chosen: kit.id == chosen || (kit.is_default && chosen.is_empty()),
    };
    let own = KitChoice { id: OWN_LOOK.to_owned(), name: "The template's own look".to_owned(), chosen: chosen == OWN_LOOK };
    kits.iter().map(kit).chain([own]).collect()
}

fn look_words(kits: &[BrandKit], chosen: &str) -> String {
    let kit = kits.iter().find(|kit| kit.id == chosen || (kit.is_default && chosen.is_empty()));
    kit.map_or_else(|| "its own look".to_owned(), |kit| format!("{}'s look", kit.name))
}

fn card(group: &TemplateGroup, base: &str, asked: &Asked, version: i64) -> Card {
    let strip = |size: &app::view::TemplateSize| Shown {
        src: format!(
            "{base}/create/{}/look/{}?{}",
            group.id,
            size.key,
            query(&[("kit", &asked.kit), ("v", &format!("{}.{version}", group.version))])
        ),
        width: (size.width * STRIP).div_ceil(size.height.max(1)),
        height: STRIP,
    };
    let sizes = i64::try_from(group.templates.len()).unwrap_or(0);
    let carried = query(&[("kit", &asked.kit), ("asset", &asked.asset)]);
    Card {
        name: group.name.clone(),
        description: group.description.clone(),
        facts: format!("{} · {}", text::count(sizes, "size"), group.tags.join(", ")),
        href: format!("{base}/create/{}{}{carried}", group.id, if carried.is_empty() { "" } else { "?" }),
        sizes: group.templates.iter().take(4).map(strip).collect(),
    }
}

fn tags(groups: &[TemplateGroup], asked: &Asked) -> Vec<TagLink> {
    let mut names: Vec<&str> = groups.iter().flat_map(|group| group.tags.iter().map(String::as_str)).chain([asked.tag.as_str()]).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    let link = |name: &str| {
        let chosen = asked.tag == name;
        TagLink { name: name.to_owned(), href: asked.link(Some(if chosen { "" } else { name }), ""), chosen }
    };
    names.into_iter().map(link).collect()
}

impl Asked {
    fn link(&self, tag: Option<&str>, cursor: &str) -> String {
        format!(
            "?{}",
            query(&[
                ("search", &self.search),
                ("tag", tag.unwrap_or(&self.tag)),
                ("kit", &self.kit),
                ("asset", &self.asset),
                ("cursor", cursor)
            ])
        )
    }
}

/// Pairs of an address without the empty ones.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.finish()
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let gallery = |cards: Vec<Card>| Gallery {
        page: Page::team_sample("Create", KEY),
        base: "/t/northbank".into(),
        look: "Sorrelwick's look".into(),
        search: String::new(),
        kits: Vec::new(),
        tags: vec![TagLink { name: "quote".into(), href: "?tag=quote".into(), chosen: true }],
        recent: vec![Recent { name: "Sale <b>".into(), href: "/t/northbank/create/tg_sale".into(), thumbnail: None }],
        cards,
        words: String::new(),
        next: None,
    };
    let size = || Shown { src: "/m/previews/tg_quote/1/square.png".into(), width: 172, height: 172 };
    let card = Card {
        name: "Quote: the big mark".into(),
        description: "One sentence that carries a picture.".into(),
        facts: "6 sizes · quote".into(),
        href: "/t/northbank/create/tg_quote".into(),
        sizes: vec![size(), size()],
    };
    vec![("gallery", gallery(vec![card]).render()), ("gallery, nothing found", gallery(Vec::new()).render())]
}
