//! Faults: everything wrong with a document or with input data, all at once.

use serde::Serialize;
use serde_json::Value;

/// A fault in input data, shaped as the API's `error.details[]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputFault {
    /// Path such as `inputData.title` or `overrides.story.inputData.title`.
    pub param: String,
    /// One of the contract's detail codes, such as `too_long`.
    pub code: &'static str,
    pub message: String,
    pub limit: Option<Value>,
    pub received: Option<Value>,
}

/// A fault in a template document or a brand-kit file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentFault {
    /// JSON pointer (RFC 6901) of the offending value.
    pub pointer: String,
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}
