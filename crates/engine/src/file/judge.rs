//! One object of a body: what is read off its tree, and whether it can be filed.
//!
//! Not what the office holds of it already; that is the writer's to compare.

use std::sync::Arc;

use legation_core::act::Refusal;
use legation_core::id::{Digest, RecordId};
use legation_core::label::Level;
use legation_core::record::{Creator, Head, Meaning};
use legation_core::time::Instant;
use legation_stix::json::Node;
use legation_stix::object::Definition;
use legation_stix::tlp::Tlp;
use legation_stix::validate::{Finding, Report};
use legation_stix::{json, object, redact, validate};

use crate::imprint::{Imprint, imprints};

/// One object that is sound enough to be filed, with its exact bytes.
#[derive(Clone, Debug)]
pub struct Submission {
    pub(super) head: Head,
    pub(super) bytes: Arc<[u8]>,
    pub(super) imprints: Box<[Imprint]>,
    /// Why the standard forbids it, if it does.
    pub(super) unsound: Option<Box<Refusal>>,
}

/// An object of a body, with its place there, or why it is refused.
pub(super) struct Judged {
    pub(super) outcome: Result<(u32, Submission), Refusal>,
    pub(super) warnings: Vec<Warning>,
    pub(super) more_warnings: usize,
}

impl Judged {
    /// An object that cannot be filed, of which nothing else is told.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            outcome: Err(refusal),
            warnings: Vec::new(),
            more_warnings: 0,
        }
    }
}

/// What the standard recommends otherwise in an object that is filed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The place of the object in the body, from 0.
    pub index: u32,
    /// Its id.
    pub id: String,
    /// The code, as of a refusal.
    pub code: &'static str,
    /// Where in the object, the section of the standard, and what to do.
    pub text: String,
}

/// How many warnings of a body are told in full; the others are counted.
pub(super) const WARNINGS_MAX: usize = 3;

/// What is read off the tree of an object, as long as there is one.
pub(super) struct Reading {
    head: Result<object::Head, object::ObjectError>,
    report: Report,
    imprints: Box<[Imprint]>,
}

impl Reading {
    /// Reads an object that begins there in the text.
    pub(super) fn of(node: &Node<'_>, start: usize) -> Self {
        let (head, report) = validate::read_node(node, start, WARNINGS_MAX);
        let imprints = if head.is_ok() {
            imprints(node)
        } else {
            Box::default()
        };
        Self {
            head,
            report,
            imprints,
        }
    }
}

/// An object that can be filed, or why it cannot, with what the standard recommends otherwise.
pub(super) fn judge(index: u32, bytes: &[u8], reading: Reading) -> Judged {
    let Reading {
        head,
        report,
        imprints,
    } = reading;
    let warn = |head: &object::Head| {
        let warnings = report.warnings().map(|found| Warning {
            index,
            id: head.id.as_str().to_owned(),
            code: found.code,
            text: said(found),
        });
        warnings.collect()
    };
    let (outcome, warnings, more_warnings) = match head {
        Err(error) => {
            let refusal = Refusal {
                index,
                id: named(bytes),
                version: None,
                code: error.code().to_owned(),
                text: error.to_string(),
            };
            (Err(refusal), Vec::new(), 0)
        }
        Ok(head) => {
            let refuse = |code: &str, text| Refusal {
                index,
                id: Some(head.id.as_str().to_owned()),
                version: head.version().map(|v| Instant::from_micros(v.micros())),
                code: code.to_owned(),
                text,
            };
            let unsound = forbidden(&report).map(|(code, text)| Box::new(refuse(code, text)));
            let outcome = match submission(&head, bytes, imprints) {
                Ok(read) => Ok((index, Submission { unsound, ..read })),
                Err((code, text)) => Err(refuse(code, text)),
            };
            (outcome, warn(&head), report.more_warnings)
        }
    };
    Judged {
        outcome,
        warnings,
        more_warnings,
    }
}

/// The first of what the standard forbids, and how much more there is.
fn forbidden(report: &Report) -> Option<(&'static str, String)> {
    let mut errors = report.errors();
    let first = errors.next()?;
    let mut text = said(first);
    match errors.count() {
        0 => {}
        more => text += &format!("; and {more} more, which `legation stix check` tells"),
    }
    Some((first.code, text))
}

/// A finding, with where in the object and what section of the standard.
fn said(found: &Finding) -> String {
    let Finding {
        pointer,
        section,
        text,
        ..
    } = found;
    format!("{text} (at `{pointer}`, STIX 2.1 section {section})")
}

/// The id that a refused object names, as far as it has one.
fn named(bytes: &[u8]) -> Option<String> {
    const LONGEST: usize = 200;
    let node = json::parse(bytes).ok()?;
    node.member("id")?
        .text()
        .map(|id| id.chars().take(LONGEST).collect())
}

fn submission(
    head: &object::Head,
    bytes: &[u8],
    imprints: Box<[Imprint]>,
) -> Result<Submission, (&'static str, String)> {
    let malformed = |error: legation_core::id::IdError| (error.code(), error.to_string());
    let ids = |ids: &mut dyn Iterator<Item = &legation_stix::id::ObjectId>| {
        ids.map(|id| id.as_str().parse::<RecordId>().map_err(malformed))
            .collect::<Result<Vec<_>, _>>()
    };
    let head = Head {
        id: head.id.as_str().parse().map_err(malformed)?,
        version: head
            .version()
            .map(|version| Instant::from_micros(version.micros())),
        kind: head.kind().parse().map_err(malformed)?,
        object_markings: ids(&mut head.object_marking_refs.iter())?,
        granular_markings: ids(&mut head
            .granular
            .iter()
            .filter_map(|granular| granular.marking_ref.as_ref()))?,
        references: ids(&mut head.references.iter())?,
        meaning: head.definition.as_ref().map(meaning).transpose()?,
        digest: Digest::of(bytes),
        creator: creator(head),
        revoked: head.revoked,
        fixed_markings: ids(&mut head
            .granular
            .iter()
            .filter(|part| is_fixed(head.kind(), part))
            .filter_map(|part| part.marking_ref.as_ref()))?,
    };
    Ok(Submission {
        head,
        bytes: bytes.into(),
        imprints,
        unsound: None,
    })
}

/// Where the references name the creator.
fn creator(head: &object::Head) -> Option<Creator> {
    let id = head.created_by_ref.as_ref()?;
    let place = head.references.iter().position(|one| one == id)?;
    Some(Creator {
        place: u32::try_from(place).ok()?,
        alone: head.creator_alone,
    })
}

/// Whether a granular marking marks something that cannot be left out.
fn is_fixed(kind: &str, part: &object::Granular) -> bool {
    part.selectors.iter().any(|selector| {
        let property = selector.split('.').next().unwrap_or_default();
        !redact::is_removable(kind, property)
    })
}

fn meaning(definition: &Definition) -> Result<Meaning, (&'static str, String)> {
    Ok(match definition {
        Definition::Tlp1(tlp) | Definition::Tlp2(tlp) | Definition::Iep(tlp) => {
            Meaning::Level(level(*tlp))
        }
        Definition::Statement => Meaning::Statement,
        Definition::ReleasableTo(named) => Meaning::ReleasableTo(
            named
                .iter()
                .map(|one| one.parse())
                .collect::<Result<_, legation_core::party::PartyError>>()
                .map_err(|error| (error.code(), error.to_string()))?,
        ),
        _ => Meaning::Unknown,
    })
}

fn level(tlp: Tlp) -> Level {
    match tlp {
        Tlp::Clear => Level::Clear,
        Tlp::Green => Level::Green,
        Tlp::Amber => Level::Amber,
        Tlp::AmberStrict => Level::AmberStrict,
        Tlp::Red => Level::Red,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_levels_are_the_same_on_both_sides() {
        use legation_core::label::tlp_level;
        use legation_stix::tlp;
        for id in [
            tlp::TLP1_WHITE,
            tlp::TLP1_GREEN,
            tlp::TLP1_AMBER,
            tlp::TLP1_RED,
            tlp::TLP2_CLEAR,
            tlp::TLP2_GREEN,
            tlp::TLP2_AMBER,
            tlp::TLP2_AMBER_STRICT,
            tlp::TLP2_RED,
        ] {
            assert_eq!(tlp_level(id), tlp::level_of(id).map(level), "{id}");
            assert!(tlp_level(id).is_some());
        }
    }
}
