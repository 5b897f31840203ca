//! Rate limits: a fixed window of 60 seconds that starts with the first request in it.
//!
//! [`Buckets`] keeps the windows of one process in memory; it is exact where one process holds the store.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::id::{TeamId, UserId};
use crate::key::Mode;
use crate::network::client_unit;
use crate::time::Timestamp;

/// The length of a window.
pub const WINDOW: Duration = Duration::from_secs(60);

/// How far the clocks of those who count in one window may be apart. A clock that is further behind was set back.
pub const SKEW: Duration = Duration::from_secs(10);

/// Requests a minute without a valid key, per client address.
pub const ADDRESS_LIMIT: u32 = 60;

/// How much larger the bucket of `GET /v1/generate/{id}` is.
pub const READ_FACTOR: u32 = 10;

/// Whose window a request counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BucketKey {
    /// A team's calls with keys of one mode.
    Team(TeamId, Mode),
    /// The same team's reads of single generations.
    Reads(TeamId, Mode),
    /// A client without a valid key; see [`BucketKey::address`].
    Address(IpAddr),
    /// What one person makes in the web app, in whichever teams.
    Creations(UserId),
    /// The previews that one person's forms ask for.
    Previews(UserId),
    /// The previews that a visitor of the front page asks for; see [`BucketKey::visitor`].
    Visitor(IpAddr),
}

impl BucketKey {
    /// The client's bucket: its IPv4 address, or the /64 of its IPv6 one.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(client_unit(address))
    }

    /// The same unit's bucket for the front page.
    pub fn visitor(address: IpAddr) -> Self {
        Self::Visitor(client_unit(address))
    }
}

impl fmt::Display for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team(team, mode) => write!(f, "{team} {mode}"),
            Self::Reads(team, mode) => write!(f, "{team} {mode} reads"),
            Self::Address(address) => write!(f, "{address}"),
            Self::Creations(user) => write!(f, "{user} creations"),
            Self::Previews(user) => write!(f, "{user} previews"),
            Self::Visitor(address) => write!(f, "{address} visitor"),
        }
    }
}

/// What a request meets, and what the three headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    pub limit: u32,
    pub remaining: u32,
    /// When the window ends.
    pub reset: Timestamp,
}

impl Decision {
    /// Epoch seconds at which the window ends, rounded up.
    pub fn reset_seconds(&self) -> i64 {
        self.reset.ceil_seconds()
    }

    /// Seconds until a new window, at least 1.
    pub fn retry_after(&self, now: Timestamp) -> u64 {
        let wait = self.reset.since(now);
        (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
    }
}

/// One window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    started: Timestamp,
    used: u32,
}

impl Bucket {
    /// A window that the coming request opens.
    pub fn open(now: Timestamp) -> Self {
        Self { started: now, used: 0 }
    }

    /// A window as it was kept.
    pub fn resume(started: Timestamp, used: u32) -> Self {
        Self { started, used }
    }

    /// Whether a request at `now` falls into another window. A clock set back ends the window too, or it would last for hours.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.plus(SKEW) < self.started || now >= self.ends()
    }

    fn ends(&self) -> Timestamp {
        self.started.plus(WINDOW)
    }

    /// Counts one request where there is room; a refused one consumes nothing. `limit` may change within a window.
    pub fn take(&mut self, limit: u32, now: Timestamp) -> Decision {
        if self.is_over(now) {
            *self = Self::open(now);
        }
        let allowed = self.used < limit;
        self.used += u32::from(allowed);
        self.show(limit, allowed)
    }

    /// The figures without counting a request.
    pub fn peek(&self, limit: u32, now: Timestamp) -> Decision {
        let current = if self.is_over(now) { Self::open(now) } else { *self };
        current.show(limit, current.used < limit)
    }

    /// What a request meets that was decided already.
    pub fn show(&self, limit: u32, allowed: bool) -> Decision {
        Decision { allowed, limit, remaining: limit.saturating_sub(self.used), reset: self.ends() }
    }
}

/// All windows of one process.
#[derive(Debug, Default)]
pub struct Buckets {
    windows: HashMap<BucketKey, Bucket>,
    /// The size at which old windows are next thrown out: twice what the last sweep left.
    sweep_at: usize,
}

impl Buckets {
    const SMALLEST_SWEEP: usize = 1024;

    /// Counts one request.
    pub fn take(&mut self, key: BucketKey, limit: u32, now: Timestamp) -> Decision {
        if self.windows.len() >= self.sweep_at.max(Self::SMALLEST_SWEEP) {
            self.windows.retain(|_, bucket| !bucket.is_over(now));
            self.sweep_at = self.windows.len() * 2;
        }
        self.windows.entry(key).or_insert_with(|| Bucket::open(now)).take(limit, now)
    }

    /// The figures without counting a request.
    pub fn peek(&self, key: BucketKey, limit: u32, now: Timestamp) -> Decision {
        self.windows.get(&key).copied().unwrap_or_else(|| Bucket::open(now)).peek(limit, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_window_starts_with_the_first_request_and_lets_the_limit_through() {
        let mut bucket = Bucket::open(at(1000));
        let first = bucket.take(3, at(1000));
        assert_eq!((first.allowed, first.remaining, first.reset_seconds()), (true, 2, 1060));
        bucket.take(3, at(1010));
        assert_eq!(bucket.take(3, at(1020)).remaining, 0);
        let refused = bucket.take(3, at(1059));
        assert_eq!((refused.allowed, refused.remaining, refused.retry_after(at(1059))), (false, 0, 1));
        assert!(bucket.take(3, at(1060)).allowed);
    }

    #[test]
    fn a_refused_request_consumes_nothing_and_a_raised_limit_works_at_once() {
        let mut bucket = Bucket::open(at(0));
        bucket.take(1, at(0));
        for _ in 0..10 {
            assert!(!bucket.take(1, at(1)).allowed);
        }
        assert_eq!(bucket.take(3, at(2)).remaining, 1);
        assert_eq!(bucket.take(1, at(2)).remaining, 0);
    }

    #[test]
    fn a_clock_that_jumps_never_locks_a_team_out() {
        let mut bucket = Bucket::open(at(10_000));
        bucket.take(1, at(10_000));
        let back = bucket.take(1, at(2_800));
        assert!(back.allowed && back.reset == at(2_860));
        assert!(bucket.take(1, at(3_466_800)).allowed);
        assert!(!bucket.take(1, at(3_466_790)).allowed, "another clock, a little behind, counts in the same window");
        assert!(bucket.take(1, at(3_466_789)).allowed);
    }

    #[test]
    fn buckets_are_apart_and_old_ones_are_thrown_out() {
        let mut buckets = Buckets::default();
        let (team, other) = (TeamId::new(), TeamId::new());
        assert!(buckets.take(BucketKey::Team(team, Mode::Live), 1, at(0)).allowed);
        assert!(!buckets.take(BucketKey::Team(team, Mode::Live), 1, at(0)).allowed);
        assert!(buckets.take(BucketKey::Team(team, Mode::Test), 1, at(0)).allowed);
        assert!(buckets.take(BucketKey::Reads(team, Mode::Live), 1, at(0)).allowed);
        assert!(buckets.take(BucketKey::Team(other, Mode::Live), 1, at(0)).allowed);
        for client in 0..5_000_u32 {
            let address = BucketKey::address(std::net::Ipv4Addr::from_bits(client).into());
            buckets.take(address, 1, at(i64::from(client)));
        }
        assert!(buckets.windows.len() < 1_200, "{}", buckets.windows.len());
    }

    #[test]
    fn a_million_requests_never_let_more_through_than_the_limit_in_a_window() {
        let mut bucket = Bucket::open(at(0));
        let (mut now, mut seed, mut let_through) = (0_i64, 1_u64, std::collections::BTreeMap::<i64, u32>::new());
        for _ in 0..1_000_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            now += i64::try_from(seed >> 44).unwrap();
            let decision = bucket.take(60, Timestamp::from_micros(now));
            if decision.allowed {
                *let_through.entry(decision.reset.as_micros()).or_default() += 1;
            }
        }
        assert!(let_through.values().all(|count| *count <= 60));
        let ends: Vec<i64> = let_through.keys().copied().collect();
        assert!(ends.windows(2).all(|pair| pair[1] - pair[0] >= 60_000_000));
    }
}
