//! Programmes under random histories of versions, signatures, predecessors, reports and merges,
//! beside an oracle that knows nothing but the list of what was done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::act::{Act, AddParty, ImportProgramme, Open, ReportGoal, SignAgreement, TableAgreement};
use crate::id::{AgreementVersion, Digest};
use crate::party::{Status, Zone};
use crate::programme::Fate;
use crate::state::State;

const PARTIES: [&str; 4] = ["NATO", "JPN", "AUS", "KOR"];
const OLD: &str = "ipcp-2014";
const OWN: &str = "nato-jpn";
const GOALS: u8 = 5;

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

fn id(text: &str) -> AgreementId {
    text.parse().unwrap()
}

fn goal_id(number: u8) -> GoalId {
    format!("goal-{number}").parse().unwrap()
}

/// An office in memory.
struct Office {
    state: State,
    now: Instant,
}

impl Office {
    fn open() -> Self {
        let now: Instant = "2024-01-01T00:00:00Z".parse().unwrap();
        let open = Open {
            alliance: code("NATO"),
            name: "Alliance".into(),
            office: "Tokyo".into(),
            zone: Zone::utc(),
            seed: [7; 16],
            house: String::new(),
        };
        let entry = Entry::new(
            EntryNumber(0),
            now,
            Actor::Office,
            Act::Open(open),
            Digest::of(b""),
        );
        let mut office = Self {
            state: State::open(&entry).unwrap(),
            now,
        };
        for party in &PARTIES[1..] {
            office.act(Act::AddParty(AddParty {
                code: code(party),
                name: (*party).into(),
                status: Status::Partner,
                zone: Zone::utc(),
            }));
        }
        office
    }

    fn try_act(&mut self, act: Act) -> Result<(), FoldError> {
        self.now = self.now.plus_micros(1);
        let number = self.state.next();
        let entry = Entry::new(number, self.now, Actor::Office, act, Digest::of(b""));
        self.state.apply(&entry).map(|_| ())
    }

    fn act(&mut self, act: Act) {
        self.try_act(act).unwrap();
    }

    fn report(&mut self, party: &str, goal: u8, progress: Progress) -> Result<(), FoldError> {
        let report = ReportGoal {
            programme: id(OWN),
            goal: goal_id(goal),
            party: code(party),
            progress,
            note: None,
            day: date(2024, 1, 1).into(),
        };
        self.try_act(Act::Programme(ProgrammeAct::Report(report)))
    }

    fn sign(&mut self, version: usize) {
        for party in ["NATO", "JPN"] {
            self.act(Act::SignAgreement(SignAgreement {
                id: id(OWN),
                version: AgreementVersion(version as u32),
                party: code(party),
                fingerprint: "x".into(),
                signature: "x".into(),
            }));
        }
    }

    fn table(&mut self, draft: &Draft) -> Result<(), crate::agreement::fault::Faults> {
        let file = draft.file();
        let document = Document::parse(file.as_bytes())?;
        account(&self.state, &document)?;
        self.act(Act::TableAgreement(TableAgreement { file: file.into() }));
        Ok(())
    }
}

/// A file as it is drawn.
#[derive(Clone, Debug)]
struct Draft {
    id: &'static str,
    version: usize,
    goals: BTreeSet<u8>,
    predecessor: bool,
    /// Of which old goal (of the predecessor or not) it says something, and to which goal of its
    /// own it goes, if any.
    passages: BTreeMap<(bool, u8), Option<u8>>,
}

impl Draft {
    fn file(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!(
            "+++\nid = '{}'\ntitle = 'T'\nversion = {}\nparties = ['NATO', 'JPN']\nin_force = 2020-01-01T00:00:00Z\n",
            self.id, self.version
        );
        if self.predecessor {
            writeln!(text, "predecessor = '{OLD}'").unwrap();
        }
        for ((old, goal), heir) in &self.passages {
            let from = if *old { OLD } else { self.id };
            let fate = match heir {
                Some(heir) => format!("merged = 'goal-{heir}'\nreason = 'one'"),
                None => "dropped = 'no more'".to_owned(),
            };
            writeln!(
                text,
                "[[transition]]\nfrom = '{from}'\ngoal = 'goal-{goal}'\n{fate}"
            )
            .unwrap();
        }
        text.push_str("[[objective]]\ntitle = 'O'\n");
        for goal in &self.goals {
            let lead = if goal.is_multiple_of(2) {
                "lead = ['AUS']\n"
            } else {
                ""
            };
            writeln!(
                text,
                "[[objective.goal]]\nid = 'goal-{goal}'\narea = 'cyber'\ntitle = 'G'\ndue = 2024-0{}-15\n{lead}",
                goal + 1
            )
            .unwrap();
        }
        text.push_str("+++\n");
        text
    }
}

/// Something that is tried.
#[derive(Clone, Debug)]
enum Step {
    Table {
        goals: BTreeSet<u8>,
        predecessor: bool,
        passages: BTreeMap<(bool, u8), Option<u8>>,
        honest: bool,
    },
    Sign(prop::sample::Index),
    Report {
        party: usize,
        goal: u8,
        word: u8,
        into: u8,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let goals = || prop::collection::btree_set(0..GOALS, 0..4);
    let passages =
        prop::collection::btree_map((any::<bool>(), 0..GOALS), prop::option::of(0..GOALS), 0..6);
    let table = (
        goals(),
        prop::bool::weighted(0.2),
        passages,
        prop::bool::weighted(0.6),
    );
    prop_oneof![
        2 => table.prop_map(|(goals, predecessor, passages, honest)| Step::Table {
            goals, predecessor, passages, honest,
        }),
        2 => any::<prop::sample::Index>().prop_map(Step::Sign),
        6 => (0..3_usize, 0..GOALS, 0..6_u8, 0..GOALS).prop_map(|(party, goal, word, into)| {
            Step::Report { party, goal, word, into }
        }),
    ]
}

fn progress(word: u8, into: u8) -> Progress {
    match word {
        0 => Progress::Planned,
        1 => Progress::OnTrack,
        2 => Progress::Late,
        3 => Progress::Done,
        4 => Progress::Dropped,
        _ => Progress::Merged(goal_id(into)),
    }
}

/// What was done, and nothing that follows from it.
#[derive(Default)]
struct Model {
    old: BTreeSet<u8>,
    tabled: Vec<(Draft, bool)>,
    reports: Vec<(usize, u8, Progress)>,
}

impl Model {
    /// What a next version has to account for, in the words of the rule: the goals of an earlier
    /// version count unless a later one of these was signed by both sides; those of the
    /// predecessor, unless one that names it was, or a later one.
    fn open(&self, draft: &Draft) -> BTreeSet<(bool, u8)> {
        let agreed_from = |first: usize| self.tabled.iter().skip(first).any(|(_, signed)| *signed);
        let mut open = BTreeSet::new();
        for (place, (earlier, _)) in self.tabled.iter().enumerate() {
            if !agreed_from(place + 1) {
                open.extend(earlier.goals.iter().map(|goal| (false, *goal)));
            }
        }
        let named = self.tabled.iter().position(|(one, _)| one.predecessor);
        let answered = named.is_some_and(|_| {
            let mut all = self.tabled.iter();
            all.any(|(one, signed)| one.predecessor && *signed)
        });
        let pending = self
            .tabled
            .iter()
            .enumerate()
            .any(|(place, (one, signed))| one.predecessor && !signed && !agreed_from(place));
        if (draft.predecessor || pending) && !answered {
            open.extend(self.old.iter().map(|goal| (true, *goal)));
        }
        open
    }

    fn misses(&self, draft: &Draft) -> bool {
        let said = |key: &(bool, u8)| {
            draft.passages.contains_key(key) || (!key.0 && draft.goals.contains(&key.1))
        };
        !self.open(draft).iter().all(said)
    }

    fn ever(&self, (old, goal): (bool, u8)) -> bool {
        match old {
            true => self.old.contains(&goal),
            false => self.tabled.iter().any(|(one, _)| one.goals.contains(&goal)),
        }
    }

    fn newest(&self, party: usize, goal: u8) -> Progress {
        let mut all = self.reports.iter().rev();
        all.find(|(by, of, _)| *by == party && *of == goal)
            .map_or(Progress::Planned, |(_, _, progress)| progress.clone())
    }

    /// Whether a party's newest words, this one among them, lead from a goal back to itself.
    fn circles(&self, party: usize, goal: u8, into: u8) -> bool {
        let mut edges: BTreeMap<u8, GoalId> = (0..GOALS)
            .filter_map(|one| Some((one, self.newest(party, one).into_goal()?.clone())))
            .collect();
        edges.insert(goal, goal_id(into));
        let mut reached: BTreeSet<u8> = BTreeSet::new();
        let mut at = goal;
        while let Some(next) = edges.get(&at) {
            at = (0..GOALS).find(|one| goal_id(*one) == *next).unwrap();
            if at == goal {
                return true;
            }
            if !reached.insert(at) {
                return false;
            }
        }
        false
    }

    /// The status as a person would work it out.
    fn status(&self, goal: u8, today: jiff::civil::Date) -> &'static str {
        let mut words = vec![self.newest(0, goal), self.newest(1, goal)];
        if goal.is_multiple_of(2) {
            words.push(self.newest(2, goal));
        }
        if words.iter().any(|word| *word != words[0]) {
            return "disputed";
        }
        let day_is_over = today > date(2024, goal as i8 + 1, 15);
        match words[0] {
            Progress::Planned if day_is_over => "late",
            Progress::Planned => "planned",
            Progress::OnTrack if day_is_over => "late",
            Progress::OnTrack => "on track",
            Progress::Late => "late",
            Progress::Done => "done",
            Progress::Dropped => "dropped",
            Progress::Merged(_) => "merged",
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_goal_vanishes_and_every_status_is_the_oracles(
        old in prop::collection::btree_set(0..GOALS, 0..4),
        steps in prop::collection::vec(step(), 1..40),
        day in 0..200_i64,
    ) {
        let mut office = Office::open();
        let mut model = Model { old, ..Model::default() };
        let imported = Draft {
            id: OLD,
            version: 1,
            goals: model.old.clone(),
            predecessor: false,
            passages: BTreeMap::new(),
        };
        office.act(Act::Programme(ProgrammeAct::Import(ImportProgramme { file: imported.file().into() })));
        for step in steps {
            match step {
                Step::Table { goals, predecessor, passages, honest } => {
                    let mut draft = Draft {
                        id: OWN,
                        version: model.tabled.len() + 1,
                        goals,
                        predecessor,
                        passages,
                    };
                    if honest {
                        // What the file says is what it has to say, and how it may.
                        let open = model.open(&draft);
                        draft.predecessor |= open.iter().any(|(old, _)| *old);
                        let heir = draft.goals.first().copied();
                        let kept = |key: &(bool, u8)| !key.0 && draft.goals.contains(&key.1);
                        draft.passages = open.into_iter().filter(|key| !kept(key)).map(|key| (key, heir)).collect();
                    }
                    draft.passages.retain(|(old, goal), heir| {
                        let sound = match old {
                            true => draft.predecessor,
                            false => draft.version > 1 && !draft.goals.contains(goal),
                        };
                        sound && heir.is_none_or(|heir| draft.goals.contains(&heir))
                    });
                    let refused = model.misses(&draft)
                        || draft.passages.keys().any(|key| !model.ever(*key));
                    let tabled = office.table(&draft);
                    prop_assert_eq!(tabled.is_err(), refused, "{:?} {:?}", tabled, draft);
                    if honest {
                        prop_assert!(tabled.is_ok());
                    }
                    if tabled.is_ok() {
                        model.tabled.push((draft, false));
                    }
                }
                Step::Sign(pick) => {
                    let newest = model.tabled.iter().rposition(|(_, signed)| *signed);
                    let first = newest.map_or(0, |newest| newest + 1);
                    let free = model.tabled.len() - first;
                    if free > 0 {
                        let place = first + pick.index(free);
                        office.sign(place + 1);
                        model.tabled[place].1 = true;
                    }
                }
                Step::Report { party, goal, word, into } => {
                    let progress = progress(word, into);
                    let circle = word == 5 && model.circles(party, goal, into);
                    let said = office.state.affairs.programmes.would_circle(&id(OWN), &code(PARTIES[party]), &goal_id(goal), &goal_id(into));
                    if word == 5 {
                        prop_assert_eq!(said, circle);
                    }
                    if circle {
                        continue;
                    }
                    prop_assert!(office.report(PARTIES[party], goal, progress.clone()).is_ok());
                    model.reports.push((party, goal, progress));
                }
            }
        }

        let now = office.now.plus_micros(day * 86_400_000_000);
        let today = Day::of(now, &Zone::utc()).date();
        let Some(found) = plan(&office.state, &id(OWN), now) else {
            prop_assert!(model.tabled.is_empty());
            return Ok(());
        };
        let counting = model.tabled.iter().rposition(|(_, signed)| *signed)
            .unwrap_or(model.tabled.len() - 1);
        let told: BTreeSet<GoalId> = found.goals.iter().map(|goal| goal.goal.id.clone()).collect();
        let ever: BTreeSet<GoalId> = model.tabled[..=counting].iter()
            .flat_map(|(one, _)| one.goals.iter().map(|goal| goal_id(*goal)))
            .collect();
        prop_assert_eq!(told, ever);
        for goal in 0..GOALS {
            let Some(one) = found.goals.iter().find(|one| one.goal.id == goal_id(goal)) else {
                continue;
            };
            prop_assert_eq!(shown_status(&one.standing, one.is_overdue), model.status(goal, today));
            let is_open = model.tabled[counting].0.goals.contains(&goal);
            prop_assert_eq!(one.state == GoalState::Open, is_open);
            // Nothing that was tabled under the rule is gone without a word.
            prop_assert_ne!(one.state, GoalState::Unaccounted);
        }
        // What all agree on goes round in no circle.
        for goal in &found.goals {
            let mut at = goal.goal.id.clone();
            for _ in 0..=GOALS {
                let one = found.goals.iter().find(|one| one.goal.id == at);
                let Some(Standing::Agreed(Progress::Merged(into))) = one.map(|one| one.standing) else {
                    break;
                };
                at = into.clone();
                prop_assert_ne!(&at, &goal.goal.id);
            }
        }
        // The old programme is not gone either, and says what became of its goals once that counts.
        let before = plan(&office.state, &id(OLD), now).unwrap();
        prop_assert_eq!(before.goals.len(), model.old.len());
        let succeeded = model.tabled.iter().any(|(one, signed)| one.predecessor && *signed);
        prop_assert_eq!(before.successor.is_some(), succeeded);
        for goal in &before.goals {
            prop_assert_eq!(matches!(goal.state, GoalState::Passed { .. }), succeeded);
        }
    }
}

fn first_version(office: &mut Office) {
    let draft = Draft {
        id: OWN,
        version: 1,
        goals: [0, 1].into(),
        predecessor: false,
        passages: BTreeMap::new(),
    };
    office.table(&draft).unwrap();
}

fn party<'s>(office: &'s Office, code: &str) -> &'s crate::party::Party {
    office.state.find_party(&code.parse().unwrap()).unwrap()
}

#[test]
fn a_programme_is_seen_by_its_sides_and_a_goal_by_who_leads_it() {
    let mut office = Office::open();
    first_version(&mut office);
    let seen = |office: &Office, code: &str| -> Vec<String> {
        let plan = plan(&office.state, &id(OWN), office.now).unwrap();
        let party = party(office, code);
        let goals = plan
            .goals
            .iter()
            .filter(|goal| sees_goal(&plan, goal, party));
        goals.map(|goal| goal.goal.id.to_string()).collect()
    };
    assert_eq!(seen(&office, "JPN"), ["goal-0", "goal-1"]);
    // A third party that leads a goal sees that one, once it is agreed.
    assert_eq!(seen(&office, "AUS"), [""; 0]);
    assert_eq!(seen(&office, "KOR"), [""; 0]);
    office.sign(1);
    assert_eq!(seen(&office, "AUS"), ["goal-0"]);
    assert_eq!(seen(&office, "KOR"), [""; 0]);
}

#[test]
fn what_is_due_is_told_to_whom_it_concerns() {
    let mut office = Office::open();
    first_version(&mut office);
    let at = |text: &str| -> Instant { text.parse().unwrap() };
    let told = |office: &Office, code: &str, now: &str| -> Vec<String> {
        let due = Programmes::due(&office.state, &code.parse().unwrap(), at(now));
        due.iter()
            .map(|one| match &one.matter {
                DueMatter::Goal { goal, late, .. } => format!("{} {goal} {late}", one.day),
                DueMatter::Review => format!("{} review", one.day),
            })
            .collect()
    };
    let january = "2024-01-10T00:00:00Z";
    assert_eq!(told(&office, "JPN", january), [""; 0]);
    office.sign(1);
    // The agreement says that it came into force on the first of January 2020.
    let all = ["2024-01-01 review", "2024-01-15 goal-0 false"];
    assert_eq!(told(&office, "JPN", january), all);
    assert_eq!(told(&office, "NATO", january), all);
    assert_eq!(told(&office, "AUS", january), all[1..]);
    assert_eq!(told(&office, "KOR", january), [""; 0]);
    let march = "2024-03-01T00:00:00Z";
    assert_eq!(
        told(&office, "JPN", march),
        ["2024-01-15 goal-0 true", "2024-02-15 goal-1 true"]
    );
    for party in ["NATO", "JPN", "AUS"] {
        office.report(party, 0, Progress::Done).unwrap();
    }
    assert_eq!(told(&office, "JPN", march), ["2024-02-15 goal-1 true"]);
    // A review is near before its day as well as after it.
    let december = told(&office, "JPN", "2024-12-20T00:00:00Z");
    assert_eq!(december, ["2024-02-15 goal-1 true", "2025-01-01 review"]);
}

#[test]
fn the_fold_refuses_a_circle_and_a_second_transition() {
    let mut office = Office::open();
    first_version(&mut office);
    office
        .report("NATO", 0, Progress::Merged(goal_id(1)))
        .unwrap();
    let circle = office.report("NATO", 1, Progress::Merged(goal_id(0)));
    assert_eq!(circle.unwrap_err().code(), "fold.programme");
    // Another side may say the contrary: then they do not agree, and nothing goes in a circle.
    office
        .report("JPN", 1, Progress::Merged(goal_id(0)))
        .unwrap();
    let found = plan(&office.state, &id(OWN), office.now).unwrap();
    assert!(
        found
            .goals
            .iter()
            .all(|goal| goal.standing == Standing::Disputed)
    );

    let pass = |passages| {
        Act::Programme(ProgrammeAct::Pass(PassGoals {
            old: id(OLD),
            new: id(OWN),
            passages,
        }))
    };
    let passage = Passage {
        from: id(OLD),
        goal: goal_id(3),
        fate: Fate::Dropped { reason: "x".into() },
    };
    let mut office = Office::open();
    first_version(&mut office);
    let old = Draft {
        id: OLD,
        version: 1,
        goals: [3].into(),
        predecessor: false,
        passages: BTreeMap::new(),
    };
    office.act(Act::Programme(ProgrammeAct::Import(ImportProgramme {
        file: old.file().into(),
    })));
    let own = plan(&office.state, &id(OWN), office.now)
        .unwrap()
        .document
        .clone();
    let silent = read_plan_for(&office.state, &id(OLD), &own, b"").unwrap_err();
    assert_eq!(silent.code(), "agreement.unaccounted-goal");
    let text = b"[[transition]]\ngoal = 'goal-3'\ndropped = 'x'\n";
    let read = read_plan_for(&office.state, &id(OLD), &own, text).unwrap();
    assert_eq!(read, [passage]);
    office.act(pass(read));
    let found = plan(&office.state, &id(OLD), office.now).unwrap();
    assert_eq!(found.successor, Some(&id(OWN)));
    assert!(matches!(
        found.goals[0].state,
        GoalState::Passed { version: None, .. }
    ));
    assert!(follows(&office.state, &id(OWN), &id(OLD)));
    assert!(!follows(&office.state, &id(OLD), &id(OWN)));
    let again = office.try_act(pass(Vec::new()));
    assert_eq!(again.unwrap_err().code(), "fold.twice");
}
