//! The text of a record id, put together only when somebody wants to see it.
//!
//! ```text
//! type--8-4-4-4-12   a STIX id (STIX 2.1 section 2.9): its type, and the 16 bytes of its UUID
//! ```
//! Only the canonical form is taken apart, lower case (RFC 9562 section 4), so that what is put
//! together is the same byte for byte. Every other id is kept as it is.

use std::fmt;

/// The digits of an UUID with its hyphens.
const UUID_LENGTH: usize = 36;

/// Where the hyphens of an UUID are.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A record id as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdText<'a> {
    // The type of a STIX id, or the whole of any other.
    head: &'a str,
    uuid: Option<[u8; 16]>,
}

impl<'a> IdText<'a> {
    /// An id that is not taken apart.
    pub(crate) fn whole(text: &'a str) -> Self {
        Self {
            head: text,
            uuid: None,
        }
    }

    /// The id of that type and UUID.
    pub(crate) fn of(kind: &'a str, uuid: [u8; 16]) -> Self {
        Self {
            head: kind,
            uuid: Some(uuid),
        }
    }

    /// Appends the id to a text.
    pub fn write_to(&self, text: &mut String) {
        text.push_str(self.head);
        if let Some(uuid) = self.uuid {
            let buffer = digits(uuid);
            text.push_str("--");
            text.extend(buffer.iter().map(|&digit| char::from(digit)));
        }
    }
}

impl fmt::Display for IdText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.head)?;
        let Some(uuid) = self.uuid else {
            return Ok(());
        };
        f.write_str("--")?;
        f.write_str(std::str::from_utf8(&digits(uuid)).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for IdText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

impl PartialEq<str> for IdText<'_> {
    fn eq(&self, text: &str) -> bool {
        match self.uuid {
            None => self.head == text,
            Some(uuid) => take_apart(text) == Some((self.head, uuid)),
        }
    }
}

impl PartialEq<&str> for IdText<'_> {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

/// The text of an UUID.
fn digits(uuid: [u8; 16]) -> [u8; UUID_LENGTH] {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'0');
    let mut text = [b'-'; UUID_LENGTH];
    let places = (0..UUID_LENGTH).filter(|place| !HYPHENS.contains(place));
    let values = uuid.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (place, value) in places.zip(values) {
        if let Some(slot) = text.get_mut(place) {
            *slot = digit(value);
        }
    }
    text
}

/// Type and UUID of an id, if it is of the canonical form of STIX.
pub(crate) fn take_apart(id: &str) -> Option<(&str, [u8; 16])> {
    let (head, text) = id.split_at_checked(id.len().checked_sub(UUID_LENGTH)?)?;
    let kind = head.strip_suffix("--").filter(|kind| !kind.is_empty())?;
    let text: &[u8; UUID_LENGTH] = text.as_bytes().try_into().ok()?;
    let digits = without_hyphens(text)?;
    // Every digit is looked at, and whether all were digits only then: without a branch the
    // compiler takes them all at once.
    let mut sound = true;
    let mut values = [0; 32];
    for (value, &digit) in values.iter_mut().zip(&digits) {
        sound &= digit.wrapping_sub(b'0') < 10 || digit.wrapping_sub(b'a') < 6;
        // A letter has the bit 6 and begins at 1.
        *value = (digit & 15) + (digit >> 6) * 9;
    }
    let mut uuid = [0; 16];
    for (byte, pair) in uuid.iter_mut().zip(values.as_chunks::<2>().0) {
        let [high, low] = *pair;
        *byte = high << 4 | low;
    }
    sound.then_some((kind, uuid))
}

/// The digits of a text that has its hyphens where an UUID has them.
fn without_hyphens(text: &[u8; UUID_LENGTH]) -> Option<[u8; 32]> {
    let (a, rest) = text.split_first_chunk::<8>()?;
    let (b, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let (c, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let (d, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let e = rest.strip_prefix(b"-")?.first_chunk::<12>()?;
    let mut digits = [0; 32];
    let mut at = digits.as_mut_slice();
    for part in [a.as_slice(), b, c, d, e] {
        let (here, after) = at.split_at_mut_checked(part.len())?;
        here.copy_from_slice(part);
        at = after;
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_taken_apart_is_the_same_put_together(
            id in "([a-z0-9-]{0,9}--)?[0-9a-fA-F]{8}-[0-9a-g]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{11,13}",
        ) {
            if let Some((kind, uuid)) = take_apart(&id) {
                let text = IdText::of(kind, uuid);
                prop_assert_eq!(text.to_string(), id.as_str());
                prop_assert!(text == id.as_str());
                let mut written = String::new();
                text.write_to(&mut written);
                prop_assert_eq!(written, id);
            }
        }

        #[test]
        fn any_text_is_safe(id in any::<String>()) {
            let _ = take_apart(&id);
            prop_assert_eq!(IdText::whole(&id).to_string(), id);
        }
    }

    #[test]
    fn only_the_canonical_form_is_taken_apart() {
        let uuid = "bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
        assert!(take_apart(&format!("x--{uuid}")).is_some());
        assert!(take_apart(&format!("a--b--{uuid}")).is_some());
        for other in [
            uuid.to_owned(),
            format!("--{uuid}"),
            format!("x-{uuid}"),
            format!("x--{}", uuid.to_uppercase()),
            format!("x--{}", uuid.replace('-', "0")),
            format!("ä{}", &uuid[1..]),
            format!("x--{uuid} "),
        ] {
            assert_eq!(take_apart(&other), None, "{other}");
        }
    }
}
