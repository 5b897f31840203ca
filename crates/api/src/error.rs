//! From the errors of use cases to the error answers of the contract: status, code, words and headers.
//!
//! An [`ApiError`] travels in its response's extensions as far as the pipeline, which knows the request's id and writes
//! the envelope.

use app::{Detail, Error, Missing, Rate};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::problems::{Problem, problem};

/// One error answer, but for the request's id.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    problem: &'static Problem,
    message: Box<str>,
    param: Option<String>,
    details: Vec<Detail>,
    /// `required` and `remaining` of a 402.
    credits: Option<(i64, i64)>,
    /// Seconds; on 409, 429 and 503.
    retry_after: Option<u64>,
    /// The body did not come whole, so the connection can't be used again.
    close: bool,
}

impl ApiError {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        let problem = problem(code);
        let retry_after = match problem.status {
            409 | 429 => Some(1),
            503 => Some(2),
            _ => None,
        };
        let message = message.into().into();
        Self { problem, message, param: None, details: Vec::new(), credits: None, retry_after, close: false }
    }

    /// Our own mistake: the reason goes to the log.
    pub(crate) fn internal(reason: &str) -> Self {
        Error::Internal(reason.to_owned()).into()
    }

    pub(crate) fn invalid_json(message: String) -> Self {
        Self::new("invalid_json", message)
    }

    pub(crate) fn payload_too_large(limit: u64) -> Self {
        Self::new("payload_too_large", format!("The body is too large. At most {limit} bytes are taken here."))
    }

    pub(crate) fn request_timeout() -> Self {
        Self { close: true, ..Self::new("request_timeout", "The body came too slowly. Send it again over a faster connection.") }
    }

    /// The gate's refusal: a 429 says when its window ends.
    pub(crate) fn limited(error: Error, rate: Rate) -> Self {
        let is_rate = matches!(error, Error::RateLimited);
        let mut api = Self::from(error);
        if is_rate {
            let Rate { limit, retry_after, .. } = rate;
            api.message = format!("Too many requests: {limit} in 60 seconds are allowed. Wait {retry_after} s.").into();
            api.retry_after = Some(retry_after.max(1));
        }
        api
    }

    pub(crate) fn code(&self) -> &'static str {
        self.problem.code
    }

    pub(crate) fn closes(&self) -> bool {
        self.close
    }

    fn with_param(mut self, param: Option<String>) -> Self {
        self.param = param;
        self
    }

    /// The envelope.
    pub(crate) fn body(&self, request_id: &str, public_url: &str) -> Value {
        let Problem { code, .. } = *self.problem;
        let mut error = json!({
            "type": self.problem.kind(),
            "code": code,
            "message": self.message,
            "param": self.param,
            "details": self.details,
            "requestId": request_id,
            "docUrl": format!("{public_url}/docs/errors#{code}"),
        });
        if let Some((required, remaining)) = self.credits {
            error["required"] = required.into();
            error["remaining"] = remaining.into();
        }
        json!({ "error": error })
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::MissingKey => Self::new("missing_api_key", "No API key was sent. Put it in the header X-API-Key."),
            Error::InvalidKey => Self::new(
                "invalid_api_key",
                "The API key is not valid. Check that it is whole, and that it was not revoked and has not expired.",
            ),
            Error::PlanUpgradeRequired => Self::new(
                "plan_upgrade_required",
                "The team's plan has no API access. Upgrade to Agency or Enterprise; the key works again then.",
            ),
            Error::ScopeMissing(scope) => Self::new("scope_missing", format!("This key lacks the scope {scope}. Use a key that has it.")),
            Error::RateLimited => Self::new("rate_limited", "Too many requests. Wait for Retry-After."),
            Error::NotFound { what, param } => missing(what).with_param(param),
            Error::Validation(details) => validation(details),
            Error::InvalidCursor => {
                Self::new("invalid_cursor", "The cursor is not one of this list's. Take it from nextCursor, unchanged.")
                    .with_param(Some("cursor".to_owned()))
            }
            Error::InvalidHeader(message) => Self::new("invalid_header", message),
            Error::IdempotencyKeyReused => Self::new(
                "idempotency_key_reused",
                "This Idempotency-Key was used with another body in the last 24 hours. Use a new key for a new call.",
            ),
            Error::IdempotencyInProgress => Self::new(
                "idempotency_in_progress",
                "A call with this Idempotency-Key is being accepted right now. Repeat this one after Retry-After to get its answer.",
            ),
            Error::Expired => Self::new("generation_expired", "The generation or its picture was deleted or has expired. Make a new one."),
            Error::InsufficientCredits { required, remaining } => {
                let message = format!(
                    "The call needs {required} credits and {remaining} are left. Buy credits or choose fewer sizes; nothing was charged."
                );
                Self { credits: Some((required, remaining)), ..Self::new("insufficient_credits", message) }
            }
            Error::Overloaded => Self::new("overloaded", "No room for this call right now; nothing was kept. Repeat it after Retry-After."),
            Error::PayloadTooLarge { limit } => Self::payload_too_large(limit),
            Error::UnsupportedMedia(message) => validation(vec![Detail {
                param: "file".to_owned(),
                code: "unsupported_format",
                message,
                limit: Some(json!(["png", "jpeg", "webp", "gif", "svg"])),
                received: None,
            }]),
            Error::Unavailable(reason) => {
                tracing::error!(%reason, "the store is unavailable");
                Self::new("overloaded", "The service can't keep anything right now; nothing was kept. Repeat the call after Retry-After.")
            }
            // People's errors: no call with a key leads to them.
            error @ (Error::Forbidden(_)
            | Error::WrongCredentials
            | Error::Unconfirmed
            | Error::TooManyTries { .. }
            | Error::LinkInvalid
            | Error::PasswordNeeded
            | Error::Conflict(_)) => Self::internal(&error.to_string()),
            // No endpoint writes a document; the web app does.
            error @ Error::Document(_) => Self::internal(&error.to_string()),
            Error::Refused(reason) | Error::Internal(reason) => {
                tracing::error!(%reason, "internal error");
                Self::new("internal_error", "Something went wrong on our side. Try again; if it stays, send us the requestId.")
            }
        }
    }
}

/// The same words whether it never was or is another team's: no id in them.
fn missing(what: Missing) -> ApiError {
    let (code, message) = match what {
        Missing::TemplateGroup => ("template_group_not_found", "There is no template group with this id. GET /v1/templates lists yours."),
        Missing::TemplateVersion => {
            ("template_version_not_found", "The template group has no such published version. Leave it out for the newest one.")
        }
        Missing::Template => ("template_not_in_group", "The template group has no such size. GET /v1/templates/{id} lists its sizes."),
        Missing::BrandKit => ("brand_kit_not_found", "There is no brand kit with this id. GET /v1/brandkits lists yours."),
        Missing::Asset => ("asset_not_found", "There is no asset with this id. POST /v1/assets makes one."),
        Missing::Generation => ("generation_not_found", "There is no generation with this id for this key's team and mode."),
        Missing::Team | Missing::Key | Missing::Member | Missing::Invitation | Missing::Session | Missing::BulkRun | Missing::Other => {
            ("not_found", "There is nothing at this address.")
        }
    };
    ApiError::new(code, message)
}

fn validation(details: Vec<Detail>) -> ApiError {
    let message = match details.as_slice() {
        [one] => one.message.clone(),
        many => format!("{} values are wrong; details lists each with its path.", many.len()),
    };
    let param = details.first().map(|detail| detail.param.clone());
    ApiError { details, ..ApiError::new("validation_failed", message).with_param(param) }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("ApiKey"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some((_, remaining)) = self.credits {
            headers.insert("x-credits-charged", HeaderValue::from_static("0"));
            headers.insert("x-credits-reserved", HeaderValue::from_static("0"));
            headers.insert("x-credits-remaining", remaining.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_has_every_member_and_nothing_else() {
        let body = ApiError::from(Error::MissingKey).body("req_1", "http://x");
        let members: Vec<_> = body["error"].as_object().expect("an object").keys().cloned().collect();
        assert_eq!(members, ["type", "code", "message", "param", "details", "requestId", "docUrl"]);
        assert_eq!(body["error"]["docUrl"], "http://x/docs/errors#missing_api_key");
    }

    #[test]
    fn an_internal_reason_never_reaches_the_caller() {
        let reason = "password=hunter2";
        for error in [Error::Internal(reason.into()), Error::Unavailable(reason.into()), Error::Refused(reason.into())] {
            let body = ApiError::from(error).body("req_1", "http://x").to_string();
            assert!(!body.contains("hunter2"), "{body}");
        }
    }

    #[test]
    fn a_402_shows_its_figures_in_body_and_headers() {
        let error = ApiError::from(Error::InsufficientCredits { required: 4, remaining: 3 });
        let body = error.body("req_1", "http://x");
        assert_eq!((&body["error"]["required"], &body["error"]["remaining"]), (&json!(4), &json!(3)));
        let response = error.into_response();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("x-credits-charged"), Some("0"));
        assert_eq!(header("x-credits-reserved"), Some("0"));
        assert_eq!(header("x-credits-remaining"), Some("3"));
    }

    #[test]
    fn conflict_limit_and_overload_say_when_to_come_back() {
        for error in [Error::IdempotencyInProgress, Error::RateLimited, Error::Overloaded, Error::Unavailable(String::new())] {
            let response = ApiError::from(error).into_response();
            let seconds: u64 = response.headers()[header::RETRY_AFTER].to_str().expect("text").parse().expect("a number");
            assert!(seconds >= 1);
        }
    }
}
