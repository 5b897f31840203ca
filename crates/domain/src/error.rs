//! What can go wrong for a caller, in the business's words.

use crate::scope::Scope;

/// A kind of thing that a caller named and that is not there, or belongs to somebody else: the two are one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    TemplateGroup,
    TemplateVersion,
    /// A size that the group does not have.
    TemplateInGroup,
    BrandKit,
    Asset,
    Generation,
}

impl Resource {
    fn words(self) -> &'static str {
        match self {
            Self::TemplateGroup => "template group",
            Self::TemplateVersion => "template group version",
            Self::TemplateInGroup => "template in this group",
            Self::BrandKit => "brand kit",
            Self::Asset => "asset",
            Self::Generation => "generation",
        }
    }
}

/// A refusal. The text is for the caller; causes for the log travel beside it, in [`Error::Internal`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("No API key was sent.")]
    MissingApiKey,
    /// Unknown, mistyped, revoked, expired, used from elsewhere: one answer.
    #[error("The API key is not valid.")]
    InvalidApiKey,
    #[error("The plan {plan} has no API access.")]
    PlanUpgradeRequired { plan: String },
    #[error("The API key lacks the scope {0}.")]
    ScopeMissing(Scope),
    #[error("The request needs {required} credits; {remaining} remain.")]
    InsufficientCredits { required: i64, remaining: i64 },
    #[error("There is no such {}.", .0.words())]
    NotFound(Resource),
    #[error("The generation was deleted.")]
    GenerationExpired,
    #[error("The idempotency key was used with another body.")]
    IdempotencyKeyReused,
    #[error("A request with this idempotency key is being accepted.")]
    IdempotencyInProgress,
    #[error("The cursor is not one that this list gave.")]
    InvalidCursor,
    #[error("Too many requests.")]
    RateLimited,
    /// No room, or the database can't be had right now; worth a retry.
    #[error("The service is busy.")]
    Overloaded,
    #[error("Something went wrong on our side.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}
