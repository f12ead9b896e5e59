//! How fast a journal appends, against the same bytes put into LMDB bare.
//!
//! `cargo run --release -p legation-journal --example speed [BATCHES] [DIR]`. Each batch has 1,000
//! entries of 300 bytes, their bodies of 1.5 KiB and two rows each; each is one commit. Not a
//! benchmark with statistics: it says where the time goes.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use heed::byteorder::BigEndian;
use heed::types::{Bytes, U64};
use heed::{CommitOrAbort, EnvOpenOptions, PutFlags};
use legation_core::id::{BodyNumber, Digest, EntryNumber};
use legation_journal::{Batch, Journal as _, LmdbJournal, Row, Sealed};

const ENTRIES: u64 = 1000;
const FRAME: usize = 300;
const BODY: usize = 1536;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let batches = arguments.next().map_or(Ok(100), |n| n.parse())?;
    let scratch = match arguments.next() {
        Some(dir) => tempfile::tempdir_in(PathBuf::from(dir))?,
        None => tempfile::tempdir()?,
    };

    let bare = put_bare(&scratch.path().join("bare"), batches)?;
    tell("bare puts", batches, bare);

    let signer = Box::new(|size, root: &legation_tree::Hash| format!("{size} {root}"));
    let journal = LmdbJournal::create(&scratch.path().join("journal"), signer)?;
    let mut spent = Duration::ZERO;
    for n in 0..batches {
        let batch = batch(n * ENTRIES);
        let begun = Instant::now();
        journal.append(EntryNumber(n * ENTRIES), batch)?;
        spent += begun.elapsed();
    }
    tell("journal", batches, spent);
    println!("the journal takes {:.2} of bare", ratio(spent, bare));

    let begun = Instant::now();
    let (mut entries, mut bytes) = (0_u64, 0);
    journal.read(EntryNumber(0), &mut |_, frame, _| {
        entries += 1;
        bytes += frame.len();
        std::ops::ControlFlow::Continue(())
    })?;
    println!("read {entries} entries in {:.1?}", begun.elapsed());

    let numbers: Vec<_> = (0..1000).map(|n| BodyNumber(n * 97 % entries)).collect();
    let begun = Instant::now();
    journal.bodies(&numbers, &mut |_, body| {
        bytes += body.map_or(0, <[u8]>::len);
    })?;
    println!("read 1000 scattered bodies in {:.1?}", begun.elapsed());

    let mut single = Duration::ZERO;
    for n in 0..100 {
        let head = journal.head()?;
        let one = Batch {
            entries: vec![sealed(n)],
            ..Batch::default()
        };
        let begun = Instant::now();
        journal.append(head.entries, one)?;
        single += begun.elapsed();
    }
    println!("one entry, durable, in {:.1?} on average", single / 100);

    let begun = Instant::now();
    journal.copy_to(&scratch.path().join("copy"), &mut |_, _| {})?;
    println!("copied in {:.1?} ({bytes} bytes seen)", begun.elapsed());
    Ok(())
}

fn tell(what: &str, batches: u64, spent: Duration) {
    let rate = (batches * ENTRIES) as f64 / spent.as_secs_f64();
    println!(
        "{what}: {rate:.0} entries/s, {:.1?} a batch",
        spent / batches as u32
    );
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn sealed(n: u64) -> Sealed {
    let nonce = *Digest::of(&n.to_be_bytes()).as_bytes();
    let frame = nonce.iter().copied().cycle().take(FRAME).collect();
    Sealed { frame, nonce }
}

fn batch(from: u64) -> Batch {
    let numbers = from..from + ENTRIES;
    let body = |n: u64| -> Arc<[u8]> { n.to_be_bytes().into_iter().cycle().take(BODY).collect() };
    Batch {
        entries: numbers.clone().map(sealed).collect(),
        bodies: numbers.clone().map(body).collect(),
        erase: Vec::new(),
        rows: numbers.flat_map(rows).collect(),
    }
}

/// One row that falls anywhere, as of a record's id, and one that is appended.
fn rows(n: u64) -> [Row; 2] {
    let scattered = Digest::of(&n.to_le_bytes());
    let row = |kind: &[u8], key: &[u8]| Row {
        key: [kind, key].concat(),
        value: n.to_be_bytes().to_vec(),
    };
    [row(b"i", scattered.as_bytes()), row(b"n", &n.to_be_bytes())]
}

/// The same entries, bodies and rows, without tree, checkpoint or checks.
#[expect(unsafe_code, reason = "the bare comparison maps a file of its own")]
fn put_bare(dir: &std::path::Path, batches: u64) -> Result<Duration, Box<dyn Error>> {
    std::fs::create_dir(dir)?;
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(1 << 40).max_dbs(3);
    // SAFETY: the file was just made and nobody else knows it.
    let env = unsafe { options.open(dir)? };
    let tables = env.create_databases_and_commit(env.write_txn()?, |opener, txn| {
        let tables = (
            opener.create_database::<U64<BigEndian>, Bytes>(txn, Some("entry"))?,
            opener.create_database::<U64<BigEndian>, Bytes>(txn, Some("body"))?,
            opener.create_database::<Bytes, Bytes>(txn, Some("row"))?,
        );
        Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(tables))
    })?;
    let (entry, body, row) = tables.commit().ok_or("no tables")?;
    let mut spent = Duration::ZERO;
    for n in 0..batches {
        let batch = batch(n * ENTRIES);
        let begun = Instant::now();
        let mut txn = env.write_txn()?;
        for (at, sealed) in (n * ENTRIES..).zip(&batch.entries) {
            let value = [&sealed.nonce, &sealed.frame[..]].concat();
            entry.put_with_flags(&mut txn, PutFlags::APPEND, &at, &value)?;
        }
        for (at, bytes) in (n * ENTRIES..).zip(&batch.bodies) {
            body.put_with_flags(&mut txn, PutFlags::APPEND, &at, bytes)?;
        }
        for Row { key, value } in &batch.rows {
            row.put(&mut txn, key, value)?;
        }
        txn.commit()?;
        spent += begun.elapsed();
    }
    Ok(spent)
}
