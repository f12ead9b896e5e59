//! The API of the liaison offices of the alliance.

use crate::api::openapi::Path;

pub(super) fn paths() -> Vec<Path> {
    Vec::new()
}
