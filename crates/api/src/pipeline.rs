//! What happens to every request of the public listener, in this order.
//!
//! 1. **Identity of the request**: an id of our own and the client's address, before anything can fail.
//! 2. **Trace span** with both, so that every line below carries them; no query, no key, no path of a picture.
//! 3. **Size of the head**: 414 and 431 need nothing but the head, and nothing further should look at a huge one.
//! 4. **Body under a deadline**: one place for all routes. A handler that reads too slow a body sees an error (408).
//! 5. **Panic guard** around routing and handlers: a bug is one 500, and the steps below still run on it.
//! 6. Routing: 404 and 405 come from the router itself, before the route's own steps. Then per route the **gate**
//!    (401, 403, 429; [`crate::gate`]), then the handler: media type (415), size (413), time (408), JSON (400), use case.
//! 7. **Drain**: what is left of the body is read and thrown away, else the client sees a broken pipe, not the answer.
//! 8. **Envelope** of an error, which needs the id.
//! 9. **Headers**: last, so that no answer gets past without them.

use std::panic::AssertUnwindSafe;

use app::view::Timings;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use serde_json::Value;
use tracing::Instrument;

use crate::body::Metered;
use crate::context::Context;
use crate::error::ApiError;
use crate::{Api, Peer, address, gate, headers};

/// Longest path and query.
const URI_LENGTH: usize = 8 * 1024;
/// All header names and values together.
const HEADER_LIST: usize = 16 * 1024;

pub(crate) async fn run(State(api): State<Api>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map_or_else(|| [0, 0, 0, 0].into(), |peer| peer.0.ip());
    let context = Context::new(address::client(peer, request.headers(), &api.config().trusted_proxies));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = %context.id, %method, route, address = %context.address, team = tracing::field::Empty);
    let facts = Facts { public: is_v1(request.uri().path()), method, route };
    answer(api, context, facts, request, next).instrument(span).await
}

/// What the later steps need of a request that is gone by then.
struct Facts {
    /// Under `/v1`.
    public: bool,
    method: Method,
    route: String,
}

fn is_v1(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

async fn answer(api: Api, context: Context, facts: Facts, mut request: Request, next: Next) -> Response {
    let key = gate::key_of(request.headers()).map(str::to_owned);
    let expects = request.headers().contains_key(header::EXPECT);
    request.extensions_mut().insert(context.clone());
    let (parts, body) = request.into_parts();
    let body = Metered::new(body, api.config().body_time);
    let mut response = match head_size(&parts) {
        Err(error) => error.into_response(),
        Ok(()) => {
            let request = Request::from_parts(parts, Body::new(body.clone()));
            guard(next.run(request)).await
        }
    };
    // A client that waits for "100 Continue" has sent nothing, and asking now would make it send all in vain.
    let left_alone = expects && body.is_untouched();
    let reusable = !left_alone && body.clone().drain().await && !body.failed();
    let error = response.extensions_mut().remove::<ApiError>();
    if let Some(error) = &error {
        response = envelope(response, error, &context, &api);
    }
    if !reusable || error.as_ref().is_some_and(ApiError::closes) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if facts.public && context.rate().is_none() {
        context.set_rate(api.app().peek(key.as_deref(), context.address).await);
    }
    finish(response.headers_mut(), &context, &facts);
    log(&response, error.as_ref(), &context, &facts);
    response
}

fn head_size(parts: &axum::http::request::Parts) -> Result<(), ApiError> {
    let uri = parts.uri.path_and_query().map_or(0, |path| path.as_str().len());
    if uri > URI_LENGTH {
        return Err(ApiError::new("uri_too_long", format!("The address is longer than {URI_LENGTH} bytes. Send less in the query.")));
    }
    let list: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if list > HEADER_LIST {
        return Err(ApiError::new(
            "headers_too_large",
            format!("The headers are larger than {HEADER_LIST} bytes together. Send fewer or shorter ones."),
        ));
    }
    Ok(())
}

async fn guard(answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        ApiError::internal(&format!("panic: {}", text.unwrap_or("of an unknown kind"))).into_response()
    })
}

/// The error's body, under the headers that the error's answer had already.
fn envelope(response: Response, error: &ApiError, context: &Context, api: &Api) -> Response {
    let (mut parts, _) = response.into_parts();
    let body: Value = error.body(&context.id.to_string(), &api.config().public_url);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body.to_string()))
}

fn finish(map: &mut HeaderMap, context: &Context, facts: &Facts) {
    headers::set(map, "x-request-id", context.id);
    map.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !facts.public {
        map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        return;
    }
    map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    if let Some(rate) = context.rate() {
        headers::set(map, "x-ratelimit-limit", rate.limit);
        headers::set(map, "x-ratelimit-remaining", rate.remaining);
        headers::set(map, "x-ratelimit-reset", rate.reset);
    }
    if facts.method == Method::POST && !map.contains_key("server-timing") {
        let total = context.started.elapsed().as_secs_f64() * 1000.0;
        if let Some(value) = headers::server_timing(&Timings { total, ..Timings::default() }) {
            map.insert("server-timing", value);
        }
    }
}

fn log(response: &Response, error: Option<&ApiError>, context: &Context, facts: &Facts) {
    let status = response.status();
    let elapsed = context.started.elapsed();
    let labels = [("method", facts.method.to_string()), ("route", facts.route.clone()), ("status", status.as_u16().to_string())];
    // A made-up method must not become a label of its own.
    let labels =
        if facts.method.as_str().len() > 7 { [("method", "other".to_owned()), labels[1].clone(), labels[2].clone()] } else { labels };
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", "route" => facts.route.clone()).record(elapsed.as_secs_f64());
    let code = error.map_or("", ApiError::code);
    let millis = elapsed.as_secs_f64() * 1000.0;
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(status = status.as_u16(), code, millis, "answered");
    } else {
        tracing::info!(status = status.as_u16(), code, millis, "answered");
    }
}
