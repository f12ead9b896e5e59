//! The API of the consultations.

use crate::api::openapi::Path;

pub(super) fn paths() -> Vec<Path> {
    Vec::new()
}
