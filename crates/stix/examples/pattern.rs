//! Measures patterns: one observation against many, in this library alone.
//!
//! `pattern index PATTERNS RUNS` prints one line per figure: what an observation costs at that
//! size, how many patterns it hit, what the index takes. `pattern sample DIR PATTERNS OBSERVATIONS`
//! writes a sample for other matchers, `patterns.txt` and `observations.json` (a list of bundles), and
//! matches it itself. The sample comes of seeded dice: the same at every run, and the first thousand
//! patterns the same at every size, which is where the hits lie.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program for developers"
)]

use std::alloc::System;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use legation_stix::json::{self, Node};
use legation_stix::pattern::{Index, Observation, Pattern};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// Observations of one measurement; each is matched alone.
const OBSERVATIONS: usize = 2000;

/// Patterns among which the hits lie.
const HIT: u64 = 1000;

/// Dice that fall alike at every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn word(&mut self, letters: u64) -> String {
        (0..letters)
            .map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap_or(0)))
            .collect()
    }
}

/// What one indicator is about; the same number gives the same.
struct Threat {
    address: String,
    domain: String,
    url: String,
    hash: String,
    word: String,
}

fn threat(number: u64) -> Threat {
    let mut dice = Dice(number ^ 0x5EED);
    let bits = dice.roll().to_be_bytes();
    let domain = format!("{}.example", dice.word(9));
    let word = dice.word(8);
    let hash: String = (0..4).fold(String::new(), |mut hash, _| {
        let _ = write!(hash, "{:016x}", dice.roll());
        hash
    });
    Threat {
        address: format!("{}.{}.{}.{}", bits[0], bits[1], bits[2], bits[3]),
        url: format!("https://{domain}/{word}"),
        domain,
        hash,
        word,
    }
}

/// The pattern of a number, in the mix of feeds: mostly one constant, some lists, some texts, some
/// several observations.
fn pattern(number: u64) -> String {
    let Threat {
        address,
        domain,
        url,
        hash,
        word,
    } = threat(number);
    match Dice(number).below(1000) {
        0..400 => format!("[ipv4-addr:value = '{address}']"),
        400..620 => format!("[domain-name:value = '{domain}']"),
        620..770 => format!("[url:value = '{url}']"),
        770..900 => format!("[file:hashes.'SHA-256' = '{hash}']"),
        900..940 => {
            let (b, c) = (threat(number + 1).address, threat(number + 2).address);
            format!("[ipv4-addr:value IN ('{address}', '{b}', '{c}')]")
        }
        940..955 => format!("[ipv4-addr:value ISSUBSET '{address}/28']"),
        955..970 => format!("[url:value LIKE '%/{word}%']"),
        970..975 => format!("[url:value MATCHES '^https?://[a-z.]+/{word}$']"),
        975..990 => format!("[file:name = '{word}.exe' AND file:hashes.'SHA-256' = '{hash}']"),
        _ => format!(
            "[domain-name:value = '{domain}'] FOLLOWEDBY [ipv4-addr:value = '{address}'] WITHIN 300 SECONDS"
        ),
    }
}

/// A bundle with one observation: traffic, a name, a link, a file. One in ten holds what a pattern is about.
fn bundle(number: u64) -> String {
    let mut dice = Dice(number ^ 0x0B5E_EDED);
    let about = match dice.below(10) {
        0 => dice.below(HIT),
        _ => u64::MAX / 2 + number,
    };
    let Threat {
        address,
        domain,
        url,
        hash,
        word,
    } = threat(about);
    let other = threat(u64::MAX / 4 + number).address;
    let id = |kind: &str, n: u64| format!("{kind}--{n:08x}-0000-4000-8000-{number:012x}");
    let (a, b, d, u, f, t) = (
        id("ipv4-addr", 1),
        id("ipv4-addr", 2),
        id("domain-name", 3),
        id("url", 4),
        id("file", 5),
        id("network-traffic", 6),
    );
    let time = format!("2026-01-01T{:02}:{:02}:00Z", number / 60 % 24, number % 60);
    format!(
        "{{\"type\": \"bundle\", \"id\": \"{}\", \"objects\": [\
         {{\"type\": \"observed-data\", \"spec_version\": \"2.1\", \"id\": \"{}\", \"created\": \"{time}\", \
         \"modified\": \"{time}\", \"first_observed\": \"{time}\", \"last_observed\": \"{time}\", \
         \"number_observed\": 1, \"object_refs\": [\"{a}\", \"{b}\", \"{d}\", \"{u}\", \"{f}\", \"{t}\"]}}, \
         {{\"type\": \"ipv4-addr\", \"id\": \"{a}\", \"value\": \"{address}\"}}, \
         {{\"type\": \"ipv4-addr\", \"id\": \"{b}\", \"value\": \"{other}\"}}, \
         {{\"type\": \"domain-name\", \"id\": \"{d}\", \"value\": \"{domain}\"}}, \
         {{\"type\": \"url\", \"id\": \"{u}\", \"value\": \"{url}\"}}, \
         {{\"type\": \"file\", \"id\": \"{f}\", \"name\": \"{word}.exe\", \"hashes\": {{\"SHA-256\": \"{hash}\"}}}}, \
         {{\"type\": \"network-traffic\", \"id\": \"{t}\", \"src_ref\": \"{a}\", \"dst_ref\": \"{b}\", \
         \"protocols\": [\"tcp\"]}}]}}",
        id("bundle", 0),
        id("observed-data", 0),
    )
}

/// Calls `each` with every observation of a list of bundles.
fn observe(trees: &[Node<'_>], mut each: impl FnMut(&[Observation<'_, '_>])) -> Done<()> {
    for tree in trees {
        let objects = tree.member("objects").and_then(Node::items);
        each(&Observation::read_all(objects.unwrap_or_default())?);
    }
    Ok(())
}

fn index(patterns: u64, runs: usize) -> Done<()> {
    let watch = Instant::now();
    let before = GLOBAL.stats();
    let mut index = Index::new();
    for number in 0..patterns {
        index.insert(number, &Pattern::parse(&pattern(number))?);
    }
    let change = GLOBAL.stats() - before;
    let held = change
        .bytes_allocated
        .saturating_sub(change.bytes_deallocated);
    println!("figure build {}", watch.elapsed().as_secs_f64());
    println!("figure bytes {}", held as f64 / patterns as f64);
    let texts: Vec<String> = (0..OBSERVATIONS as u64).map(bundle).collect();
    let trees: Vec<Node<'_>> = texts
        .iter()
        .map(|text| json::parse(text.as_bytes()))
        .collect::<Result<_, _>>()?;
    let mut hits = 0;
    print!("figure observation");
    for run in 0..=runs {
        hits = 0;
        let watch = Instant::now();
        observe(&trees, |observations| {
            hits += index.matches(observations).matched.len();
        })?;
        // The first run warms the caches.
        if run > 0 {
            print!(" {}", watch.elapsed().as_secs_f64() / OBSERVATIONS as f64);
        }
    }
    println!("\nfigure hits {}", hits as f64 / OBSERVATIONS as f64);
    Ok(())
}

fn sample(dir: &Path, patterns: u64, observations: u64) -> Done<()> {
    let texts: Vec<String> = (0..patterns).map(pattern).collect();
    std::fs::write(dir.join("patterns.txt"), texts.join("\n"))?;
    let bundles: Vec<String> = (0..observations).map(bundle).collect();
    let list = format!("[{}]", bundles.join(",\n"));
    std::fs::write(dir.join("observations.json"), &list)?;
    let tree = json::parse(list.as_bytes())?;
    let trees = tree.items().unwrap_or_default();
    let parsed: Vec<Pattern> = texts
        .iter()
        .map(|text| Pattern::parse(text))
        .collect::<Result<_, _>>()?;
    let mut index = Index::new();
    for (number, pattern) in (0..).zip(&parsed) {
        index.insert(number, pattern);
    }
    let watch = Instant::now();
    let mut hits = 0;
    observe(trees, |one| hits += index.matches(one).matched.len())?;
    println!(
        "figure indexed {}",
        watch.elapsed().as_secs_f64() / observations as f64
    );
    println!("figure hits {hits}");
    let watch = Instant::now();
    let mut hits = 0;
    observe(trees, |one| {
        hits += parsed
            .iter()
            .filter(|pattern| pattern.matches(one).is_match())
            .count();
    })?;
    println!(
        "figure each {}",
        watch.elapsed().as_secs_f64() / observations as f64
    );
    println!("figure each_hits {hits}");
    Ok(())
}

fn main() -> Done<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["index", patterns, runs] => index(patterns.parse()?, runs.parse()?),
        ["sample", dir, patterns, observations] => {
            sample(Path::new(dir), patterns.parse()?, observations.parse()?)
        }
        _ => Err("pattern index PATTERNS RUNS | pattern sample DIR PATTERNS OBSERVATIONS".into()),
    }
}
