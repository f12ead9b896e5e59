//! How the figures grow: with what is stored, with who takes part, and with what is delivered.
//!
//! The fold and its views without bodies (a generator makes the heads) at 10,000 to ten million
//! records, and at 1 to 1,000 parties; and whole offices with bodies for start and size.

use std::fs;

use anyhow::Result;

use super::goal::Group;
use super::million::{cat, spare_memory};
use super::place::{Place, text};
use super::result::Results;
use super::sample::{Samples, brief};
use super::venue::Venue;

/// The memory that ten million records may take while they are made.
const TEN_MILLION_NEED: f64 = 8e9;

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let quick = place.options.quick;
    let runs = place.options.runs.to_string();
    let mut sizes: Vec<u64> = vec![10_000, 100_000];
    if !quick {
        sizes.push(1_000_000);
        if spare_memory() > TEN_MILLION_NEED {
            sizes.push(10_000_000);
        }
    }
    let mut pages = Vec::new();
    for &records in &sizes {
        let told = place.probe(&["grow", &records.to_string(), "100", &runs])?;
        let x = records as f64;
        for (plot, name, series) in [
            ("page", "page_all", "party that sees all"),
            ("page", "page_few", "party that sees 0.1 %"),
            ("amend", "amend_gain", "gain of all but 0.1 %"),
            ("amend", "amend_lose", "loss of the same"),
            ("audit", "who", "who"),
            ("audit", "why", "why"),
            ("store", "heap", "heap, fold and views"),
            ("filing", "filing", "per record"),
        ] {
            if let Some(samples) = told.find(name) {
                results.point(plot, series, x, samples.spread().median)?;
            }
        }
        pages.push(told.one("page_all")?);
        if records == 100_000 {
            for limit in [10, 100, 1_000, 10_000] {
                let spent = told.one(&format!("page_of_{limit}"))?;
                results.point(
                    "delivered",
                    "page cut from the view",
                    f64::from(limit),
                    spent,
                )?;
            }
        }
    }
    if let (Some(first), Some(last)) = (pages.first(), pages.last()) {
        results.row("growth", &Samples::of(vec![last / first]))?;
        let (from, to) = (sizes.first().unwrap_or(&0), sizes.last().unwrap_or(&0));
        let text = format!(
            "page of 100 at {} against {} records",
            brief(*to as f64),
            brief(*from as f64)
        );
        results.fact(Group::Growth, "growth", text)?;
    }
    parties(place, results, &runs)?;
    offices(place, results)
}

fn parties(place: &Place, results: &mut Results, runs: &str) -> Result<()> {
    let numbers: &[u32] = if place.options.quick {
        &[2, 10, 100]
    } else {
        &[1, 10, 100, 1000]
    };
    for &parties in numbers {
        let told = place.probe(&["grow", "100000", &parties.to_string(), runs])?;
        let x = f64::from(parties);
        for (name, series) in [
            ("page_all", "page of 100, sees all"),
            ("page_few", "page of 100, sees 0.1 %"),
            ("amend_gain", "amendment of one party"),
            ("filing", "filing, per record"),
            ("who", "who"),
        ] {
            if let Some(samples) = told.find(name) {
                results.point("party", series, x, samples.spread().median)?;
            }
        }
    }
    Ok(())
}

/// Offices with bodies: how long they take to start and what they take on the disk.
fn offices(place: &Place, results: &mut Results) -> Result<()> {
    let sizes: &[u64] = if place.options.quick {
        &[10_000]
    } else {
        &[10_000, 100_000]
    };
    for &records in sizes {
        let venue = Venue::found(place, "growth", 10)?;
        let number = records.to_string();
        let told = place.probe_with_bundle(&["fill", text(&venue.base)?, &number])?;
        let disk = venue.disk_bytes()?;
        note(
            place,
            results,
            &venue,
            records as f64,
            (disk, told.one("raw_bytes")?),
        )?;
    }
    let large = place.dir.join("million");
    if !place.options.quick && large.join("filled").exists() {
        let venue = Venue::open(large)?;
        let x = 1e6;
        results.point("start", "start to first page", x, started(place, &venue)?)?;
        results.point("start", "cat of the data directory", x, cat(&venue)?)?;
        results.point("store", "disk", x, venue.disk_bytes()? / x)?;
        let raw = fs::read_to_string(venue.base.join("filled"))?;
        results.point(
            "store",
            "raw bytes filed",
            x,
            raw.trim().parse::<f64>()? / x,
        )?;
    }
    Ok(())
}

fn note(
    place: &Place,
    results: &mut Results,
    venue: &Venue,
    x: f64,
    (disk, raw): (f64, f64),
) -> Result<()> {
    results.point("start", "start to first page", x, started(place, venue)?)?;
    results.point("start", "cat of the data directory", x, cat(venue)?)?;
    results.point("store", "disk", x, disk / x)?;
    results.point("store", "raw bytes filed", x, raw / x)
}

fn started(place: &Place, venue: &Venue) -> Result<f64> {
    let mut samples = Samples::default();
    for _ in 0..=place.options.runs {
        samples.push(super::million::start_once(place, venue)?);
    }
    Ok(samples.spread().median)
}
