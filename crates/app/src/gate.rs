//! The gate of every call under `/v1`: who is it, may it, and how often.
//!
//! The order is the contract's: 401, 403 plan, 403 scope, 429. The first two yield to the 429 of their address.

use std::net::IpAddr;

use domain::{KeyId, Mode, Scope, Scopes, TeamId};

use crate::{App, Error};

/// Who calls, after every check of identity.
#[derive(Clone, Debug)]
pub struct Principal {
    pub team: TeamId,
    pub key: KeyId,
    pub mode: Mode,
    pub scopes: Scopes,
    /// Key of the plan, such as `agency`.
    pub plan: String,
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
}

/// The gate's answer: the figures of the bucket that spoke, whatever came out.
#[derive(Debug)]
pub struct Admission {
    pub rate: Rate,
    pub principal: Result<Principal, Error>,
}

impl App {
    /// Decides about one call: `key` is the header's text as it came, `address` the client's behind trusted proxies.
    pub async fn admit(&self, key: Option<&str>, address: IpAddr, scope: Scope, class: RateClass) -> Admission {
        let _ = (key, address, scope, class);
        unimplemented!()
    }

    /// A call that needs no key (`/v1/openapi.json`): the address' bucket alone, which may refuse.
    pub fn admit_open(&self, address: IpAddr) -> (Rate, Result<(), Error>) {
        let _ = address;
        unimplemented!()
    }

    /// For answers that come before the gate (404 of a route, 405): takes from the bucket that the call would have
    /// used and never refuses.
    pub async fn count(&self, key: Option<&str>, address: IpAddr) -> Rate {
        let _ = (key, address);
        unimplemented!()
    }
}
