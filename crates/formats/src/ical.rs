//! iCalendar (RFC 5545) and what is sent of it by mail (iTIP, RFC 5546): holidays and replies are
//! read, events are written.
//!
//! The cast. [`Calendar::read`] makes a tree of components and properties of the bytes (`line`,
//! `component`), strict about the grammar and lenient about what the world gets wrong without
//! harm: bare line feeds, long lines, a byte order mark. [`holidays`] and [`replies`] take from it
//! what they need and refuse what they do not understand; [`Calendar::verify`] asks for what the
//! standard asks of events. [`write()`] gives the bytes of a feed or an invitation.
//!
//! Not here: what an office has in its calendars, mail, and recurrence beyond once or several
//! times a year.

mod component;
mod error;
mod event;
mod holiday;
mod line;
mod mail;
mod reply;
mod shipped;
mod value;
mod verify;

pub use component::{Calendar, Component};
pub use error::{Fault, IcalError};
pub use event::{Attendee, Event, Mailbox, Method, Status, When, write};
pub use holiday::{Holiday, holidays};
pub use line::Property;
pub use mail::replies_of_mail;
pub use reply::{PartStat, Reply, replies};
pub use shipped::{shipped, shipped_names};

/// The most bytes that are read: a country's holidays of a century take a fifth of it.
pub const BYTES_MAX: usize = 1024 * 1024;

/// The most bytes of a mail in which a calendar is looked for: calendars come encoded, and clients
/// send the text of the invitation back.
pub const MAIL_MAX: usize = 4 * BYTES_MAX;

/// How deep components stand within each other at most: the standard needs three.
pub const DEPTH_MAX: usize = 8;

/// The most days that are looked at for all recurrence rules of one file: some 40 holidays with
/// seven candidates each, over a century, twenty times.
pub const DAYS_MAX: usize = 500_000;

/// The most replies in one body: one for each date of a series, of which we send none.
pub const REPLIES_MAX: usize = 100;

#[cfg(test)]
mod tests;
