//! One transfer: checked hop by hop, connected to checked addresses only, counted while it streams.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use render::PictureError;
use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolving},
    header,
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::{Host, Url};

use super::{
    AllowList, Limits, Resolve, SetupError,
    address::{self, Verdict},
    budget::Meters,
    own::OwnAddresses,
    text,
};

/// The bytes, and their share of the memory that all fetched bytes may take.
pub(super) struct Received {
    pub(super) bytes: Bytes,
    pub(super) memory: Option<OwnedSemaphorePermit>,
}

pub(super) struct Transfer {
    allow: AllowList,
    resolver: Arc<dyn Resolve>,
    own: OwnAddresses,
    tls: rustls::ClientConfig,
    memory: Arc<Semaphore>,
    pub(super) limits: Limits,
}

/// Unit of the memory semaphore, whose permits are counted in 32 bits.
const UNIT: usize = 1024;

impl Transfer {
    pub(super) fn new(allow: AllowList, resolver: Arc<dyn Resolve>, limits: Limits) -> Result<Self, SetupError> {
        allow.announce();
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(|error| SetupError(error.to_string()))?
            .with_no_client_auth();
        let memory = Arc::new(Semaphore::new(limits.memory / UNIT));
        Ok(Self { allow, resolver, own: OwnAddresses::default(), tls, memory, limits })
    }

    /// Follows redirects by hand; every hop is checked like the first.
    pub(super) async fn run(&self, mut url: Url, meters: &Meters) -> Result<Received, PictureError> {
        for _ in 0..=self.limits.redirects {
            let response = self.hop(&url).await?;
            if !response.status().is_redirection() {
                return self.body(response, meters).await;
            }
            let target = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let next = target.and_then(|target| url.join(target).ok()).ok_or(PictureError::FetchFailed)?;
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(failed(&url, "redirect from https to http"));
            }
            url = next;
        }
        Err(failed(&url, "too many redirects"))
    }

    async fn hop(&self, url: &Url) -> Result<Response, PictureError> {
        let addresses = self.addresses(url).await?;
        let client = self.client(addresses).map_err(|error| failed(url, error))?;
        let answer = client.get(url.clone()).header(header::ACCEPT, "image/*").send();
        let patience = self.limits.connect + self.limits.first_byte;
        match tokio::time::timeout(patience, answer).await {
            Ok(answer) => answer.map_err(|error| failed(url, error)),
            Err(_) => Err(failed(url, "no answer in time")),
        }
    }

    /// The addresses to connect to: all that the name has, or none if one of them is denied.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, PictureError> {
        text::check_url(url, &self.allow).map_err(|fault| failed(url, fault))?;
        let port = url.port_or_known_default().ok_or(PictureError::FetchFailed)?;
        let mut addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            Some(Host::Domain(name)) => self.resolver.addresses(name).await.map_err(|error| failed(url, error))?,
            None => Vec::new(),
        };
        let common_port = text::has_common_port(url);
        let allowed_loopback = addresses.iter().any(|&address| address.is_loopback() && self.allow.holds(address));
        // `localhost` is both 127.0.0.1 and ::1; where the operator allows one of them, the other is left out.
        addresses.retain(|&address| !(allowed_loopback && address.is_loopback() && !self.allow.holds(address)));
        for &address in &addresses {
            let own = self.own.holds(address) && !self.allow.holds(address);
            if own || address::judge(address, common_port, &self.allow) != Verdict::Fine {
                return Err(failed(url, format_args!("{address} is denied")));
            }
        }
        if addresses.is_empty() {
            return Err(failed(url, "the name has no address"));
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    /// A client that can reach nothing but these addresses, whatever name it looks up. Building one is cheap: the
    /// certificates were read once.
    pub(super) fn client(&self, addresses: Vec<SocketAddr>) -> reqwest::Result<Client> {
        Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Arc::new(Pinned(addresses)))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Pictures are compressed already; a compressed body is only a way to hide its size.
            .gzip(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(self.limits.connect)
            .user_agent(concat!("RepeatPosts/", env!("CARGO_PKG_VERSION")))
            .build()
    }

    async fn body(&self, mut response: Response, meters: &Meters) -> Result<Received, PictureError> {
        let url = response.url().clone();
        if !response.status().is_success() {
            return Err(failed(&url, response.status()));
        }
        let limit = self.limits.bytes;
        let claimed = response.content_length().unwrap_or(0);
        if claimed > limit as u64 {
            return Err(PictureError::TooLarge);
        }
        let mut bytes = BytesMut::with_capacity(claimed.min(limit as u64) as usize);
        let mut memory: Option<OwnedSemaphorePermit> = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&url, error))? {
            if bytes.len() + chunk.len() > limit || !meters.add(chunk.len() as u64) {
                return Err(PictureError::TooLarge);
            }
            let units = (bytes.len() + chunk.len()).div_ceil(UNIT) - bytes.len().div_ceil(UNIT);
            if units > 0 {
                let more = Arc::clone(&self.memory).acquire_many_owned(units as u32).await.map_err(|_| PictureError::FetchFailed)?;
                match &mut memory {
                    Some(held) => held.merge(more),
                    None => memory = Some(more),
                }
            }
            bytes.extend_from_slice(&chunk);
        }
        // A body cut short of its length is an error of the client library, so what comes here is whole.
        Ok(Received { bytes: bytes.freeze(), memory })
    }
}

/// Blocked, absent and slow are one answer to the caller; the log knows which. Never the query: it may hold a signature.
fn failed(url: &Url, reason: impl std::fmt::Display) -> PictureError {
    tracing::info!(host = url.host_str(), path = url.path(), %reason, "not fetched");
    PictureError::FetchFailed
}

/// Answers every name with the addresses that were checked.
struct Pinned(Vec<SocketAddr>);

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// Runs a transfer under the limit for the whole.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, PictureError>>) -> Result<T, PictureError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(PictureError::FetchFailed))
}
