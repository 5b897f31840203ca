//! The page of an error: what failed, what is safe, what to do.

use askama::Template;
use axum::Router;

use super::Group;
use crate::error::PageError;
use crate::page::Page;
use crate::visit::Visit;

pub(crate) const GROUP: Group = Group { routes: Router::new, nav: &[], samples };

#[derive(Template)]
#[template(path = "oops/oops.html")]
pub(crate) struct Oops {
    page: Page,
    status: u16,
    /// What failed.
    pub said: String,
    /// What is safe, and what to do.
    pub todo: String,
    /// Where to go on: a link and its label.
    onward: (&'static str, &'static str),
    id: String,
    /// Whether the request's id helps: where somebody may have to look for it.
    show_id: bool,
}

impl Oops {
    pub(crate) fn new(visit: &Visit, error: &PageError) -> Self {
        Self::with(visit.page(title(error)), error, visit.id().to_string(), visit.web().config().public_url.as_str())
    }

    fn with(page: Page, error: &PageError, id: String, public_url: &str) -> Self {
        let home = ("/", "Go to the start");
        let text = |said: &str, todo: &str| (said.to_owned(), todo.to_owned());
        let ((said, todo), onward) = match error {
            PageError::NotFound => (
                text(
                    "There is nothing at this address.",
                    "It may have been deleted, or the link is incomplete. What your team has is in its lists.",
                ),
                home,
            ),
            PageError::MethodNotAllowed => (text("This address can't be used like that.", "Go back and use the page's own buttons."), home),
            PageError::Forbidden { need, who } => ((format!("Your role can't {need}."), format!("Ask {who} of your team.")), home),
            PageError::LogIn { .. } => (text("You are not signed in.", "Log in to go on."), ("/log-in", "Log in")),
            PageError::Confirm { .. } => {
                (text("This needs your password again.", "Confirm it, then send it again."), ("/confirm-password", "Confirm your password"))
            }
            PageError::Untrusted => (
                (
                    "This form is out of date.".to_owned(),
                    format!(
                        "Nothing was changed. Reload the page and send it again. If it happens each time, open the app at {public_url} and allow cookies."
                    ),
                ),
                home,
            ),
            PageError::LinkOver => (
                text(
                    "This link is not good any more.",
                    "It works once and for a limited time. Ask for a new one where the first came from.",
                ),
                home,
            ),
            PageError::BadRequest(why) => ((why.clone(), "Nothing was changed. Go back, mend it and try again.".to_owned()), home),
            PageError::TooLarge(limit) => (
                (format!("What you sent is larger than {}.", size(*limit)), "Nothing was changed. Go back and send less.".to_owned()),
                home,
            ),
            PageError::Timeout => {
                (text("What you sent came too slowly.", "Nothing was changed. Go back and try again on a better connection."), home)
            }
            PageError::TooMany { seconds } => (
                ("Too many tries in a short time.".to_owned(), format!("Nothing was changed. Wait {} and try again.", wait(*seconds))),
                home,
            ),
            PageError::Unavailable => (
                text(
                    "The service is busy or restarting.",
                    "Nothing was changed or charged. Try again in a few seconds; what you typed is still there if you go back.",
                ),
                home,
            ),
            PageError::Internal(_) => {
                (text("Something failed on our side.", "Nothing was charged. Try again; if it stays, send us the number below."), home)
            }
        };
        let show_id = matches!(error, PageError::Internal(_) | PageError::Unavailable | PageError::Untrusted);
        Self { page, status: error.status().as_u16(), said, todo, onward, id, show_id }
    }

    fn sample(error: &PageError) -> Self {
        Self::with(Page::sample(title(error)), error, "req_01JZX4T9W7M3Q8N2K5V6B0C1DE".to_owned(), "https://posts.example.com")
    }
}

fn title(error: &PageError) -> &'static str {
    match error {
        PageError::NotFound => "Page not found",
        PageError::Forbidden { .. } => "Not for your role",
        PageError::LinkOver => "Link is over",
        PageError::Untrusted => "Form out of date",
        PageError::TooMany { .. } => "Too many tries",
        PageError::Unavailable => "Busy",
        PageError::Internal(_) => "Our fault",
        PageError::LogIn { .. } => "Log in",
        PageError::Confirm { .. } => "Confirm your password",
        _ => "Not possible",
    }
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{}\u{a0}MB", bytes >> 20) } else { format!("{}\u{a0}kB", bytes >> 10) }
}

fn wait(seconds: u64) -> String {
    let (value, unit) = if seconds > 90 { (seconds.div_ceil(60), "minute") } else { (seconds.max(1), "second") };
    crate::text::count(i64::try_from(value).unwrap_or(i64::MAX), unit)
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let errors = [
        ("not found", PageError::NotFound),
        ("method", PageError::MethodNotAllowed),
        ("forbidden", PageError::Forbidden { need: "create API keys", who: "an owner or admin" }),
        ("link", PageError::LinkOver),
        ("untrusted", PageError::Untrusted),
        ("bad request", PageError::BadRequest("The address names a page that doesn't exist.".to_owned())),
        ("too large", PageError::TooLarge(64 * 1024)),
        ("timeout", PageError::Timeout),
        ("too many", PageError::TooMany { seconds: 840 }),
        ("unavailable", PageError::Unavailable),
        ("internal", PageError::Internal("secret".to_owned())),
    ];
    errors.iter().map(|(name, error)| (*name, Oops::sample(error).render())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_our_own_fault_is_not_shown() {
        let html = Oops::sample(&PageError::Internal("secret".to_owned())).render().unwrap();
        assert!(!html.contains("secret"));
        assert!(html.contains("req_01JZX4T9W7M3Q8N2K5V6B0C1DE"));
    }
}
