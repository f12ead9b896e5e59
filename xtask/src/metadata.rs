//! The tree of dependencies as cargo tells it: what the licence check and the bill of materials rest
//! on.
//!
//! Nothing is fetched: the versions are those of `Cargo.lock`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use toml_edit::Document;

use crate::check::cargo;

/// A package of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) license: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) repository: Option<String>,
    /// Where it comes from; none for our own.
    pub(crate) source: Option<String>,
    /// SHA-256 of what the registry gave, in hexadecimal.
    pub(crate) checksum: Option<String>,
    /// What it builds on and is built with: ids, and whether any of it ends up in the program.
    pub(crate) depends: BTreeMap<String, bool>,
}

/// All packages, by cargo's own id.
pub(crate) struct Tree {
    pub(crate) packages: BTreeMap<String, Package>,
    /// The packages of this repository.
    pub(crate) members: BTreeSet<String>,
}

impl Tree {
    /// Asks cargo.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let asked = cargo(root)
            .args(["metadata", "--format-version", "1", "--locked"])
            .output()
            .context("cannot start cargo")?;
        ensure!(
            asked.status.success(),
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&asked.stderr)
        );
        let lock = root.join("Cargo.lock");
        let lock =
            std::fs::read_to_string(&lock).with_context(|| format!("cannot read {lock:?}"))?;
        Self::of(&asked.stdout, &lock)
    }

    /// Reads what cargo says, and the checksums that the lock file holds.
    pub(crate) fn of(metadata: &[u8], lock: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_slice(metadata).context("cargo speaks otherwise")?;
        let checksums = checksums(lock)?;
        let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let mut packages = BTreeMap::new();
        for package in list(&metadata, "packages") {
            let id = text(package, "id").context("a package without an id")?;
            let name = text(package, "name").context("a package without a name")?;
            let version = text(package, "version").context("a package without a version")?;
            let checksum = checksums.get(&(name.clone(), version.clone())).cloned();
            let package = Package {
                license: text(package, "license"),
                description: text(package, "description"),
                repository: text(package, "repository"),
                source: text(package, "source"),
                checksum,
                depends: BTreeMap::new(),
                name,
                version,
            };
            packages.insert(id, package);
        }
        let resolve = metadata.get("resolve").context("cargo resolves nothing")?;
        for node in list(resolve, "nodes") {
            let id = text(node, "id").unwrap_or_default();
            let Some(package) = packages.get_mut(&id) else {
                continue;
            };
            for dependency in list(node, "deps") {
                let to = text(dependency, "pkg").context("a dependency without a package")?;
                let kinds = || list(dependency, "dep_kinds").map(|kind| text(kind, "kind"));
                if kinds().all(|kind| kind.as_deref() == Some("dev")) {
                    continue;
                }
                let linked = kinds().any(|kind| kind.is_none());
                package.depends.insert(to, linked);
            }
        }
        let members = list(&metadata, "workspace_members");
        let members = members.filter_map(|id| id.as_str().map(str::to_owned));
        Ok(Self {
            packages,
            members: members.collect(),
        })
    }

    /// What that package of ours is made of, itself included: ids, and whether each ends up in the
    /// program or only builds it.
    pub(crate) fn reach(&self, name: &str) -> BTreeMap<String, bool> {
        let is_start = |id: &&String| self.packages.get(*id).is_some_and(|one| one.name == name);
        let mut reached = BTreeMap::new();
        let mut next: Vec<(String, bool)> = self
            .members
            .iter()
            .filter(is_start)
            .map(|id| (id.clone(), true))
            .collect();
        while let Some((id, linked)) = next.pop() {
            match reached.get(&id) {
                Some(known) if *known || !linked => continue,
                _ => {}
            }
            reached.insert(id.clone(), linked);
            if let Some(package) = self.packages.get(&id) {
                let on = package.depends.iter();
                next.extend(on.map(|(to, direct)| (to.clone(), linked && *direct)));
            }
        }
        reached
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>> {
    let lock = Document::parse(lock).context("cannot read Cargo.lock")?;
    let packages = lock
        .get("package")
        .and_then(|item| item.as_array_of_tables());
    let mut found = BTreeMap::new();
    for package in packages.into_iter().flatten() {
        let text = |key| package.get(key).and_then(|item| item.as_str());
        if let (Some(name), Some(version), Some(checksum)) =
            (text("name"), text("version"), text("checksum"))
        {
            found.insert((name.into(), version.into()), checksum.into());
        }
    }
    Ok(found)
}
