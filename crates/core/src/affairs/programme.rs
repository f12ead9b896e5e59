//! How far the goals of the agreements have come: the fold of [`ProgrammeAct`].
//!
//! The cast. The goals themselves stand in the agreement files and in the old programmes on file;
//! here is kept what the sides [`Report`] of them, what they [`Link`] as evidence, and what becomes
//! of the goals of an old programme where no agreement file says it. `status` says what follows
//! from the reports at a day; [`plan`] puts a programme together from all of this, and no goal that
//! ever was is missing there; [`account`] refuses a new file in which one would be. Who may see
//! what of it is decided in `sight`.
//!
//! Not here: what the gate releases of the evidence, and figures.

mod account;
mod agenda;
mod plan;
mod sight;
mod status;
#[cfg(test)]
mod tests;

pub use account::{account, follows, read_plan_for};
pub use agenda::{AHEAD_DAYS, Due, DueMatter, REVIEW_AFTER_DAYS};
pub use plan::{Goal, GoalState, Plan, Source, plan, programmes_of};
pub use sight::{sees_goal, sees_programme};
pub use status::{Standing, Word, is_overdue, shown_status, standing};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::act::{Actor, Entry, Exhibit, PassGoals, ProgrammeAct, Progress};
use crate::agreement::document::Document;
use crate::id::{AgreementId, EntryNumber, PartyCode};
use crate::programme::{GoalId, Passage};
use crate::state::FoldError;
use crate::time::{Day, Instant};

/// The longest note or address, in bytes.
pub const TEXT_MAX: usize = 16 * 1024;

/// So many pieces of evidence are linked to one goal at most.
pub const EVIDENCE_MAX: usize = 1000;

/// What one side says of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How far it has come.
    pub progress: Progress,
    /// In words; the reason where it is given up or merged.
    pub note: Option<String>,
    /// As of which day.
    pub day: Day,
    /// When that was said.
    pub at: Instant,
    /// By whom.
    pub actor: Actor,
    /// The entry that says so.
    pub entry: EntryNumber,
}

/// Something that shows how far a goal has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// What it is.
    pub exhibit: Exhibit,
    /// What it shows.
    pub note: Option<String>,
    /// Which side linked it.
    pub party: PartyCode,
    /// When.
    pub at: Instant,
}

/// A programme from before the office.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// What its file says.
    pub document: Arc<Document>,
    /// When it was put on file.
    pub at: Instant,
}

/// What becomes of an old programme, as the office put it on record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// The programme that took its place.
    pub new: AgreementId,
    /// What becomes of each goal.
    pub passages: Vec<Passage>,
    /// When that was recorded.
    pub at: Instant,
}

/// All that is said of the goals of one programme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    reports: BTreeMap<GoalId, BTreeMap<PartyCode, Vec<Report>>>,
    links: BTreeMap<GoalId, Vec<Link>>,
}

/// How far the goals of the agreements have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programmes {
    said: BTreeMap<AgreementId, Said>,
    imported: BTreeMap<AgreementId, Imported>,
    passed: BTreeMap<AgreementId, Passed>,
}

impl Programmes {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &ProgrammeAct) -> Result<(), FoldError> {
        match act {
            ProgrammeAct::Report(act) => {
                if let Progress::Merged(into) = &act.progress
                    && self.would_circle(&act.programme, &act.party, &act.goal, into)
                {
                    return Err(FoldError::Programme("a goal would be merged into itself"));
                }
                let said = self.said.entry(act.programme.clone()).or_default();
                let of_goal = said.reports.entry(act.goal.clone()).or_default();
                of_goal.entry(act.party.clone()).or_default().push(Report {
                    progress: act.progress.clone(),
                    note: act.note.clone(),
                    day: act.day,
                    at: entry.at,
                    actor: entry.actor.clone(),
                    entry: entry.number,
                });
            }
            ProgrammeAct::Link(act) => {
                let said = self.said.entry(act.programme.clone()).or_default();
                said.links.entry(act.goal.clone()).or_default().push(Link {
                    exhibit: act.exhibit.clone(),
                    note: act.note.clone(),
                    party: act.party.clone(),
                    at: entry.at,
                });
            }
            ProgrammeAct::Import(act) => {
                let document = Document::parse(&act.file)
                    .map_err(|faults| FoldError::Agreement(faults.to_string()))?;
                let imported = Imported {
                    document: Arc::new(document),
                    at: entry.at,
                };
                let id = imported.document.id.clone();
                if self.imported.insert(id, imported).is_some() {
                    return Err(FoldError::Twice("programme"));
                }
            }
            ProgrammeAct::Pass(act) => self.pass(entry, act)?,
        }
        Ok(())
    }

    fn pass(&mut self, entry: &Entry, act: &PassGoals) -> Result<(), FoldError> {
        let passed = Passed {
            new: act.new.clone(),
            passages: act.passages.clone(),
            at: entry.at,
        };
        match self.passed.insert(act.old.clone(), passed) {
            None => Ok(()),
            Some(_) => Err(FoldError::Twice("transition of a programme")),
        }
    }

    /// An old programme on file.
    pub fn imported(&self, id: &AgreementId) -> Option<&Imported> {
        self.imported.get(id)
    }

    /// All old programmes on file.
    pub fn all_imported(&self) -> impl Iterator<Item = &Imported> {
        self.imported.values()
    }

    /// What the office recorded of the place that an old programme left.
    pub fn passed(&self, old: &AgreementId) -> Option<&Passed> {
        self.passed.get(old)
    }

    /// All that a party ever said of a goal, oldest first.
    pub fn reports(&self, programme: &AgreementId, goal: &GoalId, party: &PartyCode) -> &[Report] {
        self.of_goal(programme, goal)
            .and_then(|sides| sides.get(party))
            .map_or(&[], Vec::as_slice)
    }

    /// Who ever said something of a goal.
    pub fn reporters(
        &self,
        programme: &AgreementId,
        goal: &GoalId,
    ) -> impl Iterator<Item = &PartyCode> {
        let sides = self.of_goal(programme, goal).into_iter();
        sides.flat_map(BTreeMap::keys)
    }

    /// What is linked to a goal, oldest first.
    pub fn links(&self, programme: &AgreementId, goal: &GoalId) -> &[Link] {
        let said = self.said.get(programme);
        said.and_then(|said| said.links.get(goal))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether a party would say of a goal, over others or not, that it is merged into itself, if
    /// it said that `goal` is merged into `into`.
    ///
    /// What both sides say is in what each of them says: if no side goes round in a circle, what
    /// they agree on does not either, and a side is told of nothing but its own words.
    pub fn would_circle(
        &self,
        programme: &AgreementId,
        party: &PartyCode,
        goal: &GoalId,
        into: &GoalId,
    ) -> bool {
        let mut at = into;
        // As many steps as there are goals spoken of: what goes on longer is a circle itself.
        let said = self.said.get(programme);
        let steps = said.map_or(0, |said| said.reports.len());
        for _ in 0..=steps {
            if at == goal {
                return true;
            }
            let newest = self.reports(programme, at, party).last();
            match newest.and_then(|report| report.progress.into_goal()) {
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    }

    fn of_goal(
        &self,
        programme: &AgreementId,
        goal: &GoalId,
    ) -> Option<&BTreeMap<PartyCode, Vec<Report>>> {
        self.said.get(programme)?.reports.get(goal)
    }
}
