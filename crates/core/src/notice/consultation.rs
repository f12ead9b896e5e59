//! Consultations that wait for the office; meetings that were set, moved or called off; and what is
//! to be done after them.

use crate::affairs::consultation::{Consultation, ConsultationStatus, FollowUp, Meeting};
use crate::notice::{Board, Draft, NoticeKind, Subject, end_of_day, minute};

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for consultation in state.affairs().consultations.iter() {
        let (party, staff) = (&board.party.code, board.reader.staff);
        if !consultation.is_seen_by(party, staff) {
            continue;
        }
        if staff && consultation.status == ConsultationStatus::Asked {
            let text = format!(
                "{} asks for a consultation on \"{}\"",
                consultation.asked_by, consultation.subject
            );
            let since = consultation.turns.last().map(|turn| turn.at);
            let draft = draft(consultation, NoticeKind::ConsultationAsked, "", text);
            board.put(since, draft);
        }
        if consultation.was_open() {
            for meeting in &consultation.meetings {
                changed(board, consultation, meeting);
            }
        }
        for follow_up in consultation
            .follow_ups
            .iter()
            .filter(|one| one.done.is_none())
        {
            due(board, consultation, follow_up);
        }
    }
}

fn changed(board: &mut Board<'_>, consultation: &Consultation, meeting: &Meeting) {
    let start = minute(meeting.start);
    let (kind, what) = match (meeting.cancelled, meeting.sequence) {
        (true, _) => (NoticeKind::MeetingCancelled, "is called off".to_owned()),
        (false, 0) => (NoticeKind::MeetingSet, format!("is at {start}")),
        (false, _) => (
            NoticeKind::MeetingChanged,
            format!("has changed, and is at {start}"),
        ),
    };
    // Nobody is told of a change when the meeting is over.
    board.turn(Some(meeting.end));
    if meeting.end <= board.now {
        return;
    }
    let text = format!(
        "\"{}\" of the consultation on \"{}\" {what}",
        meeting.title, consultation.subject
    );
    let stage = format!("{} {}", meeting.number, meeting.changed);
    let mut opened = consultation.turns.iter();
    let opened = opened.find(|turn| turn.status == ConsultationStatus::Open);
    let since = opened.map_or(meeting.changed, |turn| turn.at.max(meeting.changed));
    board.news(since, draft(consultation, kind, &stage, text));
}

/// What the reader's side has to do; and for the office's people what others have not done in time.
fn due(board: &mut Board<'_>, consultation: &Consultation, follow_up: &FollowUp) {
    let owner = board.state.find_party(&follow_up.owner);
    let end = owner.and_then(|owner| end_of_day(follow_up.due, &owner.zone));
    let stage = format!("{} {}", follow_up.number, follow_up.due);
    if follow_up.owner == board.party.code {
        // What a person is to do waits for that person; a machine reads for its whole party.
        let anothers = match (&follow_up.person, board.reader.person) {
            (Some(person), Some(reader)) => person != reader,
            _ => false,
        };
        if anothers {
            return;
        }
        let text = format!(
            "\"{}\" is to be done by {} (consultation on \"{}\")",
            follow_up.title, follow_up.due, consultation.subject
        );
        let draft = Draft {
            due: end,
            ..draft(consultation, NoticeKind::FollowUpDue, &stage, text)
        };
        // The consultation keeps what is to be done, not since when.
        board.put(None, draft);
    } else if let Some(end) = end.filter(|_| board.reader.staff) {
        let text = format!(
            "{} has not done \"{}\" by {} (consultation on \"{}\")",
            follow_up.owner, follow_up.title, follow_up.due, consultation.subject
        );
        let draft = draft(consultation, NoticeKind::FollowUpLate, &stage, text);
        board.span(end, None, draft);
    }
}

fn draft(consultation: &Consultation, kind: NoticeKind, stage: &str, text: String) -> Draft {
    Draft {
        kind,
        subject: Subject {
            what: "consultation",
            id: consultation.id.to_string(),
        },
        stage: stage.to_owned(),
        due: None,
        text,
    }
}
