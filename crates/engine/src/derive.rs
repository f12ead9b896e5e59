//! Derived objects: what is handed out in place of a record whose parts the reader's terms leave
//! out.
//!
//! Who gets what derived is decided by the gate's terms in core, and how a derived object is
//! written is a matter of STIX; here the two meet.

use legation_core::derivation::office_identity;
use legation_core::id::{BodyNumber, PartyCode, PropertyName, RecordId, RecordNumber};
use legation_core::view::{Fold, Mapping};
use legation_stix::redact::{RedactError, Redaction, redact};

use crate::error::EngineError;
use crate::office::Office;

impl Office {
    /// The bytes of those records as the party is handed them; none for what was erased, or cannot be
    /// derived. Whether the party is shown them was asked before.
    pub(crate) fn bodies_shown(
        &self,
        party: &PartyCode,
        records: &[RecordNumber],
    ) -> Result<Vec<Option<Vec<u8>>>, EngineError> {
        let placed: Vec<(usize, BodyNumber)> = {
            let fold = self.look()?;
            let place = |(at, record): (usize, &RecordNumber)| {
                Some((at, fold.state().record_body(*record)?))
            };
            records.iter().enumerate().filter_map(place).collect()
        };
        let numbers: Vec<BodyNumber> = placed.iter().map(|(_, body)| *body).collect();
        let mut bodies: Vec<Option<Vec<u8>>> = vec![None; records.len()];
        self.journal.bodies(&numbers, &mut |place, body| {
            let at = placed.get(place).map(|(at, _)| *at);
            if let Some((slot, body)) = at.and_then(|at| bodies.get_mut(at)).zip(body) {
                *slot = Some(body.to_vec());
            }
        })?;
        let fold = self.look()?;
        let Some(mapping) = fold.mapping(party).filter(|_| fold.derives(party)) else {
            return Ok(bodies);
        };
        for (slot, record) in bodies.iter_mut().zip(records) {
            let Some(body) = slot else { continue };
            match derive(&fold, &mapping, party, *record, body) {
                Ok(None) => {}
                Ok(derived) => *slot = derived,
                Err(_) => *slot = None,
            }
        }
        Ok(bodies)
    }
}

/// The bytes that a party is handed for a record that was filed as those; none if it is handed them
/// as they are.
///
/// # Errors
/// When nothing that is an object would be left: then there is nothing to be handed.
fn derive(
    fold: &Fold,
    mapping: &Mapping<'_>,
    party: &PartyCode,
    record: RecordNumber,
    bytes: &[u8],
) -> Result<Option<Vec<u8>>, RedactError> {
    let Some(derivation) = fold.derivation(party, record) else {
        return Ok(None);
    };
    let state = fold.state();
    let gone = || RedactError::Empty(state.record_id(record).to_string());
    let id = fold.known_id(party, record).parse().map_err(|_| gone())?;
    let creator = office_identity(&state.seed).parse().map_err(|_| gone())?;
    let markings = fold.left_out(party, record);
    let markings: Vec<&str> = markings.iter().map(RecordId::as_str).collect();
    let properties: Vec<&str> = derivation.redact.iter().map(PropertyName::as_str).collect();
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties: &properties,
        markings: &markings,
    };
    let mut map = |id: &str| mapping.id(record, id);
    redact(bytes, &redaction, &mut map).map(Some)
}
