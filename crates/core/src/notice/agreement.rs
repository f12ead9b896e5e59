//! Agreements that wait for a signature of the reader's side, and those that end soon.

use crate::act::Subject as DeadlineOf;
use crate::agreement::succession::{Agreement, State, Version};
use crate::notice::{Board, Draft, NoticeKind, Subject, minute};
use crate::party::{Party, Status};
use crate::state::concerns;

/// How many days before its end an agreement is told of, the longest first.
const STAGES: [i64; 3] = [90, 30, 7];

const DAY: i64 = 86_400_000_000;

pub(super) fn post(board: &mut Board<'_>) {
    let state = board.state;
    for agreement in state.agreements() {
        let is_host = board.party.status == Status::Host;
        if !is_host && !concerns(agreement, board.party) {
            continue;
        }
        board.turn(agreement.next_boundary(board.now));
        asked(board, agreement);
        if is_host {
            for party in state.parties().filter(|party| concerns(agreement, party)) {
                ending(board, agreement, party);
            }
        } else {
            ending(board, agreement, board.party);
        }
    }
}

/// The versions that the reader's side may sign and has not.
fn asked(board: &mut Board<'_>, agreement: &Agreement) {
    let (party, now) = (board.party, board.now);
    for version in &agreement.versions {
        let may = agreement.may_sign(version.number(), &party.code, party.status, now);
        if may.is_err() {
            continue;
        }
        let begins = Some(version.document.in_force).filter(|begins| *begins > version.tabled);
        // A summit by which it is to be signed comes first, where the reader may know of the summit.
        let asked = DeadlineOf::Agreement(agreement.id.clone());
        let activities = &board.state.affairs().activities;
        let deadlines = activities.deadlines_of(&asked, &party.code, board.reader.staff);
        let first = deadlines.first();
        let due = [begins, first.map(|one| one.due)]
            .into_iter()
            .flatten()
            .min();
        let why = first.map_or(String::new(), |one| {
            format!(" ({}: {})", one.title, one.text)
        });
        let draft = Draft {
            kind: NoticeKind::SignatureAsked,
            subject: subject(agreement),
            // A version that is tabled anew with other bytes asks anew.
            stage: format!("{} {}", version.number(), version.digest),
            due,
            text: format!(
                "`{}` version {} is on the table and waits for the signature of {}{why}",
                agreement.id,
                version.number(),
                party.code
            ),
        };
        board.put(Some(version.tabled.max(party.added)), draft);
    }
}

/// The version that counts for a party, where it ends soon and nothing follows it.
fn ending(board: &mut Board<'_>, agreement: &Agreement, party: &Party) {
    let stands = |version: &&Version| {
        let state = agreement.state_for(version, &party.code, board.now);
        matches!(state, State::InForce | State::Suspended)
    };
    let Some(version) = agreement.versions.iter().rev().find(stands) else {
        return;
    };
    let begun = agreement.effective_from(version, &party.code);
    let given = agreement.termination();
    let ends = [version.document.until, given.map(|one| one.effective)];
    let (Some(end), Some(begun)) = (ends.into_iter().flatten().min(), begun) else {
        return;
    };
    let follows = |later: &Version| {
        let from = agreement.effective_from(later, &party.code);
        later.number() > version.number() && from.is_some_and(|from| from <= end)
    };
    if given.is_none() && agreement.versions.iter().any(follows) {
        return;
    }
    // Who is given notice a week before the end is told then, and not as of 90 days before.
    let told = given
        .filter(|one| one.effective == end)
        .map_or(begun, |one| begun.max(one.given));
    for (place, days) in STAGES.into_iter().enumerate() {
        let from = end.plus_micros(-days * DAY).max(told);
        let until = STAGES
            .get(place + 1)
            .map_or(end, |days| end.plus_micros(-days * DAY));
        let draft = Draft {
            kind: NoticeKind::AgreementEnding,
            subject: subject(agreement),
            stage: format!("{} {end} {days}", version.number()),
            due: Some(end),
            text: format!(
                "`{}` version {} ends within {days} days, at {}",
                agreement.id,
                version.number(),
                minute(end)
            ),
        };
        board.span(from, Some(until), draft);
    }
}

fn subject(agreement: &Agreement) -> Subject {
    Subject {
        what: "agreement",
        id: agreement.id.to_string(),
    }
}
