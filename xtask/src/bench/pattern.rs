//! Patterns: what one observation costs against a thousand and against a million, and against
//! `stix2-matcher`, OASIS' own matcher in Python, on the same patterns and observations.
//!
//! The patterns come of seeded dice, in the mix of feeds; the measuring program of `stix` makes
//! them. Python has its patterns parsed and its observations read before the clock starts.

use std::process::Command;

use anyhow::{Result, ensure};

use super::goal::Group;
use super::other::{programs, python};
use super::place::{Place, text};
use super::result::Results;
use super::sample::{Samples, brief, time};

/// Matches each observation with each pattern; prints seconds an observation, and how many matched.
const PROGRAM: &str = "
import json, sys, time
from stix2matcher.matcher import Pattern
patterns = [Pattern(line, '2.1') for line in open(sys.argv[1]).read().split('\\n')]
bundles = json.load(open(sys.argv[2]))
start = time.perf_counter()
hits = sum(bool(pattern.match([bundle])) for bundle in bundles for pattern in patterns)
print('figure each', (time.perf_counter() - start) / len(bundles))
print('figure hits', hits)
";

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    if place.options.wants("pattern-growth") || place.options.wants("pattern-bytes") {
        growth(place, results)?;
    }
    if place.options.wants("pattern-other") {
        other(place, results)?;
    }
    Ok(())
}

fn growth(place: &Place, results: &mut Results) -> Result<()> {
    let sizes: [u64; 3] = if place.options.quick {
        [1_000, 5_000, 20_000]
    } else {
        [1_000, 100_000, 1_000_000]
    };
    let runs = place.options.runs.to_string();
    let mut costs: Vec<Samples> = Vec::new();
    let (mut said, mut bytes) = (Vec::new(), 0.0);
    for size in sizes {
        let told = place.pattern(&["index", &size.to_string(), &runs])?;
        let cost = told.of("observation")?.clone();
        let median = cost.spread().median;
        said.push(format!(
            "{} patterns {} an observation ({}/s)",
            brief(size as f64),
            time(median),
            brief(1.0 / median)
        ));
        results.point("pattern", "an observation", size as f64, median)?;
        bytes = told.one("bytes")?;
        costs.push(cost);
    }
    if let [small, .., large] = costs.as_slice() {
        results.row("pattern-growth", &large.over(small))?;
    }
    results.row("pattern-bytes", &Samples::of(vec![bytes]))?;
    results.fact(Group::Pattern, "pattern-growth", said.join(", "))
}

fn other(place: &Place, results: &mut Results) -> Result<()> {
    let (patterns, observations) = if place.options.quick {
        ("100", "5")
    } else {
        ("1000", "20")
    };
    let venv = programs(
        place,
        "venv-stix2-matcher",
        "xtask/requirements-stix2-matcher.txt",
    )?;
    let dir = place.fresh("pattern")?;
    let ours = place.pattern(&["sample", text(&dir)?, patterns, observations])?;
    let said = python(&venv, PROGRAM, &|python: &mut Command| {
        python.args([dir.join("patterns.txt"), dir.join("observations.json")]);
    })?;
    let theirs = super::place::Figures::read(&said)?;
    let (hits, same) = (ours.one("hits")?, theirs.one("hits")?);
    ensure!(
        hits == same && hits == ours.one("each_hits")?,
        "stix2-matcher has {same} matches, the index {hits}"
    );
    let (indexed, each) = (ours.one("indexed")?, ours.one("each")?);
    let python = theirs.one("each")?;
    results.row("pattern-other", &Samples::of(vec![python / indexed]))?;
    let text = format!(
        "an observation against {patterns} patterns: stix2-matcher {}, index {}, each tried alone {} ({} matches in {observations} observations)",
        time(python),
        time(indexed),
        time(each),
        brief(hits)
    );
    results.fact(Group::Pattern, "pattern-other", text)
}
