//! What Stripe's webhook tells. An event acts once, however often it is told; one that can't be acted on now is answered so
//! that Stripe tells it again.

use domain::{Cycle, TeamId};
use serde::Deserialize;
use serde_json::Value;
use store::{Payment, Recorded};

use super::StripeConfig;
use super::signature::is_genuine;
use crate::{App, Error, Missing, Result};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Done,
    /// It was told before.
    Known,
    /// Of a kind, or about something, that is not ours.
    Ignored,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

impl App {
    /// Acts on the body that came to the webhook, with its `Stripe-Signature`.
    ///
    /// # Errors
    /// [`Missing::Other`] where the settings have no Stripe; [`Error::Refused`] for what Stripe did not sign just now;
    /// [`Error::Unavailable`] where it is to be told again.
    pub async fn hear_payment(&self, signature: &str, payload: &[u8]) -> Result<Heard> {
        let Some(stripe) = &self.config.stripe else { return Err(Error::missing(Missing::Other)) };
        let now = self.clock.now();
        if !is_genuine(signature, payload, &stripe.webhook_secret, now) {
            return Err(Error::Refused("the signature is not Stripe's, or is too old".to_owned()));
        }
        let event: Event = serde_json::from_slice(payload).map_err(|error| Error::Refused(format!("not an event: {error}")))?;
        let Some(payment) = payment(&event.kind, &event.data.object) else { return Ok(Heard::Ignored) };
        if self.store.knows_payment(&event.id).await? {
            return Ok(Heard::Known);
        }
        if let Payment::Plan { team, subscription, is_new: true, .. } = &payment {
            self.end_other(stripe, *team, subscription).await?;
        }
        // Whose subscription has ended goes on with the plan that everybody begins with.
        let recorded = self.store.record_payment(&event.id, &event.kind, payment, &self.first_plan()?, now).await;
        Ok(match recorded.map_err(|error| Error::Unavailable(format!("event {}: {error}", event.id)))? {
            Recorded::Done => Heard::Done,
            Recorded::Known => Heard::Known,
            Recorded::Ignored => Heard::Ignored,
        })
    }

    /// A team has one subscription: the one before a new one is ended with Stripe, before the new one is recorded here.
    async fn end_other(&self, stripe: &StripeConfig, team: TeamId, new: &str) -> Result<()> {
        let Some(team) = self.store.team(team, self.clock.now()).await? else { return Ok(()) };
        let Some(old) = team.subscription.filter(|old| old != new) else { return Ok(()) };
        let unavailable = |why: String| Error::Unavailable(format!("Stripe: {why}"));
        let url = stripe.at(&format!("/v1/subscriptions/{old}"))?;
        let answer = self.assets.fetcher().delete(&url, &stripe.key).await.map_err(|error| unavailable(error.to_string()))?;
        match answer.status {
            // 404: it is over already.
            200 | 404 => Ok(()),
            status => Err(unavailable(format!("ending a subscription was answered {status}"))),
        }
    }
}

/// What an event means to us; `None` for what is not ours.
fn payment(kind: &str, object: &Value) -> Option<Payment> {
    match kind {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            // With some ways of paying the money comes later, and so does another event.
            if !matches!(object["payment_status"].as_str()?, "paid" | "no_payment_required") {
                return None;
            }
            let metadata = &object["metadata"];
            match object["subscription"].as_str() {
                Some(subscription) => plan(metadata, subscription, true),
                None => {
                    let credits = metadata["credits"].as_str()?.parse().ok().filter(|credits| *credits > 0)?;
                    Some(Payment::Pack { team: team(metadata)?, credits })
                }
            }
        }
        "invoice.paid" => {
            // Where an invoice names its subscription depends on the version of Stripe's interface.
            let newer = &object["parent"]["subscription_details"];
            let older = &object["subscription_details"];
            let subscription = newer["subscription"].as_str().or(object["subscription"].as_str())?;
            plan(&newer["metadata"], subscription, false).or_else(|| plan(&older["metadata"], subscription, false))
        }
        "customer.subscription.deleted" => Some(Payment::Ended { subscription: object["id"].as_str()?.to_owned() }),
        _ => None,
    }
}

fn plan(metadata: &Value, subscription: &str, is_new: bool) -> Option<Payment> {
    let cycle: Cycle = metadata["cycle"].as_str()?.parse().ok()?;
    let plan = metadata["plan"].as_str()?.to_owned();
    Some(Payment::Plan { team: team(metadata)?, plan, cycle, subscription: subscription.to_owned(), is_new })
}

fn team(metadata: &Value) -> Option<TeamId> {
    metadata["team"].as_str()?.parse().ok()
}
