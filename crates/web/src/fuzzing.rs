//! Doors for the fuzz targets to two parsers that are private otherwise.
//!
//! Not for any other use, and no part of what this crate promises.

use legation_core::id::AreaName;
use legation_core::time::Instant;
use legation_engine::Caller;

use crate::auth;
use crate::taxii::{Cursor, Purpose};

/// The user, for Basic, and the secret of an `Authorization` header.
pub fn read_authorization(header: &str) -> Option<(Option<String>, String)> {
    let (user, secret) = auth::read(header)?;
    Some((user, secret.to_string()))
}

/// The cursor of pages between those dates.
pub fn seal_cursor(
    key: &[u8; 32],
    caller: &Caller,
    area: &AreaName,
    filter: &str,
    (after, until): (Instant, Instant),
) -> Option<String> {
    let purpose = Purpose {
        key,
        caller,
        area,
        filter,
    };
    Cursor { after, until }.seal(purpose)
}

/// The dates of a cursor that comes back; none if it was not made for this.
pub fn open_cursor(
    key: &[u8; 32],
    caller: &Caller,
    area: &AreaName,
    filter: &str,
    text: &str,
) -> Option<(Instant, Instant)> {
    let purpose = Purpose {
        key,
        caller,
        area,
        filter,
    };
    let cursor = Cursor::open(text, purpose).ok()?;
    Some((cursor.after, cursor.until))
}
