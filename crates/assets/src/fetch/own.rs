//! Our own interfaces' addresses, from the kernel's tables.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Mutex,
    time::{Duration, Instant},
};

/// How old the list may be: interfaces come and go while we run.
const MAX_AGE: Duration = Duration::from_secs(10);

/// The addresses that this machine answers on, public ones among them.
#[derive(Debug, Default)]
pub(super) struct OwnAddresses(Mutex<Option<(Instant, HashSet<IpAddr>)>>);

impl OwnAddresses {
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let mut cached = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = cached.take().filter(|(since, _)| since.elapsed() < MAX_AGE);
        let (_, list) = cached.insert(fresh.unwrap_or_else(|| (Instant::now(), read())));
        list.contains(&address.to_canonical())
    }
}

/// A system without these tables has an empty list: then only the rule of public addresses holds.
fn read() -> HashSet<IpAddr> {
    let v4 = std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default();
    let v6 = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    local_v4(&v4).map(IpAddr::V4).chain(interfaces_v6(&v6).map(IpAddr::V6)).collect()
}

/// `|-- 10.0.0.5` followed by `/32 host LOCAL`.
fn local_v4(table: &str) -> impl Iterator<Item = Ipv4Addr> {
    table
        .lines()
        .zip(table.lines().skip(1))
        .filter(|(_, next)| next.contains("host LOCAL"))
        .filter_map(|(line, _)| line.split_whitespace().last()?.parse().ok())
}

/// 32 hexadecimal digits, then index, prefix, scope, flags and name.
fn interfaces_v6(table: &str) -> impl Iterator<Item = Ipv6Addr> {
    table.lines().filter_map(|line| u128::from_str_radix(line.split_whitespace().next()?, 16).ok().map(Ipv6Addr::from_bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_read() {
        let v4 = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n     |-- 93.184.1.2\n        /32 host LOCAL\n";
        assert_eq!(local_v4(v4).collect::<Vec<_>>(), [Ipv4Addr::LOCALHOST, Ipv4Addr::new(93, 184, 1, 2)]);
        let v6 = "00000000000000000000000000000001 01 80 10 80       lo\nfe800000000000000000000000000002 02 40 20 80     eth0\n";
        assert_eq!(interfaces_v6(v6).collect::<Vec<_>>(), [Ipv6Addr::LOCALHOST, "fe80::2".parse().expect("an address")]);
    }

    #[test]
    fn this_machine_knows_its_loopback() {
        let own = OwnAddresses::default();
        assert!(own.holds(Ipv4Addr::LOCALHOST.into()));
        assert!(own.holds("::ffff:127.0.0.1".parse().expect("an address")));
        assert!(!own.holds(Ipv4Addr::new(8, 8, 8, 8).into()));
    }
}
