//! The operator's list of networks that may be reached all the same.

use std::{net::IpAddr, str::FromStr};

/// A network such as `10.1.0.0/16`, `::1/128`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    fn holds(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same_prefix(u128::from(own.to_bits()) << 96, u128::from(other.to_bits()) << 96, self.prefix)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_prefix(own.to_bits(), other.to_bits(), self.prefix),
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(most), |prefix| prefix.trim().parse().map_err(|_| bad()))?;
        if prefix > most { Err(bad()) } else { Ok(Self { address, prefix }) }
    }
}

/// The text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network such as 10.1.0.0/16 or an address")]
pub struct BadNetwork(String);

/// Networks that the operator allows though they are private (the setting `fetch_allow`). Empty by default.
#[derive(Clone, Debug, Default)]
pub struct AllowList(Vec<Network>);

impl AllowList {
    /// Parses the operator's setting.
    ///
    /// # Errors
    /// The first text that is no network.
    pub fn parse<S: AsRef<str>>(networks: &[S]) -> Result<Self, BadNetwork> {
        networks.iter().map(|text| text.as_ref().trim().parse()).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn holds(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        self.0.iter().any(|network| network.holds(address) || network.holds(plain))
    }

    /// Says loudly which networks are open: whoever can call the service can reach them.
    pub(super) fn announce(&self) {
        for network in &self.0 {
            tracing::warn!(
                network = %format_args!("{}/{}", network.address, network.prefix),
                "fetch_allow: callers can make this service fetch from a network that is otherwise denied"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_in_every_spelling() {
        let list = AllowList::parse(&["127.0.0.0/8", "10.1.2.3", "fd00::/8"]).expect("networks");
        for inside in ["127.0.0.1", "127.255.0.9", "10.1.2.3", "fd12::1", "::ffff:127.0.0.1"] {
            assert!(list.holds(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["128.0.0.1", "10.1.2.4", "fe00::1", "::1", "::ffff:10.0.0.1"] {
            assert!(!list.holds(outside.parse().expect("an address")), "{outside}");
        }
        assert!(AllowList::parse(&["0.0.0.0/0"]).expect("a network").holds("8.8.8.8".parse().expect("an address")));
    }

    #[test]
    fn what_is_no_network_is_refused_by_name() {
        for wrong in ["10.0.0.0/33", "::/129", "localhost", "10.0.0", "", "1.2.3.4/", "1.2.3.4/x"] {
            let error = AllowList::parse(&[wrong]).expect_err("refused");
            assert!(error.to_string().contains(wrong));
        }
    }
}
