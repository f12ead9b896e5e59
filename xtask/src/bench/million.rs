//! A million records of ATT&CK's size mix and a hundred parties.
//!
//! The office is filled in process, once for a run. Half of the parties see everything, a quarter
//! some kinds, a quarter one record in a thousand. Then, one process each: pages, start, heap,
//! amendments, receipts, and who and why.

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::child::output;
use super::goal::Group;
use super::http::{Connection, escaped};
use super::place::{Place, text};
use super::read::split;
use super::result::Results;
use super::sample::{Samples, brief, time};
use super::venue::{Venue, files_below, follow, objects_path};
use super::wrk::Load;

/// How long the receipts may take to be written; on a slow machine there are fewer.
const RECEIPT_SECONDS: &str = "300";

/// How large.
struct Size {
    records: u64,
    parties: u32,
    receipts: u32,
}

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let size = match place.options.quick {
        true => Size {
            records: 50_000,
            parties: 10,
            receipts: 500,
        },
        false => Size {
            records: 1_000_000,
            parties: 100,
            receipts: 10_000,
        },
    };
    let wants = |row: &str| place.options.wants(row);
    let venue = filled(place, &size, results)?;
    let base = text(&venue.base)?.to_owned();
    let runs = place.options.runs.to_string();
    if wants("start") {
        start(place, &venue, "start", results)?;
    }
    if wants("heap") {
        let told = place.probe(&["heap", &base])?;
        let (bytes, records) = (told.one("heap_bytes")?, told.one("records")?);
        results.row("heap", &Samples::of(vec![bytes / records]))?;
        let text = format!("{} MB for {} records", brief(bytes / 1e6), brief(records));
        results.fact(Group::Million, "heap", text)?;
    }
    if wants("few") {
        let told = place.probe(&["page", &base, &runs])?;
        results.row("few", &told.of("page_few")?.over(told.of("page_all")?))?;
        results.row("few-cut", &told.of("cut_few")?.over(told.of("cut_all")?))?;
        let medians = ["page_all", "page_few", "cut_all", "cut_few"].map(|name| told.one(name));
        let [all, few, cut_all, cut_few] = medians;
        let [all, few, cut_all, cut_few] = [all?, few?, cut_all?, cut_few?].map(time);
        results.fact(
            Group::Million,
            "page of 100",
            format!(
                "with receipt and bodies {all} (all), {few} (0.1 %); cut alone {cut_all}, {cut_few}"
            ),
        )?;
    }
    if wants("few-http") {
        few_over_http(place, &venue, results)?;
    }
    if ["amend", "amend-one", "amend-back"]
        .iter()
        .any(|row| wants(row))
    {
        amend(place, &base, &runs, results)?;
    }
    if ["who", "why", "start-receipts"]
        .iter()
        .any(|row| wants(row))
    {
        audit(place, &venue, &size, results)?;
    }
    Ok(())
}

/// The large office; with `--keep` the one of the last run.
fn filled(place: &Place, size: &Size, results: &mut Results) -> Result<Venue> {
    let name = if place.options.quick {
        "million-quick"
    } else {
        "million"
    };
    // What was filed in bytes; it stands there once all is.
    let done = place.dir.join(name).join("filled");
    if place.options.keep && done.exists() {
        return Venue::open(place.dir.join(name));
    }
    let venue = Venue::found(place, name, size.parties)?;
    let records = size.records.to_string();
    let told = place.probe_with_bundle(&["fill", text(&venue.base)?, &records])?;
    let (disk, raw) = (venue.disk_bytes()?, told.one("raw_bytes")?);
    results.row("size-million", &Samples::of(vec![disk / raw]))?;
    results.fact(
        Group::Million,
        "the large office",
        format!(
            "{} records, {} parties, {} MB raw, {} MB on disk, filed in {}",
            brief(told.one("records")?),
            size.parties,
            brief(raw / 1e6),
            brief(disk / 1e6),
            time(told.one("fill_seconds")?)
        ),
    )?;
    super::result::write(&done, raw.to_string().as_bytes())?;
    Ok(venue)
}

/// From starting the program to the whole of the first page, against `cat` of the directory.
fn start(place: &Place, venue: &Venue, row: &str, results: &mut Results) -> Result<()> {
    let (mut starts, mut cats) = (Samples::default(), Samples::default());
    // The first turn brings everything into the page cache.
    for turn in 0..=place.options.runs {
        let (cat, start) = (cat(venue)?, start_once(place, venue)?);
        if turn > 0 {
            starts.push(start);
            cats.push(cat);
        }
    }
    results.row(row, &starts.over(&cats))?;
    let [start, cat] = [starts, cats].map(|s| time(s.spread().median));
    results.fact(
        Group::Million,
        row,
        format!("start to first page {start}, `cat` {cat}"),
    )
}

/// The time from starting the program until a page of 100 has come; the one request before it
/// learns the path.
pub(crate) fn start_once(place: &Place, venue: &Venue) -> Result<f64> {
    let watch = Instant::now();
    let mut server = venue.start(place)?;
    server.wait()?;
    let mut connection = Connection::open(server.port, Some(venue.secret("P0")?))?;
    let path = format!("{}?limit=100", objects_path(&mut connection)?);
    let page = connection.fetch(&path)?;
    let spent = watch.elapsed().as_secs_f64();
    ensure!(
        page.body.len() > 10_000,
        "the first page is {}",
        page.start()
    );
    server.stop()?;
    Ok(spent)
}

/// The time of `cat` over every file of the data directory.
pub(crate) fn cat(venue: &Venue) -> Result<f64> {
    let files = files_below(&venue.dir())?;
    let watch = Instant::now();
    let mut cat = Command::new("cat");
    let status = cat
        .args(files)
        .stdout(Stdio::null())
        .status()
        .context("cannot start cat")?;
    ensure!(status.success(), "cat failed: {status}");
    Ok(watch.elapsed().as_secs_f64())
}

/// Pages of 100 in each party's sequence. What everybody may see is of middling size; the largest
/// records come first, so the party that sees all begins behind these.
fn few_over_http(place: &Place, venue: &Venue, results: &mut Results) -> Result<()> {
    const BEHIND: usize = 12;
    let serving = venue.serve(place)?;
    let mut loads = Vec::new();
    let mut sizes = Vec::new();
    for (party, skipped) in [("P1", 0), ("P0", BEHIND)] {
        let secret = venue.secret(party)?;
        let mut connection = serving.connect(secret)?;
        let mut query = "limit=100".to_owned();
        if skipped > 0 {
            let before = serving.objects("limit=1000");
            let before = follow(&mut connection, &before, skipped)?;
            let last = before.answers.last();
            let last = last.and_then(|page| page.header("x-taxii-date-added-last"));
            query = format!("added_after={}&{query}", escaped(last.unwrap_or_default()));
        }
        let pages = follow(&mut connection, &serving.objects(&query), 10)?;
        sizes.push(pages.bytes() / pages.paths.len() as f64);
        let name = format!("few-{party}");
        loads.push(Load::new(
            &place.dir,
            &name,
            serving.port(),
            Some(secret),
            &pages.paths,
        )?);
    }
    let [few, all] = loads.as_slice() else {
        anyhow::bail!("two loads were to be made");
    };
    few.run(1, 1.0)?;
    all.run(1, 1.0)?;
    let seconds = place.load_seconds();
    let pairs = (0..place.options.runs)
        .map(|_| Ok((few.run(1, seconds)?, all.run(1, seconds)?)))
        .collect::<Result<Vec<_>>>()?;
    let (few, all) = split(&pairs, |rate| 1.0 / rate.requests);
    results.row("few-http", &few.over(&all))?;
    let [few, all] = [few, all].map(|s| time(s.spread().median));
    let [few_size, all_size] = [0, 1].map(|at| brief(sizes.get(at).unwrap_or(&0.0) / 1e3));
    results.fact(
        Group::Million,
        "few-http",
        format!("a page {few} (0.1 %, {few_size} kB), {all} (all, {all_size} kB)"),
    )?;
    serving.server.stop()
}

fn amend(place: &Place, base: &str, runs: &str, results: &mut Results) -> Result<()> {
    let told = place.probe(&["amend", base, runs])?;
    let (gain, lose) = (told.of("amend_gain")?, told.of("amend_lose")?);
    let (all, one) = (told.of("judge_all")?, told.of("judge_party")?);
    results.row("amend", &gain.times_faster(all))?;
    results.row("amend-one", &gain.times_faster(one))?;
    results.row("amend-back", &lose.times_faster(all))?;
    let [gain, lose, all, one] = [gain, lose, all, one].map(|s| time(s.spread().median));
    results.fact(
        Group::Million,
        "amendment",
        format!("gain {gain}, loss {lose}; judging anew for every party {all}, for one {one}"),
    )
}

fn audit(place: &Place, venue: &Venue, size: &Size, results: &mut Results) -> Result<()> {
    let base = text(&venue.base)?;
    let done = venue.base.join("receipts");
    if !done.exists() {
        let count = size.receipts.to_string();
        let told = place.probe(&["receipt", base, &count, RECEIPT_SECONDS])?;
        let (count, spent) = (told.one("receipts")?, told.one("receipts_seconds")?);
        let text = format!("{} receipts written in {}", brief(count), time(spent));
        results.fact(Group::Million, "receipts", text)?;
        super::result::write(&done, b"")?;
    }
    let told = place.probe(&["audit", base, &place.options.runs.to_string()])?;
    let page = told.of("page")?;
    results.row("who", &told.of("who")?.over(page))?;
    results.row("why", &told.of("why")?.over(page))?;
    let [who, why, page] = ["who", "why", "page"].map(|name| told.one(name));
    let [who, why, page] = [who?, why?, page?].map(time);
    let rows = brief(told.one("who_rows")?);
    results.fact(
        Group::Million,
        "who and why",
        format!("who {who} ({rows} receipts each), why {why}, page of 100 {page}"),
    )?;
    if place.options.wants("start-receipts") {
        start(place, venue, "start-receipts", results)?;
    }
    Ok(())
}

/// The memory that this machine has to spare, in bytes.
pub(crate) fn spare_memory() -> f64 {
    let mut text = String::new();
    let read = File::open("/proc/meminfo").and_then(|mut file| file.read_to_string(&mut text));
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
    match (read, kib) {
        (Ok(_), Some(kib)) => kib * 1024.0,
        _ => 0.0,
    }
}

/// What a command says first, or a dash.
pub(crate) fn first_line(command: &mut Command) -> String {
    let said = output(command).unwrap_or_default();
    said.lines().next().unwrap_or("-").to_owned()
}
