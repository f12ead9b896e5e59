//! Who may know that the office keeps statements about something. Statements are public, that the
//! office follows them is not: whoever may not know of a subject is not told what was said about it.

use crate::act::StatementSubject;
use crate::affairs::liaison;
use crate::affairs::statement::Statement;
use crate::agreement::succession::Agreement;
use crate::id::PartyCode;
use crate::party::Status;
use crate::state::State;
use crate::time::Instant;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader<'a> {
    /// For which party.
    pub party: &'a PartyCode,
    /// In what standing that party is; none if it is not known.
    pub status: Option<Status>,
    /// Whether the office's own people ask.
    pub staff: bool,
}

/// From when on a reader is shown what was recorded about a subject; nothing of it exists for a
/// reader without.
///
/// The office's own people see everything. Anybody else sees what was said about an office or a
/// decision that it may see itself, of an office that it was told of later only what was recorded
/// from then on, and what was said about an agreement that it is a side of. Other matters are the
/// office's own business.
pub fn seen_since(
    state: &State,
    subject: &StatementSubject,
    reader: Reader<'_>,
    now: Instant,
) -> Option<Instant> {
    if reader.staff {
        return Some(Instant::MIN);
    }
    let (party, status) = (reader.party, reader.status?);
    match subject {
        StatementSubject::Office(id) => {
            let office = state.affairs().liaison.get(id)?;
            match office.sight(party, status, false)? {
                liaison::Sight::Whole => Some(Instant::MIN),
                liaison::Sight::Outside { since } => office.steps().get(since).map(|step| step.at),
            }
        }
        StatementSubject::Decision(id) => {
            let decision = state.affairs().decisions.get(id)?;
            let seen = decision.is_seen_by(party, false, now);
            seen.then_some(Instant::MIN)
        }
        StatementSubject::Agreement(id) => {
            let latest = state.agreement(id).and_then(Agreement::latest)?;
            let parties = &latest.document.parties;
            let side = parties.host == *party || parties.other.names(party, status);
            side.then_some(Instant::MIN)
        }
        StatementSubject::Matter(_) => None,
    }
}

/// Whether a reader is shown a statement.
pub fn is_seen_by(state: &State, statement: &Statement, reader: Reader<'_>, now: Instant) -> bool {
    let since = seen_since(state, &statement.saying.subject, reader, now);
    since.is_some_and(|since| since <= statement.recorded)
}
