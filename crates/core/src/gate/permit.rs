//! The verdicts of rules 1, 2, 3 and 6, by party and label class.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::agreement::succession::Agreement;
use crate::derivation::Derivation;
use crate::gate::judge::{Side, judge};
use crate::house::HouseRules;
use crate::id::{AgreementId, PartyCode};
use crate::party::{Audience, Party};
use crate::state::class::{Class, ClassNumber, Classes, Label};
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
}

/// What counts for each party, worked out when first asked for. Which agreements are whose is
/// looked up once: asking each party about each agreement would cost the product.
struct Standings<'a> {
    terms: Terms<'a>,
    agreements: Vec<&'a Agreement>,
    by_party: HashMap<&'a PartyCode, Vec<usize>>,
    of_groups: Vec<usize>,
    worked_out: Vec<OnceCell<Standing<'a>>>,
}

impl<'a> Standings<'a> {
    fn of(terms: Terms<'a>) -> Self {
        let agreements: Vec<&Agreement> = terms.agreements.values().collect();
        let mut by_party: HashMap<&PartyCode, Vec<usize>> = HashMap::new();
        let mut of_groups = Vec::new();
        for (place, agreement) in agreements.iter().enumerate() {
            let last = agreement.versions.last();
            match last.map(|version| &version.document.parties.other) {
                Some(Audience::Party(code)) => by_party.entry(code).or_default().push(place),
                Some(Audience::Group(_)) => of_groups.push(place),
                None => {}
            }
        }
        Self {
            worked_out: terms.parties.iter().map(|_| OnceCell::new()).collect(),
            terms,
            agreements,
            by_party,
            of_groups,
        }
    }

    fn side(&self, index: PartyIndex) -> Option<Side<'_>> {
        let place = index.0 as usize;
        let party = self.terms.parties.get(place)?;
        let standing = self.worked_out.get(place)?.get_or_init(|| {
            let own = self.by_party.get(&party.code);
            let mut places: Vec<usize> = own.into_iter().flatten().copied().collect();
            places.extend(&self.of_groups);
            places.sort_unstable();
            let mine = places.iter().filter_map(|&at| self.agreements.get(at));
            standing(mine.copied(), party, self.terms.at)
        });
        Some(Side { party, standing })
    }
}

fn derivation(label: &Label, taker: Side<'_>, originator: Side<'_>) -> Option<Derivation> {
    let (code, status) = (&originator.party.code, originator.party.status);
    Derivation::of(taker.standing, &label.area, &label.kind, code, status)
}

/// For each party and class, whether the terms permit it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permits {
    /// By the place of the party.
    pub(crate) rows: Vec<Row>,
}

/// The verdicts for one party.
// INVARIANT: the last word is not zero, so that equal verdicts are equal rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// A bit for each class, the lowest bit of the first word for class 0.
    pub(crate) permitted: Vec<u64>,
    /// How the records of permitted classes are derived, where terms redact, and how those of
    /// classes that are permitted no more were at the last: what comes back otherwise derived is
    /// another object to whoever had it.
    pub(crate) derived: BTreeMap<ClassNumber, Arc<Derivation>>,
}

impl Row {
    const EMPTY: &'static Self = &Self {
        permitted: Vec::new(),
        derived: BTreeMap::new(),
    };

    pub(crate) fn allows(&self, class: ClassNumber) -> bool {
        let (word, bit) = (class.0 as usize / 64, class.0 % 64);
        self.permitted
            .get(word)
            .is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Notes how a class is derived; answers whether it was otherwise before.
    fn derive(&mut self, class: ClassNumber, derivation: Option<Derivation>) -> bool {
        let old = self.derived.get(&class);
        if old.map(|old| &**old) == derivation.as_ref() {
            return false;
        }
        match derivation {
            // Classes with the same terms share what the terms say.
            Some(new) => {
                let known = self.derived.values().find(|known| ***known == new);
                let shared = known.map_or_else(|| Arc::new(new), Arc::clone);
                self.derived.insert(class, shared);
            }
            None => {
                self.derived.remove(&class);
            }
        }
        true
    }

    /// Sets a verdict; answers whether it changed.
    fn set(&mut self, class: ClassNumber, now: bool) -> bool {
        if self.allows(class) == now {
            return false;
        }
        let (word, bit) = (class.0 as usize / 64, class.0 % 64);
        if self.permitted.len() <= word {
            self.permitted.resize(word + 1, 0);
        }
        if let Some(word) = self.permitted.get_mut(word) {
            *word ^= 1 << bit;
        }
        while self.permitted.last() == Some(&0) {
            self.permitted.pop();
        }
        true
    }
}

/// A verdict that changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flip {
    pub(crate) party: PartyIndex,
    pub(crate) class: ClassNumber,
    pub(crate) now: bool,
    /// Permitted now, and derived otherwise than when it was permitted last.
    pub(crate) anew: bool,
}

impl Permits {
    /// Whether the terms permit that class to that party.
    pub(crate) fn allow(&self, party: PartyIndex, class: ClassNumber) -> bool {
        self.row(party).allows(class)
    }

    /// All verdicts for a party.
    pub(crate) fn row(&self, party: PartyIndex) -> &Row {
        self.rows.get(party.0 as usize).unwrap_or(Row::EMPTY)
    }

    fn row_mut(&mut self, party: PartyIndex) -> Option<&mut Row> {
        let place = party.0 as usize;
        if self.rows.len() <= place {
            self.rows.resize(place + 1, Row::default());
        }
        self.rows.get_mut(place)
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
        let standings = Standings::of(terms);
        let mut flips = Vec::new();
        for (party, class, judged) in pairs {
            let originator = standings.side(judged.key.originator);
            let sides = standings.side(party).zip(originator);
            let now = sides.is_some_and(|(taker, originator)| {
                judge(&judged.label, taker, originator, terms.house).is_ok()
            });
            let derivation = sides
                .filter(|_| now)
                .and_then(|(taker, originator)| derivation(&judged.label, taker, originator));
            let Some(row) = self.row_mut(party) else {
                continue;
            };
            let anew = now && row.derive(class, derivation);
            if row.set(class, now) || anew {
                flips.push(Flip {
                    party,
                    class,
                    now,
                    anew,
                });
            }
        }
        flips
    }

    /// Works out again how what those verdicts permit is derived; it follows from the terms. How the
    /// rest was derived at the last does not.
    pub(crate) fn derive(&mut self, terms: Terms<'_>, classes: &Classes) {
        let standings = Standings::of(terms);
        let parties = (0..self.rows.len()).map(|place| PartyIndex(place as u16));
        for (party, row) in parties.zip(&mut self.rows) {
            let taker = standings.side(party);
            let taker = taker.filter(|side| side.standing.redacts());
            let Some(taker) = taker else {
                continue;
            };
            for (number, class) in classes.iter() {
                if !row.allows(number) {
                    continue;
                }
                let originator = standings.side(class.key.originator);
                let derivation =
                    originator.and_then(|originator| derivation(&class.label, taker, originator));
                row.derive(number, derivation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_verdicts_are_equal_rows() {
        let mut row = Row::default();
        assert!(row.set(ClassNumber(3), true));
        assert!(row.set(ClassNumber(700), true));
        assert!(!row.set(ClassNumber(700), true));
        assert!(row.allows(ClassNumber(700)) && !row.allows(ClassNumber(701)));
        assert!(row.set(ClassNumber(700), false));
        let mut other = Row::default();
        other.set(ClassNumber(3), true);
        assert_eq!(row, other);
        assert!(row.set(ClassNumber(3), false));
        assert_eq!(row, Row::default());
        assert!(!row.set(ClassNumber(9000), false));
    }
}
