//! The account at a glance, and its sessions.

use app::people::SessionView;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};

use crate::Web;
use crate::error::PageError;
use crate::form::Form;
use crate::page::{Page, show};
use crate::text;
use crate::who::SignedIn;

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account {
    page: Page,
    name: String,
    email: String,
    has_password: bool,
    sessions: Vec<Row>,
}

struct Row {
    id: String,
    device: String,
    address: String,
    began: String,
    seen: String,
    seen_exact: String,
    seen_iso: String,
    is_current: bool,
}

impl Row {
    fn new(session: &SessionView, now: app::Timestamp) -> Self {
        Self {
            id: session.id.to_string(),
            device: device(&session.device),
            address: session.address.clone(),
            began: text::date(session.created_at),
            seen: text::ago(session.seen_at, now),
            seen_exact: text::exact(session.seen_at),
            seen_iso: text::iso(session.seen_at),
            is_current: session.current,
        }
    }
}

pub(super) async fn show_all(who: SignedIn, State(web): State<Web>) -> Result<Response, PageError> {
    let now = web.app().now();
    let sessions = web.app().sessions(&who.visitor).await?;
    let user = &who.visitor.user;
    show(&Account {
        page: who.page("Your account"),
        name: user.name.clone(),
        email: user.email.clone(),
        has_password: user.has_password,
        sessions: sessions.iter().map(|session| Row::new(session, now)).collect(),
    })
}

pub(super) async fn end(who: SignedIn, State(web): State<Web>, Path(session): Path<String>, _: Form<1>) -> Result<Redirect, PageError> {
    web.app().end_session(&who.visitor, &session).await?;
    who.visit.toast("The session has ended.");
    Ok(Redirect::to("/account"))
}

pub(super) async fn end_others(who: SignedIn, State(web): State<Web>, _: Form<1>) -> Result<Redirect, PageError> {
    let ended = web.app().end_other_sessions(&who.visitor).await?;
    who.visit.toast(format!("{} ended.", text::count(i64::try_from(ended).unwrap_or(i64::MAX), "session")));
    Ok(Redirect::to("/account"))
}

/// What a browser calls itself, in the words that people use; its whole text where none of them is in it.
fn device(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // Most browsers also claim to be others: the more particular mark stands first.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if agent.is_empty() => "Unknown device".to_owned(),
        (None, None) => agent.to_owned(),
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let row = |id: &str, device: &str, is_current| Row {
        id: id.to_owned(),
        device: device.to_owned(),
        address: "192.0.2.7".to_owned(),
        began: "24 Nov 2026".to_owned(),
        seen: "4 minutes ago".to_owned(),
        seen_exact: "24 Nov 2026, 14:05 UTC".to_owned(),
        seen_iso: "2026-11-24T14:05:00Z".to_owned(),
        is_current,
    };
    let page = |has_password, sessions| {
        let page = Page::sample("Your account").of(Page::person_sample());
        Account { page, name: "Ada Bell".to_owned(), email: "ada@northbank.example".to_owned(), has_password, sessions }.render()
    };
    vec![
        ("account", page(true, vec![row("ses_1", "Firefox on Linux", true), row("ses_2", "Safari on iPhone", false)])),
        ("account without password", page(false, vec![row("ses_1", "Firefox on Linux", true)])),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_as_people_call_it() {
        let texts = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", "Safari on iPhone"),
            ("curl/8.0", "curl/8.0"),
            ("", "Unknown device"),
        ];
        for (agent, name) in texts {
            assert_eq!(device(agent), name);
        }
    }
}
