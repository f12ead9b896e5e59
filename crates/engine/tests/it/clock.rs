//! A clock that steps back and forth round filings, readings and the boundaries of agreements.
//!
//! After each step: instants in the journal never go back, everybody's view is that of the oracle at
//! the office's time, and nothing is handed out that the oracle does not release then. The office
//! is also closed and opened again while its clock is wrong.

use legation_core::act::{Act, Entry};
use legation_core::agreement::signature::{from_seed, sign};
use legation_core::id::{AgreementId, EntryNumber, PartyCode};
use legation_core::time::Instant;
use legation_engine::{Caller, EngineError, Envelope, Fault, Office, Shape};
use legation_testkit::dice::Dice;
use legation_testkit::oracle::Oracle;

use crate::sample::{
    AGREEMENT, GREEN, Hands, Sample, cyber, everything, id, instant, malware, open_patiently,
    received, sample,
};

/// How many things happen in one world.
const STEPS: usize = 160;

/// How many worlds there are.
const WORLDS: u64 = 6;

/// Instants round which the hands move: those of the agreements.
const BOUNDARIES: [&str; 4] = [
    "2026-01-01T00:00:00Z",
    "2026-03-01T00:00:00Z",
    "2026-06-01T00:00:00Z",
    "2027-01-01T00:00:00Z",
];

struct World {
    /// None only while it is opened again.
    running: Option<Office>,
    clock: Hands,
    dir: tempfile::TempDir,
    chief: Caller,
    partners: Vec<Caller>,
    oracle: Option<Oracle>,
    known: Vec<Entry>,
    next: u32,
    dice: Dice,
    /// How often something happened: released, withheld, refused, back, forth.
    tally: [u32; 5],
}

impl World {
    async fn begin(seed: u64) -> Self {
        let founded = sample().await;
        let partners = vec![founded.client("JPN").await, founded.client("KOR").await];
        let Sample {
            dir,
            office,
            clock,
            chief,
            ..
        } = founded;
        Self {
            running: Some(office),
            clock,
            dir,
            chief,
            partners,
            oracle: None,
            known: Vec::new(),
            next: 0,
            dice: Dice::seeded(seed),
            tally: [0; 5],
        }
    }

    /// Moves the hands: a little, or to just before, at or after a boundary, in both directions.
    fn turn_hands(&mut self) {
        let before = self.clock_now();
        match self.dice.below(3) {
            0 => {
                let micros = self.dice.between(-90_000_000, 90_000_000);
                self.clock.step(micros);
            }
            1 => self.clock.tick(),
            _ => {
                let boundary = instant(BOUNDARIES[self.dice.below(BOUNDARIES.len())]);
                let near = boundary.plus_micros(self.dice.between(-2, 2));
                self.clock.step(near.micros() - before.micros());
            }
        }
        let way = usize::from(self.clock_now() < before);
        self.tally[4 - way] += 1;
    }

    fn office(&self) -> &Office {
        self.running.as_ref().unwrap()
    }

    fn clock_now(&self) -> Instant {
        legation_core::time::Clock::now(&self.clock)
    }

    async fn something(&mut self) {
        let (name, party, seed) =
            [("nato-jpn", "JPN", 2), ("nato-kor", "KOR", 3)][self.dice.below(2)];
        let agreement: AgreementId = name.parse().unwrap();
        let why = "a reason".to_owned();
        let done: Result<(), EngineError> = match self.dice.below(12) {
            0..4 => self.file().await,
            4..7 => self.read().await,
            7 => {
                let done = self.office().suspend(&self.chief, agreement, why).await;
                done.map(|_| ())
            }
            8 => {
                let done = self.office().resume(&self.chief, agreement, why).await;
                done.map(|_| ())
            }
            9 => self.amend(agreement, party, seed).await,
            10 => {
                let gone = id(self.dice.below(self.next as usize + 1) as u32);
                let done = self.office().withdraw(&self.chief, gone, None, why).await;
                done.map(|_| ())
            }
            _ => {
                self.reopen();
                Ok(())
            }
        };
        if let Err(error) = done {
            let expected = [Fault::NotFound, Fault::Conflict, Fault::Invalid];
            assert!(expected.contains(&error.fault), "{error:?}");
            self.tally[2] += 1;
        }
    }

    async fn file(&mut self) -> Result<(), EngineError> {
        let callers = [&self.chief, &self.partners[0], &self.partners[1]];
        let caller = callers[self.dice.below(3)].clone();
        let objects: Vec<String> = (0..=self.dice.below(5))
            .map(|_| {
                self.next += 1;
                malware(self.next, GREEN, "")
            })
            .collect();
        let body = format!("{{\"objects\": [{}]}}", objects.join(", "));
        let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 100)?;
        self.office().file(&caller, cyber(), envelope).await?;
        Ok(())
    }

    /// A page holds what the oracle releases at that time, neither more nor less.
    async fn read(&mut self) -> Result<(), EngineError> {
        let caller = self.partners[self.dice.below(2)].clone();
        let before = self.office().now()?;
        let got = received(self.office(), &caller, &everything()).await;
        // The receipt comes after the last entry, even where the clock has stepped back behind it:
        // a boundary may lie between.
        let after = self.office().now()?;
        self.catch_up();
        let oracle = self.oracle.as_ref().unwrap();
        match got {
            Ok((mut ids, _)) => {
                ids.sort_unstable();
                let expected = [before, after].map(|at| self.expected(&caller.party, at));
                assert!(
                    expected.contains(&ids),
                    "{} from {before} to {after}: {ids:?}, not one of {expected:?}",
                    caller.party
                );
                self.tally[0] += 1;
            }
            Err(error) => {
                assert_eq!(error.fault, Fault::NotFound, "{error:?}");
                assert!(
                    [before, after]
                        .iter()
                        .any(|at| oracle.basis(&caller.party, *at).is_empty()),
                    "an agreement is in force for {} from {before} to {after}",
                    caller.party
                );
                self.tally[1] += 1;
            }
        }
        Ok(())
    }

    /// The ids that the oracle releases, in their order.
    fn expected(&self, party: &PartyCode, at: Instant) -> Vec<String> {
        let oracle = self.oracle.as_ref().unwrap();
        let judgement = oracle.judge(at);
        let index = judgement.parties().iter().position(|one| one == party);
        let shown = judgement.shown(index.unwrap(), &cyber());
        let names = shown.iter().map(|record| oracle.name(record.0 as usize).1);
        let mut ids: Vec<String> = names.map(str::to_owned).collect();
        ids.sort_unstable();
        ids
    }

    /// A next version, in force some time from now or some time ago, until some time later.
    async fn amend(
        &mut self,
        agreement: AgreementId,
        party: &str,
        seed: u8,
    ) -> Result<(), EngineError> {
        let latest = self.office().with(|fold| {
            let agreement = fold.state().agreement(&agreement).unwrap();
            agreement.latest().unwrap().number()
        })?;
        let from = BOUNDARIES[self.dice.below(3)];
        let file = AGREEMENT
            .replace("JPN", party)
            .replace("nato-jpn", agreement.as_str())
            .replace("version = 1", &format!("version = {}", latest.0 + 1))
            .replace("2020-01-01T00:00:00Z", from)
            .into_bytes();
        let tabled = self.office().table(&self.chief, file.clone()).await?;
        for (side, seed) in [("NATO", 1), (party, seed)] {
            let (private, _) = from_seed(&[seed; 32], side).unwrap();
            let signature = sign(&file, &private).unwrap();
            let side: PartyCode = side.parse().unwrap();
            self.office()
                .accept(
                    &self.chief,
                    tabled.id.clone(),
                    tabled.version,
                    side,
                    signature,
                )
                .await?;
            self.turn_hands();
        }
        Ok(())
    }

    /// Closes the office and opens it again, with whatever the clock says.
    fn reopen(&mut self) {
        self.running = None;
        self.running = Some(open_patiently(self.dir.path(), &self.clock));
    }

    /// Takes note of the entries that are new: no instant goes back.
    fn catch_up(&mut self) {
        let from = EntryNumber(self.known.len() as u64);
        let size = self.office().log_size().unwrap();
        for number in (from.0..size).map(EntryNumber) {
            let proof = self.office().proof(&self.chief, number).unwrap();
            let entry = Entry::decode(&proof.frame).unwrap();
            if let Some(last) = self.known.last() {
                assert!(last.at < entry.at, "entry {number} goes back");
            }
            match &mut self.oracle {
                Some(oracle) => oracle.apply(&entry),
                None => self.oracle = Some(Oracle::of(std::slice::from_ref(&entry))),
            }
            self.known.push(entry);
        }
    }

    fn compare(&self, now: Instant) {
        let judgement = self.oracle.as_ref().unwrap().judge(now);
        for (index, party) in judgement.parties().iter().enumerate() {
            let shown = self
                .office()
                .with(|fold| fold.shown(party, &cyber()))
                .unwrap();
            let expected = judgement.shown(index, &cyber());
            assert_eq!(shown, expected, "what {party} is shown at {now}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn views_follow_the_office_s_time_and_it_never_goes_back_past_an_entry() {
    let seed = std::env::var("LEGATION_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()) | 1 << 40);
    println!("LEGATION_SEED={seed}");
    let mut tally = [0; 5];
    for number in 0..WORLDS {
        let mut world = World::begin(seed.wrapping_add(number)).await;
        for _ in 0..STEPS {
            world.turn_hands();
            world.something().await;
            world.catch_up();
            let now = world.office().now().unwrap();
            assert!(now >= world.known.last().unwrap().at);
            world.compare(now);
        }
        for (sum, more) in tally.iter_mut().zip(world.tally) {
            *sum += more;
        }
    }
    let [read, shut, refused, back, forth] = tally;
    println!(
        "{read} pages, {shut} closed collections, {refused} acts refused, the clock {back} times back \
         and {forth} forth"
    );
    assert!(tally.iter().all(|count| *count > 0), "each of it happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_too_early_and_nothing_is_released() {
    let world = World::begin(1).await;
    let (office, chief, clock) = (world.office(), &world.chief, &world.clock);
    let jpn = &world.partners[0];
    clock.set("2026-02-01T00:00:00Z");
    let agreement: AgreementId = "nato-jpn".parse().unwrap();
    office
        .suspend(chief, agreement.clone(), "x".into())
        .await
        .unwrap();
    office
        .terminate(chief, agreement, None, "x".into())
        .await
        .unwrap();
    let file = AGREEMENT
        .replace("nato-jpn", "nato-jpn-2")
        .replace("2020-01-01T00:00:00Z", "2026-06-01T00:00:00Z");
    let keys: Vec<String> = [(1, "NATO"), (2, "JPN")]
        .map(|(seed, name)| from_seed(&[seed; 32], name).unwrap().0)
        .into();
    let keys = [("NATO", keys[0].as_str()), ("JPN", keys[1].as_str())];
    crate::sample::table(office, chief, &file, &keys).await;
    let body = format!("{{\"objects\": [{}]}}", malware(1, GREEN, ""));
    let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 100).unwrap();
    office.file(chief, cyber(), envelope).await.unwrap();
    let all = everything();
    let read = || received(office, jpn, &all);
    for early in ["2026-05-31T23:59:59.999999Z", "2019-01-01T00:00:00Z"] {
        clock.set(early);
        assert_eq!(read().await.unwrap_err().fault, Fault::NotFound, "{early}");
    }
    let before = office.log_size().unwrap();
    clock.set("2026-06-01T00:00:00Z");
    assert_eq!(read().await.unwrap().0, [id(1)]);
    // What was released stays so when the clock steps back: the office's time does not.
    clock.set("2026-05-01T00:00:00Z");
    assert_eq!(read().await.unwrap().0, [id(1)]);
    let mut receipts = Vec::new();
    for number in (before..office.log_size().unwrap()).map(EntryNumber) {
        let proof = office.proof(chief, number).unwrap();
        let entry = Entry::decode(&proof.frame).unwrap();
        if matches!(entry.act, Act::Release(_)) {
            receipts.push(entry.at);
        }
    }
    assert!(!receipts.is_empty());
    let begin = instant("2026-06-01T00:00:00Z");
    assert!(receipts.iter().all(|at| *at >= begin), "{receipts:?}");
}
