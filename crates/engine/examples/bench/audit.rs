//! Receipts in number, and the questions that they answer: who and why.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};

use legation_core::act::Extent;
use legation_core::id::RecordNumber;
use legation_core::time::Instant;
use legation_engine::{Caller, Office};

use crate::page::{PAGE, read};
use crate::venue::{ALL, FEW, Venue, cyber, query};
use crate::{Outcome, seconds, tell};

/// Reads that are under way at once: they share durable writes.
const AT_ONCE: usize = 64;

/// Records that are asked about in one sample.
const ASKED: u32 = 20;

/// Has each party read `count` pages of 100, all over its view and in no order; fewer, the same
/// share of all for each, where that would take longer than `most` seconds.
pub(crate) fn write_receipts(base: &Path, count: usize, most: f64) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let before = venue.office.log_size()?;
    let watch = Stopwatch::now();
    let callers = venue.callers()?;
    let share = Duration::from_secs_f64(most / callers.len().max(1) as f64);
    for (_, caller) in callers.into_iter().skip(1) {
        let end = Stopwatch::now() + share;
        let dates = Arc::new(starts(&venue.office, &caller)?);
        let next = Arc::new(AtomicUsize::new(0));
        venue.runtime.block_on(async {
            let mut readers = tokio::task::JoinSet::new();
            for _ in 0..AT_ONCE {
                let (office, caller) = (venue.office.clone(), caller.clone());
                let (dates, next) = (Arc::clone(&dates), Arc::clone(&next));
                readers.spawn(
                    async move { pages(&office, &caller, &dates, &next, (count, end)).await },
                );
            }
            while let Some(reader) = readers.join_next().await {
                reader??;
            }
            Ok::<_, Box<dyn std::error::Error>>(())
        })?;
    }
    tell("receipts", &[(venue.office.log_size()? - before) as f64]);
    tell("receipts_seconds", &[watch.elapsed().as_secs_f64()]);
    Ok(())
}

/// The dates before each page of a party's view.
fn starts(office: &Office, caller: &Caller) -> Outcome<Vec<Instant>> {
    let area = cyber()?;
    let count = office.with(|fold| fold.count(&caller.party, &area))? as usize;
    let all = office.with(|fold| fold.page(&caller.party, &area, &query(None, count)))?;
    Ok(all
        .items
        .iter()
        .step_by(PAGE)
        .map(|item| item.date)
        .collect())
}

async fn pages(
    office: &Office,
    caller: &Caller,
    dates: &[Instant],
    next: &AtomicUsize,
    (count, end): (usize, Stopwatch),
) -> Result<(), String> {
    // Prime to any number of pages that occurs, so that all are read before one is read again.
    const STRIDE: usize = 7919;
    let area = cyber().map_err(|error| error.to_string())?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count || Stopwatch::now() >= end {
            return Ok(());
        }
        let after = dates.get((number * STRIDE) % dates.len().max(1)).copied();
        let query = query(after, PAGE);
        let reading = office.read(caller, &area, &query, Extent::Heads, "");
        reading.await.map_err(|error| error.to_string())?;
    }
}

/// Times who and why on records all over the store, and pages of 100 beside them.
pub(crate) fn measure(base: &Path, runs: u32) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let (all, few) = (venue.caller(ALL)?, venue.caller(FEW)?);
    let records = venue.office.with(|fold| fold.state().record_count())?;
    let ids: Vec<String> = (1..=ASKED)
        .map(|at| RecordNumber(records / (ASKED + 1) * at))
        .map(|record| {
            venue
                .office
                .with(|fold| fold.state().record_id(record).to_string())
        })
        .collect::<Result<_, _>>()?;
    let dates = starts(&venue.office, &all)?;
    let mut samples = [const { Vec::new() }; 3];
    let mut answers = 0;
    for run in 0..=runs {
        let who = seconds(|| {
            for id in &ids {
                answers += venue.office.who(&venue.chief, id)?.received.len();
            }
            Ok(())
        })?;
        let why = seconds(|| {
            for id in &ids {
                std::hint::black_box(venue.office.why(&venue.chief, &few.party, id)?);
            }
            Ok(())
        })?;
        let page = seconds(|| {
            let step = (dates.len() / (ids.len() + 1)).max(1);
            for date in dates.iter().step_by(step).take(ids.len()) {
                read(&venue.runtime, &venue.office, &all, Some(*date))?;
            }
            Ok(())
        })?;
        // The first run warms up.
        if run > 0 {
            for (samples, sample) in samples.iter_mut().zip([who, why, page]) {
                samples.push(sample / ids.len() as f64);
            }
        }
    }
    for (name, samples) in ["who", "why", "page"].iter().zip(&samples) {
        tell(name, samples);
    }
    tell(
        "who_rows",
        &[answers as f64 / f64::from((runs + 1) * ASKED)],
    );
    tell("entries", &[venue.office.log_size()? as f64]);
    Ok(())
}
