//! The API of mail addresses, calendar feeds and answers to invitations.

use crate::api::openapi::Path;

pub(super) fn paths() -> Vec<Path> {
    Vec::new()
}
