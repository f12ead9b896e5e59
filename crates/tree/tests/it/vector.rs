//! Finds and reads the vectors.

use std::env;
use std::fs;
use std::path::PathBuf;

use legation_tree::{Appender, decode_bundle, leaf_hash};
use serde::de::DeserializeOwned;

/// A file among the committed vectors.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

pub(crate) fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn json<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file of the outside corpus, or `None`, said aloud, if there is no corpus.
pub(crate) fn corpus<T: DeserializeOwned>(name: &str) -> Option<T> {
    let Some(root) = env::var_os("LEGATION_CORPUS") else {
        println!("corpus not present: {name}");
        return None;
    };
    let path = PathBuf::from(root).join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The entries of the log of 300, in order.
pub(crate) fn log_entries() -> Vec<Vec<u8>> {
    ["log/tile/entries/000", "log/tile/entries/001.p/44"]
        .iter()
        .flat_map(|name| {
            let bundle = fs::read(file(name)).unwrap();
            let entries = decode_bundle(&bundle).unwrap();
            entries.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}

/// The log of 300, grown afresh from its entries up to `size`.
pub(crate) fn log_at(size: usize) -> Appender {
    let mut log = Appender::empty();
    log_entries()
        .iter()
        .take(size)
        .for_each(|entry| log.append(leaf_hash(entry)));
    log
}
