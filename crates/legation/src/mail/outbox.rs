//! The duty to send invitations: one after the other, whatever is owed.
//!
//! What is owed follows from the journal and is asked for again before each message, so that nothing
//! goes to anybody who may not see it any more. A message that the server has taken is recorded; if
//! the office ends between the two, it goes out again after the restart, with the same id, which
//! mail clients show once. A server that takes nothing is tried again after a while that doubles; a
//! message that it refuses for good waits alone.

use std::collections::HashMap;
use std::time::Duration;

use legation_core::calendar::Letter as Owed;
use legation_core::id::{EventUid, MailAddress};
use legation_engine::{EngineError, Office, write_event};
use legation_formats::ical::{self, Attendee, PartStat};
use tokio::time::Instant;

use crate::mail::{Invite, Letter, MailError, Mailer};

/// After the first failure of the server, how long to wait; it doubles from there.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait for a server: half an hour.
const LONGEST: Duration = Duration::from_secs(1800);

/// How long a message that was refused for good waits: an address may be mended, or a mailbox made.
const REFUSED: Duration = Duration::from_secs(6 * 3600);

/// The longest wait for the clock, which ends what is over.
const LOOK: Duration = Duration::from_secs(60);

/// Who sends invitations.
pub(crate) struct Outbox {
    office: Office,
    mailer: Mailer,
    failures: u32,
    refused: HashMap<(EventUid, MailAddress, u32), Instant>,
}

impl Outbox {
    pub(crate) fn new(office: Office, mailer: Mailer) -> Self {
        Self {
            office,
            mailer,
            failures: 0,
            refused: HashMap::new(),
        }
    }

    /// Sends until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut news = self.office.news();
        loop {
            news.borrow_and_update();
            let wait = match self.send_next().await {
                Ok(Some(wait)) => wait,
                Ok(None) => continue,
                Err(error) => {
                    complain(&error);
                    LONGEST
                }
            };
            // A server that does not answer is not asked earlier because something happened here.
            let sleep = tokio::time::sleep(wait);
            match self.failures {
                0 => tokio::select! {
                    told = news.changed() => if told.is_err() { return },
                    () = sleep => {}
                },
                _ => sleep.await,
            }
        }
    }

    /// Sends the next that is owed; none if there may be another, else how long to wait.
    async fn send_next(&mut self) -> Result<Option<Duration>, EngineError> {
        let (owed, now) = self.office.letters()?;
        let clock = Instant::now();
        self.refused.retain(|_, until| *until > clock);
        let next = owed
            .into_iter()
            .find(|one| !self.refused.contains_key(&key(one)));
        let Some(next) = next else {
            return Ok(Some(LOOK));
        };
        match self.mailer.send(self.letter(&next, now), now).await {
            Ok(()) => {
                self.failures = 0;
                self.office.note_invite(&next).await?;
                tracing::info!(
                    target: "legation::mail",
                    { party = %next.party, sequence = next.sequence, cancels = next.cancels },
                    "invitation sent"
                );
                Ok(None)
            }
            Err(error @ (MailError::Refused(_) | MailError::To | MailError::Written)) => {
                tracing::warn!(
                    target: "legation::mail",
                    { code = error.code(), text = %error, party = %next.party, person = %next.person },
                    "an invitation cannot be sent"
                );
                self.refused.insert(key(&next), clock + REFUSED);
                Ok(None)
            }
            Err(error) => {
                let wait = FIRST
                    .saturating_mul(1 << self.failures.min(16))
                    .min(LONGEST);
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(
                    target: "legation::mail",
                    { code = error.code(), text = %error, wait_ms = wait.as_millis() as u64 },
                    "the mail server took nothing"
                );
                Ok(Some(wait))
            }
        }
    }

    /// The message that says what is owed: with the receiver as the only one invited, since who else
    /// is may be nobody's to know.
    fn letter(&self, owed: &Owed, now: legation_core::time::Instant) -> Letter {
        let name = format!("{}, {}", owed.person, owed.party);
        let bare = || ical::Event {
            uid: owed.uid.to_string(),
            sequence: owed.sequence,
            stamp: now,
            when: ical::When::Time {
                start: now,
                end: now,
            },
            summary: "Cancelled".to_owned(),
            description: None,
            place: None,
            status: ical::Status::Cancelled,
            is_busy: false,
            organizer: None,
            attendees: Vec::new(),
        };
        let mut event = owed.event.as_ref().map_or_else(bare, write_event);
        event.sequence = owed.sequence;
        event.organizer = Some(ical::Mailbox {
            name: self.mailer.name().to_owned(),
            address: self.mailer.from(),
        });
        event.attendees = vec![Attendee {
            mailbox: ical::Mailbox {
                name: name.clone(),
                address: owed.address.to_string(),
            },
            partstat: PartStat::NeedsAction,
            rsvp: !owed.cancels,
        }];
        let (method, word) = match owed.cancels {
            true => (ical::Method::Cancel, "CANCEL"),
            false => (ical::Method::Request, "REQUEST"),
        };
        let subject = match (&owed.event, owed.cancels) {
            (None, _) => "Cancelled: an invitation of yours".to_owned(),
            (Some(event), true) => format!("Cancelled: {}", event.summary),
            (Some(event), false) if owed.sequence > 0 => format!("Changed: {}", event.summary),
            (Some(event), false) => format!("Invitation: {}", event.summary),
        };
        Letter {
            to: (name, owed.address.clone()),
            text: text(owed, &subject),
            subject,
            invite: Some(Invite {
                method: word,
                calendar: ical::write(method, None, &[event]),
            }),
            stable: format!("invite {} {} {}", owed.uid, owed.sequence, owed.address),
        }
    }
}

fn key(owed: &Owed) -> (EventUid, MailAddress, u32) {
    (owed.uid.clone(), owed.address.clone(), owed.sequence)
}

/// What a person reads whose client knows no calendars.
fn text(owed: &Owed, subject: &str) -> String {
    let Some(event) = &owed.event else {
        return format!("{subject}.\n\nIt no longer concerns you; take it out of your calendar.\n");
    };
    let mut text = format!("{subject}\n");
    if let legation_core::calendar::When::Time { start, end } = event.when {
        let minute = |at: legation_core::time::Instant| {
            let written = at.to_string();
            written.get(..16).unwrap_or(&written).replace('T', " ")
        };
        text.push_str(&format!(
            "\nFrom {} to {} (UTC)",
            minute(start),
            minute(end)
        ));
    }
    if let Some(place) = &event.place {
        text.push_str(&format!("\nAt {place}"));
    }
    if let Some(description) = &event.description {
        text.push_str(&format!("\n\n{description}"));
    }
    if !owed.cancels {
        text.push_str("\n\nAnswer with your calendar; the answer goes back to the office.");
    }
    text.push('\n');
    text
}

fn complain(error: &EngineError) {
    tracing::error!(
        target: "legation::mail",
        { code = error.code, text = %error },
        "invitations cannot be sent"
    );
}
