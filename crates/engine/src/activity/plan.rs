//! Planning an activity: what a plan may name, given everything else at the office.

use std::collections::BTreeSet;

use legation_core::act::{
    Act, ActivityAct, ActivityKind, GoalRef, Invited, PlanActivity, Prerequisite, Subject,
};
use legation_core::affairs::activity::Activities;
use legation_core::id::{ActivityId, AreaName, PartyCode};
use legation_core::party::Zone;
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;

use crate::activity::sound;
use crate::admit::{Caller, known, staff};
use crate::dice::roll_name;
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// An activity to be planned.
#[derive(Clone, Debug)]
pub struct ActivityDraft {
    /// Its id; made by the office when `None`.
    pub id: Option<ActivityId>,
    /// What it is.
    pub kind: ActivityKind,
    /// Its name.
    pub title: String,
    /// The issue area.
    pub area: AreaName,
    /// Where it takes place.
    pub place: String,
    /// When it begins.
    pub start: Instant,
    /// The first instant at which it is over.
    pub end: Instant,
    /// The zone in which its times are meant.
    pub zone: Zone,
    /// Who is invited.
    pub invited: Vec<Invited>,
    /// What a nominee needs.
    pub needs: Vec<Prerequisite>,
    /// The goals that it serves.
    pub goals: Vec<GoalRef>,
    /// What else is to be said of it.
    pub text: Option<String>,
}

/// What is to be otherwise in a plan; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct ActivityChange {
    /// Its name.
    pub title: Option<String>,
    /// The issue area.
    pub area: Option<AreaName>,
    /// Where it takes place.
    pub place: Option<String>,
    /// When it begins.
    pub start: Option<Instant>,
    /// The first instant at which it is over.
    pub end: Option<Instant>,
    /// The zone in which its times are meant.
    pub zone: Option<Zone>,
    /// Who is invited as well, or with other seats.
    pub invite: Vec<Invited>,
    /// Who is invited no more.
    pub uninvite: Vec<PartyCode>,
    /// What a nominee needs: the whole list.
    pub needs: Option<Vec<Prerequisite>>,
    /// The goals that it serves: the whole list.
    pub goals: Option<Vec<GoalRef>>,
    /// What else is to be said of it; an empty text for nothing.
    pub text: Option<String>,
}

impl ActivityChange {
    fn apply(self, plan: &mut PlanActivity) -> Result<(), EngineError> {
        fn put<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        put(&mut plan.title, self.title);
        put(&mut plan.area, self.area);
        put(&mut plan.place, self.place);
        put(&mut plan.start, self.start);
        put(&mut plan.end, self.end);
        put(&mut plan.zone, self.zone);
        put(&mut plan.needs, self.needs);
        put(&mut plan.goals, self.goals.map(sorted));
        let text = self
            .text
            .map(|text| (!text.trim().is_empty()).then_some(text));
        put(&mut plan.text, text);
        for party in &self.uninvite {
            let before = plan.invited.len();
            plan.invited.retain(|one| one.party != *party);
            if plan.invited.len() == before {
                let text = format!("`{party}` is not invited");
                return Err(EngineError::new(
                    Fault::Conflict,
                    "activity.not-invited",
                    text,
                ));
            }
        }
        // One that is named twice, or both ways, stays twice in the list and is refused with it.
        plan.invited
            .retain(|one| !self.invite.iter().any(|new| new.party == one.party));
        plan.invited.extend(self.invite);
        plan.invited
            .sort_by(|one, other| one.party.cmp(&other.party));
        Ok(())
    }
}

fn sorted(mut goals: Vec<GoalRef>) -> Vec<GoalRef> {
    goals.sort();
    goals
}

impl Office {
    /// Whether a caller may plan activities: the office's own people.
    ///
    /// # Errors
    /// When not.
    pub fn may_plan_activities(&self, caller: &Caller) -> Result<(), EngineError> {
        staff(caller)
    }

    /// Plans an activity; answers with its id.
    ///
    /// # Errors
    /// When the caller may not, the plan is none, or it names what is not there.
    pub async fn add_activity(
        &self,
        caller: &Caller,
        draft: ActivityDraft,
    ) -> Result<ActivityId, EngineError> {
        staff(caller)?;
        let activity = match draft.id {
            Some(id) => id,
            None => roll_name(self.dice.as_ref(), "activity")?
                .parse()
                .map_err(|error| EngineError::internal("id.malformed", error))?,
        };
        let mut invited = draft.invited;
        invited.sort_by(|one, other| one.party.cmp(&other.party));
        let plan = PlanActivity {
            activity: activity.clone(),
            kind: draft.kind,
            title: draft.title,
            area: draft.area,
            place: draft.place,
            start: draft.start,
            end: draft.end,
            zone: draft.zone,
            invited,
            needs: draft.needs,
            goals: sorted(draft.goals),
            text: draft.text,
        };
        self.act(caller, move |fold: &Fold| {
            let state = fold.state();
            let act = ActivityAct::Add(plan.clone());
            let act = sound(&state.affairs().activities, act)?;
            check(state, &plan)?;
            Ok(act)
        })
        .await?;
        Ok(activity)
    }

    /// Plans an activity otherwise.
    ///
    /// # Errors
    /// When the caller may not, there is no such activity, the plan is none any more, names what is
    /// not there, or leaves nominees without an invitation or a confirmed one without a seat.
    pub async fn change_activity(
        &self,
        caller: &Caller,
        id: ActivityId,
        change: ActivityChange,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let plan = move |fold: &Fold| -> Result<Act, EngineError> {
            let state = fold.state();
            let activities = &state.affairs().activities;
            let activity = activities.find(&id).ok_or_else(EngineError::not_found)?;
            let mut plan = activity.plan().clone();
            change.apply(&mut plan)?;
            let act = sound(activities, ActivityAct::Change(plan.clone()))?;
            check(state, &plan)?;
            leaves_prerequisites(activities, &plan)?;
            Ok(act)
        };
        self.act(caller, plan).await?;
        Ok(())
    }
}

fn invalid(code: &'static str, text: String) -> EngineError {
    EngineError::new(Fault::Invalid, code, text)
}

/// Whether everything that a plan names is there.
fn check(state: &State, plan: &PlanActivity) -> Result<(), EngineError> {
    if !state.house.has_area(&plan.area) {
        let text = format!("the office has no area `{}`", plan.area);
        return Err(invalid("activity.unknown-area", text));
    }
    for invited in &plan.invited {
        known(state, &invited.party)?;
    }
    for goal in &plan.goals {
        known_subject(state, &Subject::Goal(goal.clone()))?;
    }
    let activities = &state.affairs().activities;
    for need in &plan.needs {
        if let Prerequisite::Certificate(id) = need {
            check_need(activities, plan, id)?;
        }
    }
    Ok(())
}

/// Whether an activity can be needed: everybody who is told of it may know of it, and it does not
/// itself need this one.
fn check_need(
    activities: &Activities,
    plan: &PlanActivity,
    id: &ActivityId,
) -> Result<(), EngineError> {
    let Some(needed) = activities.find(id).filter(|_| *id != plan.activity) else {
        let text = format!("no other activity `{id}` is known");
        return Err(invalid("activity.unknown", text));
    };
    let blind = plan.invited.iter();
    let mut blind = blind.filter(|one| !needed.is_seen_by(&one.party, false));
    if let Some(Invited { party, .. }) = blind.next() {
        let text = format!("`{party}` is not invited to `{id}` and may not learn of it");
        return Err(invalid("activity.unseen-prerequisite", text));
    }
    let (mut open, mut seen) = (vec![id.clone()], BTreeSet::new());
    while let Some(next) = open.pop() {
        if next == plan.activity {
            let text = format!("`{id}` itself needs a certificate of `{next}`");
            return Err(invalid("activity.prerequisite-cycle", text));
        }
        let needs = activities.find(&next).map_or(&[][..], |one| one.needs());
        if seen.insert(next) {
            open.extend(needs.iter().filter_map(|need| match need {
                Prerequisite::Certificate(id) => Some(id.clone()),
                Prerequisite::Text(_) => None,
            }));
        }
    }
    Ok(())
}

/// Whether nobody is invited no more to what it needs a certificate of elsewhere.
fn leaves_prerequisites(activities: &Activities, plan: &PlanActivity) -> Result<(), EngineError> {
    let need = Prerequisite::Certificate(plan.activity.clone());
    for other in activities.iter().filter(|one| one.needs().contains(&need)) {
        let stays = |party: &PartyCode| plan.invited.iter().any(|one| one.party == *party);
        let mut left = other.invited().iter().filter(|one| !stays(&one.party));
        if let Some(Invited { party, .. }) = left.next() {
            let text = format!(
                "`{party}` is invited to `{}`, which needs a certificate of this",
                other.id()
            );
            return Err(EngineError::new(
                Fault::Conflict,
                "activity.is-prerequisite",
                text,
            ));
        }
    }
    Ok(())
}

/// Refuses what could have no deadline, because it is not there.
pub(super) fn known_subject(state: &State, subject: &Subject) -> Result<(), EngineError> {
    let unknown = |code, what: &str| Err(invalid(code, format!("there is no {what}")));
    match subject {
        Subject::Agreement(id) if state.agreement(id).is_none() => {
            unknown("activity.unknown-subject", &format!("agreement `{id}`"))
        }
        Subject::Goal(goal) => {
            let agreement = state.agreement(&goal.agreement);
            let versions = agreement.into_iter().flat_map(|one| &one.versions);
            let mut goals = versions
                .flat_map(|version| &version.document.objectives)
                .flat_map(|objective| &objective.goals);
            match goals.any(|one| one.id == goal.goal) {
                true => Ok(()),
                false => unknown("activity.unknown-goal", &format!("goal `{goal}`")),
            }
        }
        Subject::Decision(id) if state.affairs().decisions.get(id).is_none() => {
            unknown("activity.unknown-subject", &format!("decision `{id}`"))
        }
        Subject::Liaison(id) if state.affairs().liaison.get(id).is_none() => unknown(
            "activity.unknown-subject",
            &format!("liaison office `{id}`"),
        ),
        Subject::Agreement(_) | Subject::Decision(_) | Subject::Liaison(_) => Ok(()),
    }
}
