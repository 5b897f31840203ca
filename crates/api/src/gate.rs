//! The gate in front of each route: who may pass, and which bucket answers for it.

use app::{Principal, RateClass};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use domain::Scope;

use crate::Api;
use crate::context::Context;
use crate::error::ApiError;

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A key with this scope; the call counts in this bucket.
    Key(Scope, RateClass),
    /// Anyone, counted in the address' bucket.
    Open,
    /// Anyone, uncounted: pictures, pages and probes outside `/v1`.
    Free,
}

/// The text of `X-API-Key`. Two keys, or one that is no text, are a key that nobody has.
pub(crate) fn key_of(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("x-api-key").iter();
    let key = values.next()?.to_str().unwrap_or("-");
    if values.next().is_some() {
        return Some("-");
    }
    Some(key).filter(|key| !key.is_empty())
}

/// Lets a call through or answers for it; the order 401, 403, 429 is `App::admit`'s.
pub(crate) async fn pass(State((api, access)): State<(Api, Access)>, mut request: Request, next: Next) -> Result<Response, ApiError> {
    let context = context(request.extensions())?;
    match access {
        Access::Free => {}
        Access::Open => {
            let (rate, allowed) = api.app().admit_open(context.address).await;
            context.set_rate(rate);
            allowed.map_err(|error| ApiError::limited(error, rate))?;
        }
        Access::Key(scope, class) => {
            let admission = api.app().admit(key_of(request.headers()), context.address, scope, class).await;
            context.set_rate(admission.rate);
            let principal = admission.principal.map_err(|error| ApiError::limited(error, admission.rate))?;
            tracing::Span::current().record("team", tracing::field::display(&principal.team));
            request.extensions_mut().insert(principal);
        }
    }
    Ok(next.run(request).await)
}

fn context(extensions: &axum::http::Extensions) -> Result<Context, ApiError> {
    extensions.get::<Context>().cloned().ok_or_else(|| ApiError::internal("a route outside the pipeline"))
}

/// The caller, in handlers of routes with a key.
pub(crate) struct Who(pub Principal);

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let principal = parts.extensions.get::<Principal>().cloned();
        principal.map(Self).ok_or_else(|| ApiError::internal("a route without a gate asked who calls"))
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        context(&parts.extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_are_no_key_that_works_and_an_empty_one_is_missing() {
        let headers = |values: &[&str]| {
            let mut map = HeaderMap::new();
            for value in values {
                map.append("x-api-key", value.parse().expect("a header"));
            }
            map
        };
        assert_eq!(key_of(&headers(&[])), None);
        assert_eq!(key_of(&headers(&[""])), None);
        assert_eq!(key_of(&headers(&["rp_live_a"])), Some("rp_live_a"));
        assert_eq!(key_of(&headers(&["rp_live_a", "rp_live_a"])), Some("-"));
    }
}
