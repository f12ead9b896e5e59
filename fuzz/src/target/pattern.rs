//! Patterns: the text alone, and with observations to match. What is read is written in one spelling that
//! reads back the same; a normal form is final and matches the same; faults stand within the text;
//! the index says what trying the pattern says.

use legation_stix::json;
use legation_stix::pattern::{Equivalence, Index, Observation, Outcome, Pattern};

pub(super) const WORDS: &[&str] = &[
    "[a:b = 1]",
    "[file:hashes.'SHA-256' = 'x']",
    "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
    "a:b_ref.c[*].d[0]",
    "EXISTS a:b",
    " AND ",
    " OR ",
    " NOT ",
    " FOLLOWEDBY ",
    " WITHIN 1.5 SECONDS",
    " REPEATS 2 TIMES",
    " START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'",
    " IN (1, 2.5, 'x', true)",
    " LIKE '%a_'",
    " MATCHES '^a+$'",
    " MATCHES '(?=a)'",
    "t'2016-01-01T00:00:00.5Z'",
    "h'ffd8'",
    "b'dGVzdA=='",
    "'it\\'s \\\\'",
    "/* */",
    "//",
    "(",
    ")",
    "<>",
    ">=",
];

pub(super) fn run_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    read(text).is_some()
}

fn read(text: &str) -> Option<Pattern> {
    let pattern = match Pattern::parse(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            let at = error.position;
            assert!(text.is_char_boundary(at.offset), "{error}");
            assert!(at.line >= 1 && at.column >= 1, "{error}");
            assert!(error.code().starts_with("pattern."), "{error}");
            assert_eq!(Pattern::inspect(text), Err(error));
            return None;
        }
    };
    let (inspected, findings) = Pattern::inspect(text).expect("what is read is inspected");
    assert_eq!(inspected, pattern);
    for finding in findings {
        assert!(finding.position.offset < text.len(), "{finding}");
    }
    let written = pattern.to_string();
    assert_eq!(Pattern::parse(&written).as_ref(), Ok(&pattern), "{written}");
    assert_eq!(pattern.is_equivalent(&pattern), Equivalence::Equivalent);
    if let Some(canonical) = pattern.canonical() {
        assert_eq!(
            canonical.canonical().as_ref(),
            Some(&canonical),
            "{canonical}"
        );
        assert_eq!(pattern.is_equivalent(&canonical), Equivalence::Equivalent);
        let written = canonical.to_string();
        assert_eq!(
            Pattern::parse(&written).as_ref(),
            Ok(&canonical),
            "{written}"
        );
    }
    for constant in pattern.constants() {
        assert!(!constant.path.steps.is_empty());
    }
    Some(pattern)
}

/// The first line is a pattern, the rest a JSON list of objects.
pub(super) fn run_match(bytes: &[u8]) -> bool {
    let Some((text, rest)) = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.split_once('\n'))
    else {
        return false;
    };
    let (Some(pattern), Ok(tree)) = (read(text), json::parse(rest.as_bytes())) else {
        return false;
    };
    let Ok(observations) = Observation::read_all(tree.items().unwrap_or_default()) else {
        return false;
    };
    let outcome = pattern.matches(&observations);
    if let Outcome::Match(places) = &outcome {
        assert!(places.iter().all(|place| *place < observations.len()));
    }
    let mut index = Index::new();
    assert!(index.insert(7, &pattern));
    let hits = index.matches(&observations);
    assert_eq!(
        hits.matched,
        if outcome.is_match() { vec![7] } else { vec![] }
    );
    // The index may know that a text is missing where the pattern alone cannot be told.
    if let Outcome::Undecided(doubt) = outcome {
        assert!(hits.undecided.is_empty() || hits.undecided == [(7, doubt)]);
    } else {
        assert!(hits.undecided.is_empty());
    }
    assert!(index.remove(7) && index.is_empty());
    assert!(index.candidates(&observations).is_empty());
    // Types whose texts are made alike are left out: there the normal form matches other texts.
    let plain = !text.contains("-addr") && !text.contains("registry");
    if let Some(canonical) = pattern.canonical().filter(|_| plain) {
        let same = canonical.matches(&observations);
        let told = |outcome: &Outcome| match outcome {
            Outcome::Undecided(_) => None,
            decided => Some(decided.is_match()),
        };
        if let (Some(a), Some(b)) = (told(&outcome), told(&same)) {
            assert_eq!(a, b, "{pattern} is {canonical}");
        }
    }
    !matches!(outcome, Outcome::NoMatch)
}
