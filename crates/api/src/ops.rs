//! Probes and metrics: `/livez`, `/readyz`, `/metrics`.
//!
//! The public listener says yes or no; what an operator may know more is told on the listener for metrics, or, where
//! there is none, to callers on the same machine.

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::HashMap;

use crate::error::ApiError;
use crate::problems;
use crate::{Api, Peer};

/// The listener for metrics and verbose probes.
pub fn ops_router(api: &Api) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(verbose_ready))
        .route("/metrics", get(metrics))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .with_state(api.clone())
}

/// 200 for as long as the process can answer at all.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// 200 or 503 in a word.
pub(crate) async fn ready(State(api): State<Api>) -> Response {
    match readiness(&api).await {
        Ok(()) => "ok\n".into_response(),
        // The reason is for the operator: it may name hosts and folders.
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "not ready\n").into_response(),
    }
}

async fn readiness(api: &Api) -> Result<(), String> {
    if api.is_draining() {
        return Err("the process is shutting down".to_owned());
    }
    api.app().ready().await
}

async fn verbose_ready(State(api): State<Api>, Query(query): Query<HashMap<String, String>>) -> Response {
    if !query.contains_key("verbose") {
        return ready(State(api)).await;
    }
    let readiness = readiness(&api).await;
    let status = if readiness.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let details = api.config().details.as_ref().map_or(Value::Null, |details| details());
    let body = json!({ "ready": readiness.is_ok(), "reason": readiness.err(), "details": details });
    (status, axum::Json(body)).into_response()
}

/// Prometheus' text.
async fn metrics(State(api): State<Api>) -> Response {
    let text = api.config().metrics.as_ref().map_or_else(String::new, |render| render());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// `/metrics` on the public listener: only where no other address has it, and only for the same machine, not through
/// a proxy that runs there.
pub(crate) async fn local_metrics(State(api): State<Api>, headers: HeaderMap, request: Request) -> Result<Response, ApiError> {
    let local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let proxied = ["x-forwarded-for", "forwarded", "via", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    if api.config().separate_ops || !local || proxied {
        return Err(problems::no_route().await);
    }
    Ok(metrics(State(api)).await)
}
