//! Every error code of the contract, in one table: the answers and the OpenAPI document are made from it, and from that the
//! page that `docUrl` points to.

use axum::http::{Method, Uri};

use crate::error::ApiError;

/// One code of `error.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub status: u16,
    /// When it comes, and what to do: for the documentation.
    pub meaning: &'static str,
    pub remedy: &'static str,
}

impl Problem {
    /// `error.type`, which follows from the status.
    pub(crate) fn kind(&self) -> &'static str {
        match self.status {
            401 => "authentication",
            402 => "billing",
            403 => "permission",
            404 => "notFound",
            409 => "conflict",
            429 => "rateLimit",
            500.. => "server",
            _ => "invalidRequest",
        }
    }
}

/// The problem of a code; an unknown code is our own mistake.
pub(crate) fn problem(code: &str) -> &'static Problem {
    PROBLEMS.iter().find(|problem| problem.code == code).unwrap_or(&INTERNAL)
}

const INTERNAL: Problem =
    Problem { code: "internal_error", status: 500, meaning: "Our fault.", remedy: "Try again; if it stays, send us the requestId." };

macro_rules! problems {
    ($($status:literal $code:literal $meaning:literal $remedy:literal)*) => {
        &[$(Problem { code: $code, status: $status, meaning: $meaning, remedy: $remedy },)* INTERNAL]
    };
}

pub(crate) const PROBLEMS: &[Problem] = problems! {
    400 "invalid_json"
        "The body is not one JSON value in UTF-8, has a key twice, a lone surrogate, more than 32 levels or more than 2,000 keys."
        "Build the body with a JSON library."
    400 "invalid_header"
        "A header can't be used, such as an Idempotency-Key that is not 1 to 255 printable ASCII characters."
        "Mend the header that the message names."
    401 "missing_api_key"
        "The header X-API-Key is missing."
        "Send the key in this header, not in the address."
    401 "invalid_api_key"
        "The API key is unknown, mistyped, revoked or expired."
        "Compare it with the hint in Team Settings, API Keys; make a new one if it is lost."
    402 "insufficient_credits"
        "The call needs more credits (required) than are left (remaining). Nothing was rendered or charged."
        "Choose fewer sizes, buy a pack, or wait for the next period."
    403 "plan_upgrade_required"
        "The team's plan has no API access. The keys stay and work again after an upgrade."
        "Choose a plan with the API in Team Settings, Plan."
    403 "scope_missing"
        "The key may not do this."
        "Use a key with the scope that the message names."
    404 "template_group_not_found"
        "There is no such template group for this team."
        "Take the id from GET /v1/templates."
    404 "template_version_not_found"
        "The template group has no such published version."
        "Leave templateGroupVersion out for the newest one."
    404 "template_not_in_group"
        "The template group has no such size."
        "Take keys from templates of GET /v1/templates/{id}."
    404 "brand_kit_not_found"
        "There is no such brand kit for this team."
        "Take the id from GET /v1/brandkits, or leave it out for the default kit."
    404 "asset_not_found"
        "There is no such asset for this team."
        "Upload it with POST /v1/assets and use the id that comes back."
    404 "generation_not_found"
        "There is no such generation for this key's team and mode."
        "Read it with a key of the mode that made it."
    404 "not_found"
        "There is nothing at this address."
        "Compare the path with this documentation."
    405 "method_not_allowed"
        "This address does not take this method."
        "Use one that Allow lists."
    408 "request_timeout"
        "The body came too slowly."
        "Send it again, over a faster connection or as an asset."
    409 "idempotency_in_progress"
        "A call with the same Idempotency-Key is being accepted right now."
        "Repeat this one after Retry-After; it gets the first one's answer."
    410 "generation_expired"
        "The generation, or the picture, was deleted or has expired."
        "Make it again, with a new Idempotency-Key."
    413 "payload_too_large"
        "The body is larger than this address takes."
        "Send pictures as URLs or assets, not inside the body."
    414 "uri_too_long"
        "The address of the request is too long."
        "Shorten the query."
    415 "unsupported_media_type"
        "The body's Content-Type (or Content-Encoding) is not one that this address takes."
        "Send application/json, not compressed."
    422 "validation_failed"
        "Values of the body or the query are wrong; details lists every fault with its path."
        "Mend all of them at once; each detail has a code, the limit and what came."
    422 "idempotency_key_reused"
        "The Idempotency-Key was used with another body in the last 24 hours."
        "Use a new key for a new call."
    422 "invalid_cursor"
        "The cursor did not come from nextCursor of this list."
        "Start again without a cursor."
    429 "rate_limited"
        "Too many requests in this window."
        "Wait for Retry-After; spread calls by X-RateLimit-Remaining and X-RateLimit-Reset."
    431 "headers_too_large"
        "The request's headers are too large."
        "Send fewer or shorter headers."
    503 "overloaded"
        "No room for this call right now; nothing was kept."
        "Repeat it after Retry-After, with the same Idempotency-Key."
};

/// No route has this path.
pub(crate) async fn no_route() -> ApiError {
    ApiError::new("not_found", "There is nothing at this address. See /v1/openapi.json for what there is.")
}

/// The route has no such method; axum adds `Allow`.
pub(crate) async fn no_method(method: Method, uri: Uri) -> ApiError {
    // A method is the client's word: shown only where it is one that people use.
    let method = if method.as_str().len() <= 10 { method.as_str() } else { "This method" };
    ApiError::new("method_not_allowed", format!("{method} is not possible on {}. The Allow header lists what is.", short(uri.path())))
}

fn short(path: &str) -> &str {
    path.get(..100).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_types_follow_the_contract() {
        let mut codes: Vec<_> = PROBLEMS.iter().map(|problem| problem.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROBLEMS.len());
        let kinds = [
            ("invalid_json", "invalidRequest"),
            ("missing_api_key", "authentication"),
            ("insufficient_credits", "billing"),
            ("scope_missing", "permission"),
            ("asset_not_found", "notFound"),
            ("method_not_allowed", "invalidRequest"),
            ("headers_too_large", "invalidRequest"),
            ("idempotency_in_progress", "conflict"),
            ("invalid_cursor", "invalidRequest"),
            ("rate_limited", "rateLimit"),
            ("internal_error", "server"),
            ("overloaded", "server"),
        ];
        for (code, kind) in kinds {
            assert_eq!(problem(code).kind(), kind, "{code}");
        }
    }
}
