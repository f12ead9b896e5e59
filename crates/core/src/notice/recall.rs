//! Recalls that wait for the reader's acknowledgement, and for the office's people those that
//! others have not acknowledged in time.
//!
//! A notice here says that there is a recall and no more: what it is about and why is told by the
//! recall itself, which notes whom it told.

use crate::notice::{Board, Draft, Notice, NoticeKind, Subject, minute};

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for recall in state.notices_of(&board.party.code, None) {
        if recall.acknowledged.is_some() {
            continue;
        }
        let text = format!(
            "a recall waits for your acknowledgement: `legation recall show {}`",
            recall.id
        );
        board.add(Notice {
            // What awaits is the recall's notice itself.
            id: recall.id,
            kind: NoticeKind::Recall,
            subject: Subject {
                what: "recall",
                id: recall.id.to_string(),
            },
            since: Some(recall.at),
            due: Some(recall.due),
            text,
        });
    }
    if !board.reader.staff {
        return;
    }
    for recall in state.notices(None) {
        if recall.acknowledged.is_some() || *recall.party == board.party.code {
            continue;
        }
        let draft = Draft {
            kind: NoticeKind::RecallOverdue,
            subject: Subject {
                what: "recall",
                id: recall.id.to_string(),
            },
            stage: String::new(),
            due: None,
            text: format!(
                "{} has not acknowledged a recall that was due by {}",
                recall.party,
                minute(recall.due)
            ),
        };
        // It is late from the first instant after the one at which it is due.
        board.span(recall.due.plus_micros(1), None, draft);
    }
}
