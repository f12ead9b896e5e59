//! The patterning language of STIX 2.1 (section 9): what an indicator looks for.
//!
//! Not a detector: it reads patterns, says what is odd about them, compares them with each other
//! and with observed data that it is given. Whatever is read here comes from others, so every
//! bound is a constant, and nothing takes more than time in proportion to the text.
//!
//! The cast: `lexer` and `parser` make an [`Expression`] of a text; `finding` tells what is odd about
//! it; `canonical` makes its normal form. To match, `value` follows paths, `compare` (with `like`, `regex`
//! and `network`) judges values, `matching` puts their answers together, and `binding` with `flow` shares
//! observations out. `index` does it for many patterns at once.
#![doc = ""]
#![doc = include_str!("../docs/pattern-agreement.md")]

mod binary;
mod binding;
mod canonical;
mod compare;
mod error;
mod expression;
mod finding;
mod flow;
mod index;
mod lexer;
mod like;
mod literal;
mod matching;
mod moment;
mod network;
mod observation;
mod parser;
mod regex;
#[cfg(test)]
mod tests;
mod value;

pub use compare::Doubt;
pub use error::{PatternError, PatternFault, Position};
pub use expression::{Comparison, Expression, ObjectPath, Operator, Qualifier, Step, Test};
pub use finding::{Finding, Weight};
pub use index::{Hits, Index};
pub use literal::{Float, Literal};
pub use matching::Outcome;
pub use moment::Moment;
pub use observation::{Observation, ObservationError};

use std::fmt;
use std::str::FromStr;

use finding::Inspector;

/// The longest pattern that is read, in bytes: some ten thousand comparisons of a hundred bytes,
/// ten times the largest indicators that circulate.
pub const MAX_BYTES: usize = 1 << 20;

/// How deep parentheses may lie in each other. Normal forms need two or three levels; what machines
/// write stays below a hundred. The trees that come of it are walked by recursion, which at
/// four levels a parenthesis stays within some hundred kilobytes of stack.
pub const MAX_DEPTH: usize = 256;

/// A pattern that has been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    root: Expression,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] with the first fault and its place.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match parser::read(text, None) {
            Ok(root) => Ok(Self { root }),
            Err(fail) => Err(fail.locate(text)),
        }
    }

    /// Reads a pattern and tells what is odd about it although it can be read: what the standard
    /// forbids beyond its grammar as [`Weight::Error`], what can hardly be meant as a warning. Expressions of
    /// `MATCHES` are compiled for it, so this takes longer than [`parse`](Self::parse).
    ///
    /// # Errors
    /// [`PatternError`] with the first fault and its place.
    pub fn inspect(text: &str) -> Result<(Self, Vec<Finding>), PatternError> {
        let mut inspector = Inspector::default();
        match parser::read(text, Some(&mut inspector)) {
            Ok(root) => Ok((Self { root }, inspector.finish(text))),
            Err(fail) => Err(fail.locate(text)),
        }
    }

    /// What the pattern says.
    pub fn expression(&self) -> &Expression {
        &self.root
    }

    /// Whether the observations match the pattern, each used for one observation expression at
    /// most, but as often as its `number_observed` says (sections 9.4 and 9.5).
    ///
    /// Takes time in proportion to the pattern times the observations, and a bounded search where
    /// parts of the pattern compete for observations; where the bound does not suffice, the
    /// outcome says so.
    pub fn matches(&self, observations: &[Observation<'_, '_>]) -> Outcome {
        matching::decide(&self.root, observations)
    }

    /// The normal form of the pattern: disjunctive, ordered, nothing twice, nothing that something
    /// else absorbs, values written in one way. None if it would be too long to make.
    ///
    /// It looks for the same things, but for values that the standard's types make alike although
    /// their texts differ: registry keys in upper and lower case, networks with bits behind their prefix.
    pub fn canonical(&self) -> Option<Self> {
        canonical::normalize(&self.root)
            .ok()
            .map(|root| Self { root })
    }

    /// Whether both look for the same things, as far as their normal forms tell.
    pub fn is_equivalent(&self, other: &Self) -> Equivalence {
        if self == other {
            return Equivalence::Equivalent;
        }
        match (self.canonical(), other.canonical()) {
            (Some(a), Some(b)) if a == b => Equivalence::Equivalent,
            (Some(_), Some(_)) => Equivalence::Distinct,
            _ => Equivalence::Undecided,
        }
    }

    /// Every constant that the pattern compares with, from left to right: the members of a set one
    /// by one.
    ///
    /// What names a value that the pattern looks for: [`Constant::is_sought`].
    pub fn constants(&self) -> impl Iterator<Item = Constant<'_>> {
        Constants {
            expressions: vec![&self.root],
            comparisons: Vec::new(),
            test: None,
        }
    }
}

/// How two patterns compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "normal forms are equal, are not, or are too long to make"
)]
pub enum Equivalence {
    /// Both look for the same things.
    Equivalent,
    /// Their normal forms differ.
    Distinct,
    /// A normal form would be too long.
    Undecided,
}

/// A constant and what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Constant<'a> {
    /// The path, beginning with the type of the object.
    pub path: &'a ObjectPath,
    /// The operator between the two.
    pub operator: Operator,
    /// Whether `NOT` stands before it.
    pub negated: bool,
    /// The constant.
    pub literal: &'a Literal,
}

impl Constant<'_> {
    /// Whether the pattern looks for this very value: `=` or `IN` without `NOT`, or `NOT !=`.
    pub fn is_sought(&self) -> bool {
        match self.operator {
            Operator::Equal | Operator::In => !self.negated,
            Operator::NotEqual => self.negated,
            _ => false,
        }
    }
}

/// Walks the tree with stacks of its own.
struct Constants<'a> {
    expressions: Vec<&'a Expression>,
    comparisons: Vec<&'a Comparison>,
    /// The comparison whose constants are being told, and those that are left.
    test: Option<(&'a Test, std::slice::Iter<'a, Literal>)>,
}

impl<'a> Iterator for Constants<'a> {
    type Item = Constant<'a>;

    fn next(&mut self) -> Option<Constant<'a>> {
        loop {
            if let Some((test, literals)) = &mut self.test
                && let Some(literal) = literals.next()
            {
                return Some(Constant {
                    path: &test.path,
                    operator: test.operator,
                    negated: test.negated,
                    literal,
                });
            }
            if let Some(comparison) = self.comparisons.pop() {
                match comparison {
                    Comparison::Test(test) => self.test = Some((test, test.operands.iter())),
                    Comparison::And(parts) | Comparison::Or(parts) => {
                        self.comparisons.extend(parts.iter().rev());
                    }
                }
            } else {
                match self.expressions.pop()? {
                    Expression::Observation(comparison) => self.comparisons.push(comparison),
                    Expression::Qualified(inner, _) => self.expressions.push(inner),
                    Expression::And(parts)
                    | Expression::Or(parts)
                    | Expression::FollowedBy(parts) => {
                        self.expressions.extend(parts.iter().rev());
                    }
                }
            }
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

/// In the one spelling that reads back as the same pattern.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}
