//! `cargo xtask sbom`: the bill of materials of the program, CycloneDX 1.5 in JSON
//! (<https://cyclonedx.org/docs/1.5/json/>), written to `target/sbom.cdx.json`.
//!
//! It says the same for the same `Cargo.lock`: no date, no serial number. What only builds the
//! program is listed as excluded; what only tests it is left out.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::metadata::{Package, Tree};
use crate::test::target;

/// The package whose program is described.
const PROGRAM: &str = "legation";

pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let sbom = describe(&Tree::read(root)?)?;
    let place = target(root).join("sbom.cdx.json");
    let text = serde_json::to_string_pretty(&sbom)? + "\n";
    fs::write(&place, text).with_context(|| format!("cannot write {place:?}"))?;
    let count = sbom.get("components").and_then(Value::as_array);
    let count = count.map_or(0, Vec::len);
    println!("{count} components in {}", place.display());
    Ok(ExitCode::SUCCESS)
}

fn describe(tree: &Tree) -> Result<Value> {
    let reached = tree.reach(PROGRAM);
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    let mut program = None;
    for (id, linked) in &reached {
        let package = tree
            .packages
            .get(id)
            .context("a package that is not there")?;
        let on = package
            .depends
            .keys()
            .filter_map(|to| tree.packages.get(to));
        let mut on: Vec<String> = on.map(reference).collect();
        on.sort();
        dependencies.push(json!({"ref": reference(package), "dependsOn": on}));
        if package.name == PROGRAM && tree.members.contains(id) {
            program = Some(component(package, "application", true));
        } else {
            components.push(component(package, "library", *linked));
        }
    }
    let by = |key: &'static str| move |value: &Value| Some(value.get(key)?.as_str()?.to_owned());
    components.sort_by_key(by("bom-ref"));
    dependencies.sort_by_key(by("ref"));
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": program.context("the program is not in the tree")?,
            "tools": {"components": [{"type": "application", "name": "cargo xtask sbom"}]},
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The package URL (<https://github.com/package-url/purl-spec>), which also names it in the bill.
fn reference(package: &Package) -> String {
    format!(
        "pkg:cargo/{}@{}",
        package.name,
        package.version.replace('+', "%2B")
    )
}

fn component(package: &Package, kind: &str, linked: bool) -> Value {
    let reference = reference(package);
    let mut component = Map::new();
    let mut put = |key: &str, value: Value| component.insert(key.to_owned(), value);
    put("type", kind.into());
    put("bom-ref", reference.as_str().into());
    put("name", package.name.as_str().into());
    put("version", package.version.as_str().into());
    put("purl", reference.as_str().into());
    put("scope", if linked { "required" } else { "excluded" }.into());
    if let Some(description) = &package.description {
        put("description", description.trim().into());
    }
    if let Some(license) = &package.license {
        // An old way to write `OR` that the registry still takes.
        let license = license.replace('/', " OR ");
        put("licenses", json!([{"expression": license}]));
    }
    if let Some(checksum) = &package.checksum {
        put("hashes", json!([{"alg": "SHA-256", "content": checksum}]));
    }
    if let Some(repository) = &package.repository {
        put(
            "externalReferences",
            json!([{"type": "vcs", "url": repository}]),
        );
    }
    Value::Object(component)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the schema of CycloneDX 1.5 requires of the parts that are written here.
    fn check_component(component: &Value, refs: &mut BTreeSet<String>) {
        let kinds = ["application", "library"];
        assert!(kinds.contains(&component["type"].as_str().unwrap()));
        assert!(!component["name"].as_str().unwrap().is_empty());
        assert!(!component["version"].as_str().unwrap().is_empty());
        let purl = component["purl"].as_str().unwrap();
        assert!(
            purl.starts_with("pkg:cargo/") && purl.contains('@'),
            "{purl}"
        );
        let scope = component["scope"].as_str().unwrap();
        assert!(["required", "excluded"].contains(&scope));
        for hash in component["hashes"].as_array().into_iter().flatten() {
            assert_eq!(hash["alg"], "SHA-256");
            let content = hash["content"].as_str().unwrap();
            let hex = |byte: u8| byte.is_ascii_hexdigit();
            assert!(content.len() == 64 && content.bytes().all(hex));
        }
        // A list of licences with an expression has one item (schema, "licenseChoice").
        let licenses = component["licenses"].as_array().unwrap();
        assert_eq!(licenses.len(), 1, "{component}");
        assert!(!licenses[0]["expression"].as_str().unwrap().contains('/'));
        for one in component["externalReferences"]
            .as_array()
            .into_iter()
            .flatten()
        {
            assert_eq!(one["type"], "vcs");
            assert!(one["url"].as_str().unwrap().starts_with("http"));
        }
        let reference = component["bom-ref"].as_str().unwrap().to_owned();
        assert!(refs.insert(reference), "two components of one name");
    }

    #[test]
    fn the_bill_of_this_repository_is_whole() {
        let tree = Tree::read(&crate::root().unwrap()).unwrap();
        let sbom = describe(&tree).unwrap();
        assert_eq!(sbom["bomFormat"], "CycloneDX");
        assert_eq!(sbom["specVersion"], "1.5");
        assert_eq!(sbom["version"], 1);
        let mut refs = BTreeSet::new();
        check_component(&sbom["metadata"]["component"], &mut refs);
        for component in sbom["components"].as_array().unwrap() {
            check_component(component, &mut refs);
            let outside = !component["name"].as_str().unwrap().starts_with("legation-");
            assert_eq!(component["hashes"].is_array(), outside, "{component}");
        }
        for name in [
            "pkg:cargo/legation@",
            "pkg:cargo/heed@",
            "pkg:cargo/legation-core@",
        ] {
            assert!(refs.iter().any(|one| one.starts_with(name)), "{name}");
        }
        assert!(!refs.iter().any(|one| one.starts_with("pkg:cargo/xtask@")));
        assert!(
            !refs
                .iter()
                .any(|one| one.starts_with("pkg:cargo/proptest@")),
            "only tests use it"
        );
        let mut described = BTreeSet::new();
        for one in sbom["dependencies"].as_array().unwrap() {
            described.insert(one["ref"].as_str().unwrap().to_owned());
            for on in one["dependsOn"].as_array().unwrap() {
                assert!(refs.contains(on.as_str().unwrap()), "{on} is not listed");
            }
        }
        assert_eq!(described, refs);
        assert_eq!(
            describe(&tree).unwrap(),
            sbom,
            "the same tree, the same bill"
        );
    }
}
