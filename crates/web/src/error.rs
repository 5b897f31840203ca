//! Everything that a page can fail with, as a page: what failed, what is safe, what to do.

use app::Error;
use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use crate::pages::confirm;
use crate::pages::oops::Oops;
use crate::visit::Visit;

/// An answer that is no page of its own. The pipeline shows it, because it needs the visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageError {
    /// Nothing here, or nothing that this visitor may know of.
    NotFound,
    MethodNotAllowed,
    /// Signed in, but of the wrong role; the text names who can: "an owner or admin".
    Forbidden {
        need: &'static str,
        who: &'static str,
    },
    /// Nobody is signed in; after the log-in it goes on at this path.
    LogIn {
        next: String,
    },
    /// The password was not given just now, and this needs it; after that it goes on at this path, or with the form that came.
    Confirm {
        next: String,
    },
    /// Came from another site, or from a page whose session is over.
    Untrusted,
    /// A one-time link that was used, is over, or never was.
    LinkOver,
    /// A request that no page of ours makes; says what is wrong with it.
    BadRequest(String),
    /// A form or file over its limit, in bytes.
    TooLarge(u64),
    Timeout,
    TooMany {
        seconds: u64,
    },
    /// Nothing was kept; try again soon.
    Unavailable,
    /// Ours to mend; the text goes to the log alone.
    Internal(String),
}

impl PageError {
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::LinkOver => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden { .. } | Self::Untrusted => StatusCode::FORBIDDEN,
            Self::LogIn { .. } | Self::Confirm { .. } => StatusCode::SEE_OTHER,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page, or JSON for a script that asked for it.
    pub(crate) fn show(&self, visit: &Visit, as_json: bool) -> Response {
        if let (Self::Confirm { .. }, Some(sent), false) = (self, visit.sent(), as_json) {
            return confirm::ask_again(visit, sent).unwrap_or_else(|error| error.show(visit, as_json));
        }
        let elsewhere = match self {
            Self::LogIn { next } => Some(("/log-in", next)),
            Self::Confirm { next } => Some(("/confirm-password", next)),
            _ => None,
        };
        if let Some((path, next)) = elsewhere.filter(|_| !as_json) {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            return Redirect::to(&format!("{path}?{query}")).into_response();
        }
        let oops = Oops::new(visit, self);
        let mut response = if as_json {
            let status = if self.status() == StatusCode::SEE_OTHER { StatusCode::UNAUTHORIZED } else { self.status() };
            let body = json!({ "message": format!("{} {}", oops.said, oops.todo), "requestId": visit.id().to_string() });
            (status, Json(body)).into_response()
        } else {
            match askama::Template::render(&oops) {
                Ok(html) => (self.status(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
                Err(error) => {
                    tracing::error!(%error, "the error's page failed");
                    self.status().into_response()
                }
            }
        };
        let wait = match self {
            Self::TooMany { seconds } => Some(*seconds),
            Self::Unavailable => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } | Error::Expired => Self::NotFound,
            Error::Overloaded | Error::Unavailable(_) => Self::Unavailable,
            Error::RateLimited => Self::TooMany { seconds: 60 },
            Error::PayloadTooLarge { limit } => Self::TooLarge(limit),
            Error::InvalidCursor => Self::BadRequest("The address names a page of a list that doesn't exist.".to_owned()),
            Error::Forbidden(right) => Self::Forbidden { need: right.words(), who: right.least().or_above() },
            Error::TooManyTries { retry_after } => Self::TooMany { seconds: retry_after },
            Error::LinkInvalid => Self::LinkOver,
            Error::PasswordNeeded => Self::Confirm { next: "/".to_owned() },
            Error::WrongCredentials => Self::BadRequest("The e-mail address or the password is not right.".to_owned()),
            Error::Unconfirmed => Self::BadRequest("This address is not confirmed yet. Open the link in the mail that we sent.".to_owned()),
            Error::Conflict(text) | Error::Refused(text) | Error::UnsupportedMedia(text) => Self::BadRequest(text),
            // A form shows its own faults; here one got past it.
            Error::Validation(faults) => {
                Self::BadRequest(faults.first().map_or_else(String::new, |fault| format!("{}: {}", fault.param, fault.message)))
            }
            other => Self::internal(other),
        }
    }
}

/// Where a use case wants the password again, it is asked for, and the browser comes back to `path`.
pub(crate) fn or_confirm(path: impl Into<String>) -> impl FnOnce(Error) -> PageError {
    move |error| match error {
        Error::PasswordNeeded => PageError::Confirm { next: path.into() },
        other => other.into(),
    }
}

/// No route has this path.
pub(crate) async fn no_page() -> PageError {
    PageError::NotFound
}

/// The route has no such method; axum adds `Allow`.
pub(crate) async fn no_method(_: Method, _: Uri) -> PageError {
    PageError::MethodNotAllowed
}
