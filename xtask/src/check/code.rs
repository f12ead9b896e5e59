//! Error codes: every code in the sources is listed in `docs/errors.md`, and every listed one exists.
//!
//! A code is any literal of the shape `gate.level-exceeds` that is not the name of a file. What
//! tests make up is no code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::source::Source;

const LIST: &str = "docs/errors.md";

/// Ends of file names, which have the shape of a code.
const FILE_ENDS: [&str; 17] = [
    "cbor", "csv", "json", "key", "lock", "md", "mdb", "pem", "probe", "pub", "sig", "tar", "tmp",
    "token", "toml", "txt", "url",
];

pub(super) fn look(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let path = root.join(LIST);
    let list = fs::read_to_string(&path).with_context(|| format!("cannot read {path:?}"))?;
    Ok(judge(&list, sources))
}

fn judge(list: &str, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut listed = BTreeMap::new();
    for (number, line) in list.lines().enumerate() {
        let Some(code) = listed_code(line) else {
            continue;
        };
        if listed.insert(code, number + 1).is_some() {
            let place = format!("{LIST}:{}", number + 1);
            findings.push(Finding::fault(place, format!("`{code}` is listed twice")));
        }
    }
    let mut found = BTreeSet::new();
    for source in sources {
        let shipped = !["xtask/", "fuzz/"]
            .iter()
            .any(|at| source.path.starts_with(at));
        if !shipped || source.path.contains("/examples/") {
            continue;
        }
        for literal in &source.literals {
            let code = literal.text.as_str();
            if !has_shape(code) || source.is_test(literal.at) {
                continue;
            }
            if found.insert(code) && !listed.contains_key(code) {
                let text = format!("`{code}` is not listed in {LIST}");
                findings.push(Finding::at(source, literal.at, text));
            }
        }
    }
    for (code, number) in listed.iter().filter(|(code, _)| !found.contains(*code)) {
        let place = format!("{LIST}:{number}");
        findings.push(Finding::fault(place, format!("nothing says `{code}`")));
    }
    findings
}

/// The code of a row of the list.
fn listed_code(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("| `")?;
    let code = rest.get(..rest.find('`')?)?;
    has_shape(code).then_some(code)
}

fn has_shape(text: &str) -> bool {
    let Some((area, name)) = text.split_once('.') else {
        return false;
    };
    let letters = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || more.contains(c))
    };
    letters(area, "") && letters(name, "-0123456789") && !FILE_ENDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "# Errors\n| code | meaning |\n|---|---|\n| `gate.closed` | it is |\n";

    fn texts(list: &str, code: &str) -> Vec<String> {
        let source = Source::new("crates/core/src/a.rs".into(), code.into());
        let findings = judge(list, &[source]);
        findings.into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn what_is_listed_and_said_is_well() {
        assert!(texts(LISTED, "fn code() -> &str { \"gate.closed\" }").is_empty());
    }

    #[test]
    fn a_code_that_nothing_says_is_found() {
        assert_eq!(texts(LISTED, "fn f() {}"), ["nothing says `gate.closed`"]);
    }

    #[test]
    fn codes_that_are_not_listed_are_found_wherever_they_stand() {
        let code = "fn code() -> &str { \"gate.closed\" }\nconst B: &str = \"lock.stuck\";";
        let found = texts(LISTED, code);
        assert_eq!(found, ["`lock.stuck` is not listed in docs/errors.md"]);
    }

    #[test]
    fn files_and_tests_say_no_codes() {
        let code = "const A: [&str; 2] = [\"gate.closed\", \"gate.toml\"];
            #[cfg(test)] mod tests { fn code() -> &str { \"gate.made-up\" } }";
        assert!(texts(LISTED, code).is_empty());
    }

    #[test]
    fn a_code_is_listed_once() {
        let twice = format!("{LISTED}| `gate.closed` | again |\n");
        let found = texts(&twice, "fn code() -> &str { \"gate.closed\" }");
        assert_eq!(found, ["`gate.closed` is listed twice"]);
    }
}
