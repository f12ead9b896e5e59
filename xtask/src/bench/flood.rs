//! One party floods the office with full reads on 32 connections; another reads pages of 100, one
//! after the other, as it did in quiet. The office has the limits that it has by default.
//!
//! Both clients run on the machine of the office: where it has few cores, the flood's own client
//! takes time from the office and from the quiet reader. An office that answers the flood slower,
//! while the other is there, gives most of it back.

use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::goal::Group;
use super::place::Place;
use super::read::filed;
use super::result::Results;
use super::sample::{Samples, time};
use super::venue::{Serving, follow};
use super::wrk::Load;

const CONNECTIONS: u32 = 32;

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let venue = filed(place, "flood")?;
    let serving = venue.serve_with_limits(place)?;
    let quiet_secret = venue.secret("P0")?;
    let loud_secret = venue.secret("P2")?;
    let mut connection = serving.connect(quiet_secret)?;
    let pages = follow(&mut connection, &serving.objects("limit=100"), 50)?.paths;
    let loud = follow(
        &mut serving.connect(loud_secret)?,
        &serving.objects("limit=1000"),
        25,
    )?;
    let load = Load::new(
        &place.dir,
        "flood",
        serving.port(),
        Some(loud_secret),
        &loud.paths,
    )?;
    let (mut tails, mut middles) = (Samples::default(), Samples::default());
    let (mut quiet_tail, mut loud_tail) = (Samples::default(), Samples::default());
    for _ in 0..place.options.runs {
        let quiet = latencies(place, &serving, quiet_secret, &pages)?;
        let mut flood = load
            .command(CONNECTIONS, 60.0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start wrk")?;
        std::thread::sleep(std::time::Duration::from_millis(500));
        let flooded = latencies(place, &serving, quiet_secret, &pages);
        flood.kill()?;
        flood.wait()?;
        let flooded = flooded?;
        tails.push(flooded.quantile(0.99) / quiet.quantile(0.99));
        middles.push(flooded.quantile(0.5) / quiet.quantile(0.5));
        quiet_tail.push(quiet.quantile(0.99));
        loud_tail.push(flooded.quantile(0.99));
    }
    results.row("flood", &tails)?;
    results.row("flood-median", &middles)?;
    let [quiet, loud] = [quiet_tail, loud_tail].map(|s| time(s.spread().median));
    let text =
        format!("p99 of a page of 100: quiet {quiet}, beside {CONNECTIONS} connections {loud}");
    results.fact(Group::Flood, "flood", text)?;
    serving.server.stop()
}

/// The time of each of some pages, read one after the other.
fn latencies(place: &Place, serving: &Serving, secret: &str, pages: &[String]) -> Result<Samples> {
    let count = if place.options.quick { 200 } else { 1000 };
    let most = std::time::Duration::from_secs(20);
    let mut connection = serving.connect(secret)?;
    let mut samples = Samples::default();
    let since = Instant::now();
    for path in pages.iter().cycle().take(count) {
        let watch = Instant::now();
        connection.fetch(path)?;
        samples.push(watch.elapsed().as_secs_f64());
        if since.elapsed() > most {
            break;
        }
    }
    Ok(samples)
}
