//! Filing: many records quickly, to have an office of a size; or one folder of envelopes, timed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant as Stopwatch};

use legation_engine::{Caller, Envelope, Shape};

use crate::corpus::{Corpus, envelope};
use crate::venue::{SOURCE, Venue, cyber};
use crate::{Outcome, tell};

/// Objects of one envelope when it is the size that counts and not the filing.
const ENVELOPE: usize = 10_000;

/// Every so many records one that everybody may see.
const LIGHT_EVERY: usize = 1000;

/// Files that many records.
pub(crate) fn fill(base: &Path, records: usize, bundle: Option<&Path>) -> Outcome<()> {
    let corpus = Corpus::open(bundle)?;
    let venue = Venue::open(base)?;
    let source = venue.caller(SOURCE)?;
    let watch = Stopwatch::now();
    // One thread makes and reads envelopes while the other files them.
    let (full, envelopes) = sync_channel(2);
    let bytes = std::thread::scope(|scope| -> Outcome<usize> {
        let maker = scope.spawn(move || make(&corpus, records, &full).map_err(|e| e.to_string()));
        for envelope in envelopes {
            file_one(&venue, &source, envelope)?;
        }
        maker
            .join()
            .map_err(|_| "making records broke down")?
            .map_err(Into::into)
    })?;
    tell("fill_seconds", &[watch.elapsed().as_secs_f64()]);
    tell("raw_bytes", &[bytes as f64]);
    let held = venue.office.with(|fold| fold.state().record_count())?;
    tell("records", &[f64::from(held)]);
    Ok(())
}

/// Makes the records and sends them off in envelopes; the bytes of all.
fn make(
    corpus: &Corpus,
    records: usize,
    full: &std::sync::mpsc::SyncSender<Envelope>,
) -> Outcome<usize> {
    let mut bytes = 0;
    let mut objects: Vec<Vec<u8>> = corpus.shared.clone();
    let mut made = objects.len();
    loop {
        if objects.len() >= ENVELOPE || made >= records {
            bytes += objects.iter().map(Vec::len).sum::<usize>();
            let body = envelope(objects.iter().map(Vec::as_slice));
            full.send(Envelope::read(&body, Shape::Envelope, usize::MAX)?)?;
            objects.clear();
        }
        if made >= records {
            return Ok(bytes);
        }
        objects.push(if made % LIGHT_EVERY == LIGHT_EVERY - 1 {
            corpus.light(made / LIGHT_EVERY)?
        } else {
            corpus.copy(made)?
        });
        made += 1;
    }
}

fn file_one(venue: &Venue, source: &Caller, envelope: Envelope) -> Outcome<()> {
    let filed = venue
        .runtime
        .block_on(venue.office.file(source, cyber()?, envelope))?;
    match filed.refused.first() {
        Some(refusal) => Err(format!("a record is refused: {}", refusal.text).into()),
        None => Ok(()),
    }
}

/// The time of filing every envelope of a folder, one after the other, and what it went to: reading
/// the envelopes (JSON, heads, digests), and the journal's durable writes. The rest is to judge,
/// seal and take in what they hold.
pub(crate) fn file(base: &Path, folder: &Path) -> Outcome<()> {
    let venue = Venue::open(base)?;
    let source = venue.caller(SOURCE)?;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|item| item.map(|item| item.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    let bodies: Vec<Vec<u8>> = paths.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let before = venue.office.gauges().append;
    let mut reading = Duration::ZERO;
    let watch = Stopwatch::now();
    for body in &bodies {
        let begun = Stopwatch::now();
        let envelope = Envelope::read(body, Shape::Envelope, usize::MAX)?;
        reading += begun.elapsed();
        file_one(&venue, &source, envelope)?;
    }
    let all = watch.elapsed();
    let append = venue.office.gauges().append - before;
    tell("file_seconds", &[all.as_secs_f64()]);
    tell("file_read_seconds", &[reading.as_secs_f64()]);
    tell("file_append_seconds", &[append.as_secs_f64()]);
    Ok(())
}
