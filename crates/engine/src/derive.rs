//! Derived objects: what is handed out in place of a record whose parts the reader's terms leave
//! out.
//!
//! Who gets what derived is decided by the gate's terms in core, and how a derived object is
//! written is a matter of STIX; here the two meet.

use legation_core::derivation::office_identity;
use legation_core::id::{PartyCode, PropertyName, RecordId, RecordNumber};
use legation_core::view::Fold;
use legation_stix::redact::{RedactError, Redaction, redact};

/// The bytes that a party is handed for a record that was filed as those; none if it is handed them
/// as they are.
///
/// # Errors
/// When nothing that is an object would be left: then there is nothing to be handed.
pub(crate) fn derive(
    fold: &Fold,
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
    let mut map = |id: &str| fold.mapped_id(party, record, id);
    redact(bytes, &redaction, &mut map).map(Some)
}
