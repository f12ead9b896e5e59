//! Writers killed with SIGKILL at random moments: nothing that was acknowledged is lost, and what
//! is there is whole.
//!
//! Not here: a power cut, which takes back what the system had not yet written; against that stand
//! LMDB's flushes, on by default.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use legation_core::id::EntryNumber;
use legation_journal::{Journal as _, LmdbJournal};

use crate::sample::{Dice, append, open, signer, verify};

/// How many writers are killed.
const KILLS: u64 = 120;

/// After so many kills a new journal is begun, so that verifying stays quick and creation is
/// interrupted too.
const KILLS_PER_JOURNAL: u64 = 12;

/// The longest that a writer lives after its first acknowledgement.
const LIFE_MAX: Duration = Duration::from_millis(150);

/// The longest that a writer lives that is not waited for: some make or open the journal meanwhile.
const START_MAX: Duration = Duration::from_millis(12);

/// The longest that the test looks on while a writer writes.
const LOOK_MAX: Duration = Duration::from_millis(20);

/// The writer: opens or makes the journal, says each acknowledged length, until it is killed.
#[test]
#[ignore = "run by `kill_nine_loses_nothing_acknowledged`"]
fn child_writes_until_killed() {
    let Some(dir) = std::env::var_os("LEGATION_KILL_DIR") else {
        return;
    };
    let dir = Path::new(&dir);
    let mut dice = Dice(u64::from(std::process::id()));
    let mut out = std::io::stdout();
    let journal = if dir.join("data.mdb").exists() {
        open(dir)
    } else {
        LmdbJournal::create(dir, signer()).unwrap()
    };
    loop {
        let more = match dice.roll(4) {
            0 => 1,
            1..=2 => 1 + dice.roll(20),
            _ => 1 + dice.roll(200),
        };
        let head = append(&journal, more).unwrap();
        writeln!(out, "ack {}", head.entries).unwrap();
        out.flush().unwrap();
        assert!(head.entries.0 < 1_000_000, "nobody kills this writer");
    }
}

#[test]
fn kill_nine_loses_nothing_acknowledged() {
    let root = tempfile::tempdir().unwrap();
    let mut dice = Dice(8);
    let begun = Instant::now();
    let (mut acknowledged, mut unasked, mut early) = (0, 0, 0);
    let mut least = 0;
    for kill in 0..KILLS {
        let dir = root.path().join((kill / KILLS_PER_JOURNAL).to_string());
        if kill % KILLS_PER_JOURNAL == 0 {
            least = 0;
        }
        let writes = dice.roll(4) > 0;
        let most = if writes { LIFE_MAX } else { START_MAX };
        let life = Duration::from_micros(dice.roll(most.as_micros() as u64));
        let told = write_and_kill(&dir, life, writes);
        early += u64::from(told.is_none());
        least = told.unwrap_or(least);
        acknowledged += u64::from(told.is_some());

        if !dir.join("data.mdb").exists() {
            assert_eq!(least, 0, "nothing was promised yet");
            continue;
        }
        let count = verify(&open(&dir));
        assert!(count >= least, "{least} acknowledged, {count} found");
        unasked += u64::from(count > least);
        least = count;
    }
    println!(
        "{KILLS} kills in {:.1?}: {acknowledged} after an acknowledgement, {early} before any, \
         {unasked} with a batch kept that was not acknowledged yet",
        begun.elapsed()
    );
    assert!(acknowledged > KILLS / 4, "the writers got to write");
}

/// Lets a writer live for `life`, from its first acknowledgement or from its start; gives the last
/// length that it acknowledged.
fn write_and_kill(dir: &Path, life: Duration, wait_for_first: bool) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child_writes_until_killed"])
        .args(["--ignored", "--nocapture"])
        .env("LEGATION_KILL_DIR", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ack = |line: std::io::Result<String>| line.ok()?.strip_prefix("ack ")?.parse::<u64>().ok();
    let first = wait_for_first.then(|| lines.by_ref().find_map(ack).expect("the writer begins"));
    // Another process may look on while it writes.
    if let Some(first) = first {
        let onlooker = LmdbJournal::open_read_only(dir).unwrap();
        let head = onlooker.follow(EntryNumber(first), LOOK_MAX).unwrap();
        assert!(head.entries.0 >= first);
    }
    // The pipe is emptied meanwhile, so that the writer never waits for it.
    let reader = thread::spawn(move || lines.filter_map(ack).last());
    thread::sleep(life);
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    let status = child.wait().unwrap();
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9)
    );
    reader.join().unwrap().or(first)
}
