//! Libraries: each one that the workspace names is used by a crate, and has its reason in
//! `docs/decisions/0001-libraries.md`.
//!
//! Not here: whether the reason is good. Licences and advisories are `deny.toml`'s.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml_edit::Document;

use super::Finding;
use super::arrow::dependencies;

const REASONS: &str = "docs/decisions/0001-libraries.md";
const WORKSPACE: &str = "Cargo.toml";

pub(super) fn look(root: &Path) -> Result<Vec<Finding>> {
    let read = |place: &str| {
        fs::read_to_string(root.join(place)).with_context(|| format!("cannot read {place}"))
    };
    let workspace = Document::parse(read(WORKSPACE)?).context("cannot read Cargo.toml")?;
    let named = workspace
        .get("workspace")
        .and_then(|item| item.get("dependencies"))
        .and_then(|item| item.as_table_like())
        .context("the workspace names no dependencies")?;
    let named = named.iter().map(|(name, _)| name);
    let used = used(root)?;
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    Ok(judge(named, &used, &read(REASONS)?))
}

/// The names of all dependencies of all crates.
fn used(root: &Path) -> Result<Vec<String>> {
    let mut used = Vec::new();
    let crates = fs::read_dir(root.join("crates")).context("cannot read crates")?;
    let mut places = vec![root.join("xtask/Cargo.toml")];
    for item in crates {
        places.push(item?.path().join("Cargo.toml"));
    }
    for place in places {
        let text = fs::read_to_string(&place).with_context(|| format!("cannot read {place:?}"))?;
        let manifest = Document::parse(text).with_context(|| format!("cannot read {place:?}"))?;
        let names = dependencies(manifest.as_table());
        used.extend(names.into_iter().map(|(_, name)| name));
    }
    Ok(used)
}

fn judge<'a>(named: impl Iterator<Item = &'a str>, used: &[&str], reasons: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in named {
        if name.starts_with("legation-") {
            continue;
        }
        if !used.contains(&name) {
            findings.push(Finding::fault(WORKSPACE, format!("no crate uses `{name}`")));
        }
        if !reasons.contains(&format!("`{name}`")) {
            findings.push(Finding::fault(
                REASONS,
                format!("gives no reason for `{name}`"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_used_and_has_a_reason() {
        let found = judge(
            ["base64", "chrono", "legation-core"].into_iter(),
            &["base64", "legation-core"],
            "| `base64` | signatures |",
        );
        let texts: Vec<_> = found.into_iter().map(|finding| finding.text).collect();
        assert_eq!(
            texts,
            ["no crate uses `chrono`", "gives no reason for `chrono`"]
        );
    }
}
