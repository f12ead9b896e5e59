//! The calendar in a mail (RFC 6047): what a mail client sends back, or what a gateway pipes in.
//!
//! Not here: whom a mail comes from. Its headers prove nothing, and nothing is taken from them.

use mail_parser::{Message, MessageParser, MimeHeaders as _};

use crate::ical::error::{Fault, IcalError};
use crate::ical::reply::{Reply, replies};
use crate::ical::{BYTES_MAX, MAIL_MAX};

/// The replies in a mail, or in a calendar that stands alone.
///
/// # Errors
/// When there is no calendar in it, or that is no reply; lines are those of the calendar.
pub fn replies_of_mail(bytes: &[u8]) -> Result<Vec<Reply>, IcalError> {
    if is_calendar(bytes) {
        return replies(bytes);
    }
    if bytes.len() > MAIL_MAX {
        return Err(Fault::TooLarge.on(1));
    }
    let mail = MessageParser::default().parse(bytes);
    let mail = mail.ok_or_else(|| Fault::NotCalendar.on(1))?;
    match calendar(&mail) {
        Some(part) => replies(part),
        None => Err(Fault::NotCalendar.on(1)),
    }
}

fn is_calendar(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start().get(..15).unwrap_or_default();
    start.eq_ignore_ascii_case(b"BEGIN:VCALENDAR")
}

/// The first part that is a calendar, its encoding taken back; one that a file name makes one only
/// where no part says so itself.
fn calendar<'a>(mail: &'a Message<'_>) -> Option<&'a [u8]> {
    let is_kind = |wanted: &[(&str, &str)]| {
        let part = mail.parts.iter().find(|part| {
            part.content_type().is_some_and(|kind| {
                let subtype = kind.subtype().unwrap_or_default();
                wanted.iter().any(|(main, sub)| {
                    kind.ctype().eq_ignore_ascii_case(main) && subtype.eq_ignore_ascii_case(sub)
                })
            })
        });
        part.map(|part| part.contents())
    };
    let found = is_kind(&[("text", "calendar")]).or_else(|| is_kind(&[("application", "ics")]));
    found.filter(|part| part.len() <= BYTES_MAX)
}
