//! Replies to invitations (RFC 5546 section 3.2.3).
//!
//! Not here: whether anybody was invited, and whether a newer reply is known.

use std::fmt;

use legation_core::time::Instant;

use crate::ical::component::Calendar;
use crate::ical::error::{Fault, IcalError};
use crate::ical::{REPLIES_MAX, value};

/// How somebody stands to an invitation (RFC 5545 section 3.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartStat {
    /// Not answered.
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// Comes perhaps.
    Tentative,
    /// Somebody else comes.
    Delegated,
}

impl PartStat {
    /// As it is written in a calendar.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
            Self::Delegated => "DELEGATED",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [
            Self::NeedsAction,
            Self::Accepted,
            Self::Declined,
            Self::Tentative,
            Self::Delegated,
        ]
        .into_iter()
        .find(|one| one.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for PartStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Of which event.
    pub uid: String,
    /// To which state of it; 0 when it is not said.
    pub sequence: u32,
    /// Which date of a series, as it is written.
    pub recurrence: Option<String>,
    /// Whose mail address, in lower case.
    pub address: String,
    /// The answer.
    pub partstat: PartStat,
    /// When it was written, by its sender's clock.
    pub stamp: Instant,
}

/// The replies in a body whose method is `REPLY`.
///
/// # Errors
/// When it is no iCalendar, of another method, or an event in it lacks what a reply must have;
/// with the line.
pub fn replies(bytes: &[u8]) -> Result<Vec<Reply>, IcalError> {
    let read = Calendar::read(bytes)?;
    let mut replies = Vec::new();
    for calendar in read.calendars() {
        let method = calendar.only("METHOD")?;
        if !method.value().eq_ignore_ascii_case("REPLY") {
            let given = method.value().chars().take(80).collect();
            return Err(Fault::Method(given).on(method.line()));
        }
        for event in calendar.components() {
            if event.name() != "VEVENT" {
                continue;
            }
            let uid = event.only("UID")?;
            let stamp = event.only("DTSTAMP")?;
            let at = value::time(stamp.value()).filter(|(_, is_utc)| *is_utc);
            let sequence = match event.one("SEQUENCE")? {
                Some(one) => one.value().parse().map_err(|_| one.malformed())?,
                None => 0,
            };
            // Exactly one: whoever answers, answers for itself (section 3.2.3).
            let attendee = event.only("ATTENDEE")?;
            let partstat = attendee
                .param("PARTSTAT")
                .and_then(PartStat::read)
                .ok_or_else(|| Fault::Missing("PARTSTAT").on(attendee.line()))?;
            let recurrence = event.one("RECURRENCE-ID")?;
            replies.push(Reply {
                uid: uid.text(),
                sequence,
                recurrence: recurrence.map(|one| one.value().to_owned()),
                address: value::mail_address(attendee.value())
                    .ok_or_else(|| attendee.malformed())?,
                partstat,
                stamp: at.map(|(at, _)| at).ok_or_else(|| stamp.malformed())?,
            });
            if replies.len() > REPLIES_MAX {
                return Err(Fault::TooMany.on(event.line()));
            }
        }
    }
    if replies.is_empty() {
        return Err(Fault::Missing("VEVENT").on(1));
    }
    Ok(replies)
}
