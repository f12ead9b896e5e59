//! Headers, names and lengths of files.
//!
//! Not here: what is in them.

use super::Finding;
use crate::source::Source;

/// The length that a file aims at, in lines without tests.
const AIM: usize = 300;

/// The length at which a file is cut in two.
const STOP: usize = 700;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "common", "helper", "helpers", "manager", "misc", "types", "util", "utils",
];

/// Files that bear such a name for a reason.
const EXCUSED: [(&str, &str); 1] = [(
    "crates/stix/src/object/common.rs",
    "STIX 2.1 section 3.2 calls them common properties",
)];

pub(super) fn look(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(judge).collect()
}

fn judge(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let path = source.path.as_str();
    if !source.text.starts_with("//! ") {
        findings.push(Finding::fault(path, "does not open with `//!`"));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".rs").unwrap_or(name);
    if stem == "mod" {
        findings.push(Finding::fault(
            path,
            "`foo.rs` lies beside `foo/`: no mod.rs",
        ));
    }
    let excused = EXCUSED.iter().any(|(known, _)| *known == path);
    if EMPTY_NAMES.contains(&stem) && !excused {
        findings.push(Finding::fault(
            path,
            "the name says nothing of what is inside",
        ));
    }
    let lines = source.lines_without_tests();
    if lines > STOP {
        let text = format!("{lines} lines without tests, and {STOP} is where it stops");
        findings.push(Finding::fault(path, text));
    } else if lines > AIM {
        let text = format!("{lines} lines without tests; aim at {AIM}");
        findings.push(Finding::warning(path, text));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Weight;

    fn found(path: &str, text: &str) -> Vec<Finding> {
        look(&[Source::new(path.into(), text.into())])
    }

    #[test]
    fn a_file_opens_with_its_header() {
        assert_eq!(found("crates/core/src/a.rs", "use std::fmt;\n").len(), 1);
        assert!(found("crates/core/src/a.rs", "//! A.\n").is_empty());
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(found("crates/core/src/utils.rs", "//! A.\n").len(), 1);
        assert_eq!(found("crates/core/src/gate/mod.rs", "//! A.\n").len(), 1);
        assert!(found(EXCUSED[0].0, "//! A.\n").is_empty());
    }

    #[test]
    fn long_files_are_warned_of_then_stopped() {
        let warned = found("crates/core/src/a.rs", &"//! A.\n".repeat(301));
        assert!(warned.iter().all(|f| f.weight == Weight::Warning) && warned.len() == 1);
        let stopped = found("crates/core/src/a.rs", &"//! A.\n".repeat(701));
        assert!(stopped.iter().all(|f| f.weight == Weight::Fault) && stopped.len() == 1);
        assert!(found("crates/core/tests/it/a.rs", &"//! A.\n".repeat(701)).is_empty());
    }
}
