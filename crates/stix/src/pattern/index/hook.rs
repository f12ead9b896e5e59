//! Which conditions a pattern cannot match without.
//!
//! Not where they are kept.

use regex_syntax::hir::{Hir, HirKind};

use super::path::Paths;
use crate::pattern::expression::{Comparison, Expression, ObjectPath, Operator, Qualifier, Test};
use crate::pattern::finding::mixed;
use crate::pattern::literal::{Float, Literal};
use crate::pattern::network::Network;
use crate::pattern::value::{compose, is_observable};

/// The letters of a fixed text that are looked up: as many as there are, up to this. Each length in use costs
/// one look for each letter of a value; more letters bring up fewer patterns.
pub(super) const LONG: usize = 5;

/// Fewer letters than this occur in every other value.
pub(super) const SHORT: usize = 3;

/// A condition that some value must fulfil.
#[derive(Clone, Debug)]
pub(super) struct Hook<'p> {
    pub(super) path: &'p ObjectPath,
    pub(super) want: Want,
}

/// What the value must be.
#[derive(Clone, Debug)]
pub(super) enum Want {
    /// This, in the form of [`key`].
    Constant(Literal),
    Network(Network),
    /// A text in which these ASCII letters stand.
    Letters(Box<[u8]>),
    /// Anything that the path reaches.
    Any,
    /// Nothing: any object of the type will do.
    Object,
}

/// The hooks of a pattern or a part of it.
pub(super) enum Hooks<'p> {
    /// One of them must hold.
    Any(Vec<Hook<'p>>),
    /// It may match whatever there is.
    None,
}

impl<'p> Hooks<'p> {
    pub(super) fn of(expression: &'p Expression, paths: &Paths) -> Self {
        match expression {
            Expression::Observation(comparison) => Self::Any(compared(comparison, paths)),
            Expression::Qualified(inner, qualifiers) => {
                if qualifiers.contains(&Qualifier::Repeats(0)) {
                    return Self::None;
                }
                Self::of(inner, paths)
            }
            Expression::And(parts) | Expression::FollowedBy(parts) => {
                let of = parts.iter().map(|part| Self::of(part, paths));
                let known = of.filter_map(|hooks| match hooks {
                    Self::Any(hooks) => Some(hooks),
                    Self::None => None,
                });
                known
                    .min_by_key(|hooks| cost(hooks, paths))
                    .map_or(Self::None, Self::Any)
            }
            Expression::Or(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    match Self::of(part, paths) {
                        Self::Any(hooks) => all.extend(hooks),
                        Self::None => return Self::None,
                    }
                }
                Self::Any(all)
            }
        }
    }
}

/// How much a set of hooks will bring up.
fn cost(hooks: &[Hook<'_>], paths: &Paths) -> usize {
    hooks
        .iter()
        .map(|hook| paths.load(hook).saturating_add(base(&hook.want)))
        .fold(0, usize::saturating_add)
}

/// What a hook costs before anything hangs on it: those that hold of many values come last.
fn base(want: &Want) -> usize {
    match want {
        Want::Constant(Literal::Bool(_)) => 1 << 14,
        Want::Constant(_) => 1,
        Want::Network(network) => 1 << (10 - network.prefix().min(32) / 4),
        Want::Letters(letters) if letters.len() >= LONG => 1 << 6,
        Want::Letters(_) => 1 << 10,
        Want::Any => 1 << 16,
        Want::Object => 1 << 20,
    }
}

fn compared<'p>(comparison: &'p Comparison, paths: &Paths) -> Vec<Hook<'p>> {
    match comparison {
        Comparison::Test(test) => tested(test, paths),
        Comparison::And(parts) => parts
            .iter()
            .map(|part| compared(part, paths))
            .min_by_key(|hooks| cost(hooks, paths))
            .unwrap_or_default(),
        Comparison::Or(parts) => parts
            .iter()
            .flat_map(|part| compared(part, paths))
            .collect(),
    }
}

fn tested<'p>(test: &'p Test, paths: &Paths) -> Vec<Hook<'p>> {
    let path = &test.path;
    let hook = |want| Hook { path, want };
    // A path that begins at no observable reaches nothing.
    if !is_observable(&path.object_type) {
        return Vec::new();
    }
    if let Some(constants) = sought(test) {
        return constants
            .iter()
            .map(|literal| hook(Want::Constant(key(literal))))
            .collect();
    }
    let text = test.operands.first().and_then(Literal::text);
    let want = match (test.operator, test.negated, text) {
        (Operator::Exists, true, _) => Want::Object,
        (Operator::IsSubset, false, Some(text)) => match text.parse() {
            Ok(network) => Want::Network(network),
            // Nothing lies in what is no network.
            Err(_) => return Vec::new(),
        },
        (Operator::Like, false, Some(text)) => {
            let text = compose(text);
            let runs = text.split(['%', '_']).map(str::as_bytes);
            letters(path, runs, paths)
        }
        (Operator::Matches, false, Some(text)) => match regex_syntax::parse(&compose(text)) {
            Ok(hir) => {
                let mut runs = Vec::new();
                fixed(&hir, &mut runs);
                letters(path, runs.into_iter(), paths)
            }
            Err(_) => Want::Any,
        },
        _ => Want::Any,
    };
    vec![hook(want)]
}

/// The constants of which a value must be one, if the test wants that.
fn sought(test: &Test) -> Option<&[Literal]> {
    match (test.operator, test.negated) {
        // A value that cannot be compared is undecided, whatever it is.
        (Operator::In, _) if mixed(&test.operands) => None,
        (Operator::Equal | Operator::In, false) | (Operator::NotEqual, true) => {
            Some(&test.operands)
        }
        _ => None,
    }
}

/// Whether a pattern matches if and only if one of its hooks holds: nothing but constants that are
/// sought, and `OR`. A timestamp constant may be undecided.
pub(super) fn is_exact(expression: &Expression) -> bool {
    fn plain(comparison: &Comparison) -> bool {
        match comparison {
            Comparison::Test(test) => sought(test).is_some_and(|constants| {
                !constants
                    .iter()
                    .any(|literal| matches!(literal, Literal::Timestamp(_)))
            }),
            Comparison::Or(parts) => parts.iter().all(plain),
            Comparison::And(_) => false,
        }
    }
    match expression {
        Expression::Observation(comparison) => plain(comparison),
        Expression::Or(parts) => parts.iter().all(is_exact),
        _ => false,
    }
}

/// A constant in the form in which equal ones are the same.
pub(super) fn key(literal: &Literal) -> Literal {
    match literal {
        Literal::Hex(bytes) => Literal::Binary(bytes.clone()),
        Literal::Float(float) => number(*float),
        other => other.clone(),
    }
}

/// A float, or the integer that it equals.
pub(super) fn number(float: Float) -> Literal {
    // 2^63: from there on no double is an i64.
    const EDGE: f64 = 9_223_372_036_854_775_808.0;
    let value = float.value();
    if value.fract() == 0.0 && (-EDGE..EDGE).contains(&value) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number between the edges is an i64"
        )]
        return Literal::Int(value as i64);
    }
    Literal::Float(float)
}

/// The letters to look up, of those that must stand in a value: those that fewest patterns want.
fn letters<'r>(path: &ObjectPath, runs: impl Iterator<Item = &'r [u8]>, paths: &Paths) -> Want {
    // Only ASCII: other letters are written in several ways in bytes.
    let pieces: Vec<&[u8]> = runs
        .flat_map(|run| run.split(|b| !b.is_ascii()))
        .filter(|piece| piece.len() >= SHORT)
        .collect();
    let longest = pieces.iter().map(|piece| piece.len()).max().unwrap_or(0);
    let length = if longest >= LONG { LONG } else { SHORT };
    pieces
        .iter()
        .flat_map(|piece| piece.windows(length))
        .map(|letters| Want::Letters(letters.into()))
        .min_by_key(|want| {
            let want = want.clone();
            paths.load(&Hook { path, want })
        })
        .unwrap_or(Want::Any)
}

/// The texts that stand in whatever the expression finds.
fn fixed<'h>(hir: &'h Hir, runs: &mut Vec<&'h [u8]>) {
    // Depth is bounded by the parser of expressions.
    match hir.kind() {
        HirKind::Literal(literal) => runs.push(&literal.0),
        HirKind::Concat(parts) => parts.iter().for_each(|part| fixed(part, runs)),
        HirKind::Capture(capture) => fixed(&capture.sub, runs),
        HirKind::Repetition(repetition) if repetition.min > 0 => fixed(&repetition.sub, runs),
        _ => {}
    }
}
