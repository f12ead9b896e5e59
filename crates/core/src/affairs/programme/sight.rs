//! Who may see what of a programme: the one rule, from which every answer, report and notice is
//! made. The office's own people see all; everybody else asks here.
//!
//! The other side of an agreement sees its programme. A third party that leads a goal sees that
//! goal, once both sides have signed, and nothing of the others. To everybody else there is none.
//! Evidence that is a record is the gate's business beyond this.

use crate::affairs::programme::{Goal, Plan, Source};
use crate::party::Party;

/// Whether a party may see the whole programme: whether it is the other side.
pub fn sees_programme(plan: &Plan<'_>, party: &Party) -> bool {
    let other = &plan.document.parties.other;
    other.names(&party.code, party.status)
}

/// Whether a party may see a goal of it.
pub fn sees_goal(plan: &Plan<'_>, goal: &Goal<'_>, party: &Party) -> bool {
    let leads = goal.goal.lead.contains(&party.code);
    let is_agreement = matches!(plan.source, Source::Agreement(_));
    sees_programme(plan, party) || (leads && is_agreement && plan.is_agreed)
}
