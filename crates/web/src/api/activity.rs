//! The API of trainings, exercises, visits and summits.

use crate::api::openapi::Path;

pub(super) fn paths() -> Vec<Path> {
    Vec::new()
}
