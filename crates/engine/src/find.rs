//! Finding records by a value, and what is related to a record, in the caller's view and nowhere else.
//!
//! The flow. The index of values ([`crate::imprint`]) names candidates; what of them the caller is not
//! shown falls away at once (`glance`), and of the rest the bytes decide, as the caller is served them:
//! what an agreement leaves out is not there to be found. An answer names records, so it is a release:
//! its receipts go through the writer first, which refuses them if anything was lost to the party
//! meanwhile; then everything is looked up again.
//!
//! The cast: `glance` says what a caller is shown of some records, `related` correlates, `matching`
//! holds observations and patterns to each other, `suppressed` tells the officer which values relate
//! nobody. Here is what they share. Counts and caps count what the caller sees.

pub(crate) mod glance;
mod matching;
mod related;
mod suppressed;

pub use matching::{Matched, Matches};
pub use related::{Related, Relation, Suppressed, Why as SuppressedFor};
pub use suppressed::SuppressedValue;

use std::collections::{BTreeMap, BTreeSet};

use legation_core::act::{Extent, Receipt};
use legation_core::id::{AreaName, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Fold, Item};
use legation_stix::value::{Held, Value};

use crate::admit::Caller;
use crate::error::{EngineError, Fault};
use crate::imprint::{Imprint, holders};
use crate::office::Office;
use crate::read::{Guard, receipt};
use glance::{Eyes, Glimpse, values_in};

/// So many records at most are named in one answer.
pub const FOUND_MAX: usize = 1000;

/// So many places of one record are told.
const PLACES_MAX: usize = 32;

/// How often an answer is looked up anew because something was lost meanwhile: as for a page.
const ATTEMPTS: usize = 32;

/// A record as the caller knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighted {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its version; none where its kind has none.
    pub version: Option<Instant>,
    /// Its area.
    pub area: AreaName,
    /// Its date added in the caller's view; none for a claim, which is in no view.
    pub date: Option<Instant>,
}

/// A record that holds what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRecord {
    /// The record.
    pub record: Sighted,
    /// What it holds of it, and where.
    pub held: Vec<Held>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The records, oldest date added first.
    pub records: Vec<FoundRecord>,
    /// What stands as a claim: told to the office's own people alone.
    pub claims: Vec<FoundRecord>,
    /// Whether more follows after the last date.
    pub more: bool,
}

/// An answer that may be sent as long as its guard holds.
#[derive(Debug)]
pub struct Released<T> {
    /// The answer.
    pub answer: T,
    /// Whether it may still be sent.
    pub guard: Guard,
}

/// What was looked up, with the records that it names.
pub(crate) struct Survey<T> {
    answer: T,
    named: BTreeMap<AreaName, Vec<Item>>,
    losses: u64,
}

impl<T> Survey<T> {
    pub(crate) fn of<'g>(answer: T, losses: u64, named: impl Iterator<Item = &'g Glimpse>) -> Self {
        let mut areas: BTreeMap<AreaName, Vec<Item>> = BTreeMap::new();
        for glimpse in named {
            let items = areas.entry(glimpse.area.clone()).or_default();
            items.push(Item {
                record: glimpse.record,
                date: glimpse.date,
            });
        }
        for items in areas.values_mut() {
            items.sort_by_key(|item| item.date);
            items.dedup_by_key(|item| item.date);
        }
        Self {
            answer,
            named: areas,
            losses,
        }
    }
}

impl Office {
    /// Finds the records that hold a value, as somebody types it, in all that the caller may read:
    /// every version that the caller is shown, from after a date on. At most `limit`, and all that
    /// have the date of the last one.
    ///
    /// It reads from the disk.
    ///
    /// # Errors
    /// When the text is no value, the office has no index now, or the receipts cannot be written.
    pub async fn find(
        &self,
        caller: &Caller,
        text: &str,
        after: Option<Instant>,
        limit: usize,
    ) -> Result<Released<Found>, EngineError> {
        let sought = Value::parse_query(text);
        if sought.is_empty() {
            let text = "`value` is empty, or longer than any value";
            return Err(EngineError::new(Fault::Invalid, "find.no-value", text));
        }
        let limit = limit.clamp(1, FOUND_MAX);
        let filter = format!("find={}", escape(text));
        self.answer(caller, &filter, |office| {
            office.survey_find(caller, &sought, after, limit)
        })
        .await
    }

    fn survey_find(
        &self,
        caller: &Caller,
        sought: &[Value],
        after: Option<Instant>,
        limit: usize,
    ) -> Result<Survey<Found>, EngineError> {
        let eyes = Eyes::of(self, caller)?;
        let candidates = self.holders_of(sought)?;
        let (mut seen, claims, losses) = {
            let fold = self.look()?;
            let seen: Vec<Glimpse> = candidates
                .iter()
                .filter_map(|&record| eyes.glimpse(&fold, record))
                .collect();
            let claims = eyes.claims(&fold, &candidates);
            (seen, claims, fold.losses(&caller.party))
        };
        seen.retain(|one| after.is_none_or(|after| one.date > after));
        seen.sort_by(|one, other| (one.date, &one.area).cmp(&(other.date, &other.area)));
        let mut found: Vec<(Glimpse, FoundRecord)> = Vec::new();
        let mut more = false;
        'pages: for chunk in seen.chunks(glance::AT_ONCE) {
            let records = chunk.iter().map(|one| *one.record.get());
            let values =
                self.values_shown(&caller.party, &records.collect::<Vec<_>>(), |value| {
                    sought.contains(value)
                })?;
            for (glimpse, held) in chunk.iter().zip(values) {
                if held.is_empty() {
                    continue;
                }
                let last = found.last().map(|(last, _)| last.date);
                if found.len() >= limit && last != Some(glimpse.date) {
                    more = true;
                    break 'pages;
                }
                let record = glimpse.sighted.clone();
                found.push((glimpse.clone(), FoundRecord { record, held }));
            }
        }
        let claims = self.found_claims(caller, claims, sought)?;
        let (named, records): (Vec<Glimpse>, Vec<FoundRecord>) = found.into_iter().unzip();
        let answer = Found {
            records,
            claims,
            more,
        };
        Ok(Survey::of(answer, losses, named.iter()))
    }

    /// What the claims among the candidates hold; they are read as they were filed.
    fn found_claims(
        &self,
        caller: &Caller,
        claims: Vec<(RecordNumber, Sighted)>,
        sought: &[Value],
    ) -> Result<Vec<FoundRecord>, EngineError> {
        let mut found = Vec::new();
        for (record, sighted) in claims.into_iter().take(FOUND_MAX) {
            let bodies = self.bodies_shown(&caller.party, &[record])?;
            let body = bodies.into_iter().next().flatten();
            let held = values_in(body.as_deref(), |value| sought.contains(value));
            if !held.is_empty() {
                let record = sighted;
                found.push(FoundRecord { record, held });
            }
        }
        Ok(found)
    }

    /// The records that may hold one of those values, whoever may see them.
    fn holders_of(&self, sought: &[Value]) -> Result<BTreeSet<RecordNumber>, EngineError> {
        self.is_indexed()?;
        let count = self.look()?.state().record_count();
        let mut found = BTreeSet::new();
        for value in sought {
            let imprint = Imprint::of_value(value);
            holders(self.journal.as_ref(), count, imprint, &mut |record| {
                found.insert(record);
                std::ops::ControlFlow::Continue(())
            })?;
        }
        Ok(found)
    }

    /// Looks something up, writes the receipts for what it names, and hands it out.
    pub(crate) async fn answer<T>(
        &self,
        caller: &Caller,
        filter: &str,
        survey: impl Fn(&Self) -> Result<Survey<T>, EngineError>,
    ) -> Result<Released<T>, EngineError> {
        for _ in 0..ATTEMPTS {
            let Survey {
                answer,
                named,
                losses,
            } = survey(self)?;
            let receipts = {
                let fold = self.look()?;
                receipts(&fold, caller, filter, &named)
            };
            if receipts.is_empty() || self.release(caller, receipts, losses).await?.is_some() {
                let guard = self.guard(&caller.party, losses);
                if guard.holds() {
                    return Ok(Released { answer, guard });
                }
            }
        }
        let text = "agreements change faster than an answer can be written; try again shortly";
        Err(EngineError::new(
            Fault::Unavailable,
            "engine.unsteady",
            text,
        ))
    }
}

fn receipts(
    fold: &Fold,
    caller: &Caller,
    filter: &str,
    named: &BTreeMap<AreaName, Vec<Item>>,
) -> Vec<Receipt> {
    named
        .iter()
        .filter_map(|(area, items)| receipt(fold, caller, area, filter, Extent::Heads, items))
        .collect()
}

/// A text as a part of a query string (RFC 3986 section 2.1).
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
