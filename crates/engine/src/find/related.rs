//! Correlation: what shares a value with a record, and who sighted it, among what the caller is shown.
//!
//! A value relates nobody if it stands on a warning list, or if more records than the cap hold it in
//! the caller's view: then it is named as suppressed, to the caller itself. Nothing else is counted.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;

use legation_core::id::RecordNumber;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_stix::object::references;
use legation_stix::value::{Value, Warning};

use super::glance::{AT_ONCE, Eyes, Glimpse, values_in};
use super::{FOUND_MAX, Released, Sighted, Survey, escape};
use crate::admit::Caller;
use crate::error::EngineError;
use crate::imprint::{Imprint, holders};
use crate::office::Office;

/// So many values of a record are looked up; records with more are lists, which relate everything.
const VALUES_MAX: usize = 256;

/// Why a value relates nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// More records hold it than the cap.
    Cap,
    /// It stands on a list.
    List(Warning),
    /// The house rules name it.
    House,
}

/// A value that relates nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The value.
    pub value: Value,
    /// Why.
    pub why: Why,
}

/// A record that is related to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The record: of its id the newest version that shares a value.
    pub record: Sighted,
    /// The values that both hold.
    pub values: Vec<Value>,
}

/// What is related to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The record: of the id that was asked for, the newest version shown, or the one asked for.
    pub record: Sighted,
    /// Those that share most values first, and of these the newest.
    pub related: Vec<Relation>,
    /// Sightings of it, the newest first.
    pub sightings: Vec<Sighted>,
    /// Values that it holds and that relate nobody.
    pub suppressed: Vec<Suppressed>,
    /// Whether there are more than were asked for, or more values than are looked up.
    pub more: bool,
}

impl Office {
    /// What is related to a record that the caller is shown. At most `limit` of each sort.
    ///
    /// It reads from the disk.
    ///
    /// # Errors
    /// When the caller is shown no such record, the office has no index now, or the receipts cannot
    /// be written.
    pub async fn related(
        &self,
        caller: &Caller,
        id: &str,
        version: Option<Instant>,
        limit: usize,
    ) -> Result<Released<Related>, EngineError> {
        let limit = limit.clamp(1, FOUND_MAX);
        let filter = format!("related={}", escape(id));
        self.answer(caller, &filter, |office| {
            office.survey_related(caller, id, version, limit)
        })
        .await
    }

    fn survey_related(
        &self,
        caller: &Caller,
        id: &str,
        version: Option<Instant>,
        limit: usize,
    ) -> Result<Survey<Related>, EngineError> {
        let eyes = Eyes::of(self, caller)?;
        let (own, losses) = {
            let fold = self.look()?;
            let own = eyes.newest(&fold, id, version);
            (
                own.ok_or_else(EngineError::not_found)?,
                fold.losses(&caller.party),
            )
        };
        let record = *own.record.get();
        let held = self.values_of(&caller.party, record)?;
        let mut more = held.len() > VALUES_MAX;
        let mut suppressed = Vec::new();
        let mut sharing: BTreeMap<RecordNumber, (Glimpse, Vec<Value>)> = BTreeMap::new();
        let mut known = Known::default();
        let house = self.house_suppresses()?;
        for value in held.into_iter().take(VALUES_MAX) {
            if let Some(why) = listed(&value, &house) {
                suppressed.push(Suppressed { value, why });
                continue;
            }
            match self.sharers(&eyes, &value, &mut known)? {
                None => suppressed.push(Suppressed {
                    value,
                    why: Why::Cap,
                }),
                Some(found) => {
                    for one in found {
                        let number = *one.record.get();
                        let (_, values) = sharing.entry(number).or_insert((one, Vec::new()));
                        values.push(value.clone());
                    }
                }
            }
        }
        let mut related: Vec<(Glimpse, Vec<Value>)> = newest_of_each(sharing.into_values())
            .filter(|(one, _)| one.sighted.id != own.sighted.id)
            .collect();
        related.sort_by(|(one, values), (other, others)| {
            let rank = |one: &Glimpse, values: &[Value]| {
                let date = std::cmp::Reverse(one.date);
                (
                    std::cmp::Reverse(values.len()),
                    date,
                    one.sighted.id.clone(),
                )
            };
            rank(one, values).cmp(&rank(other, others))
        });
        more |= related.len() > limit;
        related.truncate(limit);
        let mut sightings = self.sightings(&eyes, &own)?;
        more |= sightings.len() > limit;
        sightings.truncate(limit);
        let named = [&own].into_iter().chain(related.iter().map(|(one, _)| one));
        let named: Vec<Glimpse> = named.chain(&sightings).cloned().collect();
        let answer = Related {
            record: own.sighted.clone(),
            related: related
                .into_iter()
                .map(|(one, values)| Relation {
                    record: one.sighted,
                    values,
                })
                .collect(),
            sightings: sightings.into_iter().map(|one| one.sighted).collect(),
            suppressed,
            more,
        };
        Ok(Survey::of(answer, losses, named.iter()))
    }

    /// The values of a record as the party is served it, each once, in their order.
    pub(super) fn values_of(
        &self,
        party: &legation_core::id::PartyCode,
        record: RecordNumber,
    ) -> Result<Vec<Value>, EngineError> {
        let body = self.bodies_shown(party, &[record])?.pop().flatten();
        let mut seen = BTreeSet::new();
        let held = body.and_then(|body| legation_stix::value::values(&body).ok());
        let mut values: Vec<Value> = held
            .unwrap_or_default()
            .into_iter()
            .map(|held| held.value)
            .collect();
        values.retain(|value| seen.insert(value.clone()));
        Ok(values)
    }

    /// The values that the house rules name, in all their readings.
    pub(super) fn house_suppresses(&self) -> Result<HashSet<Value>, EngineError> {
        let fold = self.look()?;
        let named = fold.state().house.correlation.suppress.iter();
        Ok(named.flat_map(|text| Value::parse_query(text)).collect())
    }

    /// The records that hold a value and that the caller is shown; none if they are more than the
    /// cap.
    fn sharers(
        &self,
        eyes: &Eyes<'_>,
        value: &Value,
        known: &mut Known,
    ) -> Result<Option<Vec<Glimpse>>, EngineError> {
        let mut candidates = Vec::new();
        let (count, cap) = {
            let fold = self.look()?;
            let state = fold.state();
            (state.record_count(), state.house.correlation.cap as usize)
        };
        let imprint = Imprint::of_value(value);
        self.is_indexed()?;
        holders(self.journal.as_ref(), count, imprint, &mut |record| {
            candidates.push(record);
            ControlFlow::Continue(())
        })?;
        let mut found = Vec::new();
        for chunk in candidates.chunks(AT_ONCE * 16) {
            let glimpses: Vec<Glimpse> = {
                let fold = self.look()?;
                let shown = chunk.iter().filter_map(|&one| eyes.glimpse(&fold, one));
                shown.collect()
            };
            for few in glimpses.chunks(AT_ONCE) {
                let holds = known.hold(self, eyes, few, value)?;
                found.extend(
                    few.iter()
                        .zip(holds)
                        .filter(|(_, holds)| *holds)
                        .map(|(one, _)| one.clone()),
                );
            }
            if found.len() > cap {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }

    /// The sightings of a record that the caller is shown (STIX 2.1 section 5.2): the newest versions,
    /// the newest date first.
    fn sightings(&self, eyes: &Eyes<'_>, own: &Glimpse) -> Result<Vec<Glimpse>, EngineError> {
        let referring: Vec<Glimpse> = {
            let fold = self.look()?;
            let referrers = fold.state().record_referrers(*own.record.get());
            referrers
                .filter_map(|record| eyes.glimpse(&fold, record))
                .filter(|one| one.sighted.kind == "sighting")
                .collect()
        };
        let mut found = Vec::new();
        for few in referring.chunks(AT_ONCE) {
            let records: Vec<RecordNumber> = few.iter().map(|one| *one.record.get()).collect();
            let bodies = self.bodies_shown(&eyes.caller.party, &records)?;
            for (one, body) in few.iter().zip(bodies) {
                let named = body.and_then(|body| references(&body).ok());
                let mut named = named.into_iter().flatten();
                // As the caller reads it: what was left out refers to nothing.
                if named.any(|reference| reference.id.as_str() == own.sighted.id) {
                    found.push((one.clone(), Vec::new()));
                }
            }
        }
        let newest = newest_of_each(found.into_iter());
        let mut sightings: Vec<Glimpse> = newest.map(|(one, _)| one).collect();
        sightings.sort_by(|one, other| {
            (other.date, &other.sighted.id).cmp(&(one.date, &one.sighted.id))
        });
        Ok(sightings)
    }
}

/// Why a value relates nobody, whoever holds it.
pub(super) fn listed(value: &Value, house: &HashSet<Value>) -> Option<Why> {
    let named = || house.contains(value).then_some(Why::House);
    value.warning().map(Why::List).or_else(named)
}

/// Of those with one id the one with the newest version.
fn newest_of_each(
    found: impl Iterator<Item = (Glimpse, Vec<Value>)>,
) -> impl Iterator<Item = (Glimpse, Vec<Value>)> {
    let mut newest: BTreeMap<String, (Glimpse, Vec<Value>)> = BTreeMap::new();
    for (one, values) in found {
        match newest.get_mut(&one.sighted.id) {
            Some(held) if rank(&held.0) >= rank(&one) => {}
            Some(held) => *held = (one, values),
            None => {
                newest.insert(one.sighted.id.clone(), (one, values));
            }
        }
    }
    newest.into_values()
}

fn rank(one: &Glimpse) -> (Option<Instant>, Instant) {
    (one.sighted.version, one.date)
}

impl Eyes<'_> {
    /// The newest version of an id that the caller is shown, or that version.
    pub(super) fn newest(
        &self,
        fold: &Fold,
        id: &str,
        version: Option<Instant>,
    ) -> Option<Glimpse> {
        let records = fold.known_records(&self.caller.party, id).into_iter();
        records
            .filter_map(|record| self.glimpse(fold, record))
            .filter(|one| one.sighted.id == id)
            .filter(|one| version.is_none() || one.sighted.version == version)
            .max_by_key(rank)
    }
}

/// The imprints of the records that were read for one answer already.
#[derive(Default)]
struct Known {
    held: BTreeMap<RecordNumber, BTreeSet<Value>>,
}

/// So many values are remembered within one answer: some megabytes.
const KNOWN_MAX: usize = 20_000;

impl Known {
    /// Whether each of those records holds the value, as the caller is served it. Where nothing is
    /// left out for the caller, the index is as good as the bytes.
    fn hold(
        &mut self,
        office: &Office,
        eyes: &Eyes<'_>,
        few: &[Glimpse],
        value: &Value,
    ) -> Result<Vec<bool>, EngineError> {
        let party = &eyes.caller.party;
        let derived: Vec<bool> = {
            let fold = office.look()?;
            let derived = few.iter().map(|one| *one.record.get());
            derived
                .map(|record| fold.derivation(party, record).is_some())
                .collect()
        };
        let unread: Vec<RecordNumber> = few
            .iter()
            .zip(&derived)
            .filter(|(_, derived)| **derived)
            .map(|(one, _)| *one.record.get())
            .filter(|record| !self.held.contains_key(record))
            .collect();
        if !unread.is_empty() {
            let bodies = office.bodies_shown(party, &unread)?;
            for (record, body) in unread.into_iter().zip(bodies) {
                let values = values_in(body.as_deref(), |_| true).into_iter();
                let values = values.map(|held| held.value).collect();
                self.held.insert(record, values);
            }
        }
        let holds = few.iter().zip(derived).map(|(one, derived)| {
            let held = self.held.get(one.record.get());
            !derived || held.is_some_and(|values| values.contains(value))
        });
        let holds = holds.collect();
        if self.held.values().map(BTreeSet::len).sum::<usize>() > KNOWN_MAX {
            self.held.clear();
        }
        Ok(holds)
    }
}
