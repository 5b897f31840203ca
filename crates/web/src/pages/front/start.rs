//! `/`: what it does, with real pictures; for who is signed in, the way into their team.

use app::App;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::last_team;
use super::tries::{Asked, GROUP, LONGEST};
use crate::Web;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::who::Anyone;

pub(super) async fn start(who: Anyone, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    if who.visitor.is_some() {
        let path = last_team(&who).map_or_else(|| "/teams".to_owned(), |team| format!("/t/{}", team.slug));
        return Ok(Redirect::to(&path).into_response());
    }
    show(&Start::new(who.page("Every size, on brand"), web.config().api_url.clone(), &asked))
}

#[derive(Template)]
#[template(path = "front/start.html")]
struct Start {
    page: Page,
    api_url: String,
    text: String,
    longest: usize,
    kit: &'static str,
    kits: Vec<Kit>,
    strip: Vec<Shot>,
    designs: Vec<Shot>,
}

/// A demo kit to switch to.
struct Kit {
    folder: &'static str,
    name: &'static str,
    href: String,
}

struct Shot {
    src: String,
    size: &'static str,
    name: &'static str,
    alt: String,
    width: u32,
    height: u32,
}

const SIZES: [(&str, &str, u32, u32); 4] = [
    ("square", "Square", 540, 540),
    ("portrait", "Portrait", 540, 675),
    ("story", "Story", 383, 680),
    ("landscape", "Landscape", 540, 284),
];
const DESIGNS: &[(&str, &str)] = &[
    ("tg_quote", "Quote"),
    ("tg_product", "Product"),
    ("tg_sale", "Sale"),
    ("tg_event", "Event"),
    ("tg_testimonial", "Testimonial"),
    ("tg_blog", "Blog"),
    ("tg_hiring", "Hiring"),
    ("tg_property", "Property"),
    ("tg_podcast", "Podcast"),
    ("tg_numbers", "Numbers"),
    ("tg_tip", "Tip"),
    ("tg_announce", "Announcement"),
];

fn query(kit: &str, text: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("kit", kit);
    if !text.is_empty() {
        query.append_pair("text", text);
    }
    query.finish()
}

impl Start {
    fn new(page: Page, api_url: String, asked: &Asked) -> Self {
        let (kit, text, demo) = (asked.kit(), asked.text(), App::demo_kits());
        let kits = demo.iter().map(|(folder, name)| Kit { folder, name, href: format!("/?{}", query(folder, &text)) });
        let strip = SIZES.map(|(size, name, width, height)| Shot {
            src: format!("/try/{GROUP}/{size}?{}", query(kit, &text)),
            alt: format!("The quote as a picture: {name}"),
            size,
            name,
            width,
            height,
        });
        // Each design in another kit, so that both are seen to change.
        let designs = DESIGNS.iter().zip(demo.iter().cycle()).map(|((group, name), (folder, kit))| Shot {
            src: format!("/try/{group}/portrait?{}", query(folder, "")),
            alt: format!("{name}, in the brand of {kit}"),
            size: "portrait",
            name,
            width: 540,
            height: 675,
        });
        Self { page, api_url, longest: LONGEST, kit, kits: kits.collect(), strip: strip.into(), designs: designs.collect(), text }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = Page::sample("Every size, on brand");
    vec![("start", Start::new(page, "https://posts.example.com".to_owned(), &Asked::default()).render())]
}
