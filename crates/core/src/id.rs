//! A newtype for each identifier, all listed here, alphabetical within its group.
//!
//! A name can only come into being by parsing ([`std::str::FromStr`]), so whoever holds one
//! holds a well-formed one. This file knows nothing of what the identifiers stand for.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text that is no identifier of the kind that was asked for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{given}` is not {what}: {rule}")]
pub struct IdError {
    what: &'static str,
    rule: &'static str,
    given: String,
}

impl IdError {
    /// What was asked for, its rule, and what came instead.
    pub(crate) fn new(what: &'static str, rule: &'static str, given: &str) -> Self {
        Self {
            what,
            rule,
            given: given.chars().take(80).collect(),
        }
    }

    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "id.malformed"
    }
}

/// Names longer than this are refused: nothing that a person types or a standard defines is longer.
const NAME_MAX: usize = 64;

/// Native record ids may be long (URLs, CAP identifiers), but never unbounded.
const RECORD_ID_MAX: usize = 512;

fn dashed(text: &str, letter: fn(char) -> bool) -> bool {
    !text.is_empty()
        && text.len() <= NAME_MAX
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| letter(c) || c.is_ascii_digit() || c == '-')
}

fn visible(text: &str, max: usize) -> bool {
    // Nearly all are plain ASCII, which is seen at a glance.
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    let visible = |c: char| !c.is_control() && !c.is_whitespace();
    !text.is_empty() && text.len() <= max && (plain(text) || text.chars().all(visible))
}

/// The form of addresses in practice (RFC 5322 section 3.4.1, dot-atoms): nothing in quotes, no
/// comments, and nothing that could end a header or a list.
fn mailable(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let dotted = |text: &str, letter: fn(char) -> bool| {
        let mut atoms = text.split('.');
        atoms.all(|atom| !atom.is_empty() && atom.chars().all(letter))
    };
    text.len() <= 254
        && dotted(local, |c| {
            c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_{|}~".contains(c)
        })
        && dotted(domain, |c| c.is_ascii_alphanumeric() || c == '-')
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError { what: $what, rule: $rule, given: text.chars().take(80).collect() })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                d.str()?.parse().map_err(minicbor::decode::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

names! {
    /// The id of a training, an exercise, a visit or a summit: made by the office,
    /// `activity-7k2m9x4q`, or a slug that staff chose.
    ActivityId, "an activity id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The id of an agreement, `nato-jpn`: one partner, one plan.
    AgreementId, "an agreement id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The name of an issue area: `cyber`, `space` ...
    AreaName, "an area",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The number of a certificate, `certificate-7k2m9x4q`: it says nothing of how many there are.
    CertificateNumber, "the number of a certificate",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The name of a machine account within its party.
    ClientName, "a client name",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The id of a consultation: made by the office, `consultation-7k2m9x4q`, or a slug that staff
    /// chose.
    ConsultationId, "a consultation id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The id of a decision, `open-tokyo`, or made by the office, `decision-7k2m9x4q`.
    DecisionId, "a decision id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// What names an event in every calendar; it tells nothing of the event.
    EventUid, "the id of an event in a calendar",
        "1 to 255 visible characters",
        |t| visible(t, 255);
    /// The random id of a calendar feed, `feed-7k2m9x4q`.
    FeedId, "the id of a calendar feed",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// What a record is within its area: a STIX type, `cdm`, `alert`, `document` ...
    Kind, "a kind",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The id of a liaison office of the alliance, `tokyo`.
    LiaisonId, "the id of a liaison office",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// Where mail goes, `name@example.org`.
    MailAddress, "a mail address",
        "like `name@example.org`, of letters, digits and `.!#$%&'*+-/=?^_{|}~`, at most 254 characters",
        mailable;
    /// The code of a party: `NATO`, `JPN`.
    PartyCode, "a party code",
        "upper-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_uppercase());
    /// The name of a human account within its party.
    PersonName, "a person name",
        "lower-case letters, digits, hyphens and dots, at most 64",
        |t| !t.starts_with('.') && dashed(t, |c| c.is_ascii_lowercase() || c == '.');
    /// The name of a property of a record, `description`.
    PropertyName, "a property name",
        "lower-case letters, digits and underscores, at most 250",
        |t| !t.is_empty() && t.len() <= 250
            && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    /// The id of a statement that is proposed from the press, until staff accepts or rejects it.
    ProposalId, "a proposal id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The native id of a record: a STIX id, a CDM's message id. Also the id of a marking.
    RecordId, "a record id",
        "1 to 512 bytes without blanks or control characters",
        |t| visible(t, RECORD_ID_MAX);
    /// A short name for something within its place: a point of a subject, `opening-date`.
    Slug, "a slug",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The id of a statement that was said in public.
    StatementId, "a statement id",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
    /// The name of an address to which notices are posted, unique in the office.
    WebhookName, "a webhook name",
        "lower-case letters, digits and hyphens, at most 64",
        |t| dashed(t, |c| c.is_ascii_lowercase());
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            minicbor::Encode, minicbor::Decode, serde::Serialize, serde::Deserialize,
        )]
        #[cbor(transparent)]
        #[serde(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

numbers! {
    /// The version of an agreement: the last one plus one, from 1.
    AgreementVersion(u32);
    /// The position of a body among all bodies of the journal, from 0.
    BodyNumber(u64);
    /// The position of an entry in the journal, from 0: also its leaf index in the log.
    EntryNumber(u64);
    /// The position of a record in filing order, from 0.
    RecordNumber(u32);
}

/// SHA-256 of some bytes (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Digest(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// A digest computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The id of a notice to a party. It derives from a secret of the office, so that none tells how
/// many there are, and nobody guesses one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
#[cbor(transparent)]
pub struct NoticeId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl NoticeId {
    /// The id of the notice of that recall for that party, in the office of that seed.
    pub fn of(seed: &[u8; 16], recall: EntryNumber, party: &PartyCode) -> Self {
        let mut text = b"legation recall notice v1\0".to_vec();
        text.extend_from_slice(seed);
        text.extend_from_slice(&recall.0.to_be_bytes());
        text.extend_from_slice(party.as_str().as_bytes());
        Self::cut(&text)
    }

    /// The id of the notice to that party of what those words name, in the office of that seed:
    /// always the same for the same.
    pub fn of_words(seed: &[u8; 16], party: &PartyCode, words: &[&str]) -> Self {
        let mut text = b"legation notice v1\0".to_vec();
        text.extend_from_slice(seed);
        for word in [party.as_str()].iter().chain(words) {
            // Each with its length, so that no two lists of words read alike.
            text.extend_from_slice(&(word.len() as u64).to_be_bytes());
            text.extend_from_slice(word.as_bytes());
        }
        Self::cut(&text)
    }

    /// An id of those random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn cut(text: &[u8]) -> Self {
        let digest = Digest::of(text);
        let (halves, _) = digest.as_bytes().as_chunks::<16>();
        Self(halves.first().copied().unwrap_or_default())
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for NoticeId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refuse = || IdError {
            what: "the id of a notice",
            rule: "32 hexadecimal digits in lower case",
            given: text.chars().take(80).collect(),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(refuse());
        };
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let read = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
        let bytes: Option<Vec<u8>> = pairs.iter().map(read).collect();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(refuse)
    }
}

impl serde::Serialize for NoticeId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for NoticeId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_or_refused() {
        assert!("NATO".parse::<PartyCode>().is_ok());
        assert!("Nato".parse::<PartyCode>().is_err());
        assert!("".parse::<PartyCode>().is_err());
        assert!("nato-jpn".parse::<AgreementId>().is_ok());
        assert!("nato jpn".parse::<AgreementId>().is_err());
        assert!("anna.berg".parse::<PersonName>().is_ok());
        assert!("a\u{0}b".parse::<RecordId>().is_err());
        let error = "x y".parse::<RecordId>().unwrap_err();
        assert_eq!(error.code(), "id.malformed");
        assert!(error.to_string().contains("`x y`"));
    }

    #[test]
    fn a_name_survives_encoding() {
        let code: PartyCode = "JPN".parse().unwrap();
        let bytes = minicbor::to_vec(&code).unwrap();
        assert_eq!(minicbor::decode::<PartyCode>(&bytes).unwrap(), code);
        assert!(minicbor::decode::<PartyCode>(&minicbor::to_vec("jpn").unwrap()).is_err());
    }

    #[test]
    fn the_id_of_a_notice_is_of_its_office_recall_and_party() {
        let (jpn, kor): (PartyCode, PartyCode) = ("JPN".parse().unwrap(), "KOR".parse().unwrap());
        let id = NoticeId::of(&[1; 16], EntryNumber(7), &jpn);
        for other in [
            NoticeId::of(&[2; 16], EntryNumber(7), &jpn),
            NoticeId::of(&[1; 16], EntryNumber(8), &jpn),
            NoticeId::of(&[1; 16], EntryNumber(7), &kor),
        ] {
            assert_ne!(id, other);
        }
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        let bytes = minicbor::to_vec(id).unwrap();
        assert_eq!(minicbor::decode::<NoticeId>(&bytes).unwrap(), id);
        for bad in [
            "",
            "ab",
            &text[1..],
            &text.to_uppercase(),
            &format!("{text}00"),
        ] {
            assert!(bad.parse::<NoticeId>().is_err(), "{bad}");
        }
    }
}
