//! Stripe's Checkout: a page of theirs where a plan or a pack is paid. What is bought travels in the metadata, and comes
//! back in the events.

use std::time::Duration;

use domain::{Cycle, Pack, Plan, Price, Timestamp};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::StripeConfig;
use crate::{App, Error, Member, Result};

/// Stripe takes no first payment that is nearer than two days, unless it is due now.
const NEAREST: Duration = Duration::from_secs(49 * 60 * 60);

/// What is to be paid.
pub(crate) enum Order<'a> {
    Plan {
        plan: &'a Plan,
        price: &'a Price,
        cycle: Cycle,
        /// The first payment; `None` is now.
        from: Option<Timestamp>,
    },
    Pack(&'a Pack),
}

#[derive(Deserialize)]
struct Session {
    url: String,
}

impl App {
    /// The address of the page where the order is paid.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the renewal is too near to wait for; [`Error::Unavailable`].
    pub(crate) async fn checkout(&self, stripe: &StripeConfig, member: &Member, order: &Order<'_>) -> Result<String> {
        if let Order::Plan { from: Some(from), .. } = order
            && *from < self.clock.now().plus(NEAREST)
        {
            return Err(Error::Conflict("Your plan renews within two days. Choose again after that.".to_owned()));
        }
        let form = form(&self.config.public_url, &member.slug, &member.team.to_string(), order);
        let url = stripe.at("/v1/checkout/sessions")?;
        let unavailable = |why: &str| Error::Unavailable(format!("Stripe: {why}"));
        let answer = self.assets.fetcher().post_form(&url, &stripe.key, form).await.map_err(|error| unavailable(&error.to_string()))?;
        if answer.status != 200 {
            return Err(unavailable(&format!("Checkout answered {}", answer.status)));
        }
        let session: Session = serde_json::from_slice(&answer.body).map_err(|error| unavailable(&error.to_string()))?;
        // It becomes a link on a page of ours.
        match Url::parse(&session.url) {
            Ok(url) if url.scheme() == "https" => Ok(url.into()),
            _ => Err(unavailable("the page of payment is no safe address")),
        }
    }
}

impl StripeConfig {
    pub(super) fn at(&self, path: &str) -> Result<Url> {
        self.api.join(path).map_err(Error::internal)
    }
}

fn form(base: &str, slug: &str, team: &str, order: &Order<'_>) -> String {
    let page = format!("{base}/t/{slug}/settings/plan");
    let mut form = Serializer::new(String::new());
    let mut add = |key: &str, value: &str| {
        form.append_pair(key, value);
    };
    add("client_reference_id", team);
    add("success_url", &format!("{page}?paid=1"));
    add("cancel_url", &page);
    add("line_items[0][quantity]", "1");
    add("metadata[team]", team);
    let mut item = |name: &str, price: u32, currency: &str| {
        add("line_items[0][price_data][product_data][name]", name);
        add("line_items[0][price_data][unit_amount]", &price.to_string());
        add("line_items[0][price_data][currency]", &currency.to_lowercase());
    };
    match order {
        Order::Plan { plan, price, cycle, from } => {
            item(&format!("RepeatPosts {}", plan.name), price.of(*cycle), &price.currency);
            add("mode", "subscription");
            add("line_items[0][price_data][recurring][interval]", cycle.as_str());
            add("subscription_data[metadata][team]", team);
            for whose in ["metadata", "subscription_data[metadata]"] {
                add(&format!("{whose}[plan]"), &plan.slug);
                add(&format!("{whose}[cycle]"), cycle.as_str());
            }
            if let Some(from) = from {
                add("subscription_data[trial_end]", &from.as_micros().div_euclid(1_000_000).to_string());
            }
        }
        Order::Pack(pack) => {
            item(&format!("RepeatPosts: {} credits", pack.credits), pack.price, &pack.currency);
            add("mode", "payment");
            add("metadata[credits]", &pack.credits.to_string());
        }
    }
    form.finish()
}
