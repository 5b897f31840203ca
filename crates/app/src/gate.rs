//! The gate of every call under `/v1`: who is it, may it, and how often.
//!
//! The order is the contract's: 401, 403 plan, 403 scope, 429. The first two yield to the 429 of their address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::rate::{BucketKey, Decision, READ_FACTOR};
use domain::{KeyDigest, Maker, Mode, PlainKey, Scope, Scopes, Source, TeamId};
use store::FoundKey;

use crate::{App, Error, Member, Result};

/// For how long a key's row is believed. A revocation, a plan and a limit act within 5 s; a new key at once, because
/// absence is never remembered.
const MEMORY: Duration = Duration::from_secs(3);

/// Who calls, after every check of identity.
#[derive(Clone, Debug)]
pub struct Principal {
    pub team: TeamId,
    pub maker: Maker,
    pub source: Source,
    pub mode: Mode,
    pub scopes: Scopes,
    /// Key of the plan, such as `agency`.
    pub plan: String,
}

impl Member {
    /// The same as a caller of the use cases that keys have too. What a person makes is live, whatever the plan says about
    /// keys.
    #[must_use]
    pub fn principal(&self) -> Principal {
        let (maker, source) = (Maker::Person(self.user), Source::App);
        Principal { team: self.team, maker, source, mode: Mode::Live, scopes: Scopes::ALL, plan: self.plan.clone() }
    }
}

/// Which of a team's buckets a call takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Everything else.
    Standard,
    /// `GET /v1/generate/{id}`: ten times as large.
    Poll,
}

/// What the headers `X-RateLimit-*` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub limit: u32,
    pub remaining: u32,
    /// Epoch seconds at which the window ends.
    pub reset: i64,
    /// Seconds until then, at least 1: the `Retry-After` of a 429.
    pub retry_after: u64,
}

/// The gate's answer: the figures of the bucket that spoke, whatever came out.
#[derive(Debug)]
pub struct Admission {
    pub rate: Rate,
    pub principal: Result<Principal>,
}

/// A key's row as it was read a moment ago.
#[derive(Clone)]
pub(crate) struct Remembered {
    found: Arc<FoundKey>,
    read: Instant,
}

impl App {
    /// Decides about one call: `key` is the header's text as it came, `address` the client's behind trusted proxies.
    pub async fn admit(&self, key: Option<&str>, address: IpAddr, scope: Scope, class: RateClass) -> Admission {
        let found = match self.identify(key, address).await {
            Ok(found) => found,
            Err(error) => return self.refuse(address, error).await,
        };
        let Some(plan) = self.store.plans().get(&found.team.plan).filter(|plan| plan.api) else {
            return self.refuse(address, Error::PlanUpgradeRequired).await;
        };
        let limit = found.team.rate_limit.unwrap_or(plan.rate_limit);
        let (bucket, limit) = bucket(&found, class, limit);
        if !found.key.scopes.has(scope) {
            // Counted where there is room, but a scope's refusal comes before the limit's.
            let (rate, taken) = self.take(bucket, limit).await;
            let unavailable = taken.err().filter(|error| matches!(error, Error::Unavailable(_)));
            return Admission { rate, principal: Err(unavailable.unwrap_or(Error::ScopeMissing(scope.as_str()))) };
        }
        let (rate, taken) = self.take(bucket, limit).await;
        Admission { rate, principal: taken.map(|()| principal(&found)) }
    }

    /// A call that needs no key (`/v1/openapi.json`): the address' bucket alone, which may refuse.
    pub async fn admit_open(&self, address: IpAddr) -> (Rate, Result<()>) {
        self.take(BucketKey::address(address), self.config.address_rate_limit).await
    }

    /// For answers that come before the gate (404 of a route, 405): the figures of the bucket that the call would have
    /// taken from. Nothing is taken.
    pub async fn peek(&self, key: Option<&str>, address: IpAddr) -> Rate {
        let found = self.identify(key, address).await.ok();
        let plan = found.as_ref().and_then(|found| self.store.plans().get(&found.team.plan)).filter(|plan| plan.api);
        let (bucket, limit) = match (&found, plan) {
            (Some(found), Some(plan)) => bucket(found, RateClass::Standard, found.team.rate_limit.unwrap_or(plan.rate_limit)),
            _ => (BucketKey::address(address), self.config.address_rate_limit),
        };
        self.look(bucket, limit).await
    }

    async fn refuse(&self, address: IpAddr, error: Error) -> Admission {
        if matches!(error, Error::Unavailable(_) | Error::Internal(_)) {
            let decision = self.rates.known(BucketKey::address(address), self.config.address_rate_limit, self.clock.now());
            return Admission { rate: self.rate(decision), principal: Err(error) };
        }
        let (rate, allowed) = self.admit_open(address).await;
        Admission { rate, principal: Err(allowed.err().unwrap_or(error)) }
    }

    /// Counts a request; where the bucket can't be had, the last figures that are known of it.
    pub(crate) async fn take(&self, bucket: BucketKey, limit: u32) -> (Rate, Result<()>) {
        match self.rates.take(&self.store, bucket, limit, &self.clock).await {
            Ok(decision) => (self.rate(decision), if decision.allowed { Ok(()) } else { Err(Error::RateLimited) }),
            Err(error) => (self.rate(self.rates.known(bucket, limit, self.clock.now())), Err(error.into())),
        }
    }

    async fn look(&self, bucket: BucketKey, limit: u32) -> Rate {
        let seen = self.rates.peek(&self.store, bucket, limit, &self.clock).await;
        self.rate(seen.unwrap_or_else(|_| self.rates.known(bucket, limit, self.clock.now())))
    }

    fn rate(&self, decision: Decision) -> Rate {
        let retry_after = decision.retry_after(self.clock.now());
        Rate { limit: decision.limit, remaining: decision.remaining, reset: decision.reset_seconds(), retry_after }
    }

    /// Form and checksum, memory, database; then whether the key is still good, and from where. One answer for every
    /// failure.
    async fn identify(&self, key: Option<&str>, address: IpAddr) -> Result<Arc<FoundKey>> {
        let key = PlainKey::parse(key.filter(|key| !key.is_empty()).ok_or(Error::MissingKey)?).map_err(|_| Error::InvalidKey)?;
        let digest = self.pepper.digest(&key);
        let found = self.found(digest).await?;
        let networks = &found.key.networks;
        let reachable = networks.is_empty() || networks.iter().any(|network| network.contains(address));
        if !found.key.is_usable(self.clock.now()) || found.key.mode != key.mode() || !reachable {
            return Err(Error::InvalidKey);
        }
        Ok(found)
    }

    async fn found(&self, digest: KeyDigest) -> Result<Arc<FoundKey>> {
        if let Some(known) = self.keys.get(&digest)
            && known.read.elapsed() < MEMORY
        {
            return Ok(known.found);
        }
        let now = self.clock.now();
        let read = Instant::now();
        let Some(found) = self.store.find_key(&digest, now).await? else {
            self.keys.remove(&digest);
            return Err(Error::InvalidKey);
        };
        let found = Arc::new(found);
        self.keys.insert(digest, Remembered { found: Arc::clone(&found), read });
        self.note_use(&found);
        Ok(found)
    }

    /// "Last used", at most once a minute, behind the caller's back.
    fn note_use(&self, found: &FoundKey) {
        let now = self.clock.now();
        if found.key.last_used_at.is_some_and(|at| now.since(at) < Duration::from_secs(60)) {
            return;
        }
        let (app, key) = (self.clone(), found.key.id);
        tokio::spawn(async move {
            if let Err(error) = app.store.touch_key(key, now).await {
                tracing::warn!(%error, "a key's last use was not noted");
            }
        });
    }
}

fn bucket(found: &FoundKey, class: RateClass, limit: u32) -> (BucketKey, u32) {
    let (team, mode) = (found.team.id, found.key.mode);
    match class {
        RateClass::Standard => (BucketKey::Team(team, mode), limit),
        RateClass::Poll => (BucketKey::Reads(team, mode), limit.saturating_mul(READ_FACTOR)),
    }
}

fn principal(found: &FoundKey) -> Principal {
    Principal {
        team: found.team.id,
        maker: Maker::Key(found.key.id),
        source: Source::Api,
        mode: found.key.mode,
        scopes: found.key.scopes,
        plan: found.team.plan.clone(),
    }
}
