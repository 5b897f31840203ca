//! What belongs to one request from its first byte to its answer.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::RequestId;
use serde::{Deserialize, Serialize};

use crate::error::PageError;
use crate::page::Page;
use crate::theme::Theme;
use crate::{Web, cookie};

/// A visitor's request. Clones share it.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Facts>);

struct Facts {
    web: Web,
    id: RequestId,
    address: IpAddr,
    started: Instant,
    theme: Theme,
    /// Path and query as asked for.
    target: String,
    session: Option<String>,
    team: Option<String>,
    language: Option<String>,
    form: OnceLock<String>,
    toast: Mutex<Option<Toast>>,
    /// The form's or the header's token was right.
    proven: AtomicBool,
    /// The form that came.
    sent: OnceLock<Vec<(String, String)>>,
    cookies: Mutex<Vec<HeaderValue>>,
}

/// One sentence about what just happened, shown once on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Toast {
    pub text: String,
    /// Where a form goes that takes it back.
    pub undo: Option<String>,
}

/// Seconds that a toast waits for its page.
const TOAST_AGE: u64 = 60;
const THEME_AGE: u64 = 400 * 24 * 60 * 60;
/// Seconds that a browser keeps a session's cookie; the session itself ends earlier where nobody uses it.
const SESSION_AGE: u64 = 7 * 24 * 60 * 60;
const TOKEN: &str = "form";

impl Visit {
    pub(crate) fn new(web: &Web, address: IpAddr, target: &str, headers: &HeaderMap) -> Self {
        let secure = cookie::is_secure(&web.config().public_url);
        let read = |name| cookie::read(headers, name, secure).filter(|value| !value.is_empty() && value.len() <= 2048);
        let form = OnceLock::new();
        if let Some(value) = read(cookie::FORM) {
            let _ = form.set(value.to_owned());
        }
        Self(Arc::new(Facts {
            id: RequestId::new(),
            address,
            started: Instant::now(),
            theme: read(cookie::THEME).and_then(Theme::parse).unwrap_or_default(),
            target: target.to_owned(),
            session: read(cookie::SESSION).map(str::to_owned),
            team: read(cookie::TEAM).map(str::to_owned),
            language: read(cookie::LANGUAGE).map(str::to_owned),
            form,
            toast: Mutex::new(read(cookie::TOAST).and_then(|value| opened(web, value))),
            proven: AtomicBool::new(false),
            sent: OnceLock::new(),
            cookies: Mutex::default(),
            web: web.clone(),
        }))
    }

    pub(crate) fn id(&self) -> RequestId {
        self.0.id
    }

    /// The client's, behind trusted proxies.
    pub(crate) fn address(&self) -> IpAddr {
        self.0.address
    }

    pub(crate) fn started(&self) -> Instant {
        self.0.started
    }

    pub(crate) fn theme(&self) -> Theme {
        self.0.theme
    }

    /// Path and query as asked for.
    pub(crate) fn target(&self) -> &str {
        &self.0.target
    }

    /// The session's token as the browser sent it, not checked.
    pub(crate) fn session(&self) -> Option<&str> {
        self.0.session.as_deref()
    }

    /// A page for everybody.
    pub(crate) fn page(&self, title: impl Into<String>) -> Page {
        Page::new(self.clone(), title.into())
    }

    /// The token for this browser's forms. The first one for a browser without a session gives it a cookie.
    pub(crate) fn token(&self) -> String {
        let subject = self.0.session.as_ref().unwrap_or_else(|| {
            self.0.form.get_or_init(|| {
                let made = random();
                self.set_cookie(cookie::FORM, &made, None);
                made
            })
        });
        self.0.web.config().pepper.tag(TOKEN, subject)
    }

    /// Takes the token that a form or a header brought.
    ///
    /// # Errors
    /// [`PageError::Untrusted`] where it is not this browser's.
    pub(crate) fn prove(&self, token: &str) -> Result<(), PageError> {
        let subject = self.0.session.as_ref().or_else(|| self.0.form.get());
        let right = subject.is_some_and(|subject| same(&self.0.web.config().pepper.tag(TOKEN, subject), token));
        if !right {
            return Err(PageError::Untrusted);
        }
        self.0.proven.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// For a change that can hurt nobody, such as of colours: it needs no token.
    pub(crate) fn harmless(&self) {
        self.0.proven.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.0.proven.load(Ordering::Relaxed)
    }

    /// Keeps what a form sent, for a page that asks for something before it goes on.
    pub(crate) fn keep_sent(&self, pairs: &[(String, String)]) {
        let _ = self.0.sent.set(pairs.to_vec());
    }

    /// What the form sent, where one came.
    pub(crate) fn sent(&self) -> Option<&[(String, String)]> {
        self.0.sent.get().map(Vec::as_slice)
    }

    pub(crate) fn set_theme(&self, theme: Theme) {
        self.set_cookie(cookie::THEME, theme.word(), Some(THEME_AGE));
    }

    /// Starts the browser's session, or gives it its new token.
    pub(crate) fn set_session(&self, session: &app::people::SignedIn) {
        self.set_cookie(cookie::SESSION, session.token.reveal(), Some(SESSION_AGE));
    }

    /// The same request as the browser's next ones will be: with the token of its new session.
    pub(crate) fn renewed(&self, session: &app::people::SignedIn) -> Self {
        let facts = &self.0;
        Self(Arc::new(Facts {
            web: facts.web.clone(),
            id: facts.id,
            address: facts.address,
            started: facts.started,
            theme: facts.theme,
            target: facts.target.clone(),
            session: Some(session.token.reveal().to_owned()),
            team: facts.team.clone(),
            form: OnceLock::new(),
            toast: Mutex::default(),
            proven: AtomicBool::new(true),
            sent: OnceLock::new(),
            language: facts.language.clone(),
            cookies: Mutex::default(),
        }))
    }

    /// The slug of the team that this browser was in last; not checked.
    pub(crate) fn team(&self) -> Option<&str> {
        self.0.team.as_deref()
    }

    pub(crate) fn remember_team(&self, slug: &str) {
        if self.team() != Some(slug) {
            self.set_cookie(cookie::TEAM, slug, Some(THEME_AGE));
        }
    }

    /// The language of code examples that this browser chose; not checked.
    pub(crate) fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    pub(crate) fn keep_language(&self, id: &str) {
        if self.language() != Some(id) {
            self.set_cookie(cookie::LANGUAGE, id, Some(THEME_AGE));
        }
    }

    pub(crate) fn end_session(&self) {
        self.set_cookie(cookie::SESSION, "", Some(0));
    }

    /// Shows a sentence on the next page.
    pub(crate) fn toast(&self, text: impl Into<String>) {
        self.keep_toast(&Toast { text: text.into(), undo: None });
    }

    /// The same with "Undo", a form that posts to `path`.
    pub(crate) fn toast_with_undo(&self, text: impl Into<String>, path: impl Into<String>) {
        self.keep_toast(&Toast { text: text.into(), undo: Some(path.into()) });
    }

    fn keep_toast(&self, toast: &Toast) {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(toast).unwrap_or_default());
        let tag = self.0.web.config().pepper.tag("toast", &body);
        self.set_cookie(cookie::TOAST, &format!("{body}.{tag}"), Some(TOAST_AGE));
    }

    /// The sentence that waits, once.
    pub(crate) fn take_toast(&self) -> Option<Toast> {
        let toast = self.0.toast.lock().unwrap_or_else(PoisonError::into_inner).take();
        if toast.is_some() {
            self.set_cookie(cookie::TOAST, "", Some(0));
        }
        toast
    }

    fn set_cookie(&self, name: &str, value: &str, seconds: Option<u64>) {
        let line = cookie::write(name, value, seconds, cookie::is_secure(&self.0.web.config().public_url));
        self.0.cookies.lock().unwrap_or_else(PoisonError::into_inner).extend(line);
    }

    /// The `Set-Cookie` lines that came up.
    pub(crate) fn take_cookies(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.0.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn web(&self) -> &Web {
        &self.0.web
    }
}

fn opened(web: &Web, value: &str) -> Option<Toast> {
    let (body, tag) = value.split_once('.')?;
    if !same(&web.config().pepper.tag("toast", body), tag) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

/// 128 random bits in hex.
fn random() -> String {
    let mut bytes = [0; 16];
    // Without randomness the token would be guessable; the empty subject is nobody's.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    hex::encode(bytes)
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

impl FromRequestParts<Web> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| PageError::internal("a request that did not come through the pipeline"))
    }
}
