//! What an open office holds on the heap: measured by a counting allocator, after opening.
//!
//! The pages of the journal that are mapped are not on the heap and not counted.

use std::path::Path;

use crate::venue::Venue;
use crate::{Outcome, heap_bytes, tell};

pub(crate) fn measure(base: &Path) -> Outcome<()> {
    let before = heap_bytes();
    let venue = Venue::open(base)?;
    let records = venue.office.with(|fold| fold.state().record_count())?;
    let parties = venue.office.with(|fold| fold.state().parties().count())?;
    tell("heap_bytes", &[heap_bytes() - before]);
    tell("records", &[f64::from(records)]);
    tell("parties", &[parties as f64]);
    Ok(())
}
