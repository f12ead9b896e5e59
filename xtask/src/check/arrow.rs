//! The arrows between crates: who may depend on whom.
//!
//! Not here: what a crate does with what it depends on; see `purity` for the pure ones.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml_edit::{Document, TableLike};

use super::Finding;

/// What each crate may depend on. A new arrow is a decision: write it down before it is added here.
const ARROWS: [(&str, &[&str]); 9] = [
    ("core", &[]),
    ("engine", &["core", "formats", "journal", "stix", "tree"]),
    ("formats", &["core", "stix"]),
    ("journal", &["core", "tree"]),
    ("legation", &["core", "engine", "formats", "journal", "web"]),
    ("stix", &[]),
    ("testkit", &["core", "engine", "journal"]),
    ("tree", &[]),
    ("web", &["core", "engine", "formats"]),
];

/// What any crate's tests may use: the testkit, and the crates that know no office, by which an
/// outsider would judge it.
const FOR_TESTS: [&str; 3] = ["stix", "testkit", "tree"];

/// Crates whose errors are for people only, so that anyhow may carry them.
const MAY_USE_ANYHOW: [&str; 1] = ["legation"];

pub(super) fn look(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (name, _) in ARROWS {
        let place = format!("crates/{name}/Cargo.toml");
        match fs::read_to_string(root.join(&place)) {
            Ok(text) => findings.extend(judge(name, &place, &text)?),
            Err(error) => findings.push(Finding::fault(place, format!("cannot be read: {error}"))),
        }
    }
    for item in fs::read_dir(root.join("crates")).context("cannot read crates")? {
        let name = item?.file_name().to_string_lossy().into_owned();
        if !ARROWS.iter().any(|(known, _)| *known == name) {
            let place = format!("crates/{name}");
            findings.push(Finding::fault(place, "no arrows are set for this crate"));
        }
    }
    Ok(findings)
}

fn judge(name: &str, place: &str, manifest: &str) -> Result<Vec<Finding>> {
    let manifest = Document::parse(manifest).with_context(|| format!("cannot read {place}"))?;
    let allowed = ARROWS.iter().find(|(known, _)| *known == name);
    let allowed = allowed.map_or(&[] as &[&str], |(_, allowed)| allowed);
    let mut findings = Vec::new();
    for (table, dependency) in dependencies(manifest.as_table()) {
        let for_tests = table == "dev-dependencies";
        if dependency == "anyhow" && !for_tests && !MAY_USE_ANYHOW.contains(&name) {
            findings.push(Finding::fault(place, "anyhow is for the binary and tests"));
        }
        let Some(to) = dependency.strip_prefix("legation-") else {
            continue;
        };
        let may = allowed.contains(&to) || (for_tests && (FOR_TESTS.contains(&to) || to == name));
        if !may {
            let text = format!("[{table}] has an arrow {name} -> {to} that the layout forbids");
            findings.push(Finding::fault(place, text));
        }
    }
    Ok(findings)
}

/// Every dependency with the name of its table, those of single targets included.
pub(super) fn dependencies(manifest: &dyn TableLike) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (key, item) in manifest.iter() {
        let Some(table) = item.as_table_like() else {
            continue;
        };
        if key == "target" {
            for (_, target) in table.iter() {
                found.extend(target.as_table_like().map(dependencies).unwrap_or_default());
            }
        } else if key.ends_with("dependencies") {
            for (dependency, item) in table.iter() {
                let package = item.as_table_like().and_then(|item| item.get("package"));
                let package = package.and_then(|item| item.as_str());
                let package = package.unwrap_or(dependency);
                found.push((key.to_owned(), package.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str, manifest: &str) -> Vec<String> {
        let findings = judge(name, "Cargo.toml", manifest).unwrap();
        findings.into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn an_arrow_that_goes_up_is_found() {
        let found = texts("core", "[dependencies]\nlegation-stix.workspace = true\n");
        assert_eq!(
            found,
            ["[dependencies] has an arrow core -> stix that the layout forbids"]
        );
    }

    #[test]
    fn an_arrow_under_another_name_or_target_is_found() {
        let renamed =
            "[dependencies]\nx = { package = \"legation-engine\", path = \"../engine\" }\n";
        assert_eq!(texts("journal", renamed).len(), 1);
        let target = "[target.'cfg(unix)'.dependencies]\nlegation-web.workspace = true\n";
        assert_eq!(texts("engine", target).len(), 1);
    }

    #[test]
    fn tests_may_use_what_knows_no_office_and_nothing_above() {
        let testkit = "[dev-dependencies]\nlegation-testkit.workspace = true\nlegation-tree.workspace = true\nanyhow = \"1\"\n";
        assert!(texts("core", testkit).is_empty());
        let web = "[dev-dependencies]\nlegation-web.workspace = true\n";
        assert_eq!(texts("core", web).len(), 1);
    }

    #[test]
    fn anyhow_is_for_the_binary() {
        let manifest = "[dependencies]\nanyhow.workspace = true\n";
        assert_eq!(texts("engine", manifest).len(), 1);
        assert!(texts("legation", manifest).is_empty());
    }
}
