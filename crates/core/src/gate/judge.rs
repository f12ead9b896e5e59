//! Rules 1, 2, 3 and 6 for one label and one party.
//!
//! Alive, closure and the privileges of host and originator are not judged here.

use crate::agreement::document::{Give, Take};
use crate::agreement::succession::{Agreement, Version};
use crate::derivation::covering;
use crate::gate::{Clause, Reason, Rule};
use crate::house::HouseRules;
use crate::id::RecordId;
use crate::label::Level;
use crate::party::{Party, Status};
use crate::state::{Label, Standing};

/// One side of an exchange: who, and what counts for them now.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) party: &'a Party,
    pub(crate) standing: &'a Standing<'a>,
}

/// The clauses under which a label may go.
#[derive(Clone, Copy)]
pub(crate) struct Permit<'a> {
    pub(crate) take: (&'a Version, &'a Take),
    pub(crate) give: Option<(&'a Version, &'a Give)>,
}

/// Why a label may not go; turned into words only when somebody asks.
#[derive(Clone, Copy)]
pub(crate) struct Refusal<'a> {
    pub(crate) rule: Rule,
    pub(crate) code: &'static str,
    version: Option<&'a Version>,
    article: Option<&'a str>,
    level: Option<Level>,
    bound: Option<Level>,
}

/// Judges a label for a taker.
pub(crate) fn judge<'a>(
    label: &Label,
    taker: Side<'a>,
    originator: Side<'a>,
    house: &HouseRules,
) -> Result<Permit<'a>, Refusal<'a>> {
    if taker.standing.taking.is_empty() {
        let code = if taker.standing.suspended {
            "gate.suspended"
        } else {
            "gate.no-agreement"
        };
        return Err(refusal(Rule::Take, code));
    }
    let above = bound_of(label, taker, originator);
    let level = level(label, above, originator, house)?;
    let take = take(label, level, above, taker, originator)?;
    let give = give(label, level, taker, originator)?;
    named(label, level, taker)?;
    let from = (&originator.party.code, originator.party.status);
    let to = (&taker.party.code, taker.party.status);
    if house
        .permits(&label.area, &label.kind, from, to, level)
        .is_none()
    {
        return Err(Refusal {
            level: Some(level),
            ..refusal(Rule::House, "gate.house-ceiling")
        });
    }
    Ok(Permit { take, give })
}

/// The level above which the taker's terms leave out parts of the records of that label.
fn bound_of(label: &Label, taker: Side<'_>, originator: Side<'_>) -> Option<Level> {
    if !taker.standing.redacts() {
        return None;
    }
    let (code, status) = (&originator.party.code, originator.party.status);
    covering(taker.standing, &label.area, &label.kind, code, status)
        .filter_map(|(_, take)| take.redact_above)
        .min()
}

/// The level of a record of that label (DESIGN section 2), or of what is left of it when parts
/// marked above `above` are left out.
///
/// Where no object marking gives one, the strictest `unmarked` of the originator's give terms
/// that cover it counts for the rest of the object; for the host's own, the house rules say.
pub(crate) fn level<'a>(
    label: &Label,
    above: Option<Level>,
    originator: Side<'a>,
    house: &HouseRules,
) -> Result<Level, Refusal<'a>> {
    let object = label.object.or_else(|| {
        if originator.party.status == Status::Host {
            house.unmarked_level(&label.area, &label.kind)
        } else {
            giving(label, originator)
                .filter_map(|(_, give)| give.unmarked)
                .max()
        }
    });
    match object {
        Some(object) => {
            let parts = label.granular.highest(above.unwrap_or(Level::Red));
            Ok(object.max(parts.max(label.fixed).unwrap_or(object)))
        }
        None => Err(refusal(Rule::Give, "gate.unmarked")),
    }
}

fn giving<'a>(
    label: &Label,
    originator: Side<'a>,
) -> impl Iterator<Item = (&'a Version, &'a Give)> {
    originator
        .standing
        .giving
        .iter()
        .flat_map(move |(_, version)| {
            version
                .document
                .give
                .iter()
                .filter(|give| give.covers(&label.area, &label.kind))
                .map(move |give| (*version, give))
        })
}

fn take<'a>(
    label: &Label,
    level: Level,
    above: Option<Level>,
    taker: Side<'a>,
    originator: Side<'a>,
) -> Result<(&'a Version, &'a Take), Refusal<'a>> {
    let first: Option<&(&Agreement, &Version)> = taker.standing.taking.first();
    let mut nearest = Refusal {
        version: first.map(|(_, version)| *version),
        ..refusal(Rule::Take, "gate.not-taken")
    };
    // The refusal told is that of the term that came furthest.
    let mut reached = 0;
    // Parts that the office cannot read are left out where parts are.
    let unread: &[RecordId] = match above {
        Some(_) => &[],
        None => &label.unknown_parts,
    };
    for (version, take) in taker.standing.takes() {
        let (steps, code) = if !take.covers(&label.area, &label.kind) {
            (0, "gate.not-taken")
        } else if !take.takes_from(&originator.party.code, originator.party.status) {
            (1, "gate.not-from")
        } else if level > take.up_to {
            (2, "gate.level-exceeds")
        } else if !label
            .unknown
            .iter()
            .chain(unread)
            .all(|marking| take.accepts.contains(marking))
        {
            (3, "gate.unknown-marking")
        } else {
            return Ok((version, take));
        };
        if steps > reached {
            reached = steps;
            nearest = Refusal {
                rule: Rule::Take,
                code,
                version: Some(version),
                article: Some(&take.article),
                level: Some(level),
                bound: Some(take.up_to),
            };
        }
    }
    Err(nearest)
}

fn give<'a>(
    label: &Label,
    level: Level,
    taker: Side<'a>,
    originator: Side<'a>,
) -> Result<Option<(&'a Version, &'a Give)>, Refusal<'a>> {
    if originator.party.status == Status::Host {
        return Ok(None);
    }
    let Some((_, first)) = originator.standing.giving.first() else {
        let code = if originator.standing.suspended {
            "gate.originator-suspended"
        } else {
            "gate.originator-without-agreement"
        };
        return Err(refusal(Rule::Give, code));
    };
    let mut nearest = Refusal {
        version: Some(first),
        ..refusal(Rule::Give, "gate.not-given")
    };
    for (version, give) in giving(label, originator) {
        let code = if level > give.up_to {
            "gate.give-level-exceeds"
        } else if !give.gives_to(&taker.party.code, taker.party.status) {
            "gate.not-onward"
        } else {
            return Ok(Some((version, give)));
        };
        nearest = Refusal {
            rule: Rule::Give,
            code,
            version: Some(version),
            article: Some(&give.article),
            level: Some(level),
            bound: Some(give.up_to),
        };
    }
    Err(nearest)
}

fn named<'a>(label: &Label, level: Level, taker: Side<'a>) -> Result<(), Refusal<'a>> {
    let named = |set: &Vec<crate::party::Audience>| {
        set.iter()
            .any(|audience| audience.names(&taker.party.code, taker.party.status))
    };
    if !label.releasable.iter().all(named) {
        return Err(refusal(Rule::Named, "gate.not-named"));
    }
    if level == Level::Red && label.releasable.is_empty() {
        return Err(refusal(Rule::Named, "gate.red-names-nobody"));
    }
    Ok(())
}

fn refusal<'a>(rule: Rule, code: &'static str) -> Refusal<'a> {
    Refusal {
        rule,
        code,
        version: None,
        article: None,
        level: None,
        bound: None,
    }
}

impl Permit<'_> {
    /// The clauses by name.
    pub(crate) fn clauses(&self) -> (Clause, Option<Clause>) {
        let (version, take) = self.take;
        let give = self
            .give
            .map(|(version, give)| clause(version, &give.article));
        (clause(version, &take.article), give)
    }
}

fn clause(version: &Version, article: &str) -> Clause {
    Clause {
        agreement: version.document.id.clone(),
        version: version.document.version,
        article: article.to_owned(),
    }
}

impl Refusal<'_> {
    /// The refusal in words.
    pub(crate) fn reason(&self, label: &Label, taker: &Party) -> Reason {
        let clause = self.version.map(|version| {
            let document = &version.document;
            (
                document.id.clone(),
                document.version,
                self.article.map(str::to_owned),
            )
        });
        let under = match &clause {
            Some((id, version, Some(article))) => format!("{id} v{version} article {article}"),
            Some((id, version, None)) => format!("{id} v{version}"),
            None => String::new(),
        };
        let Label {
            area,
            kind,
            originator,
            ..
        } = label;
        let taker = &taker.code;
        let level = self.level.map_or("", Level::as_str);
        let bound = self.bound.map_or("", Level::as_str);
        let text = match self.code {
            "gate.suspended" => format!("the agreement of {taker} is suspended"),
            "gate.no-agreement" => format!("{taker} has no agreement in force"),
            "gate.unmarked" => format!(
                "no object marking gives the record a level, and nothing says what {originator} files unmarked"
            ),
            "gate.not-taken" => format!("{under} takes no {kind} in area {area}"),
            "gate.not-from" => format!("{under} takes nothing from {originator}"),
            "gate.level-exceeds" => {
                format!("the record is {level}, {under} takes up to {bound}")
            }
            "gate.unknown-marking" => format!(
                "{taker} has not undertaken in {under} to honour `{}`",
                label
                    .unknown
                    .iter()
                    .chain(&label.unknown_parts)
                    .next()
                    .map_or("", |marking| marking.as_str())
            ),
            "gate.originator-suspended" => {
                format!("the agreement of the originator {originator} is suspended")
            }
            "gate.originator-without-agreement" => {
                format!("the originator {originator} has no agreement whose terms give anything")
            }
            "gate.not-given" => format!("{under} gives no {kind} in area {area}"),
            "gate.give-level-exceeds" => {
                format!("the record is {level}, {under} gives up to {bound}")
            }
            "gate.not-onward" => format!("{under} does not give onward to {taker}"),
            "gate.not-named" => format!("{taker} is not among those the record is releasable to"),
            "gate.red-names-nobody" => {
                "the record is RED and names nobody it is releasable to".to_owned()
            }
            _ => format!("the house rules do not let {level} records of {area} go to {taker}"),
        };
        Reason {
            rule: self.rule,
            code: self.code,
            clause,
            text,
        }
    }
}
