//! The bytes of records put into LMDB bare: what filing is measured against by `cargo xtask bench`.
//!
//! `cargo run --release -p legation-journal --example bare DIR FOLDER`. FOLDER holds files
//! `*.bodies`: bodies, each behind its length (4 bytes, big-endian). The bodies of a file go in one
//! durable commit, under consecutive numbers, appended. Nothing else is written: no entries, no
//! index, no tree.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use heed::byteorder::BigEndian;
use heed::types::{Bytes, U64};
use heed::{CommitOrAbort, EnvOpenOptions, PutFlags};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1).map(PathBuf::from);
    let (Some(dir), Some(folder)) = (words.next(), words.next()) else {
        return Err("usage: bare DIR FOLDER".into());
    };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|item| item.map(|item| item.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "bodies"));
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let batches = files.iter().map(|file| cut(file));
    let batches = batches.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    println!("figure bare_seconds {:e}", put(&dir, &batches)?);
    Ok(())
}

/// The bodies of a file.
fn cut(mut file: &[u8]) -> Result<Vec<&[u8]>, Box<dyn Error>> {
    let mut bodies = Vec::new();
    while let Some((length, rest)) = file.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let (body, rest) = rest.split_at_checked(length).ok_or("a body is cut short")?;
        bodies.push(body);
        file = rest;
    }
    Ok(bodies)
}

#[expect(unsafe_code, reason = "the bare comparison maps a file of its own")]
fn put(dir: &std::path::Path, batches: &[Vec<&[u8]>]) -> Result<f64, Box<dyn Error>> {
    std::fs::create_dir_all(dir)?;
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(1 << 36).max_dbs(1);
    // SAFETY: the file was just made and nobody else knows it.
    let env = unsafe { options.open(dir)? };
    let table = env.create_databases_and_commit(env.write_txn()?, |opener, txn| {
        let table = opener.create_database::<U64<BigEndian>, Bytes>(txn, Some("body"))?;
        Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(table))
    })?;
    let table = table.commit().ok_or("no table")?;
    let begun = Instant::now();
    let mut number = 0;
    for batch in batches {
        let mut txn = env.write_txn()?;
        for body in batch {
            table.put_with_flags(&mut txn, PutFlags::APPEND, &number, body)?;
            number += 1;
        }
        txn.commit()?;
    }
    Ok(begun.elapsed().as_secs_f64())
}
