//! Whether observations match a pattern (STIX 2.1 section 9.4): which of them satisfy each
//! observation expression, and then whether they can be shared out.
//!
//! Not the sharing out; `binding` does that. What cannot be told is carried along: the pattern is
//! tried once with every doubt against it and once with every doubt for it, and only if the two
//! answers differ is the whole undecided. No part of a pattern can undo another, so that is exact.

#[cfg(test)]
mod tests;

use super::binding::{Answer, Seen, solve};
use super::compare::{Doubt, Ready, Truth};
use super::expression::{Comparison, Expression, Operator, Test};
use super::observation::{Object, Observation};
use super::value::{is_observable, reach};

/// What matching a pattern came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a pattern matches, does not, or one cannot tell"
)]
pub enum Outcome {
    /// It matches; these observations, by their place, are one way in which it does.
    Match(Vec<usize>),
    /// It does not match.
    NoMatch,
    /// One cannot tell, and why.
    Undecided(Doubt),
}

impl Outcome {
    /// Whether it matches for certain.
    pub fn is_match(&self) -> bool {
        matches!(self, Self::Match(_))
    }
}

/// Matches `expression` with `observations`.
pub(crate) fn decide(expression: &Expression, observations: &[Observation<'_, '_>]) -> Outcome {
    let seen: Vec<Seen> = observations
        .iter()
        .map(|observation| Seen {
            first: observation.first.nanos(),
            last: observation.last.nanos(),
            number: observation.number,
        })
        .collect();
    let mut leaves = Leaves::default();
    collect(expression, observations, &mut leaves);
    let doubt = match solve(expression, &leaves.sure, &seen, false) {
        Answer::Bound(places) => return Outcome::Match(places),
        Answer::Spent => Some(Doubt::TooMuchWork),
        Answer::Unbound => None,
    };
    if leaves.doubt.is_none() {
        return doubt.map_or(Outcome::NoMatch, Outcome::Undecided);
    }
    match solve(expression, &leaves.possible, &seen, true) {
        Answer::Unbound => Outcome::NoMatch,
        _ => Outcome::Undecided(leaves.doubt.or(doubt).unwrap_or(Doubt::TooMuchWork)),
    }
}

/// The observations that satisfy each observation expression, from left to right.
#[derive(Default)]
struct Leaves {
    sure: Vec<Vec<usize>>,
    possible: Vec<Vec<usize>>,
    /// The first doubt, if there is any.
    doubt: Option<Doubt>,
}

fn collect(expression: &Expression, observations: &[Observation<'_, '_>], leaves: &mut Leaves) {
    match expression {
        Expression::Observation(comparison) => {
            let mut ready = ReadyComparison::new(comparison);
            let (mut sure, mut possible) = (Vec::new(), Vec::new());
            for (place, observation) in observations.iter().enumerate() {
                match ready.holds(observation) {
                    Truth::Yes => {
                        sure.push(place);
                        possible.push(place);
                    }
                    Truth::Unknown(doubt) => {
                        possible.push(place);
                        leaves.doubt.get_or_insert(doubt);
                    }
                    Truth::No => {}
                }
            }
            leaves.sure.push(sure);
            leaves.possible.push(possible);
        }
        Expression::Qualified(inner, qualifiers) => {
            if qualifiers.contains(&super::Qualifier::Repeats(0)) {
                leaves.doubt.get_or_insert(Doubt::NoRepeats);
            }
            collect(inner, observations, leaves);
        }
        Expression::And(parts) | Expression::Or(parts) | Expression::FollowedBy(parts) => {
            for part in parts {
                collect(part, observations, leaves);
            }
        }
    }
}

/// A comparison expression made ready.
pub(crate) enum ReadyComparison<'p> {
    Test(&'p Test, Ready<'p>),
    And(Vec<ReadyComparison<'p>>),
    Or(Vec<ReadyComparison<'p>>),
}

impl<'p> ReadyComparison<'p> {
    pub(crate) fn new(comparison: &'p Comparison) -> Self {
        match comparison {
            Comparison::Test(test) => Self::Test(test, Ready::new(test)),
            Comparison::And(parts) => Self::And(parts.iter().map(Self::new).collect()),
            Comparison::Or(parts) => Self::Or(parts.iter().map(Self::new).collect()),
        }
    }

    /// Whether one object of the observation satisfies it. `AND` joins comparisons on the same
    /// object, as the reference has it.
    pub(crate) fn holds(&mut self, observation: &Observation<'_, '_>) -> Truth {
        let mut truth = Truth::No;
        for object in &observation.objects {
            if is_observable(object.kind) {
                truth = truth.or(self.holds_of(observation, *object));
            }
            if truth == Truth::Yes {
                break;
            }
        }
        truth
    }

    fn holds_of<'n, 'a>(
        &mut self,
        observation: &Observation<'n, 'a>,
        object: Object<'n, 'a>,
    ) -> Truth {
        match self {
            Self::Test(test, ready) => {
                if *test.path.object_type != *object.kind {
                    return Truth::No;
                }
                let values = reach(observation, object, &test.path);
                if test.operator == Operator::Exists {
                    return Truth::from(values.is_empty() == test.negated);
                }
                let mut truth = Truth::No;
                for value in &values {
                    truth = truth.or(ready.holds(value));
                    if truth == Truth::Yes {
                        break;
                    }
                }
                truth
            }
            Self::And(parts) => {
                let mut truth = Truth::Yes;
                for part in parts {
                    truth = truth.and(part.holds_of(observation, object));
                    if truth == Truth::No {
                        break;
                    }
                }
                truth
            }
            Self::Or(parts) => {
                let mut truth = Truth::No;
                for part in parts {
                    truth = truth.or(part.holds_of(observation, object));
                    if truth == Truth::Yes {
                        break;
                    }
                }
                truth
            }
        }
    }
}
