//! What belongs to one request from its first byte to its answer.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use app::Rate;
use domain::RequestId;

/// Shared by the pipeline, the gate and the handlers of one request.
#[derive(Clone)]
pub(crate) struct Context {
    pub id: RequestId,
    /// The client's, behind trusted proxies.
    pub address: IpAddr,
    pub started: Instant,
    rate: Arc<Mutex<Option<Rate>>>,
}

impl Context {
    pub(crate) fn new(address: IpAddr) -> Self {
        Self { id: RequestId::new(), address, started: Instant::now(), rate: Arc::default() }
    }

    /// Notes the figures of the bucket that spoke; the answer's headers show them.
    pub(crate) fn set_rate(&self, rate: Rate) {
        *self.rate.lock().unwrap_or_else(PoisonError::into_inner) = Some(rate);
    }

    pub(crate) fn rate(&self) -> Option<Rate> {
        *self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
