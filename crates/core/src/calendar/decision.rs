//! When texts before the members expire: for those asked, and the office.

use crate::affairs::decision::{Outcome, Sight};
use crate::calendar::{Draft, When};
use crate::notice::{Reader, Subject};
use crate::state::State;
use crate::time::Instant;

pub(super) fn draft(state: &State, reader: &Reader<'_>, now: Instant, drafts: &mut Vec<Draft>) {
    for decision in state.affairs().decisions.iter() {
        // Who is told of an adopted text knows nothing of how long it lay before the others.
        match decision.sight(reader.party, reader.staff, now) {
            Some(Sight::Whole | Sight::Asked) => {}
            _ => continue,
        }
        let outcome = decision.outcome(now);
        let is_cancelled = matches!(outcome, Outcome::Broken { .. } | Outcome::Withdrawn { .. });
        let extended = decision.extensions.last().map(|one| one.at);
        let changed = match is_cancelled {
            true => outcome.at(),
            false => extended.unwrap_or(decision.tabled),
        };
        let extensions = u32::try_from(decision.extensions.len()).unwrap_or(u32::MAX);
        let end = decision.expiry.at;
        drafts.push(Draft {
            subject: Subject {
                what: "decision",
                id: decision.id.to_string(),
            },
            sequence: extensions.saturating_add(u32::from(is_cancelled)),
            changed,
            when: When::Time { start: end, end },
            summary: format!("{}: the time to speak ends", decision.title),
            description: Some(format!(
                "decision {}, {}",
                decision.id,
                decision.expiry.local()
            )),
            place: None,
            is_cancelled,
            is_meeting: false,
        });
    }
}
