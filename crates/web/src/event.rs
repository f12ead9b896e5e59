//! What happens at the door and is worth counting: connections that come and go, limits that bite,
//! certificates that change.
//!
//! The faces tell a [`Watch`] and go on; what is counted, logged or ignored is its own matter.
//! Nothing here names a party, an address or a record.

use std::fmt;

/// Is told what happens. It must return at once: it is called while others wait.
pub trait Watch: fmt::Debug + Send + Sync {
    /// Takes note.
    fn note(&self, event: &Event);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn note(&self, _: &Event) {}
}

/// Something that happened at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A connection was let in.
    Opened,
    /// A connection that was let in has ended, for whatever reason.
    Closed,
    /// A limit has bitten.
    Limited(Limit),
    /// A handshake came to nothing: no TLS, no common version, a certificate without its key.
    HandshakeFailed,
    /// A new certificate and key are in use.
    CertificateLoaded,
    /// A new certificate or key was refused, and the old one stays; with what was wrong.
    CertificateRefused(String),
    /// The certificate that the office got from a CA ends at this instant, in seconds of Unix time.
    CertificateEnds(u64),
    /// A CA has issued a certificate.
    CertificateObtained,
    /// A CA has issued none, and what is in use stays; with what was wrong.
    CertificateNotObtained(String),
    /// The office was told to stop: no new connection, no new request.
    Stopping,
}

impl Event {
    /// A stable code, listed in `docs/errors.md` where it is one of an error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Opened => "web.opened",
            Self::Closed => "web.closed",
            Self::Limited(limit) => limit.code(),
            Self::HandshakeFailed => "web.handshake-failed",
            Self::CertificateLoaded => "web.certificate-loaded",
            Self::CertificateRefused(_) => "web.certificate-refused",
            Self::CertificateEnds(_) => "web.certificate-ends",
            Self::CertificateObtained => "web.certificate-obtained",
            Self::CertificateNotObtained(_) => "web.certificate-not-obtained",
            Self::Stopping => "web.stopping",
        }
    }
}

/// A limit of [`crate::Limits`] that has bitten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// More connections than the office has room for.
    Connections,
    /// More connections from one address than it may have.
    ConnectionsOfAddress,
    /// The system has no file or memory left for another connection.
    System,
    /// A TLS handshake that took too long.
    SlowHandshake,
    /// A request's head that took too long.
    SlowHead,
    /// A request's head of too many bytes.
    HeadTooLong,
    /// A request's head of too many fields.
    TooManyFields,
    /// A body that came too slowly.
    SlowBody,
    /// A reader that took its answer too slowly.
    SlowReader,
    /// A connection on which nothing happened.
    Idle,
    /// Too many requests that were abandoned (HTTP/2 resets).
    Resets,
    /// A request that came while the office was stopping.
    Stopping,
}

impl Limit {
    /// Every limit, for whoever counts them from zero.
    pub const ALL: [Self; 12] = [
        Self::Connections,
        Self::ConnectionsOfAddress,
        Self::System,
        Self::SlowHandshake,
        Self::SlowHead,
        Self::HeadTooLong,
        Self::TooManyFields,
        Self::SlowBody,
        Self::SlowReader,
        Self::Idle,
        Self::Resets,
        Self::Stopping,
    ];

    /// Its stable code, listed in `docs/errors.md`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Connections => "web.too-many-connections",
            Self::ConnectionsOfAddress => "web.too-many-connections-of-address",
            Self::System => "web.system-exhausted",
            Self::SlowHandshake => "web.slow-handshake",
            Self::SlowHead => "web.slow-head",
            Self::HeadTooLong => "web.head-too-long",
            Self::TooManyFields => "web.too-many-fields",
            Self::SlowBody => "web.slow-body",
            Self::SlowReader => "web.slow-reader",
            Self::Idle => "web.idle",
            Self::Resets => "web.too-many-resets",
            Self::Stopping => "web.stopping",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_limit_has_a_code_of_its_own() {
        let codes: BTreeSet<_> = Limit::ALL.iter().map(|limit| limit.code()).collect();
        assert_eq!(codes.len(), Limit::ALL.len());
        assert!(codes.iter().all(|code| code.starts_with("web.")));
    }
}
