//! A verdict is a value: what decided, by which clause of which agreement, or which rule refused.

use std::fmt;

use crate::id::{AgreementId, AgreementVersion};

/// What the gate says of one record and one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go.
    Release(Ground),
    /// It may not.
    Withhold(Reason),
}

/// The rules of the gate (DESIGN section 2), and the two who need none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// A party reads back its own.
    Originator,
    /// The host reads everything that is alive.
    Host,
    /// Rule 1: the taker's agreement takes it.
    Take,
    /// Rule 2: the originator's agreement gives it onward.
    Give,
    /// Rule 3: the taker is named where names are asked for.
    Named,
    /// Rule 4: everything it refers to may go too.
    Closure,
    /// Rule 5: it is neither withdrawn nor erased.
    Alive,
    /// Rule 6: the house rules permit it.
    House,
}

impl Rule {
    /// The rule in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Originator => "originator",
            Self::Host => "host",
            Self::Take => "take",
            Self::Give => "give",
            Self::Named => "named",
            Self::Closure => "closure",
            Self::Alive => "alive",
            Self::House => "house",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A clause of a version of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Which version.
    pub version: AgreementVersion,
    /// Which article.
    pub article: String,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} v{} article {}",
            self.agreement, self.version, self.article
        )
    }
}

/// Why a record may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The party filed it.
    Originator,
    /// The party is the host.
    Host,
    /// The terms of agreements.
    Terms {
        /// The clause of the taker's agreement.
        take: Clause,
        /// The clause of the originator's agreement; none when the host filed it.
        give: Option<Clause>,
    },
}

/// Why a record may not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule that refused.
    pub rule: Rule,
    /// A stable code, `gate.level-exceeds`.
    pub code: &'static str,
    /// The agreement whose terms refused, if it was one.
    pub clause: Option<(AgreementId, AgreementVersion, Option<String>)>,
    /// The refusal in a sentence, for the office's own eyes.
    pub text: String,
}

impl Verdict {
    /// Whether it may go.
    pub fn is_release(&self) -> bool {
        matches!(self, Self::Release(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(Ground::Originator) => f.write_str("the party filed it itself"),
            Self::Release(Ground::Host) => f.write_str("the host reads everything"),
            Self::Release(Ground::Terms { take, give: None }) => {
                write!(f, "taken under {take}; filed by the host")
            }
            Self::Release(Ground::Terms {
                take,
                give: Some(give),
            }) => {
                write!(f, "taken under {take}, given under {give}")
            }
            Self::Withhold(reason) => f.write_str(&reason.text),
        }
    }
}
