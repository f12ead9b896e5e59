//! Counts tests as libtest reports them, and hides what passing tests say.
//!
//! Not a reader of any other harness: every test of the workspace runs under libtest.

use std::collections::BTreeSet;

/// What the tests of a run came to.
#[derive(Default)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// What failed beside tests.
    pub(crate) failed_phases: Vec<String>,
    /// Corpora that tests looked for and did not find.
    pub(crate) missing: BTreeSet<String>,
    hidden: bool,
}

impl Tally {
    /// Of a run that came to no tests.
    pub(crate) fn of_failed(phase: String) -> Self {
        Self {
            failed_phases: vec![phase],
            ..Self::default()
        }
    }

    /// Takes in a line; whether it is for the reader's eyes.
    pub(crate) fn take(&mut self, line: &str) -> bool {
        if let Some(name) = line.strip_prefix("corpus not present: ") {
            self.missing.insert(name.to_owned());
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.hidden = false;
            self.passed += count(result, "passed");
            self.failed += count(result, "failed");
        } else if line == "successes:" {
            self.hidden = true;
        } else if line == "failures:" || line.starts_with("running ") {
            self.hidden = false;
        }
        !self.hidden
    }
}

/// The number before a word, as in `ok. 12 passed; 0 failed; 1 ignored`.
fn count(result: &str, word: &str) -> u64 {
    let words: Vec<&str> = result.split([' ', ';']).collect();
    let pairs = words.windows(2);
    let mut numbers = pairs.filter_map(|pair| match pair {
        [number, found] if *found == word => number.parse().ok(),
        _ => None,
    });
    numbers.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_add_up_and_successes_are_hidden() {
        let text = "\
running 3 tests
test a ... ok

successes:

---- a stdout ----
corpus not present: stix

successes:
    a

failures:

---- b stdout ----
wrong

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        let mut tally = Tally::default();
        let shown: Vec<&str> = text.lines().filter(|line| tally.take(line)).collect();
        assert_eq!((tally.passed, tally.failed), (42, 1));
        assert!(tally.missing.contains("stix"));
        assert!(shown.contains(&"wrong") && shown.contains(&"test a ... ok"));
        assert!(!shown.contains(&"corpus not present: stix"));
    }
}
