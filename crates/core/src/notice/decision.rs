//! Texts that lie before the reader's side, told again as the expiry comes near; and what became of
//! texts that it may see, told at once.

use crate::act::Procedure;
use crate::affairs::decision::{Decision, Outcome, Sight};
use crate::notice::{Board, Draft, NoticeKind, Subject, minute};

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for decision in state.affairs().decisions.iter() {
        // Adoption is the clock's: those told see a text from that instant on.
        board.turn(Some(decision.expiry.at));
        let (party, staff) = (&board.party.code, board.reader.staff);
        let Some(sight) = decision.sight(party, staff, board.now) else {
            continue;
        };
        match decision.outcome(board.now) {
            Outcome::Open { .. } => open(board, decision),
            outcome => ended(board, decision, &outcome, sight),
        }
    }
}

fn open(board: &mut Board<'_>, decision: &Decision) {
    let expiry = decision.expiry.at;
    let until = minute(expiry);
    let title = &decision.title;
    let is_meeting = decision.procedure == Procedure::Meeting;
    if is_meeting && board.reader.staff {
        let draft = Draft {
            kind: NoticeKind::ConclusionAsked,
            subject: subject(decision),
            stage: expiry.to_string(),
            due: Some(expiry),
            text: format!("what the meeting decides on \"{title}\" is to be recorded by {until}"),
        };
        board.put(Some(known(decision)), draft);
    }
    if !decision.awaits(&board.party.code, board.now) {
        return;
    }
    let (kind, text) = match decision.procedure {
        Procedure::Silence => (
            NoticeKind::SilenceRunning,
            format!("silence runs on \"{title}\": who says nothing by {until} agrees"),
        ),
        Procedure::Written => (
            NoticeKind::AssentAsked,
            format!("\"{title}\" waits for your assent in writing by {until}"),
        ),
        Procedure::Meeting => (
            NoticeKind::MeetingDecides,
            format!("\"{title}\" is to be decided in a meeting by {until}"),
        ),
    };
    // From the tabling on, and anew at each reminder; more time given begins it anew too.
    let known = known(decision);
    let reminders = decision.reminders(&board.state.house.decision);
    let mut stages = vec![(known, String::from("tabled"))];
    let later = reminders.into_iter().filter(|(at, _)| *at > known);
    stages.extend(later.map(|(at, hours)| (at, hours.to_string())));
    for (place, (from, stage)) in stages.iter().enumerate() {
        let until = stages.get(place + 1).map_or(expiry, |(at, _)| *at);
        let draft = Draft {
            kind,
            subject: subject(decision),
            stage: format!("{expiry} {stage}"),
            due: Some(expiry),
            text: text.clone(),
        };
        board.span(*from, Some(until), draft);
    }
}

/// What has become of it: for as long as news is news.
fn ended(board: &mut Board<'_>, decision: &Decision, outcome: &Outcome, sight: Sight) {
    let title = &decision.title;
    let text = match outcome {
        Outcome::Open { .. } => return,
        Outcome::Adopted { .. } => format!("\"{title}\" is adopted"),
        // Who is only told of adoptions never comes here.
        _ if sight == Sight::Told => return,
        Outcome::Broken { by, voice, .. } => {
            let word = match voice {
                crate::act::Voice::Amendment => "an amendment",
                _ => "an objection",
            };
            format!("there is no consensus on \"{title}\": {word} of {by}")
        }
        Outcome::Withdrawn { .. } => format!("\"{title}\" was taken off the table"),
        Outcome::Lapsed { .. } => format!("\"{title}\" was not adopted in time"),
    };
    let at = outcome.at();
    let draft = Draft {
        kind: NoticeKind::DecisionEnded,
        subject: subject(decision),
        stage: outcome.as_str().to_owned(),
        due: None,
        text,
    };
    board.news(at, draft);
}

/// Since when it lies on the table as it does.
fn known(decision: &Decision) -> crate::time::Instant {
    let last = decision.extensions.last();
    last.map_or(decision.tabled, |more| more.at)
}

fn subject(decision: &Decision) -> Subject {
    Subject {
        what: "decision",
        id: decision.id.to_string(),
    }
}
