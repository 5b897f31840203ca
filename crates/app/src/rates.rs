//! Where requests are counted: in memory, where this process alone holds the store; in the store, where it is shared.

use std::sync::{Mutex, PoisonError};

use domain::Timestamp;
use domain::rate::{Bucket, BucketKey, Buckets, Decision};
use quick_cache::sync::Cache;
use store::Store;

use crate::Clock;

/// Buckets whose last figures are remembered for answers while the database is away.
const REMEMBERED: usize = 10_000;

pub(crate) enum Rates {
    Alone(Mutex<Buckets>),
    Shared { last: Cache<BucketKey, Decision> },
}

impl Rates {
    pub fn of(store: &Store) -> Self {
        if store.is_embedded() { Self::Alone(Mutex::default()) } else { Self::Shared { last: Cache::new(REMEMBERED) } }
    }

    /// Counts one request.
    pub async fn take(&self, store: &Store, key: BucketKey, limit: u32, clock: &Clock) -> store::Result<Decision> {
        match self {
            Self::Alone(buckets) => Ok(buckets.lock().unwrap_or_else(PoisonError::into_inner).take(key, limit, clock.now())),
            Self::Shared { last } => {
                let decision = store.take_rate(key, limit, clock.now()).await?;
                last.insert(key, decision);
                Ok(decision)
            }
        }
    }

    /// The figures without counting a request.
    pub async fn peek(&self, store: &Store, key: BucketKey, limit: u32, clock: &Clock) -> store::Result<Decision> {
        match self {
            Self::Alone(_) => Ok(self.known(key, limit, clock.now())),
            Self::Shared { .. } => store.peek_rate(key, limit, clock.now()).await,
        }
    }

    /// The figures as far as this process knows them.
    pub fn known(&self, key: BucketKey, limit: u32, now: Timestamp) -> Decision {
        match self {
            Self::Alone(buckets) => buckets.lock().unwrap_or_else(PoisonError::into_inner).peek(key, limit, now),
            Self::Shared { last } => last.get(&key).filter(|known| now < known.reset).unwrap_or_else(|| Bucket::open(now).peek(limit, now)),
        }
    }
}
