//! `cargo xtask bench`: every figure that counts, measured as released programs run, against others
//! on the same machine; one table, and `docs/benchmarks.md` with its plots.
//!
//! The cast. [`goal`] lists the rows, each group of rows is a file: [`read`], [`other`], [`filing`],
//! [`million`], [`flood`], [`growth`], [`pattern`], [`validate`], [`press`]. They run the released binary and nginx ([`venue`], [`nginx`],
//! [`child`]), ask with wrk or a plain client ([`wrk`], [`http`]), or start the engine's and the
//! journal's measuring programs ([`place`]). What they find goes through [`result`] into [`table`]
//! and [`page`]. A group that fails stops no other.
//!
//! Not a test: a figure that is missed fails nothing; only what could not be measured does.

mod child;
mod filing;
mod flood;
mod goal;
mod growth;
mod http;
mod loopback;
mod million;
mod nginx;
mod option;
mod other;
mod page;
mod pattern;
mod place;
mod plot;
mod press;
mod read;
mod result;
mod sample;
mod sizing;
mod table;
mod validate;
mod venue;
mod wrk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use self::goal::{GOALS, Group};
use self::option::{Options, USAGE};
use self::place::Place;
use self::result::Results;
use crate::check::since;
use crate::test::setup;

pub(crate) fn run(root: &Path, target: PathBuf, words: &[&str]) -> Result<ExitCode> {
    if words.contains(&"--help") {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options::read(words)?;
    if options.list {
        for group in Group::ALL {
            println!("{}", group.name());
            for goal in GOALS.iter().filter(|goal| goal.group == group) {
                println!("  {:<17} {}", goal.name, goal.what);
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    setup::ensure_programs(&[("wrk", "wrk")])?;
    if !nginx::program().is_absolute() {
        setup::ensure_programs(&[("nginx", "nginx-light")])?;
    }
    let whole = options.is_whole();
    let place = Place::prepare(root, target, options)?;
    let name = if place.options.quick {
        "quick.tsv"
    } else {
        "results.tsv"
    };
    let mut results = Results::open(place.dir.join(name), whole);
    measure(&place, &mut results);
    println!();
    table::print(&results);
    // Small sizes judge nothing, and are not written down unless they are asked for.
    if place.options.write || (whole && !place.options.quick) {
        page::write_page(&place, &results)?;
        sizing::write_table(&place, &results)?;
    }
    Ok(if results.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn measure(place: &Place, results: &mut Results) {
    for group in Group::ALL {
        if !place.options.wants_any(group) {
            continue;
        }
        println!("== {}", group.name());
        let start = Instant::now();
        let done = match group {
            Group::Read => read::measure(place, results),
            Group::Other => other::measure(place, results),
            Group::Filing => filing::measure(place, results),
            Group::Million => million::measure(place, results),
            Group::Flood => flood::measure(place, results),
            Group::Growth => growth::measure(place, results),
            Group::Pattern => pattern::measure(place, results),
            Group::Validate => validate::measure(place, results),
            Group::Press => press::measure(place, results),
        };
        if let Err(error) = done {
            println!("{}: {error:#}", group.name());
            results.fail(group, &place.options, &format!("{error:#}"));
        }
        println!("{} took {}", group.name(), since(start));
    }
}
