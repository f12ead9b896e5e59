//! Measures how many articles a second are found in their pages and put into stories, on two cores.
//!
//! `press ROUNDS RUNS` prints the labelled set ROUNDS times, every second time with other names and
//! numbers (new stories in the same phrases) and else with a sentence less (copies), adds the
//! synthetic variants of the corpus that `LEGATION_CORPUS` names, and prints a line per figure:
//! articles a second for each run, of it reading alone on one core, and bytes a page. Printing the
//! pages is in nobody's time.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measuring program for developers"
)]
#![allow(dead_code, reason = "the set is shared with the tests")]

#[path = "../tests/it/set.rs"]
mod set;

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use legation_formats::press::{ArticleId, Sketch, Stories, read};

use set::{Labelled, labelled, print, templates};

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Done<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rounds, runs] = words.as_slice() else {
        return Err("usage: press ROUNDS RUNS".into());
    };
    let (rounds, runs): (usize, usize) = (rounds.parse()?, runs.parse()?);
    let pages = pages(rounds)?;
    let bytes: usize = pages.iter().map(String::len).sum();
    println!("figure articles {}", pages.len());
    println!("figure bytes {}", bytes / pages.len());
    let mut line = String::from("figure rate");
    let mut alone = String::from("figure read");
    let mut stories = 0;
    for _ in 0..runs {
        let start = Instant::now();
        stories = run(&pages);
        let _ = write!(
            line,
            " {}",
            pages.len() as f64 / start.elapsed().as_secs_f64()
        );
        let start = Instant::now();
        let some = pages.iter().step_by(rounds.max(1));
        let count = some
            .filter(|page| black_box(read(page.as_bytes())).is_ok())
            .count();
        let _ = write!(alone, " {}", count as f64 / start.elapsed().as_secs_f64());
    }
    println!("{line}\n{alone}");
    println!("figure stories {stories}");
    Ok(())
}

/// Reads all pages on two threads, and adds what they found in order.
fn run(pages: &[String]) -> usize {
    let half = pages.len().div_ceil(2);
    let sketches: Vec<Option<Sketch>> = std::thread::scope(|scope| {
        let threads: Vec<_> = pages
            .chunks(half)
            .map(|part| {
                scope.spawn(move || {
                    let found = part.iter().map(|page| read(page.as_bytes()).ok());
                    found
                        .map(|article| article.as_ref().map(Sketch::of))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no reader panics"))
            .collect()
    });
    let mut stories = Stories::new();
    for (number, sketch) in sketches.into_iter().enumerate() {
        if let Some(sketch) = sketch {
            black_box(stories.add_sketch(ArticleId::new(number as u64), sketch));
        }
    }
    stories.stories().len()
}

fn pages(rounds: usize) -> Done<Vec<String>> {
    let templates = templates();
    let all = labelled();
    let mut pages = Vec::new();
    for round in 0..rounds {
        let varied: Vec<Labelled> = all.iter().map(|one| vary(one, round)).collect();
        pages.extend((0..varied.len()).map(|number| print(&templates, &varied, number)));
    }
    if let Some(root) = std::env::var_os("LEGATION_CORPUS") {
        let path = std::path::PathBuf::from(root).join("press/articles.jsonl");
        for line in std::fs::read_to_string(path)?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            pages.push(format!("{}\n\n{}", word("headline"), word("text")));
        }
    }
    Ok(pages)
}

/// The article with names and numbers of a pair of rounds, in the second of them cut.
fn vary(one: &Labelled, round: usize) -> Labelled {
    let mut one = one.clone();
    let mark: String = (round / 2)
        .to_string()
        .chars()
        .map(|digit| char::from(b'a' + (digit as u8 - b'0')))
        .collect();
    for paragraph in &mut one.paragraphs {
        let words = paragraph.split(' ').map(|word| {
            let end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
            let (word, rest) = word.split_at(end);
            if word.starts_with(|c: char| c.is_uppercase()) && word.len() > 3 {
                format!("{mark}{}{rest}", word.to_lowercase())
                    .chars()
                    .enumerate()
                    .map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c })
                    .collect()
            } else if word.starts_with(|c: char| c.is_ascii_digit()) {
                format!("{}{word}{rest}", round / 2 + 1)
            } else {
                format!("{word}{rest}")
            }
        });
        *paragraph = words.collect::<Vec<String>>().join(" ");
    }
    if round % 2 == 1 && one.paragraphs.len() > 2 {
        one.paragraphs.pop();
    }
    one
}
