//! The kinds of values.
//!
//! Not the rules of their normal forms (`normal`).

use std::fmt;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An address or network of IPv4 or IPv6; a network in CIDR notation.
    Ip,
    /// A domain or host name.
    Domain,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// A MAC address.
    Mac,
    /// The number of an autonomous system.
    Asn,
    /// An MD5 digest.
    Md5,
    /// A SHA-1 digest.
    Sha1,
    /// A SHA-256 digest.
    Sha256,
    /// A SHA-512 digest.
    Sha512,
    /// A digest of any other algorithm, fuzzy ones and import hashes included.
    Hash,
    /// The name of a file.
    FileName,
    /// A path of a directory or file.
    Path,
    /// A key of the Windows registry.
    RegistryKey,
    /// The name of a mutex.
    Mutex,
    /// The login, id or name of an account.
    Account,
    /// The serial number of a certificate.
    Serial,
    /// A CVE id.
    Cve,
    /// The address of a wallet.
    Wallet,
    /// The id by which another source knows the object, such as `T1059`.
    ExternalId,
    /// The name or an alias of an object.
    Name,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 21] = [
        Self::Ip,
        Self::Domain,
        Self::Url,
        Self::Email,
        Self::Mac,
        Self::Asn,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Hash,
        Self::FileName,
        Self::Path,
        Self::RegistryKey,
        Self::Mutex,
        Self::Account,
        Self::Serial,
        Self::Cve,
        Self::Wallet,
        Self::ExternalId,
        Self::Name,
    ];

    /// Its name, which never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::Email => "email",
            Self::Mac => "mac",
            Self::Asn => "asn",
            Self::Md5 => "md5",
            Self::Sha1 => "sha-1",
            Self::Sha256 => "sha-256",
            Self::Sha512 => "sha-512",
            Self::Hash => "hash",
            Self::FileName => "file-name",
            Self::Path => "path",
            Self::RegistryKey => "registry-key",
            Self::Mutex => "mutex",
            Self::Account => "account",
            Self::Serial => "serial",
            Self::Cve => "cve",
            Self::Wallet => "wallet",
            Self::ExternalId => "external-id",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
