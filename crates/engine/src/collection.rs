//! The collections that a caller's agreement opens, worked out once for each change of terms.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use legation_core::id::{AreaName, PartyCode};
use legation_core::view::Fold;

use crate::admit::Caller;
use crate::dice::uuid_v4;
use crate::error::EngineError;
use crate::file::may_file;
use crate::office::Office;

/// An area as a caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// An UUID made of office and area.
    pub id: [u8; 16],
    /// The area.
    pub area: AreaName,
    /// Its title.
    pub title: String,
    /// Whether the caller may read.
    pub can_read: bool,
    /// Whether the caller may file.
    pub can_write: bool,
}

/// What every party's agreement opens, as of the terms with which it was worked out.
#[derive(Default)]
pub(crate) struct Shelf {
    rows: RwLock<HashMap<PartyCode, Row>>,
}

struct Row {
    terms: u64,
    collections: Arc<[Collection]>,
}

impl Shelf {
    fn find(&self, party: &PartyCode, terms: u64) -> Option<Arc<[Collection]>> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let row = rows.get(party).filter(|row| row.terms == terms)?;
        Some(Arc::clone(&row.collections))
    }

    fn put(&self, party: PartyCode, terms: u64, collections: Arc<[Collection]>) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        rows.insert(party, Row { terms, collections });
    }
}

fn title(area: &AreaName) -> String {
    let mut letters = area.as_str().chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn collection(fold: &Fold, caller: &Caller, area: &AreaName) -> Option<Collection> {
    let state = fold.state();
    let party = state.find_party(&caller.party)?;
    let host = party.code == state.host().code;
    let takes = state
        .standing(party, fold.clock())
        .taking
        .iter()
        .any(|(_, version)| version.document.take.iter().any(|take| take.area == *area));
    let filed = state.has_filed(&party.code, area);
    let can_write = may_file(fold, caller, area);
    let can_read = host || takes || filed;
    (can_read || can_write).then(|| Collection {
        id: collection_id(&state.seed, area),
        area: area.clone(),
        title: title(area),
        can_read,
        can_write,
    })
}

fn collection_id(seed: &[u8; 16], area: &AreaName) -> [u8; 16] {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    hash.update(b"legation collection v1\0");
    hash.update(seed);
    hash.update(area.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid_v4(id)
}

impl Office {
    /// The collections that a caller's agreement opens, or into which its party has filed.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn collections(&self, caller: &Caller) -> Result<Arc<[Collection]>, EngineError> {
        // Read before the fold is looked at: what is worked out is never newer than it says.
        let terms = self.terms()?;
        if let Some(known) = self.shelf.find(&caller.party, terms) {
            return Ok(known);
        }
        let found: Arc<[Collection]> = {
            let fold = self.look()?;
            let areas = fold.state().areas();
            areas
                .iter()
                .filter_map(|area| collection(&fold, caller, area))
                .collect()
        };
        self.shelf
            .put(caller.party.clone(), terms, Arc::clone(&found));
        Ok(found)
    }

    /// One collection, by its id or by its area's name.
    ///
    /// # Errors
    /// When there is none that the caller may know of.
    pub fn collection(&self, caller: &Caller, name: &str) -> Result<Collection, EngineError> {
        let id = parse_uuid(name);
        self.collections(caller)?
            .iter()
            .find(|one| one.area.as_str() == name || Some(one.id) == id)
            .cloned()
            .ok_or_else(EngineError::not_found)
    }
}

/// The 16 bytes of an UUID in its text form (RFC 9562 section 4).
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let bytes = text.as_bytes();
    let dashes = [8, 13, 18, 23];
    if bytes.len() != 36 || dashes.iter().any(|&at| bytes.get(at) != Some(&b'-')) {
        return None;
    }
    let mut digits = bytes.iter().filter(|byte| **byte != b'-');
    let mut digit = || char::from(*digits.next()?).to_digit(16);
    let mut id = [0; 16];
    for byte in &mut id {
        *byte = (digit()? << 4 | digit()?) as u8;
    }
    digits.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_uuids_and_nothing_else() {
        let id = parse_uuid("00010203-0405-0607-0809-0a0b0c0d0eFf").unwrap();
        assert_eq!(id[..4], [0, 1, 2, 3]);
        assert_eq!(id[15], 0xff);
        for bad in [
            "",
            "00010203-0405-0607-0809-0a0b0c0d0ef",
            "0001020304050607-0809-0a0b0c0d0eff-",
            "00010203-0405-0607-0809-0a0b0c0d0eg0",
            "00010203-0405-0607-08-9-0a0b0c0d0e00",
        ] {
            assert_eq!(parse_uuid(bad), None, "{bad}");
        }
    }
}
