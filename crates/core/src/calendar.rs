//! What is in a reader's calendar, and what is to be sent to those invited: pure functions of what
//! holds, who reads, and the time.
//!
//! The cast. Each source (`agreement`, `decision`, `consultation`, `activity`) says the
//! events that its reader may see, by the rule of its own area. An event has an id that is the same
//! for everybody who may see it and tells nothing of it, and a sequence that grows with each change
//! that its readers see; what was called off stays, cancelled. What a reader may not see leaves no
//! trace: no event, no number, no gap.
//!
//! [`outbox`] holds that against what was sent ([`crate::affairs::calendar`]). Nothing is written
//! in any format here, and nothing is sent.

mod activity;
mod agreement;
mod consultation;
mod decision;
mod outbox;
#[cfg(test)]
mod tests;

pub use outbox::{Letter, outbox};

use crate::id::{Digest, EventUid};
use crate::notice::{Reader, Subject};
use crate::state::State;
use crate::time::{Day, Instant};

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// On whole days.
    Days {
        /// The first.
        first: Day,
        /// The last.
        last: Day,
    },
    /// From an instant to another.
    Time {
        /// The first.
        start: Instant,
        /// The first instant after it; the same for what is but an instant.
        end: Instant,
    },
}

impl When {
    /// Whether it is over; a day is over when it is so everywhere on earth.
    pub fn is_over(&self, now: Instant) -> bool {
        match self {
            Self::Time { end, .. } => *end <= now,
            Self::Days { last, .. } => {
                let earliest = now.plus_micros(-36 * 3_600_000_000);
                *last < Day::of(earliest, &crate::party::Zone::utc())
            }
        }
    }
}

/// An event in a reader's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id in every calendar.
    pub uid: EventUid,
    /// What it is about.
    pub subject: Subject,
    /// Which state of it, as far as its readers see.
    pub sequence: u32,
    /// When that state began.
    pub changed: Instant,
    /// When it is.
    pub when: When,
    /// What it is.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// Whether it does not take place.
    pub is_cancelled: bool,
    /// Whether people meet there: they are invited, and it takes their time. Else it is a date to
    /// know of.
    pub is_meeting: bool,
}

/// What a source finds.
struct Draft {
    subject: Subject,
    sequence: u32,
    changed: Instant,
    when: When,
    summary: String,
    description: Option<String>,
    place: Option<String>,
    is_cancelled: bool,
    is_meeting: bool,
}

/// Everything in the calendar of that reader, by time; nothing if its party is not known.
pub fn events(state: &State, reader: &Reader<'_>, now: Instant) -> Vec<Event> {
    let Some(party) = state.find_party(reader.party) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    agreement::draft(state, reader, party, &mut drafts);
    decision::draft(state, reader, now, &mut drafts);
    consultation::draft(state, reader, &mut drafts);
    activity::draft(state, reader, party, now, &mut drafts);
    let events = drafts.into_iter().filter_map(|draft| {
        Some(Event {
            uid: uid(&state.seed, &draft.subject)?,
            subject: draft.subject,
            sequence: draft.sequence,
            changed: draft.changed,
            when: draft.when,
            summary: draft.summary,
            description: draft.description,
            place: draft.place,
            is_cancelled: draft.is_cancelled,
            is_meeting: draft.is_meeting,
        })
    });
    let mut events: Vec<Event> = events.collect();
    events.sort_by(|one, other| (&one.when, &one.uid).cmp(&(&other.when, &other.uid)));
    events
}

/// The id of an event: 128 bits that follow from the office's seed and the subject, and tell neither
/// what nor how many there are.
fn uid(seed: &[u8; 16], subject: &Subject) -> Option<EventUid> {
    let mut text = b"legation calendar event v1\0".to_vec();
    text.extend_from_slice(seed);
    text.extend_from_slice(subject.what.as_bytes());
    text.push(0);
    text.extend_from_slice(subject.id.as_bytes());
    let digest = Digest::of(&text);
    let half: &[u8; 16] = digest.as_bytes().first_chunk()?;
    let number = u128::from_be_bytes(*half);
    format!("{number:032x}@legation").parse().ok()
}
