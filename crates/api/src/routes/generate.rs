//! `POST /v1/generate`.

use app::view::{CreditFigures, Timings};
use app::{GenerateAnswer, GenerateCall, Generated};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{json, split};
use crate::context::Context;
use crate::error::ApiError;
use crate::gate::Who;
use crate::{Api, body, headers};

/// Largest JSON body.
const BODY: usize = 8 * 1024 * 1024;

/// Checks what only HTTP knows, in the contract's order: 415, 413, 408, 400. All else is the use case's.
pub(crate) async fn create(State(api): State<Api>, context: Context, Who(who): Who, request: Request) -> Result<Response, ApiError> {
    let (head, body) = split(request);
    media_type(&head)?;
    let bytes = body::read(body, BODY).await?;
    let value = crate::json::parse(&bytes).map_err(|error| ApiError::invalid_json(error.to_string()))?;
    let call = GenerateCall {
        body: value,
        idempotency_key: headers::idempotency_key(&head)?,
        prefer_async: headers::prefers_async(&head),
        request: Some(context.id),
        received: context.started,
    };
    match api.app().generate(&who, call).await? {
        GenerateAnswer::DryRun { answer, timings } => {
            let mut response = json(&answer)?;
            timing(response.headers_mut(), &timings);
            Ok(response)
        }
        GenerateAnswer::Generation(generated) => show(&api, &generated),
    }
}

/// 200 where it is finished, 202 where it runs on.
fn show(api: &Api, generated: &Generated) -> Result<Response, ApiError> {
    let generation = &generated.generation;
    let mut response = json(generation)?;
    let map = response.headers_mut();
    headers::set(map, "x-generation-status", generation.status.as_str());
    let location = format!("{}/v1/generate/{}", api.config().api_url, generation.id);
    if !generation.status.finished() {
        headers::set(map, "location", location);
        map.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    if generated.replayed {
        map.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    if generated.preference_applied {
        map.insert("preference-applied", HeaderValue::from_static("respond-async"));
    }
    if let Some(CreditFigures { charged, reserved, remaining }) = generated.credits {
        headers::set(map, "x-credits-charged", charged);
        headers::set(map, "x-credits-reserved", reserved);
        match remaining {
            Some(remaining) => headers::set(map, "x-credits-remaining", remaining),
            None => headers::set(map, "x-credits-remaining", "unlimited"),
        }
    }
    timing(map, &generated.timings);
    if !generation.status.finished() {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    Ok(response)
}

fn timing(map: &mut HeaderMap, timings: &Timings) {
    if let Some(value) = headers::server_timing(timings) {
        map.insert("server-timing", value);
    }
}

/// `application/json`, in UTF-8 where it says a charset, and not compressed.
fn media_type(head: &HeaderMap) -> Result<(), ApiError> {
    let refused = |message: &str| Err(ApiError::new("unsupported_media_type", message));
    if head.get(header::CONTENT_ENCODING).is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refused("The body is compressed. Send it without Content-Encoding.");
    }
    let value = head.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = charset.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    });
    if is_json && is_utf8 { Ok(()) } else { refused("The body must be JSON in UTF-8. Send it with Content-Type: application/json.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_utf8_is_taken_and_nothing_else() {
        let check = |content_type: &str| {
            let mut map = HeaderMap::new();
            map.insert(header::CONTENT_TYPE, content_type.parse().expect("a header"));
            media_type(&map).map_err(|error| error.code())
        };
        for good in ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=\"UTF-8\"", "application/json; v=1"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "text/plain", "application/jsonp", "application/json; charset=utf-16", "application/x-www-form-urlencoded"] {
            assert_eq!(check(bad), Err("unsupported_media_type"), "{bad}");
        }
        assert!(media_type(&HeaderMap::new()).is_err());
    }
}
