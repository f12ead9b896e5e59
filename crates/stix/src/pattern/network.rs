//! IPv4 and IPv6 addresses and networks in CIDR notation, as `ISSUBSET` and `ISSUPERSET` want
//! them (STIX 2.1 section 9.6.1).
//!
//! Not names, ports or zones.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;
use std::str::FromStr;

/// A network; an address alone is a network of one.
// INVARIANT: the bits behind the prefix are zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Network {
    V4 { bits: u32, prefix: u8 },
    V6 { bits: u128, prefix: u8 },
}

/// The text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotNetwork;

impl Network {
    /// Whether every address of `self` is one of `other`.
    pub(crate) fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (Self::V4 { bits, prefix }, Self::V4 { .. }) => {
                other.prefix() <= prefix && Self::v4(bits, other.prefix()) == other
            }
            (Self::V6 { bits, prefix }, Self::V6 { .. }) => {
                other.prefix() <= prefix && Self::v6(bits, other.prefix()) == other
            }
            _ => false,
        }
    }

    /// The length of the prefix in bits.
    pub(crate) fn prefix(self) -> u8 {
        match self {
            Self::V4 { prefix, .. } | Self::V6 { prefix, .. } => prefix,
        }
    }

    fn v4(bits: u32, prefix: u8) -> Self {
        let host = 32 - u32::from(prefix.min(32));
        let kept = u32::MAX.checked_shl(host).unwrap_or_default();
        let bits = bits & kept;
        Self::V4 { bits, prefix }
    }

    fn v6(bits: u128, prefix: u8) -> Self {
        let host = 128 - u32::from(prefix.min(128));
        let kept = u128::MAX.checked_shl(host).unwrap_or_default();
        let bits = bits & kept;
        Self::V6 { bits, prefix }
    }

    /// The network that has this one and a shorter prefix; none if the prefix is not shorter.
    pub(crate) fn widen(self, prefix: u8) -> Option<Self> {
        (prefix <= self.prefix()).then(|| match self {
            Self::V4 { bits, .. } => Self::v4(bits, prefix),
            Self::V6 { bits, .. } => Self::v6(bits, prefix),
        })
    }
}

impl FromStr for Network {
    type Err = NotNetwork;

    fn from_str(text: &str) -> Result<Self, NotNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(read_prefix(prefix)?)),
            None => (text, None),
        };
        let within = |most: u8| match prefix {
            Some(prefix) if prefix > most => Err(NotNetwork),
            given => Ok(given.unwrap_or(most)),
        };
        match address.parse().map_err(|_| NotNetwork)? {
            IpAddr::V4(address) => Ok(Self::v4(address.to_bits(), within(32)?)),
            IpAddr::V6(address) => Ok(Self::v6(address.to_bits(), within(128)?)),
        }
    }
}

fn read_prefix(text: &str) -> Result<u8, NotNetwork> {
    // `parse` would take a plus sign.
    if text.len() > 3 || text.starts_with('+') {
        return Err(NotNetwork);
    }
    text.parse().map_err(|_| NotNetwork)
}

/// The shortest form: an address alone without its prefix, IPv6 as RFC 5952 writes it.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V4 { bits, prefix: 32 } => write!(f, "{}", Ipv4Addr::from_bits(bits)),
            Self::V4 { bits, prefix } => write!(f, "{}/{prefix}", Ipv4Addr::from_bits(bits)),
            Self::V6 { bits, prefix: 128 } => write!(f, "{}", Ipv6Addr::from_bits(bits)),
            Self::V6 { bits, prefix } => write!(f, "{}/{prefix}", Ipv6Addr::from_bits(bits)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn lies_within() {
        for (inner, outer, held) in [
            ("198.51.100.7", "198.51.100.0/24", true),
            ("198.51.100.7", "198.51.100.9/24", true),
            ("198.51.101.7", "198.51.100.0/24", false),
            ("198.51.100.0/24", "198.51.100.0/24", true),
            ("198.51.100.0/23", "198.51.100.0/24", false),
            ("198.51.100.0/24", "0.0.0.0/0", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("2001:db8::1", "::/0", true),
            ("198.51.100.7", "::/0", false),
        ] {
            assert_eq!(
                network(inner).is_within(network(outer)),
                held,
                "{inner} {outer}"
            );
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            "foo",
            "1.2.3.4/-5",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3/8",
            "::/129",
            "1.2.3.4/+8",
            "1.2.3.4/255",
            "::/255",
            "1.2.3.4/0008",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert_eq!(network("1.2.255.4/20").to_string(), "1.2.240.0/20");
        assert_eq!(network("1:0:0:0:0:0:0:1/128").to_string(), "1::1");
        assert_eq!(
            network("1.2.255.4").widen(8).unwrap().to_string(),
            "1.0.0.0/8"
        );
        assert_eq!(network("1.2.0.0/8").widen(9), None);
    }
}
