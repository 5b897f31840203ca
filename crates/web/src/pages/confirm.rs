//! `/confirm-password`: asked again before keys, members and the plan. A form that came too early waits on the page, and
//! goes on after it.

use app::Browser;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Group;
use super::look::local;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::visit::Visit;
use crate::who::SignedIn;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples };

/// What the fields of a waiting form are called on the page, before their own name.
const SENT: &str = "sent.";
const SENT_TO: &str = "sent-to";

fn routes() -> Router<Web> {
    Router::new().route("/confirm-password", get(ask).post(confirm))
}

#[derive(Template)]
#[template(path = "confirm/confirm.html")]
struct Confirm {
    page: Page,
    next: String,
    sent: Option<Sent>,
    problems: Problems,
    password: Field,
}

/// The password is given: one press, or the page's script, sends the form again.
#[derive(Template)]
#[template(path = "confirm/again.html")]
struct Again {
    page: Page,
    sent: Sent,
}

/// A form that waits.
struct Sent {
    to: String,
    pairs: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

async fn ask(who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let next = local(&asked.next).to_owned();
    if who.visitor.need_password().is_ok() {
        return Ok(Redirect::to(&next).into_response());
    }
    show(&Confirm::new(who.page(TITLE), next, None, Problems::default()))
}

/// In place of the answer to a form that needs the password first.
pub(crate) fn ask_again(visit: &Visit, pairs: &[(String, String)]) -> Result<Response, PageError> {
    let sent = Sent { to: visit.target().to_owned(), pairs: pairs.iter().filter(|(name, _)| may_wait(name)).cloned().collect() };
    show(&Confirm::new(visit.page(TITLE), "/".to_owned(), Some(sent), Problems::default()))
}

async fn confirm(who: SignedIn, State(web): State<Web>, browser: Browser, form: Form<96>) -> Result<Response, PageError> {
    let next = local(form.text("next")).to_owned();
    let sent = Sent::of(&form);
    match web.app().confirm_password(&who.visitor, form.raw("password"), &browser).await {
        Ok(session) => {
            who.visit.set_session(&session);
            match sent {
                Some(sent) => show(&Again { page: who.visit.renewed(&session).page("Go on"), sent }),
                None => Ok(Redirect::to(&next).into_response()),
            }
        }
        Err(app::Error::Validation(faults)) => refuse(&Confirm::new(who.page(TITLE), next, sent, faults.into())),
        Err(error) => Err(error.into()),
    }
}

const TITLE: &str = "Confirm your password";

/// Secrets are typed again, and the token is another one then.
fn may_wait(name: &str) -> bool {
    name != "csrf" && name != "current" && !name.contains("password")
}

impl Sent {
    fn of<const KIB: usize>(form: &Form<KIB>) -> Option<Self> {
        let to = local(form.text(SENT_TO)).to_owned();
        let pairs = form.pairs().iter().filter_map(|(name, value)| Some((name.strip_prefix(SENT)?.to_owned(), value.clone())));
        form.has(SENT_TO).then(|| Self { to, pairs: pairs.collect() })
    }
}

impl Confirm {
    fn new(page: Page, next: String, sent: Option<Sent>, problems: Problems) -> Self {
        let password = Field::password("password", "Password", "current-password").autofocus().checked_by(&problems);
        Self { page, next, sent, problems, password }
    }
}

fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |title| Page::sample(title).of(Page::person_sample());
    let sent = || Sent { to: "/t/northbank/settings/keys/new".to_owned(), pairs: vec![("name".to_owned(), "<Storefront>".to_owned())] };
    let confirm = |sent, problems| Confirm::new(page(TITLE), "/t/northbank/settings/keys".to_owned(), sent, problems).render();
    vec![
        ("confirm password", confirm(None, Problems::default())),
        ("confirm password, a form waits", confirm(Some(sent()), Problems::default())),
        ("confirm password, wrong", confirm(None, Problems::one("password", "This is not your password."))),
        ("go on", Again { page: page("Go on"), sent: sent() }.render()),
    ]
}
