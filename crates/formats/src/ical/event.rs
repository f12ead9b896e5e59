//! Events, as they are written into feeds and invitations (RFC 5545 section 3.6.1, RFC 5546).
//!
//! Times are written in UTC, which needs no `VTIMEZONE` and means the same instant to everybody;
//! whole days are written as days. Lines are folded at 75 octets, never within a character.
//!
//! Not here: who is to see an event.

use legation_core::time::{Day, Instant};

use crate::ical::reply::PartStat;
use crate::ical::value::{escape, write_day, write_time};

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        /// The first instant after it; at an instant alone if it is the same.
        end: Instant,
    },
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Confirmed,
    /// It may.
    Tentative,
    /// It does not.
    Cancelled,
}

/// What a body is for (RFC 5546 section 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// To be read: a feed.
    Publish,
    /// An invitation, or a new state of one.
    Request,
    /// The end of an invitation.
    Cancel,
}

/// Somebody with a mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// How it is called.
    pub name: String,
    /// Where mail goes.
    pub address: String,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub mailbox: Mailbox,
    /// How it stands to the invitation.
    pub partstat: PartStat,
    /// Whether an answer is asked for.
    pub rsvp: bool,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which: the same in every state of it.
    pub uid: String,
    /// Which state of it.
    pub sequence: u32,
    /// When that state was written.
    pub stamp: Instant,
    /// When it is.
    pub when: When,
    /// What it is.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// Whether it takes place.
    pub status: Status,
    /// Whether it takes up the time of whoever has it in a calendar.
    pub is_busy: bool,
    /// Who invites.
    pub organizer: Option<Mailbox>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
}

/// The bytes of a calendar: `name` is how clients call a feed.
pub fn write(method: Method, name: Option<&str>, events: &[Event]) -> String {
    let mut page = Page::default();
    page.line("BEGIN:VCALENDAR");
    page.line("VERSION:2.0");
    page.line("PRODID:-//Legation//Legation//EN");
    page.line("CALSCALE:GREGORIAN");
    page.line(match method {
        Method::Publish => "METHOD:PUBLISH",
        Method::Request => "METHOD:REQUEST",
        Method::Cancel => "METHOD:CANCEL",
    });
    if let Some(name) = name {
        // RFC 7986 section 5.1, and what was there before it.
        page.text("NAME", name);
        page.text("X-WR-CALNAME", name);
    }
    for event in events {
        page.event(event);
    }
    page.line("END:VCALENDAR");
    page.written
}

#[derive(Default)]
struct Page {
    written: String,
}

impl Page {
    fn event(&mut self, event: &Event) {
        self.line("BEGIN:VEVENT");
        self.text("UID", &event.uid);
        self.line(&format!("DTSTAMP:{}", write_time(event.stamp)));
        self.line(&format!("SEQUENCE:{}", event.sequence));
        match event.when {
            When::Days { first, last } => {
                self.line(&format!("DTSTART;VALUE=DATE:{}", write_day(first)));
                let after = last.max(first).next();
                self.line(&format!("DTEND;VALUE=DATE:{}", write_day(after)));
            }
            When::Time { start, end } => {
                self.line(&format!("DTSTART:{}", write_time(start)));
                if end > start {
                    self.line(&format!("DTEND:{}", write_time(end)));
                }
            }
        }
        self.text("SUMMARY", &event.summary);
        if let Some(description) = &event.description {
            self.text("DESCRIPTION", description);
        }
        if let Some(place) = &event.place {
            self.text("LOCATION", place);
        }
        self.line(match event.status {
            Status::Confirmed => "STATUS:CONFIRMED",
            Status::Tentative => "STATUS:TENTATIVE",
            Status::Cancelled => "STATUS:CANCELLED",
        });
        let busy = if event.is_busy {
            "OPAQUE"
        } else {
            "TRANSPARENT"
        };
        self.line(&format!("TRANSP:{busy}"));
        if let Some(Mailbox { name, address }) = &event.organizer {
            let name = quote(name);
            self.line(&format!("ORGANIZER;CN={name}:mailto:{}", plain(address)));
        }
        for Attendee {
            mailbox,
            partstat,
            rsvp,
        } in &event.attendees
        {
            let name = quote(&mailbox.name);
            let rsvp = if *rsvp { "TRUE" } else { "FALSE" };
            self.line(&format!(
                "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};RSVP={rsvp};CN={name}:mailto:{}",
                plain(&mailbox.address)
            ));
        }
        self.line("END:VEVENT");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(&format!("{name}:{}", escape(text)));
    }

    /// Writes a content line, folded at 75 octets (section 3.1).
    fn line(&mut self, line: &str) {
        let mut room = 75;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.written.push_str("\r\n ");
                room = 74;
            }
            room -= c.len_utf8();
            self.written.push(c);
        }
        self.written.push_str("\r\n");
    }
}

/// The value of a parameter in quotes; RFC 6868 for what may not stand there.
fn quote(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '^' => written.push_str("^^"),
            '"' => written.push_str("^'"),
            '\n' => written.push_str("^n"),
            c if c.is_control() => written.push(' '),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// An address without what would end its line.
fn plain(address: &str) -> String {
    address.chars().filter(|c| !c.is_control()).collect()
}
