//! What awaits whom, in random worlds: the list of every reader equals one that is worked out from
//! the acts alone, and holds nothing that changes when all is taken away that its reader may not see.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::act::{
    Act, AskConsultation, CompleteFollowUp, ConsultationAct, DecisionAct, ExtendDecision,
    OpenConsultation, Procedure, SayPosition, SetFollowUp, SetMeeting, TableDecision, Voice,
    WithdrawDecision,
};
use legation_core::affairs::decision::{Expiry, Permit};
use legation_core::agreement::document::Document;
use legation_core::id::{AgreementId, PartyCode};
use legation_core::notice::{Notice, Reader, notices};
use legation_core::party::{Audience, Status, Zone};
use legation_core::time::{Day, Instant};
use legation_core::view::Fold;
use legation_testkit::dice::Dice;
use legation_testkit::history::{History, code};
use legation_testkit::stage::Stage;
use legation_testkit::world::{Draft, sign};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

const PARTIES: [(&str, Status); 5] = [
    ("FRA", Status::Member),
    ("USA", Status::Member),
    ("NOR", Status::Member),
    ("JPN", Status::Partner),
    ("KOR", Status::Partner),
];

/// Who may know of a thing, by the word that stands in every text of it.
type Insiders = BTreeMap<String, BTreeSet<String>>;

struct World {
    stage: Stage,
    dice: Dice,
    insiders: Insiders,
    count: usize,
    consultations: Vec<(String, Vec<String>, u32)>,
    decisions: Vec<String>,
}

fn some(dice: &mut Dice, most: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (party, _) in PARTIES {
        if all.len() < most && dice.percent(50) {
            all.push(party.to_owned());
        }
    }
    if all.is_empty() {
        all.push("FRA".to_owned());
    }
    all.sort();
    all
}

fn codes(all: &[String]) -> Vec<PartyCode> {
    all.iter().map(|party| code(party)).collect()
}

impl World {
    fn seeded(seed: u64) -> Self {
        Self {
            stage: Stage::open(&PARTIES),
            dice: Dice::seeded(seed),
            insiders: Insiders::new(),
            count: 0,
            consultations: Vec::new(),
            decisions: Vec::new(),
        }
    }

    /// A word that stands in no other text.
    fn word(&mut self, insiders: &[String]) -> String {
        self.count += 1;
        let word = format!("thing-{:03}x", self.count);
        self.insiders
            .insert(word.clone(), insiders.iter().cloned().collect());
        word
    }

    fn at(&mut self, most: i64) -> Expiry {
        let at = self.stage.now.plus_micros(self.dice.between(HOUR, most));
        Expiry {
            at,
            zone: Zone::utc(),
            written: at.to_string(),
        }
    }

    /// Something happens, if what holds allows it.
    fn try_act(&mut self, act: Act) -> bool {
        let mut fold = self.stage.fold.clone();
        let mut history = self.stage.history.clone();
        let taken = fold.apply(history.push(self.stage.now, act)).is_ok();
        if taken {
            (self.stage.fold, self.stage.history) = (fold, history);
        }
        taken
    }

    fn step(&mut self) {
        let pause = self.dice.between(1, 40 * HOUR);
        self.stage.wait(pause);
        match self.dice.below(9) {
            0 => self.table(),
            1 | 2 => self.say(),
            3 => self.extend(),
            4 => self.consult(),
            5 | 6 => self.go_on(),
            7 => self.agree(),
            _ => self.sign(),
        }
    }

    fn table(&mut self) {
        let asked = some(&mut self.dice, 3);
        let mut told = some(&mut self.dice, 5);
        told.retain(|party| !asked.contains(party));
        let all: Vec<String> = asked.iter().chain(&told).cloned().collect();
        let word = self.word(&all);
        let expiry = self.at(9 * DAY);
        let procedure = match self.dice.below(3) {
            0 => Procedure::Silence,
            1 => Procedure::Written,
            _ => Procedure::Meeting,
        };
        let taken = self.try_act(Act::Decision(DecisionAct::Table(TableDecision {
            id: word.parse().unwrap(),
            title: word.clone(),
            text: b"text".to_vec(),
            procedure,
            expiry,
            asked: codes(&asked),
            told: codes(&told),
            permits: Permit::None,
            urgent: None,
            predecessor: None,
        })));
        assert!(taken, "a decision is not tabled");
        self.decisions.push(word);
    }

    fn decision(&mut self) -> Option<String> {
        (!self.decisions.is_empty()).then(|| {
            let place = self.dice.below(self.decisions.len());
            self.decisions[place].clone()
        })
    }

    fn say(&mut self) {
        let Some(id) = self.decision() else { return };
        let party = code(PARTIES[self.dice.below(5)].0);
        let voice = Voice::ALL[self.dice.below(5)];
        self.try_act(Act::Decision(DecisionAct::Say(SayPosition {
            id: id.parse().unwrap(),
            party,
            voice,
            text: Some("words".into()),
        })));
    }

    fn extend(&mut self) {
        let Some(id) = self.decision() else { return };
        let act = match self.dice.percent(70) {
            true => DecisionAct::Extend(ExtendDecision {
                id: id.parse().unwrap(),
                expiry: self.at(20 * DAY),
                reason: "more time".into(),
            }),
            false => DecisionAct::Withdraw(WithdrawDecision {
                id: id.parse().unwrap(),
                reason: "another text".into(),
            }),
        };
        self.try_act(Act::Decision(act));
    }

    fn consult(&mut self) {
        let participants = some(&mut self.dice, 3);
        let word = self.word(&participants);
        let id: legation_core::id::ConsultationId = word.parse().unwrap();
        let asked = self.try_act(Act::Consultation(ConsultationAct::Ask(AskConsultation {
            id: id.clone(),
            party: code(&participants[0]),
            subject: word.clone(),
            area: "cyber".parse().unwrap(),
            participants: codes(&participants),
            reason: "talks".into(),
        })));
        assert!(asked, "nobody may ask");
        if self.dice.percent(75) {
            let opened = self.try_act(Act::Consultation(ConsultationAct::Open(OpenConsultation {
                id,
                participants: codes(&participants),
                reason: "talks".into(),
            })));
            assert!(opened, "it is not opened");
            self.consultations.push((word, participants, 0));
        }
    }

    fn go_on(&mut self) {
        if self.consultations.is_empty() {
            return;
        }
        let place = self.dice.below(self.consultations.len());
        let (word, participants, follow_ups) = self.consultations[place].clone();
        let id: legation_core::id::ConsultationId = word.parse().unwrap();
        let owner = participants[self.dice.below(participants.len())].clone();
        let act = match self.dice.below(3) {
            0 => {
                let start = self.at(20 * DAY).at;
                ConsultationAct::Meet(SetMeeting {
                    id,
                    number: 1,
                    title: word.clone(),
                    start,
                    end: start.plus_micros(HOUR),
                    zone: Zone::utc(),
                    place: Some("room".into()),
                    link: None,
                })
            }
            1 => ConsultationAct::FollowUp(SetFollowUp {
                id,
                number: follow_ups + 1,
                title: word.clone(),
                owner: code(&owner),
                person: None,
                due: Day::of(self.at(20 * DAY).at, &Zone::utc()),
            }),
            _ => ConsultationAct::Complete(CompleteFollowUp {
                id,
                number: follow_ups.max(1),
                done: true,
                party: code(&owner),
                note: None,
            }),
        };
        let follows = matches!(act, ConsultationAct::FollowUp(_));
        if self.try_act(Act::Consultation(act)) && follows {
            self.consultations[place].2 += 1;
        }
    }

    fn agree(&mut self) {
        let other = PARTIES[3 + self.dice.below(2)].0;
        let id = format!("nato-{}", other.to_lowercase());
        let mut draft = Draft::random(&mut self.dice, &id, other);
        let last = self.stage.fold.state().agreement(&id.parse().unwrap());
        draft.version = last.map_or(1, |one| one.versions.len() as u32 + 1);
        draft.in_force = self.stage.now.plus_micros(self.dice.between(-DAY, 9 * DAY));
        draft.until = Some(
            draft
                .in_force
                .plus_micros(self.dice.between(DAY, 120 * DAY)),
        );
        let file = draft.render().into_bytes();
        self.insiders
            .insert(id, [other.to_owned()].into_iter().collect());
        self.try_act(Act::TableAgreement(legation_core::act::TableAgreement {
            file,
        }));
    }

    fn sign(&mut self) {
        let other = PARTIES[3 + self.dice.below(2)].0;
        let id: AgreementId = format!("nato-{}", other.to_lowercase()).parse().unwrap();
        let Some(version) = self
            .stage
            .fold
            .state()
            .agreement(&id)
            .and_then(|one| one.latest().map(|version| version.number()))
        else {
            return;
        };
        let party = if self.dice.percent(50) { "NATO" } else { other };
        self.try_act(sign(id, version, code(party)));
    }
}

fn told(fold: &Fold, party: &str, staff: bool, now: Instant) -> Vec<Notice> {
    let party = code(party);
    let reader = Reader {
        party: &party,
        person: None,
        staff,
    };
    notices(fold.state(), &reader, now).notices
}

/// What stands of decisions and consultations for a reader, worked out from the acts alone.
fn expected(
    history: &History,
    party: &str,
    staff: bool,
    now: Instant,
) -> BTreeSet<(String, String)> {
    let me = code(party);
    let mut expected = BTreeSet::new();
    let acts = || history.entries().iter().map(|entry| (entry.at, &entry.act));
    for (tabled, act) in acts() {
        let Act::Decision(DecisionAct::Table(table)) = act else {
            continue;
        };
        let id = table.id.to_string();
        let (mut expiry, mut ended, mut spoke) = (table.expiry.at, None, false);
        let mut assents = BTreeMap::new();
        for (at, act) in acts().filter(|(at, _)| *at >= tabled) {
            match act {
                Act::Decision(DecisionAct::Say(say)) if say.id == table.id => {
                    spoke |= say.party == me;
                    if say.voice == Voice::Assent {
                        assents.entry(say.party.clone()).or_insert(at);
                    }
                    if matches!(say.voice, Voice::Objection | Voice::Amendment) {
                        ended = Some((at, false));
                    }
                }
                Act::Decision(DecisionAct::Withdraw(one)) if one.id == table.id => {
                    ended = Some((at, false));
                }
                Act::Decision(DecisionAct::Extend(one)) if one.id == table.id => {
                    expiry = one.expiry.at;
                }
                _ => {}
            }
        }
        let all: Option<Vec<Instant>> = table
            .asked
            .iter()
            .map(|party| assents.get(party).copied())
            .collect();
        let written = all.filter(|_| table.procedure == Procedure::Written);
        let outcome = match (ended, written.and_then(|all| all.into_iter().max())) {
            (Some(end), _) => Some(end),
            (None, Some(at)) => Some((at, true)),
            (None, None) if expiry <= now => Some((expiry, table.procedure == Procedure::Silence)),
            (None, None) => None,
        };
        let asked = table.asked.contains(&me);
        match outcome {
            None => {
                if asked && !spoke {
                    let kind = match table.procedure {
                        Procedure::Silence => "silence-running",
                        Procedure::Written => "assent-asked",
                        Procedure::Meeting => "meeting-decides",
                    };
                    expected.insert((kind.to_owned(), id.clone()));
                }
                if staff && table.procedure == Procedure::Meeting {
                    expected.insert(("conclusion-asked".to_owned(), id));
                }
            }
            Some((at, adopted)) => {
                let told = adopted && table.told.contains(&me);
                let fresh = now < at.plus_micros(7 * DAY);
                if fresh && (staff || asked || told) {
                    expected.insert(("decision-ended".to_owned(), id));
                }
            }
        }
    }
    for (_, act) in acts() {
        let Act::Consultation(ConsultationAct::Ask(ask)) = act else {
            continue;
        };
        let id = ask.id.to_string();
        let (mut opened, mut meeting, mut works) = (false, None, BTreeMap::new());
        for (at, act) in acts() {
            match act {
                Act::Consultation(ConsultationAct::Open(one)) if one.id == ask.id => opened = true,
                Act::Consultation(ConsultationAct::Meet(one)) if one.id == ask.id => {
                    let kind = match meeting {
                        None => "meeting-set",
                        Some(_) => "meeting-changed",
                    };
                    meeting = Some((kind, at, one.end));
                }
                Act::Consultation(ConsultationAct::FollowUp(one)) if one.id == ask.id => {
                    works.insert(one.number, (one.owner.clone(), one.due, false));
                }
                Act::Consultation(ConsultationAct::Complete(one)) if one.id == ask.id => {
                    works.get_mut(&one.number).unwrap().2 = one.done;
                }
                _ => {}
            }
        }
        let sees = staff || (opened && ask.participants.contains(&me));
        if staff && !opened {
            expected.insert(("consultation-asked".to_owned(), id.clone()));
        }
        if let Some((kind, at, end)) = meeting.filter(|_| sees)
            && now < at.plus_micros(7 * DAY)
            && now < end
        {
            expected.insert((kind.to_owned(), id.clone()));
        }
        for (owner, due, done) in works.into_values() {
            if done || !sees {
                continue;
            }
            if owner == me {
                expected.insert(("follow-up-due".to_owned(), id.clone()));
            } else if staff && Day::of(now, &Zone::utc()) > due {
                expected.insert(("follow-up-late".to_owned(), id.clone()));
            }
        }
    }
    for (id, other) in [("nato-jpn", "JPN"), ("nato-kor", "KOR")] {
        if me == code("NATO") || me == code(other) {
            expected.extend(asked(history, id, other, &me, now));
        }
    }
    expected
}

/// Whether a version of an agreement waits for a side, worked out from the acts alone.
fn asked(
    history: &History,
    id: &str,
    other: &str,
    me: &PartyCode,
    now: Instant,
) -> Option<(String, String)> {
    let mut versions: BTreeMap<u32, (Document, BTreeMap<PartyCode, Instant>)> = BTreeMap::new();
    for entry in history.entries() {
        match &entry.act {
            Act::TableAgreement(act) => {
                let document = Document::parse(&act.file).unwrap();
                if document.id.as_str() == id {
                    assert_eq!(document.parties.other, Audience::Party(code(other)));
                    versions.insert(document.version.0, (document, BTreeMap::new()));
                }
            }
            Act::SignAgreement(act) if act.id.as_str() == id => {
                let (_, signed) = versions.get_mut(&act.version.0).unwrap();
                signed.insert(act.party.clone(), entry.at);
            }
            _ => {}
        }
    }
    let counts = |(document, signed): &(Document, BTreeMap<PartyCode, Instant>)| {
        signed.len() == 2
            && document.in_force <= now
            && signed.values().all(|signed| *signed <= now)
    };
    let waits = versions.iter().any(|(number, one)| {
        let (document, signed) = one;
        !signed.contains_key(me)
            && document.until.is_none_or(|until| now < until)
            && !versions.range(number + 1..).any(|(_, later)| counts(later))
    });
    waits.then(|| ("signature-asked".to_owned(), id.to_owned()))
}

/// The history without what a party may not know of, everything else in its place.
fn without(history: &History, insiders: &Insiders, party: &str) -> History {
    let blind = Act::SetHouse(legation_core::act::SetHouse {
        text: legation_testkit::world::house::OPEN.into(),
    });
    history.rewritten(|act| {
        let subject = match act {
            Act::Decision(act) => Some(act.id().to_string()),
            Act::Consultation(act) => act.id().map(ToString::to_string),
            Act::TableAgreement(act) => Some(Document::parse(&act.file).unwrap().id.to_string()),
            Act::SignAgreement(act) => Some(act.id.to_string()),
            _ => None,
        };
        let hidden = subject.is_some_and(|subject| !insiders[&subject].contains(party));
        if hidden { blind.clone() } else { act.clone() }
    })
}

#[test]
fn every_reader_is_told_what_the_acts_say_and_nothing_of_others() {
    let (mut stood, mut kinds) = (0, BTreeSet::new());
    for seed in 0..60 {
        let mut world = World::seeded(seed);
        for step in 0..40 {
            world.step();
            let now = world.stage.now;
            let (fold, history) = (&world.stage.fold, &world.stage.history);
            for (party, staff) in [
                ("NATO", true),
                ("FRA", false),
                ("NOR", false),
                ("JPN", false),
                ("KOR", false),
            ] {
                let told = told(fold, party, staff, now);
                let ids: BTreeSet<_> = told.iter().map(|one| one.id).collect();
                assert_eq!(ids.len(), told.len(), "two notices of one id");
                let found: BTreeSet<(String, String)> = told
                    .iter()
                    // Of these there are tests of their own: they follow from dates alone.
                    .filter(|one| one.kind.as_str() != "agreement-ending")
                    .map(|one| (one.kind.as_str().to_owned(), one.subject.id.clone()))
                    .collect();
                let wanted = expected(history, party, staff, now);
                assert_eq!(found, wanted, "seed {seed}, step {step}, {party} at {now}");
                stood += found.len();
                kinds.extend(found.into_iter().map(|(kind, _)| kind));
                if staff {
                    continue;
                }
                for notice in &told {
                    for (word, insiders) in &world.insiders {
                        let names = notice.text.contains(word) || notice.subject.id.contains(word);
                        assert!(!names || insiders.contains(party), "{party}: {notice:?}");
                    }
                }
            }
        }
        // Whoever had none of it taken away but what it may not see is told the very same.
        let now = world.stage.now;
        for party in ["FRA", "USA", "NOR", "JPN", "KOR"] {
            let mut fold = without(&world.stage.history, &world.insiders, party).fold();
            fold.advance(now);
            let alone = told(&fold, party, false, now);
            assert_eq!(
                alone,
                told(&world.stage.fold, party, false, now),
                "seed {seed}, {party}"
            );
        }
    }
    assert!(stood > 5000, "{stood}");
    for kind in [
        "assent-asked",
        "conclusion-asked",
        "consultation-asked",
        "decision-ended",
        "follow-up-due",
        "follow-up-late",
        "meeting-changed",
        "meeting-decides",
        "meeting-set",
        "signature-asked",
        "silence-running",
    ] {
        assert!(kinds.contains(kind), "the worlds hold no {kind}");
    }
}

/// The list changes by the clock alone only where it says that it will.
#[test]
fn between_two_turns_of_the_clock_nothing_changes() {
    let mut turned = 0;
    for seed in 0..20 {
        let mut world = World::seeded(seed);
        for _ in 0..30 {
            world.step();
        }
        let (state, party) = (world.stage.fold.state(), code("NATO"));
        let reader = Reader {
            party: &party,
            person: None,
            staff: true,
        };
        let mut now = world.stage.now;
        for _ in 0..12 {
            let awaiting = notices(state, &reader, now);
            let Some(next) = awaiting.next else { break };
            assert!(next > now);
            let eve = notices(state, &reader, next.plus_micros(-1)).notices;
            assert_eq!(eve, awaiting.notices, "seed {seed}, before {next}");
            turned += usize::from(notices(state, &reader, next).notices != eve);
            now = next;
        }
    }
    assert!(turned > 50, "{turned}");
}

#[test]
fn the_end_of_an_agreement_is_told_thrice_and_not_when_another_version_follows() {
    let mut stage = Stage::open(&PARTIES);
    let mut draft = Draft::random(&mut Dice::seeded(1), "nato-jpn", "JPN");
    (draft.version, draft.in_force) = (1, stage.now);
    draft.until = Some(stage.now.plus_micros(200 * DAY));
    stage.agree(&draft);
    let ending = |stage: &Stage, party: &str| -> Vec<Notice> {
        let all = told(&stage.fold, party, party == "NATO", stage.now);
        let ends = |one: &Notice| one.kind.as_str() == "agreement-ending";
        all.into_iter().filter(ends).collect()
    };
    let mut ids = BTreeSet::new();
    for (days, count) in [(109, 0), (1, 1), (30, 1), (40, 1), (12, 1), (7, 1)] {
        stage.wait(days * DAY);
        let own = ending(&stage, "JPN");
        assert_eq!(own.len(), count, "{days}");
        assert_eq!(ending(&stage, "NATO").len(), count);
        assert!(ending(&stage, "KOR").is_empty());
        ids.extend(own.into_iter().map(|one| one.id));
    }
    assert_eq!(ids.len(), 3);
    let mut later = draft.clone();
    (later.version, later.in_force) = (2, stage.now.plus_micros(DAY));
    later.until = None;
    let open = ending(&stage, "JPN").len();
    stage.agree(&later);
    assert_eq!((open, ending(&stage, "JPN").len()), (1, 0));
}
