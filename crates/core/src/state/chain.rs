//! Chains: for each id the items that concern it, ascending, nearly always one and now and then
//! very many.
//!
//! ```text
//! tail  by id    the last item of its chain, NONE if there is none
//! next  by item  the item after it in its chain; after the last comes the first
//! ```
//! Two flat columns, whatever the lengths. A chain ends where its items stop ascending, so that no
//! damaged one is walked for ever.

use crate::state::column::Column;
use crate::state::id_table::IdNumber;

/// No item.
pub(crate) const NONE: u32 = u32::MAX;

/// Items in chains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chains {
    pub(crate) tails: Column<u32>,
    pub(crate) next: Column<u32>,
}

impl Chains {
    /// Adds the next item to the chain of an id.
    pub(crate) fn push(&mut self, id: IdNumber) {
        let item = self.next.len() as u32;
        self.tails.fill(id.0 as usize + 1, NONE);
        match self.tail(id) {
            Some(last) => {
                let first = self.next.at(last).unwrap_or(item);
                self.next.put(last, item);
                self.next.push(first);
            }
            None => self.next.push(item),
        }
        self.tails.put(id.0, item);
    }

    fn tail(&self, id: IdNumber) -> Option<u32> {
        self.tails.at(id.0).filter(|&item| item != NONE)
    }

    /// The items under that id, ascending.
    pub(crate) fn of(&self, id: IdNumber) -> impl Iterator<Item = u32> + '_ {
        let tail = self.tail(id);
        let mut next = tail.and_then(|tail| self.next.at(tail));
        std::iter::from_fn(move || {
            let item = next?;
            next = (Some(item) != tail)
                .then(|| self.next.at(item))
                .flatten()
                .filter(|&after| after > item);
            Some(item)
        })
    }

    /// Whether there is any item under that id.
    pub(crate) fn any(&self, id: IdNumber) -> bool {
        self.tail(id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn items_come_back_in_order(ids in proptest::collection::vec(0_u32..20, 0..300)) {
            let mut chains = Chains::default();
            ids.iter().for_each(|&id| chains.push(IdNumber(id)));
            for wanted in 0..21 {
                let expected: Vec<u32> = (0..ids.len() as u32)
                    .filter(|&item| ids[item as usize] == wanted)
                    .collect();
                prop_assert_eq!(chains.any(IdNumber(wanted)), !expected.is_empty());
                prop_assert_eq!(chains.of(IdNumber(wanted)).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn a_damaged_chain_ends(
            tails in proptest::collection::vec(any::<u32>(), 0..9),
            next in proptest::collection::vec(0_u32..9, 0..9),
        ) {
            let chains = Chains { tails: Column::of(tails), next: Column::of(next) };
            for id in 0..9 {
                prop_assert!(chains.of(IdNumber(id)).count() <= 9);
            }
        }
    }
}
