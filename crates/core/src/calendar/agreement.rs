//! The ends of agreements, and the days by which their goals are due.
//!
//! The versions that both sides have signed count, the newest first; each new one is a new state of
//! the events. What an older version had and the newest has not is cancelled.

use std::collections::BTreeMap;

use crate::agreement::succession::{Agreement, Version};
use crate::calendar::{Draft, When};
use crate::notice::{Reader, Subject};
use crate::party::{Party, Status};
use crate::programme::GoalId;
use crate::state::{State, concerns};
use crate::time::{Day, Instant};

pub(super) fn draft(state: &State, reader: &Reader<'_>, party: &Party, drafts: &mut Vec<Draft>) {
    let is_host = party.status == Status::Host || reader.staff;
    for agreement in state.agreements() {
        let side = if is_host {
            // A charter has many other sides and one end; it counts once one has signed.
            let mut sides = state.parties().filter(|one| concerns(agreement, one));
            sides.find(|one| !signed(agreement, one).is_empty())
        } else {
            concerns(agreement, party).then_some(party)
        };
        if let Some(side) = side {
            end(agreement, side, drafts);
            goals(agreement, side, drafts);
        }
    }
}

/// The versions that the host and that party have signed, each with its place among all and when
/// the later of the two signatures came, the oldest first.
fn signed<'a>(agreement: &'a Agreement, side: &Party) -> Vec<(u32, Instant, &'a Version)> {
    let all = agreement.versions.iter().zip(0_u32..);
    all.filter_map(|(version, place)| {
        agreement.effective_from(version, &side.code)?;
        let signatures = version.signatures.iter().map(|one| one.at);
        Some((place, signatures.max()?, version))
    })
    .collect()
}

fn end(agreement: &Agreement, side: &Party, drafts: &mut Vec<Draft>) {
    let signed = signed(agreement, side);
    let Some((place, since, newest)) = signed.last().copied() else {
        return;
    };
    let given = agreement.termination();
    let until = newest.document.until;
    let (end, is_cancelled) = match until
        .into_iter()
        .chain(given.map(|one| one.effective))
        .min()
    {
        Some(end) => (end, false),
        // It no longer ends: an end that an older version had is called off.
        None => match signed
            .iter()
            .rev()
            .find_map(|(_, _, one)| one.document.until)
        {
            Some(end) => (end, true),
            None => return,
        },
    };
    drafts.push(Draft {
        subject: Subject {
            what: "agreement",
            id: agreement.id.to_string(),
        },
        sequence: place * 2 + u32::from(given.is_some()),
        changed: given.map_or(since, |one| one.given.max(since)),
        when: When::Time { start: end, end },
        summary: format!("{}: the agreement ends", agreement.id),
        description: Some(newest.document.title.clone()),
        place: None,
        is_cancelled,
        is_meeting: false,
    });
}

fn goals(agreement: &Agreement, side: &Party, drafts: &mut Vec<Draft>) {
    let signed = signed(agreement, side);
    let mut due: BTreeMap<GoalId, (Day, String, u32, Instant, bool)> = BTreeMap::new();
    for (place, since, version) in &signed {
        // What this version does not have again stays as the one before had it, called off; once
        // called off, it does not change any more.
        for (_, _, sequence, changed, is_cancelled) in due.values_mut() {
            if !*is_cancelled {
                (*sequence, *changed, *is_cancelled) = (*place, *since, true);
            }
        }
        let goals = version
            .document
            .objectives
            .iter()
            .flat_map(|one| &one.goals);
        for goal in goals {
            if let Some(day) = goal.due {
                let entry = (Day::from(day), goal.title.clone(), *place, *since, false);
                due.insert(goal.id.clone(), entry);
            }
        }
    }
    for (id, (day, title, sequence, changed, is_cancelled)) in due {
        drafts.push(Draft {
            subject: Subject {
                what: "goal",
                id: format!("{}/{id}", agreement.id),
            },
            sequence,
            changed,
            when: When::Days {
                first: day,
                last: day,
            },
            summary: format!("{}/{id} is due", agreement.id),
            description: Some(title),
            place: None,
            is_cancelled,
            is_meeting: false,
        });
    }
}
