//! Payments by Stripe, which is played by a small server: its two calls, and events that the test signs itself.

use std::sync::{Arc, Mutex};

use app::StripeConfig;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, post};
use domain::{Billing, Cycle, Packs, Plans};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use testkit::Server;

use super::{Person, owner};

const SECRET: &str = "whsec_test";

/// What Stripe was asked: its path and form, with the key that came along.
#[derive(Clone, Default)]
struct Stripe(Arc<Mutex<Vec<(String, String)>>>);

impl Stripe {
    async fn start() -> (Self, String) {
        let stripe = Self::default();
        let checkout = async |State(stripe): State<Stripe>, headers: HeaderMap, form: String| {
            stripe.note("checkout", &headers, form);
            axum::Json(json!({ "id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1" }))
        };
        let end = async |State(stripe): State<Stripe>, headers: HeaderMap, Path(id): Path<String>| {
            stripe.note("delete", &headers, id.clone());
            if id == "sub_stuck" { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
        };
        let router = Router::new()
            .route("/v1/checkout/sessions", post(checkout))
            .route("/v1/subscriptions/{id}", delete(end))
            .with_state(stripe.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (stripe, address)
    }

    fn note(&self, what: &str, headers: &HeaderMap, form: String) {
        assert_eq!(headers["authorization"], "Bearer sk_test_1");
        self.0.lock().unwrap().push((what.to_owned(), form));
    }

    /// The last call, as pairs.
    fn last(&self) -> (String, Vec<(String, String)>) {
        let (what, form) = self.0.lock().unwrap().last().cloned().expect("a call");
        (what, url::form_urlencoded::parse(form.as_bytes()).into_owned().collect())
    }

    fn calls(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

async fn selling() -> (Server, Stripe) {
    let (stripe, address) = Stripe::start().await;
    let server = Server::start_with(|setup| {
        setup.app.billing = Billing::Stripe;
        setup.app.stripe = Some(StripeConfig::new(&address, "sk_test_1", SECRET).unwrap());
        setup.app.packs = Packs::parse(Plans::DEFAULT_TEXT).unwrap();
        setup.fetch_allow = vec!["127.0.0.0/8".to_owned()];
    })
    .await;
    (server, stripe)
}

/// Tells an event, signed as Stripe signs; gives the answer's status.
async fn tell(server: &Server, id: &str, kind: &str, object: Value) -> u16 {
    let body = json!({ "id": id, "type": kind, "data": { "object": object } }).to_string();
    let time = server.app.now().as_micros() / 1_000_000;
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    send(server, format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes())), body).await
}

async fn send(server: &Server, signature: String, body: String) -> u16 {
    let url = format!("{}/stripe/webhook", server.url);
    let answer = reqwest::Client::new().post(url).header("stripe-signature", signature).body(body).send().await.unwrap();
    answer.status().as_u16()
}

fn bought(who: &Person, plan: &str, cycle: &str, subscription: &str) -> Value {
    let metadata = json!({ "team": who.member.team.to_string(), "plan": plan, "cycle": cycle });
    json!({ "payment_status": "paid", "subscription": subscription, "metadata": metadata })
}

async fn plan(server: &Server, who: &Person) -> (String, Cycle, Option<String>) {
    let team = server.app.team(&who.member).await.unwrap();
    (team.plan, team.cycle, team.next_plan)
}

#[tokio::test]
async fn a_plan_acts_once_it_is_paid_and_an_event_told_twice_acts_once() {
    let (server, stripe) = selling().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "agency"), ("cycle", "year")]).await.expect(200);
    assert!(page.has("href=\"https://checkout.stripe.com/c/pay/cs_1\""), "{}", page.html());
    let (what, pairs) = stripe.last();
    let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str()).to_owned();
    assert_eq!((what.as_str(), value("mode").as_str()), ("checkout", "subscription"));
    assert_eq!(value("line_items[0][price_data][unit_amount]"), "149000");
    assert_eq!(value("line_items[0][price_data][recurring][interval]"), "year");
    assert_eq!(value("subscription_data[metadata][team]"), ada.member.team.to_string());
    assert_eq!(value("success_url"), format!("{}/t/{}/settings/plan?paid=1", server.url, ada.member.slug));
    assert_eq!(plan(&server, &ada).await.0, "growth", "nothing is paid yet");

    let paid = bought(&ada, "agency", "year", "sub_1");
    assert_eq!(tell(&server, "evt_1", "checkout.session.completed", paid.clone()).await, 200);
    assert_eq!(plan(&server, &ada).await, ("agency".to_owned(), Cycle::Year, None));
    assert!(ada.open("/audit?action=plan.").await.has("Stripe"));

    let pack =
        json!({ "payment_status": "unpaid", "subscription": null, "metadata": { "team": ada.member.team.to_string(), "credits": "500" } });
    let left = async || server.app.team_credits(&ada.member).await.unwrap().remaining();
    let before = left().await;
    assert_eq!(tell(&server, "evt_2", "checkout.session.completed", pack.clone()).await, 200);
    assert_eq!(left().await, before, "the money comes later");
    let mut pack = pack;
    pack["payment_status"] = "paid".into();
    for _ in 0..3 {
        assert_eq!(tell(&server, "evt_3", "checkout.session.async_payment_succeeded", pack.clone()).await, 200);
    }
    assert_eq!(left().await, before + 500);
    server.shut_down().await;
}

#[tokio::test]
async fn a_new_subscription_ends_the_old_one_and_late_events_of_that_change_nothing() {
    let (server, stripe) = selling().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let completed = "checkout.session.completed";
    assert_eq!(tell(&server, "evt_1", completed, bought(&ada, "agency", "month", "sub_1")).await, 200);
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "growth"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("checkout.stripe.com"));
    assert!(stripe.last().1.iter().any(|(key, _)| key == "subscription_data[trial_end]"), "a smaller plan is paid from the renewal on");
    let calls = stripe.calls();
    assert_eq!(tell(&server, "evt_2", completed, bought(&ada, "growth", "month", "sub_2")).await, 200);
    assert_eq!((stripe.calls(), stripe.last().0.as_str()), (calls + 1, "delete"));
    assert_eq!(plan(&server, &ada).await, ("agency".to_owned(), Cycle::Month, Some("growth".to_owned())));

    let invoice = |subscription: &str, name: &str| {
        let metadata = json!({ "team": ada.member.team.to_string(), "plan": name, "cycle": "month" });
        json!({ "parent": { "subscription_details": { "subscription": subscription, "metadata": metadata } } })
    };
    assert_eq!(tell(&server, "evt_3", "invoice.paid", invoice("sub_1", "agency")).await, 200);
    assert_eq!(tell(&server, "evt_4", "customer.subscription.deleted", json!({ "id": "sub_1" })).await, 200);
    assert_eq!(tell(&server, "evt_1", completed, bought(&ada, "agency", "month", "sub_1")).await, 200);
    assert_eq!(plan(&server, &ada).await.2.as_deref(), Some("growth"), "what the old one tells late");
    assert_eq!(stripe.calls(), calls + 1, "nothing else was ended");

    assert_eq!(tell(&server, "evt_5", "customer.subscription.deleted", json!({ "id": "sub_2" })).await, 200);
    assert_eq!(plan(&server, &ada).await, ("agency".to_owned(), Cycle::Month, Some("essentials".to_owned())));
    assert_eq!(tell(&server, "evt_6", "invoice.paid", invoice("sub_3", "agency")).await, 200);
    assert_eq!(plan(&server, &ada).await.2, None, "nothing pays for the team, so this does");

    assert_eq!(tell(&server, "evt_7", completed, bought(&ada, "agency", "month", "sub_stuck")).await, 200);
    assert_eq!(
        tell(&server, "evt_8", completed, bought(&ada, "agency", "year", "sub_9")).await,
        503,
        "told again until the old one has ended"
    );
    assert_eq!(plan(&server, &ada).await.1, Cycle::Month);
    server.shut_down().await;
}

#[tokio::test]
async fn what_stripe_did_not_sign_is_refused_and_a_lost_plan_is_told_again() {
    let (server, _) = selling().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let body =
        json!({ "id": "evt_1", "type": "checkout.session.completed", "data": { "object": bought(&ada, "agency", "month", "sub_1") } });
    let time = server.app.now().as_micros() / 1_000_000;
    for signature in [String::new(), format!("t={time},v1={}", "00".repeat(32)), format!("t={time}")] {
        assert_eq!(send(&server, signature, body.to_string()).await, 400);
    }
    assert_eq!(tell(&server, "evt_2", "checkout.session.completed", bought(&ada, "gold", "month", "sub_1")).await, 503);
    assert_eq!(tell(&server, "evt_3", "customer.created", json!({})).await, 200);
    assert_eq!(tell(&server, "evt_4", "customer.subscription.deleted", json!({ "id": "sub_nobodys" })).await, 200);
    assert_eq!(plan(&server, &ada).await, ("growth".to_owned(), Cycle::Month, None));
    assert_eq!(ada.fill("/plan", "/plan/choose", &[("plan", "enterprise"), ("cycle", "month")]).await.expect(200).heading(), "Plan");
    assert!(ada.open("/plan").await.has("You asked for the plan Enterprise"), "what has no price is asked for");
    let off = Server::start().await;
    assert_eq!(send(&off, "t=1,v1=00".to_owned(), body.to_string()).await, 404, "where it is off there is nothing");
    off.shut_down().await;
    server.shut_down().await;
}
