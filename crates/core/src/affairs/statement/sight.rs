//! Who may know that the office keeps statements about something. Statements are public, that the
//! office follows them is not: whoever may not know of a subject is not told what was said about it.
//!
//! The office's own people see everything; that they are its own is not decided here.

use crate::act::StatementSubject;
use crate::agreement::succession::Agreement;
use crate::id::PartyCode;
use crate::party::Status;
use crate::state::State;

/// Whether a party may see what was said about a subject: an office or a decision that it may see
/// itself, an agreement that it is a side of. Other matters are the office's own business.
pub fn is_seen_by(
    state: &State,
    subject: &StatementSubject,
    party: &PartyCode,
    status: Status,
) -> bool {
    match subject {
        StatementSubject::Office(_) | StatementSubject::Decision(_) => false,
        StatementSubject::Agreement(id) => {
            let latest = state.agreement(id).and_then(Agreement::latest);
            latest.is_some_and(|version| {
                let parties = &version.document.parties;
                parties.host == *party || parties.other.names(party, status)
            })
        }
        StatementSubject::Matter(_) => false,
    }
}
