//! `docs/benchmarks.md` and its plots, written from what was measured.
//!
//! The words on what limits a figure are in `docs/benchmarks/limits.md`, written by people, and are
//! taken over as they stand.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::goal::Group;
use super::million::first_line;
use super::nginx;
use super::place::Place;
use super::plot::{Plot, draw};
use super::result::{Results, write};
use super::table::{Line, lines};

/// Every plot: file, what it says.
const PLOTS: [(&str, Plot<'static>); 9] = [
    (
        "page",
        Plot {
            title: "A page of 100, by what is stored (100 parties)",
            x: "records stored",
            y: "time of a page",
            times: true,
        },
    ),
    (
        "party",
        Plot {
            title: "By who takes part (100,000 records)",
            x: "parties",
            y: "time",
            times: true,
        },
    ),
    (
        "delivered",
        Plot {
            title: "A page, by what is delivered (100,000 records)",
            x: "records of the page",
            y: "time of a page",
            times: true,
        },
    ),
    (
        "amend",
        Plot {
            title: "An amendment until the party's next page, by what is stored",
            x: "records stored",
            y: "time",
            times: true,
        },
    ),
    (
        "audit",
        Plot {
            title: "Who and why, by what is stored (10,000 receipts)",
            x: "records stored",
            y: "time",
            times: true,
        },
    ),
    (
        "filing",
        Plot {
            title: "Filing, fold and views, by what is stored (100 parties)",
            x: "records stored",
            y: "time of a record",
            times: true,
        },
    ),
    (
        "start",
        Plot {
            title: "Start to the first page, by what is stored",
            x: "records stored",
            y: "time",
            times: true,
        },
    ),
    (
        "store",
        Plot {
            title: "Bytes a record, by what is stored",
            x: "records stored",
            y: "bytes",
            times: false,
        },
    ),
    (
        "pattern",
        Plot {
            title: "One observation, by the patterns of the index",
            x: "patterns",
            y: "time of an observation",
            times: true,
        },
    ),
];

/// Writes the page and its plots.
pub(crate) fn write_page(place: &Place, results: &Results) -> Result<()> {
    let docs = place.root.join("docs");
    let plots = docs.join("benchmarks");
    fs::create_dir_all(&plots).with_context(|| format!("cannot make {}", plots.display()))?;
    let mut drawn = Vec::new();
    for (name, plot) in &PLOTS {
        let series = results.series(name);
        if !series.is_empty() {
            write(
                &plots.join(format!("{name}.svg")),
                draw(plot, &series).as_bytes(),
            )?;
            drawn.push((*name, plot.title));
        }
    }
    let limits = fs::read_to_string(plots.join("limits.md")).unwrap_or_default();
    let mut text = head(place)?;
    text += "| figure | measured | must | aim | verdict |\n|---|---|---|---|---|\n";
    for Line {
        name,
        what,
        measured,
        must,
        aim,
        verdict,
    } in lines(results)
    {
        let verdict = if verdict == "MISSED" {
            "**missed**"
        } else {
            verdict
        };
        let _ = writeln!(
            text,
            "| `{name}`: {what} | {measured} | {must} | {aim} | {verdict} |"
        );
    }
    text += "\nMeasured is the median, in brackets the least and the most of all samples; ratios are taken from \
             samples\nthat were taken turn about where both sides can be run so. The aim is better than the must.\n\
             \n## The figures behind the ratios\n\n";
    for group in Group::ALL {
        for fact in results
            .facts
            .iter()
            .filter(|fact| fact.group == group.name())
        {
            let _ = writeln!(text, "- {}: {}", fact.name, fact.text);
        }
    }
    text += "\n## Growth\n\nBoth axes of each plot are logarithmic: a level line costs the same at every size, a \
             line at 45 degrees\ngrows in proportion.\n\n";
    for (name, title) in drawn {
        let _ = writeln!(text, "![{title}](benchmarks/{name}.svg)\n");
    }
    text += METHOD;
    if !limits.is_empty() {
        text += "\n## What limits each figure\n\n";
        text += limits.trim_start();
    }
    write(&docs.join("benchmarks.md"), text.as_bytes())?;
    println!("wrote docs/benchmarks.md and docs/benchmarks/*.svg");
    Ok(())
}

fn head(place: &Place) -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model
        .and_then(|line| line.split(':').nth(1))
        .unwrap_or("-")
        .trim();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut date = Command::new("date");
    date.args(["-u", "+%Y-%m-%d %H:%M UTC"]);
    let mut kernel = Command::new("uname");
    kernel.args(["-s", "-r"]);
    let mut commit = Command::new("git");
    commit
        .current_dir(&place.root)
        .args(["rev-parse", "--short", "HEAD"]);
    let mut rustc = Command::new("rustc");
    rustc.arg("-V");
    let wrk = wrk_version();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = memory.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
    let gib = kib.unwrap_or_default() / 1024.0 / 1024.0;
    Ok(format!(
        "# Benchmarks\n\nMade by `cargo xtask bench`{quick}; do not edit. Figures are ratios taken in one run on one \
         machine: both sides\nof each share it, and what is divided is not the machine's speed but the work that is \
         done.\n\n\
         - Machine: {cores} cores ({model}), {gib:.0} GiB, {kernel}; clients and servers share it\n\
         - Date: {date}; commit {commit}; {rustc}\n\
         - Records: {corpus}\n\
         - Others: nginx {nginx}, wrk {wrk}, {opentaxii}, {gunicorn}, {medallion}\n\n",
        quick = if place.options.quick {
            " --quick: small sizes, which judge nothing"
        } else {
            ""
        },
        // Without what its builder added.
        kernel = first_line(&mut kernel).split('-').next().unwrap_or("-"),
        date = first_line(&mut date),
        commit = first_line(&mut commit),
        rustc = first_line(&mut rustc),
        corpus = place.corpus_name(),
        nginx = nginx::version()?,
        opentaxii = pinned(
            "opentaxii",
            include_str!("../../requirements-opentaxii.txt")
        ),
        gunicorn = pinned("gunicorn", include_str!("../../requirements-opentaxii.txt")),
        medallion = pinned(
            "medallion",
            include_str!("../../requirements-medallion.txt")
        ),
    ))
}

/// wrk tells its version only together with its usage, and fails over it.
fn wrk_version() -> String {
    let output = Command::new("wrk").arg("-v").output();
    let said = output.map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    said.split(' ').nth(1).unwrap_or("-").to_owned()
}

fn pinned(name: &str, requirements: &str) -> String {
    let mut lines = requirements
        .lines()
        .filter_map(|line| line.split_once("=="));
    let version = lines
        .find(|(found, _)| *found == name)
        .map_or("-", |(_, version)| version);
    format!("{name} {version}")
}

const METHOD: &str = "## What is compared with what

- **Full read** (`read-1`, `read-8`): wrk asks an office for every page of ATT&CK at limit=1000, by the cursors that the \
office gave,
  again and again on 1 or 8 connections kept open; every page goes through the gate and under a receipt. nginx (2 workers,
  sendfile, open files kept, no log) serves the very same pages as files to the same client. Bytes a second. The client's
  ceiling is what it takes from a server that sends one such page out of memory and does nothing else.
- **First full read** (`read-first`, `read-cold`): an office just started, asked by one plain reader that follows `next`; nothing
  has been assembled before. For `read-cold` the files of both sides are dropped from the page cache too.
- **Others** (`read-other`, `file-other`): opentaxii (two gunicorn workers, SQLite) and medallion (memory) hold one or two \
thousand
  of ATT&CK's objects, the office all of them. Records a second, since they write the same records with more blanks. The
  time of opentaxii per record is taken from those thousands and assumed for the rest.
- **Poll** (`poll`): `added_after` the last date of the view, 8 connections, against nginx serving a file `{}`.
- **Hidden records** (`few`, `few-http`): pages of 100 for a party that may see one record in a thousand of a million, against one
  that sees all; in process with receipt and bodies, and over HTTP, where the one that sees all reads records of like size.
- **Filters** (`match-type`, `match-id`): wrk, 1 connection; time per byte of all relationships against everything, and pages of
  50 asked for by their ids against the same pages asked for by date.
- **Filing** (`file-bare`, `file-bare-engine`): 25 envelopes of 1,000, one after the other, each durable before its answer;
  against the bare bodies appended to LMDB, one durable commit for each envelope, no index, no log, no HTTP.
- **Amendment** (`amend`, `amend-one`, `amend-back`): from handing in the last signature until the party's next page of 100 has \
been read
  and is right, durable entry included. Judging anew is the gate's verdict asked for record by record: for one party on every
  record, for every party on one record in a hundred, times a hundred.
- **Start** (`start`, `start-receipts`): from starting the program to the last byte of the first page over HTTP, against `cat` of
  every file of the data directory to /dev/null, all of it in the page cache.
- **Memory** (`heap`): a counting allocator, after opening; the mapped journal is not heap.
- **Who and why** (`who`, `why`): in process, on records all over the store, against one page of 100 with its receipt and bodies;
  the receipts were written by reads in no order.
- **Size** (`size`, `size-million`): blocks on the disk of the whole data directory against the bytes of the objects filed.
- **Flood** (`flood`): one party reads full pages on 32 connections, another one page of 100 after the other; its p99 against quiet.
  Both clients run on the office's machine.
";
