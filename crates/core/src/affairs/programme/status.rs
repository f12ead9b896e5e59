//! What follows from what the sides say of a goal, at a day. Pure: the clock is an argument.

use jiff::civil::Date;

use crate::act::Progress;
use crate::affairs::programme::Report;
use crate::id::PartyCode;
use crate::time::Day;

/// What a side says of a goal now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Word<'a> {
    /// Which side.
    pub party: &'a PartyCode,
    /// Its newest report; none if it has not said anything.
    pub report: Option<&'a Report>,
}

impl<'a> Word<'a> {
    /// How far it says that the goal has come. A side that has not said anything takes it as it
    /// stands in the agreement: planned.
    pub fn progress(&self) -> &'a Progress {
        self.report
            .map_or(&Progress::Planned, |report| &report.progress)
    }
}

/// What the sides together say of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "they agree or they do not")]
pub enum Standing<'a> {
    /// All say the same.
    Agreed(&'a Progress),
    /// They do not: each side's word stands for itself.
    Disputed,
}

impl Standing<'_> {
    /// Whether all say that nothing more is to be done.
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Agreed(progress) => progress.is_closed(),
            Self::Disputed => false,
        }
    }
}

/// What all words together come to. Two sides that merge a goal into different ones do not agree.
pub fn standing<'a>(words: &[Word<'a>]) -> Standing<'a> {
    let mut all = words.iter().map(Word::progress);
    let first = all.next().unwrap_or(&Progress::Planned);
    match all.all(|other| other == first) {
        true => Standing::Agreed(first),
        false => Standing::Disputed,
    }
}

/// Whether the day by which a goal is due has passed while it is open. On the day itself it is in
/// time.
pub fn is_overdue(due: Option<Date>, standing: &Standing<'_>, today: Day) -> bool {
    due.is_some_and(|due| due < today.date()) && !standing.is_closed()
}

/// The status as it is shown: what all say, `late` where they say that it goes on and its day has
/// passed, and `disputed` where they do not agree.
pub fn shown_status(standing: &Standing<'_>, overdue: bool) -> &'static str {
    match standing {
        Standing::Disputed => "disputed",
        Standing::Agreed(_) if overdue => Progress::Late.as_str(),
        Standing::Agreed(progress) => progress.as_str(),
    }
}
