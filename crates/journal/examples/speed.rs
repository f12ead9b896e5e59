//! How fast a journal appends, against the same bytes put into LMDB bare.
//!
//! `cargo run --release -p legation-journal --example speed [BATCHES] [DIR]`. Each batch is an
//! envelope as the engine files it: 1,000 bodies, one entry of 150 KiB that names them, five rows;
//! each is one commit. The bodies are objects of ATT&CK Enterprise where the folder that
//! `LEGATION_CORPUS` names has it, else made up. Not a benchmark with statistics: it says where the
//! time goes.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use heed::byteorder::BigEndian;
use heed::types::{Bytes, U64};
use heed::{CommitOrAbort, Database, Env, EnvOpenOptions, PutFlags, WithoutTls};
use legation_core::id::{BodyNumber, Digest, EntryNumber};
use legation_journal::snapshot::{self, Stamp};
use legation_journal::{Batch, Journal as _, LmdbJournal, Row, Sealed};

/// The bodies of a batch.
const BODIES: usize = 1000;

/// What an entry says of one body: digests and ids, half of which is noise.
const HEAD: usize = 150;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let batches = arguments.next().map_or(Ok(25), |n| n.parse())?;
    let scratch = match arguments.next() {
        Some(dir) => tempfile::tempdir_in(PathBuf::from(dir))?,
        None => tempfile::tempdir()?,
    };
    let objects = objects()?;
    let mut objects = objects.iter().cycle();
    let mut raw = 0;
    let mut made = Vec::new();
    for n in 0..batches {
        let bodies: Vec<Arc<[u8]>> = objects.by_ref().take(BODIES).cloned().collect();
        raw += bodies.iter().map(|body| body.len()).sum::<usize>();
        made.push(batch(n, bodies));
    }

    let signer = Box::new(|size, root: &legation_tree::Hash| format!("{size} {root}"));
    let dir = scratch.path().join("journal");
    let journal = LmdbJournal::create(&dir, signer)?;
    let mut bare = Bare::create(&scratch.path().join("bare"))?;
    // In turns, so that whatever else the machine does falls on both.
    let (mut journal_times, mut bare_times) = (Vec::new(), Vec::new());
    for (n, batch) in made.iter().enumerate() {
        let begun = Instant::now();
        bare.put(batch)?;
        bare_times.push(begun.elapsed());
        let batch = batch.clone();
        let begun = Instant::now();
        journal.append(EntryNumber(n as u64), batch)?;
        journal_times.push(begun.elapsed());
    }
    let (bare_times, journal_times) = (median(bare_times), median(journal_times));
    let each = raw / made.len().max(1);
    tell("bare puts", each, bare_times);
    tell("journal", each, journal_times);
    println!(
        "appending runs at {:.2} of bare",
        ratio(bare_times, journal_times)
    );
    let on_disk = std::fs::metadata(dir.join("data.mdb"))?;
    let (long, held) = lengths(&on_disk);
    println!(
        "the data file takes {:.3} of the raw bytes, {:.3} by its length",
        held as f64 / raw as f64,
        long as f64 / raw as f64
    );

    let head = journal.head()?;
    let begun = Instant::now();
    let (mut entries, mut bytes) = (0_u64, 0);
    journal.read(EntryNumber(0), &mut |_, frame, _| {
        entries += 1;
        bytes += frame.len();
        std::ops::ControlFlow::Continue(())
    })?;
    println!(
        "read {entries} entries of {bytes} bytes in {:.1?}",
        begun.elapsed()
    );

    for (what, count, step) in [
        ("1000 consecutive", 1000, 1),
        ("100 consecutive", 100, 1),
        ("100 scattered", 100, head.bodies.0 / 100),
    ] {
        let numbers: Vec<_> = (0..count).map(|n| BodyNumber(n * step)).collect();
        let mut best = Duration::MAX;
        let mut bytes = 0;
        let mut page = Vec::new();
        for _ in 0..20 {
            bytes = 0;
            page.clear();
            let begun = Instant::now();
            journal.bodies(&numbers, &mut |_, body| {
                page.extend_from_slice(body.unwrap_or_default());
            })?;
            bytes += page.len();
            best = best.min(begun.elapsed());
        }
        let rate = bytes as f64 / best.as_secs_f64() / 1e6;
        println!("read {what} bodies in {best:.1?}: {rate:.0} MB/s");
    }

    let mut single = Duration::ZERO;
    for n in 0..100 {
        let one = batch(n, vec![made_up(n)]);
        let at = journal.head()?.entries;
        let begun = Instant::now();
        journal.append(at, one)?;
        single += begun.elapsed();
    }
    println!("one body, durable, in {:.1?} on average", single / 100);

    drop(journal);
    let begun = Instant::now();
    let journal = LmdbJournal::open_read_only(&dir)?;
    println!("opened in {:.1?}", begun.elapsed());
    snapshot(scratch.path(), &journal)?;
    let begun = Instant::now();
    journal.copy_to(&scratch.path().join("copy"), &mut |_, _| {})?;
    println!("copied in {:.1?}", begun.elapsed());
    Ok(())
}

fn tell(what: &str, raw: usize, spent: Duration) {
    let rate = raw as f64 / spent.as_secs_f64() / 1e6;
    println!("{what}: {rate:.0} MB/s of bodies");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// The length of a file, and what it takes of the disk.
fn lengths(file: &std::fs::Metadata) -> (u64, u64) {
    #[cfg(unix)]
    let held = std::os::unix::fs::MetadataExt::blocks(file) * 512;
    #[cfg(not(unix))]
    let held = file.len();
    (file.len(), held)
}

fn objects() -> Result<Vec<Arc<[u8]>>, Box<dyn Error>> {
    let corpus = std::env::var_os("LEGATION_CORPUS").map(PathBuf::from);
    let path = corpus.map(|dir| dir.join("attack/enterprise-attack.json"));
    let Some(path) = path.filter(|path| path.exists()) else {
        println!("corpus not present: attack");
        return Ok((0..5000).map(made_up).collect());
    };
    let bundle: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let objects = bundle.get("objects").and_then(|all| all.as_array());
    let objects = objects.ok_or("no bundle")?;
    let objects = objects
        .iter()
        .map(|object| object.to_string().into_bytes().into());
    Ok(objects.collect())
}

fn made_up(n: u64) -> Arc<[u8]> {
    let id = Digest::of(&n.to_be_bytes());
    let name = "a name that comes again and again in this object ".repeat(25);
    format!(r#"{{"type":"indicator","id":"indicator--{id}","name":"{name}"}}"#)
        .into_bytes()
        .into()
}

/// The batch that files these bodies as entry n.
fn batch(n: u64, bodies: Vec<Arc<[u8]>>) -> Batch {
    let head = |body: &Arc<[u8]>| {
        let digest = *Digest::of(body).as_bytes();
        let id = format!("{}", Digest::of(&digest));
        let head: Vec<u8> = digest
            .into_iter()
            .chain(id.bytes().cycle())
            .take(HEAD)
            .collect();
        head
    };
    let frame = bodies.iter().flat_map(head).collect();
    let row = |party: u64| Row {
        key: [&b"n"[..], &party.to_be_bytes(), &n.to_be_bytes()].concat(),
        value: Vec::new(),
    };
    Batch {
        entries: vec![Sealed {
            frame,
            nonce: *Digest::of(&n.to_be_bytes()).as_bytes(),
        }],
        bodies,
        erase: Vec::new(),
        gone: Vec::new(),
        rows: (0..5).map(row).collect(),
    }
}

/// The same entries, bodies and rows, without compression, tree, checkpoint or checks.
struct Bare {
    env: Env<WithoutTls>,
    entry: Database<'static, U64<BigEndian>, Bytes>,
    body: Database<'static, U64<BigEndian>, Bytes>,
    row: Database<'static, Bytes, Bytes>,
    entries: u64,
    bodies: u64,
}

impl Bare {
    #[expect(unsafe_code, reason = "the bare comparison maps a file of its own")]
    fn create(dir: &std::path::Path) -> Result<Self, Box<dyn Error>> {
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
        Ok(Self {
            env,
            entry,
            body,
            row,
            entries: 0,
            bodies: 0,
        })
    }

    fn put(&mut self, batch: &Batch) -> Result<(), Box<dyn Error>> {
        let mut txn = self.env.write_txn()?;
        for sealed in &batch.entries {
            let value = [&sealed.nonce, &sealed.frame[..]].concat();
            (self.entry).put_with_flags(&mut txn, PutFlags::APPEND, &self.entries, &value)?;
            self.entries += 1;
        }
        for bytes in &batch.bodies {
            (self.body).put_with_flags(&mut txn, PutFlags::APPEND, &self.bodies, bytes)?;
            self.bodies += 1;
        }
        for Row { key, value } in &batch.rows {
            self.row.put(&mut txn, key, value)?;
        }
        txn.commit()?;
        Ok(())
    }
}

/// How long a snapshot of 100 MB takes, with the file in the system's cache.
fn snapshot(dir: &std::path::Path, journal: &LmdbJournal) -> Result<(), Box<dyn Error>> {
    let head = journal.head()?;
    let stamp = Stamp {
        build: "speed".into(),
        entries: head.entries,
        root: head.root,
    };
    let path = dir.join("snapshot");
    let part = made_up(1).repeat(1000);
    let begun = Instant::now();
    snapshot::save(&path, &stamp, &mut |out| {
        let mut left: usize = 100_000_000;
        while left > 0 {
            let more = left.min(part.len());
            out.write_all(part.get(..more).unwrap_or_default())?;
            left -= more;
        }
        Ok(())
    })?;
    println!("saved a snapshot of 100 MB in {:.1?}", begun.elapsed());
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let (_, bytes) = snapshot::load(&path, "speed", journal)?;
        best = best.min(begun.elapsed());
        if bytes.len() != 100_000_000 {
            return Err("the snapshot lost bytes".into());
        }
    }
    println!("loaded it in {best:.1?}");
    Ok(())
}
