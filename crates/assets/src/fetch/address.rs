//! Which addresses are anybody's business: only those that the whole internet can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::AllowList;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// The address would do, the port does not.
    Port,
    Denied,
}

/// `common_port`: the port is one of those that strangers may name. Allowed addresses are fine on every port.
pub(super) fn judge(address: IpAddr, common_port: bool, allow: &AllowList) -> Verdict {
    if allow.holds(address) {
        Verdict::Fine
    } else if !is_public(address) {
        Verdict::Denied
    } else if common_port {
        Verdict::Fine
    } else {
        Verdict::Port
    }
}

/// Whether an address is globally routable, whichever way it is wrapped: an IPv6 address that carries an IPv4 one
/// (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is public only if both are.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6) && embedded(v6).is_none_or(is_public_v4),
        },
    }
}

/// The IPv4 address inside an IPv6 one of a transition scheme.
pub(super) fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = Ipv4Addr::from_bits(address.to_bits() as u32);
    match address.segments() {
        // Mapped, compatible, NAT64's well-known prefix.
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(low),
        [0x2002, high, next, ..] => Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(next))),
        // Teredo keeps the client's address inverted.
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!low.to_bits())),
        [.., 0 | 0x200, 0x5efe, _, _] => Some(low),
        _ => None,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // IANA's special-purpose registry, multicast, and one address that a cloud answers on for its guests only.
    const DENIED: [(Ipv4Addr, u32); 17] = [
        (Ipv4Addr::new(0, 0, 0, 0), 8),
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(100, 64, 0, 0), 10),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
        (Ipv4Addr::new(168, 63, 129, 16), 32),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 0, 0, 0), 24),
        (Ipv4Addr::new(192, 0, 2, 0), 24),
        (Ipv4Addr::new(192, 88, 99, 0), 24),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(198, 18, 0, 0), 15),
        (Ipv4Addr::new(198, 51, 100, 0), 24),
        (Ipv4Addr::new(203, 0, 113, 0), 24),
        (Ipv4Addr::new(224, 0, 0, 0), 4),
        (Ipv4Addr::new(240, 0, 0, 0), 4),
        (Ipv4Addr::BROADCAST, 32),
    ];
    !DENIED.iter().any(|(network, prefix)| (network.to_bits() ^ address.to_bits()) >> (32 - prefix) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // NAT64's well-known prefix is how a network without IPv4 reaches the IPv4 internet.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => true,
        // Protocol assignments (Teredo, benchmarks, ORCHID) and documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // All else that is routed lies in 2000::/3.
        [first, ..] => first >> 13 == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::8a",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:4860:4860::8888",
            "2a00::5efe:8.8.8.8",
        ] {
            assert!(is_public(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not_however_it_is_wrapped() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:0:808:808::f5ff:fffe",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2a00::5efe:10.0.0.1",
            "2a00::200:5efe:127.0.0.1",
        ] {
            assert!(!is_public(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn an_allowed_address_is_fine_on_every_port() {
        let allow = AllowList::parse(&["127.0.0.0/8"]).expect("a network");
        let at = |text: &str, port| judge(text.parse().expect("an address"), port, &allow);
        assert_eq!(at("127.0.0.1", false), Verdict::Fine);
        assert_eq!(at("::ffff:127.0.0.1", false), Verdict::Fine);
        assert_eq!(at("8.8.8.8", false), Verdict::Port);
        assert_eq!(at("8.8.8.8", true), Verdict::Fine);
        assert_eq!(at("10.0.0.1", true), Verdict::Denied);
        // Wrapped by a relay elsewhere, it is not the address that was allowed.
        assert_eq!(at("2002:7f00:1::1", true), Verdict::Denied);
    }
}
