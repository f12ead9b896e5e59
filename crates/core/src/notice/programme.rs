//! Goals whose day comes or has passed, and the yearly review: what the programme says itself, told
//! as notices.

use crate::affairs::programme::{AHEAD_DAYS, Due, DueMatter, Programmes};
use crate::notice::{Board, Draft, NoticeKind, Subject, end_of_day};
use crate::time::Day;

pub(super) fn post(board: &mut Board<'_>) {
    let zone = &board.state.host().zone;
    // Days are the office's own: the next begins when this one ends there.
    board.turn(end_of_day(Day::of(board.now, zone), zone));
    for due in Programmes::due(board.state, &board.party.code, board.now) {
        let end = end_of_day(due.day, zone);
        let ahead = end.map(|end| end.plus_micros(-(AHEAD_DAYS + 1) * 86_400_000_000));
        let Due {
            day,
            programme,
            matter,
            ..
        } = due;
        let programme = programme.to_string();
        let (kind, subject, since, text) = match matter {
            DueMatter::Goal { goal, title, late } => {
                let text = match late {
                    true => format!("goal {goal} of `{programme}` was due on {day}: {title}"),
                    false => format!("goal {goal} of `{programme}` is due on {day}: {title}"),
                };
                let subject = Subject {
                    what: "goal",
                    id: format!("{programme}/{goal}"),
                };
                match late {
                    true => (NoticeKind::GoalLate, subject, end, text),
                    false => (NoticeKind::GoalDue, subject, ahead, text),
                }
            }
            DueMatter::Review => {
                let text = format!("the yearly review of `{programme}` is due on {day}");
                let subject = Subject {
                    what: "programme",
                    id: programme,
                };
                (NoticeKind::ReviewDue, subject, ahead, text)
            }
        };
        let draft = Draft {
            kind,
            subject,
            stage: day.to_string(),
            due: end,
            text,
        };
        board.put(since, draft);
    }
}
