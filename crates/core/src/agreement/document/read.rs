//! (stub)
use super::*;
pub(super) fn document(_bytes: &[u8]) -> Result<Document, Faults> {
    Err(Faults::one(Fault {
        line: 1,
        column: 1,
        code: "agreement.syntax",
        text: "unread".into(),
    }))
}
