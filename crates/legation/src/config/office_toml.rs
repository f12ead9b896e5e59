//! `DIR/office.toml`, the settings of an office of 0.1: read as long as there is no
//! `legation.toml`, and taken over into one when the office is served.
//!
//! The file of 0.1 said three settings (`listen`, `public_url`, `url`) and three facts that the
//! journal says too. Taking over writes the new file first and then renames the old one, so that a
//! cut between the two leaves a directory that still opens and is taken over again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::Document;

use super::{fault, page, reader};
use crate::disk::{self, Mode};
use crate::failure::Failure;

/// The file of settings that 0.1 wrote.
pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join("office.toml")
}

/// Where an office of 0.1 wrote that it is found.
pub(super) fn url(dir: &Path) -> Result<Option<String>, Failure> {
    let old = file(dir);
    if !old.exists() {
        return Ok(None);
    }
    let text = disk::read_text(&old)?;
    let document = Document::parse(text.as_str()).ok();
    let url =
        document.and_then(|document| document.as_table().get("url")?.as_str().map(str::to_owned));
    Ok(url)
}

/// Writes the settings of `office.toml` into `legation.toml`; what to tell about it.
pub(super) fn take_over(dir: &Path) -> Result<Option<String>, Failure> {
    let old = file(dir);
    if !old.exists() {
        return Ok(None);
    }
    let new = super::file(dir);
    if !new.exists() {
        // The environment is for this run; it has no place in a file.
        let text = disk::read_text(&old)?;
        let read = reader::read(&text, &BTreeMap::new(), dir, true)
            .map_err(|faults| fault::failure(&old, faults))?;
        disk::replace(&new, page::file(&read.settings).as_bytes(), Mode::Open)?;
    }
    let kept = dir.join("office.toml.0.1");
    std::fs::rename(&old, &kept).map_err(|error| Failure::disk("rename", &old, &error))?;
    Ok(Some(format!(
        "the settings in `{}` are now in `{}`; the old file is kept as `{}`",
        old.display(),
        new.display(),
        kept.display()
    )))
}
