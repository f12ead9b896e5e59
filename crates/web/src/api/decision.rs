//! The API of texts put to the members, and what became of them.

use crate::api::openapi::Path;

pub(super) fn paths() -> Vec<Path> {
    Vec::new()
}
