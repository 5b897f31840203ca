//! `/design`: every component in every state, in both themes.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::Group;
use crate::Web;
use crate::chart::Chart;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::Problems;
use crate::icon::{self, Icon};
use crate::page::{Frame, Page, show};
use crate::visit::Visit;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

fn routes() -> Router<Web> {
    Router::new().route("/design", get(all)).route("/design/frame", get(frame))
}

async fn all(visit: Visit) -> Result<Response, PageError> {
    show(&Design::with(visit.page("Design system")))
}

async fn frame(visit: Visit) -> Result<Response, PageError> {
    show(&FramePage::with(visit.page("Frame")))
}

#[derive(Template)]
#[template(path = "design/design.html")]
struct Design {
    page: Page,
    panes: Vec<Pane>,
    icons: &'static [(&'static str, Icon)],
}

/// The components in one theme; ids end in its name.
struct Pane {
    theme: &'static str,
    fields: Vec<Field>,
    problems: Problems,
    chart: Chart,
}

impl Design {
    fn with(page: Page) -> Self {
        Self { page, panes: ["light", "dark"].map(Pane::new).into(), icons: icon::ALL }
    }
}

impl Pane {
    fn new(theme: &'static str) -> Self {
        let name = |word: &str| format!("{word}-{theme}");
        let modes = vec![
            Choice::new("live", "Production").note("Real pictures. Each costs a credit."),
            Choice::new("test", "Test").note("Pictures with a watermark. Free."),
        ];
        let languages = vec![Choice::new("en", "English"), Choice::new("de", "Deutsch"), Choice::new("ar", "العربية")];
        let mut problems = Problems::default();
        problems.add(name("headline"), "Headline has 134 characters; this template takes 120. Shorten it by 14.");
        problems.add(name("email"), "Write the address as name@example.com.");
        let long = "Good design is a promise that you can keep at every size, in every language, on every screen that somebody holds in a \
                    hand while waiting for a train.";
        let fields = vec![
            Field::text(&name("name"), "Name").value("Storefront server").hint("What the key is for.").limit(50).required(),
            Field::text(&name("empty"), "Alt text").placeholder("A red chair by a window"),
            Field::area(&name("headline"), "Headline", 3).value(long).limit(120).required().checked_by(&problems),
            Field::email(&name("email"), "E-mail").value("ada@").required().checked_by(&problems),
            Field::text(&name("accent"), "Accent")
                .value("#E7B50C")
                .caution("Accent on Primary is 1.5 : 1. Text needs 4.5. Secondary gives 4.7: use it here?"),
            Field::password(&name("password"), "Password", "new-password").value("correct horse"),
            Field::input("number", &name("price"), "Price").value("12.50"),
            Field::input("date", &name("until"), "Ends on").value("2026-12-24"),
            Field::input("color", &name("colour"), "Colour").value("#0b6b8a").required(),
            Field::input("search", &name("search"), "Search").placeholder("Template, text or id"),
            Field::select(&name("locale"), "Language", languages).value("en").required(),
            Field::text(&name("slug"), "Address").value("northbank").disabled().hint("An owner can change it."),
            Field::cards(&name("mode"), "Mode", modes).value("live"),
            Field::check(&name("terms"), "I have saved this key").hint("It can't be shown again."),
            Field::check(&name("all"), "All sizes").checked(true),
            Field::switch(&name("notify"), "Mail at 80 % of the credits").checked(true),
            Field::switch(&name("off"), "Mail each failed picture"),
            Field::file(&name("logo"), "Logo", "image/png,image/svg+xml").hint("PNG or SVG, up to 5 MB."),
        ];
        Self { theme, fields, problems, chart: Chart::sample(theme) }
    }
}

#[derive(Template)]
#[template(path = "design/frame.html")]
struct FramePage {
    page: Page,
}

impl FramePage {
    /// With every item that a team's navigation can have.
    fn with(page: Page) -> Self {
        let mut page = page.of(Page::person_sample());
        page.frame = Some(Frame::full_sample());
        Self { page }
    }
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let frame = FramePage::with(Page::sample("Frame"));
    vec![("design", Design::with(Page::sample("Design system")).render()), ("frame", frame.render())]
}
