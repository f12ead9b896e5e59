//! Words: no identifier uses a word that `docs/glossary.md` rules out, and no function is a `get_`.
//!
//! Not here: prose. Comments and texts are read by people.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::source::Source;

const GLOSSARY: &str = "docs/glossary.md";

/// Names that others gave, which contain such a word.
const FOREIGN: [&str; 3] = ["peer_addr", "peer_certificates", "peer_cred"];

/// A word that is ruled out, and the one that stands in its place.
struct Ruling<'a> {
    never: &'a str,
    word: &'a str,
}

pub(super) fn look(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let path = root.join(GLOSSARY);
    let glossary = fs::read_to_string(&path).with_context(|| format!("cannot read {path:?}"))?;
    let rulings = read(&glossary);
    if rulings.is_empty() {
        return Ok(vec![Finding::fault(GLOSSARY, "rules no word out")]);
    }
    let judge = |source| judge(&rulings, source);
    Ok(sources.iter().flat_map(judge).collect())
}

/// The rulings of the glossary: rows of three columns, the words ruled out in backticks.
fn read(glossary: &str) -> Vec<Ruling<'_>> {
    let mut rulings = Vec::new();
    for line in glossary.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [word, _, nevers] = cells.as_slice() else {
            continue;
        };
        let quoted = nevers.split('`').skip(1).step_by(2);
        rulings.extend(quoted.map(|never| Ruling { never, word }));
    }
    rulings
}

fn judge(rulings: &[Ruling<'_>], source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before = "";
    for (at, word) in source.words() {
        if before == "fn" && word.starts_with("get_") {
            let text = format!("`{word}`: a function is a verb, without `get_`");
            findings.push(Finding::at(source, at, text));
        }
        before = word;
        if FOREIGN.contains(&word) {
            continue;
        }
        for part in parts(word) {
            let ruling = rulings.iter().find(|ruling| same(&part, ruling.never));
            if let Some(Ruling { word: right, .. }) = ruling {
                let text = format!("`{word}` uses `{part}`; the word here is {right}");
                findings.push(Finding::at(source, at, text));
            }
        }
    }
    findings
}

/// The words of an identifier in lower case: `PartyCode` and `party_code` are both party, code.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_lower = false;
    for c in identifier.chars() {
        if c == '_' || (c.is_uppercase() && after_lower) {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut().filter(|_| c != '_') {
            last.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    parts
}

fn same(part: &str, never: &str) -> bool {
    part == never || part.strip_suffix('s') == Some(never)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLOSSARY: &str = "# Words\n\n| word | meaning | never |\n|---|---|---|\n\
        | party | who takes part | `org`, `peer` |\n| gate | what decides | |\n";

    fn texts(code: &str) -> Vec<String> {
        let source = Source::new("crates/core/src/a.rs".into(), code.into());
        let findings = judge(&read(GLOSSARY), &source);
        findings.into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn words_that_are_ruled_out_are_found_in_any_case() {
        for code in [
            "fn f(peers: u8) {}",
            "struct PeerCode;",
            "const MAX_ORG: u8 = 0;",
        ] {
            assert_eq!(texts(code).len(), 1, "{code}");
        }
    }

    #[test]
    fn other_words_prose_and_foreign_names_pass() {
        let code = "// the peer\nfn organise(s: &str) { f(\"peer\").peer_addr(); }";
        assert!(texts(code).is_empty());
    }

    #[test]
    fn a_function_does_not_get() {
        assert_eq!(texts("fn get_party() {}").len(), 1);
        assert!(texts("fn f() { map.get_mut(); }").is_empty());
    }
}
