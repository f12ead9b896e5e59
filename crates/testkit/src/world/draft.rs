//! Agreements as files: terms thrown or written by hand, rendered as people would write them.
//!
//! What the files mean is nobody's business here.

use std::fmt::Write as _;

use legation_core::label::Level;
use legation_core::time::Instant;

use crate::dice::Dice;
use crate::world::filing::{KINDS, UNKNOWN_MARKINGS};
use crate::world::{AREAS, EARLY, LATE};

/// A version of an agreement before it is a file.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// The other side: a party's code, or `members` for a charter.
    pub other: String,
    /// The first instant.
    pub in_force: Instant,
    /// The first instant after the end.
    pub until: Option<Instant>,
    /// `after_end = "keep"`.
    pub keep: bool,
    /// What the other side takes.
    pub take: Vec<Take>,
    /// What the other side gives.
    pub give: Vec<Give>,
}

/// A `[[take]]`.
#[derive(Clone, Debug)]
pub struct Take {
    /// The area.
    pub area: String,
    /// The kinds.
    pub kinds: Option<Vec<String>>,
    /// The originators.
    pub from: Option<Vec<String>>,
    /// The highest level.
    pub up_to: Level,
    /// Markings that are honoured.
    pub accepts: Vec<String>,
    /// Properties that are left out.
    pub redact: Vec<String>,
    /// The level above which parts are left out.
    pub redact_above: Option<Level>,
}

/// A `[[give]]`.
#[derive(Clone, Debug)]
pub struct Give {
    /// The area.
    pub area: String,
    /// The kinds.
    pub kinds: Option<Vec<String>>,
    /// The highest level.
    pub up_to: Level,
    /// Who else may take it.
    pub onward: Vec<String>,
    /// The level of what carries none.
    pub unmarked: Option<Level>,
}

impl Draft {
    /// An agreement without terms, in force since 1970 and without end.
    pub fn new(id: &str, version: u32, other: &str) -> Self {
        Self {
            id: id.into(),
            version,
            other: other.into(),
            in_force: Instant::from_micros(0),
            until: None,
            keep: false,
            take: Vec::new(),
            give: Vec::new(),
        }
    }

    /// The same with a further take term for all kinds.
    pub fn take(mut self, area: &str, up_to: Level) -> Self {
        self.take.push(Take {
            area: area.into(),
            kinds: None,
            from: None,
            up_to,
            accepts: Vec::new(),
            redact: Vec::new(),
            redact_above: None,
        });
        self
    }

    /// The same with the last take term leaving those properties out, and parts above that level.
    pub fn redact(mut self, properties: &[&str], above: Option<Level>) -> Self {
        let take = self.take.last_mut().expect("a take term");
        take.redact = properties.iter().map(|&one| one.into()).collect();
        take.redact_above = above;
        self
    }

    /// The same with a further give term for all kinds.
    pub fn give(
        mut self,
        area: &str,
        up_to: Level,
        onward: &[&str],
        unmarked: Option<Level>,
    ) -> Self {
        self.give.push(Give {
            area: area.into(),
            kinds: None,
            up_to,
            onward: onward.iter().map(|&one| one.into()).collect(),
            unmarked,
        });
        self
    }

    /// Random terms.
    pub fn random(dice: &mut Dice, id: &str, other: &str) -> Self {
        let mut draft = Self::new(id, 1, other);
        for area in AREAS {
            if dice.percent(85) {
                draft.take.push(random_take(dice, area));
            }
            if dice.percent(80) {
                draft.give.push(random_give(dice, area));
            }
        }
        if dice.percent(40) {
            let area = *dice.pick(&AREAS);
            draft.take.push(random_take(dice, area));
        }
        if dice.percent(40) {
            let area = *dice.pick(&AREAS);
            draft.give.push(random_give(dice, area));
        }
        draft.keep = dice.percent(40);
        draft
    }

    /// The same with some terms changed, dropped or added.
    pub fn amended(&self, dice: &mut Dice) -> Self {
        let mut draft = self.clone();
        let area = *dice.pick(&AREAS);
        match dice.below(7) {
            5 if !draft.take.is_empty() => {
                let at = dice.below(draft.take.len());
                draft.take[at].redact = random_properties(dice);
                draft.take[at].redact_above =
                    dice.percent(40).then(|| *dice.pick(&Level::ALL[..4]));
            }
            0 => draft.take.push(random_take(dice, area)),
            1 => draft.give.push(random_give(dice, area)),
            2 if !draft.take.is_empty() => {
                draft.take.remove(dice.below(draft.take.len()));
            }
            3 if !draft.give.is_empty() => {
                draft.give.remove(dice.below(draft.give.len()));
            }
            4 if !draft.take.is_empty() => {
                let at = dice.below(draft.take.len());
                draft.take[at] = random_take(dice, area);
            }
            _ => draft.keep = !draft.keep,
        }
        draft
    }

    /// Random dates around an instant.
    pub fn date(&mut self, dice: &mut Dice, now: Instant) {
        let shift = *dice.pick(&[-1_000_000_000, -1, 0, 0, 0, 1, 30_000_000, 200_000_000]);
        self.in_force = now.plus_micros(shift);
        self.until = dice.percent(25).then(|| {
            let length = *dice.pick(&[1, 5_000_000, 100_000_000, 900_000_000]);
            self.in_force.max(now).plus_micros(length)
        });
    }

    /// The file.
    pub fn render(&self) -> String {
        let mut file = String::from("+++\n");
        let head = &mut file;
        writeln!(head, "id = {:?}\ntitle = \"A programme\"", self.id).unwrap();
        writeln!(head, "version = {}", self.version).unwrap();
        if self.other == "members" {
            writeln!(head, "charter = true").unwrap();
        }
        writeln!(head, "parties = [\"NATO\", {:?}]", self.other).unwrap();
        writeln!(head, "in_force = {}", self.in_force).unwrap();
        if let Some(until) = self.until {
            writeln!(head, "until = {until}").unwrap();
        }
        if self.keep {
            writeln!(head, "after_end = \"keep\"").unwrap();
        }
        for (n, take) in self.take.iter().enumerate() {
            writeln!(head, "\n[[take]]\narticle = \"1.{}\"", n + 1).unwrap();
            writeln!(head, "area = {:?}\nup_to = \"{}\"", take.area, take.up_to).unwrap();
            list(head, "kinds", take.kinds.as_deref());
            list(head, "from", take.from.as_deref());
            list(head, "accepts", Some(&take.accepts));
            if !take.redact.is_empty() {
                list(head, "redact", Some(&take.redact));
            }
            if let Some(level) = take.redact_above {
                writeln!(head, "redact_above = \"{level}\"").unwrap();
            }
        }
        for (n, give) in self.give.iter().enumerate() {
            writeln!(head, "\n[[give]]\narticle = \"2.{}\"", n + 1).unwrap();
            writeln!(head, "area = {:?}\nup_to = \"{}\"", give.area, give.up_to).unwrap();
            list(head, "kinds", give.kinds.as_deref());
            list(head, "onward", Some(&give.onward));
            if let Some(level) = give.unmarked {
                writeln!(head, "unmarked = \"{level}\"").unwrap();
            }
        }
        file.push_str("+++\n# A programme\n");
        for n in 1..=self.take.len() {
            write!(file, "\n## Article 1.{n}: what is taken\nText.\n").unwrap();
        }
        for n in 1..=self.give.len() {
            write!(file, "\n## Article 2.{n}: what is given\nText.\n").unwrap();
        }
        file
    }
}

fn list(head: &mut String, key: &str, values: Option<&[String]>) {
    if let Some(values) = values {
        writeln!(head, "{key} = {values:?}").unwrap();
    }
}

fn random_take(dice: &mut Dice, area: &str) -> Take {
    Take {
        area: area.into(),
        kinds: random_kinds(dice),
        from: dice.percent(30).then(|| random_audience(dice)),
        up_to: random_ceiling(dice),
        accepts: if dice.percent(25) {
            let all: Vec<String> = UNKNOWN_MARKINGS.iter().map(|&one| one.into()).collect();
            dice.some(&all, 2)
        } else {
            Vec::new()
        },
        redact: random_properties(dice),
        redact_above: dice.percent(20).then(|| *dice.pick(&Level::ALL[..4])),
    }
}

fn random_properties(dice: &mut Dice) -> Vec<String> {
    if dice.percent(80) {
        return Vec::new();
    }
    let all = ["description", "external_references", "x_notes"];
    let mut some = dice.some(&all.map(String::from), 3);
    some.sort_unstable();
    some
}

fn random_give(dice: &mut Dice, area: &str) -> Give {
    Give {
        area: area.into(),
        kinds: random_kinds(dice),
        up_to: random_ceiling(dice),
        onward: if dice.percent(8) {
            Vec::new()
        } else {
            random_audience(dice)
        },
        unmarked: dice.percent(65).then(|| *dice.pick(&Level::ALL[..4])),
    }
}

/// A level up to which something may go; more often a high one.
pub(super) fn random_ceiling(dice: &mut Dice) -> Level {
    *dice.pick(&[
        Level::Clear,
        Level::Green,
        Level::Amber,
        Level::AmberStrict,
        Level::AmberStrict,
        Level::Red,
        Level::Red,
        Level::Red,
    ])
}

/// All kinds more often than some.
pub(super) fn random_kinds(dice: &mut Dice) -> Option<Vec<String>> {
    dice.percent(20).then(|| {
        let all: Vec<String> = KINDS.iter().map(|&kind| kind.into()).collect();
        dice.some(&all, 6)
    })
}

/// Groups and codes, those that come later included.
pub(super) fn random_audience(dice: &mut Dice) -> Vec<String> {
    let groups = ["host", "members", "partners", "partners", "observers"];
    let codes = EARLY.iter().chain(&LATE).map(|(code, _)| *code);
    let all: Vec<String> = groups.into_iter().chain(codes).map(Into::into).collect();
    let mut some = dice.some(&all, 5);
    some.sort_unstable();
    some.dedup();
    some
}
