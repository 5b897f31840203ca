//! What a use case answers when it can't do its work. Nothing here knows HTTP: one file of `api` maps each to its status and code.

use domain::Right;
use serde_json::Value;

use template::DocumentFault;
pub use template::InputFault as Detail;

/// The thing that an id names, for "not found".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    TemplateGroup,
    TemplateVersion,
    /// A size that the group doesn't have.
    Template,
    BrandKit,
    Asset,
    Generation,
    Team,
    Key,
    Member,
    Invitation,
    Session,
    BulkRun,
    /// A picture, a preview, or any other path.
    Other,
}

/// Every way in which a use case ends without its result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no API key was sent")]
    MissingKey,
    /// Unknown, mistyped, revoked and expired keys: one answer.
    #[error("the API key is not valid")]
    InvalidKey,
    #[error("the team's plan has no API access")]
    PlanUpgradeRequired,
    #[error("the key lacks the scope {0}")]
    ScopeMissing(&'static str),
    #[error("too many requests")]
    RateLimited,
    /// `param` is the body's path that named it, if a body did.
    #[error("{what:?} not found")]
    NotFound { what: Missing, param: Option<String> },
    /// Every fault of body and input data, in order; never empty.
    #[error("{} faults in the request", .0.len())]
    Validation(Vec<Detail>),
    #[error("the cursor is not one of ours")]
    InvalidCursor,
    /// A header's value can't be used; the text says which and why.
    #[error("{0}")]
    InvalidHeader(String),
    #[error("the idempotency key was used with another body")]
    IdempotencyKeyReused,
    #[error("a request with this idempotency key is in progress")]
    IdempotencyInProgress,
    #[error("the generation or its picture is gone")]
    Expired,
    #[error("{required} credits are needed, {remaining} are left")]
    InsufficientCredits { required: i64, remaining: i64 },
    /// No slot, no queue place, or too many unfinished jobs.
    #[error("overloaded")]
    Overloaded,
    #[error("the payload is larger than {limit} bytes")]
    PayloadTooLarge { limit: u64 },
    /// Bytes that are no picture we take.
    #[error("{0}")]
    UnsupportedMedia(String),
    /// The member's role lacks this right; [`Right::least`] says who has it.
    #[error("only {} may {}", .0.least().or_above(), .0.words())]
    Forbidden(Right),
    /// An unknown address and a wrong password: one answer.
    #[error("the e-mail address or the password is not right")]
    WrongCredentials,
    /// The password is right, but the address is not confirmed yet; the mail for it is on its way again.
    #[error("the e-mail address is not confirmed")]
    Unconfirmed,
    /// Too many tries, or too many people at once; whole seconds.
    #[error("too many tries")]
    TooManyTries { retry_after: u64 },
    /// A one-time link that was used, is over, or never was.
    #[error("the link is not good any more")]
    LinkInvalid,
    /// The password was not given in the last 15 minutes, and this needs it.
    #[error("the password is needed again")]
    PasswordNeeded,
    /// As things stand it can't be done, in a sentence for the person.
    #[error("{0}")]
    Conflict(String),
    /// Every fault of a template's document or of a kit; never empty.
    #[error("{} faults in the document", .0.len())]
    Document(Vec<DocumentFault>),
    /// An operator's command that can't be carried out, in words for the operator.
    #[error("{0}")]
    Refused(String),
    /// The database is unreachable or its commit failed: 503 to a caller, nothing was kept.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Ours to mend; the chain goes to the log, never to the caller.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A not-found that no body path named.
    #[must_use]
    pub fn missing(what: Missing) -> Self {
        Self::NotFound { what, param: None }
    }

    /// One fault alone.
    #[must_use]
    pub fn fault(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Validation(vec![detail(param, code, message, None, None)])
    }

    /// Wraps what should not have happened.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

/// One entry of `error.details[]`.
pub(crate) fn detail(param: &str, code: &'static str, message: impl Into<String>, limit: Option<Value>, received: Option<Value>) -> Detail {
    Detail { param: param.to_owned(), code, message: message.into(), limit, received }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(why) => Self::Unavailable(why),
            store::Error::Cursor => Self::InvalidCursor,
            error @ (store::Error::Taken(_)
            | store::Error::Full
            | store::Error::Missing(_)
            | store::Error::UnknownPlan(_)
            | store::Error::Invalid(_)) => Self::Refused(error.to_string()),
            other => {
                let mut text = other.to_string();
                let mut cause = std::error::Error::source(&other);
                while let Some(error) = cause {
                    text = format!("{text}: {error}");
                    cause = error.source();
                }
                Self::Internal(text)
            }
        }
    }
}

impl From<assets::BlobError> for Error {
    fn from(error: assets::BlobError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
