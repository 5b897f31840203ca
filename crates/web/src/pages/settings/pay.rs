//! The way to the payment provider's page, and what it tells us.

use app::Error;
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::Web;
use crate::error::PageError;
use crate::form::read;
use crate::page::Page;

/// Bytes of an event.
const EVENT: usize = 512 * 1024;
const TIME: std::time::Duration = std::time::Duration::from_secs(30);

/// A link, not a redirect: forms of ours may lead nowhere else.
#[derive(Template)]
#[template(path = "settings/pay.html")]
pub(super) struct Pay {
    page: Page,
    back: String,
    href: String,
}

impl Pay {
    pub(super) fn new(page: Page, back: String, href: String) -> Self {
        Self { page, back, href }
    }
}

/// `POST /stripe/webhook`. No browser sends it, so it stands outside of the pages' steps: its signature is its proof.
pub(crate) async fn webhook(State(web): State<Web>, headers: HeaderMap, body: Body) -> StatusCode {
    let Ok(Ok(payload)) = tokio::time::timeout(TIME, read(body, EVENT)).await else { return StatusCode::BAD_REQUEST };
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match web.app().hear_payment(signature, &payload).await {
        Ok(heard) => {
            tracing::info!(?heard, "Stripe told something");
            StatusCode::OK
        }
        Err(Error::Refused(why)) => {
            tracing::warn!(why, "refused at the webhook of Stripe");
            StatusCode::BAD_REQUEST
        }
        Err(Error::NotFound { .. }) => StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::error!(%error, "Stripe told something that could not be acted on; it will tell it again");
            PageError::Unavailable.status()
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = Page::team_sample("Payment", "plan");
    let pay = Pay::new(page, "/t/northbank/settings/plan".to_owned(), "https://checkout.stripe.com/c/pay/cs_test_1".to_owned());
    vec![("payment", pay.render())]
}
