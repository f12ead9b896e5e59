//! `cargo xtask deny`: what `deny.toml` permits into the tree of dependencies.
//!
//! Two readers of the one file. Ours, which needs nothing but cargo and is a part of the checks:
//! licences, banned crates, sources, crates in several versions. And cargo-deny, where it is
//! installed, for the same in more depth and for advisories, whose database it fetches.

mod license;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};
use toml_edit::{Document, Item};

use crate::metadata::Tree;
use crate::test::target;

/// The registry that crates may come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The version of cargo-deny that is installed by `--install`.
const VERSION: &str = "0.20.2";

pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<ExitCode> {
    let (install, offline) = match arguments {
        [] => (false, false),
        ["--install"] => (true, false),
        ["--offline"] => (false, true),
        _ => anyhow::bail!("usage: cargo xtask deny [--install | --offline]"),
    };
    let mut sound = look(root)?;
    let tools = target(root).join("tools");
    if install {
        let status = crate::check::cargo(root)
            .args(["install", "cargo-deny", "--locked", "--version", VERSION])
            .arg("--root")
            .arg(&tools)
            .status()
            .context("cannot start cargo")?;
        ensure!(status.success(), "cargo-deny does not install: {status}");
    }
    match find(&tools) {
        Some(program) => sound &= ask(root, &program, offline)?,
        None => println!(
            "advisories: not looked at, since cargo-deny is not here; `cargo xtask deny --install` builds \
             it from the registry (some minutes)"
        ),
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Our own look; whether nothing is wrong.
pub(crate) fn look(root: &Path) -> Result<bool> {
    let policy = root.join("deny.toml");
    let policy = std::fs::read_to_string(&policy).context("cannot read deny.toml")?;
    let findings = judge(&Tree::read(root)?, &Policy::read(&policy)?);
    println!(
        "check licences, bans, sources: {}",
        if findings.faults.is_empty() {
            "ok"
        } else {
            "FAILED"
        }
    );
    for fault in &findings.faults {
        println!("  {fault}");
    }
    for (name, versions) in &findings.duplicates {
        let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
        println!(
            "  warning: {name} in {} versions: {}",
            versions.len(),
            versions.join(", ")
        );
    }
    Ok(findings.faults.is_empty())
}

/// cargo-deny, on the path or in our tools.
fn find(tools: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).map(|dir| dir.join("cargo-deny"));
    std::iter::once(tools.join("bin/cargo-deny"))
        .chain(places)
        .find(|place| place.is_file())
}

/// Has cargo-deny look too; whether nothing is wrong.
fn ask(root: &Path, program: &Path, offline: bool) -> Result<bool> {
    let run = |checks: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(root);
        if offline {
            command.arg("--offline");
        }
        command
            .args(["check", "--hide-inclusion-graph"])
            .args(checks);
        command.status().context("cannot start cargo-deny")
    };
    let sound = run(&["licenses", "bans", "sources"])?.success();
    if offline {
        println!(
            "advisories: not looked at offline; their database comes from \
             https://github.com/rustsec/advisory-db"
        );
        return Ok(sound);
    }
    Ok(run(&["advisories"])?.success() && sound)
}

/// What `deny.toml` says, as far as it is read here.
#[derive(Debug, Default)]
struct Policy {
    licenses: BTreeSet<String>,
    banned: BTreeMap<String, String>,
}

impl Policy {
    fn read(text: &str) -> Result<Self> {
        let document = Document::parse(text).context("cannot read deny.toml")?;
        let list = |table: &str, key: &str| {
            let item = document.get(table).and_then(|table| table.get(key));
            item.and_then(Item::as_array).cloned().unwrap_or_default()
        };
        let licenses = list("licenses", "allow");
        let licenses = licenses.iter().filter_map(|one| one.as_str());
        let mut banned = BTreeMap::new();
        for one in list("bans", "deny").iter() {
            let text = |key| one.as_inline_table()?.get(key)?.as_str();
            let name = text("crate").context("a ban names no crate")?;
            banned.insert(
                name.to_owned(),
                text("reason").unwrap_or_default().to_owned(),
            );
        }
        let policy = Self {
            licenses: licenses.map(str::to_owned).collect(),
            banned,
        };
        ensure!(!policy.licenses.is_empty(), "deny.toml permits no licence");
        Ok(policy)
    }
}

#[derive(Debug, Default)]
struct Findings {
    faults: Vec<String>,
    duplicates: BTreeMap<String, BTreeSet<String>>,
}

fn judge(tree: &Tree, policy: &Policy) -> Findings {
    let mut findings = Findings::default();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, package) in &tree.packages {
        if tree.members.contains(id) {
            continue;
        }
        let name = format!("{} {}", package.name, package.version);
        let license = package.license.as_deref().unwrap_or_default();
        match license::permits(license, &policy.licenses) {
            Some(true) => {}
            Some(false) => findings.faults.push(format!("{name}: licence `{license}`")),
            None => findings
                .faults
                .push(format!("{name}: `{license}` is no licence expression")),
        }
        if let Some(reason) = policy.banned.get(&package.name) {
            findings.faults.push(format!("{name} is banned: {reason}"));
        }
        if package.source.as_deref() != Some(REGISTRY) {
            let source = package.source.as_deref().unwrap_or("a path");
            findings.faults.push(format!("{name} comes from {source}"));
        }
        versions
            .entry(package.name.clone())
            .or_default()
            .insert(package.version.clone());
    }
    versions.retain(|_, versions| versions.len() > 1);
    findings.duplicates = versions;
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "[licenses]\nallow = [\"MIT\", \"Apache-2.0\"]\n\
                          [bans]\ndeny = [{ crate = \"bad\", reason = \"it is\" }]\n";

    fn tree(packages: &str) -> Tree {
        let metadata = format!(
            "{{\"packages\":[{packages}],\"resolve\":{{\"nodes\":[]}},\"workspace_members\":[\"own\"]}}"
        );
        Tree::of(metadata.as_bytes(), "").unwrap()
    }

    fn package(name: &str, version: &str, license: &str, source: &str) -> String {
        format!(
            "{{\"id\":\"{name}-{version}\",\"name\":\"{name}\",\"version\":\"{version}\",\
             \"license\":{license},\"source\":\"{source}\"}}"
        )
    }

    #[test]
    fn what_is_not_permitted_is_found() {
        let policy = Policy::read(POLICY).unwrap();
        let packages = [
            package("good", "1.0.0", "\"MIT OR GPL-3.0\"", REGISTRY),
            package("good", "2.0.0", "\"MIT\"", REGISTRY),
            package("free", "1.0.0", "\"GPL-3.0\"", REGISTRY),
            package("mute", "1.0.0", "null", REGISTRY),
            package("bad", "1.0.0", "\"MIT\"", REGISTRY),
            package("far", "1.0.0", "\"MIT\"", "git+https://example.org/far"),
        ];
        let found = judge(&tree(&packages.join(",")), &policy);
        assert_eq!(
            found.faults,
            [
                "bad 1.0.0 is banned: it is",
                "far 1.0.0 comes from git+https://example.org/far",
                "free 1.0.0: licence `GPL-3.0`",
                "mute 1.0.0: `` is no licence expression",
            ]
        );
        assert_eq!(found.duplicates.keys().collect::<Vec<_>>(), ["good"]);
    }

    #[test]
    fn this_repository_keeps_to_its_policy() {
        assert!(look(&crate::root().unwrap()).unwrap());
    }
}
