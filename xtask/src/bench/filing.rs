//! Filing ATT&CK in envelopes of 1,000, one client on one connection, each durable before it is
//! answered: against the same bodies put into bare LMDB with the same commits; and what it takes
//! on the disk.

use std::fs;

use anyhow::Result;

use super::goal::Group;
use super::place::{Place, text};
use super::result::Results;
use super::sample::{Samples, brief, time};
use super::venue::Venue;

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let envelopes = place.envelopes()?;
    let (mut http, mut engine) = (Samples::default(), Samples::default());
    let (mut bare, mut size) = (Samples::default(), Samples::default());
    let (mut read, mut append) = (Samples::default(), Samples::default());
    for _ in 0..place.options.runs {
        let venue = Venue::found(place, "filing", 1)?;
        let serving = venue.serve(place)?;
        let watch = std::time::Instant::now();
        serving.file(venue.secret("MITRE")?, &envelopes.paths)?;
        http.push(watch.elapsed().as_secs_f64());
        serving.server.stop()?;
        size.push(venue.disk_bytes()? / envelopes.bytes);

        if place.options.wants("file-bare-engine") {
            let venue = Venue::found(place, "filing-engine", 1)?;
            let told = place.probe(&["file", text(&venue.base)?, text(&envelopes.dir)?])?;
            engine.push(told.one("file_seconds")?);
            read.push(told.one("file_read_seconds")?);
            append.push(told.one("file_append_seconds")?);
        }
        let dir = place.fresh("filing-bare")?;
        bare.push(place.bare(&dir, &envelopes.dir)?.one("bare_seconds")?);
    }
    for name in ["filing", "filing-engine", "filing-bare"] {
        fs::remove_dir_all(place.dir.join(name)).ok();
    }
    if place.options.wants("file-bare") {
        results.row("file-bare", &bare.over(&http))?;
    }
    if place.options.wants("file-bare-engine") {
        results.row("file-bare-engine", &bare.over(&engine))?;
    }
    if place.options.wants("size") {
        results.row("size", &size)?;
    }
    let [http, engine, bare] = [http, engine, bare].map(|s| s.spread().median);
    let [read, append] = [read, append].map(|s| s.spread().median);
    let engine = match engine.is_finite() {
        true => format!(
            "in process {} (reading {}, durable writes {}, to judge, seal and take in {}), ",
            time(engine),
            time(read),
            time(append),
            time(engine - read - append)
        ),
        false => String::new(),
    };
    results.fact(
        Group::Filing,
        "ATT&CK whole",
        format!(
            "{} records, {} MB: over HTTP {} ({} records/s), {engine}bare LMDB {}",
            brief(envelopes.objects),
            brief(envelopes.bytes / 1e6),
            time(http),
            brief(envelopes.objects / http),
            time(bare)
        ),
    )
}
