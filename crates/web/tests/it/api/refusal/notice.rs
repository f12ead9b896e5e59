//! The operations of `api/notice.rs`.

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    Vec::new()
}
