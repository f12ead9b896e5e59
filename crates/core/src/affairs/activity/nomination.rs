//! Who of a party has a place in an activity, and who waits for one.
//!
//! Places are given in the order of nomination. Whoever has one keeps it, until the nomination ends
//! or the party's seats become fewer; whoever waits moves up as soon as a place is free, in the
//! order of nomination. The office's acceptance is a thing apart: with a place it confirms, without
//! one it holds until there is one. Who attends is not here but in the acts.

use std::fmt;

use crate::act::{Invited, Nominate};
use crate::affairs::activity::Certificate;
use crate::id::PersonName;
use crate::time::Instant;

/// A person whom a party has nominated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nomination {
    /// Who.
    pub person: PersonName,
    /// The full name.
    pub full_name: Option<String>,
    /// When the party named the person.
    pub at: Instant,
    /// Why in spite of a conflict of dates or a missing prerequisite.
    pub despite: Option<String>,
    /// Since when there is a place.
    pub place: Option<Instant>,
    /// When the office accepted the person.
    pub accepted: Option<Instant>,
    /// That the person does not take part after all.
    pub ended: Option<Ended>,
    /// Whether the person was there, once that is known.
    pub attended: Option<bool>,
    /// The certificate.
    pub certificate: Option<Certificate>,
}

/// That a nominee does not take part after all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// Since when.
    pub at: Instant,
    /// Why.
    pub reason: Option<String>,
    /// Whether the office declined, or else the party withdrew.
    pub declined: bool,
}

/// Where a nomination stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever counts or shows nominees must have an answer to each"
)]
pub enum Standing {
    /// There is a place; the office has to confirm.
    Nominated,
    /// There is no place yet.
    Waiting,
    /// There is a place, and the office has confirmed.
    Confirmed,
    /// The office declined.
    Declined,
    /// The party withdrew.
    Withdrawn,
    /// The person was there.
    Attended,
    /// The person was not there.
    Absent,
    /// The person has a certificate.
    Certified,
}

impl Standing {
    /// The standing as written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nominated => "nominated",
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Attended => "attended",
            Self::Absent => "absent",
            Self::Certified => "certified",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Nomination {
    pub(super) fn of(act: &Nominate, at: Instant) -> Self {
        Self {
            person: act.nominee.person.clone(),
            full_name: act.full_name.clone(),
            at,
            despite: act.despite.clone(),
            place: None,
            accepted: None,
            ended: None,
            attended: None,
            certificate: None,
        }
    }

    /// Whether it has not ended.
    pub fn is_active(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether there is a place.
    pub fn has_place(&self) -> bool {
        self.is_active() && self.place.is_some()
    }

    /// Whether there is a place and the office has accepted the person, whatever came after.
    pub fn is_confirmed(&self) -> bool {
        self.has_place() && self.accepted.is_some()
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match (&self.ended, &self.certificate, self.attended) {
            (Some(ended), ..) if ended.declined => Standing::Declined,
            (Some(_), ..) => Standing::Withdrawn,
            (None, Some(_), _) => Standing::Certified,
            (None, None, Some(true)) => Standing::Attended,
            (None, None, Some(false)) => Standing::Absent,
            (None, None, None) if self.place.is_none() => Standing::Waiting,
            (None, None, None) if self.accepted.is_some() => Standing::Confirmed,
            (None, None, None) => Standing::Nominated,
        }
    }
}

/// Gives the places of a party anew, given who has one.
pub(super) fn settle(nominations: &mut [Nomination], invitation: Option<&Invited>, at: Instant) {
    let seats = match invitation {
        Some(invited) => invited.seats.map_or(usize::MAX, |seats| seats as usize),
        None => 0,
    };
    let mut held = nominations.iter().filter(|one| one.has_place()).count();
    // Whoever came last gives way first, and nobody who is confirmed does.
    for one in nominations.iter_mut().rev() {
        if held > seats && one.has_place() && one.accepted.is_none() {
            one.place = None;
            held -= 1;
        }
    }
    for one in nominations.iter_mut() {
        if held < seats && one.is_active() && one.place.is_none() {
            one.place = Some(at);
            held += 1;
        }
    }
}
