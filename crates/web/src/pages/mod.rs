//! The page groups: what each brings to the router, to the navigation and to the tests.

pub(crate) mod account;
pub(crate) mod assets;
pub(crate) mod bulk;
pub(crate) mod confirm;
pub(crate) mod create;
pub(crate) mod design;
pub(crate) mod docs;
pub(crate) mod enter;
pub(crate) mod front;
pub(crate) mod generations;
pub(crate) mod kits;
pub(crate) mod library;
pub(crate) mod look;
pub(crate) mod oops;
pub(crate) mod operator;
pub(crate) mod settings;
pub(crate) mod support;
pub(crate) mod teams;

use axum::Router;

use crate::Web;
use crate::icon::Icon;

/// A page group.
pub(crate) struct Group {
    pub routes: fn() -> Router<Web>,
    pub nav: &'static [NavItem],
    /// Each page in each state, by a name for messages, as HTML.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of all pages reads it"))]
    pub samples: fn() -> Vec<(&'static str, askama::Result<String>)>,
}

/// All of them; a page group is live by its line here.
pub(crate) const GROUPS: &[Group] = &[
    front::GROUP,
    support::GROUP,
    enter::GROUP,
    confirm::GROUP,
    account::GROUP,
    teams::GROUP,
    create::GROUP,
    bulk::GROUP,
    generations::GROUP,
    library::GROUP,
    kits::GROUP,
    assets::GROUP,
    settings::GROUP,
    docs::GROUP,
    operator::GROUP,
    design::GROUP,
    look::GROUP,
    oops::GROUP,
];

/// Where a navigation item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The team's navigation.
    Team,
    /// Team Settings.
    Settings,
}

/// One line of the navigation inside a team.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NavItem {
    /// What the group's pages pass to `inside`.
    pub key: &'static str,
    pub place: Place,
    /// Team: create 10, bulk 20, generations 30, templates 40, brand kits 50, assets 60.
    /// Settings: general 10, members 20, API keys 30, API documentation 40, usage 50, plan 60, audit log 70.
    pub order: u8,
    pub label: &'static str,
    pub icon: Icon,
    /// Behind `/t/{team}`, with a slash at its start.
    pub path: &'static str,
    /// The key after `G` that goes there; empty for none.
    pub letter: &'static str,
}

/// The address of the page with this navigation key in the team at `base` (`/t/northbank`), if there is such a page.
pub(crate) fn page_of(key: &str, base: &str) -> Option<String> {
    GROUPS.iter().flat_map(|group| group.nav).find(|item| item.key == key).map(|item| format!("{base}{}", item.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(html: &str, part: &str) -> usize {
        html.matches(part).count()
    }

    #[test]
    fn every_sample_is_a_whole_page_without_anything_inline() {
        for (name, html) in GROUPS.iter().flat_map(|group| (group.samples)()) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(html.starts_with("<!doctype html>"), "{name} starts otherwise");
            assert!(html.contains("<html lang=\"en\""), "{name} has no language");
            let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default();
            assert!(title.ends_with("RepeatPosts") && title.len() > 14, "{name}: title {title:?}");
            assert_eq!(count(&html, "<h1"), 1, "{name}: one h1");
            assert_eq!(count(&html, "<main"), 1, "{name}: one main");
            for bad in [" style=\"", "<style", " onclick=", " onload=", "javascript:", "<script>"] {
                assert!(!html.contains(bad), "{name} has {bad}");
            }
            labels(name, &html);
            ids(name, &html);
            for form in html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default()) {
                if form.contains("method=\"post\"") && !form.contains("data-harmless") {
                    assert!(form.contains("name=\"csrf\""), "{name}: a form without its token: {form}");
                }
            }
            for picture in html.split("<img").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
                assert!(["alt=", "width=", "height="].iter().all(|part| picture.contains(part)), "{name}: <img{picture}>");
            }
        }
    }

    /// Every control has a label: by `for`, by standing inside one, or by `aria-label`.
    fn labels(name: &str, html: &str) {
        for tag in ["<input", "<select", "<textarea"] {
            for (at, _) in html.match_indices(tag) {
                let control = html[at..].split('>').next().unwrap_or_default();
                if ["type=\"hidden\"", "aria-label", "type=\"submit\""].iter().any(|part| control.contains(part)) {
                    continue;
                }
                let id = control.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
                let tied = id.is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
                let before = &html[..at];
                let inside = before.rfind("<label").is_some_and(|open| before.rfind("</label>").is_none_or(|close| close < open));
                assert!(tied || inside, "{name}: no label for {control}");
            }
        }
    }

    fn ids(name: &str, html: &str) {
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id stands twice");
    }

    #[test]
    fn keys_of_the_navigation_are_unique() {
        let mut keys: Vec<_> = GROUPS.iter().flat_map(|group| group.nav).map(|item| item.key).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }
}
