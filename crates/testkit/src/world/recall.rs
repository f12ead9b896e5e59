//! Recalls at random: of anything, from anybody, told and acknowledged at some time.
//!
//! Who has to be called is the engine's to find; a fold takes in what it is told.

use legation_core::act::{AcknowledgeRecall, Act, Cause, Recall, Recipient, TellRecall};
use legation_core::id::{PartyCode, RecordNumber};
use legation_core::state::{Notice, State};

use crate::dice::Dice;

/// A recall, or what becomes of one; none if there is nothing to do it to.
pub(super) fn random(dice: &mut Dice, state: &State) -> Option<Act> {
    let open = |wanted: fn(&Notice<'_>) -> bool| -> Vec<(PartyCode, _)> {
        let open = state.notices(None).filter(wanted);
        open.map(|one| (one.party.clone(), one.id)).collect()
    };
    match dice.below(3) {
        0 => recall(dice, state),
        1 => {
            let untold = open(|one| one.told.is_none());
            let (party, _) = (!untold.is_empty()).then(|| dice.pick(&untold).clone())?;
            let own = untold.into_iter().filter(|(whose, _)| *whose == party);
            let notices = own.map(|(_, id)| id).collect();
            Some(Act::TellRecall(TellRecall { party, notices }))
        }
        _ => {
            let told = open(|one| one.told.is_some() && one.acknowledged.is_none());
            let (party, notice) = (!told.is_empty()).then(|| dice.pick(&told).clone())?;
            Some(Act::AcknowledgeRecall(AcknowledgeRecall { party, notice }))
        }
    }
}

fn recall(dice: &mut Dice, state: &State) -> Option<Act> {
    let all: Vec<RecordNumber> = (0..state.record_count()).map(RecordNumber).collect();
    let mut records = dice.some(&all, 3);
    records.sort_unstable();
    let parties: Vec<PartyCode> = state.parties().map(|one| one.code.clone()).collect();
    let mut parties = dice.some(&parties, 3);
    parties.sort_unstable();
    if records.is_empty() || parties.is_empty() {
        return None;
    }
    let recipients = parties.into_iter().map(|party| {
        let mut records = records.clone();
        let most = records.len();
        records.truncate(1 + dice.below(most));
        Recipient { party, records }
    });
    Some(Act::Recall(Recall {
        recipients: recipients.collect(),
        cause: *dice.pick(&[Cause::Withdrawn, Cause::Erased, Cause::Revoked]),
        reason: "wrong".into(),
        records,
        due: state.at().plus_micros(dice.between(0, 500_000_000)),
    }))
}
