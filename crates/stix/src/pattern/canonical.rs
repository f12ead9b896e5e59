//! The normal form of patterns, and by it which patterns mean the same.
//!
//! Not a proof of difference: two patterns with one normal form look for the same things; two with different
//! ones may still. The rules are those of the reference (`stix2`'s pattern equivalence): disjunctive normal form,
//! order, repeats struck out, absorption, and values that only differ in how they are written. Qualifiers are not moved.
//!
//! A disjunctive normal form can be exponentially long. How long is counted before anything is
//! made, and past [`MAX_TERMS`] there is none.

use std::collections::BTreeSet;

use super::expression::{Comparison, Expression, Operator, Step, Test};
use super::literal::{Float, Literal};
use super::network::Network;

/// The most terms of a normal form, and the most joined terms that are held against each other for
/// absorption: 2^11 squared are four million looks, some tens of milliseconds.
const MAX_TERMS: usize = 1 << 11;

/// The most parts in all terms together; 2^17 of a hundred bytes are 13 MB.
const MAX_PARTS: usize = 1 << 17;

/// The normal form would be too long.
pub(crate) struct TooLong;

/// The normal form of an observation expression.
pub(crate) fn normalize(expression: &Expression) -> Result<Expression, TooLong> {
    let mut parts = 0;
    let terms = alternatives(expression, &mut parts)?;
    Ok(join(terms, Expression::Or))
}

/// The only one as it is, several joined.
fn join<T>(mut parts: Vec<T>, several: impl Fn(Box<[T]>) -> T) -> T {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts.into())
        }
        None => several(Box::default()),
    }
}

/// The terms between which the `OR`s of an observation expression stand once all others are
/// within them: ordered, each once, none that another absorbs.
fn alternatives(
    expression: &Expression,
    parts_made: &mut usize,
) -> Result<Vec<Expression>, TooLong> {
    let terms = match expression {
        Expression::Observation(comparison) => {
            let comparison = normalize_comparison(comparison)?;
            return Ok(vec![Expression::Observation(comparison)]);
        }
        Expression::Qualified(inner, qualifiers) => {
            let inner = join(alternatives(inner, parts_made)?, Expression::Or);
            let qualified = match inner {
                // A qualifier behind a qualified expression is one more of the same list.
                Expression::Qualified(inner, before) => {
                    Expression::Qualified(inner, before.iter().chain(qualifiers).copied().collect())
                }
                inner => Expression::Qualified(Box::new(inner), qualifiers.clone()),
            };
            return Ok(vec![qualified]);
        }
        Expression::Or(parts) => {
            let mut terms = Vec::new();
            for part in parts {
                terms.extend(alternatives(part, parts_made)?);
            }
            terms
        }
        Expression::And(parts) => {
            let mut terms = product(parts, parts_made, |part| match part {
                Expression::And(parts) => parts.to_vec(),
                other => vec![other.clone()],
            })?;
            terms.iter_mut().for_each(|term| term.sort_unstable());
            terms
                .into_iter()
                .map(|t| join(t, Expression::And))
                .collect()
        }
        Expression::FollowedBy(parts) => product(parts, parts_made, |part| match part {
            Expression::FollowedBy(parts) => parts.to_vec(),
            other => vec![other.clone()],
        })?
        .into_iter()
        .map(|term| join(term, Expression::FollowedBy))
        .collect(),
    };
    simplify(terms)
}

/// Every way to take one alternative of each part, in the order of the parts.
fn product(
    parts: &[Expression],
    parts_made: &mut usize,
    flat: impl Fn(&Expression) -> Vec<Expression>,
) -> Result<Vec<Vec<Expression>>, TooLong> {
    let mut terms: Vec<Vec<Expression>> = vec![Vec::new()];
    for part in parts {
        let choices: Vec<Vec<Expression>> =
            alternatives(part, parts_made)?.iter().map(&flat).collect();
        let count = terms.len().checked_mul(choices.len());
        if count.is_none_or(|count| count > MAX_TERMS) {
            return Err(TooLong);
        }
        let mut longer = Vec::new();
        for term in &terms {
            for choice in &choices {
                *parts_made += term.len() + choice.len();
                if *parts_made > MAX_PARTS {
                    return Err(TooLong);
                }
                longer.push([term.as_slice(), choice].concat());
            }
        }
        terms = longer;
    }
    Ok(terms)
}

/// Ordered, each once, without those that another absorbs: `A OR (A AND B)` is `A`, and likewise
/// with `FOLLOWEDBY`.
fn simplify(mut terms: Vec<Expression>) -> Result<Vec<Expression>, TooLong> {
    terms.sort_unstable();
    terms.dedup();
    let chains = |term: &Expression| matches!(term, Expression::And(_) | Expression::FollowedBy(_));
    let joined: Vec<usize> = (0..terms.len())
        .filter(|n| terms.get(*n).is_some_and(chains))
        .collect();
    if joined.len() > MAX_TERMS {
        return Err(TooLong);
    }
    let mut absorbed = BTreeSet::new();
    for place in &joined {
        let Some(term) = terms.get(*place) else {
            continue;
        };
        let (Expression::And(parts) | Expression::FollowedBy(parts)) = term else {
            continue;
        };
        let by_part = parts.iter().any(|part| {
            // A term that is one of its parts absorbs it, unless it is qualified: the reference
            // stops at qualifiers.
            !matches!(part, Expression::Qualified(..)) && terms.binary_search(part).is_ok()
        });
        let by_chain = || {
            joined.iter().any(|other| {
                other != place
                    && !absorbed.contains(other)
                    && terms.get(*other).is_some_and(|other| lies_in(other, term))
            })
        };
        if by_part || by_chain() {
            absorbed.insert(*place);
        }
    }
    let mut place = 0;
    terms.retain(|_| {
        place += 1;
        !absorbed.contains(&(place - 1))
    });
    Ok(terms)
}

/// Whether all that `inner` asks for, `outer` asks for too, in the same order where order counts.
fn lies_in(inner: &Expression, outer: &Expression) -> bool {
    let (inner, outer) = match (inner, outer) {
        // Both are ordered, so members in any order are members in this one.
        (Expression::And(inner), Expression::And(outer))
        | (Expression::FollowedBy(inner), Expression::FollowedBy(outer)) => (inner, outer),
        _ => return false,
    };
    let mut outer = outer.iter();
    inner.iter().all(|part| outer.any(|other| other == part))
}

/// The normal form of a comparison expression: `OR`s of `AND`s, ordered, each once, without those
/// that another absorbs.
fn normalize_comparison(comparison: &Comparison) -> Result<Comparison, TooLong> {
    let mut parts_made = 0;
    let terms = comparison_terms(comparison, &mut parts_made)?;
    let terms = terms.into_iter().map(|term| {
        let tests = term.into_iter().map(Comparison::Test).collect();
        join(tests, Comparison::And)
    });
    Ok(join(terms.collect(), Comparison::Or))
}

fn comparison_terms(
    comparison: &Comparison,
    parts_made: &mut usize,
) -> Result<Vec<BTreeSet<Test>>, TooLong> {
    let terms = match comparison {
        Comparison::Test(test) => return Ok(vec![BTreeSet::from([normalize_test(test)])]),
        Comparison::Or(parts) => {
            let mut terms = Vec::new();
            for part in parts {
                terms.extend(comparison_terms(part, parts_made)?);
            }
            terms
        }
        Comparison::And(parts) => {
            let mut terms = vec![BTreeSet::new()];
            for part in parts {
                let choices = comparison_terms(part, parts_made)?;
                let count = terms.len().checked_mul(choices.len());
                if count.is_none_or(|count| count > MAX_TERMS) {
                    return Err(TooLong);
                }
                let mut longer = Vec::new();
                for term in &terms {
                    for choice in &choices {
                        *parts_made += term.len() + choice.len();
                        if *parts_made > MAX_PARTS {
                            return Err(TooLong);
                        }
                        longer.push(term | choice);
                    }
                }
                terms = longer;
            }
            // Comparisons of one AND are about one object, which has one type: terms about two
            // match nothing. If all are so, they stay, since a pattern must say something.
            let sound = |term: &BTreeSet<Test>| {
                let mut types = term.iter().map(|test| &test.path.object_type);
                let first = types.next();
                types.all(|kind| Some(kind) == first)
            };
            if terms.iter().any(sound) {
                terms.retain(sound);
            }
            terms
        }
    };
    absorb(terms)
}

fn absorb(mut terms: Vec<BTreeSet<Test>>) -> Result<Vec<BTreeSet<Test>>, TooLong> {
    terms.sort_unstable();
    terms.dedup();
    let single: BTreeSet<&Test> = terms
        .iter()
        .filter(|term| term.len() == 1)
        .filter_map(|term| term.first())
        .collect();
    let joined: Vec<&BTreeSet<Test>> = terms.iter().filter(|term| term.len() > 1).collect();
    if joined.len() > MAX_TERMS {
        return Err(TooLong);
    }
    let kept: Vec<bool> = terms
        .iter()
        .map(|term| {
            term.len() == 1
                || !(term.iter().any(|test| single.contains(test))
                    || joined
                        .iter()
                        .any(|other| other.len() < term.len() && other.is_subset(term)))
        })
        .collect();
    let mut kept = kept.into_iter();
    terms.retain(|_| kept.next().unwrap_or(true));
    Ok(terms)
}

/// One comparison in the way that says it best.
fn normalize_test(test: &Test) -> Test {
    let mut test = test.clone();
    let special = special(&test);
    for literal in &mut test.operands {
        normalize_literal(literal, special);
    }
    if test.operator == Operator::In {
        let set: BTreeSet<Literal> = test.operands.iter().cloned().collect();
        test.operands = set.into_iter().collect();
        if test.operands.len() == 1 {
            test.operator = Operator::Equal;
        }
    }
    // A value is not equal if and only if it is unequal; with an order that is not so, since values of
    // another kind have none.
    match (test.operator, test.negated) {
        (Operator::Equal, true) => test.operator = Operator::NotEqual,
        (Operator::NotEqual, true) => test.operator = Operator::Equal,
        _ => return test,
    }
    test.negated = false;
    test
}

/// How the constants beside a path may be written in several ways.
#[derive(Clone, Copy)]
enum Special {
    None,
    /// Upper and lower case are one (windows-registry-key, section 6.17).
    Caseless,
    /// Addresses and networks.
    Network,
}

fn special(test: &Test) -> Special {
    let path: Vec<Option<&str>> = test
        .path
        .steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(&**key),
            Step::Index(_) | Step::Any => None,
        })
        .collect();
    let by_text = matches!(
        test.operator,
        Operator::Equal | Operator::NotEqual | Operator::In
    );
    match (&*test.path.object_type, path.as_slice()) {
        ("windows-registry-key", [Some("key")] | [Some("values"), None, Some("name")])
            if by_text || test.operator == Operator::Like =>
        {
            Special::Caseless
        }
        ("ipv4-addr" | "ipv6-addr", [Some("value")]) if by_text => Special::Network,
        _ if matches!(test.operator, Operator::IsSubset | Operator::IsSuperset) => Special::Network,
        _ => Special::None,
    }
}

fn normalize_literal(literal: &mut Literal, special: Special) {
    match (&*literal, special) {
        (Literal::String(text), Special::Caseless) => {
            *literal = Literal::String(text.to_lowercase().into());
        }
        (Literal::String(text), Special::Network) => {
            if let Ok(network) = text.parse::<Network>() {
                *literal = Literal::String(network.to_string().into());
            }
        }
        (Literal::Float(number), _) => {
            if let Some(whole) = whole(*number) {
                *literal = Literal::Int(whole);
            }
        }
        (Literal::Hex(bytes), _) => *literal = Literal::Binary(bytes.clone()),
        _ => {}
    }
}

/// The integer that a float is, if it is one.
pub(crate) fn whole(number: Float) -> Option<i64> {
    let number = number.value();
    // Within 2^53 every whole double is one integer, and is written like it.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within 2^53 is an i64"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
