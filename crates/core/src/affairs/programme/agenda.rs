//! What of a party's programmes awaits somebody: goals whose day comes or has passed, and the yearly
//! review. A function of what is folded and the clock; nothing of it is kept.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::affairs::programme::{Goal, GoalState, Plan, Programmes, Source, plan, sees_goal};
use crate::id::{AgreementId, PartyCode};
use crate::programme::GoalId;
use crate::state::State;
use crate::time::{Day, Instant};

/// So many days before it is due something is told of.
pub const AHEAD_DAYS: i64 = 30;

/// A review is told of so many days after its day, too.
pub const REVIEW_AFTER_DAYS: i64 = 30;

/// Something of a programme that awaits a party.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Due {
    /// The day.
    pub day: Day,
    /// The programme.
    pub programme: AgreementId,
    /// What.
    pub matter: DueMatter,
}

/// What awaits a party.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DueMatter {
    /// A goal is due.
    Goal {
        /// Which.
        goal: GoalId,
        /// What it is.
        title: String,
        /// Whether its day has passed.
        late: bool,
    },
    /// The yearly review, on the day on which the agreement came into force.
    Review,
}

impl Programmes {
    /// What awaits a party at an instant, by day: of all programmes if it is the host, else of what
    /// it may see.
    pub fn due(state: &State, party: &PartyCode, now: Instant) -> Vec<Due> {
        let Some(party) = state.find_party(party) else {
            return Vec::new();
        };
        let is_host = *party == *state.host();
        let today = Day::of(now, &state.host().zone);
        let mut due = Vec::new();
        for agreement in state.agreements() {
            let Some(plan) = plan(state, &agreement.id, now) else {
                continue;
            };
            let sees = |goal: &Goal<'_>| is_host || sees_goal(&plan, goal, party);
            let goals = plan.goals.iter().filter(|goal| sees(goal));
            due.extend(goals.filter_map(|goal| goal_due(&plan, goal, today)));
            let other = &plan.document.parties.other;
            if is_host || other.names(&party.code, party.status) {
                due.extend(review_due(&plan, today, now));
            }
        }
        due.sort();
        due
    }
}

fn goal_due(plan: &Plan<'_>, goal: &Goal<'_>, today: Day) -> Option<Due> {
    let due = goal.goal.due?;
    let soon = due <= after(today.date(), AHEAD_DAYS);
    let is_open = goal.state == GoalState::Open && !goal.standing.is_closed();
    (soon && is_open && plan.is_agreed).then(|| Due {
        day: due.into(),
        programme: plan.id.clone(),
        matter: DueMatter::Goal {
            goal: goal.goal.id.clone(),
            title: goal.goal.title.clone(),
            late: goal.is_overdue,
        },
    })
}

/// The yearly day of a programme in force that is near.
fn review_due(plan: &Plan<'_>, today: Day, now: Instant) -> Option<Due> {
    let Source::Agreement(agreement) = plan.source else {
        return None;
    };
    let version = agreement.version(plan.document.version)?;
    let is_over = agreement.state(version, now).as_str() == "ended";
    if is_over || !plan.is_agreed || plan.document.goals().next().is_none() {
        return None;
    }
    let begun = Day::of(plan.document.in_force, &crate::party::Zone::utc()).date();
    let (first, last) = (
        after(today.date(), -REVIEW_AFTER_DAYS),
        after(today.date(), AHEAD_DAYS),
    );
    // The 29th of February is the 28th in other years.
    let years = [-1, 0, 1].map(|shift| today.date().year() + shift - begun.year());
    let days = years.into_iter().filter(|years| *years > 0);
    let mut days = days.filter_map(|years| begun.checked_add(i64::from(years).years()).ok());
    let day = days.find(|day| (first..=last).contains(day))?;
    Some(Due {
        day: day.into(),
        programme: plan.id.clone(),
        matter: DueMatter::Review,
    })
}

fn after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}
