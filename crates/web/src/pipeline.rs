//! What happens to every request for a page, in this order.
//!
//! 1. **Visit**: an id of our own, the client's address, what its cookies say; before anything can fail.
//! 2. **Trace span** with both; no query, no cookie.
//! 3. **Length of the address**: nothing further should look at a huge one.
//! 4. **Origin** of a change: only our own pages may ask for one, by `Sec-Fetch-Site` or `Origin`.
//! 5. **Token** of a change: from the header here, from a form by [`crate::form::Form`].
//! 6. **Panic guard** around routing and handlers: a bug is one error page.
//! 7. **Token again**: a change that went through without its token being looked at is a bug of ours, and loud.
//! 8. **Error page**, which needs the visit.
//! 9. **Cookies and headers**: last, so that no answer gets past without them.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tracing::Instrument;

use crate::error::PageError;
use crate::visit::Visit;
use crate::{Web, headers};

/// Longest path and query.
const URI_LENGTH: usize = 8 * 1024;

pub(crate) async fn run(State(web): State<Web>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<IpAddr>().copied().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let visit = Visit::new(&web, address, target, request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("page", id = %visit.id(), %method, route, %address);
    answer(web, visit, route, request, next).instrument(span).await
}

async fn answer(web: Web, visit: Visit, route: String, mut request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let as_json = request.headers().get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    request.extensions_mut().insert(visit.clone());
    let mut response = match checked(&web, &visit, &request) {
        Ok(()) => guard(next.run(request)).await,
        Err(error) => error.into_response(),
    };
    let went_through = response.status().is_success() || response.status().is_redirection();
    if !method.is_safe() && went_through && !visit.is_proven() && response.extensions().get::<PageError>().is_none() {
        response = PageError::internal(format!("{route} changed something without looking at its token")).into_response();
    }
    let error = response.extensions_mut().remove::<PageError>();
    if let Some(error) = &error {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = error.show(&visit, as_json);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    for line in visit.take_cookies() {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    if let Ok(id) = HeaderValue::try_from(visit.id().to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    headers::finish(response.headers_mut(), &web, visit.session().is_some());
    log(&response, error.as_ref(), &visit, &method, &route);
    response
}

fn checked(web: &Web, visit: &Visit, request: &Request) -> Result<(), PageError> {
    if request.uri().path_and_query().is_some_and(|target| target.as_str().len() > URI_LENGTH) {
        return Err(PageError::BadRequest(format!("The address is longer than {URI_LENGTH} bytes.")));
    }
    if request.uri().path_and_query().is_some_and(|target| target.as_str().contains("%00")) {
        return Err(PageError::BadRequest("The address holds the character U+0000 (%00), which names nothing here.".to_owned()));
    }
    if request.method().is_safe() {
        return Ok(());
    }
    if !is_ours(request.headers(), &web.config().public_url) {
        return Err(PageError::Untrusted);
    }
    match request.headers().get("x-csrf-token") {
        Some(token) => visit.prove(token.to_str().unwrap_or_default()),
        None => Ok(()),
    }
}

/// Whether a page of ours asked. Browsers send `Sec-Fetch-Site` where the connection is safe, and `Origin` with every change.
fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let own = url::Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    headers.get(header::ORIGIN).is_some_and(|origin| own.is_ok_and(|own| origin.as_bytes() == own.as_bytes()))
}

async fn guard(answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        PageError::internal(format!("panic: {}", text.unwrap_or("of an unknown kind"))).into_response()
    })
}

fn log(response: &Response, error: Option<&PageError>, visit: &Visit, method: &Method, route: &str) {
    let status = response.status();
    let elapsed = visit.started().elapsed();
    let method = if method.as_str().len() > 7 { "other".to_owned() } else { method.to_string() };
    let labels = [("method", method), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.to_owned()).record(elapsed.as_secs_f64());
    let millis = elapsed.as_secs_f64() * 1000.0;
    match error {
        Some(PageError::Internal(why)) => tracing::error!(status = status.as_u16(), why, millis, "answered"),
        _ if status == StatusCode::INTERNAL_SERVER_ERROR => tracing::error!(status = status.as_u16(), millis, "answered"),
        _ => tracing::info!(status = status.as_u16(), millis, "answered"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        is_ours(&headers, "https://posts.example.com")
    }

    #[test]
    fn only_our_own_pages_may_ask_for_a_change() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "https://posts.example.com")]));
        assert!(!ours(&[]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!ours(&[("sec-fetch-site", site), ("origin", "https://posts.example.com")]), "{site}");
        }
        for origin in ["null", "http://posts.example.com", "https://posts.example.com.evil.test", "https://example.com"] {
            assert!(!ours(&[("origin", origin)]), "{origin}");
        }
    }
}
