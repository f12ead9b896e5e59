//! The meetings of consultations: for their participants, and the office.

use crate::calendar::{Draft, When};
use crate::notice::{Reader, Subject};
use crate::state::State;

pub(super) fn draft(state: &State, reader: &Reader<'_>, drafts: &mut Vec<Draft>) {
    for consultation in state.affairs().consultations.iter() {
        if !consultation.is_seen_by(reader.party, reader.staff) {
            continue;
        }
        for meeting in &consultation.meetings {
            let mut description =
                format!("consultation {}: {}", consultation.id, consultation.subject);
            if let Some(link) = &meeting.link {
                description.push_str(&format!("\n{link}"));
            }
            if let Some(reason) = meeting.reason.as_ref().filter(|_| meeting.cancelled) {
                description.push_str(&format!("\n{reason}"));
            }
            drafts.push(Draft {
                subject: Subject {
                    what: "meeting",
                    id: format!("{}/{}", consultation.id, meeting.number),
                },
                sequence: meeting.sequence,
                changed: meeting.changed,
                when: When::Time {
                    start: meeting.start,
                    end: meeting.end,
                },
                summary: format!("{}: {}", consultation.subject, meeting.title),
                description: Some(description),
                place: meeting.place.clone().or_else(|| meeting.link.clone()),
                is_cancelled: meeting.cancelled,
                is_meeting: true,
            });
        }
        for follow_up in &consultation.follow_ups {
            let Some(begun) = consultation.turns.first() else {
                continue;
            };
            drafts.push(Draft {
                subject: Subject {
                    what: "follow-up",
                    id: format!("{}/{}", consultation.id, follow_up.number),
                },
                sequence: 0,
                changed: begun.at,
                when: When::Days {
                    first: follow_up.due,
                    last: follow_up.due,
                },
                summary: format!("{}: {} is due", consultation.subject, follow_up.title),
                description: Some(format!(
                    "consultation {}, by {}",
                    consultation.id, follow_up.owner
                )),
                place: None,
                is_cancelled: false,
                is_meeting: false,
            });
        }
    }
}
