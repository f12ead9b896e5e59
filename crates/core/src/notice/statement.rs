//! For the office's people: statements found in the press that wait for somebody to decide.
//!
//! All of them are one notice: a day's press may bring hundreds.

use crate::affairs::statement::Outcome;
use crate::notice::{Board, Draft, NoticeKind, Subject};

pub(super) fn post(board: &mut Board<'_>) {
    if !board.reader.staff {
        return;
    }
    let statements = &board.state.affairs().statements;
    let waiting = statements
        .proposals()
        .filter(|one| one.outcome == Outcome::Waiting);
    let (mut count, mut oldest) = (0_usize, None);
    for proposal in waiting {
        count += 1;
        oldest = Some(oldest.map_or(proposal.found, |found| proposal.found.min(found)));
    }
    let Some(oldest) = oldest else { return };
    let text = match count {
        1 => "a statement found in the press waits for a decision".to_owned(),
        count => format!("{count} statements found in the press wait for a decision"),
    };
    let draft = Draft {
        kind: NoticeKind::ProposalsWaiting,
        subject: Subject {
            what: "proposal",
            id: String::new(),
        },
        stage: oldest.to_string(),
        due: None,
        text,
    };
    board.put(Some(oldest), draft);
}
