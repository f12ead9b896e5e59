//! Measures validation: all objects of a folder of envelopes, against `serde_json` that merely parses
//! the same bytes into its `Value`.
//!
//! `validate DIR RUNS SAMPLE FILE` prints one line per figure, in seconds, on one core. It also
//! writes every so manieth object into a bundle at FILE, SAMPLE of them, for other validators, and
//! validates that by itself.

#![allow(clippy::print_stdout, reason = "a measuring program for developers")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use legation_stix::envelope::{Shape, split};
use legation_stix::validate::{each, validate};

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Done<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dir, runs, sample, file] = words.as_slice() else {
        return Err("usage: validate DIR RUNS SAMPLE FILE".into());
    };
    let (runs, sample): (usize, usize) = (runs.parse()?, sample.parse()?);
    let mut envelopes = Vec::new();
    for item in std::fs::read_dir(dir)? {
        let path = item?.path();
        if path.extension().is_some_and(|end| end == "json") {
            envelopes.push(std::fs::read(path)?);
        }
    }
    let mut objects: Vec<&[u8]> = Vec::new();
    for envelope in &envelopes {
        objects.extend(split(envelope, Shape::Any, usize::MAX)?.objects);
    }
    let whole = bundle(objects.iter().copied());
    let step = (objects.len() / sample.max(1)).max(1);
    let some = bundle(objects.iter().copied().step_by(step).take(sample));
    std::fs::write(file, &some)?;

    let mut errors = 0;
    let about = each(&whole, |entry| errors += entry.report.errors().count());
    println!("figure objects {}", objects.len());
    println!("figure bytes {}", whole.len());
    println!("figure errors {}", errors + about.errors().count());
    tell("validate", runs, || drop(black_box(validate(&whole))));
    tell("each", runs, || {
        drop(black_box(each(&whole, |entry| drop(black_box(entry)))));
    });
    tell("value", runs, || {
        drop(black_box(serde_json::from_slice::<serde_json::Value>(
            &whole,
        )));
    });
    tell("sample", runs, || drop(black_box(validate(&some))));
    Ok(())
}

fn bundle<'a>(objects: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut text =
        br#"{"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","objects":["#
            .to_vec();
    for (n, object) in objects.enumerate() {
        if n > 0 {
            text.push(b',');
        }
        text.extend(object);
    }
    text.extend(b"]}");
    text
}

fn tell(name: &str, runs: usize, run: impl Fn()) {
    let mut line = format!("figure {name}");
    for _ in 0..runs {
        let start = Instant::now();
        run();
        let _ = write!(line, " {}", start.elapsed().as_secs_f64());
    }
    println!("{line}");
}
