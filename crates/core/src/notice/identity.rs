//! For the office's people: identities for which a party asks to speak.

use crate::notice::{Board, Draft, NoticeKind, Subject};

pub(super) fn post(board: &mut Board<'_>) {
    if !board.reader.staff {
        return;
    }
    let state = board.state;
    for (identity, party, granted) in state.identities() {
        if granted {
            continue;
        }
        let draft = Draft {
            kind: NoticeKind::IdentityAsked,
            subject: Subject {
                what: "identity",
                id: identity.to_string(),
            },
            stage: party.to_string(),
            due: None,
            text: format!("{party} asks to speak for `{identity}`"),
        };
        // The state keeps who asks, not when.
        board.put(None, draft);
    }
}
