//! Trainings, exercises, visits and summits, and the deadlines that they give: for the parties
//! invited, and the office.

use crate::act::Subject as About;
use crate::affairs::activity::Activity;
use crate::calendar::{Draft, When};
use crate::notice::{Reader, Subject};
use crate::party::Party;
use crate::state::{State, concerns};
use crate::time::Instant;

pub(super) fn draft(
    state: &State,
    reader: &Reader<'_>,
    party: &Party,
    now: Instant,
    drafts: &mut Vec<Draft>,
) {
    let all = state.affairs().activities.iter();
    for activity in all.filter(|one| one.is_seen_by(reader.party, reader.staff)) {
        drafts.push(of(activity));
        let deadlines = activity
            .deadlines()
            .filter(|one| sees(state, reader, party, now, one.subject));
        for deadline in deadlines {
            let about = &deadline.subject;
            drafts.push(Draft {
                subject: Subject {
                    what: "deadline",
                    id: format!("{}/{}/{about}", activity.id(), about.kind()),
                },
                sequence: activity.sequence(),
                changed: activity.revised(),
                when: When::Time {
                    start: deadline.due,
                    end: deadline.due,
                },
                summary: format!("{about}: {}", deadline.text),
                description: Some(format!("before {}", activity.title())),
                place: None,
                is_cancelled: false,
                is_meeting: false,
            });
        }
    }
}

fn of(activity: &Activity) -> Draft {
    let cancelled = activity.cancelled();
    let mut description = activity.text().unwrap_or_default().to_owned();
    if let Some(cancelled) = cancelled {
        description.push_str(&format!("\n{}", cancelled.reason));
    }
    Draft {
        subject: Subject {
            what: "activity",
            id: activity.id().to_string(),
        },
        sequence: activity.sequence(),
        changed: activity.revised(),
        when: When::Time {
            start: activity.start(),
            end: activity.end(),
        },
        summary: activity.title().to_owned(),
        description: Some(description.trim().to_owned()).filter(|text| !text.is_empty()),
        place: Some(activity.place().to_owned()).filter(|place| !place.is_empty()),
        is_cancelled: cancelled.is_some(),
        is_meeting: true,
    }
}

/// Whether a reader may know of what has a deadline, by the rule of its own area.
fn sees(state: &State, reader: &Reader<'_>, party: &Party, now: Instant, about: &About) -> bool {
    let affairs = state.affairs();
    let agreement = |id| {
        let agreement = state.agreement(id);
        reader.staff || agreement.is_some_and(|one| concerns(one, party))
    };
    match about {
        About::Agreement(id) => agreement(id),
        About::Goal(goal) => agreement(&goal.agreement),
        About::Decision(id) => {
            let decision = affairs.decisions.get(id);
            decision.is_some_and(|one| one.is_seen_by(reader.party, reader.staff, now))
        }
        About::Liaison(id) => {
            let office = affairs.liaison.get(id);
            office.is_some_and(|one| {
                one.sight(reader.party, party.status, reader.staff)
                    .is_some()
            })
        }
    }
}
