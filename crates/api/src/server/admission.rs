//! How many connections there may be: over all, and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use domain::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Open connections of each client.
type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// Counts connections. A [`Place`] is held for as long as a connection lives.
pub(super) struct Admission {
    all: Arc<Semaphore>,
    by_address: Counts,
    per_address: usize,
    exempt: Vec<Network>,
}

/// One connection's place; gives it back when dropped.
pub(super) struct Place {
    _slot: OwnedSemaphorePermit,
    counted: Option<(IpAddr, Counts)>,
}

impl Admission {
    pub(super) fn new(all: usize, per_address: usize, exempt: Vec<Network>) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), by_address: Arc::default(), per_address, exempt }
    }

    /// Waits until there may be one more connection.
    pub(super) async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// A place for a connection from `address`; `None` where that address has its share already.
    pub(super) fn place(&self, slot: OwnedSemaphorePermit, address: IpAddr) -> Option<Place> {
        if self.exempt.iter().any(|network| network.contains(address)) {
            return Some(Place { _slot: slot, counted: None });
        }
        let host = host_of(address);
        let mut counts = lock(&self.by_address);
        let count = counts.entry(host).or_insert(0);
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Place { _slot: slot, counted: Some((host, Arc::clone(&self.by_address))) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((host, counts)) = &self.counted else {
            return;
        };
        let mut counts = lock(counts);
        if let Some(count) = counts.get_mut(host) {
            *count -= 1;
            if *count == 0 {
                counts.remove(host);
            }
        }
    }
}

fn lock(counts: &Mutex<HashMap<IpAddr, usize>>) -> std::sync::MutexGuard<'_, HashMap<IpAddr, usize>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One customer: an IPv4 address, or an IPv6 network of 64 bits, within which addresses cost nothing.
pub(crate) fn host_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn try_place(admission: &Admission, address: &str) -> Option<Place> {
        let slot = admission.slot().await.expect("open");
        admission.place(slot, address.parse().expect("an address"))
    }

    #[tokio::test]
    async fn an_address_gets_its_share_and_no_more_until_one_ends() {
        let admission = Admission::new(10, 2, Vec::new());
        let first = try_place(&admission, "192.0.2.1").await;
        let second = try_place(&admission, "192.0.2.1").await;
        assert!(first.is_some() && second.is_some());
        assert!(try_place(&admission, "192.0.2.1").await.is_none());
        assert!(try_place(&admission, "192.0.2.2").await.is_some());
        drop(first);
        assert!(try_place(&admission, "192.0.2.1").await.is_some());
    }

    #[tokio::test]
    async fn a_refused_connection_leaves_its_slot() {
        let admission = Admission::new(1, 0, Vec::new());
        for _ in 0..3 {
            assert!(try_place(&admission, "192.0.2.1").await.is_none());
        }
    }

    #[tokio::test]
    async fn proxies_are_not_counted() {
        let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        let admission = Admission::new(10, 1, proxies);
        let _first = try_place(&admission, "10.1.2.3").await.expect("a place");
        assert!(try_place(&admission, "10.1.2.3").await.is_some());
    }

    #[test]
    fn ipv6_is_counted_by_its_network_and_mapped_ipv4_as_ipv4() {
        let host = |text: &str| host_of(text.parse().expect("an address")).to_string();
        assert_eq!(host("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(host("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
