//! Tests of the life of an agreement: every transition, allowed and refused, and a plain
//! simulation that ticks through time beside the real answers.

use super::*;
use crate::party::Status;
use proptest::prelude::*;

/// Instants of these tests are small whole numbers.
fn at(micros: i64) -> Instant {
    Instant::from_micros(micros)
}

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

/// A version of the agreement of NATO with JPN, or of the charter of its members.
fn document(charter: bool, version: u32, in_force: i64, until: Option<i64>) -> Document {
    let parties = if charter {
        "charter = true\nparties = [\"NATO\", \"members\"]"
    } else {
        "parties = [\"NATO\", \"JPN\"]"
    };
    let text = format!(
        "+++\nid = \"a\"\ntitle = \"A\"\nversion = {version}\n{parties}\nin_force = 2000-01-01T00:00:00Z\n+++\n"
    );
    let mut document = Document::parse(text.as_bytes()).unwrap();
    document.in_force = at(in_force);
    document.until = until.map(at);
    document
}

#[derive(Clone, Debug)]
enum Act {
    Table {
        version: u32,
        in_force: i64,
        until: Option<i64>,
        keep: bool,
        draft: u8,
    },
    Sign(u32, &'static str),
    Suspend,
    Resume,
    Terminate(i64),
}

fn table(version: u32, in_force: i64, until: Option<i64>) -> Act {
    Act::Table {
        version,
        in_force,
        until,
        keep: false,
        draft: 0,
    }
}

/// Who signs in these tests; the rest of the world is a partner.
fn status(party: &str) -> Status {
    match party {
        "NATO" => Status::Host,
        "FRA" | "ISL" | "NOR" => Status::Member,
        _ => Status::Partner,
    }
}

fn act(
    agreement: &mut Agreement,
    charter: bool,
    now: i64,
    act: &Act,
) -> Result<(), TransitionError> {
    let now = at(now);
    match act {
        Act::Table {
            version,
            in_force,
            until,
            keep,
            draft,
        } => {
            let mut document = document(charter, *version, *in_force, *until);
            if *keep {
                document.after_end = AfterEnd::Keep;
            }
            let digest =
                Digest::of(format!("{version} {in_force} {until:?} {keep} {draft}").as_bytes());
            agreement.table(Arc::new(document), digest, now)
        }
        Act::Sign(version, party) => agreement.sign(
            AgreementVersion(*version),
            code(party),
            status(party),
            "SHA256:test".into(),
            now,
        ),
        Act::Suspend => agreement.suspend("test".into(), now),
        Act::Resume => agreement.resume(now),
        Act::Terminate(effective) => agreement.terminate(at(*effective), "test".into(), now),
    }
}

fn play(charter: bool, acts: &[(i64, Act)]) -> Agreement {
    let mut agreement = Agreement::new("a".parse().unwrap());
    for (now, one) in acts {
        act(&mut agreement, charter, *now, one).unwrap_or_else(|error| panic!("{one:?}: {error}"));
    }
    agreement
}

/// A version in force from 10 to 90, signed by both at 2 and 3.
fn running() -> Vec<(i64, Act)> {
    vec![
        (1, table(1, 10, Some(90))),
        (2, Act::Sign(1, "NATO")),
        (3, Act::Sign(1, "JPN")),
    ]
}

/// Each line: what has happened, what is tried at which instant, and the code of the refusal.
#[test]
fn every_transition_is_allowed_or_refused() {
    let nothing = Vec::new;
    let tabled = || vec![(1, table(1, 10, Some(90)))];
    let by_one = || vec![(1, table(1, 10, Some(90))), (2, Act::Sign(1, "NATO"))];
    let and = |mut acts: Vec<(i64, Act)>, more: &[(i64, Act)]| {
        acts.extend_from_slice(more);
        acts
    };
    let suspended = || and(running(), &[(20, Act::Suspend)]);
    let terminated = || and(running(), &[(20, Act::Terminate(30))]);
    let second = || and(running(), &[(20, table(2, 40, None))]);
    let second_agreed = || {
        and(
            second(),
            &[(21, Act::Sign(2, "JPN")), (22, Act::Sign(2, "NATO"))],
        )
    };
    let keep = || {
        let text = Act::Table {
            version: 1,
            in_force: 10,
            until: Some(90),
            keep: true,
            draft: 0,
        };
        vec![
            (1, text),
            (2, Act::Sign(1, "NATO")),
            (3, Act::Sign(1, "JPN")),
        ]
    };
    let other = |version| Act::Table {
        version,
        in_force: 10,
        until: Some(90),
        keep: false,
        draft: 1,
    };
    let fine = "";
    for (line, (acts, now, tried, refusal)) in [
        (nothing(), 1, table(1, 10, None), fine),
        (nothing(), 1, table(2, 10, None), "agreement.wrong-version"),
        (nothing(), 20, table(1, 10, Some(20)), "agreement.ended"),
        (
            nothing(),
            1,
            Act::Sign(1, "NATO"),
            "agreement.unknown-version",
        ),
        (nothing(), 1, Act::Suspend, "agreement.not-in-force"),
        (nothing(), 1, Act::Resume, "agreement.not-suspended"),
        (nothing(), 1, Act::Terminate(1), "agreement.nothing-agreed"),
        (tabled(), 2, other(1), fine),
        (
            tabled(),
            2,
            table(1, 10, Some(90)),
            "agreement.already-tabled",
        ),
        (tabled(), 2, table(2, 10, None), fine),
        (tabled(), 2, table(3, 10, None), "agreement.wrong-version"),
        (tabled(), 2, Act::Sign(1, "JPN"), fine),
        (tabled(), 2, Act::Sign(1, "KOR"), "agreement.not-a-party"),
        (tabled(), 2, Act::Sign(1, "FRA"), "agreement.not-a-party"),
        (
            tabled(),
            2,
            Act::Sign(2, "JPN"),
            "agreement.unknown-version",
        ),
        (
            tabled(),
            2,
            Act::Sign(0, "JPN"),
            "agreement.unknown-version",
        ),
        (tabled(), 90, Act::Sign(1, "JPN"), "agreement.ended"),
        (tabled(), 2, Act::Terminate(5), "agreement.nothing-agreed"),
        (by_one(), 3, other(1), "agreement.version-signed"),
        (
            by_one(),
            3,
            Act::Sign(1, "NATO"),
            "agreement.already-signed",
        ),
        (by_one(), 50, Act::Sign(1, "JPN"), fine),
        (by_one(), 20, Act::Suspend, "agreement.not-in-force"),
        (by_one(), 20, Act::Terminate(30), "agreement.nothing-agreed"),
        (running(), 5, Act::Suspend, "agreement.not-in-force"),
        (running(), 10, Act::Suspend, fine),
        (running(), 89, Act::Suspend, fine),
        (running(), 90, Act::Suspend, "agreement.not-in-force"),
        (running(), 20, Act::Resume, "agreement.not-suspended"),
        (running(), 20, Act::Terminate(20), fine),
        (running(), 5, Act::Terminate(7), fine),
        (
            running(),
            20,
            Act::Terminate(19),
            "agreement.notice-in-past",
        ),
        (running(), 90, Act::Terminate(95), "agreement.over"),
        (
            running(),
            20,
            table(1, 10, None),
            "agreement.version-signed",
        ),
        (running(), 95, table(2, 96, None), fine),
        (keep(), 95, Act::Suspend, fine),
        (suspended(), 21, Act::Suspend, "agreement.already-suspended"),
        (suspended(), 21, Act::Resume, fine),
        (suspended(), 95, Act::Resume, fine),
        (suspended(), 21, Act::Terminate(30), fine),
        (suspended(), 21, table(2, 30, None), fine),
        (terminated(), 21, Act::Terminate(22), "agreement.terminated"),
        (terminated(), 21, table(2, 30, None), "agreement.terminated"),
        (terminated(), 21, Act::Suspend, fine),
        (terminated(), 30, Act::Suspend, "agreement.not-in-force"),
        (
            and(second(), &[(23, Act::Terminate(50))]),
            24,
            Act::Sign(2, "JPN"),
            "agreement.terminated",
        ),
        (second(), 21, Act::Sign(2, "JPN"), fine),
        (second(), 21, other(2), fine),
        (
            second_agreed(),
            23,
            Act::Sign(2, "JPN"),
            "agreement.already-signed",
        ),
        (second_agreed(), 23, table(3, 50, None), fine),
        (second_agreed(), 95, Act::Terminate(96), fine),
        (
            vec![
                (1, table(1, 10, None)),
                (2, table(2, 10, None)),
                (3, Act::Sign(2, "NATO")),
                (4, Act::Sign(2, "JPN")),
            ],
            10,
            Act::Sign(1, "JPN"),
            "agreement.superseded",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut agreement = play(false, &acts);
        let before = agreement.clone();
        let found = act(&mut agreement, false, now, &tried);
        let found = found.map_or_else(|error| error.code(), |()| fine);
        assert_eq!(
            found, refusal,
            "line {line}: {acts:?}, then at {now} {tried:?}"
        );
        assert_eq!(agreement == before, !refusal.is_empty(), "line {line}");
    }
}

#[test]
fn another_agreement_or_other_parties_are_refused() {
    let mut agreement = play(false, &running());
    let error = agreement.table(
        Arc::new(document(true, 2, 10, None)),
        Digest::of(b""),
        at(20),
    );
    assert_eq!(error.unwrap_err().code(), "agreement.parties-changed");
    let mut stranger = Agreement::new("b".parse().unwrap());
    let error = stranger.table(
        Arc::new(document(false, 1, 10, None)),
        Digest::of(b""),
        at(20),
    );
    assert_eq!(error.unwrap_err().code(), "agreement.other-id");
}

/// The state of each version at each instant named, by what happened until then and the clock.
#[test]
fn states_follow_acts_and_clock() {
    let acts = [
        (1, table(1, 10, Some(90))),
        (2, Act::Sign(1, "NATO")),
        (3, Act::Sign(1, "JPN")),
        (20, table(2, 40, Some(80))),
        (25, Act::Sign(2, "JPN")),
        (30, Act::Suspend),
        (35, Act::Resume),
        (45, Act::Sign(2, "NATO")),
        (50, Act::Suspend),
        (60, Act::Resume),
    ];
    let agreement = play(false, &acts);
    let show = |number: u32| {
        let version = agreement.version(AgreementVersion(number)).unwrap();
        let mut shown: Vec<(i64, String)> = Vec::new();
        for micros in 1..100 {
            let state = agreement.state(version, at(micros)).to_string();
            if shown.last().is_none_or(|(_, last)| *last != state) {
                shown.push((micros, state));
            }
        }
        shown
    };
    let list = |states: &[(i64, &str)]| -> Vec<(i64, String)> {
        states
            .iter()
            .map(|(micros, state)| (*micros, (*state).to_owned()))
            .collect()
    };
    assert_eq!(
        show(1),
        list(&[
            (1, "tabled"),
            (2, "signed by one"),
            (3, "signed by both"),
            (10, "in force"),
            (30, "suspended"),
            (35, "in force"),
            (45, "ended"),
        ])
    );
    assert_eq!(
        show(2),
        list(&[
            (1, "tabled"),
            (25, "signed by one"),
            (45, "in force"),
            (50, "suspended"),
            (60, "in force"),
            (80, "ended"),
        ])
    );
    // The first version would have run to 90, but the second ended it for good.
    let jpn = code("JPN");
    assert_eq!(
        agreement.in_force(&jpn, at(79)).unwrap().number(),
        AgreementVersion(2)
    );
    assert_eq!(agreement.in_force(&jpn, at(85)), None);
    assert_eq!(agreement.in_force(&code("NATO"), at(70)), None);
    assert_eq!(agreement.in_force(&code("KOR"), at(70)), None);
    let second = agreement.latest().unwrap();
    assert_eq!(agreement.effective_from(second, &jpn), Some(at(45)));
    assert_eq!(agreement.suspensions().len(), 2);
}

#[test]
fn what_was_given_is_kept_after_the_end_but_not_while_suspended() {
    let jpn = code("JPN");
    let text = Act::Table {
        version: 1,
        in_force: 10,
        until: Some(90),
        keep: true,
        draft: 0,
    };
    let mut acts = vec![
        (1, text),
        (2, Act::Sign(1, "NATO")),
        (3, Act::Sign(1, "JPN")),
    ];
    let gives = |acts: &[(i64, Act)], now| {
        let agreement = play(false, acts);
        (
            agreement.in_force(&jpn, at(now)).is_some(),
            agreement.giving(&jpn, at(now)).is_some(),
        )
    };
    assert_eq!(gives(&acts, 9), (false, false));
    assert_eq!(gives(&acts, 10), (true, true));
    assert_eq!(gives(&acts, 90), (false, true));
    acts.push((50, Act::Terminate(60)));
    assert_eq!(gives(&acts, 60), (false, true));
    acts.push((70, Act::Suspend));
    assert_eq!(gives(&acts, 70), (false, false));
    acts.push((75, Act::Resume));
    assert_eq!(gives(&acts, 74), (false, false));
    assert_eq!(gives(&acts, 75), (false, true));
    assert_eq!(gives(&running(), 89), (true, true));
    assert_eq!(gives(&running(), 90), (false, false));
}

#[test]
fn a_charter_counts_for_each_member_by_itself() {
    let agreement = play(
        true,
        &[
            (1, table(1, 10, None)),
            (2, Act::Sign(1, "NATO")),
            (3, Act::Sign(1, "FRA")),
            (15, Act::Sign(1, "NOR")),
            (20, table(2, 10, None)),
            (21, Act::Sign(2, "NATO")),
            (22, Act::Sign(2, "FRA")),
        ],
    );
    let (fra, nor) = (code("FRA"), code("NOR"));
    let number = |party, now| {
        agreement
            .in_force(party, at(now))
            .map(|version| version.number().0)
    };
    assert_eq!((number(&fra, 10), number(&nor, 10)), (Some(1), None));
    assert_eq!((number(&fra, 15), number(&nor, 15)), (Some(1), Some(1)));
    assert_eq!((number(&fra, 22), number(&nor, 22)), (Some(2), Some(1)));
    let first = agreement.version(AgreementVersion(1)).unwrap();
    assert_eq!(agreement.state_for(first, &fra, at(22)), State::Ended);
    assert_eq!(agreement.state_for(first, &nor, at(22)), State::InForce);
    assert_eq!(agreement.state(first, at(22)), State::InForce);
    assert_eq!(agreement.state(first, at(2)), State::SignedByOne);
    // NOR keeps the first version until it signs the second; nobody else can join the first.
    let mut late = agreement.clone();
    let error = act(&mut late, true, 30, &Act::Sign(1, "ISL")).unwrap_err();
    assert_eq!(error.code(), "agreement.superseded");
    act(&mut late, true, 30, &Act::Sign(2, "NOR")).unwrap();
    assert_eq!(late.state(first, at(30)), State::Ended);
    let error = act(&mut late, true, 30, &Act::Sign(1, "JPN")).unwrap_err();
    assert_eq!(error.code(), "agreement.not-a-party");
}

/// The same story told tick by tick: what is on the table, who has signed, which version was the
/// newest that ever began. Nothing is computed from dates but by waiting for them.
struct Simulation {
    now: i64,
    versions: Vec<(Document, Vec<PartyCode>)>,
    newest: Option<usize>,
    suspended: bool,
    terminated: Option<i64>,
}

impl Simulation {
    fn tick(&mut self, party: &PartyCode) -> (Option<u32>, Option<u32>) {
        let running = self.terminated.is_none_or(|end| self.now < end);
        for (position, (document, signed)) in self.versions.iter().enumerate() {
            let agreed = signed.contains(&code("NATO")) && signed.contains(party);
            if running
                && agreed
                && document.in_force.micros() <= self.now
                && self.newest < Some(position)
            {
                self.newest = Some(position);
            }
        }
        let Some((document, _)) = self.newest.and_then(|position| self.versions.get(position))
        else {
            return (None, None);
        };
        let expired = document
            .until
            .is_some_and(|until| self.now >= until.micros());
        let over = expired || self.terminated.is_some_and(|end| self.now >= end);
        let number = Some(document.version.0);
        match (self.suspended, over) {
            (true, _) => (None, None),
            (false, false) => (number, number),
            (false, true) if document.after_end == AfterEnd::Keep => (None, number),
            (false, true) => (None, None),
        }
    }

    fn follow(&mut self, charter: bool, one: &Act) {
        match one {
            Act::Table {
                version,
                in_force,
                until,
                keep,
                ..
            } => {
                let mut document = document(charter, *version, *in_force, *until);
                if *keep {
                    document.after_end = AfterEnd::Keep;
                }
                let position = usize::try_from(*version - 1).unwrap();
                self.versions.truncate(position);
                self.versions.push((document, Vec::new()));
            }
            Act::Sign(version, party) => {
                let position = usize::try_from(*version - 1).unwrap();
                self.versions[position].1.push(code(party));
            }
            Act::Suspend => self.suspended = true,
            Act::Resume => self.suspended = false,
            Act::Terminate(effective) => self.terminated = Some(*effective),
        }
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let table = (
        1u32..4,
        0i64..60,
        proptest::option::of(1i64..40),
        any::<bool>(),
        0u8..3,
    )
        .prop_map(|(version, in_force, length, keep, draft)| Act::Table {
            version,
            in_force,
            until: length.map(|length| in_force + length),
            keep,
            draft,
        });
    let signer = prop_oneof![Just("NATO"), Just("JPN"), Just("FRA"), Just("NOR")];
    prop_oneof![
        3 => table,
        6 => (1u32..4, signer).prop_map(|(version, party)| Act::Sign(version, party)),
        2 => Just(Act::Suspend),
        2 => Just(Act::Resume),
        1 => (0i64..80).prop_map(Act::Terminate),
    ]
}

const LAST: i64 = 110;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_answers_are_those_of_the_simulation(
        charter in any::<bool>(),
        acts in proptest::collection::vec((0i64..4, any_act()), 1..30),
    ) {
        // What is refused did not happen.
        let mut agreement = Agreement::new("a".parse().unwrap());
        let (mut now, mut happened) = (0, Vec::new());
        for (pause, one) in acts {
            now += pause;
            let accepted = act(&mut agreement, charter, now, &one).is_ok();
            if accepted {
                happened.push((now, one));
            }
        }
        let ask = |party: &PartyCode, micros: i64| {
            let number = |version: Option<&Version>| version.map(|version| version.number().0);
            (number(agreement.in_force(party, at(micros))), number(agreement.giving(party, at(micros))))
        };
        let parties = if charter { vec![code("FRA"), code("NOR"), code("ISL")] } else { vec![code("JPN")] };
        for party in &parties {
            let mut simulation = Simulation {
                now: 0, versions: Vec::new(), newest: None, suspended: false, terminated: None,
            };
            for micros in 0..=LAST {
                simulation.now = micros;
                for (_, one) in happened.iter().filter(|(when, _)| *when == micros) {
                    simulation.follow(charter, one);
                }
                prop_assert_eq!(ask(party, micros), simulation.tick(party), "{} at {} {:?}", party, micros, &happened);
            }
        }
        for version in &agreement.versions {
            let states: Vec<State> = (0..=LAST).map(|micros| agreement.state(version, at(micros))).collect();
            let ended = states.iter().skip_while(|state| **state != State::Ended);
            prop_assert!(ended.into_iter().all(|state| *state == State::Ended), "{:?}", states);
        }
        // From the last act on, only the clock moves, and every move of it was announced.
        let picture = |micros: i64| {
            let now = at(micros);
            let states = agreement.versions.iter().map(|version| {
                let each = parties.iter().map(|party| agreement.state_for(version, party, now));
                (agreement.state(version, now), each.collect::<Vec<_>>())
            });
            let flows = parties.iter().map(|party| ask(party, micros));
            (states.collect::<Vec<_>>(), flows.collect::<Vec<_>>())
        };
        let moves = |from: i64| (from + 1..=LAST).find(|micros| picture(micros - 1) != picture(*micros));
        for micros in now..LAST {
            let announced = agreement.next_boundary(at(micros)).map(Instant::micros);
            let moved = moves(micros);
            prop_assert_eq!(announced, moved, "after {}", micros);
        }
    }
}
