//! Addresses to which the office has stopped posting: for the party whose they are, and for the
//! office's people.

use crate::notice::{Board, Draft, NoticeKind, Subject, minute};

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for webhook in state.affairs().notices.webhooks() {
        let own = webhook.act.party == board.party.code;
        let Some(stopped) = webhook.stopped.filter(|_| own || board.reader.staff) else {
            continue;
        };
        let failing = webhook.failing.as_ref();
        let (since, reason) = failing.map_or((stopped, "nothing"), |(since, reason)| {
            (*since, reason.as_str())
        });
        let draft = Draft {
            kind: NoticeKind::WebhookStopped,
            subject: Subject {
                what: "webhook",
                id: webhook.act.id.to_string(),
            },
            stage: stopped.to_string(),
            due: None,
            text: format!(
                "nothing is posted to webhook `{}` any more: it has taken nothing since {} ({reason})",
                webhook.act.id,
                minute(since)
            ),
        };
        board.put(Some(stopped), draft);
    }
}
