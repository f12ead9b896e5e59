//! Claims: what a party filed under the id of an object whose author is another.
//!
//! A claim is released like any record and shown in no view: nobody makes a new version of
//! another's object by filing one. It stays on record, for the office and for whoever filed it.

use crate::id::{PartyCode, RecordNumber};
use crate::view::Fold;
use crate::view::sight::group_of;

/// A record that is shown to nobody because its object is another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The record.
    pub record: RecordNumber,
    /// Who filed it.
    pub claimant: PartyCode,
    /// Whose object it is: the party that speaks for its creator, or else whoever filed it first.
    pub author: PartyCode,
    /// Whether the author is the one to whom the creator's identity is granted.
    pub granted: bool,
}

impl Fold {
    /// The claims among what is released to a party, in filing order. A copy of the author's own
    /// version claims nothing, and of what has no versions only what another's creator made does.
    pub fn claims(&self, party: &PartyCode) -> Vec<Claim> {
        self.claims_since(party, 0)
    }

    /// The same among the records from that number on.
    pub fn claims_since(&self, party: &PartyCode, first: u32) -> Vec<Claim> {
        let (state, views, _) = self.parts();
        let records = &state.records;
        let view = state
            .party_index(party)
            .and_then(|index| views.party(index));
        let Some(view) = view else {
            return Vec::new();
        };
        let sight = &view.sight;
        let mut unshown = sight.unshown.iter();
        unshown.advance_to(first);
        let mut claims = Vec::new();
        for record in unshown.map(RecordNumber) {
            if !sight.released.numbers().contains(record.0) {
                continue;
            }
            let foreign = records.is_foreign(record);
            let version = records.version(record);
            let mut shown = group_of(records, record.0).filter(|&other| sight.is_shown(other));
            let author = shown.next().map(RecordNumber);
            let is_copy = author
                .into_iter()
                .chain(shown.map(RecordNumber))
                .any(|other| records.version(other) == version && records.is_copy(record, other));
            if is_copy || (version.is_none() && !foreign) {
                continue;
            }
            let creator = records.creator(record).filter(|_| foreign);
            let speaker = creator.and_then(|creator| records.authorities.get(&creator).copied());
            let author = speaker.or_else(|| records.originator(author?));
            let (Some(author), Some(claimant)) = (author, records.originator(record)) else {
                continue;
            };
            claims.push(Claim {
                record,
                claimant: state.party(claimant).code.clone(),
                author: state.party(author).code.clone(),
                granted: speaker.is_some(),
            });
        }
        claims
    }
}
