//! Whether observations can be bound to the observation expressions of a pattern (STIX 2.1 sections
//! 9.4 and 9.5): each to one at most, as often as it was seen, within the qualifiers and in order.
//!
//! Not what the expressions say; it is told which observations satisfy each of them.
//!
//! **Times.** A binding has a *latest first* `f` (the latest `first_observed` in it) and an *earliest last* `e`
//! (the earliest `last_observed`). Every rule about time is a rule about these two: `WITHIN d` wants `f - e <= d`,
//! `A FOLLOWEDBY B` wants `f` of A no later than `e` of B; `START` and `STOP` bound each observation
//! alone. A smaller `f` and a larger `e` are never worse. So each part of a pattern has a *frontier*: for each `f` the best `e`
//! that it can have. Frontiers are made from below in time proportional to parts times
//! observations. They are exact but for one thing: two parts may want the same observation.
//!
//! **Sharing out.** A pattern with an empty frontier does not match. Else times are chosen from above: for
//! `WITHIN` an earliest last, for `FOLLOWEDBY` the latest first of its left side, for `OR` a side; what the frontiers
//! rule out is not tried. With all chosen, each observation expression has a set of observations that it may take, and
//! whether there is enough for all is a flow, which is exact and polynomial. The flow grows with
//! the choices, so that a choice that leaves too little ends at once.
//!
//! **The bound.** With `c` such choices and `n` observations that is at most `n^c` flows; patterns in use have none or one. In
//! general the problem is NP-hard: `([x] REPEATS m TIMES OR [y] REPEATS m TIMES)` for each variable of a formula,
//! which uses up what the clauses then lack, makes it satisfiability. So the search has a budget
//! ([`MAX_WORK`]), and past it the answer is that one cannot tell.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::expression::{Expression, Qualifier};
use super::flow::{Budget, Flow, Spent};

/// Steps of one search: looks at an observation on behalf of a demand. 2^22 take about ten
/// milliseconds, and cover a thousand flows of a hundred demands among ten observations each.
const MAX_WORK: usize = 1 << 22;

/// Choices within each other. Each holds some hundred bytes of stack; patterns in use have a few.
const MAX_CHOICES: usize = 256;

/// When and how often something was seen; times in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) first: i128,
    pub(crate) last: i128,
    pub(crate) number: u64,
}

/// What the search found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// These observations can be bound.
    Bound(Vec<usize>),
    Unbound,
    /// The budget was used up.
    Spent,
}

/// Whether `expression` can be bound; `leaves` are the places in `seen` that satisfy each of its
/// observation expressions, from left to right. `lenient` says what `REPEATS 0 TIMES` is: satisfied
/// by nothing, or never satisfied.
pub(crate) fn solve(
    expression: &Expression,
    leaves: &[Vec<usize>],
    seen: &[Seen],
    lenient: bool,
) -> Answer {
    let mut budget = Budget(MAX_WORK);
    let mut builder = Builder {
        leaves: leaves.iter(),
        seen,
        lenient,
        budget: &mut budget,
    };
    let everything = Window {
        latest_first: i128::MAX,
        earliest_last: i128::MIN,
    };
    let Ok(tree) = builder.build(expression, everything) else {
        return Answer::Spent;
    };
    let total = seen
        .iter()
        .fold(0u64, |sum, s| sum.saturating_add(s.number));
    let mut search = Search {
        seen,
        total,
        budget,
    };
    let goals = vec![Goal {
        parts: std::slice::from_ref(&tree),
        chain: false,
        window: everything,
    }];
    let flow = Flow::new(seen.iter().map(|s| s.number));
    match search.run(goals, Vec::new(), flow, 0) {
        Ok(Some(flow)) => Answer::Bound(flow.taken()),
        Ok(None) => Answer::Unbound,
        Err(Spent) => Answer::Spent,
    }
}

/// What an observation must fulfil: begun no later than the one, ended no earlier than the other.
#[derive(Clone, Copy, Debug)]
struct Window {
    latest_first: i128,
    earliest_last: i128,
}

impl Window {
    fn holds(self, seen: &Seen) -> bool {
        seen.first <= self.latest_first && seen.last >= self.earliest_last
    }
}

/// A part of a pattern with its frontier.
struct Tree {
    part: Part,
    frontier: Frontier,
}

enum Part {
    /// So many of these observations.
    Take(Rc<[usize]>, u64),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Then(Vec<Tree>),
    Within(i128, Box<Tree>),
    Repeat(u64, Box<Tree>),
}

/// For each latest first the best earliest last, both strictly growing.
#[derive(Clone, Debug, Default)]
struct Frontier(Vec<(i128, i128)>);

impl Frontier {
    /// The best earliest last with no first later than `latest_first`.
    fn best(&self, latest_first: i128) -> Option<i128> {
        let behind = self.0.partition_point(|(first, _)| *first <= latest_first);
        self.0.get(behind.checked_sub(1)?).map(|(_, last)| *last)
    }

    fn admits(&self, window: Window) -> bool {
        self.best(window.latest_first)
            .is_some_and(|last| last >= window.earliest_last)
    }

    /// Keeps what is better than all that has a smaller first.
    fn push(&mut self, first: i128, last: i128) {
        if self.0.last().is_none_or(|(_, best)| last > *best) {
            self.0.push((first, last));
        }
    }

    /// The frontier whose value at each first is `join` of the others' there.
    fn merge(parts: &[&Self], join: impl Fn(&[Option<i128>], i128) -> Option<i128>) -> Self {
        let mut firsts: Vec<i128> = parts
            .iter()
            .flat_map(|part| part.0.iter().map(|(first, _)| *first))
            .collect();
        firsts.sort_unstable();
        firsts.dedup();
        let mut merged = Self::default();
        for first in firsts {
            let bests: Vec<_> = parts.iter().map(|part| part.best(first)).collect();
            if let Some(last) = join(&bests, first) {
                merged.push(first, last);
            }
        }
        merged
    }
}

/// Makes the tree of a pattern.
struct Builder<'s> {
    leaves: std::slice::Iter<'s, Vec<usize>>,
    seen: &'s [Seen],
    lenient: bool,
    budget: &'s mut Budget,
}

impl Builder<'_> {
    /// Everything in `expression` must lie within `window`: `START` and `STOP` bound each observation
    /// alone, so they are kept by what takes observations.
    fn build(&mut self, expression: &Expression, window: Window) -> Result<Tree, Spent> {
        match expression {
            Expression::Observation(_) => {
                let places = self.leaves.next().map(Vec::as_slice).unwrap_or_default();
                self.budget.spend(places.len() + 1)?;
                let places = places.iter().copied();
                let seen = self.seen;
                let held = places.filter(|place| seen.get(*place).is_some_and(|s| window.holds(s)));
                let held = held.collect();
                Ok(self.take(held, 1))
            }
            Expression::And(parts) => {
                let parts = self.build_all(parts, window)?;
                self.and(parts)
            }
            Expression::Or(parts) => {
                let parts = self.build_all(parts, window)?;
                self.or(parts)
            }
            Expression::FollowedBy(parts) => {
                let parts = self.build_all(parts, window)?;
                self.then(parts)
            }
            Expression::Qualified(inner, qualifiers) => {
                let mut inner_window = window;
                for qualifier in qualifiers {
                    if let Qualifier::StartStop(start, stop) = qualifier {
                        // Begun before STOP, and ended at START or later; STOP itself is not
                        // within (section 9.5.1). Instants are whole nanoseconds.
                        let (start, stop) = (start.nanos(), stop.nanos());
                        let empty = start >= stop;
                        let latest = if empty { i128::MIN } else { stop - 1 };
                        inner_window.latest_first = inner_window.latest_first.min(latest);
                        inner_window.earliest_last = inner_window.earliest_last.max(start);
                    }
                }
                let mut tree = self.build(inner, inner_window)?;
                for qualifier in qualifiers {
                    tree = match qualifier {
                        Qualifier::StartStop(..) => tree,
                        Qualifier::Within(time) => within(time.as_nanos(), tree),
                        Qualifier::Repeats(0) if self.lenient => Tree {
                            part: Part::And(Vec::new()),
                            frontier: Frontier(vec![(i128::MIN, i128::MAX)]),
                        },
                        Qualifier::Repeats(0) => self.take(Rc::default(), 1),
                        Qualifier::Repeats(times) => self.repeat(*times, tree)?,
                    };
                }
                Ok(tree)
            }
        }
    }

    fn build_all(&mut self, parts: &[Expression], window: Window) -> Result<Vec<Tree>, Spent> {
        parts.iter().map(|part| self.build(part, window)).collect()
    }

    fn take(&self, places: Rc<[usize]>, times: u64) -> Tree {
        let mut seen: Vec<&Seen> = places.iter().filter_map(|n| self.seen.get(*n)).collect();
        seen.sort_unstable_by_key(|s| s.first);
        let mut frontier = Frontier::default();
        // The `times` latest lasts so far, the earliest of them on top.
        let mut held = BinaryHeap::new();
        let mut total = 0u64;
        for (n, s) in seen.iter().enumerate() {
            held.push(Reverse((s.last, s.number)));
            total = total.saturating_add(s.number);
            while let Some(Reverse((_, number))) = held.peek() {
                match total.checked_sub(*number) {
                    Some(without) if without >= times => {
                        total = without;
                        held.pop();
                    }
                    _ => break,
                }
            }
            let more = seen.get(n + 1).is_some_and(|next| next.first == s.first);
            if total >= times
                && !more
                && let Some(Reverse((last, _))) = held.peek()
            {
                frontier.push(s.first, *last);
            }
        }
        Tree {
            part: Part::Take(places, times),
            frontier,
        }
    }

    /// Pays for a merge of these frontiers.
    fn pay(&mut self, parts: &[Tree]) -> Result<(), Spent> {
        let points: usize = parts.iter().map(|part| part.frontier.0.len()).sum();
        let points = points.min(self.seen.len());
        self.budget.spend(points.saturating_mul(parts.len()) + 1)
    }

    fn and(&mut self, parts: Vec<Tree>) -> Result<Tree, Spent> {
        self.pay(&parts)?;
        let frontiers: Vec<&Frontier> = parts.iter().map(|part| &part.frontier).collect();
        let frontier = Frontier::merge(&frontiers, |bests, _| {
            let mut all = bests.iter().copied();
            all.try_fold(i128::MAX, |least, best| best.map(|best| least.min(best)))
        });
        Ok(Tree {
            part: Part::And(parts),
            frontier,
        })
    }

    /// Sides that want one observation each are one set to take it from.
    fn or(&mut self, parts: Vec<Tree>) -> Result<Tree, Spent> {
        let (mut union, mut sides) = (Vec::new(), Vec::new());
        for part in parts {
            match part.part {
                Part::Take(places, 1) => union.extend(places.iter().copied()),
                _ => sides.push(part),
            }
        }
        union.sort_unstable();
        union.dedup();
        if !union.is_empty() || sides.is_empty() {
            sides.insert(0, self.take(union.into(), 1));
        }
        if sides.len() == 1
            && let Some(only) = sides.pop()
        {
            return Ok(only);
        }
        self.pay(&sides)?;
        let frontiers: Vec<&Frontier> = sides.iter().map(|part| &part.frontier).collect();
        let frontier =
            Frontier::merge(&frontiers, |bests, _| bests.iter().copied().flatten().max());
        Ok(Tree {
            part: Part::Or(sides),
            frontier,
        })
    }

    fn then(&mut self, parts: Vec<Tree>) -> Result<Tree, Spent> {
        self.pay(&parts)?;
        let mut frontier = Frontier(vec![(i128::MIN, i128::MAX)]);
        for right in &parts {
            let left = frontier;
            frontier = Frontier::merge(&[&left, &right.frontier], |bests, first| {
                let last = bests.get(1).copied().flatten()?;
                Some(left.best(first.min(last))?.min(last))
            });
        }
        Ok(Tree {
            part: Part::Then(parts),
            frontier,
        })
    }

    fn repeat(&mut self, times: u64, inner: Tree) -> Result<Tree, Spent> {
        if times == 1 {
            return Ok(inner);
        }
        match inner.part {
            Part::Take(places, each) => Ok(self.take(places, each.saturating_mul(times))),
            // So many of all of them are so many of each.
            Part::And(parts) => {
                let parts = parts.into_iter().map(|part| self.repeat(times, part));
                let parts = parts.collect::<Result<_, _>>()?;
                self.and(parts)
            }
            part => Ok(Tree {
                // Once is a bound for often.
                frontier: inner.frontier.clone(),
                part: Part::Repeat(
                    times,
                    Box::new(Tree {
                        part,
                        frontier: inner.frontier,
                    }),
                ),
            }),
        }
    }
}

fn within(time: u128, inner: Tree) -> Tree {
    // An observation alone always lies within any time.
    if matches!(inner.part, Part::Take(_, 1)) {
        return inner;
    }
    let time = i128::try_from(time).unwrap_or(i128::MAX);
    let points = inner.frontier.0.iter().copied();
    let frontier = Frontier(
        points
            .filter(|(first, last)| first.saturating_sub(*last) <= time)
            .collect(),
    );
    Tree {
        part: Part::Within(time, Box::new(inner)),
        frontier,
    }
}

/// Parts still to be bound within a window: all of them, or one after the other.
#[derive(Clone, Copy)]
struct Goal<'t> {
    parts: &'t [Tree],
    chain: bool,
    window: Window,
}

struct Search<'s> {
    seen: &'s [Seen],
    total: u64,
    budget: Budget,
}

impl Search<'_> {
    /// Reaches all goals, or none is left to try. `choices` are goals where something must be
    /// chosen; they wait until all others are reached.
    fn run<'t>(
        &mut self,
        mut goals: Vec<Goal<'t>>,
        mut choices: Vec<Goal<'t>>,
        mut flow: Flow,
        depth: usize,
    ) -> Result<Option<Flow>, Spent> {
        while let Some(goal) = goals.pop() {
            self.budget.spend(1)?;
            let window = goal.window;
            let (first, rest) = match goal.parts {
                [] => continue,
                [only] => (only, &[][..]),
                _ if goal.chain => {
                    choices.push(goal);
                    continue;
                }
                [first, rest @ ..] => (first, rest),
            };
            goals.push(Goal {
                parts: rest,
                ..goal
            });
            if !first.frontier.admits(window) {
                return Ok(None);
            }
            match &first.part {
                Part::Take(places, times) => {
                    if !self.take(places, *times, window, &mut flow)? {
                        return Ok(None);
                    }
                }
                Part::And(parts) | Part::Then(parts) => goals.push(Goal {
                    parts,
                    chain: matches!(first.part, Part::Then(_)),
                    window,
                }),
                Part::Repeat(times, inner) => {
                    // Each time takes one observation at least.
                    if *times > self.total {
                        return Ok(None);
                    }
                    let times = usize::try_from(*times).map_err(|_| Spent)?;
                    self.budget.spend(times)?;
                    let goal = Goal {
                        parts: std::slice::from_ref(inner),
                        chain: false,
                        window,
                    };
                    goals.extend(std::iter::repeat_n(goal, times));
                }
                Part::Or(_) | Part::Within(..) => choices.push(Goal {
                    parts: std::slice::from_ref(first),
                    chain: false,
                    window,
                }),
            }
        }
        let Some(choice) = choices.pop() else {
            return Ok(Some(flow));
        };
        if depth >= MAX_CHOICES {
            return Err(Spent);
        }
        for goals in self.alternatives(choice)? {
            self.budget
                .spend(flow.weight() + choices.len() + goals.len())?;
            let found = self.run(goals, choices.clone(), flow.clone(), depth + 1)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn take(
        &mut self,
        places: &Rc<[usize]>,
        times: u64,
        window: Window,
        flow: &mut Flow,
    ) -> Result<bool, Spent> {
        self.budget.spend(places.len())?;
        let held = |place: &usize| self.seen.get(*place).is_some_and(|s| window.holds(s));
        let from: Rc<[usize]> = if places.iter().all(held) {
            Rc::clone(places)
        } else {
            places.iter().copied().filter(held).collect()
        };
        flow.demand(from, times, &mut self.budget)
    }

    /// The goals that each way of choosing leaves.
    fn alternatives<'t>(&mut self, choice: Goal<'t>) -> Result<Vec<Vec<Goal<'t>>>, Spent> {
        let window = choice.window;
        self.budget.spend(self.seen.len() + choice.parts.len())?;
        let mut ways = Vec::new();
        let [first, rest @ ..] = choice.parts else {
            return Ok(ways);
        };
        if choice.chain {
            let mut times: Vec<i128> = self.seen.iter().map(|s| s.first).collect();
            times.sort_unstable();
            times.dedup();
            for time in times {
                let left = Window {
                    latest_first: window.latest_first.min(time),
                    ..window
                };
                let right = Window {
                    earliest_last: window.earliest_last.max(time),
                    ..window
                };
                if time <= window.latest_first
                    && first.frontier.admits(left)
                    && rest.iter().all(|part| part.frontier.admits(right))
                {
                    let here = Goal {
                        parts: std::slice::from_ref(first),
                        chain: false,
                        window: left,
                    };
                    let later = Goal {
                        parts: rest,
                        chain: true,
                        window: right,
                    };
                    ways.push(vec![later, here]);
                }
            }
            return Ok(ways);
        }
        match &first.part {
            Part::Or(sides) => {
                let open = sides.iter().filter(|side| side.frontier.admits(window));
                ways.extend(open.map(|side| {
                    vec![Goal {
                        parts: std::slice::from_ref(side),
                        chain: false,
                        window,
                    }]
                }));
            }
            Part::Within(time, inner) => {
                let mut lasts: Vec<i128> = self.seen.iter().map(|s| s.last).collect();
                lasts.sort_unstable();
                lasts.dedup();
                for last in lasts {
                    let narrow = Window {
                        latest_first: window.latest_first.min(last.saturating_add(*time)),
                        earliest_last: last,
                    };
                    if last >= window.earliest_last && inner.frontier.admits(narrow) {
                        ways.push(vec![Goal {
                            parts: std::slice::from_ref(inner),
                            chain: false,
                            window: narrow,
                        }]);
                    }
                }
            }
            _ => {}
        }
        self.budget.spend(ways.len())?;
        Ok(ways)
    }
}
