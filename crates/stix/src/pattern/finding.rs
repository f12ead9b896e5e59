//! What a well-formed pattern still gets wrong, or surely does not mean.
//!
//! Not a refusal: such a pattern is read and matched as it stands.

use std::fmt;

use super::error::Position;
use super::expression::{Operator, Qualifier, Step, Test};
use super::literal::Literal;
use super::network::Network;
use super::regex::{Regex, RegexError};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the standard has MUST and SHOULD, and nothing between"
)]
pub enum Weight {
    /// The pattern can hardly mean what it says.
    Warning,
    /// The standard forbids it.
    Error,
}

/// Something odd about a part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Whether the standard forbids it.
    pub weight: Weight,
    /// The stable code, `pattern.hash`.
    pub code: &'static str,
    /// What it is and what to do.
    pub text: String,
    /// The section of STIX 2.1 that says so.
    pub section: &'static str,
    /// Where it stands.
    pub position: Position,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.position)
    }
}

/// Collects findings while a pattern is read.
#[derive(Debug, Default)]
pub(crate) struct Inspector {
    found: Vec<(usize, Finding)>,
}

impl Inspector {
    pub(crate) fn finish(self, text: &str) -> Vec<Finding> {
        self.found
            .into_iter()
            .map(|(offset, finding)| Finding {
                position: Position::find(text, offset),
                ..finding
            })
            .collect()
    }

    fn tell(
        &mut self,
        weight: Weight,
        code: &'static str,
        section: &'static str,
        offset: usize,
        text: String,
    ) {
        let position = Position::default();
        self.found.push((
            offset,
            Finding {
                weight,
                code,
                text,
                section,
                position,
            },
        ));
    }

    pub(crate) fn qualifier(&mut self, qualifier: &Qualifier, offset: usize) {
        let (code, text) = match qualifier {
            Qualifier::StartStop(start, stop) if start >= stop => (
                "pattern.empty-interval",
                "no instant lies between START and STOP; swap or correct them",
            ),
            Qualifier::Repeats(0) => (
                "pattern.no-repeats",
                "REPEATS 0 TIMES asks for nothing; write 1 or more",
            ),
            _ => return,
        };
        self.tell(Weight::Warning, code, "9.5.1", offset, text.to_owned());
    }

    pub(crate) fn test(&mut self, test: &Test, start: usize, operand: usize) {
        self.hashes(test, operand);
        let text = test.operands.first().and_then(Literal::text);
        match (test.operator, text) {
            (Operator::Matches, Some(text)) => match Regex::new(text) {
                Ok(_) => {}
                Err(RegexError::Syntax(why)) => self.tell(
                    Weight::Warning,
                    "pattern.regex",
                    "9.6.1",
                    operand,
                    format!("not a regular expression that can be evaluated: {why}; correct it"),
                ),
                Err(RegexError::Backtracking) => self.tell(
                    Weight::Warning,
                    "pattern.regex-backtracking",
                    "9.6.1",
                    operand,
                    "the expression looks around or back, which is not evaluated in linear time; write it without"
                        .to_owned(),
                ),
                Err(RegexError::TooLarge) => self.tell(
                    Weight::Warning,
                    "pattern.regex-too-large",
                    "9.6.1",
                    operand,
                    "the expression grows too large when counted repeats are written out; lower the counts"
                        .to_owned(),
                ),
            },
            (Operator::IsSubset | Operator::IsSuperset, Some(text))
                if text.parse::<Network>().is_err() => {
                    self.tell(
                        Weight::Warning,
                        "pattern.network",
                        "9.6.1",
                        operand,
                        format!(
                            "`{}` is no address or network in CIDR notation; write one, as `198.51.100.0/24`",
                            text.chars().take(60).collect::<String>()
                        ),
                    );
            }
            (Operator::In, _) if mixed(&test.operands) => {
                    self.tell(
                        Weight::Warning,
                        "pattern.mixed-set",
                        "9.3",
                        start,
                        "the constants of a set are of different kinds; use one kind".to_owned(),
                    );
            }
            _ => {}
        }
    }

    /// A hash compared whole must have the form of its algorithm (section 2.7).
    fn hashes(&mut self, test: &Test, operand: usize) {
        if !matches!(
            test.operator,
            Operator::Equal | Operator::NotEqual | Operator::In
        ) {
            return;
        }
        let mut steps = test.path.steps.iter().rev();
        let (Some(Step::Key(algorithm)), Some(Step::Key(property))) = (steps.next(), steps.next())
        else {
            return;
        };
        if &**property != "hashes" {
            return;
        }
        for literal in &test.operands {
            if let Some(text) = literal.text()
                && !is_hash(algorithm, text)
            {
                let shown: String = text.chars().take(140).collect();
                self.tell(
                    Weight::Error,
                    "pattern.hash",
                    "10.6",
                    operand,
                    format!("`{shown}` is no {algorithm} hash; correct the hash or its algorithm"),
                );
            }
        }
    }
}

/// Whether a set holds constants of different kinds.
pub(crate) fn mixed(operands: &[Literal]) -> bool {
    let mut kinds = operands.iter().map(kind);
    let first = kinds.next();
    first.is_some_and(|first| kinds.any(|kind| kind != first))
}

/// The kinds that a set must not mix; the two kinds of numbers are one, the two of bytes another.
fn kind(literal: &Literal) -> u8 {
    match literal {
        Literal::Bool(_) => 0,
        Literal::Int(_) | Literal::Float(_) => 1,
        Literal::String(_) => 2,
        Literal::Binary(_) | Literal::Hex(_) => 3,
        Literal::Timestamp(_) => 4,
    }
}

/// Whether `text` may be a hash made by `algorithm`; unknown algorithms may have any.
fn is_hash(algorithm: &str, text: &str) -> bool {
    let name: String = algorithm
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let lengths: &[usize] = match name.as_str() {
        "MD5" => &[32],
        "MD6" => &[32, 40, 56, 64, 96, 128],
        "SHA1" | "RIPEMD160" => &[40],
        "SHA224" | "SHA3224" => &[56],
        "SHA256" | "SHA3256" => &[64],
        "SHA384" | "SHA3384" => &[96],
        "SHA512" | "SHA3512" | "WHIRLPOOL" => &[128],
        "SSDEEP" => {
            return (1..=148).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"/+:.".contains(&b));
        }
        _ => return true,
    };
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}
