//! `legation export --misp-feed`: a party's view as the files of a MISP feed, in a folder from which
//! any web server can serve them.
//!
//! It is a release to the party: the office writes the receipt before it answers. What an earlier
//! export left in the folder goes when it is no longer part of the feed.

use std::fs;
use std::path::Path;

use legation_core::id::{AreaName, PartyCode};
use serde_json::{Value, json};

use crate::answer::{Answer, list};
use crate::client::Connection;
use crate::disk::{self, Mode};
use crate::failure::Failure;

/// Tells which events there are: it is written last, so that it never names one that is missing.
const MANIFEST: &str = "manifest.json";

pub(super) fn run(
    connection: &Connection,
    party: &PartyCode,
    area: &AreaName,
    to: &Path,
) -> Result<Answer, Failure> {
    let path = format!("/parties/{party}/feed");
    let feed = connection
        .open()?
        .post(&path, &json!({"area": area.as_str()}))?;
    fs::create_dir_all(to).map_err(|error| Failure::disk("make", to, &error))?;
    let before = events(&to.join(MANIFEST));
    let mut files: Vec<(&str, &str)> = Vec::new();
    for file in list(&feed, "files") {
        let text = |key: &str| file.get(key).and_then(Value::as_str).unwrap_or_default();
        files.push((checked(text("name"))?, text("text")));
    }
    files.sort_by_key(|(name, _)| *name == MANIFEST);
    for (name, text) in &files {
        disk::replace(&to.join(name), text.as_bytes(), Mode::Open)?;
    }
    for name in before.iter().map(|uuid| format!("{uuid}.json")) {
        let stale = checked(&name).is_ok() && files.iter().all(|(kept, _)| *kept != name);
        let path = to.join(&name);
        if stale && path.is_file() {
            fs::remove_file(&path).map_err(|error| Failure::disk("remove", &path, &error))?;
        }
    }
    let events = files.len().saturating_sub(2);
    let text = format!(
        "{events} events of {area} are in {}, as {party} may have them now",
        to.display()
    );
    let json = json!({"party": party.as_str(), "area": area.as_str(), "to": to, "events": events});
    Ok(Answer::new(text, json))
}

/// The events that a manifest names, if there is one.
fn events(manifest: &Path) -> Vec<String> {
    let read = fs::read(manifest).ok();
    let read = read.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let entries = read.as_ref().and_then(Value::as_object);
    entries.map_or_else(Vec::new, |entries| entries.keys().cloned().collect())
}

/// A name that lies in the folder and nowhere else.
fn checked(name: &str) -> Result<&str, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    match name.ends_with(".json") || name.ends_with(".csv") {
        true if name.chars().all(plain) && !name.starts_with('.') => Ok(name),
        _ => {
            let text = format!("the office named a file `{name}`, which is not one of a feed");
            Err(Failure::new("cli.answer", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in [
            "manifest.json",
            "hashes.csv",
            "0e3c4ef9-2d86-5a69-8742-7ee949f00ae2.json",
        ] {
            assert!(checked(name).is_ok(), "{name}");
        }
        for name in [
            "../x.json",
            "/x.json",
            ".json",
            "a/b.csv",
            "a\\b.json",
            "x.sh",
            "",
        ] {
            assert!(checked(name).is_err(), "{name}");
        }
    }
}
