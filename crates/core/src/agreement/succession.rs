//! The life of one agreement over its versions: tabled, signed, in force, suspended, ended.
//!
//! ```text
//! tabled -> signed by one -> signed by both -> in force -> ended
//!                                               |    ^
//!                                               v    |
//!                                             suspended
//! ```
//!
//! Acts ([`Agreement::table`], [`sign`](Agreement::sign), [`suspend`](Agreement::suspend) ...)
//! bring the moves that people make; each has a `may_` twin that only asks. The other moves are
//! the clock's, so every question takes the instant it is asked about, and the answer for an
//! instant never changes later: nothing takes effect backwards. Spans are half open,
//! `[start, end)`. What a term means for a record is not here, nor is whether a signature is
//! genuine ([`super::signature`]).

mod error;
#[cfg(test)]
mod tests;
mod transition;

use std::fmt;
use std::sync::Arc;

pub use error::TransitionError;

use crate::agreement::document::{AfterEnd, Document, Parties};
use crate::id::{AgreementId, AgreementVersion, Digest, PartyCode};
use crate::party::Audience;
use crate::time::Instant;

/// An agreement with all that has happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id, the same in all versions.
    pub id: AgreementId,
    /// Its versions, 1 first; the position is the number less one.
    pub versions: Vec<Version>,
    suspensions: Vec<Suspension>,
    terminated: Option<Termination>,
}

/// A version that was tabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What its file says.
    pub document: Arc<Document>,
    /// The digest of the exact bytes of the file.
    pub digest: Digest,
    /// When it was tabled.
    pub tabled: Instant,
    /// Who signed it, in the order of acceptance.
    pub signatures: Vec<Signature>,
}

/// An accepted signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The party that signed.
    pub party: PartyCode,
    /// When the office accepted it.
    pub at: Instant,
    /// The fingerprint of the key that made it.
    pub fingerprint: String,
}

/// A span in which nothing flows in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The instant of the act that began it.
    pub from: Instant,
    /// The instant of the act that lifted it; open when `None`.
    pub until: Option<Instant>,
    /// Why.
    pub reason: String,
}

/// The end of the whole agreement, with notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// The instant at which notice was given.
    pub given: Instant,
    /// The first instant at which nothing is in force any more.
    pub effective: Instant,
    /// Why.
    pub reason: String,
}

/// Where a version stands at an instant. A draft is a file that nobody has tabled: no value here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the states are the contract's, and whoever matches on them wants all"
)]
pub enum State {
    /// On the table, nobody has signed.
    Tabled,
    /// One side has signed.
    SignedByOne,
    /// Both sides have signed; its day has not come.
    SignedByBoth,
    /// It counts.
    InForce,
    /// It would count, were the agreement not suspended.
    Suspended,
    /// It counts no more and never will: by `until`, a later version, or termination.
    Ended,
}

impl State {
    /// The state as it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tabled => "tabled",
            Self::SignedByOne => "signed by one",
            Self::SignedByBoth => "signed by both",
            Self::InForce => "in force",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Version {
    /// The number of this version.
    pub fn number(&self) -> AgreementVersion {
        self.document.version
    }

    fn signed_at(&self, party: &PartyCode) -> Option<Instant> {
        self.signatures
            .iter()
            .find(|signature| signature.party == *party)
            .map(|signature| signature.at)
    }

    /// When both sides had signed, if `party` is the other side.
    fn agreed(&self, party: &PartyCode) -> Option<Instant> {
        let Parties { host, other } = self.sides();
        let belongs = match other {
            Audience::Party(code) => code == party,
            // Only members may sign a charter, so whoever signed it belongs.
            Audience::Group(_) => party != host,
        };
        if !belongs {
            return None;
        }
        Some(self.signed_at(host)?.max(self.signed_at(party)?))
    }

    /// When it begins to count for `party`: at its `in_force` or at the last signature.
    fn effective(&self, party: &PartyCode) -> Option<Instant> {
        Some(self.document.in_force.max(self.agreed(party)?))
    }

    /// When it takes the place of the versions before: once it counts, or for a charter once its
    /// day has come and the host has signed it. Members that have signed an older charter stay
    /// under that until they sign this one.
    fn succeeds(&self) -> Option<Instant> {
        let Parties { host, other } = self.sides();
        match other {
            Audience::Party(code) => self.effective(code),
            Audience::Group(_) => Some(self.document.in_force.max(self.signed_at(host)?)),
        }
    }

    fn expired(&self, at: Instant) -> bool {
        self.document.until.is_some_and(|until| until <= at)
    }

    fn sides(&self) -> &Parties {
        &self.document.parties
    }

    /// The other sides that this version concerns so far: the party, or the members that signed.
    fn others(&self) -> impl Iterator<Item = &PartyCode> {
        let Parties { host, other } = self.sides();
        let one = match other {
            Audience::Party(code) => Some(code),
            Audience::Group(_) => None,
        };
        let members = self
            .signatures
            .iter()
            .map(|signature| &signature.party)
            .filter(move |party| one.is_none() && *party != host);
        one.into_iter().chain(members)
    }
}

impl Agreement {
    /// An agreement of which nothing has been tabled yet.
    pub fn new(id: AgreementId) -> Self {
        Self {
            id,
            versions: Vec::new(),
            suspensions: Vec::new(),
            terminated: None,
        }
    }

    /// An agreement to which that has happened.
    pub(crate) fn of_parts(
        id: AgreementId,
        versions: Vec<Version>,
        suspensions: Vec<Suspension>,
        terminated: Option<Termination>,
    ) -> Self {
        Self {
            id,
            versions,
            suspensions,
            terminated,
        }
    }

    /// The version of that number.
    pub fn version(&self, number: AgreementVersion) -> Option<&Version> {
        let position = usize::try_from(number.0).ok()?.checked_sub(1)?;
        self.versions.get(position)
    }

    /// The newest version on the table, whatever its state.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// All suspensions, in order.
    pub fn suspensions(&self) -> &[Suspension] {
        &self.suspensions
    }

    /// The termination, if notice was given.
    pub fn termination(&self) -> Option<&Termination> {
        self.terminated.as_ref()
    }

    /// When a version begins to count for a party: at its `in_force` or when the later of the two
    /// signatures was accepted, whichever is later. `party` is the other side, not the host; for
    /// a charter it is one member.
    pub fn effective_from(&self, version: &Version, party: &PartyCode) -> Option<Instant> {
        version.effective(party)
    }

    /// The version in force for a party at an instant: the newest that has begun to count, unless
    /// it has ended or the agreement is suspended. An older version never revives: the one that
    /// superseded it ended it for good.
    pub fn in_force(&self, party: &PartyCode, at: Instant) -> Option<&Version> {
        let version = self.begun(party, at)?;
        let over = version.expired(at) || self.is_terminated(at) || self.is_suspended(at);
        (!over).then_some(version)
    }

    /// The version whose give terms count for what a party gave: the one in force, or after its
    /// end by `until` or termination the last one, if that says `after_end = "keep"`. Never while
    /// suspended.
    pub fn giving(&self, party: &PartyCode, at: Instant) -> Option<&Version> {
        if self.is_suspended(at) {
            return None;
        }
        let version = self.begun(party, at)?;
        let over = version.expired(at) || self.is_terminated(at);
        (!over || version.document.after_end == AfterEnd::Keep).then_some(version)
    }

    /// Whether a suspension holds at that instant.
    pub fn is_suspended(&self, at: Instant) -> bool {
        self.suspensions
            .iter()
            .any(|one| one.from <= at && one.until.is_none_or(|until| at < until))
    }

    /// Where a version stands for one other side at an instant.
    pub fn state_for(&self, version: &Version, party: &PartyCode, at: Instant) -> State {
        let later_begun = self
            .begun(party, at)
            .is_some_and(|begun| begun.number() > version.number());
        if version.expired(at) || self.is_terminated(at) || later_begun {
            return State::Ended;
        }
        let host = &version.sides().host;
        let has_signed = |one| version.signed_at(one).is_some_and(|signed| signed <= at);
        match (has_signed(host), has_signed(party)) {
            (true, true) if at < version.document.in_force => State::SignedByBoth,
            (true, true) if self.is_suspended(at) => State::Suspended,
            (true, true) => State::InForce,
            _ if self.successor(version, at).is_some() => State::Ended,
            (false, false) => State::Tabled,
            (true, false) | (false, true) => State::SignedByOne,
        }
    }

    /// Where a version stands at an instant. A charter stands where it stands for the member for
    /// which it has come furthest, short of its end.
    pub fn state(&self, version: &Version, at: Instant) -> State {
        match &version.sides().other {
            Audience::Party(code) => self.state_for(version, code, at),
            Audience::Group(_) => version
                .others()
                .map(|party| self.state_for(version, party, at))
                .chain([self.state_for_others(version, at)])
                .filter(|state| *state != State::Ended)
                .max()
                .unwrap_or(State::Ended),
        }
    }

    /// Where a charter stands for a member that has not signed it.
    fn state_for_others(&self, version: &Version, at: Instant) -> State {
        let host = &version.sides().host;
        if version.expired(at) || self.is_terminated(at) || self.successor(version, at).is_some() {
            State::Ended
        } else if version.signed_at(host).is_some_and(|signed| signed <= at) {
            State::SignedByOne
        } else {
            State::Tabled
        }
    }

    /// The later version that has taken the place of this one by `at`, so that nobody can sign
    /// this one any more.
    fn successor(&self, version: &Version, at: Instant) -> Option<&Version> {
        self.versions.iter().find(|later| {
            later.number() > version.number() && later.succeeds().is_some_and(|from| from <= at)
        })
    }

    /// The next instant after `after` at which what is in force, what gives or a state changes by
    /// the clock alone, as far as is known now.
    pub fn next_boundary(&self, after: Instant) -> Option<Instant> {
        let mut marks: Vec<Instant> = self
            .versions
            .iter()
            .flat_map(|version| {
                version
                    .others()
                    .filter_map(|party| version.effective(party))
                    .chain(version.document.until)
                    .chain(version.succeeds())
            })
            .chain(self.terminated.iter().map(|one| one.effective))
            .filter(|mark| *mark > after)
            .collect();
        marks.sort();
        marks.into_iter().find(|mark| self.turns(*mark))
    }

    /// Whether anything is different at `mark` from just before.
    fn turns(&self, mark: Instant) -> bool {
        let before = mark.plus_micros(-1);
        let number = |version: Option<&Version>| version.map(Version::number);
        self.versions.iter().any(|version| {
            self.state(version, before) != self.state(version, mark)
                || self.state_for_others(version, before) != self.state_for_others(version, mark)
                || version.others().any(|party| {
                    self.state_for(version, party, before) != self.state_for(version, party, mark)
                        || number(self.in_force(party, before))
                            != number(self.in_force(party, mark))
                        || number(self.giving(party, before)) != number(self.giving(party, mark))
                })
        })
    }

    /// The newest version that has begun to count for a party, ended or not. What would begin only
    /// once the agreement is terminated never does, so that it gives nothing either.
    fn begun(&self, party: &PartyCode, at: Instant) -> Option<&Version> {
        self.versions.iter().rev().find(|version| {
            version
                .effective(party)
                .is_some_and(|effective| effective <= at && !self.is_terminated(effective))
        })
    }

    fn is_terminated(&self, at: Instant) -> bool {
        self.terminated
            .as_ref()
            .is_some_and(|one| one.effective <= at)
    }

    /// Whether any other side has a version in force, or keeps giving after the end.
    fn flows(&self, at: Instant) -> bool {
        self.others()
            .any(|party| self.in_force(party, at).is_some() || self.giving(party, at).is_some())
    }

    fn others(&self) -> impl Iterator<Item = &PartyCode> {
        self.versions.iter().flat_map(Version::others)
    }
}
