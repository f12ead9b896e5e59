//! The index by itself: what it brings up, what is removed, how it sweeps. That it agrees with
//! trying each pattern is tested with random ones from outside.

use super::Index;
use crate::json;
use crate::pattern::{Doubt, Observation, Pattern};

const SEEN: &str = r#"[
    {"type": "observed-data", "first_observed": "2026-01-01T00:00:00Z",
     "last_observed": "2026-01-01T00:00:00Z", "number_observed": 1, "object_refs": ["a--1", "a--2"]},
    {"type": "a", "id": "a--1", "name": "one", "text": "the quick brown fox", "r_ref": "a--2",
     "x_bin": "YWJjZGVm"},
    {"type": "a", "id": "a--2", "name": "two", "net": "198.51.100.7"}
]"#;

fn index(patterns: &[&str]) -> Index {
    let mut index = Index::new();
    for (key, text) in (0..).zip(patterns) {
        assert!(index.insert(key, &Pattern::parse(text).unwrap()));
    }
    index
}

#[test]
fn brings_up_little_and_misses_nothing() {
    let patterns = [
        "[a:name = 'one']",
        "[a:name = 'three']",
        "[a:name IN ('three', 'two')]",
        "[a:r_ref.name = 'two' AND a:name = 'one']",
        "[a:net ISSUBSET '198.51.100.0/24']",
        "[a:net ISSUBSET '198.51.101.0/24']",
        "[a:text LIKE '%brown%']",
        "[a:text LIKE '%brawn%']",
        "[a:text MATCHES 'q(ui|ua)ck+ br[aeiou]wn f']",
        "[a:text MATCHES '(?i)QUICK']",
        "[a:x_bin = h'616263646566']",
        "[a:x_bin MATCHES 'bcdef']",
        "[a:name = 'one'] AND [a:name = 'none']",
        "[a:name = 'none'] FOLLOWEDBY [a:text != 'x']",
        "[b:name = 'one'] OR [a:name = 'two']",
        "[NOT EXISTS a:missing]",
        "[a:name = 'one'] REPEATS 0 TIMES",
        "[a:name = t'2026-01-01T00:00:00Z']",
        "[identity:name != 'x']",
        "[a:name IN ()]",
    ];
    let index = index(&patterns);
    let tree = json::parse(SEEN.as_bytes()).unwrap();
    let observations = Observation::read_all(tree.items().unwrap()).unwrap();
    let hits = index.matches(&observations);
    assert_eq!(hits.matched, [0, 2, 3, 4, 6, 8, 9, 10, 11, 14, 15]);
    assert_eq!(
        hits.undecided,
        [(16, Doubt::NoRepeats), (17, Doubt::NotTimestamp)]
    );
    // Nothing is brought up for a constant that is not there.
    let brought = index.candidates(&observations);
    for silent in [1, 5, 7, 13, 18, 19] {
        assert!(!brought.contains(&silent), "{}", patterns[silent as usize]);
    }
}

#[test]
fn lets_go_and_sweeps() {
    let tree = json::parse(SEEN.as_bytes()).unwrap();
    let observations = Observation::read_all(tree.items().unwrap()).unwrap();
    let mut index = Index::new();
    for key in 0..5000u64 {
        let text = match key % 5 {
            0 => "[a:name = 'one']".to_owned(),
            1 => format!("[a:name = 'n{key}']"),
            2 => "[a:text LIKE '%brown%']".to_owned(),
            3 => "[a:name NOT IN ('x')]".to_owned(),
            _ => "[a:net ISSUBSET '198.51.0.0/16']".to_owned(),
        };
        assert!(index.insert(key, &Pattern::parse(&text).unwrap()));
    }
    assert_eq!(index.matches(&observations).matched.len(), 4000);
    for key in (0..5000).filter(|key| key % 100 != 0) {
        assert!(index.remove(key));
        assert!(!index.remove(key));
    }
    assert_eq!(index.len(), 50);
    assert!(index.slots.len() < 2500, "swept: {}", index.slots.len());
    let hundreds: Vec<u64> = (0..5000).step_by(100).collect();
    assert_eq!(index.matches(&observations).matched, hundreds);
    // Put in anew under an old key, the old pattern is gone.
    assert!(index.insert(0, &Pattern::parse("[a:name = 'none']").unwrap()));
    assert_eq!(index.matches(&observations).matched, hundreds[1..]);
    assert_eq!(index.len(), 50);
}
