//! Sharing observations out among demands: who gets which, so that everybody has enough.
//!
//! A flow from demands to observations, grown demand by demand along shortest augmenting paths
//! (Edmonds and Karp): exact, and polynomial. It knows nothing of times.

use std::collections::VecDeque;
use std::rc::Rc;

/// How much work may still be done.
#[derive(Debug)]
pub(crate) struct Budget(pub(crate) usize);

/// The work is used up.
#[derive(Debug)]
pub(crate) struct Spent;

impl Budget {
    pub(crate) fn spend(&mut self, work: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(work).ok_or(Spent)?;
        Ok(())
    }
}

/// Demands so far, and what each has been given.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// What each observation has left.
    left: Vec<u64>,
    /// Where each demand may take from.
    demands: Vec<Rc<[usize]>>,
    /// By observation: which demand has taken how much.
    given: Vec<Vec<(usize, u64)>>,
}

impl Flow {
    pub(crate) fn new(numbers: impl Iterator<Item = u64>) -> Self {
        let left: Vec<u64> = numbers.collect();
        let given = vec![Vec::new(); left.len()];
        Self {
            left,
            demands: Vec::new(),
            given,
        }
    }

    /// How much a copy costs.
    pub(crate) fn weight(&self) -> usize {
        self.left.len() + self.demands.len() + 1
    }

    /// The observations of which something has been taken.
    pub(crate) fn taken(&self) -> Vec<usize> {
        let given = self.given.iter().enumerate();
        given
            .filter(|(_, taken)| taken.iter().any(|(_, amount)| *amount > 0))
            .map(|(place, _)| place)
            .collect()
    }

    /// Adds a demand for `times` of `from`, moving what others have where it must. False if there
    /// is not enough for all; the flow is of no use then.
    pub(crate) fn demand(
        &mut self,
        from: Rc<[usize]>,
        mut times: u64,
        budget: &mut Budget,
    ) -> Result<bool, Spent> {
        let number = self.demands.len();
        self.demands.push(from);
        while times > 0 {
            match self.augment(number, times, budget)? {
                0 => return Ok(false),
                moved => times -= moved,
            }
        }
        Ok(true)
    }

    /// Moves as much as one shortest path can, at most `wanted`; zero if there is no path.
    fn augment(&mut self, number: usize, wanted: u64, budget: &mut Budget) -> Result<u64, Spent> {
        // Through which demand an observation was reached, and from which observation a demand.
        let mut reached: Vec<Option<usize>> = vec![None; self.left.len()];
        let mut came: Vec<Option<usize>> = vec![None; self.demands.len()];
        budget.spend(reached.len() + came.len())?;
        let mut queue = VecDeque::from([number]);
        let mut end = None;
        'search: while let Some(demand) = queue.pop_front() {
            let Some(from) = self.demands.get(demand) else {
                continue;
            };
            budget.spend(from.len())?;
            for place in from.iter().copied() {
                let Some(way @ None) = reached.get_mut(place) else {
                    continue;
                };
                *way = Some(demand);
                if self.left.get(place).is_some_and(|left| *left > 0) {
                    end = Some(place);
                    break 'search;
                }
                for (other, amount) in self.given.get(place).into_iter().flatten() {
                    if *amount > 0
                        && *other != number
                        && let Some(from @ None) = came.get_mut(*other)
                    {
                        *from = Some(place);
                        queue.push_back(*other);
                    }
                }
            }
        }
        let Some(end) = end else {
            return Ok(0);
        };
        // Back along the path: first how much fits, then the change.
        let mut path = Vec::new();
        let mut place = end;
        let mut fits = wanted.min(self.left.get(end).copied().unwrap_or_default());
        while let Some(demand) = reached.get(place).copied().flatten() {
            let before = came.get(demand).copied().flatten();
            path.push((place, demand, before));
            let Some(before) = before else {
                break;
            };
            fits = fits.min(self.amount(before, demand));
            place = before;
        }
        for (place, demand, before) in path {
            self.change(place, demand, |amount| amount.saturating_add(fits));
            if let Some(before) = before {
                self.change(before, demand, |amount| amount.saturating_sub(fits));
            }
        }
        if let Some(left) = self.left.get_mut(end) {
            *left = left.saturating_sub(fits);
        }
        Ok(fits)
    }

    fn amount(&self, place: usize, demand: usize) -> u64 {
        let given = self.given.get(place).into_iter().flatten();
        given
            .filter(|(taker, _)| *taker == demand)
            .map(|(_, amount)| *amount)
            .sum()
    }

    fn change(&mut self, place: usize, demand: usize, change: impl Fn(u64) -> u64) {
        let Some(given) = self.given.get_mut(place) else {
            return;
        };
        match given.iter_mut().find(|(taker, _)| *taker == demand) {
            Some((_, amount)) => *amount = change(*amount),
            None => given.push((demand, change(0))),
        }
        given.retain(|(_, amount)| *amount > 0);
    }
}
