//! How many connections there may be, in all and from one address.
//!
//! Not here: what happens on them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::event::Limit;
use crate::settings::Limits;

/// The connections that there are.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// The place of one connection, free again when it is dropped.
pub(crate) struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    /// Takes a place for a connection from there.
    ///
    /// # Errors
    /// The limit that stands against it.
    pub(crate) fn take(&self, address: IpAddr, limits: &Limits) -> Result<Place, Limit> {
        let address = network(address);
        let mut taken = self.lock();
        if taken.all >= limits.connections {
            return Err(Limit::Connections);
        }
        let of = taken.of.entry(address).or_default();
        let most = limits.connections_of_address;
        if most > 0 && *of >= most {
            return Err(Limit::ConnectionsOfAddress);
        }
        *of += 1;
        taken.all += 1;
        Ok(Place {
            places: self.clone(),
            address,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(of) = taken.of.get_mut(&self.address) {
            *of = of.saturating_sub(1);
            if *of == 0 {
                taken.of.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: whoever has one IPv6 address has the network of 64 bits that it is
/// in (RFC 6177 section 2), and an IPv4 address is the same however it is written.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let prefix = address.to_bits() >> 64 << 64;
            Ipv6Addr::from_bits(prefix).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_address_and_given_back() {
        let places = Places::default();
        let limits = Limits {
            connections: 4,
            connections_of_address: 2,
            ..Limits::default()
        };
        let take = |address: &str| places.take(address.parse().unwrap(), &limits);
        let first = take("192.0.2.1").unwrap();
        let _second = take("::ffff:192.0.2.1").unwrap();
        assert_eq!(take("192.0.2.1").err(), Some(Limit::ConnectionsOfAddress));
        let _third = take("2001:db8::1").unwrap();
        let _fourth = take("2001:db8::ffff:1").unwrap();
        assert_eq!(take("198.51.100.1").err(), Some(Limit::Connections));
        drop(first);
        assert_eq!(take("2001:db8::2").err(), Some(Limit::ConnectionsOfAddress));
        let _fifth = take("192.0.2.1").unwrap();
        assert_eq!(take("2001:db8:0:1::1").err(), Some(Limit::Connections));
    }

    #[test]
    fn an_office_behind_a_proxy_counts_all_together_only() {
        let places = Places::default();
        let limits = Limits {
            connections: 3,
            connections_of_address: 0,
            ..Limits::default()
        };
        let taken: Vec<_> = (0..4)
            .map(|_| places.take("127.0.0.1".parse().unwrap(), &limits))
            .collect();
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 3);
        drop(taken);
        assert!(places.lock().of.is_empty());
    }
}
