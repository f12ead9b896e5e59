//! Whether a value stands in a comparison to a constant (STIX 2.1 section 9.6.1).
//!
//! Not which values are compared. An answer may be [`Truth::Unknown`]: where the standard defines
//! none, or where finding it could take too long.

use std::cmp::Ordering;

use super::expression::{Operator, Test};
use super::finding::mixed;
use super::like::Like;
use super::literal::Literal;
use super::moment::Moment;
use super::network::Network;
use super::regex::Regex;
use super::value::{Found, compose};
use crate::json::Value;

/// Yes, no, or one cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    No,
    Unknown(Doubt),
    Yes,
}

/// Why one cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// A timestamp constant beside a text that is no timestamp.
    NotTimestamp,
    /// A set of constants of different kinds.
    MixedSet,
    /// An expression of `MATCHES` that cannot be evaluated.
    Regex,
    /// `REPEATS 0 TIMES`, which asks for nothing.
    NoRepeats,
    /// A comparison or a search that takes more work than it may.
    TooMuchWork,
}

impl Doubt {
    /// The stable code of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotTimestamp => "pattern.undecided-timestamp",
            Self::MixedSet => "pattern.undecided-set",
            Self::Regex => "pattern.undecided-regex",
            Self::NoRepeats => "pattern.undecided-repeats",
            Self::TooMuchWork => "pattern.undecided-work",
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}

impl Truth {
    pub(crate) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// A comparison made ready: its expression compiled when it is first needed.
pub(crate) struct Ready<'p> {
    test: &'p Test,
    /// What `LIKE` or `MATCHES` looks for; none until a value has to be tried.
    means: Option<Means>,
}

enum Means {
    Like(Like),
    Regex(Regex),
    Network(Network),
    /// The operand is nothing of the kind.
    None,
}

impl<'p> Ready<'p> {
    pub(crate) fn new(test: &'p Test) -> Self {
        Self { test, means: None }
    }

    /// Whether `value` passes.
    pub(crate) fn holds(&mut self, value: &Found<'_, '_>) -> Truth {
        let test = self.test;
        let Some(literal) = test.operands.first() else {
            // An empty set holds nothing; EXISTS is true of whatever is there.
            let there = test.operator == Operator::Exists;
            return Truth::from(there != test.negated);
        };
        let truth = match test.operator {
            Operator::Equal => equal(value, literal),
            Operator::NotEqual => equal(value, literal).not(),
            Operator::In if mixed(&test.operands) => return Truth::Unknown(Doubt::MixedSet),
            Operator::In => test
                .operands
                .iter()
                .fold(Truth::No, |truth, literal| truth.or(equal(value, literal))),
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => match order(value, literal) {
                Order::Is(ordering) => Truth::from(fits(test.operator, ordering)),
                Order::Wide => Truth::No,
                // Neither below nor above, and no NOT makes it so.
                Order::None => return Truth::No,
                Order::Unknown(doubt) => return Truth::Unknown(doubt),
            },
            Operator::Like | Operator::Matches | Operator::IsSubset | Operator::IsSuperset => {
                let text = literal.text().unwrap_or_default();
                let means = self
                    .means
                    .get_or_insert_with(|| prepare(test.operator, text));
                search(test.operator, means, value)
            }
            Operator::Exists => Truth::Yes,
        };
        if test.negated { truth.not() } else { truth }
    }
}

fn prepare(operator: Operator, text: &str) -> Means {
    match operator {
        Operator::Like => Means::Like(Like::new(&compose(text))),
        Operator::Matches => Regex::new(&compose(text)).map_or(Means::None, Means::Regex),
        _ => text.parse().map_or(Means::None, Means::Network),
    }
}

fn search(operator: Operator, means: &Means, value: &Found<'_, '_>) -> Truth {
    match means {
        Means::Like(like) => match value {
            Found::Plain(node) => node
                .text()
                .map_or(Truth::No, |text| like.holds(&compose(text))),
            Found::Bytes(bytes) => {
                std::str::from_utf8(bytes).map_or(Truth::No, |text| like.holds(&compose(text)))
            }
        },
        Means::Regex(regex) => Truth::from(match value {
            Found::Plain(node) => node
                .text()
                .is_some_and(|text| regex.is_in_text(&compose(text))),
            Found::Bytes(bytes) => regex.is_in_bytes(bytes),
        }),
        Means::Network(network) => {
            let Some(seen) = value.text().and_then(|text| text.parse::<Network>().ok()) else {
                return Truth::No;
            };
            Truth::from(if operator == Operator::IsSubset {
                seen.is_within(*network)
            } else {
                network.is_within(seen)
            })
        }
        Means::None if operator == Operator::Matches => Truth::Unknown(Doubt::Regex),
        Means::None => Truth::No,
    }
}

fn fits(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

/// How a value lies to a constant.
enum Order {
    Is(Ordering),
    /// Bytes beside a text with characters that no byte can be (section 9.6.1): not equal, no order.
    Wide,
    /// Kinds that do not compare.
    None,
    Unknown(Doubt),
}

fn equal(value: &Found<'_, '_>, literal: &Literal) -> Truth {
    match order(value, literal) {
        Order::Is(ordering) => Truth::from(ordering.is_eq()),
        Order::Wide | Order::None => Truth::No,
        Order::Unknown(doubt) => Truth::Unknown(doubt),
    }
}

fn order(value: &Found<'_, '_>, literal: &Literal) -> Order {
    let of = |ordering: Option<Ordering>| ordering.map_or(Order::None, Order::Is);
    let node = match value {
        Found::Bytes(bytes) => {
            return match literal {
                Literal::Binary(other) | Literal::Hex(other) => {
                    Order::Is(bytes.as_slice().cmp(other))
                }
                Literal::String(text) => match narrow(text) {
                    Some(other) => Order::Is(bytes.as_slice().cmp(&other)),
                    None => Order::Wide,
                },
                _ => Order::None,
            };
        }
        Found::Plain(node) => node,
    };
    match (&node.value, literal) {
        (Value::String(text), Literal::String(other)) => Order::Is((**text).cmp(other)),
        (Value::String(text), Literal::Timestamp(other)) => match text.parse::<Moment>() {
            Ok(moment) => Order::Is(moment.cmp(other)),
            Err(_) => Order::Unknown(Doubt::NotTimestamp),
        },
        (Value::String(text), Literal::Binary(other) | Literal::Hex(other)) => match narrow(text) {
            Some(bytes) => Order::Is(bytes.as_slice().cmp(other)),
            None => Order::Wide,
        },
        (Value::Number(text), Literal::Int(other)) => match text.parse::<i64>() {
            Ok(number) => Order::Is(number.cmp(other)),
            Err(_) => of(compare_mixed(text.parse().ok(), *other)),
        },
        (Value::Number(text), Literal::Float(other)) => match text.parse::<i64>() {
            Ok(number) => of(compare_mixed(Some(other.value()), number).map(Ordering::reverse)),
            Err(_) => of(text
                .parse()
                .ok()
                .and_then(|number: f64| number.partial_cmp(&other.value()))),
        },
        (Value::Bool(truth), Literal::Bool(other)) if truth == other => Order::Is(Ordering::Equal),
        _ => Order::None,
    }
}

/// `float` beside `int`, exact although not every integer is a double.
fn compare_mixed(float: Option<f64>, int: i64) -> Option<Ordering> {
    let float = float?;
    // 2^63, which is a double; beyond it every double is beyond every integer.
    const EDGE: f64 = 9_223_372_036_854_775_808.0;
    if float >= EDGE {
        return Some(Ordering::Greater);
    }
    if float < -EDGE {
        return Some(Ordering::Less);
    }
    let whole = float.floor();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number between the edges is an i64"
    )]
    let ordering = (whole as i64).cmp(&int);
    Some(if ordering.is_eq() && float > whole {
        Ordering::Greater
    } else {
        ordering
    })
}

/// A text whose characters are all bytes, as bytes (section 9.6.1).
fn narrow(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}
