//! MISP, both ways: events (MISP core format, `draft-dulaunoy-misp-core-format`) to STIX 2.1
//! objects, and the STIX objects of a view to the files of a MISP feed.
//!
//! The cast. [`convert`] reads a body (`read`), finds what each attribute says in STIX's terms
//! (`slot`) and writes objects (`stix`). [`Feed::build`] goes the other way (`feed`, `attribute`).
//! What STIX asks of an object is not judged here, and nothing is served.
//!
//! Every id is made of what the event says (`name`), so that the same event gives the same bytes,
//! and a later state of it gives later versions of the same ids.

mod attribute;
mod error;
mod feed;
mod name;
mod read;
mod slot;
mod stix;

pub use error::{Fault, MispError, Refused};
pub use feed::{Feed, FeedError, FeedEvent, Held, Publisher};
pub use stix::{Converted, convert};

/// The most bytes of a body that is read: what is read of it takes a few times as much memory.
pub const BYTES_MAX: usize = 32 * 1024 * 1024;

/// The most events in one body.
pub const EVENTS_MAX: usize = 1_000;

/// The most attributes of one event, those of its objects included.
pub const ATTRIBUTES_MAX: usize = 50_000;

/// The most bytes of one value, name or text: what MISP's own column holds.
pub const TEXT_MAX: usize = 65_535;

/// The most tags of one event or attribute.
pub const TAGS_MAX: usize = 500;

/// Whether a body is MISP's, by how it begins: with the member `Event` or `response`, or as a list.
/// Neither a STIX bundle nor a TAXII envelope begins so.
pub fn is_misp(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    let Some(rest) = body.strip_prefix(b"{") else {
        return body.starts_with(b"[");
    };
    let rest = rest.trim_ascii_start();
    [&b"\"Event\""[..], b"\"response\""]
        .iter()
        .any(|name| rest.starts_with(name))
}

#[cfg(test)]
mod tests;
