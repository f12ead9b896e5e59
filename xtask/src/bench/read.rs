//! Reading ATT&CK over HTTP, through gate and receipts, against nginx serving the same pages as
//! files.
//!
//! Both are asked for the same list of pages in the same order, by the same client, turn about. An
//! office gets the accept header and the secret that any TAXII client sends; nginx is sent them
//! too. The client's own ceiling is what it takes from a server that sends one page out of memory.

use anyhow::{Result, ensure};

use super::goal::Group;
use super::http::{Connection, all_quoted_after, escaped};
use super::loopback;
use super::nginx::Nginx;
use super::place::Place;
use super::result::Results;
use super::sample::{Samples, brief, time};
use super::venue::{Pages, Serving, Venue, drop_from_cache, files_below, follow};
use super::wrk::{Load, Rate};

const FULL: &str = "limit=1000";

pub(crate) fn measure(place: &Place, results: &mut Results) -> Result<()> {
    let venue = filed(place, "attack")?;
    let serving = venue.serve(place)?;
    let nginx = Nginx::start(place)?;
    let secret = venue.secret("P0")?.to_owned();
    let pages = follow(
        &mut serving.connect(&secret)?,
        &serving.objects(FULL),
        usize::MAX,
    )?;
    let files = put(&nginx, "full", &pages)?;
    results.fact(
        Group::Read,
        "a full read",
        format!(
            "{} pages, {} MB",
            pages.paths.len(),
            brief(pages.bytes() / 1e6)
        ),
    )?;
    let bench = Bench {
        place,
        serving: &serving,
        nginx: &nginx,
        secret: &secret,
    };
    if place.options.wants("read-1") || place.options.wants("read-8") {
        bench.full_reads(&pages, &files, results)?;
    }
    if place.options.wants("poll") {
        bench.polls(&pages, results)?;
    }
    if place.options.wants("match-type") {
        bench.by_type(&pages, results)?;
    }
    if place.options.wants("match-id") {
        bench.by_id(results)?;
    }
    serving.server.stop()?;
    for row in ["read-first", "read-cold"] {
        if place.options.wants(row) {
            first_reads(place, &venue, &nginx, &files, row, results)?;
        }
    }
    Ok(())
}

/// An office in which ATT&CK has been filed over HTTP.
pub(crate) fn filed(place: &Place, name: &str) -> Result<Venue> {
    let venue = Venue::found(place, name, 8)?;
    let serving = venue.serve(place)?;
    serving.file(venue.secret("MITRE")?, &place.envelopes()?.paths)?;
    serving.server.stop()?;
    Ok(venue)
}

/// Pages as files of nginx; their paths.
fn put(nginx: &Nginx, name: &str, pages: &Pages) -> Result<Vec<String>> {
    let numbered = pages.answers.iter().enumerate();
    numbered
        .map(|(at, page)| nginx.put(&format!("{name}-{at:03}.json"), &page.body))
        .collect()
}

struct Bench<'a> {
    place: &'a Place,
    serving: &'a Serving,
    nginx: &'a Nginx,
    secret: &'a str,
}

impl Bench<'_> {
    fn ours(&self, name: &str, paths: &[String]) -> Result<Load> {
        Load::new(
            &self.place.dir,
            name,
            self.serving.port(),
            Some(self.secret),
            paths,
        )
    }

    fn theirs(&self, name: &str, paths: &[String]) -> Result<Load> {
        let port = self.nginx.server.port;
        Load::new(&self.place.dir, name, port, Some(self.secret), paths)
    }

    /// Runs two loads turn about, after a short run of each to warm up.
    fn pairs(&self, a: &Load, b: &Load, connections: u32) -> Result<Vec<(Rate, Rate)>> {
        a.run(connections, 1.0)?;
        b.run(connections, 1.0)?;
        let seconds = self.place.load_seconds();
        (0..self.place.options.runs)
            .map(|_| Ok((a.run(connections, seconds)?, b.run(connections, seconds)?)))
            .collect()
    }

    fn full_reads(&self, pages: &Pages, files: &[String], results: &mut Results) -> Result<()> {
        let ours = self.ours("full-ours", &pages.paths)?;
        let theirs = self.theirs("full-nginx", files)?;
        let middle = pages
            .answers
            .get(pages.answers.len() / 2)
            .map(|page| page.body.as_slice());
        let memory = loopback::serve(middle.unwrap_or_default())?;
        let memory = Load::new(
            &self.place.dir,
            "full-memory",
            memory,
            None,
            &["/".to_owned()],
        )?;
        for (row, connections) in [("read-1", 1), ("read-8", 8)] {
            if !self.place.options.wants(row) {
                continue;
            }
            let pairs = self.pairs(&ours, &theirs, connections)?;
            let (a, b) = split(&pairs, |rate| rate.bytes);
            results.row(row, &a.over(&b))?;
            let ceiling = memory.run(connections, self.place.load_seconds())?;
            let rates =
                [a.spread().median, b.spread().median, ceiling.bytes].map(|r| brief(r / 1e6));
            let [a, b, ceiling] = rates;
            results.fact(
                Group::Read,
                row,
                format!("office {a} MB/s, nginx {b} MB/s; the client's ceiling {ceiling} MB/s"),
            )?;
        }
        Ok(())
    }

    fn polls(&self, pages: &Pages, results: &mut Results) -> Result<()> {
        let last = pages
            .answers
            .last()
            .and_then(|page| page.header("x-taxii-date-added-last"));
        let query = format!("added_after={}", escaped(last.unwrap_or_default()));
        let path = self.serving.objects(&query);
        let empty = self.serving.connect(self.secret)?.fetch(&path)?;
        ensure!(
            empty.body.len() < 60,
            "a poll for nothing brings {}",
            empty.start()
        );
        let file = self.nginx.put("empty.json", b"{}")?;
        let ours = self.ours("poll-ours", &[path])?;
        let theirs = self.theirs("poll-nginx", &[file])?;
        let (a, b) = split(&self.pairs(&ours, &theirs, 8)?, |rate| rate.requests);
        results.row("poll", &a.over(&b))?;
        let [a, b] = [a, b].map(|s| brief(s.spread().median));
        results.fact(
            Group::Read,
            "poll",
            format!("office {a} requests/s, nginx {b} requests/s"),
        )
    }

    /// The relationships of ATT&CK, most of it, against all of it: time per byte.
    fn by_type(&self, pages: &Pages, results: &mut Results) -> Result<()> {
        let first = self
            .serving
            .objects(&format!("match[type]=relationship&{FULL}"));
        let found = follow(&mut self.serving.connect(self.secret)?, &first, usize::MAX)?;
        let filtered = self.ours("type-filtered", &found.paths)?;
        let plain = self.ours("type-plain", &pages.paths)?;
        let (a, b) = split(&self.pairs(&filtered, &plain, 1)?, |rate| 1.0 / rate.bytes);
        results.row("match-type", &a.over(&b))?;
        let text = format!(
            "{} pages of relationships against all {}",
            found.paths.len(),
            pages.paths.len()
        );
        results.fact(Group::Read, "match-type", text)
    }

    /// Ten pages of 50 asked for by the ids of their records, against the same pages unfiltered.
    /// Each page of either side stands by itself, without a cursor, so that each is under a receipt
    /// of its own.
    fn by_id(&self, results: &mut Results) -> Result<()> {
        const FEW: &str = "limit=50";
        let mut connection = self.serving.connect(self.secret)?;
        let heads = follow(&mut connection, &self.serving.manifest(FEW), 10)?;
        let (mut plain, mut filtered) = (Vec::new(), Vec::new());
        let mut after = String::new();
        for head in &heads.answers {
            let page = self.serving.objects(&format!("{after}{FEW}"));
            let ids = all_quoted_after(&String::from_utf8_lossy(&head.body), "\"id\":").join(",");
            let path = self.serving.objects(&format!("match[id]={ids}&{FEW}"));
            let (one, other) = (connection.fetch(&page)?, connection.fetch(&path)?);
            // They differ in that the one goes on.
            let missing = one.body.len().abs_diff(other.body.len());
            ensure!(
                missing < 200,
                "by their ids {missing} bytes more or less come back"
            );
            let last = one.header("x-taxii-date-added-last").unwrap_or_default();
            after = format!("added_after={}&", escaped(last));
            plain.push(page);
            filtered.push(path);
        }
        let filtered = self.ours("id-filtered", &filtered)?;
        let plain = self.ours("id-plain", &plain)?;
        let (a, b) = split(&self.pairs(&filtered, &plain, 1)?, |rate| {
            1.0 / rate.requests
        });
        results.row("match-id", &a.over(&b))?;
        let [a, b] = [a, b].map(|s| time(s.spread().median));
        let text = format!("{a} a page by ids, {b} unfiltered");
        results.fact(Group::Read, "match-id", text)
    }
}

/// Both sides of pairs.
pub(crate) fn split(pairs: &[(Rate, Rate)], figure: impl Fn(&Rate) -> f64) -> (Samples, Samples) {
    let a = pairs.iter().map(|(a, _)| figure(a)).collect();
    let b = pairs.iter().map(|(_, b)| figure(b)).collect();
    (Samples::of(a), Samples::of(b))
}

/// Full reads that nothing before them has prepared: the office has just been started.
fn first_reads(
    place: &Place,
    venue: &Venue,
    nginx: &Nginx,
    files: &[String],
    row: &str,
    results: &mut Results,
) -> Result<()> {
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for _ in 0..place.options.runs {
        if row == "read-cold" {
            for file in files_below(&venue.dir().join("journal"))?
                .iter()
                .chain(&files_below(nginx.files())?)
            {
                drop_from_cache(file)?;
            }
        }
        let serving = venue.serve(place)?;
        let mut connection = serving.connect(venue.secret("P0")?)?;
        let watch = std::time::Instant::now();
        let read = follow(&mut connection, &serving.objects(FULL), usize::MAX)?;
        ours.push(read.bytes() / watch.elapsed().as_secs_f64());
        serving.server.stop()?;

        let mut connection = Connection::open(nginx.server.port, None)?;
        let watch = std::time::Instant::now();
        let mut bytes = 0;
        for file in files {
            bytes += connection.fetch(file)?.body.len();
        }
        theirs.push(bytes as f64 / watch.elapsed().as_secs_f64());
    }
    results.row(row, &ours.over(&theirs))?;
    let [a, b] = [ours, theirs].map(|s| brief(s.spread().median / 1e6));
    results.fact(Group::Read, row, format!("office {a} MB/s, nginx {b} MB/s"))
}
