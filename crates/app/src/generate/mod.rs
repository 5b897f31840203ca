//! `POST /v1/generate`.

use std::time::Instant;

use serde_json::Value;

use crate::view::{CreditFigures, DryRun, Generation, Timings};
use crate::{App, Principal, Result};

/// One call as it came: nothing of it is checked but that the body is well-formed JSON.
#[derive(Clone, Debug)]
pub struct GenerateCall {
    pub body: Value,
    /// The header `Idempotency-Key` as text.
    pub idempotency_key: Option<String>,
    /// `Prefer: respond-async` was sent.
    pub prefer_async: bool,
    /// When the request came in; `Timings::total` counts from here.
    pub received: Instant,
}

/// What a call that was not refused is answered with.
#[derive(Debug)]
pub enum GenerateAnswer {
    /// 200
    DryRun { answer: DryRun, timings: Timings },
    Generation(Box<Generated>),
}

/// 200 where `generation.status.finished()`, else 202.
#[derive(Debug)]
pub struct Generated {
    pub generation: Generation,
    /// `Idempotency-Replayed: true`.
    pub replayed: bool,
    /// `X-Credits-*`; `None` for a test key.
    pub credits: Option<CreditFigures>,
    /// `Preference-Applied: respond-async`.
    pub preference_applied: bool,
    pub timings: Timings,
}

impl App {
    /// Makes pictures, as the contract's `POST /v1/generate` says.
    ///
    /// # Errors
    /// Everything that refuses the call; nothing was kept or charged then.
    pub async fn generate(&self, who: &Principal, call: GenerateCall) -> Result<GenerateAnswer> {
        let _ = (who, call);
        unimplemented!()
    }
}
