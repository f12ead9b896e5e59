//! Decisions on a real journal: random schedules of texts, positions and acts of the chair, with a
//! clock that steps back and forth to just before, at and after each expiry, round leap days and changes of
//! clocks; and an office that is closed with its snapshot or simply gone, and opened again.
//!
//! A reader of its own, which knows nothing but the list of entries, says after each step what each
//! text has come to. Two nodes that read the journal agree.

use legation_core::act::{Act, DecisionAct, Entry, Procedure, Voice};
use legation_core::affairs::decision::show_in;
use legation_core::id::{DecisionId, EntryNumber, PartyCode};
use legation_core::party::Zone;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_engine::{
    AmendedDecision, Caller, EngineError, NewDecision, NewParty, NewPermit, NewPosition, Office,
};
use legation_testkit::dice::Dice;

use crate::sample::{Hands, Sample, instant, open_patiently, sample};

const WORLDS: u64 = 6;
const STEPS: usize = 70;
const HOUR: i64 = 3_600_000_000;

/// Where the clocks begin: before a leap day, and before each change of clocks in Europe.
const STARTS: [&str; 3] = [
    "2028-02-28T12:00:00Z",
    "2026-03-28T12:00:00Z",
    "2026-10-24T12:00:00Z",
];

const MEMBERS: [&str; 3] = ["AUT", "BEL", "DEU"];
const PROCEDURES: [Procedure; 3] = [Procedure::Silence, Procedure::Written, Procedure::Meeting];
const ZONES: [&str; 4] = [
    "Europe/Brussels",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
    "UTC",
];

struct World {
    /// None only while it is opened again.
    running: Option<Office>,
    clock: Hands,
    dir: tempfile::TempDir,
    chief: Caller,
    entries: Vec<Entry>,
    known: Vec<DecisionId>,
    dice: Dice,
    /// How often: said, late, other refusals, broken off, closed.
    tally: [u32; 5],
}

/// What a text has come to at an instant, by the list of entries alone.
fn judge(entries: &[Entry], id: &DecisionId, now: Instant) -> (&'static str, Instant) {
    let acts = entries.iter().filter(|entry| entry.at <= now);
    let acts = acts.filter_map(|entry| match &entry.act {
        Act::Decision(act) if act.id() == id => Some((entry.at, act)),
        _ => None,
    });
    let mut until = Instant::MAX;
    let mut procedure = Procedure::Meeting;
    let mut assented: Vec<&PartyCode> = Vec::new();
    for (at, act) in acts {
        if at >= until {
            break;
        }
        match act {
            DecisionAct::Table(act) => (until, procedure) = (act.expiry.at, act.procedure),
            DecisionAct::Extend(act) => until = act.expiry.at,
            DecisionAct::Withdraw(_) => return ("withdrawn", at),
            DecisionAct::Conclude(act) if act.adopted => return ("adopted", at),
            DecisionAct::Conclude(_) => return ("lapsed", at),
            DecisionAct::Say(act) => match act.voice {
                Voice::Objection | Voice::Amendment => return ("broken", at),
                Voice::Assent => {
                    assented.push(&act.party);
                    if procedure == Procedure::Written && assented.len() == MEMBERS.len() {
                        return ("adopted", at);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    match procedure {
        _ if now < until => ("open", until),
        Procedure::Silence => ("adopted", until),
        _ => ("lapsed", until),
    }
}

impl World {
    async fn begin(seed: u64) -> Self {
        let founded = sample().await;
        for code in MEMBERS {
            let new = NewParty {
                code: code.parse().unwrap(),
                name: code.into(),
                status: "member".parse().unwrap(),
                zone: "UTC".parse().unwrap(),
                key: None,
            };
            founded.office.add_party(&founded.chief, new).await.unwrap();
        }
        let Sample {
            dir,
            office,
            clock,
            chief,
            ..
        } = founded;
        let mut dice = Dice::seeded(seed);
        clock.set(STARTS[dice.below(STARTS.len())]);
        Self {
            running: Some(office),
            clock,
            dir,
            chief,
            entries: Vec::new(),
            known: Vec::new(),
            dice,
            tally: [0; 5],
        }
    }

    fn office(&self) -> &Office {
        self.running.as_ref().unwrap()
    }

    /// Moves the hands: hours on, a little back, or to a microsecond round an expiry.
    fn turn_hands(&mut self) {
        let now = legation_core::time::Clock::now(&self.clock);
        let micros = match self.dice.below(4) {
            0 => self.dice.between(0, 6) * HOUR / 2,
            1 => -self.dice.between(0, 2 * HOUR),
            2 => 1,
            _ => {
                let Some(id) = self.pick() else { return };
                let (_, until) = judge(&self.entries, &id, now);
                let near = until.plus_micros(self.dice.between(-2, 2));
                // Not to the end of time, where one has no end.
                let way = near.micros() - now.micros();
                if way.abs() < 1000 * HOUR { way } else { 0 }
            }
        };
        self.clock.step(micros);
    }

    fn pick(&mut self) -> Option<DecisionId> {
        match self.known.len() {
            0 => None,
            // Mostly one of the newest, which are still open.
            count => {
                let back = 1 + self.dice.below(count.min(3));
                self.known.get(count - back).cloned()
            }
        }
    }

    /// An expiry some half hours from now, as somebody in some zone writes it.
    fn expiry(&mut self) -> String {
        let now = self.office().now().unwrap();
        let hours = self.dice.between(1, 30);
        let zone: Zone = self.dice.pick(&ZONES).parse().unwrap();
        show_in(now.plus_micros(hours * HOUR / 2), &zone)
    }

    async fn table(&mut self) -> Result<(), EngineError> {
        let new = NewDecision {
            id: None,
            title: "A text".into(),
            text: "There shall be one.".into(),
            procedure: *self.dice.pick(&PROCEDURES),
            expiry: self.expiry(),
            asked: None,
            told: vec!["JPN".parse().unwrap()],
            permits: NewPermit::Publish,
            urgent: Some("a test".into()),
        };
        let tabled = self.office().table_decision(&self.chief, new).await?;
        self.known.push(tabled.id);
        Ok(())
    }

    async fn something(&mut self) -> Result<(), EngineError> {
        let choice = self.dice.below(16);
        let Some(id) = self.pick().filter(|_| choice > 2) else {
            return self.table().await;
        };
        let (chief, why) = (self.chief.clone(), "a reason".to_owned());
        match choice {
            0..11 => {
                let voice = Voice::ALL[[0, 0, 0, 1, 2, 3, 4][self.dice.below(7)]];
                let new = NewPosition {
                    party: Some(self.dice.pick(&MEMBERS).parse().unwrap()),
                    voice,
                    text: Some(why),
                };
                self.office().say_position(&chief, id, new).await?;
                self.tally[0] += 1;
            }
            11 => {
                let expiry = self.expiry();
                let office = self.office();
                office.extend_decision(&chief, id, expiry, why).await?;
            }
            12 => {
                self.office().withdraw_decision(&chief, id, why).await?;
            }
            13 => {
                let adopted = self.dice.percent(60);
                let office = self.office();
                office.conclude_decision(&chief, id, adopted, None).await?;
            }
            14 => {
                let new = AmendedDecision {
                    id: None,
                    title: None,
                    text: "There shall be another.".into(),
                    procedure: None,
                    expiry: self.expiry(),
                    urgent: Some("a test".into()),
                    permits: None,
                };
                let next = self.office().amend_decision(&chief, id, new).await?;
                self.known.push(next.id);
            }
            _ => {
                self.office().certify_decisions().await?;
            }
        }
        Ok(())
    }

    /// Ends the office, with its snapshot or without, and opens it again with whatever the clock says.
    async fn reopen(&mut self) {
        let closes = self.dice.percent(50);
        if closes {
            self.office().close().await.unwrap();
        }
        self.tally[3 + usize::from(closes)] += 1;
        self.running = None;
        self.running = Some(open_patiently(self.dir.path(), &self.clock));
    }

    fn catch_up(&mut self) {
        let from = self.entries.len() as u64;
        let size = self.office().log_size().unwrap();
        for number in (from..size).map(EntryNumber) {
            let proof = self.office().proof(&self.chief, number).unwrap();
            let entry = Entry::decode(&proof.frame).unwrap();
            if let Some(last) = self.entries.last() {
                assert!(last.at < entry.at, "entry {number} goes back");
            }
            self.check(&entry);
            self.entries.push(entry);
        }
    }

    /// What was taken in time was in time, and what was kept as late was late, by the entries before it.
    fn check(&self, entry: &Entry) {
        let before = |id| judge(&self.entries, id, entry.at).0;
        match &entry.act {
            Act::Decision(DecisionAct::Say(act)) if act.voice == Voice::Interpretation => {
                assert!(matches!(before(&act.id), "open" | "adopted"), "{act:?}");
            }
            Act::Decision(DecisionAct::Say(act)) => assert_eq!(before(&act.id), "open"),
            Act::Decision(DecisionAct::Late(act)) => {
                assert!(matches!(before(&act.id), "adopted" | "lapsed"), "{act:?}");
            }
            Act::Decision(DecisionAct::Certify(act)) => {
                let judged = judge(&self.entries, &act.id, entry.at);
                assert_eq!(judged, ("adopted", act.adopted));
            }
            _ => {}
        }
    }

    /// Whenever one looks, before and after, a text has come to what the reader says.
    fn compare(&mut self) {
        let now = self.office().now().unwrap();
        for id in &self.known {
            let shown = self.office().decision(&self.chief, id).unwrap();
            let judged = judge(&self.entries, id, now);
            assert_eq!((shown.outcome.as_str(), shown.outcome.at()), judged);
            let inside = shown.inside.unwrap();
            for _ in 0..3 {
                let micros = self.dice.between(-20 * HOUR, 20 * HOUR);
                let look = inside.expiry.at.plus_micros(micros).max(inside.tabled);
                let asked = |fold: &Fold| {
                    let one = fold.state().affairs().decisions.get(id).unwrap();
                    let outcome = one.outcome(look);
                    (outcome.as_str(), outcome.at())
                };
                let seen = self.running.as_ref().unwrap().with(asked).unwrap();
                assert_eq!(seen, judge(&self.entries, id, look), "{id} at {look}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_follow_from_journal_and_clock_whatever_happens() {
    let seed = std::env::var("LEGATION_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()) | 1 << 41);
    println!("LEGATION_SEED={seed}");
    let mut tally = [0; 5];
    let mut outcomes = std::collections::BTreeMap::new();
    for number in 0..WORLDS {
        let mut world = World::begin(seed.wrapping_add(number)).await;
        for _ in 0..STEPS {
            world.turn_hands();
            if world.dice.percent(8) {
                world.reopen().await;
            }
            if let Err(error) = world.something().await {
                assert!(error.code.starts_with("decision."), "{error:?}");
                let late = usize::from(error.code == "decision.late");
                world.tally[2 - late] += 1;
            }
            world.catch_up();
            world.compare();
        }
        // Another node reads the journal from its beginning.
        let mut other = Fold::open(&world.entries[0]).unwrap();
        for entry in &world.entries[1..] {
            other.apply(entry).unwrap();
        }
        let same = |fold: &Fold| fold.state().affairs() == other.state().affairs();
        assert!(world.office().with(same).unwrap());
        let now = world.office().now().unwrap();
        for id in &world.known {
            *outcomes
                .entry(judge(&world.entries, id, now).0)
                .or_insert(0) += 1;
        }
        for (sum, more) in tally.iter_mut().zip(world.tally) {
            *sum += more;
        }
    }
    println!("said, late, refused, gone, closed: {tally:?}; {outcomes:?}");
    assert!(tally.iter().all(|count| *count > 0), "each of it happened");
    for outcome in ["adopted", "broken", "lapsed", "withdrawn"] {
        assert!(outcomes.contains_key(outcome), "{outcome} happened");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_microsecond_decides() {
    for (step, code) in [
        (-1, None),
        (0, Some("decision.late")),
        (1, Some("decision.late")),
    ] {
        let mut world = World::begin(1).await;
        world.clock.set("2026-03-28T12:00:00Z");
        let end = "2026-03-29T03:00[Europe/Brussels]";
        let new = NewDecision {
            id: Some("d".parse().unwrap()),
            title: "A text".into(),
            text: "x".into(),
            procedure: Procedure::Silence,
            expiry: end.into(),
            asked: None,
            told: Vec::new(),
            permits: NewPermit::None,
            urgent: Some("a test".into()),
        };
        world
            .office()
            .table_decision(&world.chief, new)
            .await
            .unwrap();
        world.clock.set("2026-03-29T01:00:00Z");
        world.clock.step(step);
        let objection = NewPosition {
            party: Some("AUT".parse().unwrap()),
            voice: Voice::Objection,
            text: Some("no".into()),
        };
        let id: DecisionId = "d".parse().unwrap();
        let said = world
            .office()
            .say_position(&world.chief, id.clone(), objection);
        let said = said.await;
        assert_eq!(said.as_ref().err().map(|error| error.code), code);
        if let Err(late) = said {
            let arrived = instant("2026-03-29T01:00:00Z").plus_micros(step);
            assert!(late.text.contains(&arrived.to_string()), "{late}");
            assert!(late.text.contains("2026-03-29T01:00:00.000000Z"), "{late}");
        }
        // Nothing of this changes with another start, nor with a clock that is wrong after it.
        world.catch_up();
        for clock in ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"] {
            world.clock.set(clock);
            world.reopen().await;
            let shown = world.office().decision(&world.chief, &id).unwrap();
            let outcome = if code.is_some() { "adopted" } else { "broken" };
            assert_eq!(shown.outcome.as_str(), outcome);
        }
    }
}
