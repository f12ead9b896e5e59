//! Registrations at random: parties ask to speak for identities, are granted it, and end it.
//!
//! Whether a party has any right to an identity is the officer's to know; nobody asks here.

use legation_core::act::{Act, RegisterIdentity, UnregisterIdentity};
use legation_core::id::{PartyCode, RecordId};
use legation_core::state::State;

use crate::dice::Dice;
use crate::world::EARLY;
use crate::world::filing::CREATORS;

/// The registrations with which an office begins.
pub(super) fn first(dice: &mut Dice) -> Vec<Act> {
    let mut acts = Vec::new();
    for identity in CREATORS {
        if dice.percent(35) {
            let (party, _) = dice.pick(&EARLY);
            acts.push(register(party.parse().unwrap(), identity, true));
        }
    }
    acts
}

/// A registration, or the end of one. Nobody is granted what another party has.
pub(super) fn random(dice: &mut Dice, state: &State) -> Option<Act> {
    let ends: Vec<(RecordId, PartyCode)> = state
        .identities()
        .map(|(identity, party, _)| (identity.clone(), party.clone()))
        .collect();
    if !ends.is_empty() && dice.percent(40) {
        let (identity, party) = dice.pick(&ends).clone();
        return Some(Act::UnregisterIdentity(UnregisterIdentity {
            party,
            identity,
        }));
    }
    let identity = *dice.pick(&CREATORS);
    let parties: Vec<PartyCode> = state.parties().map(|one| one.code.clone()).collect();
    let party = dice.pick(&parties).clone();
    let speaker = state.speaker(&identity.parse().unwrap());
    let granted = dice.percent(75);
    let is_free = speaker.is_none_or(|speaker| *speaker == party && granted);
    (is_free || !granted && speaker != Some(&party)).then(|| register(party, identity, granted))
}

fn register(party: PartyCode, identity: &str, granted: bool) -> Act {
    Act::RegisterIdentity(RegisterIdentity {
        party,
        identity: identity.parse().unwrap(),
        granted,
    })
}
