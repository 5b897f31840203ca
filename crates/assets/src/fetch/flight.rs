//! Fetching for calls: one flight per URL however many wait for it, and a budget for each call.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared, WeakShared},
};
use render::PictureError;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use url::Url;

use super::{
    AllowList, Resolve, SystemResolver,
    budget::{Meter, Meters},
    transfer::{Transfer, within},
};
use crate::Digest;

/// Times and sizes; the default is the contract's.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To a connection, its TLS included.
    pub connect: Duration,
    /// From the connection to the answer's headers.
    pub first_byte: Duration,
    /// Look-up, redirects and body.
    pub whole: Duration,
    /// Of one body, in bytes.
    pub bytes: usize,
    /// Of all bodies of a call, in bytes.
    pub call_bytes: u64,
    /// Different URLs of a call.
    pub call_urls: usize,
    pub redirects: usize,
    /// Of all fetched bodies that are held at once, in bytes; more wait.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            first_byte: Duration::from_secs(3),
            whole: Duration::from_secs(8),
            bytes: render::codec::MAX_BYTES,
            call_bytes: 40 * 1024 * 1024,
            call_urls: 10,
            redirects: 3,
            memory: 256 * 1024 * 1024,
        }
    }
}

/// The fetcher could not be set up (no certificates, no resolver).
#[derive(Debug, thiserror::Error)]
#[error("fetcher: {0}")]
pub struct SetupError(pub(super) String);

impl From<io::Error> for SetupError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// A fetched file.
pub struct Fetched {
    pub bytes: Bytes,
    pub digest: Digest,
    /// Given back when the bytes are dropped.
    _memory: Option<OwnedSemaphorePermit>,
}

type Outcome = Result<Arc<Fetched>, PictureError>;
type Landing = Shared<BoxFuture<'static, Outcome>>;

struct Flight {
    landing: WeakShared<BoxFuture<'static, Outcome>>,
    meters: Arc<Meters>,
}

type Flights = Mutex<HashMap<Url, Flight>>;

/// The guarded way out. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    pub(super) transfer: Arc<Transfer>,
    flights: Arc<Flights>,
}

impl Fetcher {
    /// With the system's resolver and the contract's limits.
    ///
    /// # Errors
    /// Where TLS or the resolver can't be set up.
    pub fn system(allow: AllowList) -> Result<Self, SetupError> {
        Self::new(allow, Arc::new(SystemResolver::new()?), Limits::default())
    }

    /// # Errors
    /// Where TLS can't be set up.
    pub fn new(allow: AllowList, resolver: Arc<dyn Resolve>, limits: Limits) -> Result<Self, SetupError> {
        Ok(Self { transfer: Arc::new(Transfer::new(allow, resolver, limits)?), flights: Arc::default() })
    }

    /// Starts the budget of one call.
    pub fn call(&self, deadline: Instant) -> Call {
        let meter = Arc::new(Meter::new(self.transfer.limits.call_bytes));
        Call { fetcher: self.clone(), deadline, meter, landings: Mutex::default() }
    }

    /// Joins a flight to this URL or starts one. A flight lives while somebody waits for it.
    fn land(&self, url: &Url, meter: &Arc<Meter>) -> Landing {
        let mut flights = lock(&self.flights);
        if let Some((landing, flight)) = flights.get(url).and_then(|flight| Some((flight.landing.upgrade()?, flight))) {
            flight.meters.join(meter);
            return landing;
        }
        let meters = Arc::new(Meters::default());
        meters.join(meter);
        let landing = fly(Arc::clone(&self.transfer), Arc::clone(&self.flights), url.clone(), Arc::clone(&meters)).boxed().shared();
        // Flights that nobody waited for to the end leave their entries.
        flights.retain(|_, flight| flight.landing.upgrade().is_some());
        if let Some(weak) = landing.downgrade() {
            flights.insert(url.clone(), Flight { landing: weak, meters });
        }
        landing
    }
}

async fn fly(transfer: Arc<Transfer>, flights: Arc<Flights>, url: Url, meters: Arc<Meters>) -> Outcome {
    let outcome = within(transfer.limits.whole, transfer.run(url.clone(), &meters)).await;
    // From here on a new caller fetches anew: nothing is kept between calls.
    lock(&flights).remove(&url);
    let received = outcome?;
    Ok(Arc::new(Fetched { digest: Digest::of(&received.bytes), bytes: received.bytes, _memory: received.memory }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The fetches of one call: they share a deadline and a budget, and a URL named twice is fetched once.
pub struct Call {
    fetcher: Fetcher,
    deadline: Instant,
    meter: Arc<Meter>,
    landings: Mutex<HashMap<Url, Landing>>,
}

impl Call {
    /// # Errors
    /// `TooLarge` where the file or the call's total is, else `FetchFailed`: blocked, absent and slow look the same.
    pub async fn get(&self, url: &Url) -> Outcome {
        let mut url = url.clone();
        url.set_fragment(None);
        let landing = {
            let mut landings = lock(&self.landings);
            match landings.get(&url) {
                Some(landing) => landing.clone(),
                None if landings.len() >= self.fetcher.transfer.limits.call_urls => return Err(PictureError::FetchFailed),
                None => landings.entry(url.clone()).or_insert(self.fetcher.land(&url, &self.meter)).clone(),
            }
        };
        let outcome = tokio::time::timeout_at(self.deadline, landing).await.unwrap_or(Err(PictureError::FetchFailed));
        if self.meter.exhausted() && outcome.is_ok() { Err(PictureError::TooLarge) } else { outcome }
    }
}
