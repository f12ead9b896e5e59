//! The verdicts of rules 1, 2, 3 and 6, by party and label class.

use std::collections::BTreeMap;

use crate::agreement::succession::Agreement;
use crate::gate::judge::{Side, judge};
use crate::house::HouseRules;
use crate::id::AgreementId;
use crate::party::Party;
use crate::state::class::{Class, ClassNumber};
use crate::state::{PartyIndex, Standing, State, standing};
use crate::time::Instant;

/// Everything that rules 1, 2, 3 and 6 rest on, at one instant.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) parties: &'a [Party],
    pub(crate) agreements: &'a BTreeMap<AgreementId, Agreement>,
    pub(crate) house: &'a HouseRules,
    pub(crate) at: Instant,
}

impl<'a> Terms<'a> {
    pub(crate) fn of(state: &'a State, at: Instant) -> Self {
        Self {
            parties: &state.parties,
            agreements: &state.agreements,
            house: &state.house,
            at,
        }
    }

    /// What counts for every party, by its place.
    pub(crate) fn standings(&self) -> Vec<Standing<'a>> {
        self.parties
            .iter()
            .map(|party| standing(self.agreements.values(), party, self.at))
            .collect()
    }
}

/// For each party and class, whether the terms permit it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permits {
    rows: Vec<Vec<bool>>,
}

/// A verdict that changed.
pub(crate) struct Flip {
    pub(crate) party: PartyIndex,
    pub(crate) class: ClassNumber,
    pub(crate) now: bool,
}

impl Permits {
    /// Whether the terms permit that class to that party.
    pub(crate) fn allow(&self, party: PartyIndex, class: ClassNumber) -> bool {
        self.rows
            .get(party.0 as usize)
            .and_then(|row| row.get(class.0 as usize))
            .copied()
            .unwrap_or(false)
    }

    fn set(&mut self, party: PartyIndex, class: ClassNumber, now: bool) -> bool {
        let (party, class) = (party.0 as usize, class.0 as usize);
        if self.rows.len() <= party {
            self.rows.resize(party + 1, Vec::new());
        }
        let Some(row) = self.rows.get_mut(party) else {
            return false;
        };
        if row.len() <= class {
            row.resize(class + 1, false);
        }
        row.get_mut(class)
            .is_some_and(|cell| std::mem::replace(cell, now) != now)
    }

    /// Judges those pairs again and tells which verdicts changed.
    pub(crate) fn judge<'a>(
        &mut self,
        terms: Terms<'a>,
        pairs: impl Iterator<Item = (PartyIndex, ClassNumber, &'a Class)>,
    ) -> Vec<Flip> {
        let mut pairs = pairs.peekable();
        if pairs.peek().is_none() {
            return Vec::new();
        }
        let standings = terms.standings();
        let side = |index: PartyIndex| -> Option<Side<'_>> {
            let place = index.0 as usize;
            Some(Side {
                party: terms.parties.get(place)?,
                standing: standings.get(place)?,
            })
        };
        let mut flips = Vec::new();
        for (party, number, class) in pairs {
            let now = match (side(party), side(class.key.originator)) {
                (Some(taker), Some(originator)) => {
                    judge(&class.label, taker, originator, terms.house).is_ok()
                }
                _ => false,
            };
            if self.set(party, number, now) {
                flips.push(Flip {
                    party,
                    class: number,
                    now,
                });
            }
        }
        flips
    }
}
