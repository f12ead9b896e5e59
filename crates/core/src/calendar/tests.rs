//! Random histories of activities, beside mailboxes that know nothing but the letters they got: each
//! mailbox ends with what its owner may see, nothing is sent twice, and what a party is not in
//! changes nothing for it. Agreements and their goals by examples.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::act::{
    Act, ActivityAct, ActivityKind, Actor, AddParty, AddPerson, CalendarAct, CancelActivity, Entry,
    Invite, Invited, Open, PlanActivity, SetAddress, SignAgreement, TableAgreement,
    TerminateAgreement,
};
use crate::id::{AgreementVersion, EntryNumber, MailAddress, PartyCode};
use crate::party::{Status, Zone};

const PARTIES: [&str; 2] = ["JPN", "KOR"];
const IDS: [&str; 3] = ["course", "exercise", "visit"];

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

/// An office in memory, with a person of each party who has a mail address.
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
        let act = Act::Open(open);
        let entry = Entry::new(EntryNumber(0), now, Actor::Office, act, Digest::of(b""));
        let mut office = Self {
            state: State::open(&entry).unwrap(),
            now,
        };
        for party in PARTIES {
            office.act(Act::AddParty(AddParty {
                code: code(party),
                name: party.into(),
                status: Status::Partner,
                zone: Zone::utc(),
            }));
            office.act(Act::AddPerson(AddPerson {
                party: code(party),
                name: "anna".parse().unwrap(),
                role: crate::act::Role::Delegate,
                link: None,
                token: None,
            }));
            office.address(
                party,
                Some(&format!("anna@{}.example", party.to_lowercase())),
            );
        }
        office
    }

    fn address(&mut self, party: &str, address: Option<&str>) {
        self.act(Act::Calendar(CalendarAct::SetAddress(SetAddress {
            party: code(party),
            person: "anna".parse().unwrap(),
            address: address.map(|text| text.parse().unwrap()),
        })));
    }

    fn try_act(&mut self, act: Act) -> bool {
        self.now = self.now.plus_micros(1_000_000);
        let number = self.state.next();
        let entry = Entry::new(number, self.now, Actor::Office, act, Digest::of(b""));
        let mut next = self.state.clone();
        let taken = next.apply(&entry).is_ok();
        if taken {
            self.state = next;
        }
        taken
    }

    fn act(&mut self, act: Act) {
        assert!(self.try_act(act));
    }

    fn events(&self, party: &str) -> Vec<Event> {
        let party = code(party);
        let reader = Reader {
            party: &party,
            person: None,
            staff: false,
        };
        events(&self.state, &reader, self.now)
    }

    fn letters(&self) -> Vec<Letter> {
        outbox(&self.state, self.now)
    }

    fn note(&mut self, letter: &Letter) {
        self.act(Act::Calendar(CalendarAct::Invite(Invite {
            uid: letter.uid.clone(),
            sequence: letter.sequence,
            cancelled: letter.cancels,
            party: letter.party.clone(),
            person: letter.person.clone(),
            address: letter.address.clone(),
            state: letter.state,
        })));
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Plans or changes an activity: its day, and which of the parties are invited.
    Plan(usize, i64, [bool; 2]),
    Cancel(usize),
    /// Has so many letters sent.
    Send(usize),
    /// Lets days pass.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..3_usize, 0..400_i64, any::<[bool; 2]>())
            .prop_map(|(which, day, invited)| Step::Plan(which, day, invited)),
        1 => (0..3_usize).prop_map(Step::Cancel),
        4 => (1..4_usize).prop_map(Step::Send),
        1 => (1..60_i64).prop_map(Step::Wait),
    ]
}

fn plan(which: usize, day: i64, invited: &[bool; 2]) -> PlanActivity {
    let start: Instant = "2024-02-01T09:00:00Z".parse().unwrap();
    let start = start.plus_micros(day * 86_400_000_000);
    let parties = PARTIES.iter().zip(invited).filter(|(_, invited)| **invited);
    PlanActivity {
        activity: IDS[which].parse().unwrap(),
        kind: ActivityKind::Training,
        title: format!("The {}", IDS[which]),
        area: "cyber".parse().unwrap(),
        place: "Tokyo".into(),
        start,
        end: start.plus_micros(3_600_000_000),
        zone: Zone::utc(),
        invited: parties
            .map(|(party, _)| Invited {
                party: code(party),
                seats: None,
            })
            .collect(),
        needs: Vec::new(),
        goals: Vec::new(),
        text: None,
    }
}

impl Office {
    fn plan(&mut self, which: usize, day: i64, invited: &[bool; 2]) {
        let plan = plan(which, day, invited);
        let known = self
            .state
            .affairs()
            .activities
            .find(&plan.activity)
            .is_some();
        let act = match known {
            true => ActivityAct::Change(plan),
            false => ActivityAct::Add(plan),
        };
        self.try_act(Act::Activity(act));
    }

    fn cancel(&mut self, which: usize) {
        self.try_act(Act::Activity(ActivityAct::Cancel(CancelActivity {
            activity: IDS[which].parse().unwrap(),
            reason: "a storm".into(),
        })));
    }
}

/// What a mail client keeps: of each event the newest state.
type Mailbox = BTreeMap<EventUid, (u32, Option<When>)>;

fn deliver(boxes: &mut BTreeMap<MailAddress, Mailbox>, letter: &Letter) {
    let mailbox = boxes.entry(letter.address.clone()).or_default();
    let when = letter.event.as_ref().filter(|_| !letter.cancels);
    let old = mailbox.insert(
        letter.uid.clone(),
        (letter.sequence, when.map(|one| one.when)),
    );
    // A client passes over what is no newer than what it has.
    assert!(old.is_none_or(|(sequence, _)| sequence < letter.sequence));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_mailbox_ends_with_what_its_owner_may_see(steps in prop::collection::vec(step(), 1..30)) {
        let mut office = Office::open();
        let mut boxes: BTreeMap<MailAddress, Mailbox> = BTreeMap::new();
        for step in steps.into_iter().chain([Step::Send(usize::MAX)]) {
            match step {
                Step::Plan(which, day, invited) => office.plan(which, day, &invited),
                Step::Cancel(which) => office.cancel(which),
                Step::Wait(days) => office.now = office.now.plus_micros(days * 86_400_000_000),
                Step::Send(count) => {
                    for _ in 0..count {
                        let Some(letter) = office.letters().into_iter().next() else { break };
                        deliver(&mut boxes, &letter);
                        office.note(&letter);
                    }
                }
            }
        }
        prop_assert_eq!(office.letters(), vec![]);
        for party in PARTIES {
            let address: MailAddress =
                format!("anna@{}.example", party.to_lowercase()).parse().unwrap();
            let kept = boxes.remove(&address).unwrap_or_default();
            let is_ahead = |when: &When| !when.is_over(office.now);
            let kept: BTreeMap<EventUid, When> = kept
                .into_iter()
                .filter_map(|(uid, (_, when))| Some((uid, when.filter(is_ahead)?)))
                .collect();
            let seen = office.events(party).into_iter();
            let seen: BTreeMap<EventUid, When> = seen
                .filter(|event| !event.is_cancelled && is_ahead(&event.when))
                .map(|event| (event.uid, event.when))
                .collect();
            prop_assert_eq!(kept, seen);
        }
    }

    #[test]
    fn what_a_party_is_not_in_leaves_no_trace(steps in prop::collection::vec(step(), 1..20)) {
        // The same history, in one office with KOR's affairs beside JPN's and in one without.
        let (mut whole, mut bare) = (Office::open(), Office::open());
        let mut of_jpn = BTreeSet::new();
        let (mut planned, mut gone) = (BTreeSet::new(), BTreeSet::new());
        for step in steps {
            match step {
                Step::Plan(which, _, _) if gone.contains(&which) => {}
                Step::Plan(which, day, [jpn, kor]) => {
                    planned.insert(which);
                    if jpn {
                        of_jpn.insert(which);
                    }
                    // What JPN was ever in stays its own matter; the rest never is.
                    let of = of_jpn.contains(&which);
                    whole.plan(which, day, &[of, kor || !of]);
                    bare.now = whole.now;
                    if of {
                        bare.now = bare.now.plus_micros(-1_000_000);
                        bare.plan(which, day, &[true, false]);
                    }
                }
                Step::Cancel(which) if !planned.contains(&which) || gone.contains(&which) => {}
                Step::Cancel(which) => {
                    gone.insert(which);
                    whole.cancel(which);
                    if of_jpn.contains(&which) {
                        bare.now = whole.now.plus_micros(-1_000_000);
                        bare.cancel(which);
                    }
                }
                Step::Wait(days) => whole.now = whole.now.plus_micros(days * 86_400_000_000),
                Step::Send(_) => {}
            }
            bare.now = whole.now;
            let (seen, alone) = (whole.events("JPN"), bare.events("JPN"));
            let plain = |events: &[Event]| -> Vec<(EventUid, When, String, bool)> {
                let all = events.iter();
                all.map(|one| (one.uid.clone(), one.when, one.summary.clone(), one.is_cancelled))
                    .collect()
            };
            prop_assert_eq!(plain(&seen), plain(&alone));
        }
    }
}

fn file(version: u32, until: &str, goals: &[(&str, &str)]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = format!(
        "+++\nid = \"nato-jpn\"\ntitle = \"Programme\"\nprogramme = \"ITPP\"\nversion = {version}\nparties = [\"NATO\", \"JPN\"]\nin_force = 2024-01-01T00:00:00Z\n{until}\n[[objective]]\ntitle = \"Ends\"\n"
    );
    for (id, due) in goals {
        write!(
            text,
            "[[objective.goal]]\nid = \"{id}\"\narea = \"cyber\"\ntitle = \"T {id}\"\ndue = {due}\nlead = [\"NATO\"]\n"
        )
        .unwrap();
    }
    text.push_str("+++\n# Programme\n");
    text.into_bytes()
}

fn sign(office: &mut Office, version: u32, text: Vec<u8>) {
    office.act(Act::TableAgreement(TableAgreement { file: text }));
    for party in ["NATO", "JPN"] {
        office.act(Act::SignAgreement(SignAgreement {
            id: "nato-jpn".parse().unwrap(),
            version: AgreementVersion(version),
            party: code(party),
            fingerprint: "x".into(),
            signature: "x".into(),
        }));
    }
}

fn told(office: &Office, party: &str) -> Vec<(String, u32, bool)> {
    let events = office.events(party).into_iter();
    events
        .map(|one| {
            (
                format!("{}:{}", one.subject.what, one.subject.id),
                one.sequence,
                one.is_cancelled,
            )
        })
        .collect()
}

#[test]
fn an_agreement_gives_its_end_and_its_goals_to_its_parties_alone() {
    let mut office = Office::open();
    let until = "until = 2026-01-01T00:00:00Z";
    let first = file(1, until, &[("one", "2025-03-01"), ("two", "2025-06-01")]);
    office.act(Act::TableAgreement(TableAgreement {
        file: first.clone(),
    }));
    assert_eq!(told(&office, "JPN"), []);
    let mut office = Office::open();
    sign(&mut office, 1, first);
    let one = ("goal:nato-jpn/one".to_owned(), 0, false);
    let two = ("goal:nato-jpn/two".to_owned(), 0, false);
    let end = ("agreement:nato-jpn".to_owned(), 0, false);
    assert_eq!(told(&office, "JPN"), [one, two, end]);
    assert_eq!(told(&office, "KOR"), []);
    let uids: BTreeSet<EventUid> = office
        .events("JPN")
        .into_iter()
        .map(|one| one.uid)
        .collect();
    assert_eq!(uids.len(), 3);
    assert!(uids.iter().all(|uid| !uid.as_str().contains("jpn")));
    // Nobody is invited to a date.
    assert_eq!(office.letters(), []);

    // The next version drops a goal, moves the other, and has no end.
    sign(&mut office, 2, file(2, "", &[("two", "2025-07-01")]));
    let one = ("goal:nato-jpn/one".to_owned(), 1, true);
    let two = ("goal:nato-jpn/two".to_owned(), 1, false);
    let end = ("agreement:nato-jpn".to_owned(), 2, true);
    assert_eq!(told(&office, "JPN"), [one, two, end]);

    // Notice gives it an end again.
    office.act(Act::TerminateAgreement(TerminateAgreement {
        id: "nato-jpn".parse().unwrap(),
        effective: "2025-12-01T00:00:00Z".parse().unwrap(),
        reason: "x".into(),
    }));
    let end = ("agreement:nato-jpn".to_owned(), 3, false);
    assert_eq!(told(&office, "JPN").pop(), Some(end));
}

#[test]
fn a_day_is_over_when_it_is_so_everywhere() {
    let day: Day = "2024-05-01".parse().unwrap();
    let when = When::Days {
        first: day,
        last: day,
    };
    let at = |text: &str| text.parse::<Instant>().unwrap();
    assert!(!when.is_over(at("2024-05-02T11:59:00Z")));
    assert!(when.is_over(at("2024-05-03T12:00:00Z")));
}
