//! The operations of `api/consultation.rs`.

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    Vec::new()
}
