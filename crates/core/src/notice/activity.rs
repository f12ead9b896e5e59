//! Nominations that are open to the reader's side, and what became of its nominees; for the office's
//! people, nominees who wait to be confirmed.

use crate::affairs::activity::{Activity, Nomination, Standing};
use crate::id::PartyCode;
use crate::notice::{Board, Draft, NoticeKind, Subject};
use crate::time::Instant;

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for activity in state.affairs().activities.iter() {
        let (party, staff) = (&board.party.code, board.reader.staff);
        if !activity.is_seen_by(party, staff) {
            continue;
        }
        if let Some(cancelled) = activity.cancelled() {
            let text = format!(
                "\"{}\" does not take place: {}",
                activity.title(),
                cancelled.reason
            );
            let draft = draft(activity, NoticeKind::ActivityCancelled, "", text);
            board.news(cancelled.at, draft);
            continue;
        }
        open(board, activity);
        for nominee in activity.nominees_of(&board.party.code) {
            placed(board, activity, nominee);
        }
        if staff {
            let parties = activity.invited().iter().map(|one| &one.party);
            for party in parties {
                asked(board, activity, party);
            }
        }
    }
}

/// Seats that the reader's side may still give to its people.
fn open(board: &mut Board<'_>, activity: &Activity) {
    let party = &board.party.code;
    let Some(invitation) = activity.invitation(party) else {
        return;
    };
    let start = activity.start();
    board.turn(Some(start));
    let active = activity
        .nominees_of(party)
        .iter()
        .filter(|one| one.is_active());
    let free = match invitation.seats {
        Some(_) => activity.free_seats(party).is_some_and(|free| free > 0),
        // Who may send as many as it likes is asked until it has named somebody.
        None => active.count() == 0,
    };
    if !free || start <= board.now {
        return;
    }
    let seats = match activity.free_seats(party) {
        Some(1) => " for one person".to_owned(),
        Some(free) => format!(" for {free} people"),
        None => String::new(),
    };
    let text = format!("nominations are open{seats}: \"{}\"", activity.title());
    let draft = Draft {
        due: Some(start),
        ..draft(
            activity,
            NoticeKind::NominationOpen,
            &start.to_string(),
            text,
        )
    };
    // The plan keeps who is invited, not since when.
    board.put(None, draft);
}

/// What became of a nominee of the reader's side.
fn placed(board: &mut Board<'_>, activity: &Activity, nominee: &Nomination) {
    let title = activity.title();
    let person = nominee.full_name.as_deref();
    let person = person.unwrap_or_else(|| nominee.person.as_str());
    let (kind, at, text) = match (nominee.standing(), nominee.place, nominee.accepted) {
        (Standing::Confirmed, Some(place), Some(accepted)) => (
            NoticeKind::NomineeConfirmed,
            place.max(accepted),
            format!("{person} is confirmed for \"{title}\""),
        ),
        (Standing::Nominated, Some(place), _) if place > nominee.at => (
            NoticeKind::NomineeMovedUp,
            place,
            format!("{person} has moved up from the waiting list of \"{title}\""),
        ),
        (Standing::Declined, ..) => {
            let Some(ended) = &nominee.ended else { return };
            (
                NoticeKind::NomineeDeclined,
                ended.at,
                format!("{person} was declined for \"{title}\""),
            )
        }
        _ => return,
    };
    let stage = format!("{} {at}", nominee.person);
    board.news(at, draft(activity, kind, &stage, text));
}

/// Nominees of a party for whom there is a place, and whom the office has not confirmed.
fn asked(board: &mut Board<'_>, activity: &Activity, party: &PartyCode) {
    for nominee in activity.nominees_of(party) {
        let Some(place) = nominee.place else { continue };
        if nominee.standing() != Standing::Nominated {
            continue;
        }
        let text = format!(
            "{party}/{} waits to be confirmed for \"{}\"",
            nominee.person,
            activity.title()
        );
        let stage = format!("{party} {} {place}", nominee.person);
        let draft = Draft {
            due: Some(activity.start()),
            ..draft(activity, NoticeKind::ConfirmationAsked, &stage, text)
        };
        board.span(place, Some(end(activity, place)), draft);
    }
}

/// Until when a nominee may be confirmed: the end, whenever there was a place.
fn end(activity: &Activity, place: Instant) -> Instant {
    activity.end().max(place)
}

fn draft(activity: &Activity, kind: NoticeKind, stage: &str, text: String) -> Draft {
    Draft {
        kind,
        subject: Subject {
            what: "activity",
            id: activity.id().to_string(),
        },
        stage: stage.to_owned(),
        due: None,
        text,
    }
}
