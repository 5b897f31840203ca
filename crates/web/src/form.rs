//! What a form sent, and what was wrong with it.

use std::time::Duration;

use app::{Detail, Error};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use futures::StreamExt;

use crate::Web;
use crate::error::PageError;
use crate::visit::Visit;

/// How long a form's body may take.
const TIME: Duration = Duration::from_secs(30);

/// No text of ours holds it, and PostgreSQL keeps none that does.
pub(crate) const NUL: &str = "A text holds the character U+0000, which can't be kept. Remove it and send the form again.";

/// The pairs of a form of at most `KIB` kibibytes, from a browser whose token was right.
pub(crate) struct Form<const KIB: usize = 64>(Vec<(String, String)>);

impl<const KIB: usize> Form<KIB> {
    /// The first value of this name, without white space around it; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The first value of this name as it came, such as a password.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether a box of this name was checked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values of this name in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All pairs in order.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<const KIB: usize> FromRequest<Web> for Form<KIB> {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &Web) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| PageError::internal("no visit"))?;
        let is_form =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        if !is_form {
            return Err(PageError::BadRequest("This address takes forms only.".to_owned()));
        }
        let bytes = tokio::time::timeout(TIME, read(body, KIB * 1024)).await.map_err(|_| PageError::Timeout)??;
        let form = Self(url::form_urlencoded::parse(&bytes).into_owned().collect());
        if form.0.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(PageError::BadRequest(NUL.to_owned()));
        }
        if !visit.is_proven() {
            visit.prove(form.raw("csrf"))?;
        }
        visit.keep_sent(form.pairs());
        Ok(form)
    }
}

/// The whole body.
///
/// # Errors
/// 413 over `limit` bytes, 400 where it ended early.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Vec<u8>, PageError> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| PageError::BadRequest("The form ended before it was complete.".to_owned()))?;
        if bytes.len() + chunk.len() > limit {
            return Err(PageError::TooLarge(limit as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What was wrong with a form: every fault, by the field's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(Vec<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The field's name, which is the end of its element's id: `field-email`. Empty where the fault is the form's.
    pub field: String,
    pub text: String,
}

impl Problems {
    pub(crate) fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(Problem { field: field.into(), text: text.into() });
    }

    /// What a form shows of a use case's refusal; anything else has a page of its own.
    pub(crate) fn of_refusal(error: Error) -> Result<Self, PageError> {
        match error {
            Error::Validation(details) => Ok(details.into()),
            Error::WrongCredentials => Ok(Self::one("", "The e-mail address or the password is not right.")),
            Error::Conflict(text) => Ok(Self::one("", text)),
            other => Err(other.into()),
        }
    }

    /// One fault alone.
    pub(crate) fn one(field: &str, text: impl Into<String>) -> Self {
        Self(vec![Problem { field: field.to_owned(), text: text.into() }])
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// The faults of one field as one text.
    pub(crate) fn of(&self, field: &str) -> Option<String> {
        let texts: Vec<&str> = self.0.iter().filter(|problem| problem.field == field).map(|problem| problem.text.as_str()).collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }
}

/// What the use cases found.
impl From<Vec<Detail>> for Problems {
    fn from(details: Vec<Detail>) -> Self {
        Self(details.into_iter().map(|detail| Problem { field: detail.param, text: detail.message }).collect())
    }
}
