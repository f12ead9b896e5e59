//! Which versions of agreements count at an instant: DESIGN section 3 and the last paragraphs of
//! section 2.
//!
//! Nothing here knows of records.

use std::collections::BTreeSet;
use std::sync::Arc;

use legation_core::agreement::document::{AfterEnd, Document};
use legation_core::id::{AgreementId, AgreementVersion, Digest, PartyCode};
use legation_core::party::Audience;
use legation_core::time::Instant;

use super::{Oracle, Tabled};

impl Oracle {
    /// Whether a party is the other side of a version; of a charter, every member is.
    fn is_side(&self, version: &Tabled, party: &PartyCode) -> bool {
        match &version.document.parties.other {
            Audience::Party(code) => code == party,
            Audience::Group(group) => *group == self.status(party),
        }
    }

    /// When a version takes effect for a party: "at its `in_force` or when the last signature is
    /// accepted, whichever is later". Never without both signatures, never once the whole
    /// agreement has been terminated.
    fn effect(&self, version: &Tabled, party: &PartyCode) -> Option<Instant> {
        let signed = |who: &PartyCode| {
            let found = version.signed.iter().find(|(code, _)| code == who);
            found.map(|(_, at)| *at)
        };
        let last = signed(self.host())?.max(signed(party)?);
        let effect = last.max(version.document.in_force);
        let end = self.terminated.get(&version.document.id);
        end.is_none_or(|end| effect < *end).then_some(effect)
    }

    /// Of every agreement of a party the version that took effect last, unless it is suspended:
    /// each later version ended the one before for good.
    fn newest(&self, party: &PartyCode, at: Instant) -> Vec<&Tabled> {
        let ids: BTreeSet<&AgreementId> = self.versions.iter().map(|v| &v.document.id).collect();
        let begun = |version: &&Tabled| {
            self.is_side(version, party)
                && self
                    .effect(version, party)
                    .is_some_and(|effect| effect <= at)
        };
        ids.into_iter()
            .filter(|id| !self.suspended.contains(*id))
            .filter_map(|id| {
                self.versions
                    .iter()
                    .filter(|version| version.document.id == *id)
                    .filter(begun)
                    .max_by_key(|version| version.document.version)
            })
            .collect()
    }

    fn is_over(&self, version: &Tabled, at: Instant) -> bool {
        let terminated = self.terminated.get(&version.document.id);
        version.document.until.is_some_and(|until| until <= at)
            || terminated.is_some_and(|effective| *effective <= at)
    }

    /// What is in force for a party.
    pub(super) fn in_force(&self, party: &PartyCode, at: Instant) -> Vec<Arc<Document>> {
        self.newest(party, at)
            .into_iter()
            .filter(|version| !self.is_over(version, at))
            .map(|version| Arc::clone(&version.document))
            .collect()
    }

    /// Whose give terms count for what a party gave: what is in force, and what has ended with
    /// `after_end = "keep"`.
    pub(super) fn giving(&self, party: &PartyCode, at: Instant) -> Vec<Arc<Document>> {
        self.newest(party, at)
            .into_iter()
            .filter(|version| {
                !self.is_over(version, at) || version.document.after_end == AfterEnd::Keep
            })
            .map(|version| Arc::clone(&version.document))
            .collect()
    }

    /// The agreements in force for a party, by id and version.
    pub fn basis(&self, party: &PartyCode, at: Instant) -> Vec<(AgreementId, AgreementVersion)> {
        if party == self.host() {
            return Vec::new();
        }
        self.in_force(party, at)
            .iter()
            .map(|document| (document.id.clone(), document.version))
            .collect()
    }

    /// Every instant in (after, until] at which the clock alone may change something.
    pub fn boundaries(&self, after: Instant, until: Instant) -> BTreeSet<Instant> {
        let dates = self.versions.iter().flat_map(|version| {
            let document = &version.document;
            [Some(document.in_force), document.until]
        });
        dates
            .flatten()
            .chain(self.terminated.values().copied())
            .filter(|date| after < *date && *date <= until)
            .collect()
    }

    /// Whether that version, with those very bytes, is on the table.
    pub fn is_tabled(&self, document: &Document, digest: Digest) -> bool {
        self.versions.iter().any(|version| {
            version.document.id == document.id
                && version.document.version == document.version
                && version.digest == digest
        })
    }

    /// Whether a party has signed that version.
    pub fn has_signed(
        &self,
        id: &AgreementId,
        version: AgreementVersion,
        party: &PartyCode,
    ) -> bool {
        self.versions
            .iter()
            .filter(|one| one.document.id == *id && one.document.version == version)
            .any(|one| one.signed.iter().any(|(code, _)| code == party))
    }
}
