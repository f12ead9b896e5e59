//! The time of a page of 100, for the party that sees everything and for the one that sees one
//! record in a thousand: through the engine with receipt and bodies, and cut from the view alone.
//!
//! Not here: HTTP; that is measured from outside.

use std::path::Path;

use legation_core::act::Extent;
use legation_core::time::Instant;
use legation_engine::{Caller, Office};
use tokio::runtime::Runtime;

use crate::venue::{ALL, FEW, Venue, cyber, query};
use crate::{Outcome, seconds, tell};

/// Records of a page.
pub(crate) const PAGE: usize = 100;

/// Pages of one sample.
const PAGES: usize = 9;

/// Reads a page with its bodies, as a face does.
pub(crate) fn read(
    runtime: &Runtime,
    office: &Office,
    caller: &Caller,
    after: Option<Instant>,
) -> Outcome<()> {
    let (area, query) = (cyber()?, query(after, PAGE));
    let reading = office.read(caller, &area, &query, Extent::Bodies, "");
    let mut reading = runtime.block_on(reading)?;
    std::hint::black_box(office.load(&mut reading)?);
    Ok(())
}

/// The dates before each of some pages from the middle of a party's view on.
fn middle(office: &Office, caller: &Caller) -> Outcome<Vec<Instant>> {
    let area = cyber()?;
    let count = office.with(|fold| fold.count(&caller.party, &area))? as usize;
    let all = office.with(|fold| fold.page(&caller.party, &area, &query(None, count)))?;
    let from = (count / 2).min(count.saturating_sub((PAGES + 1) * PAGE));
    let dates = all.items.iter().map(|item| item.date);
    Ok(dates.skip(from).step_by(PAGE).take(PAGES).collect())
}

pub(crate) fn measure(base: &Path, runs: u32) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let parties = [("all", venue.caller(ALL)?), ("few", venue.caller(FEW)?)];
    let mut samples = [const { Vec::new() }; 4];
    let starts = [
        middle(&venue.office, &parties[0].1)?,
        middle(&venue.office, &parties[1].1)?,
    ];
    let area = cyber()?;
    for run in 0..=runs {
        for (at, (_, caller)) in parties.iter().enumerate() {
            let dates = starts.get(at).ok_or("no such party")?;
            let pages = dates.len().max(1) as f64;
            let whole = seconds(|| {
                for date in dates {
                    read(&venue.runtime, &venue.office, caller, Some(*date))?;
                }
                Ok(())
            })?;
            let cut = seconds(|| {
                for date in dates {
                    let page = venue
                        .office
                        .with(|fold| fold.page(&caller.party, &area, &query(Some(*date), PAGE)))?;
                    std::hint::black_box(page);
                }
                Ok(())
            })?;
            // The first run warms up.
            if run > 0 {
                for (slot, sample) in [(at, whole), (at + 2, cut)] {
                    samples.get_mut(slot).ok_or("no slot")?.push(sample / pages);
                }
            }
        }
    }
    for (name, samples) in ["page_all", "page_few", "cut_all", "cut_few"]
        .iter()
        .zip(&samples)
    {
        tell(name, samples);
    }
    Ok(())
}
