//! The team's web app: pages made on the server, which work without script.
//!
//! `Web` holds what handlers share; `router` puts the routes of every page group behind the steps of `pipeline`.
//! A handler parses, calls one use case of `app`, and shows its result as a page.
//!
//! # How a page group is added
//!
//! 1. `src/pages/<group>/` holds its handlers and view structs, `templates/<group>/` its templates. `mod.rs` exposes one
//!    `pages::Group`: `routes() -> Router<Web>`, the navigation items that it brings, and its samples. Its line in
//!    `pages::GROUPS` makes it live: routes, navigation and tests follow from there. A page that doesn't exist is in no
//!    menu.
//! 2. A page is a struct with `page: Page` and `#[derive(Template)]`; its template extends `public.html` (everybody),
//!    `column.html` (one narrow column), `team.html` (a team's frame) or `settings.html` (Team Settings), and fills the
//!    blocks that stand at the top of those files. A handler makes the `page::Page` from what it extracted
//!    (`visit::Visit` for everybody, `who::SignedIn`, or `who::InTeam` under `/t/{team}`: `who.page("API Keys", "keys")`),
//!    and ends with `page::show`, or `page::refuse` for a form that came back with faults
//!    (422, values kept).
//! 3. Every page struct has `sample()` (and one for each state that looks different: empty, full, with faults). The group
//!    lists them in `samples()`, and one test renders all and checks title, single `h1`, language, labels, and that no
//!    style or script stands inline: the policy of `headers` would block it.
//! 4. Forms are `method="post"` with `{{ page.csrf() }}` as their first line, built from `field::Field` and the macros of
//!    `templates/ui.html`; handlers take `form::Form`, which checks the token. A `fetch` sends it as `X-CSRF-Token`.
//!    After a change: `visit.toast(…)` and a redirect (303), so that a reload repeats nothing.
//! 5. What a whole group needs of style stands in `static/css/<group>.css`, linked in the block `head` by
//!    `{{ page.style("<group>") }}`; the shared sheets stay small. Script is an ES module in `static/js`, by
//!    `{{ page.module("<group>") }}`, and only makes quicker what works without.
//! 6. `/design` shows every component in every state and in both themes. What two groups need belongs there.

mod chart;
mod cookie;
mod csv;
mod error;
mod field;
mod form;
mod form_page;
mod headers;
mod icon;
mod page;
mod pages;
mod pipeline;
mod statics;
mod text;
mod theme;
mod upload;
mod visit;
mod who;

use std::sync::Arc;

use app::App;
use axum::{Router, middleware};
use domain::{Pepper, Plans};
use serde_json::Value;

/// What the pages need to know beyond the use cases.
#[derive(Clone)]
pub struct WebConfig {
    /// Base of the pages' address, without a slash at its end. `https` makes cookies `Secure` and `__Host-`.
    pub public_url: String,
    /// Base of the API's own address, without a slash at its end.
    pub api_url: String,
    /// Where pictures may come from beyond our own address, such as the public base of an object store.
    pub picture_origins: Vec<String>,
    /// Where people write to, an e-mail address or a URL; `None` shows no contact.
    pub contact: Option<String>,
    /// The plans that the limits use.
    pub plans: Arc<Plans>,
    /// The API's OpenAPI document.
    pub openapi: Arc<Value>,
    /// Signs what browsers keep for us.
    pub pepper: Pepper,
}

/// What handlers share. Clones are cheap.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

struct Shared {
    app: App,
    config: WebConfig,
    policy: axum::http::HeaderValue,
    /// [`WebConfig::contact`] as a link leads there.
    contact: Option<String>,
    tries: pages::front::Tries,
    reference: pages::docs::Reference,
    support: pages::support::Library,
}

impl Web {
    /// # Errors
    /// Where an address in `config` can't stand in a header, or the contact is neither an e-mail address nor a URL.
    pub fn new(app: App, config: WebConfig) -> Result<Self, String> {
        let policy = headers::policy(&config.picture_origins)?;
        if !cookie::is_secure(&config.public_url) {
            let local = url::Url::parse(&config.public_url).is_ok_and(|url| is_loopback(&url));
            if !local {
                tracing::warn!(public_url = config.public_url, "pages are served without TLS: anybody on the way can read sessions");
            }
        }
        let contact = config.contact.as_deref().map(contact).transpose()?;
        let reference = pages::docs::Reference::of(&config.openapi);
        let facts = pages::support::Facts::new(&app, &config);
        let support = pages::support::Library::new(&facts).map_err(|error| format!("the support pages: {error}"))?;
        Ok(Self(Arc::new(Shared { app, config, policy, contact, tries: pages::front::Tries::default(), reference, support })))
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn config(&self) -> &WebConfig {
        &self.0.config
    }

    /// Where a link to the contact leads.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.0.contact.as_deref()
    }

    pub(crate) fn tries(&self) -> &pages::front::Tries {
        &self.0.tries
    }

    /// The API as its documentation shows it.
    pub(crate) fn reference(&self) -> &pages::docs::Reference {
        &self.0.reference
    }

    pub(crate) fn support(&self) -> &pages::support::Library {
        &self.0.support
    }

    pub(crate) fn policy(&self) -> &axum::http::HeaderValue {
        &self.0.policy
    }
}

fn contact(text: &str) -> Result<String, String> {
    if text.parse::<domain::Email>().is_ok() {
        return Ok(format!("mailto:{text}"));
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http" | "mailto") => Ok(url.into()),
        _ => Err(format!("contact is {text:?}: write an e-mail address or a URL")),
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// All pages behind the pipeline. The listener puts the client's address into each request's extensions as an
/// [`std::net::IpAddr`].
pub fn router(web: &Web) -> Router {
    let mut router = Router::new().route("/static/{folder}/{*path}", axum::routing::get(statics::serve));
    for group in pages::GROUPS {
        router = router.merge((group.routes)());
    }
    router
        .fallback(error::no_page)
        .method_not_allowed_fallback(error::no_method)
        .layer(middleware::from_fn_with_state(web.clone(), pipeline::run))
        .route("/stripe/webhook", axum::routing::post(pages::settings::webhook))
        .with_state(web.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address_or_a_page() {
        assert_eq!(contact("help@example.com").unwrap(), "mailto:help@example.com");
        assert_eq!(contact("https://example.com/help").unwrap(), "https://example.com/help");
        assert!(contact("javascript:alert(1)").is_err() && contact("call me").is_err());
    }
}
