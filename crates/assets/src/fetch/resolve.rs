//! Names to addresses, by ourselves, so that what was checked is what is connected to.

use std::{io, net::IpAddr, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use hickory_resolver::{
    TokioResolver,
    config::{LookupIpStrategy, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
};

/// Looks a name up; tests answer from a table.
pub trait Resolve: Send + Sync {
    /// **All** addresses of a name: the caller refuses the name if any of them is denied.
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's servers and `/etc/hosts`.
pub struct SystemResolver(TokioResolver);

impl SystemResolver {
    /// A system without a usable resolver configuration still has `/etc/hosts`.
    ///
    /// # Errors
    /// Where the resolver can't be built at all.
    pub fn new() -> io::Result<Self> {
        let mut builder = TokioResolver::builder_tokio().unwrap_or_else(|error| {
            tracing::warn!(%error, "no usable resolver configuration: only names in /etc/hosts resolve");
            TokioResolver::builder_with_config(ResolverConfig::default(), TokioRuntimeProvider::default())
        });
        let options = builder.options_mut();
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.timeout = Duration::from_secs(2);
        options.attempts = 2;
        builder.build().map(Self).map_err(io::Error::other)
    }
}

impl Resolve for SystemResolver {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        async move { Ok(self.0.lookup_ip(name).await.map_err(io::Error::other)?.iter().collect()) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn this_machine_has_its_name_without_asking_anyone() {
        let addresses = SystemResolver::new().expect("a resolver").addresses("localhost").await.expect("addresses");
        assert!(addresses.contains(&Ipv4Addr::LOCALHOST.into()), "{addresses:?}");
    }
}
