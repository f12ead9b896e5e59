//! Claims: what a party filed under the id of an object whose author is another.
//!
//! A claim is released like any record and shown in no view: nobody makes a new version of
//! another's object by filing one. It stays on record, for the office and for whoever filed it.

use crate::id::{PartyCode, RecordNumber};
use crate::state::State;
use crate::view::Fold;
use crate::view::sight::{Sight, group_of};

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
    /// The claims among what is released to a party, in filing order.
    pub fn claims(&self, party: &PartyCode) -> impl DoubleEndedIterator<Item = Claim> + '_ {
        self.claims_since(party, 0)
    }

    /// The same among the records from that number on.
    pub fn claims_since(
        &self,
        party: &PartyCode,
        first: u32,
    ) -> impl DoubleEndedIterator<Item = Claim> + '_ {
        let (state, views, _) = self.parts();
        let index = state.party_index(party);
        let view = index.and_then(|index| views.party(index));
        view.into_iter().flat_map(move |view| {
            let unshown = view.sight.unshown.range(first..);
            unshown.filter_map(move |record| claim(state, &view.sight, RecordNumber(record)))
        })
    }

    /// The claim that a record is in the eyes of a party, if it is one. A copy of the author's own
    /// version claims nothing, and of what has no versions only what another's creator made does.
    pub fn claim(&self, party: &PartyCode, record: RecordNumber) -> Option<Claim> {
        let (state, views, _) = self.parts();
        let view = views.party(state.party_index(party)?)?;
        claim(state, &view.sight, record)
    }
}

fn claim(state: &State, sight: &Sight, record: RecordNumber) -> Option<Claim> {
    let records = &state.records;
    if !sight.unshown.contains(record.0) || !sight.released.numbers().contains(record.0) {
        return None;
    }
    let foreign = records.is_foreign(record);
    let version = records.version(record);
    let shown = || {
        let group = group_of(records, record.0).filter(|&other| sight.is_shown(other));
        group.map(RecordNumber)
    };
    let is_copy =
        shown().any(|other| records.version(other) == version && records.is_copy(record, other));
    if is_copy || (version.is_none() && !foreign) {
        return None;
    }
    let creator = records.creator(record).filter(|_| foreign);
    let speaker = creator.and_then(|creator| records.authorities.get(&creator).copied());
    let author = speaker.or_else(|| records.originator(shown().next()?))?;
    Some(Claim {
        record,
        claimant: state.party(records.originator(record)?).code.clone(),
        author: state.party(author).code.clone(),
        granted: speaker.is_some(),
    })
}
