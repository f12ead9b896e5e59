//! Other TAXII servers, installed for the bench: opentaxii with gunicorn on its SQLite home, and
//! medallion on its memory home.
//!
//! Each holds one envelope or a few of ATT&CK's objects, not all: opentaxii would take minutes to
//! file them, medallion hours, since each object is compared with each. A smaller store favours
//! them. They are asked without passwords where they allow it, and keep no receipts. Rates are in
//! records a second, since they write the same records with more blanks.

mod medallion;
mod opentaxii;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::child::{Server, output};
use super::goal::Group;
use super::http::Connection;
use super::place::Place;
use super::read::filed;
use super::result::Results;
use super::sample::{Samples, brief, time};
use super::venue::{Venue, follow};
use super::wrk::Load;
use crate::test::setup;

/// Records of a page, and of an envelope.
const PAGE: f64 = 1000.0;

/// A server of others that runs.
struct Running {
    name: &'static str,
    server: Server,
    /// The path of the objects of its one collection.
    objects: String,
    authorization: Option<&'static str>,
    /// Statuses with which it answers a filing that it has taken.
    taken: &'static [u16],
}

impl Running {
    /// Files envelopes one after the other; the seconds that it took.
    fn file(&self, bodies: &[Vec<u8>]) -> Result<f64> {
        let watch = Instant::now();
        for body in bodies {
            let mut connection = Connection::open(self.server.port, self.authorization)?;
            let answer = connection.send("POST", &self.objects, body)?;
            super::http::expect(&answer, self.taken, self.name)?;
        }
        Ok(watch.elapsed().as_secs_f64())
    }

    /// Records a second of full pages: on 8 connections, or on one where a page takes so long that
    /// a run would count none. (Those are bound by one core: more connections bring nothing.)
    fn read(&self, place: &Place) -> Result<f64> {
        const LONG: f64 = 1.0;
        let path = format!("{}?limit=1000", self.objects);
        let port = self.server.port;
        let watch = Instant::now();
        Connection::open(port, self.authorization)?.fetch(&path)?;
        let alone = watch.elapsed().as_secs_f64();
        if alone > LONG {
            return Ok(PAGE / alone);
        }
        let load = Load::new(&place.dir, self.name, port, self.authorization, &[path])?;
        Ok(load.run(8, 10.0)?.requests * PAGE)
    }

    /// Refuses to measure a server that does not hold what was filed.
    fn check(&self) -> Result<()> {
        let mut connection = Connection::open(self.server.port, self.authorization)?;
        let page = connection.fetch(&format!("{}?limit=1000", self.objects))?;
        let objects = page
            .body
            .windows(9)
            .filter(|part| part == b"\"created\"")
            .count();
        ensure!(
            objects >= PAGE as usize,
            "{} holds {objects} objects and should hold more: {}",
            self.name,
            page.start()
        );
        Ok(())
    }
}

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let envelopes = place.envelopes()?;
    let bodies = typical(place, &envelopes.paths)?;
    let venue = filed(place, "other")?;

    let opentaxii = opentaxii::start(place)?;
    let spent = opentaxii.file(&bodies)?;
    opentaxii.check()?;
    let theirs = spent / (PAGE * bodies.len() as f64);
    if place.options.wants("file-other") {
        let ours = file_ours(place, &envelopes.paths, envelopes.objects)?;
        results.row("file-other", &ours.times_faster(&Samples::of(vec![theirs])))?;
        let text = format!(
            "office {} a record (ATT&CK whole), opentaxii {} ({} records of it)",
            time(ours.spread().median),
            time(theirs),
            PAGE * bodies.len() as f64
        );
        results.fact(Group::Other, "file-other", text)?;
    }
    if place.options.wants("read-other") {
        let medallion = medallion::start(place)?;
        medallion.file(&bodies)?;
        medallion.check()?;
        compare(place, &venue, &[&opentaxii, &medallion], results)?;
    }
    Ok(())
}

/// One or two envelopes from within: relationships, which most of ATT&CK are and which are smaller
/// than the rest.
fn typical(place: &Place, paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let share: &[usize] = if place.options.quick {
        &[50]
    } else {
        &[40, 70]
    };
    let paths = share
        .iter()
        .filter_map(|percent| paths.get(paths.len() * percent / 100));
    Ok(paths.map(std::fs::read).collect::<Result<_, _>>()?)
}

/// Seconds a record of filing ATT&CK whole.
fn file_ours(place: &Place, paths: &[PathBuf], objects: f64) -> Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..place.options.runs {
        let venue = Venue::found(place, "filing", 1)?;
        let serving = venue.serve(place)?;
        let watch = Instant::now();
        serving.file(venue.secret("MITRE")?, paths)?;
        samples.push(watch.elapsed().as_secs_f64() / objects);
        serving.server.stop()?;
    }
    Ok(samples)
}

fn compare(place: &Place, venue: &Venue, others: &[&Running], results: &mut Results) -> Result<()> {
    let serving = venue.serve(place)?;
    let secret = venue.secret("P0")?;
    let first = serving.objects("limit=1000");
    let pages = follow(&mut serving.connect(secret)?, &first, usize::MAX)?;
    // The last page is short; the others hold a thousand records each.
    let full = pages
        .paths
        .get(..pages.paths.len().saturating_sub(1))
        .unwrap_or_default();
    let load = Load::new(&place.dir, "other-ours", serving.port(), Some(secret), full)?;
    load.run(8, 1.0)?;
    let mut ours = Samples::default();
    let mut theirs = vec![Samples::default(); others.len()];
    for _ in 0..place.options.runs {
        ours.push(load.run(8, place.load_seconds())?.requests * PAGE);
        for (other, samples) in others.iter().zip(&mut theirs) {
            samples.push(other.read(place)?);
        }
    }
    serving.server.stop()?;
    let best = theirs
        .iter()
        .max_by(|a, b| a.spread().median.total_cmp(&b.spread().median))
        .context("no other server was measured")?;
    results.row("read-other", &ours.over(best))?;
    let said: Vec<String> = others
        .iter()
        .zip(&theirs)
        .map(|(other, samples)| {
            format!(
                "{} {} records/s",
                other.name,
                brief(samples.spread().median)
            )
        })
        .collect();
    let text = format!(
        "office {} records/s, {}",
        brief(ours.spread().median),
        said.join(", ")
    );
    results.fact(Group::Other, "read-other", text)
}

/// A Python environment with those requirements, made once; its folder of programs.
pub(super) fn programs(place: &Place, name: &str, requirements: &str) -> Result<PathBuf> {
    let venv = place.target.join(name);
    setup::ensure_environment(&place.root, &venv, requirements)?;
    Ok(venv.join("bin"))
}

/// Runs a Python program of a few lines; what it prints.
pub(super) fn python(
    programs: &Path,
    program: &str,
    setup: &dyn Fn(&mut Command),
) -> Result<String> {
    let mut python = Command::new(programs.join("python"));
    setup(python.args(["-c", program]));
    output(&mut python)
}
