//! The pure crates do no input or output, are not async, and read neither clock nor dice.
//!
//! Not a proof: it knows the names by which the standard library is reached. Their dependencies are
//! read in review.

use super::Finding;
use crate::source::Source;

const PURE: [&str; 4] = ["core", "formats", "stix", "tree"];

/// Names that a pure crate does not utter, and what each would bring in.
const BANNED: [(&str, &str); 6] = [
    ("OsRng", "dice"),
    ("SystemTime", "the clock"),
    ("async", "async"),
    ("await", "async"),
    ("getrandom", "dice"),
    ("tokio", "async"),
];

/// Modules of the standard library that a pure crate does not reach for.
const BANNED_MODULES: [(&str, &str); 6] = [
    ("env", "the environment"),
    ("fs", "files"),
    ("net", "the network"),
    ("process", "processes"),
    ("thread", "threads"),
    ("time", "the clock"),
];

pub(super) fn look(sources: &[Source]) -> Vec<Finding> {
    let pure = sources.iter().filter(|source| is_pure(&source.path));
    pure.flat_map(judge).collect()
}

fn is_pure(path: &str) -> bool {
    PURE.iter()
        .any(|name| path.starts_with(&format!("crates/{name}/src/")))
}

fn judge(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before = "";
    for (at, word) in source.words() {
        let banned = BANNED.iter().find(|(name, _)| *name == word);
        let of_std = BANNED_MODULES.iter().find(|(name, _)| *name == word);
        let of_std = of_std.filter(|_| before == "std");
        if let Some((name, what)) = banned.or(of_std).filter(|_| !source.is_test(at)) {
            let text = format!("`{name}`: a pure crate is free of {what}");
            findings.push(Finding::at(source, at, text));
        }
        before = word;
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        look(&[Source::new(path.into(), text.into())]).len()
    }

    #[test]
    fn clock_files_and_async_are_found() {
        let text = "use std::fs;\nuse std::time::Duration;\nasync fn f() {}\n";
        assert_eq!(found("crates/core/src/a.rs", text), 3);
        assert_eq!(found("crates/engine/src/a.rs", text), 0);
    }

    #[test]
    fn tests_and_comments_may_name_them() {
        let text = "//! std::fs\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(found("crates/tree/src/a.rs", text), 0);
        assert_eq!(found("crates/tree/tests/it/a.rs", "use std::fs;\n"), 0);
    }
}
