//! Nothing vanishes: a new document accounts for every goal that is open in what it takes the place
//! of.
//!
//! Open for the next version of an agreement are the goals of the newest version that both sides
//! have signed, and of all that were tabled since: any of them may be signed still. What such a
//! version took over from a predecessor is open, too, until one is signed that says what becomes of
//! it.

use std::collections::BTreeSet;

use crate::affairs::programme::plan::is_agreed;
use crate::agreement::document::{Document, read_plan};
use crate::agreement::fault::Faults;
use crate::id::{AgreementId, AgreementVersion};
use crate::programme::{GoalId, Passage};
use crate::state::State;

/// The goals that somebody has to account for.
type Open = BTreeSet<(AgreementId, GoalId)>;

/// Checks that a file which is to be tabled lets no goal vanish.
///
/// # Errors
///
/// A predecessor that the office does not know, or that this programme came before itself; every
/// goal that would vanish; every passage of a goal that never was.
pub fn account(state: &State, document: &Document) -> Result<(), Faults> {
    if let Some(old) = &document.predecessor {
        check_predecessor(state, document, old)?;
    }
    let (mut open, settled) = before(state, &document.id, document.version);
    if let Some(old) = document
        .predecessor
        .as_ref()
        .filter(|old| !settled.contains(*old))
    {
        open.extend(goals_of(state, old));
    }
    let known = |from: &AgreementId, goal: &GoalId| ever(state, from, goal);
    document.account(open.iter().map(|(from, goal)| (from, goal)), known)
}

/// Reads a plan for the transition from one programme to another that no agreement file says, and
/// checks that it lets no goal vanish.
///
/// # Errors
///
/// All faults of the plan, each with its place.
pub fn read_plan_for(
    state: &State,
    old: &AgreementId,
    new: &Document,
    plan: &[u8],
) -> Result<Vec<Passage>, Faults> {
    let planned = read_plan(plan, old, new)?;
    let open = goals_of(state, old);
    let open = open.iter().map(|(from, goal)| (from, goal));
    planned.account(open, |from, goal| ever(state, from, goal))?;
    Ok(planned.transitions)
}

/// Whether one programme came after another, over however many in between.
pub fn follows(state: &State, later: &AgreementId, earlier: &AgreementId) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![later.clone()];
    while let Some(id) = next.pop() {
        if id == *earlier {
            return true;
        }
        if !seen.insert(id.clone()) {
            continue;
        }
        let versions = state
            .agreement(&id)
            .into_iter()
            .flat_map(|one| &one.versions);
        next.extend(versions.filter_map(|version| version.document.predecessor.clone()));
        let passed = &state.affairs().programmes.passed;
        let recorded = passed.iter().filter(|(_, passed)| passed.new == id);
        next.extend(recorded.map(|(old, _)| old.clone()));
    }
    false
}

fn check_predecessor(state: &State, document: &Document, old: &AgreementId) -> Result<(), Faults> {
    let agreement = state.agreement(old).and_then(|one| one.latest());
    let imported = state.affairs().programmes.imported(old);
    let found = agreement
        .map(|version| &version.document)
        .or(imported.map(|one| &one.document));
    let Some(found) = found.filter(|found| found.parties.other == document.parties.other) else {
        let text = format!(
            "the office knows no programme `{old}` of {}; put it on file with `legation programme import`, or correct the name",
            document.parties.other
        );
        return Err(document.heritage_fault("agreement.unknown-predecessor", text));
    };
    if follows(state, &found.id, &document.id) {
        let text = format!(
            "`{old}` came after `{}`; none comes before itself",
            document.id
        );
        return Err(document.heritage_fault("agreement.own-predecessor", text));
    }
    Ok(())
}

/// What is open before a version of an agreement, and the predecessors for which a version that
/// both sides have signed has accounted.
fn before(
    state: &State,
    id: &AgreementId,
    version: AgreementVersion,
) -> (Open, BTreeSet<AgreementId>) {
    let (mut open, mut settled) = (Open::new(), BTreeSet::new());
    let Some(agreement) = state.agreement(id) else {
        return (open, settled);
    };
    let earlier = agreement
        .versions
        .iter()
        .filter(|one| one.number() < version);
    for one in earlier {
        let document = &one.document;
        let predecessor = document.predecessor.iter();
        if is_agreed(agreement, one) {
            open.clear();
            settled.extend(predecessor.cloned());
        } else {
            for old in predecessor.filter(|old| !settled.contains(*old)) {
                open.extend(goals_of(state, old));
            }
        }
        open.extend(document.goals().map(|goal| (id.clone(), goal.id.clone())));
    }
    (open, settled)
}

/// The goals of an old programme for which its successor has to account, unless the office has put
/// on record what becomes of them.
fn goals_of(state: &State, old: &AgreementId) -> Open {
    let programmes = &state.affairs().programmes;
    if programmes.passed(old).is_some() {
        return Open::new();
    }
    if let Some(imported) = programmes.imported(old) {
        let goals = imported.document.goals();
        return goals.map(|goal| (old.clone(), goal.id.clone())).collect();
    }
    let (open, _) = before(state, old, AgreementVersion(u32::MAX));
    open.into_iter().filter(|(from, _)| from == old).collect()
}

/// Whether a programme ever had a goal.
fn ever(state: &State, from: &AgreementId, goal: &GoalId) -> bool {
    let versions = state
        .agreement(from)
        .into_iter()
        .flat_map(|one| &one.versions);
    let imported = state.affairs().programmes.imported(from);
    versions
        .map(|version| &version.document)
        .chain(imported.map(|one| &one.document))
        .any(|document| document.goal(goal).is_some())
}
