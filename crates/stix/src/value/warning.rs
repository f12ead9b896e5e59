//! Values that say nothing about those who share them: private and documentation networks,
//! well-known domains, digests of nothing, words that stand everywhere.
//!
//! Not a list of what is harmless: such a value may well matter, it only relates nobody to anybody.
//! The lists are files beside the crate's sources; whoever needs others keeps them itself.

use core::net::IpAddr;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::kind::Kind;
use super::normal::{first_of, read_network};

/// The list on which a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// Addresses set aside for a purpose: private, loopback, documentation and so on (the
    /// registries of RFC 6890).
    SpecialNetwork,
    /// Domain names set aside (RFC 2606, RFC 6761) and their subdomains.
    SpecialDomain,
    /// Domains that much of the world uses, and their `www`.
    TopDomain,
    /// Digests of no bytes at all.
    EmptyDigest,
    /// Words that stand in many objects, such as `GREEN` or `unknown`.
    Word,
}

impl Warning {
    /// The name of the list, which never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SpecialNetwork => "special-network",
            Self::SpecialDomain => "special-domain",
            Self::TopDomain => "top-domain",
            Self::EmptyDigest => "empty-digest",
            Self::Word => "word",
        }
    }
}

/// The lists, read once.
struct Lists {
    networks: Vec<(IpAddr, u8)>,
    special_domains: HashSet<&'static str>,
    top_domains: HashSet<&'static str>,
    digests: HashSet<&'static str>,
    words: HashSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    networks: lines(include_str!("../../data/warning/special-network.txt"))
        .filter_map(read_network)
        .collect(),
    special_domains: lines(include_str!("../../data/warning/special-domain.txt")).collect(),
    top_domains: lines(include_str!("../../data/warning/top-domain.txt")).collect(),
    digests: lines(include_str!("../../data/warning/empty-digest.txt")).collect(),
    words: lines(include_str!("../../data/warning/word.txt")).collect(),
});

/// The entries of a list; what stands behind `#` explains them.
fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    let entries = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    entries.filter(|entry| !entry.is_empty())
}

/// The list that a normal form stands on.
pub(super) fn find(kind: Kind, text: &str) -> Option<Warning> {
    let lists = &*LISTS;
    match kind {
        Kind::Ip => {
            let (address, prefix) = read_network(text)?;
            let within = |&(first, length): &(IpAddr, u8)| {
                address.is_ipv4() == first.is_ipv4()
                    && prefix >= length
                    && first_of(address, length) == first
            };
            // `::` and `::1` are networks of one address, `0.0.0.0/0` is everything.
            let special = prefix == 0 || lists.networks.iter().any(within);
            special.then_some(Warning::SpecialNetwork)
        }
        Kind::Domain => domain(lists, text),
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Hash => {
            lists.digests.contains(text).then_some(Warning::EmptyDigest)
        }
        Kind::Name | Kind::FileName | Kind::Account | Kind::ExternalId | Kind::Mutex => {
            let small = text.to_lowercase();
            let short = text.chars().count() < 2;
            (short || lists.words.contains(small.as_str())).then_some(Warning::Word)
        }
        _ => None,
    }
}

fn domain(lists: &Lists, text: &str) -> Option<Warning> {
    let plain = text.strip_prefix("www.").unwrap_or(text);
    if lists.top_domains.contains(plain) {
        return Some(Warning::TopDomain);
    }
    let mut name = text;
    loop {
        if lists.special_domains.contains(name) {
            return Some(Warning::SpecialDomain);
        }
        name = name.split_once('.')?.1;
    }
}
