//! Tests of decisions: what counts when, who sees what, and random schedules against a model of its
//! own that keeps nothing but a list of what was tried.

use proptest::prelude::*;

use super::*;
use crate::act::{Act, ConcludeDecision, ExtendDecision, WithdrawDecision};
use crate::entry::GENESIS;

const HOUR: i64 = 3_600_000_000;

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn expiry(text: &str) -> Expiry {
    Expiry::parse(text, &crate::party::Zone::utc()).unwrap()
}

fn table(id: &str, procedure: Procedure, until: Expiry) -> TableDecision {
    TableDecision {
        id: id.parse().unwrap(),
        title: "Office in Tokyo".into(),
        text: b"There shall be an office.".to_vec(),
        procedure,
        expiry: until,
        asked: vec![code("AUT"), code("BEL"), code("DEU")],
        told: vec![code("JPN")],
        permits: Permit::OpenOffice("tokyo".parse().unwrap()),
        urgent: None,
        predecessor: None,
    }
}

fn say(party: &str, voice: Voice) -> SayPosition {
    SayPosition {
        id: "d".parse().unwrap(),
        party: code(party),
        voice,
        text: Some("our reason".into()),
    }
}

/// A fold that takes acts at instants.
#[derive(Default)]
struct Desk {
    decisions: Decisions,
    entries: Vec<Entry>,
}

impl Desk {
    fn act(&mut self, at: Instant, act: DecisionAct) -> Result<(), DecisionError> {
        let number = EntryNumber(self.entries.len() as u64);
        let entry = Entry::new(number, at, Actor::Office, Act::Decision(act), GENESIS);
        if let Act::Decision(act) = &entry.act {
            self.decisions.take(&entry, act)?;
        }
        self.entries.push(entry);
        Ok(())
    }

    fn one(&self) -> &Decision {
        self.decisions.get(&"d".parse().unwrap()).unwrap()
    }
}

const START: &str = "2026-03-01T00:00:00Z";
const END: &str = "2026-03-05T00:00:00Z";

fn desk(procedure: Procedure) -> Desk {
    let mut desk = Desk::default();
    let act = table("d", procedure, expiry(END));
    desk.act(at(START), DecisionAct::Table(act)).unwrap();
    desk
}

#[test]
fn silence_is_agreement_from_the_expiry_on() {
    let desk = desk(Procedure::Silence);
    let end = at(END);
    let before = end.plus_micros(-1);
    assert_eq!(desk.one().outcome(before), Outcome::Open { until: end });
    for later in [end, end.plus_micros(1), Instant::MAX] {
        assert_eq!(desk.one().outcome(later), Outcome::Adopted { at: end });
    }
}

#[test]
fn an_objection_counts_before_the_expiry_and_not_at_it() {
    for voice in [Voice::Objection, Voice::Amendment] {
        let mut desk = desk(Procedure::Silence);
        let end = at(END);
        for late in [end, end.plus_micros(1)] {
            let refused = desk.act(late, DecisionAct::Say(say("AUT", voice)));
            let (arrived, closed) = (late, end);
            assert_eq!(refused, Err(DecisionError::Late { arrived, closed }));
        }
        let last = end.plus_micros(-1);
        desk.act(last, DecisionAct::Say(say("AUT", voice))).unwrap();
        let by = code("AUT");
        let broken = Outcome::Broken {
            at: last,
            by,
            voice,
        };
        assert_eq!(desk.one().outcome(Instant::MAX), broken);
        // As of an earlier instant nobody had objected.
        let earlier = desk.one().outcome(last.plus_micros(-1));
        assert_eq!(earlier, Outcome::Open { until: end });
        let again = desk.act(last, DecisionAct::Say(say("BEL", Voice::Objection)));
        assert_eq!(again, Err(DecisionError::Closed(broken)));
    }
}

#[test]
fn reservations_and_interpretations_break_nothing_and_stay() {
    let mut desk = desk(Procedure::Silence);
    let (middle, end) = (at("2026-03-02T00:00:00Z"), at(END));
    for voice in [Voice::Reservation, Voice::Interpretation] {
        desk.act(middle, DecisionAct::Say(say("AUT", voice)))
            .unwrap();
    }
    assert!(desk.one().outcome(end).is_adopted());
    assert_eq!(desk.one().attached().count(), 2);
    // After the adoption only an interpretation.
    let later = end.plus_micros(HOUR);
    desk.act(later, DecisionAct::Say(say("BEL", Voice::Interpretation)))
        .unwrap();
    let refused = desk.act(later, DecisionAct::Say(say("BEL", Voice::Reservation)));
    assert_eq!(refused.unwrap_err().code(), "decision.late");
    assert_eq!(desk.one().attached().count(), 3);
}

#[test]
fn a_written_procedure_needs_everybody() {
    let mut desk = desk(Procedure::Written);
    let middle = at("2026-03-02T00:00:00Z");
    for (hours, party) in [(0, "AUT"), (1, "BEL")] {
        let when = middle.plus_micros(hours * HOUR);
        desk.act(when, DecisionAct::Say(say(party, Voice::Assent)))
            .unwrap();
        let twice = desk.act(when, DecisionAct::Say(say(party, Voice::Assent)));
        assert_eq!(twice, Err(DecisionError::Said(code(party))));
    }
    // A reservation alone is no assent.
    let when = middle.plus_micros(2 * HOUR);
    desk.act(when, DecisionAct::Say(say("DEU", Voice::Reservation)))
        .unwrap();
    assert_eq!(desk.one().outcome(at(END)), Outcome::Lapsed { at: at(END) });
    let last = middle.plus_micros(3 * HOUR);
    desk.act(last, DecisionAct::Say(say("DEU", Voice::Assent)))
        .unwrap();
    assert_eq!(desk.one().outcome(last), Outcome::Adopted { at: last });
    assert!(desk.one().outcome(last.plus_micros(-1)).is_open());
    // Adopted is adopted: an objection before the expiry comes too late all the same.
    let when = last.plus_micros(1);
    let late = desk.act(when, DecisionAct::Say(say("DEU", Voice::Objection)));
    assert_eq!(late.unwrap_err().code(), "decision.late");
}

#[test]
fn a_meeting_is_what_the_chair_records_in_time() {
    let conclude = |adopted| {
        DecisionAct::Conclude(ConcludeDecision {
            id: "d".parse().unwrap(),
            adopted,
            note: Some("item 4".into()),
        })
    };
    let middle = at("2026-03-02T00:00:00Z");
    for (adopted, outcome) in [
        (true, Outcome::Adopted { at: middle }),
        (false, Outcome::Lapsed { at: middle }),
    ] {
        let mut desk = desk(Procedure::Meeting);
        desk.act(middle, conclude(adopted)).unwrap();
        assert_eq!(desk.one().outcome(at(END)), outcome);
        assert_eq!(desk.one().note(), Some("item 4"));
        let again = desk.act(middle, conclude(true));
        assert_eq!(again, Err(DecisionError::Closed(outcome)));
    }
    let mut late = desk(Procedure::Meeting);
    let lapsed = Outcome::Lapsed { at: at(END) };
    assert_eq!(late.one().outcome(at(END)), lapsed);
    let refused = late.act(at(END), conclude(true));
    assert_eq!(refused, Err(DecisionError::Closed(lapsed)));
    let mut silent = desk(Procedure::Silence);
    assert_eq!(
        silent.act(middle, conclude(true)),
        Err(DecisionError::NoMeeting)
    );
}

#[test]
fn the_chair_extends_before_the_expiry_and_never_after() {
    let mut desk = desk(Procedure::Silence);
    let extend = |until: &str| {
        DecisionAct::Extend(ExtendDecision {
            id: "d".parse().unwrap(),
            expiry: expiry(until),
            reason: "holiday".into(),
        })
    };
    let last = at(END).plus_micros(-1);
    let same = desk.act(last, extend(END));
    assert_eq!(same, Err(DecisionError::NotLater(at(END))));
    desk.act(last, extend("2026-03-09T00:00:00Z")).unwrap();
    let longer = at("2026-03-09T00:00:00Z");
    assert_eq!(desk.one().outcome(at(END)), Outcome::Open { until: longer });
    // As of before the extension the first expiry stood.
    let earlier = desk.one().outcome(last.plus_micros(-1));
    assert_eq!(earlier, Outcome::Open { until: at(END) });
    let adopted = Outcome::Adopted { at: longer };
    let refused = desk.act(longer, extend("2026-03-10T00:00:00Z"));
    assert_eq!(refused, Err(DecisionError::Closed(adopted.clone())));
    assert_eq!(desk.one().outcome(longer), adopted);
}

#[test]
fn an_amended_text_follows_on_one_that_came_to_nothing() {
    let mut desk = desk(Procedure::Silence);
    let middle = at("2026-03-02T00:00:00Z");
    let next = |id: &str| {
        let mut act = table(id, Procedure::Silence, expiry("2026-03-12T00:00:00Z"));
        act.predecessor = Some("d".parse().unwrap());
        DecisionAct::Table(act)
    };
    let early = desk.act(middle, next("e"));
    let open = Outcome::Open { until: at(END) };
    assert_eq!(early, Err(DecisionError::NotOver(open)));
    desk.act(middle, DecisionAct::Say(say("BEL", Voice::Amendment)))
        .unwrap();
    desk.act(middle, next("e")).unwrap();
    assert_eq!(desk.one().successors, ["e".parse().unwrap()]);
    let rival = desk.act(middle, next("f"));
    assert_eq!(rival, Err(DecisionError::Amended("e".parse().unwrap())));
    let withdraw = WithdrawDecision {
        id: "e".parse().unwrap(),
        reason: "once more".into(),
    };
    desk.act(middle, DecisionAct::Withdraw(withdraw)).unwrap();
    desk.act(middle, next("f")).unwrap();
}

#[test]
fn who_sees_what() {
    let mut desk = desk(Procedure::Silence);
    let (start, end) = (at(START), at(END));
    let sight = |desk: &Desk, party: &str, now| desk.one().sight(&code(party), false, now);
    for now in [start, end] {
        assert_eq!(
            desk.one().sight(&code("NATO"), true, now),
            Some(Sight::Whole)
        );
        assert_eq!(sight(&desk, "AUT", now), Some(Sight::Asked));
        assert_eq!(sight(&desk, "KOR", now), None);
        // A member that was not asked is as much a stranger as any.
        assert_eq!(sight(&desk, "FRA", now), None);
    }
    assert_eq!(sight(&desk, "JPN", end.plus_micros(-1)), None);
    assert_eq!(sight(&desk, "JPN", end), Some(Sight::Told));
    desk.act(start, DecisionAct::Say(say("AUT", Voice::Objection)))
        .unwrap();
    assert_eq!(sight(&desk, "JPN", end), None);
    assert_eq!(sight(&desk, "AUT", end), Some(Sight::Asked));
}

#[test]
fn what_an_adoption_permits() {
    let desk = desk(Procedure::Silence);
    let permit = Permit::OpenOffice("tokyo".parse().unwrap());
    let other = Permit::OpenOffice("kyoto".parse().unwrap());
    let (end, before) = (at(END), at(END).plus_micros(-1));
    assert!(desk.decisions.adopted(&permit, before).is_none());
    assert!(desk.decisions.adopted(&permit, end).is_some());
    assert!(desk.decisions.adopted(&other, end).is_none());
    assert!(desk.decisions.adopted(&Permit::None, end).is_none());
}

#[test]
fn a_certificate_is_of_what_was_adopted() {
    let mut desk = desk(Procedure::Silence);
    let end = at(END);
    let certificate = desk.one().certify(end).unwrap();
    assert_eq!(desk.one().certify(end.plus_micros(-1)), None);
    assert_eq!(desk.decisions.uncertified(end).count(), 1);
    let wrong = DecisionError::Certificate("d".parse().unwrap());
    let mut forged = certificate.clone();
    forged.adopted = end.plus_micros(1);
    let mut try_it = |at, act: CertifyDecision| desk.act(at, DecisionAct::Certify(act));
    assert_eq!(
        try_it(end.plus_micros(-1), certificate.clone()),
        Err(wrong.clone())
    );
    assert_eq!(try_it(end, forged), Err(wrong.clone()));
    assert_eq!(try_it(end, certificate.clone()), Ok(()));
    assert_eq!(try_it(end, certificate), Err(wrong));
    assert_eq!(desk.decisions.uncertified(end).count(), 0);
}

#[test]
fn reminders_come_before_the_expiry_and_after_the_tabling() {
    let desk = desk(Procedure::Silence);
    let mut rules = DecisionRule::default();
    let hours = |desk: &Desk, rules: &DecisionRule| -> Vec<u32> {
        let reminders = desk.one().reminders(rules);
        assert!(reminders.is_sorted());
        for (when, hours) in &reminders {
            let expiry = when.plus_micros(i64::from(*hours) * HOUR);
            assert_eq!(expiry, desk.one().expiry.at);
        }
        reminders.into_iter().map(|(_, hours)| hours).collect()
    };
    assert_eq!(hours(&desk, &rules), [72, 24, 2]);
    // Four days are all there is.
    rules.reminders_hours = vec![1, 96, 95, 400];
    assert_eq!(hours(&desk, &rules), [95, 1]);
    let party = code("AUT");
    assert!(desk.one().awaits(&party, at(START)));
    assert!(!desk.one().awaits(&party, at(END)));
    assert!(!desk.one().awaits(&code("JPN"), at(START)));
}

#[test]
fn what_is_tabled_keeps_to_the_rules() {
    let rules = DecisionRule::default();
    let start = at(START);
    let soon = table("d", Procedure::Silence, expiry("2026-03-03T23:59:59Z"));
    let brief = |act: &TableDecision| check_table(act, &rules, start).map_err(|error| error.code());
    assert_eq!(brief(&soon), Err("decision.too-short"));
    let meeting = table("d", Procedure::Meeting, soon.expiry.clone());
    assert_eq!(brief(&meeting), Ok(()));
    let mut urgent = soon.clone();
    urgent.urgent = Some("the summit".into());
    assert_eq!(brief(&urgent), Ok(()));
    urgent.urgent = Some("  ".into());
    assert_eq!(brief(&urgent), Err("decision.no-text"));
    let exact = table("d", Procedure::Silence, expiry("2026-03-04T00:00:00Z"));
    assert_eq!(brief(&exact), Ok(()));
    for (title, code) in [
        ("x".repeat(200), Ok(())),
        ("x".repeat(201), Err("decision.too-long")),
        (String::new(), Err("decision.no-text")),
        ("a\nb".into(), Err("decision.no-text")),
    ] {
        let mut act = exact.clone();
        act.title = title;
        assert_eq!(brief(&act), code);
    }
    for (text, code) in [
        (0, Err("decision.no-text")),
        (TEXT_MAX, Ok(())),
        (TEXT_MAX + 1, Err("decision.too-long")),
    ] {
        let mut act = exact.clone();
        act.text = vec![b'x'; text];
        assert_eq!(brief(&act), code);
    }
    let mut twice = exact.clone();
    twice.told.push(code("AUT"));
    let twice = Decisions::default().may_table(&twice, start);
    assert_eq!(twice, Err(DecisionError::Twice(code("AUT"))));
}

/// What a schedule tries, and when: hours and microseconds after the one before.
#[derive(Clone, Debug)]
enum Try {
    Say(usize, usize),
    Extend(i64),
    Withdraw,
    Conclude(bool),
    Certify,
}

fn tries() -> impl Strategy<Value = Vec<(i64, Try)>> {
    let one = prop_oneof![
        6 => (0..4_usize, 0..5_usize).prop_map(|(party, voice)| Try::Say(party, voice)),
        2 => (-30..60_i64).prop_map(Try::Extend),
        1 => Just(Try::Withdraw),
        1 => any::<bool>().prop_map(Try::Conclude),
        1 => Just(Try::Certify),
    ];
    // Whole and half hours, so that much falls on the very instant, and a microsecond beside it.
    let gap = (0..12_i64, -1..2_i64).prop_map(|(half, off)| (half * HOUR / 2 + off).max(0));
    prop::collection::vec((gap, one), 0..24)
}

/// The instants at which a text may expire: round leap days and changes of clocks too.
const ENDS: [&str; 6] = [
    "2024-02-29T12:00[Europe/Brussels]",
    "2026-03-29T03:00[Europe/Brussels]",
    "2026-10-25T02:30+02:00[Europe/Brussels]",
    "2026-10-25T02:30+01:00[Europe/Brussels]",
    "2026-04-05T02:00+10:30[Australia/Lord_Howe]",
    "2028-03-01T00:00[Asia/Tokyo]",
];

const PARTIES: [&str; 4] = ["AUT", "BEL", "DEU", "FRA"];

/// The model: it keeps what was tried, and works out what holds by reading all of it again.
struct Model {
    procedure: Procedure,
    tried: Vec<(Instant, Try)>,
    first: Instant,
}

impl Model {
    /// Whether it is open at the instant, and else what became of it and when: by going through the
    /// whole list up to the instant.
    fn at(&self, now: Instant) -> (&'static str, Instant) {
        let mut until = self.first;
        let mut assents: Vec<usize> = Vec::new();
        for (when, tried) in self.tried.iter().filter(|(when, _)| *when <= now) {
            if *when >= until {
                break;
            }
            match tried {
                Try::Say(party, 0) if *party < 3 => {
                    assents.push(*party);
                    let all = (0..3).all(|one| assents.contains(&one));
                    if self.procedure == Procedure::Written && all {
                        return ("adopted", *when);
                    }
                }
                Try::Say(party, 1 | 2) if *party < 3 => return ("broken", *when),
                Try::Withdraw => return ("withdrawn", *when),
                Try::Conclude(adopted) if self.procedure == Procedure::Meeting => {
                    return (if *adopted { "adopted" } else { "lapsed" }, *when);
                }
                Try::Extend(hours) => {
                    until = until.max(self.first.plus_micros(hours * HOUR));
                }
                _ => {}
            }
        }
        match self.procedure {
            _ if now < until => ("open", until),
            Procedure::Silence => ("adopted", until),
            _ => ("lapsed", until),
        }
    }
}

proptest! {
    #[test]
    fn the_outcome_is_the_models_whenever_one_looks(
        procedure in 0..3_usize,
        end in 0..ENDS.len(),
        lead in 1..100_i64,
        tries in tries(),
        looks in prop::collection::vec((-200..200_i64, -1..2_i64), 1..8),
    ) {
        let procedure = [Procedure::Silence, Procedure::Written, Procedure::Meeting][procedure];
        let until = Expiry::parse(ENDS[end], &crate::party::Zone::utc()).unwrap();
        let first = until.at;
        let mut now = first.plus_micros(-lead * HOUR / 2);
        let mut desk = Desk::default();
        desk.act(now, DecisionAct::Table(table("d", procedure, until.clone()))).unwrap();
        let begun = now;
        let mut model = Model { procedure, tried: Vec::new(), first };
        for (gap, tried) in tries {
            now = now.plus_micros(gap);
            let before = model.at(now);
            prop_assert_eq!((desk.one().outcome(now).as_str(), desk.one().outcome(now).at()), before);
            let id: DecisionId = "d".parse().unwrap();
            let act = match &tried {
                Try::Say(party, voice) => {
                    DecisionAct::Say(say(PARTIES[*party], Voice::ALL[*voice]))
                }
                Try::Extend(hours) => DecisionAct::Extend(ExtendDecision {
                    id,
                    expiry: Expiry { at: first.plus_micros(hours * HOUR), ..until.clone() },
                    reason: "more time".into(),
                }),
                Try::Withdraw => DecisionAct::Withdraw(WithdrawDecision { id, reason: "x".into() }),
                Try::Conclude(adopted) => DecisionAct::Conclude(ConcludeDecision {
                    id,
                    adopted: *adopted,
                    note: None,
                }),
                Try::Certify => match desk.one().certify(now) {
                    Some(certificate) => DecisionAct::Certify(certificate),
                    None => continue,
                },
            };
            let done = desk.act(now, act);
            match &tried {
                // What may be said after the end changes nothing.
                Try::Say(..) | Try::Certify => {}
                _ => prop_assert!(done.is_err() || before.0 == "open"),
            }
            if let Try::Say(party, voice) = &tried {
                let voice = Voice::ALL[*voice];
                let is_late = *party < 3
                    && matches!(before.0, "adopted" | "lapsed")
                    && !(voice == Voice::Interpretation && before.0 == "adopted");
                let late = DecisionError::Late { arrived: now, closed: before.1 };
                prop_assert_eq!(done == Err(late), is_late);
            }
            model.tried.push((now, tried));
        }
        // Another node reads the same entries; a third stops in between and goes on from there.
        let mut other = Decisions::default();
        for entry in &desk.entries {
            let Act::Decision(act) = &entry.act else { unreachable!() };
            let read = Entry::decode(&entry.encode()).unwrap();
            other.take(&read, act).unwrap();
        }
        prop_assert_eq!(&other, &desk.decisions);
        for (half, off) in looks {
            let look = first.plus_micros(half * HOUR / 2 + off).max(begun);
            let seen = desk.one().outcome(look);
            prop_assert_eq!((seen.as_str(), seen.at()), model.at(look));
        }
    }
}
