//! The `next` of a page (TAXII 2.1 section 3.5): where the next page begins and where all end.
//!
//! ```text
//! next = base64url(after | until | mac)
//!   after  date added of the last object given, microseconds, 8 bytes big-endian
//!   until  the latest date that these pages reach, likewise
//!   mac    HMAC-SHA-256 over both and over whom and what they were made for, 32 bytes
//! ```
//!
//! Nothing is kept at the office: a page can be asked for again and is the same. Made for one
//! account, one collection and one filter, it opens for nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use legation_core::id::AreaName;
use legation_core::time::Instant;
use legation_engine::Caller;
use sha2::Sha256;

use crate::problem::Problem;

/// Two instants and a MAC: 8 + 8 + 32 bytes.
const LENGTH: usize = 48;

/// Where a sequence of pages stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) after: Instant,
    pub(crate) until: Instant,
}

/// Whom and what a cursor is for.
#[derive(Clone, Copy)]
pub(crate) struct Purpose<'a> {
    pub(crate) key: &'a [u8; 32],
    pub(crate) caller: &'a Caller,
    pub(crate) area: &'a AreaName,
    /// The filter in its one wording.
    pub(crate) filter: &'a str,
}

impl Purpose<'_> {
    fn mac(&self, instants: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key).ok()?;
        mac.update(b"legation taxii cursor v1\0");
        mac.update(instants);
        let actor = self.caller.actor.to_string();
        // `PARTY/name` is one word for a client and a person; the role tells them apart.
        for part in [
            self.caller.party.as_str(),
            self.caller.role.as_str(),
            &actor,
            self.area.as_str(),
            self.filter,
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }
}

impl Cursor {
    /// The cursor as the caller gets it.
    pub(crate) fn seal(self, purpose: Purpose<'_>) -> Option<String> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(self.after.micros().to_be_bytes());
        bytes.extend(self.until.micros().to_be_bytes());
        let mac = purpose.mac(&bytes)?.finalize().into_bytes();
        bytes.extend(mac);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cursor that comes back.
    ///
    /// # Errors
    /// 400 when it was not made here, or for another account, collection or filter.
    pub(crate) fn open(text: &str, purpose: Purpose<'_>) -> Result<Self, Problem> {
        Self::read(text, purpose).ok_or_else(|| {
            Problem::malformed(
                "`next` is not one that this office gave you for this collection and filter; \
                 begin again without it",
            )
        })
    }

    fn read(text: &str, purpose: Purpose<'_>) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (instants, mac) = bytes.split_at_checked(16)?;
        purpose.mac(instants)?.verify_slice(mac).ok()?;
        let (after, until) = instants.split_at_checked(8)?;
        let instant = |bytes: &[u8]| {
            bytes
                .try_into()
                .ok()
                .map(|bytes| Instant::from_micros(i64::from_be_bytes(bytes)))
        };
        Some(Self {
            after: instant(after)?,
            until: instant(until)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use legation_core::act::{Actor, Role};

    use super::*;

    fn caller(party: &str, name: &str) -> Caller {
        let party: legation_core::id::PartyCode = party.parse().unwrap();
        Caller {
            actor: Actor::Client(party.clone(), name.parse().unwrap()),
            party,
            role: Role::Client,
        }
    }

    #[test]
    fn a_cursor_opens_only_for_what_it_was_made_for() {
        let (cyber, space) = ("cyber".parse().unwrap(), "space".parse().unwrap());
        let (poller, other, stranger) =
            (caller("JPN", "a"), caller("JPN", "b"), caller("KOR", "a"));
        let purpose = Purpose {
            key: &[7; 32],
            caller: &poller,
            area: &cyber,
            filter: "objects",
        };
        let cursor = Cursor {
            after: Instant::from_micros(5),
            until: Instant::from_micros(9),
        };
        let text = cursor.seal(purpose).unwrap();
        assert_eq!(Cursor::open(&text, purpose).unwrap(), cursor);
        for wrong in [
            Purpose {
                key: &[8; 32],
                ..purpose
            },
            Purpose {
                caller: &other,
                ..purpose
            },
            Purpose {
                caller: &stranger,
                ..purpose
            },
            Purpose {
                area: &space,
                ..purpose
            },
            Purpose {
                filter: "manifest",
                ..purpose
            },
        ] {
            assert_eq!(Cursor::open(&text, wrong).unwrap_err().status, 400);
        }
        // Every bit of it counts.
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for place in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[place / 8] ^= 1 << (place % 8);
            assert!(Cursor::open(&URL_SAFE_NO_PAD.encode(bent), purpose).is_err());
        }
        for bad in ["", "x", "====", &text[1..], &format!("{text}AAAA")] {
            assert!(Cursor::open(bad, purpose).is_err(), "{bad}");
        }
    }
}
