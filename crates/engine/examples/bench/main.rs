//! The measurements that need the engine itself: `cargo xtask bench` starts this program once for
//! each, so that none inherits another's memory.
//!
//! ```text
//! bench envelopes OUT SIZE [BUNDLE]            the objects of a bundle as TAXII envelopes
//! bench people BASE PARTIES                    parties, agreements and clients in BASE/office
//! bench fill BASE RECORDS [BUNDLE]             records, filed by the first partner
//! bench file BASE ENVELOPES                    the time of filing a folder of envelopes
//! bench page BASE RUNS                         pages of 100, for who sees all and who sees few
//! bench amend BASE RUNS                        amendments, and judging every record anew
//! bench heap BASE                              bytes on the heap of an open office
//! bench receipt BASE COUNT SECONDS             COUNT reads of pages of 100 by each party, or fewer
//! bench audit BASE RUNS                        who and why, against a page of 100
//! bench grow RECORDS PARTIES RUNS              the fold and its views alone, without bodies
//! ```
//!
//! BASE/office is an office as `legation init` founds it; BASE/clients.txt is written by `people`.
//! What was measured is printed as lines `figure NAME SAMPLE...`; what they mean and what they are
//! compared with is `cargo xtask bench`'s matter.

mod amend;
mod audit;
mod corpus;
mod fill;
mod grow;
mod heap;
mod page;
mod people;
mod venue;

use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts what is allocated; the counting costs every measurement here the same few nanoseconds.
#[global_allocator]
static HEAP: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["envelopes", out, size, bundle @ ..] => {
            corpus::write_envelopes(Path::new(out), size.parse()?, first(bundle).as_deref())
        }
        ["people", base, parties] => people::admit(Path::new(base), parties.parse()?),
        ["fill", base, records, bundle @ ..] => {
            fill::fill(Path::new(base), records.parse()?, first(bundle).as_deref())
        }
        ["file", base, envelopes] => fill::file(Path::new(base), Path::new(envelopes)),
        ["page", base, runs] => page::measure(Path::new(base), runs.parse()?),
        ["amend", base, runs] => amend::measure(Path::new(base), runs.parse()?),
        ["heap", base] => heap::measure(Path::new(base)),
        ["receipt", base, count, seconds] => {
            audit::write_receipts(Path::new(base), count.parse()?, seconds.parse()?)
        }
        ["audit", base, runs] => audit::measure(Path::new(base), runs.parse()?),
        ["grow", records, parties, runs] => {
            grow::measure(records.parse()?, parties.parse()?, runs.parse()?)
        }
        _ => Err("see the header of crates/engine/examples/bench/main.rs".into()),
    }
}

/// The bundle, if one is named.
fn first(rest: &[&str]) -> Option<PathBuf> {
    rest.first().map(PathBuf::from)
}

/// Prints a figure.
fn tell(name: &str, samples: &[f64]) {
    let samples: Vec<String> = samples.iter().map(|s| format!("{s:e}")).collect();
    println!("figure {name} {}", samples.join(" "));
}

/// The seconds that some work takes.
fn seconds<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<f64> {
    let watch = Stopwatch::now();
    std::hint::black_box(work()?);
    Ok(watch.elapsed().as_secs_f64())
}

/// The bytes that are on the heap now.
fn heap_bytes() -> f64 {
    let stats = HEAP.stats();
    stats.bytes_allocated as f64 - stats.bytes_deallocated as f64
}
