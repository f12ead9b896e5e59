//! Derivation: what a party is shown in place of a record when its terms leave something out.
//!
//! Only the creator of an object may change it, so a party whose take terms redact is shown
//! another object, with an id of its own ([`Derivation::id`]). Whether a record is derived depends
//! on area, kind and originator alone and never on its level: otherwise a reader could tie the two
//! ids together when a level changes. Several redacting terms add up.
//!
//! The flow: `of` finds what the terms say for a class (the gate judges what is left by its own
//! level); [`crate::view::Fold`] says what an id becomes for a party and back. The object itself is
//! written elsewhere, from its bytes.

use std::collections::BTreeSet;

use crate::agreement::document::Take;
use crate::agreement::succession::Version;
use crate::id::{AgreementId, AreaName, Digest, Kind, PartyCode, PropertyName};
use crate::label::Level;
use crate::party::Status;
use crate::state::Standing;

/// How the records of a class are derived for a party.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Derivation {
    /// The agreement under which the derived objects have their ids.
    pub agreement: AgreementId,
    /// The properties that are left out.
    pub redact: BTreeSet<PropertyName>,
    /// Parts marked above that level, or with what the office cannot read, are left out.
    pub above: Option<Level>,
}

/// The identity that an office signs derived objects with as their creator: an id that follows from
/// the office's seed. The host speaks for it.
pub fn office_identity(seed: &[u8; 16]) -> String {
    let mut text = b"legation office identity v1\0".to_vec();
    text.extend_from_slice(seed);
    let digest = Digest::of(&text);
    let word = digest.as_bytes().first_chunk().copied();
    let free = u128::from_be_bytes(word.unwrap_or_default()) & ((1 << 122) - 1);
    format!("identity--{}", pack(4, free))
}

/// The take terms of a party that speak of records of that area, kind and originator, at whatever
/// level.
pub(crate) fn covering<'a>(
    standing: &'a Standing<'a>,
    area: &'a AreaName,
    kind: &'a Kind,
    originator: &'a PartyCode,
    status: Status,
) -> impl Iterator<Item = (&'a Version, &'a Take)> {
    standing
        .takes()
        .filter(move |(_, take)| take.covers(area, kind) && take.takes_from(originator, status))
}

impl Derivation {
    /// What the terms of a party say for records of that area, kind and originator, if they redact.
    pub(crate) fn of(
        standing: &Standing<'_>,
        area: &AreaName,
        kind: &Kind,
        originator: &PartyCode,
        status: Status,
    ) -> Option<Self> {
        if !standing.redacts() {
            return None;
        }
        let mut found: Option<Self> = None;
        let terms = covering(standing, area, kind, originator, status);
        for (version, take) in terms.filter(|(_, take)| take.redacts()) {
            let derivation = found.get_or_insert_with(|| Self {
                agreement: version.document.id.clone(),
                redact: BTreeSet::new(),
                above: None,
            });
            derivation.redact.extend(take.redact.iter().cloned());
            derivation.above = match (derivation.above, take.redact_above) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        found
    }

    /// The id under which a party knows the record of that id: of the same type, a UUID of version
    /// 4 in appearance, and to be told from a random one by the office alone. None for an id that
    /// is no `type--uuid`.
    pub fn id(&self, seed: &[u8; 16], id: &str) -> Option<String> {
        let (kind, uuid) = split(id)?;
        let (version, payload) = unpack(uuid)?;
        let payload = Key::of(seed, &self.agreement).encrypt(version, payload);
        Some(format!("{kind}--{}", pack(4, payload)))
    }

    /// The ids of which one may be that of the record that a party knows under that id: one for
    /// each version of UUID.
    pub fn origins(&self, seed: &[u8; 16], id: &str) -> Vec<String> {
        let Some((kind, (4, payload))) =
            split(id).and_then(|(kind, uuid)| Some((kind, unpack(uuid)?)))
        else {
            return Vec::new();
        };
        let key = Key::of(seed, &self.agreement);
        (1..=5)
            .map(|version| format!("{kind}--{}", pack(version, key.decrypt(version, payload))))
            .collect()
    }
}

/// The secret permutation of the 122 free bits of a UUID (RFC 4122 section 4.1), one for each
/// agreement and version of UUID: Luby and Rackoff, "How to construct pseudorandom permutations"
/// (1988), with SHA-256 over key, round, version and half as the round function.
struct Key([u8; 32]);

/// The bits of a half.
const HALF: u32 = 61;
const MASK: u64 = (1 << HALF) - 1;

/// Four rounds are a permutation that cannot be told from a random one, whoever may ask for both
/// directions.
const ROUNDS: u8 = 4;

impl Key {
    fn of(seed: &[u8; 16], agreement: &AgreementId) -> Self {
        let mut text = b"legation derived ids v1\0".to_vec();
        text.extend_from_slice(seed);
        text.extend_from_slice(agreement.as_str().as_bytes());
        Self(*Digest::of(&text).as_bytes())
    }

    fn round(&self, round: u8, version: u8, half: u64) -> u64 {
        let mut block = [0; 42];
        let (key, rest) = block.split_at_mut(32);
        key.copy_from_slice(&self.0);
        let (tweak, input) = rest.split_at_mut(2);
        tweak.copy_from_slice(&[round, version]);
        input.copy_from_slice(&half.to_be_bytes());
        let digest = Digest::of(&block);
        let word = digest.as_bytes().first_chunk().copied();
        u64::from_be_bytes(word.unwrap_or_default()) & MASK
    }

    fn encrypt(&self, version: u8, payload: u128) -> u128 {
        let (mut left, mut right) = halves(payload);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(round, version, right));
        }
        whole(left, right)
    }

    fn decrypt(&self, version: u8, payload: u128) -> u128 {
        let (mut left, mut right) = halves(payload);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.round(round, version, left), left);
        }
        whole(left, right)
    }
}

fn halves(payload: u128) -> (u64, u64) {
    ((payload >> HALF) as u64 & MASK, payload as u64 & MASK)
}

fn whole(left: u64, right: u64) -> u128 {
    u128::from(left) << HALF | u128::from(right)
}

/// The type of an id and its UUID as text.
pub(crate) fn split(id: &str) -> Option<(&str, &str)> {
    let (kind, uuid) = id.split_at_checked(id.len().checked_sub(36)?)?;
    Some((kind.strip_suffix("--")?, uuid))
}

/// The version of a UUID and its free bits; none if it is none.
fn unpack(uuid: &str) -> Option<(u8, u128)> {
    let hex: String = uuid.split('-').collect();
    let bits = u128::from_str_radix(&hex, 16)
        .ok()
        .filter(|_| hex.len() == 32)?;
    let version = (bits >> 76 & 0xf) as u8;
    let variant = bits >> 62 & 0b11;
    let free = bits >> 80 << 74 | (bits >> 64 & 0xfff) << 62 | (bits & ((1 << 62) - 1));
    (variant == 0b10 && (1..=5).contains(&version)).then_some((version, free))
}

/// The UUID of that version with those free bits.
fn pack(version: u8, free: u128) -> String {
    let bits = free >> 74 << 80
        | u128::from(version) << 76
        | (free >> 62 & 0xfff) << 64
        | 0b10 << 62
        | (free & ((1 << 62) - 1));
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derivation(agreement: &str) -> Derivation {
        Derivation {
            agreement: agreement.parse().unwrap(),
            redact: BTreeSet::new(),
            above: None,
        }
    }

    #[test]
    fn a_derived_id_leads_back_with_the_seed_and_not_without() {
        let seed = [7; 16];
        let jpn = derivation("nato-jpn");
        let mut seen = BTreeSet::new();
        for version in 1..=5 {
            for n in 0..50_u32 {
                let id = format!("indicator--{n:08x}-1111-{version}abc-9def-0123456789ab");
                let derived = jpn.id(&seed, &id).unwrap();
                assert!(derived.starts_with("indicator--") && derived.len() == id.len());
                assert_eq!(derived.as_bytes()[11 + 14], b'4');
                assert!(matches!(
                    derived.as_bytes()[11 + 19],
                    b'8' | b'9' | b'a' | b'b'
                ));
                assert!(jpn.origins(&seed, &derived).contains(&id));
                assert!(!jpn.origins(&[8; 16], &derived).contains(&id));
                assert_eq!(jpn.id(&seed, &id).unwrap(), derived);
                assert_ne!(derivation("nato-kor").id(&seed, &id).unwrap(), derived);
                assert!(seen.insert(derived), "two ids never become one");
            }
        }
    }

    #[test]
    fn what_is_no_uuid_has_no_derived_id() {
        for id in [
            "",
            "indicator",
            "indicator--",
            "indicator--00000000-0000-0000-0000-000000000000",
            "indicator--0000000000004000800000000000000000zz",
            "é--11111111-1111-4111-8111-11111111111",
        ] {
            assert_eq!(derivation("a").id(&[0; 16], id), None, "{id}");
        }
    }
}
