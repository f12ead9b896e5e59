//! What a pattern says, as a tree: observation expressions, comparisons, paths (STIX 2.1 section 9).
//!
//! Not the text: blanks, comments and parentheses that change nothing leave no trace. `Display`
//! writes each part in the one spelling that reads back as the same tree.

use core::time::Duration;
use std::fmt;

use super::lexer::{is_keyword, is_name};
use super::literal::{Literal, write_string};
use super::moment::Moment;

/// An observation expression (sections 9.4 and 9.5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "section 9 fixes the forms of expressions"
)]
pub enum Expression {
    /// `[ … ]`: what one observation must hold.
    Observation(Comparison),
    /// Two or more with `AND` between: all of them, on observations of their own.
    And(Box<[Expression]>),
    /// Two or more with `OR` between: any of them.
    Or(Box<[Expression]>),
    /// Two or more with `FOLLOWEDBY` between: all of them, none before the one to its left.
    FollowedBy(Box<[Expression]>),
    /// One with qualifiers behind it, the innermost first.
    Qualified(Box<Expression>, Box<[Qualifier]>),
}

/// A qualifier (section 9.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "section 9.5.1 fixes the qualifiers"
)]
pub enum Qualifier {
    /// `START t'…' STOP t'…'`: from the first, before the second.
    StartStop(Moment, Moment),
    /// `WITHIN n SECONDS`: all within that time. Finer than a nanosecond counts as nothing.
    Within(Duration),
    /// `REPEATS n TIMES`: on that many different observations.
    Repeats(u64),
}

impl Qualifier {
    /// The keyword that begins it.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::StartStop(..) => "START",
            Self::Within(_) => "WITHIN",
            Self::Repeats(_) => "REPEATS",
        }
    }
}

/// A comparison expression (section 9.6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "section 9.6 fixes the forms of comparisons"
)]
pub enum Comparison {
    /// A single one.
    Test(Test),
    /// Two or more with `AND` between.
    And(Box<[Comparison]>),
    /// Two or more with `OR` between.
    Or(Box<[Comparison]>),
}

/// One comparison: a path, an operator, what it is compared with (section 9.6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "section 9.6 fixes the parts of a comparison"
)]
pub struct Test {
    /// What is looked at.
    pub path: ObjectPath,
    /// Whether `NOT` stands before the operator.
    pub negated: bool,
    /// The operator.
    pub operator: Operator,
    /// One constant; any number after `IN`; none after `EXISTS`.
    pub operands: Box<[Literal]>,
}

/// A comparison operator (section 9.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "section 9.6.1 fixes the operators")]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IN`
    In,
    /// `LIKE`
    Like,
    /// `MATCHES`
    Matches,
    /// `ISSUBSET`
    IsSubset,
    /// `ISSUPERSET`
    IsSuperset,
    /// `EXISTS`
    Exists,
}

/// An object path (section 9.7): `file:extensions.'ntfs-ext'.sid`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "section 9.7 fixes the parts of a path"
)]
pub struct ObjectPath {
    /// The type of the object.
    pub object_type: Box<str>,
    /// From the object to the value; the first is a [`Step::Key`].
    pub steps: Box<[Step]>,
}

/// A step of an object path (section 9.7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "section 9.7 fixes the steps of a path"
)]
pub enum Step {
    /// To a property, a key of a dictionary, or through a reference.
    Key(Box<str>),
    /// `[n]`: to an item of a list, from 0.
    Index(u32),
    /// `[*]`: to any item.
    Any,
}

/// How tightly an expression binds, so that whoever writes it knows where parentheses must stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bond {
    FollowedBy,
    Or,
    And,
    Qualified,
    Single,
}

impl Expression {
    fn bond(&self) -> Bond {
        match self {
            Self::Observation(_) => Bond::Single,
            Self::Qualified(..) => Bond::Qualified,
            Self::And(_) => Bond::And,
            Self::Or(_) => Bond::Or,
            Self::FollowedBy(_) => Bond::FollowedBy,
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Observation(comparison) => return write!(f, "[{comparison}]"),
            Self::Qualified(inner, qualifiers) => {
                // Section 9.5.1 has each qualifier once behind an observation; behind
                // parentheses it may stand again.
                let single = inner.bond() == Bond::Single && once(qualifiers);
                write_within(inner, !single, f)?;
                return qualifiers.iter().try_for_each(|q| write!(f, " {q}"));
            }
            Self::And(parts) => (parts, "AND"),
            Self::Or(parts) => (parts, "OR"),
            Self::FollowedBy(parts) => (parts, "FOLLOWEDBY"),
        };
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                write!(f, " {word} ")?;
            }
            write_within(part, part.bond() <= self.bond(), f)?;
        }
        Ok(())
    }
}

/// Whether no kind of qualifier stands twice.
pub(crate) fn once(qualifiers: &[Qualifier]) -> bool {
    // There are three kinds, so three qualifiers at most can differ.
    qualifiers.len() <= 3
        && qualifiers.iter().enumerate().all(|(n, qualifier)| {
            qualifiers
                .iter()
                .skip(n + 1)
                .all(|other| other.keyword() != qualifier.keyword())
        })
}

fn write_within(
    part: &impl fmt::Display,
    parentheses: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if parentheses {
        write!(f, "({part})")
    } else {
        write!(f, "{part}")
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartStop(start, stop) => write!(f, "START t'{start}' STOP t'{stop}'"),
            Self::Within(time) => {
                write!(f, "WITHIN {}", time.as_secs())?;
                if time.subsec_nanos() != 0 {
                    let digits = format!("{:09}", time.subsec_nanos());
                    write!(f, ".{}", digits.trim_end_matches('0'))?;
                }
                f.write_str(" SECONDS")
            }
            Self::Repeats(times) => write!(f, "REPEATS {times} TIMES"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Test(test) => return write!(f, "{test}"),
            Self::And(parts) => (parts, "AND"),
            Self::Or(parts) => (parts, "OR"),
        };
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                write!(f, " {word} ")?;
            }
            let loose = match part {
                Self::Test(_) => false,
                Self::And(_) => matches!(self, Self::And(_)),
                Self::Or(_) => true,
            };
            write_within(part, loose, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "NOT " } else { "" };
        if self.operator == Operator::Exists {
            return write!(f, "{not}EXISTS {}", self.path);
        }
        write!(f, "{} {not}{} ", self.path, self.operator)?;
        let set = self.operator == Operator::In;
        if set {
            f.write_str("(")?;
        }
        for (n, operand) in self.operands.iter().enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{operand}")?;
        }
        if set {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "IN",
            Self::Like => "LIKE",
            Self::Matches => "MATCHES",
            Self::IsSubset => "ISSUBSET",
            Self::IsSuperset => "ISSUPERSET",
            Self::Exists => "EXISTS",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.object_type)?;
        for (n, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if n > 0 {
                        f.write_str(".")?;
                    }
                    if is_name(key) && !is_keyword(key) {
                        f.write_str(key)?;
                    } else {
                        write_string(key, f)?;
                    }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}
