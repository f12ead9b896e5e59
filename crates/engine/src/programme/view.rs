//! A programme as a caller may see it. Evidence that is a record is shown only if the gate releases
//! it to the caller now, and naming it is a release: its receipt comes first.

use legation_core::act::Exhibit;
use legation_core::affairs::programme::{
    Goal, GoalState, Link, Plan, Source, Standing, Word, plan, sees_goal, sees_programme,
    shown_status,
};
use legation_core::id::AgreementId;
use legation_core::party::Party;
use legation_core::programme::GoalId;
use legation_core::state::State;
use legation_core::view::Fold;
use legation_formats::review;

use crate::admit::{Caller, staff};
use crate::error::EngineError;
use crate::find::glance::{Eyes, Glimpse};
use crate::find::{Released, Survey};
use crate::office::Office;

/// Somebody who asks about programmes.
pub(super) struct Reader<'a> {
    is_staff: bool,
    party: Option<&'a Party>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(state: &'a State, caller: &Caller) -> Self {
        Self {
            is_staff: staff(caller).is_ok(),
            // Whoever is of the host and does not work at the office is no side of anything.
            party: state
                .find_party(&caller.party)
                .filter(|party| **party != *state.host()),
        }
    }

    pub(super) fn sees_all(&self, plan: &Plan<'_>) -> bool {
        self.is_staff || self.party.is_some_and(|party| sees_programme(plan, party))
    }

    pub(super) fn sees_goal(&self, plan: &Plan<'_>, goal: &Goal<'_>) -> bool {
        self.is_staff || self.party.is_some_and(|party| sees_goal(plan, goal, party))
    }

    /// Whether the caller speaks for a side of the goal.
    pub(super) fn speaks(&self, plan: &Plan<'_>, goal: &Goal<'_>) -> bool {
        let other = &plan.document.parties.other;
        match self.party {
            None => self.is_staff,
            Some(party) => {
                other.names(&party.code, party.status) || goal.goal.lead.contains(&party.code)
            }
        }
    }

    /// The programme as the reader may see it, if it may see any of it; `show` says of a link what
    /// the reader is shown.
    pub(super) fn shape(
        &self,
        plan: &Plan<'_>,
        mut show: impl FnMut(&Link) -> Option<review::Evidence>,
    ) -> Option<review::Programme> {
        let is_whole = self.sees_all(plan);
        let seen: Vec<&Goal<'_>> = plan
            .goals
            .iter()
            .filter(|goal| self.sees_goal(plan, goal))
            .collect();
        if seen.is_empty() && !is_whole {
            return None;
        }
        let names: Vec<&GoalId> = seen.iter().map(|goal| &goal.goal.id).collect();
        let known = |goal: Option<&GoalId>| goal.filter(|goal| names.contains(goal)).cloned();
        let goals = seen.iter().map(|goal| review::Goal {
            id: goal.goal.id.clone(),
            title: goal.goal.title.clone(),
            objective: goal.objective.to_owned(),
            area: goal.goal.area.clone(),
            due: goal.goal.due.map(Into::into),
            lead: goal.goal.lead.clone(),
            means: goal
                .goal
                .activities
                .iter()
                .map(|one| one.title.clone())
                .collect(),
            status: shown_status(&goal.standing, goal.is_overdue),
            into: match goal.standing {
                Standing::Agreed(progress) => known(progress.into_goal()),
                Standing::Disputed => None,
            },
            is_overdue: goal.is_overdue,
            words: goal
                .words
                .iter()
                .map(|word| shape_word(word, &known))
                .collect(),
            outcome: outcome(plan.id, &goal.state, is_whole, &known),
            evidence: goal.links.iter().filter_map(&mut show).collect(),
        });
        let goals = goals.collect();
        let document = plan.document;
        let parties = &document.parties;
        Some(review::Programme {
            id: plan.id.clone(),
            title: document.title.clone(),
            version: match plan.source {
                Source::Agreement(_) => Some(document.version),
                Source::Imported(_) => None,
            },
            is_agreed: plan.is_agreed,
            parties: [parties.host.to_string(), parties.other.to_string()],
            in_force: document.in_force,
            until: document.until,
            predecessor: document.predecessor.clone().filter(|_| is_whole),
            successor: plan.successor.cloned().filter(|_| is_whole),
            is_whole,
            goals,
        })
    }
}

fn shape_word(word: &Word<'_>, known: &impl Fn(Option<&GoalId>) -> Option<GoalId>) -> review::Word {
    review::Word {
        party: word.party.clone(),
        status: word.progress().as_str(),
        into: known(word.progress().into_goal()),
        note: word.report.and_then(|report| report.note.clone()),
        day: word.report.map(|report| report.day),
    }
}

/// What became of a goal; the heir only where the reader sees the goal that it is.
fn outcome(
    own: &AgreementId,
    state: &GoalState<'_>,
    is_whole: bool,
    known: &impl Fn(Option<&GoalId>) -> Option<GoalId>,
) -> Option<review::Outcome> {
    match state {
        GoalState::Open => None,
        GoalState::Unaccounted => Some(review::Outcome {
            fate: "unaccounted",
            heir: None,
            reason: None,
            by: None,
            version: None,
        }),
        GoalState::Passed {
            passage,
            by,
            version,
        } => Some(review::Outcome {
            fate: passage.fate.as_str(),
            heir: match is_whole {
                true => passage.fate.heir().cloned(),
                false if *by == own => known(passage.fate.heir()),
                false => None,
            },
            reason: passage.fate.reason().map(str::to_owned),
            by: (is_whole || *by == own).then(|| (*by).clone()),
            version: version.filter(|_| is_whole || *by == own),
        }),
    }
}

/// What a reader is shown of a link; the records that this names go to `named`.
pub(super) fn evidence(
    fold: &Fold,
    (caller, eyes): (&Caller, &Eyes<'_>),
    link: &Link,
    named: &mut Vec<Glimpse>,
) -> Option<review::Evidence> {
    let state = fold.state();
    let is_staff = staff(caller).is_ok();
    let shown = |kind, what: String, meeting, digest| review::Evidence {
        kind,
        what,
        meeting,
        digest,
        note: link.note.clone(),
        party: link.party.clone(),
        at: link.at,
    };
    match &link.exhibit {
        Exhibit::Record(id) => {
            let records = state.records_of(id.as_str());
            let mut seen = records.into_iter();
            let seen = seen.find_map(|record| eyes.glimpse(fold, record))?;
            let shown = shown("record", seen.sighted.id.clone(), None, None);
            named.push(seen);
            Some(shown)
        }
        Exhibit::Consultation { id, meeting } => {
            let found = state.affairs().consultations.get(id)?;
            let seen = found.is_seen_by(&caller.party, is_staff);
            seen.then(|| shown("consultation", id.to_string(), *meeting, None))
        }
        Exhibit::Activity(id) => {
            let found = state.affairs().activities.find(id)?;
            let seen = found.is_seen_by(&caller.party, is_staff);
            seen.then(|| shown("activity", id.to_string(), None, None))
        }
        Exhibit::Page { url, digest } => {
            Some(shown("page", url.clone(), None, Some(digest.to_string())))
        }
        _ => None,
    }
}

impl Office {
    /// The programmes of which the caller may see something, without their evidence.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn programmes(&self, caller: &Caller) -> Result<Vec<review::Programme>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let reader = Reader::of(state, caller);
        let imported = state.affairs().programmes.all_imported();
        let imported = imported.map(|one| &one.document.id);
        let ids = state.agreements().map(|one| &one.id).chain(imported);
        let plans = ids.filter_map(|id| plan(state, id, now));
        Ok(plans
            .filter_map(|plan| reader.shape(&plan, |_| None))
            .collect())
    }

    /// One programme as the caller may see it.
    ///
    /// # Errors
    /// When there is none of which the caller may see something.
    pub async fn programme(
        &self,
        caller: &Caller,
        id: &AgreementId,
    ) -> Result<Released<review::Programme>, EngineError> {
        let (filter, ids) = (format!("programme={id}"), [id.clone()]);
        let Released { answer, guard } = self.programmes_named(caller, &filter, &ids).await?;
        let answer = answer
            .into_iter()
            .next()
            .ok_or_else(EngineError::not_found)?;
        Ok(Released { answer, guard })
    }

    /// Those of the programmes of which the caller may see something, with their evidence; what that
    /// names is released under the filter.
    pub(super) async fn programmes_named(
        &self,
        caller: &Caller,
        filter: &str,
        ids: &[AgreementId],
    ) -> Result<Released<Vec<review::Programme>>, EngineError> {
        let survey = |office: &Self| {
            let now = office.now()?;
            let eyes = Eyes::of(office, caller)?;
            let fold = office.look()?;
            let state = fold.state();
            let reader = Reader::of(state, caller);
            let mut named = Vec::new();
            let plans = ids.iter().filter_map(|id| plan(state, id, now));
            let answer: Vec<review::Programme> = plans
                .filter_map(|plan| {
                    let show = |link: &Link| evidence(&fold, (caller, &eyes), link, &mut named);
                    reader.shape(&plan, show)
                })
                .collect();
            Ok(Survey::of(answer, fold.losses(&caller.party), named.iter()))
        };
        self.answer(caller, filter, survey).await
    }
}
