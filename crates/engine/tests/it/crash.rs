//! Offices killed with SIGKILL at random moments under load: filing by two parties, reading by two,
//! suspensions, amendments and withdrawals, with a clock that also steps back.
//!
//! The child says what was acknowledged to it and what it received; the parent kills it and holds
//! the journal to that: nothing acknowledged is lost, nothing was received without a receipt, no
//! receipt names what its party could not have then, instants never go back, the journal verifies,
//! and the views of the office that opens again are those of the oracle and of a fold from nothing.
//!
//! Not here: the same through HTTP (the binary's tests) and the storage alone (the journal's).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant as Stopwatch};

use legation_core::act::{Act, Entry, Extent};
use legation_core::agreement::signature::{from_seed, sign};
use legation_core::id::{AgreementId, AgreementVersion, EntryNumber, PartyCode};
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_engine::{Caller, EngineError, Envelope, Fault, Office, Shape, verify};
use legation_journal::{Journal as _, LmdbJournal};
use legation_testkit::dice::Dice;
use legation_testkit::oracle::Oracle;

use crate::sample::{
    AGREEMENT, GREEN, Hands, RED, START, Sample, cyber, everything, id, instant, malware,
    open_patiently, received, sample,
};

/// How many offices are killed.
const KILLS: u32 = 150;

/// After so many kills a new office is founded, so that verifying stays quick.
const KILLS_PER_OFFICE: u32 = 10;

/// The longest that a child lives after it has opened the office.
const LIFE_MAX: Duration = Duration::from_millis(120);

/// The longest that a child lives that is not waited for: some are killed while they open.
const START_MAX: Duration = Duration::from_millis(40);

/// A generous bound against hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// TLP 1.0 AMBER, as the standard fixes it.
const AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

/// The partners, with the seed of the key that each signs with.
const PARTNERS: [(&str, &str, u8); 2] = [("JPN", "nato-jpn", 2), ("KOR", "nato-kor", 3)];

/// What a child is told by its parent, and what it works with.
struct Child {
    office: Office,
    clock: Hands,
    chief: Caller,
    partners: Vec<Caller>,
    next: AtomicU32,
    seed: u64,
}

/// Says a line to the parent, whole.
fn say(line: &str) {
    static OUT: Mutex<()> = Mutex::new(());
    let _out = OUT.lock().unwrap();
    let mut out = std::io::stdout();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Works at the office in every way until it is killed.
#[test]
#[ignore = "run by `nothing_acknowledged_is_lost_and_nothing_received_without_a_receipt`"]
fn child_works_until_killed() {
    let told = |name: &str| std::env::var(name);
    let Ok(dir) = told("LEGATION_CRASH_DIR") else {
        return;
    };
    let secrets = told("LEGATION_CRASH_SECRETS").unwrap();
    let seed: u64 = told("LEGATION_CRASH_SEED").unwrap().parse().unwrap();
    let clock = Hands::at(&told("LEGATION_CRASH_AT").unwrap());
    let first: u32 = told("LEGATION_CRASH_FIRST").unwrap().parse().unwrap();
    let office = open_patiently(Path::new(&dir), &clock);
    let mut callers = secrets
        .split(',')
        .map(|secret| office.authenticate(secret).unwrap().unwrap());
    let child = Arc::new(Child {
        chief: callers.next().unwrap(),
        partners: callers.collect(),
        office,
        clock,
        next: AtomicU32::new(first),
        seed,
    });
    say("open");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut tasks = vec![
            tokio::spawn(Arc::clone(&child).file(child.chief.clone(), 1)),
            tokio::spawn(Arc::clone(&child).file(child.partners[0].clone(), 2)),
            tokio::spawn(Arc::clone(&child).rule()),
        ];
        for caller in &child.partners {
            tasks.push(tokio::spawn(Arc::clone(&child).read(caller.clone())));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
}

impl Child {
    fn dice(&self, series: u64) -> Dice {
        Dice::seeded(self.seed.wrapping_mul(31).wrapping_add(series))
    }

    /// Files small envelopes, some of whose objects refer to others, held or not yet.
    async fn file(self: Arc<Self>, caller: Caller, series: u64) {
        let mut dice = self.dice(series);
        loop {
            let numbers: Vec<u32> = (0..=dice.below(4))
                .map(|_| self.next.fetch_add(1, Ordering::SeqCst))
                .collect();
            let objects: Vec<String> = numbers
                .iter()
                .map(|&number| {
                    let marking = [GREEN, AMBER, AMBER, RED][dice.below(4)];
                    let more = match dice.below(3) {
                        0 => {
                            let other = id((number + 3).saturating_sub(dice.below(12) as u32));
                            format!(",\"sample_refs\":[\"{other}\"]")
                        }
                        _ => String::new(),
                    };
                    malware(number, marking, &more)
                })
                .collect();
            let body = format!("{{\"objects\": [{}]}}", objects.join(", "));
            let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 100).unwrap();
            match self.office.file(&caller, cyber(), envelope).await {
                Ok(filed) => {
                    for one in filed.filed.iter().chain(&filed.unchanged) {
                        say(&format!("filed {} {}", caller.party, one.id));
                    }
                }
                // Suspended: the area does not exist for it.
                Err(error) => assert_eq!(error.fault, Fault::NotFound, "{error:?}"),
            }
            self.clock.tick();
        }
    }

    /// Polls, page by page, over and over.
    async fn read(self: Arc<Self>, caller: Caller) {
        let mut query = everything();
        query.limit = 7;
        loop {
            let page = received(&self.office, &caller, &query).await;
            match page {
                Ok((ids, last)) => {
                    if ids.is_empty() {
                        tokio::task::yield_now().await;
                    } else {
                        say(&format!("got {} {}", caller.party, ids.join(" ")));
                    }
                    query.after = last;
                }
                Err(error) => assert_eq!(error.fault, Fault::NotFound, "{error:?}"),
            }
        }
    }

    /// Suspends, resumes, amends and withdraws; the clock jumps meanwhile.
    async fn rule(self: Arc<Self>) {
        let mut dice = self.dice(3);
        loop {
            let (party, name, seed) = PARTNERS[dice.below(2)];
            let agreement: AgreementId = name.parse().unwrap();
            let (chief, why) = (&self.chief, "a reason".to_owned());
            let done = match dice.below(6) {
                0 => {
                    let done = self.office.suspend(chief, agreement, why).await;
                    done.map(|done| say(&format!("did {} suspend", done.entry)))
                }
                1 | 2 => {
                    let done = self.office.resume(chief, agreement, why).await;
                    done.map(|done| say(&format!("did {} resume", done.entry)))
                }
                3 => self.amend(agreement, party, seed).await,
                4 => {
                    let number = dice.below(self.next.load(Ordering::SeqCst) as usize);
                    let gone = id(number as u32);
                    let done = self.office.withdraw(chief, gone.clone(), None, why).await;
                    done.map(|_| say(&format!("withdrew {gone}")))
                }
                _ => {
                    let minutes = dice.below(21) as i64 - 10;
                    self.clock.step(minutes * 60_000_000);
                    Ok(())
                }
            };
            if let Err(error) = done {
                let expected = [Fault::NotFound, Fault::Conflict];
                assert!(expected.contains(&error.fault), "{error:?}");
            }
        }
    }

    /// Tables the next version, or goes on with the one that a kill left unsigned.
    async fn amend(
        &self,
        agreement: AgreementId,
        party: &str,
        seed: u8,
    ) -> Result<(), EngineError> {
        let sides = [("NATO", 1), (party, seed)];
        let (version, signed) = self.office.with(|fold| {
            let latest = fold.state().agreement(&agreement).unwrap().latest();
            let latest = latest.unwrap();
            (latest.number(), latest.signatures.len())
        })?;
        let (version, file) = if signed < sides.len() {
            let number = Some(version);
            let file = self
                .office
                .agreement_file(&self.chief, &agreement, number)?;
            (version, file)
        } else {
            let version = AgreementVersion(version.0 + 1);
            let level = if version.0.is_multiple_of(2) {
                "GREEN"
            } else {
                "AMBER"
            };
            let file = AGREEMENT
                .replace("JPN", party)
                .replace("nato-jpn", agreement.as_str())
                .replace("version = 1", &format!("version = {version}"))
                .replace("up_to = \"AMBER\"", &format!("up_to = \"{level}\""))
                .into_bytes();
            self.office.table(&self.chief, file.clone()).await?;
            (version, file)
        };
        for (side, seed) in sides {
            let (private, _) = from_seed(&[seed; 32], side).unwrap();
            let signature = sign(&file, &private).unwrap();
            let side: PartyCode = side.parse().unwrap();
            let accepted = self
                .office
                .accept(&self.chief, agreement.clone(), version, side, signature)
                .await;
            match accepted {
                Ok(_) => {}
                // Signed before the kill.
                Err(error) if error.fault == Fault::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        say(&format!("amended {agreement} {version}"));
        Ok(())
    }
}

/// What was said to children, and what must therefore be in the journal.
#[derive(Default)]
struct Promised {
    filed: BTreeSet<(String, String)>,
    got: BTreeSet<(String, String)>,
    did: BTreeMap<u64, String>,
    withdrew: BTreeSet<String>,
    amended: BTreeSet<(String, u32)>,
}

impl Promised {
    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["filed", party, id] => {
                self.filed.insert(((*party).into(), (*id).into()));
            }
            ["got", party, ids @ ..] => {
                let ids = ids.iter().map(|id| ((*party).into(), (*id).into()));
                self.got.extend(ids);
            }
            ["did", entry, what] => {
                self.did.insert(entry.parse().unwrap(), (*what).into());
            }
            ["withdrew", id] => {
                self.withdrew.insert((*id).into());
            }
            ["amended", agreement, version] => {
                let version = version.parse().unwrap();
                self.amended.insert(((*agreement).into(), version));
            }
            _ => {}
        }
    }
}

/// Lets a child work and kills it; notes every whole line that it said.
fn work_and_kill(
    sample: &Ground,
    first: u32,
    at: Instant,
    dice: &mut Dice,
    promised: &mut Promised,
) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_works_until_killed"])
        .args(["--ignored", "--nocapture", "--test-threads=1"])
        .env("LEGATION_CRASH_DIR", sample.dir.path())
        .env("LEGATION_CRASH_SECRETS", &sample.secrets)
        .env("LEGATION_CRASH_SEED", dice.below(1 << 30).to_string())
        .env("LEGATION_CRASH_AT", at.to_string())
        .env("LEGATION_CRASH_FIRST", first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let waits = dice.below(5) > 0;
    let mut line = String::new();
    while waits && line != "open\n" {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "the child is gone");
    }
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        let mut line = String::new();
        // A line without its end was cut off by the kill: it promised nothing.
        while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
            said.push(line.trim_end().to_owned());
            line.clear();
        }
        said
    });
    let most = if waits { LIFE_MAX } else { START_MAX };
    thread::sleep(Duration::from_micros(
        dice.below(most.as_micros() as usize) as u64
    ));
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert_eq!(signal, Some(9), "the child ended by itself: {status}");
    for line in reader.join().unwrap() {
        promised.note(&line);
    }
}

/// Tells what came before a receipt that names what the fold does not know, before that fails.
fn describe(entries: &[Entry], fold: &Fold, entry: &Entry, receipt: &legation_core::act::Receipt) {
    for before in entries.iter().rev().take(25).rev() {
        eprintln!(
            "{} {} {:?} {:?}",
            before.number, before.at, before.actor, before.act
        );
    }
    eprintln!(
        "{} {} {:?} {:?}",
        entry.number, entry.at, entry.actor, receipt
    );
    for record in fold.shown(&receipt.party, &receipt.area) {
        let date = fold.date_added(&receipt.party, record);
        eprintln!("{record} {} {date:?}", fold.state().record_id(record));
    }
}

/// An office on disk with what one needs to work at it; nobody has it open.
struct Ground {
    dir: tempfile::TempDir,
    secrets: String,
    log_key: String,
    /// Everything read so far, folded once.
    fold: Option<Fold>,
    entries: Vec<Entry>,
    /// What receipts name, by party and id.
    covered: BTreeSet<(String, String)>,
}

impl Ground {
    fn found() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let founded = sample().await;
            let mut secrets = vec![founded.token.clone()];
            for (party, ..) in PARTNERS {
                let party = party.parse().unwrap();
                let client = "crash".parse().unwrap();
                let secret = founded.office.add_client(&founded.chief, party, client);
                secrets.push(secret.await.unwrap().reveal().to_owned());
            }
            let Sample { dir, log_key, .. } = founded;
            Self {
                dir,
                secrets: secrets.join(","),
                log_key,
                fold: None,
                entries: Vec::new(),
                covered: BTreeSet::new(),
            }
        })
    }

    /// Reads the entries that are new, and judges each receipt at its own entry.
    fn read_on(&mut self) {
        let journal = LmdbJournal::open_read_only(&self.dir.path().join("journal")).unwrap();
        let mut entries = Vec::new();
        let from = EntryNumber(self.entries.len() as u64);
        journal
            .read(from, &mut |_, frame, _| {
                entries.push(Entry::decode(frame).unwrap());
                ControlFlow::Continue(())
            })
            .unwrap();
        drop(journal);
        for entry in entries {
            if let Some(last) = self.entries.last() {
                assert!(last.at < entry.at, "instants go back at {}", entry.number);
            }
            match &mut self.fold {
                None => self.fold = Some(Fold::open(&entry).unwrap()),
                Some(fold) => {
                    fold.advance(entry.at);
                    if let Act::Release(receipt) = &entry.act {
                        let records = fold.released_by(receipt);
                        if records.len() as u64 != receipt.dates.len() {
                            describe(&self.entries, fold, &entry, receipt);
                        }
                        assert_eq!(records.len() as u64, receipt.dates.len());
                        assert_eq!(receipt.extent, Extent::Bodies);
                        for record in records {
                            assert!(
                                fold.is_released(&receipt.party, record),
                                "{} names {record}, which {} could not have",
                                entry.number,
                                receipt.party
                            );
                            let id = fold.state().record_id(record).to_string();
                            self.covered.insert((receipt.party.to_string(), id));
                        }
                    }
                    fold.apply(&entry).unwrap();
                }
            }
            self.entries.push(entry);
        }
    }

    fn check_promises(&self, promised: &Promised) {
        let fold = self.fold.as_ref().unwrap();
        let state = fold.state();
        let mut filed = BTreeSet::new();
        let mut gone = BTreeSet::new();
        for entry in &self.entries {
            match &entry.act {
                Act::File(file) => filed.extend(
                    file.records
                        .iter()
                        .map(|head| (file.originator.to_string(), head.id.to_string())),
                ),
                Act::Withdraw(withdraw) => gone.extend(
                    withdraw
                        .records
                        .iter()
                        .map(|record| state.record_id(*record).to_string()),
                ),
                _ => {}
            }
        }
        let lost: Vec<_> = promised.filed.difference(&filed).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let lost: Vec<_> = promised.withdrew.difference(&gone).collect();
        assert!(lost.is_empty(), "withdrawn and not gone: {lost:?}");
        for (number, what) in &promised.did {
            let act = &self.entries[*number as usize].act;
            let found = match act {
                Act::SuspendAgreement(_) => "suspend",
                Act::ResumeAgreement(_) => "resume",
                _ => "something else",
            };
            assert_eq!(found, what, "entry {number}");
        }
        for (agreement, version) in &promised.amended {
            let agreement = state.agreement(&agreement.parse().unwrap()).unwrap();
            let version = agreement.version(AgreementVersion(*version)).unwrap();
            assert_eq!(version.signatures.len(), 2);
        }
        let naked: Vec<_> = promised.got.difference(&self.covered).collect();
        assert!(naked.is_empty(), "received without a receipt: {naked:?}");
    }

    /// Opens the office and compares everybody's views.
    fn check_views(&self, clock: &Hands) {
        let oracle = Oracle::of(&self.entries);
        // Its own clock stays at the last entry: the next child's may be behind this one's.
        let mut fold = self.fold.clone().unwrap();
        let office = open_patiently(self.dir.path(), clock);
        let now = office.with(Fold::clock).unwrap();
        fold.advance(now);
        let judgement = oracle.judge(now);
        for (index, party) in judgement.parties().iter().enumerate() {
            let expected = judgement.shown(index, &cyber());
            let dated = |fold: &Fold| -> Vec<_> {
                let shown = fold.shown(party, &cyber());
                let dates = shown
                    .iter()
                    .map(|record| fold.date_added(party, *record))
                    .collect::<Vec<_>>();
                shown.into_iter().zip(dates).collect()
            };
            let again = office.with(dated).unwrap();
            let shown: Vec<_> = again.iter().map(|(record, _)| *record).collect();
            assert_eq!(shown, expected, "what {party} is shown at {now}");
            assert_eq!(again, dated(&fold), "the dates of {party} at {now}");
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_received_without_a_receipt() {
    let seed = std::env::var("LEGATION_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()) | 1 << 40);
    println!("LEGATION_SEED={seed}");
    let mut dice = Dice::seeded(seed);
    let begun = Stopwatch::now();
    let mut ground = Ground::found();
    let mut promised = Promised::default();
    let (mut entries, mut filed, mut got, mut ruled) = (0, 0, 0, 0);
    for kill in 0..KILLS {
        if kill > 0 && kill % KILLS_PER_OFFICE == 0 {
            ground = Ground::found();
            promised = Promised::default();
        }
        let first = kill * 10_000;
        // Any hour of some days, before or after what the last child knew.
        let hours = dice.below(100) as i64;
        let at = instant(START).plus_micros(hours * 3_600_000_000);
        let before = (promised.filed.len(), promised.got.len());
        let ruled_before = promised.did.len() + promised.amended.len() + promised.withdrew.len();
        work_and_kill(&ground, first, at, &mut dice, &mut promised);
        let findings = verify_patiently(&ground);
        assert_eq!(findings, Vec::<String>::new(), "kill {kill}");
        let known = ground.entries.len();
        ground.read_on();
        ground.check_promises(&promised);
        ground.check_views(&Hands::at(&at.to_string()));
        entries += ground.entries.len() - known;
        filed += promised.filed.len() - before.0;
        got += promised.got.len() - before.1;
        ruled +=
            promised.did.len() + promised.amended.len() + promised.withdrew.len() - ruled_before;
    }
    println!(
        "{KILLS} kills in {:.1?}: {entries} entries, {filed} records acknowledged, {got} received, \
         {ruled} suspensions, resumptions, amendments and withdrawals acknowledged",
        begun.elapsed()
    );
    assert!(
        filed > 0 && got > 0 && ruled > 0,
        "the children got to work"
    );
}

fn verify_patiently(ground: &Ground) -> Vec<String> {
    let begun = Stopwatch::now();
    loop {
        match verify(ground.dir.path(), &ground.log_key, &mut |_, _| {}) {
            Ok(findings) => return findings.faults,
            // This process had it open a moment ago.
            Err(error) if error.code == "journal.in-use" && begun.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(2));
            }
            Err(error) => panic!("{} {error}", error.code),
        }
    }
}
