//! Validation of STIX: what it costs against merely parsing the same bytes, and against
//! `stix2-validator`, OASIS' own in Python.
//!
//! Both of ours take ATT&CK whole, on one core; the other takes objects from all over it, since it
//! needs many milliseconds for each. Reading the file is in nobody's time.

use std::process::Command;

use anyhow::{Result, ensure};

use super::goal::Group;
use super::other::{programs, python};
use super::place::{Figures, Place, text};
use super::result::Results;
use super::sample::{Samples, brief, time};

/// Validates a bundle; prints the seconds.
const PROGRAM: &str = "
import sys, time
from stix2validator import ValidationOptions, validate_string
text = open(sys.argv[1]).read()
start = time.perf_counter()
result = validate_string(text, ValidationOptions(version='2.1', silent=True))
print('figure other', time.perf_counter() - start)
print('figure valid', int(result.is_valid))
";

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let envelopes = place.envelopes()?;
    let file = place.fresh("validate")?.join("sample.json");
    let sample = if place.options.quick { "20" } else { "250" };
    let runs = place.options.runs.to_string();
    let words = [text(&envelopes.dir)?, &runs, sample, text(&file)?];
    let ours = place.validate(&words)?;
    let (whole, value) = (ours.of("validate")?, ours.of("value")?);
    let bytes = ours.one("bytes")?;
    results.row("validate-value", &whole.over(value))?;
    let rate = |seconds: f64| format!("{} MB/s", brief(bytes / 1e6 / seconds));
    let [whole, value] = [whole, value].map(|samples| samples.spread().median);
    let said = format!(
        "{} objects: validated {} ({}), parsed {} ({}), {} errors",
        brief(ours.one("objects")?),
        time(whole),
        rate(whole),
        time(value),
        rate(value),
        ours.one("errors")?
    );
    results.fact(Group::Validate, "validate-value", said)?;
    if place.options.wants("validate-other") {
        other(place, &ours, sample, text(&file)?, results)?;
    }
    Ok(())
}

fn other(
    place: &Place,
    ours: &Figures,
    sample: &str,
    file: &str,
    results: &mut Results,
) -> Result<()> {
    let venv = programs(
        place,
        "venv-stix2-validator",
        "xtask/requirements-stix2-validator.txt",
    )?;
    let said = python(&venv, PROGRAM, &|python: &mut Command| {
        python.arg(file);
    })?;
    let theirs = Figures::read(&said)?;
    let sound = (theirs.one("valid")? - 1.0).abs() < f64::EPSILON;
    ensure!(
        sound || ours.one("errors")? > 0.0,
        "stix2-validator refuses what we find valid"
    );
    let (here, there) = (ours.one("sample")?, theirs.one("other")?);
    results.row("validate-other", &Samples::of(vec![there / here]))?;
    let text = format!(
        "{sample} objects: stix2-validator {}, here {}",
        time(there),
        time(here)
    );
    results.fact(Group::Validate, "validate-other", text)
}
