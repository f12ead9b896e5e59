//! Amendments: how long until the party's next page is right, against judging every record anew.
//!
//! The party that sees one record in a thousand is given everything, then it is taken away again.
//! Timed from the moment that the last signature is handed in until a page of 100 has been read
//! that is as the new terms say; the durable entry is within it. Judging anew asks the gate's
//! verdict on each record one by one: on every record for that party, and on one record in a
//! hundred for every party, times a hundred.

use std::path::Path;

use legation_core::gate::Verdict;
use legation_core::id::{PartyCode, RecordNumber};

use crate::page::read;
use crate::people::{Share, agreement};
use crate::venue::{FEW, Venue, cyber};
use crate::{Outcome, seconds, tell};

pub(crate) fn measure(base: &Path, runs: u32) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let caller = venue.caller(FEW)?;
    let area = cyber()?;
    let count = || venue.office.with(|fold| fold.count(&caller.party, &area));
    let few = count()?;
    let id = format!("nato-{}", FEW.to_lowercase()).parse()?;
    let standing = venue.office.agreement(&venue.chief, &id, None)?;
    let mut version = standing
        .agreement
        .latest()
        .map_or(0, |latest| latest.document.version.0);
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        for (share, samples) in [(Share::All, &mut gains), (Share::Few, &mut losses)] {
            version += 1;
            let last = venue.table(&agreement(FEW, version, share), FEW)?;
            samples.push(seconds(|| {
                venue.accept(last)?;
                read(&venue.runtime, &venue.office, &caller, None)
            })?);
            let now = count()?;
            if matches!(share, Share::Few) != (now == few) {
                return Err(format!("after the amendment the party is shown {now}").into());
            }
        }
    }
    tell("amend_gain", &gains);
    tell("amend_lose", &losses);

    let records = venue.office.with(|fold| fold.state().record_count())?;
    let party = seconds(|| judge(&venue, std::slice::from_ref(&caller.party), records, 1))?;
    tell("judge_party", &[party]);
    let parties: Vec<PartyCode> = venue.office.with(|fold| {
        fold.state()
            .parties()
            .skip(1)
            .map(|p| p.code.clone())
            .collect()
    })?;
    const STEP: usize = 100;
    let all = seconds(|| judge(&venue, &parties, records, STEP))?;
    tell("judge_all", &[all * STEP as f64]);
    Ok(())
}

/// Asks for the verdict on every record of a step, for each of those parties.
fn judge(venue: &Venue, parties: &[PartyCode], records: u32, step: usize) -> Outcome<u32> {
    Ok(venue.office.with(|fold| {
        let mut released = 0;
        for party in parties {
            for record in (0..records).step_by(step) {
                let verdict = fold.explain(party, RecordNumber(record));
                released += u32::from(matches!(verdict, Some(Verdict::Release(_))));
            }
        }
        released
    })?)
}
