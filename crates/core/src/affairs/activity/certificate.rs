//! Certificates of attendance: what they say, and how one is checked.
//!
//! A certificate is a text; its bytes stand in the entry that issued it. So whoever holds the text
//! and the entry with its proof can check both, without the office: the digest of the text is the
//! one that the office tells, and the entry holds the same text.

use crate::act::Nominee;
use crate::affairs::activity::{Activity, write_moment};
use crate::id::{CertificateNumber, Digest, EntryNumber, PartyCode};
use crate::time::Instant;

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// Its number.
    pub number: CertificateNumber,
    /// When it was issued.
    pub at: Instant,
    /// The entry that holds it.
    pub entry: EntryNumber,
    /// What it says, byte for byte.
    pub text: String,
}

impl Certificate {
    /// The digest of its text.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }
}

/// What a certificate of attendance says.
pub fn write_certificate(
    activity: &Activity,
    nominee: &Nominee,
    number: &CertificateNumber,
    (host, office): (&PartyCode, &str),
    now: Instant,
) -> String {
    let named = activity.nominee(&nominee.party, &nominee.person);
    let full_name = named.and_then(|one| one.full_name.as_deref());
    let name = full_name.unwrap_or(nominee.person.as_str());
    let moment = |at| write_moment(at, activity.zone());
    format!(
        "Certificate of attendance\n\n\
         number: {number}\n\
         name: {name}\n\
         person: {}/{}\n\
         {}: {}\n\
         activity: {}\n\
         area: {}\n\
         place: {}\n\
         begin: {}\n\
         end: {}\n\
         issued: {now}\n\
         by: {host}, office {office}\n",
        nominee.party,
        nominee.person,
        activity.kind().as_str(),
        activity.title(),
        activity.id(),
        activity.area(),
        activity.place(),
        moment(activity.start()),
        moment(activity.end()),
    )
}
