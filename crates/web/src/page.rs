//! What every page has: title, look, tokens, and, inside a team, the frame.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::PageError;
use crate::icon::Icon;
use crate::pages::{GROUPS, Place};
use crate::statics;
use crate::theme::Theme;
use crate::visit::{Toast, Visit};

/// Embedded as `page` by every page's struct; its templates read it.
pub(crate) struct Page {
    /// The page's name, its `h1` in the frame: `API Keys`.
    pub title: String,
    /// Path and query as asked for; where changes of look return to.
    pub target: String,
    pub theme: Theme,
    pub toast: Option<Toast>,
    /// Who is signed in.
    pub person: Option<Person>,
    /// Inside a team.
    pub frame: Option<Frame>,
    visit: Option<Visit>,
}

/// Who is signed in, as the frame shows them.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub name: String,
    pub email: String,
    pub initials: String,
}

/// A team's navigation.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub team: TeamLink,
    pub teams: Vec<TeamLink>,
    pub nav: Vec<NavLink>,
    pub settings: Vec<NavLink>,
    pub credits: Option<CreditMeter>,
    /// The page that makes another team, if there is one.
    pub new_team: Option<String>,
}

/// Items of the phone's bar; what is over goes under "More".
const BAR: usize = 4;

#[derive(Clone, Debug)]
pub(crate) struct TeamLink {
    pub name: String,
    pub href: String,
    pub initials: String,
    pub is_current: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct NavLink {
    pub label: &'static str,
    pub href: String,
    pub icon: Icon,
    pub is_current: bool,
    /// The letter that `G` and then it goes here.
    pub key: &'static str,
}

/// Credits of the running period, at the foot of the navigation.
#[derive(Clone, Debug)]
pub(crate) struct CreditMeter {
    pub left: i64,
    /// Included and bought; `None` is unlimited.
    pub total: Option<i64>,
    /// The page about them, if there is one.
    pub href: Option<String>,
    /// The greatest share of them, in per cent, that is worth a word on every page.
    pub share: Option<u8>,
    /// When the next period begins: `24 Dec 2026`.
    pub renews: String,
    /// The page where more are had, for who may.
    pub more: Option<String>,
}

impl CreditMeter {
    /// `3,120 of 5,000 credits`.
    pub(crate) fn words(&self) -> String {
        match self.total {
            Some(total) => format!("{} of {}", crate::text::number(self.left), crate::text::count(total, "credit")),
            None => "Unlimited credits".to_owned(),
        }
    }

    /// What stands on top of the team's pages at 80 and 100 %: the notice's kind and words.
    pub(crate) fn notice(&self) -> Option<(&'static str, String)> {
        let renews = &self.renews;
        let of = crate::text::count(self.total?, "credit");
        match self.share? {
            100.. => {
                Some(("danger", format!("All {of} of this period are used. New pictures wait until {renews}, or until credits are added.")))
            }
            share => Some((
                "warning",
                format!(
                    "{share}\u{a0}% of this period’s credits are used: {} of {of} are left until {renews}.",
                    crate::text::number(self.left)
                ),
            )),
        }
    }

    /// What is used, for a meter that turns at 80 and 100 %.
    pub(crate) fn used(&self) -> i64 {
        self.total.map_or(0, |total| (total - self.left).max(0))
    }
}

impl Page {
    pub(crate) fn new(visit: Visit, title: String) -> Self {
        Self {
            title,
            target: visit.target().to_owned(),
            theme: visit.theme(),
            toast: visit.take_toast(),
            person: None,
            frame: None,
            visit: Some(visit),
        }
    }

    /// The page with who is signed in.
    pub(crate) fn of(mut self, person: Person) -> Self {
        self.person = Some(person);
        self
    }

    /// The page inside a team; `current` is the key of its item in the navigation.
    pub(crate) fn inside(mut self, mut frame: Frame, current: &str) -> Self {
        let is_setting = GROUPS.iter().flat_map(|group| group.nav).any(|item| item.key == current && item.place == Place::Settings);
        let path = GROUPS.iter().flat_map(|group| group.nav).find(|item| item.key == current).map_or("", |item| item.path);
        let base = frame.team.href.clone();
        for link in frame.nav.iter_mut().chain(&mut frame.settings) {
            link.is_current = link.href == format!("{base}{path}") || (is_setting && link.label == "Team Settings");
        }
        self.frame = Some(frame);
        self
    }

    /// `API Keys · Northbank · RepeatPosts`.
    pub(crate) fn full_title(&self) -> String {
        match &self.frame {
            Some(frame) => format!("{} · {} · RepeatPosts", self.title, frame.team.name),
            None => format!("{} · RepeatPosts", self.title),
        }
    }

    /// The hidden field with this browser's token: the first line of every form that posts.
    pub(crate) fn csrf(&self) -> Safe {
        Safe(format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", self.token()))
    }

    /// The token alone, for the page's `<meta>` that scripts read.
    pub(crate) fn token(&self) -> String {
        self.visit.as_ref().map_or_else(|| "sample".to_owned(), Visit::token)
    }

    /// Where people write to.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.visit.as_ref().and_then(|visit| visit.web().contact())
    }

    /// The address of a static file: `page.file("js/app.js")`.
    pub(crate) fn file(&self, path: &str) -> String {
        format!("{}/{path}", statics::folder())
    }

    /// The style sheet of a page group, for the block `head`.
    pub(crate) fn style(&self, group: &str) -> Safe {
        Safe(format!("<link rel=\"stylesheet\" href=\"{}/css/{group}.css\">", statics::folder()))
    }

    /// The script of a page group, for the block `head`.
    pub(crate) fn module(&self, group: &str) -> Safe {
        Safe(format!("<script type=\"module\" src=\"{}/js/{group}.js\"></script>", statics::folder()))
    }

    /// A page for a sample, signed out.
    pub(crate) fn sample(title: &str) -> Self {
        Self { title: title.to_owned(), target: "/".to_owned(), theme: Theme::System, toast: None, person: None, frame: None, visit: None }
    }

    /// A page of a team for a sample.
    pub(crate) fn team_sample(title: &str, current: &str) -> Self {
        Self::sample(title).of(Self::person_sample()).inside(Frame::sample(), current)
    }

    pub(crate) fn person_sample() -> Person {
        Person { name: "Ada Bell".to_owned(), email: "ada@northbank.example".to_owned(), initials: "AB".to_owned() }
    }
}

impl Frame {
    /// The frame of the team at `base` (`/t/northbank`), with what the page groups brought.
    pub(crate) fn new(team: TeamLink, teams: Vec<TeamLink>, credits: Option<CreditMeter>) -> Self {
        let links = |place: Place| {
            let mut items: Vec<_> = GROUPS.iter().flat_map(|group| group.nav).filter(|item| item.place == place).collect();
            items.sort_by_key(|item| item.order);
            let link = |item: &crate::pages::NavItem| NavLink {
                label: item.label,
                href: format!("{}{}", team.href, item.path),
                icon: item.icon,
                is_current: false,
                key: item.letter,
            };
            items.into_iter().map(link).collect::<Vec<_>>()
        };
        let mut nav = links(Place::Team);
        let settings = links(Place::Settings);
        if let Some(first) = settings.first() {
            nav.push(NavLink {
                label: "Team Settings",
                href: first.href.clone(),
                icon: crate::icon::SETTINGS,
                is_current: false,
                key: "s",
            });
        }
        let new_team = Some("/teams/new".to_owned());
        Self { team, teams, nav, settings, credits, new_team }
    }

    /// What stands in the phone's bar.
    pub(crate) fn first(&self) -> &[NavLink] {
        self.nav.get(..BAR.min(self.nav.len())).unwrap_or_default()
    }

    /// What stands under "More".
    pub(crate) fn rest(&self) -> &[NavLink] {
        self.nav.get(BAR..).unwrap_or_default()
    }

    pub(crate) fn sample() -> Self {
        let link = |name: &str, slug: &str, is_current| TeamLink {
            name: name.to_owned(),
            href: format!("/t/{slug}"),
            initials: crate::text::initials(name),
            is_current,
        };
        let team = link("Northbank", "northbank", true);
        let credits = CreditMeter {
            left: 3_120,
            total: Some(5_000),
            href: None,
            share: None,
            renews: "24\u{a0}Dec\u{a0}2026".to_owned(),
            more: None,
        };
        Self::new(team.clone(), vec![team, link("Halvmark Studio", "halvmark", false)], Some(credits))
    }
}

impl Frame {
    /// With an item for every page that a team can have, for the design page.
    pub(crate) fn full_sample() -> Self {
        use crate::icon;
        let link = |label, icon, is_current| NavLink { label, href: "/design/frame".to_owned(), icon, is_current, key: "" };
        let nav = vec![
            link("Create", icon::CREATE, true),
            link("Bulk", icon::BULK, false),
            link("Generations", icon::HISTORY, false),
            link("Templates", icon::TEMPLATES, false),
            link("Brand kits", icon::BRUSH, false),
            link("Assets", icon::ASSETS, false),
            link("Team Settings", icon::SETTINGS, false),
        ];
        Self { nav, ..Self::sample() }
    }
}

/// HTML that is ours and needs no escaping.
pub(crate) struct Safe(pub String);

impl std::fmt::Display for Safe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Safe {}

/// Answers with a page.
pub(crate) fn show(page: &impl Template) -> Result<Response, PageError> {
    with_status(StatusCode::OK, page)
}

/// Answers with the page of a form that had faults (422).
pub(crate) fn refuse(page: &impl Template) -> Result<Response, PageError> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, page)
}

fn with_status(status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
    let html = page.render().map_err(PageError::internal)?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_credits_are_told_of_at_80_and_100_per_cent() {
        let meter = |left, share| CreditMeter { left, total: Some(250), href: None, share, renews: "1 Apr".to_owned(), more: None };
        assert_eq!(meter(60, None).notice(), None);
        let (kind, words) = meter(50, Some(80)).notice().unwrap();
        assert_eq!(
            (kind, words.as_str()),
            ("warning", "80\u{a0}% of this period’s credits are used: 50 of 250\u{a0}credits are left until 1 Apr.")
        );
        assert_eq!(meter(0, Some(100)).notice().unwrap().0, "danger");
        assert_eq!(CreditMeter { total: None, ..meter(0, Some(100)) }.notice(), None);
    }
}
