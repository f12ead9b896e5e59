//! The verdict on one record for one party, with the clause or the rule that decided.
//!
//! The same rules as everywhere, told for one record; it decides nothing of its own.

use crate::gate::closure::Scene;
use crate::gate::judge::{Side, judge};
use crate::gate::permit::Terms;
use crate::gate::{Ground, Permits, Reason, Released, Rule, Verdict};
use crate::id::RecordNumber;
use crate::state::{PartyIndex, State, standing};

/// Explains, from the terms and from what is released to the party under them, why the record is
/// or is not.
pub(crate) fn explain(
    terms: Terms<'_>,
    state: &State,
    permits: &Permits,
    released: &Released,
    party: PartyIndex,
    record: RecordNumber,
) -> Verdict {
    if !state.records.alive.contains(record.0) {
        return withhold(
            Rule::Alive,
            "gate.withdrawn",
            "the record is withdrawn".to_owned(),
        );
    }
    if party == PartyIndex::HOST {
        return Verdict::Release(Ground::Host);
    }
    let Some((label, originator)) = state
        .records
        .label(record)
        .zip(state.records.originator(record))
    else {
        return withhold(
            Rule::Alive,
            "gate.unknown",
            "the office holds no such record".to_owned(),
        );
    };
    if originator == party {
        return Verdict::Release(Ground::Originator);
    }
    let (taker, giver) = (state.party(party), state.party(originator));
    let taking = standing(terms.agreements.values(), taker, terms.at);
    let giving = standing(terms.agreements.values(), giver, terms.at);
    let taker_side = Side {
        party: taker,
        standing: &taking,
    };
    let originator_side = Side {
        party: giver,
        standing: &giving,
    };
    let permit = match judge(label, taker_side, originator_side, terms.house) {
        Ok(permit) => permit,
        Err(refusal) => return Verdict::Withhold(refusal.reason(label, taker)),
    };
    if released.clear(record).is_some() {
        let (take, give) = permit.clauses();
        return Verdict::Release(Ground::Terms { take, give });
    }
    let scene = Scene {
        records: &state.records,
        permits,
        party,
    };
    let open = scene.open_reference(record, released.numbers());
    let open = open.map_or_else(String::new, |id| state.records.ids.text(id).to_string());
    withhold(
        Rule::Closure,
        "gate.closure",
        format!(
            "it refers to `{open}`, which is not released to {}",
            taker.code
        ),
    )
}

fn withhold(rule: Rule, code: &'static str, text: String) -> Verdict {
    Verdict::Withhold(Reason {
        rule,
        code,
        clause: None,
        text,
    })
}
