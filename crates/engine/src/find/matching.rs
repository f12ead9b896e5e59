//! Observations and patterns held to each other, as far as the caller is shown both.
//!
//! Each observed-data is matched alone, with those of its objects that the caller is shown; patterns
//! that need several observations are matched by none here. What may match is found by shared values,
//! and beyond these so many records of the caller's view are tried as [`TRIED_MAX`] says.

use std::cell::Cell;
use std::collections::BTreeMap;

use legation_core::id::{Kind, PartyCode, RecordNumber};
use legation_core::view::{Query, Versions};
use legation_stix::json::{self, Node};
use legation_stix::object::references;
use legation_stix::pattern::{Observation, Outcome, Pattern};

use super::glance::{AT_ONCE, Eyes, Glimpse};
use super::{FOUND_MAX, Released, Sighted, Survey, escape};
use crate::admit::Caller;
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// So many records of the caller's view are tried beyond those that share a value: a second's work.
const TRIED_MAX: usize = 2000;

/// So many objects of one observation are read.
const OBJECTS_MAX: usize = 256;

/// A record that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The indicator or the observed-data.
    pub record: Sighted,
    /// Whether it is undecided: the pattern asks for more than can be tried.
    pub is_undecided: bool,
}

/// What matches a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// The record: an indicator or an observed-data.
    pub record: Sighted,
    /// What matches it, the newest date first.
    pub matches: Vec<Matched>,
    /// Whether there are more than were asked for, or records of the caller's view that were not
    /// tried.
    pub more: bool,
}

/// What has to be matched.
enum Side {
    /// A pattern, against observations.
    Pattern(Pattern),
    /// An observation, against patterns.
    Observed(Vec<Vec<u8>>),
}

impl Office {
    /// What matches an indicator or an observed-data that the caller is shown. At most `limit`.
    ///
    /// It reads from the disk.
    ///
    /// # Errors
    /// When the caller is shown no such record, it is of another kind or cannot be matched, or the
    /// receipts cannot be written.
    pub async fn matches(
        &self,
        caller: &Caller,
        id: &str,
        limit: usize,
    ) -> Result<Released<Matches>, EngineError> {
        let limit = limit.clamp(1, FOUND_MAX);
        let filter = format!("matches={}", escape(id));
        self.answer(caller, &filter, |office| {
            office.survey_matches(caller, id, limit)
        })
        .await
    }

    fn survey_matches(
        &self,
        caller: &Caller,
        id: &str,
        limit: usize,
    ) -> Result<Survey<Matches>, EngineError> {
        let eyes = Eyes::of(self, caller)?;
        let (own, losses) = {
            let fold = self.look()?;
            let own = eyes.newest(&fold, id, None);
            (
                own.ok_or_else(EngineError::not_found)?,
                fold.losses(&caller.party),
            )
        };
        let (side, other) = self.side(&eyes, &own)?;
        let (tried, left) = self.others(&eyes, &own, &side, other)?;
        let mut found: Vec<(Glimpse, bool)> = Vec::new();
        for few in tried.chunks(AT_ONCE) {
            for (one, outcome) in few.iter().zip(self.hold(&eyes, &side, few)?) {
                match outcome {
                    Some(Outcome::Match(_)) => found.push((one.clone(), false)),
                    Some(Outcome::Undecided(_)) => found.push((one.clone(), true)),
                    _ => {}
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| {
            (other.date, &other.sighted.id).cmp(&(one.date, &one.sighted.id))
        });
        let more = left || found.len() > limit;
        found.truncate(limit);
        let named = [&own].into_iter().chain(found.iter().map(|(one, _)| one));
        let named: Vec<Glimpse> = named.cloned().collect();
        let answer = Matches {
            record: own.sighted.clone(),
            matches: found
                .into_iter()
                .map(|(one, is_undecided)| Matched {
                    record: one.sighted,
                    is_undecided,
                })
                .collect(),
            more,
        };
        Ok(Survey::of(answer, losses, named.iter()))
    }

    /// What a record brings to the match, and the kind of what it is held to.
    fn side(&self, eyes: &Eyes<'_>, own: &Glimpse) -> Result<(Side, &'static str), EngineError> {
        let refuse = |text: &str| EngineError::new(Fault::Conflict, "find.no-match", text);
        let party = &eyes.caller.party;
        let body = self
            .bodies_shown(party, &[*own.record.get()])?
            .pop()
            .flatten();
        let body = body.ok_or_else(EngineError::not_found)?;
        match &*own.sighted.kind {
            "indicator" => {
                let pattern = pattern_of(&body).ok_or_else(|| {
                    refuse("the record has no STIX pattern that can be read, so nothing matches it")
                })?;
                Ok((Side::Pattern(pattern), "observed-data"))
            }
            "observed-data" => {
                let texts = self.with_objects(eyes, vec![body])?.pop();
                Ok((Side::Observed(texts.unwrap_or_default()), "indicator"))
            }
            _ => Err(refuse(
                "only an indicator or an observed-data can be matched",
            )),
        }
    }

    /// The records of the other kind that are to be tried, and whether others are left.
    fn others(
        &self,
        eyes: &Eyes<'_>,
        own: &Glimpse,
        side: &Side,
        kind: &'static str,
    ) -> Result<(Vec<Glimpse>, bool), EngineError> {
        let mut values = Vec::new();
        match side {
            Side::Pattern(_) => {
                values = self.values_of(&eyes.caller.party, *own.record.get())?;
            }
            Side::Observed(texts) => {
                for text in texts {
                    let held = legation_stix::value::values(text).unwrap_or_default();
                    values.extend(held.into_iter().map(|held| held.value));
                }
            }
        }
        let candidates = self.holders_of(&values)?;
        let fold = self.look()?;
        let mut tried: BTreeMap<RecordNumber, Glimpse> = BTreeMap::new();
        let left = Cell::new(false);
        let mut add = |one: Glimpse| {
            let is_new = one.sighted.kind == kind && !tried.contains_key(one.record.get());
            if is_new && tried.len() < TRIED_MAX {
                tried.insert(*one.record.get(), one);
            } else if is_new {
                left.set(true);
            }
        };
        for record in candidates {
            let shown = eyes.glimpse(&fold, record);
            // An observation holds its values by reference.
            let referring = fold
                .state()
                .record_referrers(record)
                .filter(|_| kind == "observed-data" && shown.is_some())
                .filter_map(|referrer| eyes.glimpse(&fold, referrer));
            referring.chain(shown.clone()).for_each(&mut add);
        }
        let wanted: Option<Vec<Kind>> = kind.parse().ok().map(|kind| vec![kind]);
        for area in eyes.areas() {
            let query = Query {
                after: None,
                until: None,
                ids: None,
                kinds: wanted.clone(),
                versions: Versions::default(),
                limit: TRIED_MAX,
            };
            let page = fold.page(&eyes.caller.party, area, &query);
            let shown = page.items.iter().map(|item| *item.record.get());
            shown
                .filter_map(|record| eyes.glimpse(&fold, record))
                .for_each(&mut add);
            left.set(left.get() || page.more);
        }
        drop(fold);
        // Of each id its newest version alone, as the caller reads it.
        let mut newest: BTreeMap<String, Glimpse> = BTreeMap::new();
        for one in tried.into_values() {
            let rank = |one: &Glimpse| (one.sighted.version, one.date);
            match newest.get(&one.sighted.id) {
                Some(held) if rank(held) >= rank(&one) => {}
                _ => {
                    newest.insert(one.sighted.id.clone(), one);
                }
            }
        }
        let fold = self.look()?;
        let current = newest.into_values().filter(|one| {
            let newest = eyes.newest(&fold, &one.sighted.id, None);
            newest.is_some_and(|newest| newest.record == one.record)
        });
        Ok((current.collect(), left.get()))
    }

    /// Whether each of those records matches.
    fn hold(
        &self,
        eyes: &Eyes<'_>,
        side: &Side,
        few: &[Glimpse],
    ) -> Result<Vec<Option<Outcome>>, EngineError> {
        let party = &eyes.caller.party;
        let records: Vec<RecordNumber> = few.iter().map(|one| *one.record.get()).collect();
        let bodies = self.bodies_shown(party, &records)?;
        let bodies: Vec<Vec<u8>> = bodies.into_iter().map(Option::unwrap_or_default).collect();
        Ok(match side {
            Side::Pattern(pattern) => {
                let observed = self.with_objects(eyes, bodies)?;
                let outcomes = observed.iter().map(|texts| decide(pattern, texts));
                outcomes.collect()
            }
            Side::Observed(texts) => bodies
                .iter()
                .map(|body| decide(&pattern_of(body)?, texts))
                .collect(),
        })
    }

    /// Each observed-data with those of its objects that the caller is shown, as it is served them.
    fn with_objects(
        &self,
        eyes: &Eyes<'_>,
        observed: Vec<Vec<u8>>,
    ) -> Result<Vec<Vec<Vec<u8>>>, EngineError> {
        let mut all = Vec::with_capacity(observed.len());
        for body in observed {
            let referred = references(&body).unwrap_or_default().into_iter();
            let objects: Vec<RecordNumber> = {
                let fold = self.look()?;
                let shown = referred
                    .filter(|reference| reference.path.starts_with("/object_refs/"))
                    .take(OBJECTS_MAX)
                    .filter_map(|reference| eyes.newest(&fold, reference.id.as_str(), None));
                shown.map(|one| *one.record.get()).collect()
            };
            let mut texts = vec![body];
            texts.extend(self.objects(&eyes.caller.party, &objects)?);
            all.push(texts);
        }
        Ok(all)
    }

    fn objects(
        &self,
        party: &PartyCode,
        records: &[RecordNumber],
    ) -> Result<impl Iterator<Item = Vec<u8>> + use<>, EngineError> {
        Ok(self.bodies_shown(party, records)?.into_iter().flatten())
    }
}

/// The pattern of an indicator, if it is in the language of STIX.
fn pattern_of(body: &[u8]) -> Option<Pattern> {
    let node = json::parse(body).ok()?;
    let language = node.member("pattern_type").and_then(Node::text);
    let text = node.member("pattern")?.text()?;
    let is_stix = language.is_none_or(|language| language == "stix");
    Pattern::parse(text).ok().filter(|_| is_stix)
}

/// Whether an observation, the first of the texts, matches with the objects behind it.
fn decide(pattern: &Pattern, texts: &[Vec<u8>]) -> Option<Outcome> {
    let nodes: Vec<Node<'_>> = texts
        .iter()
        .map_while(|text| json::parse(text).ok())
        .collect();
    let (observed, objects) = nodes.split_first()?;
    let find = |id: &str| {
        let mut objects = objects.iter();
        objects.find(|node| node.member("id").and_then(Node::text) == Some(id))
    };
    let observation = Observation::read(observed, find).ok()?;
    Some(pattern.matches(&[observation]))
}
