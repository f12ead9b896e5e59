//! Which values relate nobody because too many records hold them, for the officer, in the host's view.
//!
//! The whole index is gone through twice: first rows are counted in coarse bins, then exactly where a
//! bin is over the cap, so that memory does not grow with the office.

use std::collections::HashMap;
use std::ops::ControlFlow;

use legation_core::id::RecordNumber;
use legation_stix::value::Value;

use super::glance::Eyes;
use super::related::{Why, listed};
use crate::admit::{Caller, staff};
use crate::error::{EngineError, Fault};
use crate::imprint::{self, Imprint};
use crate::office::Office;

/// So many values are listed, those that most records hold first.
const LISTED_MAX: usize = 1000;

/// How many bins there are: a megabyte of counts for millions of values.
const BINS: usize = 1 << 18;

/// A value that relates nobody in the host's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressedValue {
    /// The value.
    pub value: Value,
    /// How many records hold it that the host is shown.
    pub records: usize,
    /// Why it relates nobody.
    pub why: Why,
}

impl Office {
    /// The values that more records of the host's view hold than the cap, for the office's own
    /// people; those that stand on a list as well are told so.
    ///
    /// It reads the whole index of values.
    ///
    /// # Errors
    /// When the caller does not work at the office, or it has no index now.
    pub fn suppressed_values(&self, caller: &Caller) -> Result<Vec<SuppressedValue>, EngineError> {
        staff(caller)?;
        self.is_indexed()?;
        let eyes = Eyes::of(self, caller)?;
        let house = self.house_suppresses()?;
        let (count, cap) = {
            let fold = self.look()?;
            let state = fold.state();
            (state.record_count(), state.house.correlation.cap as usize)
        };
        let mut bins = vec![0_u32; BINS];
        imprint::every(self.journal.as_ref(), count, &mut |imprint, _| {
            if let Some(bin) = bins.get_mut(imprint.bin(BINS)) {
                *bin = bin.saturating_add(1);
            }
            ControlFlow::Continue(())
        })?;
        let mut held: HashMap<Imprint, (usize, RecordNumber)> = HashMap::new();
        imprint::every(self.journal.as_ref(), count, &mut |imprint, record| {
            let bin = bins.get(imprint.bin(BINS)).copied().unwrap_or_default();
            if bin as usize > cap {
                held.entry(imprint).or_insert((0, record)).0 += 1;
            }
            ControlFlow::Continue(())
        })?;
        // Rows of what is withdrawn are rows still: only what the host is shown counts.
        held.retain(|_, (rows, _)| *rows > cap);
        let mut found = Vec::new();
        for imprint in held.into_keys() {
            let mut candidates = Vec::new();
            imprint::holders(self.journal.as_ref(), count, imprint, &mut |record| {
                candidates.push(record);
                ControlFlow::Continue(())
            })?;
            let shown: Vec<RecordNumber> = {
                let fold = self.look()?;
                let shown = candidates.into_iter();
                shown
                    .filter(|&record| eyes.glimpse(&fold, record).is_some())
                    .collect()
            };
            let Some(&first) = shown.first().filter(|_| shown.len() > cap) else {
                continue;
            };
            let values = self.values_of(&caller.party, first)?.into_iter();
            for value in values.filter(|value| Imprint::of_value(value) == imprint) {
                let why = listed(&value, &house).unwrap_or(Why::Cap);
                found.push(SuppressedValue {
                    value,
                    records: shown.len(),
                    why,
                });
            }
        }
        found.sort_by(|one, other| (other.records, &one.value).cmp(&(one.records, &other.value)));
        found.truncate(LISTED_MAX);
        Ok(found)
    }

    /// Refuses where there is no index of values.
    pub(super) fn is_indexed(&self) -> Result<(), EngineError> {
        if self.indexed {
            return Ok(());
        }
        let text = "there was no room for the index of values; make room and restart the office";
        Err(EngineError::new(Fault::Unavailable, "find.no-index", text))
    }
}
