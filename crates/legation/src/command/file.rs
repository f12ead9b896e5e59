//! `legation file`: the host files records, byte for byte as they stand in its files.
//!
//! Every file is read before the first request: a file that is neither STIX nor MISP stops everything.
//! Then the objects go out in requests that an office takes. A single object that is refused, here
//! or by the office, stops no other.

use std::path::{Path, PathBuf};

use clap::Args;
use legation_core::act::Refusal;
use legation_core::id::AreaName;
use legation_engine::{EngineError, Envelope, Shape};
use serde_json::{Value, json};

use crate::answer::{Answer, list, put, shown};
use crate::client::{BODY_MAX, Client, Connection};
use crate::disk;
use crate::failure::Failure;
use crate::progress::Progress;

/// The most objects of one request: a page of work between two looks at the bar.
const OBJECTS_MAX: usize = 1000;

/// The most refusals that are shown to a person.
const SHOWN_MAX: usize = 20;

const EXAMPLES: &str = "\
Examples:
  legation file --area cyber bundle.json --dir tokyo
  legation file --area cyber reports/*.json --dir tokyo --json
  legation file --area cyber misp-event.json --dir tokyo

Takes STIX 2.1 bundles, TAXII envelopes and single objects, and MISP events as what they are in STIX, with
their original. Filing again what \
is there already changes nothing. The exit code is 1 if nothing could be filed and something was \
refused, or if a file or a request failed; it is 0 if anything was filed or was there already.";

/// File records as the host
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct File {
    /// The area they belong to
    #[arg(long, value_name = "AREA")]
    area: AreaName,
    /// Files of records; `-` is the standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// What has come of it so far.
#[derive(Default)]
struct Sum {
    filed: u64,
    unchanged: u64,
    warnings: u64,
    refused: Vec<Value>,
}

/// The objects of one request: the place of each in its file, and their bytes as a body.
struct Batch {
    places: Vec<u32>,
    body: Vec<u8>,
}

impl File {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let client = self.connection.open()?;
        let mut total = 0;
        // The standard input can be read once only.
        let mut input = None;
        for path in &self.paths {
            let bytes = disk::read(path)?;
            total += envelope(path, &bytes)?.len();
            if path == Path::new("-") {
                input = Some(bytes);
            }
        }
        let bar = Progress::over(total as u64, "filing", "objects");
        let mut sum = Sum::default();
        for path in &self.paths {
            let bytes = match input.take_if(|_| path == Path::new("-")) {
                Some(bytes) => bytes,
                None => disk::read(path)?,
            };
            if let Err(failure) = self.file(&client, path, &bytes, &bar, &mut sum) {
                return Err(sum.put_beside(failure));
            }
        }
        drop(bar);
        let nothing = sum.filed == 0 && sum.unchanged == 0 && !sum.refused.is_empty();
        Ok(Answer::new(sum.text(), sum.json()).refused_if(nothing))
    }

    fn file(
        &self,
        client: &Client,
        path: &Path,
        bytes: &[u8],
        bar: &Progress,
        sum: &mut Sum,
    ) -> Result<(), Failure> {
        let envelope = envelope(path, bytes)?;
        for refusal in envelope.refused() {
            sum.refuse(path, refusal);
        }
        bar.add(envelope.refused().len() as u64);
        let target = format!("/areas/{}/records", self.area);
        for batch in batches(&envelope) {
            match client.send(&target, "application/json", &batch.body) {
                Ok(answer) => sum.take(path, &batch, &answer),
                // One object that is too much for an office is that object's own fault.
                Err(failure) if batch.places.len() == 1 && batch.body.len() > BODY_MAX => {
                    sum.refused.push(json!({
                        "record": null, "reason": failure.code(), "text": failure.text(),
                        "file": path, "index": batch.places.first(),
                    }));
                }
                Err(failure) => return Err(failure),
            }
            bar.add(batch.places.len() as u64);
        }
        Ok(())
    }
}

impl Sum {
    fn refuse(&mut self, path: &Path, refusal: &Refusal) {
        self.refused.push(json!({
            "record": refusal.id, "reason": refusal.code, "text": refusal.text,
            "file": path, "index": refusal.index,
        }));
    }

    /// Adds what the office said of one request.
    fn take(&mut self, path: &Path, batch: &Batch, answer: &Value) {
        let count = |key: &str| answer.get(key).and_then(Value::as_u64).unwrap_or(0);
        self.filed += count("filed");
        self.unchanged += count("unchanged");
        self.warnings += count("warnings");
        for refused in list(answer, "refused") {
            let index = refused.get("index").and_then(Value::as_u64);
            let index = index.and_then(|index| batch.places.get(usize::try_from(index).ok()?));
            let mut refused = refused.clone();
            put(&mut refused, "file", json!(path));
            put(&mut refused, "index", json!(index));
            self.refused.push(refused);
        }
    }

    fn json(&self) -> Value {
        json!({"filed": self.filed, "unchanged": self.unchanged, "refused": self.refused,
            "warnings": self.warnings})
    }

    fn text(&self) -> String {
        let refused = self.refused.len();
        let mut text = format!(
            "filed {}, unchanged {}, refused {refused}\n",
            self.filed, self.unchanged
        );
        for one in self.refused.iter().take(SHOWN_MAX) {
            let [file, index, record, reason, said] =
                ["file", "index", "record", "reason", "text"].map(|key| shown(one, key));
            text += &format!("  {file}, object {index}, {record}: {reason}: {said}\n");
        }
        if refused > SHOWN_MAX {
            text += &format!("  and {} more; --json tells all\n", refused - SHOWN_MAX);
        }
        if self.warnings > 0 {
            let warnings = self.warnings;
            text += &format!("  warnings {warnings}; `legation stix check` tells them\n");
        }
        text
    }

    /// What was filed before a failure stays filed, and whoever filed it should know.
    fn put_beside(&self, failure: Failure) -> Failure {
        failure
            .beside("filed", self.filed.into())
            .beside("unchanged", self.unchanged.into())
            .beside("refused", self.refused.clone().into())
    }
}

/// Reads a file: a bundle, an envelope or a single object.
fn envelope(path: &Path, bytes: &[u8]) -> Result<Envelope, Failure> {
    let read = |bytes: &[u8]| Envelope::read(bytes, Shape::Any, usize::MAX);
    let single = |error: &EngineError| error.code == "stix.object-not-envelope";
    let envelope = read(bytes).or_else(|error| match single(&error) {
        true => read(&[b"{\"objects\":[", bytes, b"]}"].concat()),
        false => Err(error),
    });
    envelope.map_err(|error| Failure::from(error).of(path))
}

/// Cuts the sound objects of a file into requests that an office takes.
fn batches(envelope: &Envelope) -> Vec<Batch> {
    const OPEN: &[u8] = b"{\"objects\":[";
    const CLOSE: &[u8] = b"]}";
    let mut batches: Vec<Batch> = Vec::new();
    for (place, object) in envelope.sound() {
        let fits = |batch: &Batch| {
            let length = batch.body.len() + 1 + object.len() + CLOSE.len();
            batch.places.len() < OBJECTS_MAX && length <= BODY_MAX
        };
        match batches.last_mut().filter(|batch| fits(batch)) {
            Some(batch) => {
                batch.places.push(place);
                batch.body.push(b',');
                batch.body.extend_from_slice(object);
            }
            None => batches.push(Batch {
                places: vec![place],
                body: [OPEN, object].concat(),
            }),
        }
    }
    for batch in &mut batches {
        batch.body.extend_from_slice(CLOSE);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(number: usize, padding: usize) -> String {
        let text = "x".repeat(padding);
        format!(
            "{{\"type\":\"identity\",\"spec_version\":\"2.1\",\"name\":\"{text}\",\
             \"id\":\"identity--00000000-0000-4000-8000-{number:012x}\",\
             \"created\":\"2024-01-01T00:00:00Z\",\"modified\":\"2024-01-01T00:00:00Z\"}}"
        )
    }

    fn read(body: &str) -> Envelope {
        envelope(Path::new("a.json"), body.as_bytes()).unwrap()
    }

    #[test]
    fn every_shape_is_taken_with_its_exact_bytes() {
        let one = object(1, 3);
        let bundle = format!(
            "{{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000000\",\
             \"objects\":[{one}]}}"
        );
        for body in [one.clone(), format!("{{\"objects\":[{one}]}}"), bundle] {
            let batches = batches(&read(&body));
            assert_eq!(batches.len(), 1);
            let sent = String::from_utf8(batches[0].body.clone()).unwrap();
            assert_eq!(sent, format!("{{\"objects\":[{one}]}}"));
        }
    }

    #[test]
    fn requests_keep_within_both_limits() {
        let many: Vec<String> = (0..2500).map(|number| object(number, 3)).collect();
        let cut = batches(&read(&format!("{{\"objects\":[{}]}}", many.join(","))));
        let sizes: Vec<usize> = cut.iter().map(|batch| batch.places.len()).collect();
        assert_eq!(sizes, [1000, 1000, 500]);
        assert_eq!(cut[2].places[0], 2000);

        let large: Vec<String> = (0..5)
            .map(|number| object(number, BODY_MAX / 2 - 400))
            .collect();
        let cut = batches(&read(&format!("{{\"objects\":[{}]}}", large.join(","))));
        let sizes: Vec<usize> = cut.iter().map(|batch| batch.places.len()).collect();
        assert_eq!(sizes, [2, 2, 1]);
        assert!(cut.iter().all(|batch| batch.body.len() <= BODY_MAX));
    }

    #[test]
    fn an_object_that_is_refused_keeps_its_place_and_stops_no_other() {
        let body = format!("{{\"objects\":[{{\"type\":\"x\"}},{}]}}", object(1, 0));
        let envelope = read(&body);
        assert_eq!(envelope.refused()[0].index, 0);
        assert_eq!(batches(&envelope)[0].places, [1]);
    }

    #[test]
    fn a_file_that_is_no_stix_is_told_with_its_place() {
        let failure = envelope(Path::new("a.json"), b"{\"objects\":[").unwrap_err();
        assert!(failure.code().starts_with("json."));
        assert!(failure.to_string().contains("`a.json`: "), "{failure}");
    }
}
