//! Random schedules of nominations, acceptances, withdrawals and changes of seats, held against a
//! clerk who keeps a list of seats and a queue; and what a party sees, against an office in which
//! nobody else ever was.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::act::{
    Act, Actor, Attend, CancelActivity, Certify, GiveFeedback, Nominate, RemoveDeadline,
    SetDeadline, WithdrawNominee,
};
use crate::id::{Digest, EntryNumber};

const PARTIES: [&str; 3] = ["FRA", "JPN", "KOR"];
const PEOPLE: [&str; 5] = ["anna", "ben", "cleo", "dai", "eva"];
const IDS: [&str; 2] = ["course", "exercise"];

fn party(number: usize) -> PartyCode {
    PARTIES[number % 3].parse().unwrap()
}

fn nominee(activity: usize, of: usize, person: usize) -> Nominee {
    Nominee {
        activity: IDS[activity % 2].parse().unwrap(),
        party: party(of),
        person: PEOPLE[person % 5].parse().unwrap(),
    }
}

fn at(hours: i64) -> Instant {
    Instant::from_micros(hours * 3_600_000_000)
}

/// Both last from hour 100 on, so that nobody can be in both without a conflict.
fn plan(activity: usize, seats: &[Option<u32>; 3], place: &str) -> PlanActivity {
    let invited = (0..3).map(|n| Invited {
        party: party(n),
        seats: seats[n],
    });
    PlanActivity {
        activity: IDS[activity % 2].parse().unwrap(),
        kind: ActivityKind::Training,
        title: "Course".into(),
        area: "cyber".parse().unwrap(),
        place: place.into(),
        start: at(100),
        end: at(110),
        zone: Zone::utc(),
        invited: invited.collect(),
        needs: Vec::new(),
        goals: vec!["nato-jpn/cyber-1".parse().unwrap()],
        text: None,
    }
}

fn entry(number: u64, act: ActivityAct) -> Entry {
    Entry::new(
        EntryNumber(number),
        at(i64::try_from(number).unwrap()),
        Actor::Office,
        Act::Activity(act),
        Digest::of(b"before"),
    )
}

fn apply(activities: &mut Activities, number: u64, act: &ActivityAct) -> bool {
    let before = activities.clone();
    let done = activities.apply(&entry(number, act.clone()), act).is_ok();
    // No half application.
    assert!(done || before == *activities);
    done
}

#[derive(Clone, Debug)]
enum Step {
    Nominate(usize, usize, usize),
    Confirm(usize, usize, usize),
    Withdraw(usize, usize, usize, bool),
    Attend(usize, usize, usize, bool),
    Certify(usize, usize, usize),
    Seats(usize, usize, Option<u32>),
    Move(usize, u8),
    Feedback(usize, usize),
    Deadline(usize, bool),
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (a, p, n) = (0..2_usize, 0..3_usize, 0..5_usize);
    let who = (a.clone(), p.clone(), n);
    prop_oneof![
        10 => who.clone().prop_map(|(a, p, n)| Step::Nominate(a, p, n)),
        6 => who.clone().prop_map(|(a, p, n)| Step::Confirm(a, p, n)),
        4 => (who.clone(), any::<bool>()).prop_map(|((a, p, n), d)| Step::Withdraw(a, p, n, d)),
        2 => (who.clone(), any::<bool>()).prop_map(|((a, p, n), d)| Step::Attend(a, p, n, d)),
        2 => who.prop_map(|(a, p, n)| Step::Certify(a, p, n)),
        5 => (a.clone(), p.clone(), prop::option::weighted(0.9, 0..4_u32))
            .prop_map(|(a, p, s)| Step::Seats(a, p, s)),
        1 => (a.clone(), 0..3_u8).prop_map(|(a, m)| Step::Move(a, m)),
        1 => (a.clone(), p).prop_map(|(a, p)| Step::Feedback(a, p)),
        1 => (a.clone(), any::<bool>()).prop_map(|(a, d)| Step::Deadline(a, d)),
        1 => a.prop_map(Step::Cancel),
    ]
}

/// The act of a step, given what holds.
fn act(step: &Step, activities: &Activities, number: u64) -> ActivityAct {
    let current = |activity: usize| {
        let id: ActivityId = IDS[activity].parse().unwrap();
        activities.find(&id).unwrap().plan().clone()
    };
    match *step {
        Step::Nominate(a, p, n) => ActivityAct::Nominate(Nominate {
            nominee: nominee(a, p, n),
            full_name: None,
            despite: None,
        }),
        Step::Confirm(a, p, n) => ActivityAct::Confirm(nominee(a, p, n)),
        Step::Withdraw(a, p, n, declined) => ActivityAct::Withdraw(WithdrawNominee {
            nominee: nominee(a, p, n),
            reason: None,
            declined,
        }),
        Step::Attend(a, p, n, attended) => ActivityAct::Attend(Attend {
            nominee: nominee(a, p, n),
            attended,
        }),
        Step::Certify(a, p, n) => ActivityAct::Certify(Certify {
            nominee: nominee(a, p, n),
            number: format!("certificate-{number}").parse().unwrap(),
            text: format!("entry {number}"),
        }),
        Step::Seats(a, p, seats) => {
            let mut plan = current(a);
            plan.invited[p].seats = seats;
            ActivityAct::Change(plan)
        }
        Step::Move(a, place) => ActivityAct::Change(PlanActivity {
            place: format!("room {place}"),
            ..current(a)
        }),
        Step::Feedback(a, p) => ActivityAct::Feedback(GiveFeedback {
            activity: IDS[a].parse().unwrap(),
            party: party(p),
            person: None,
            rating: Some(4),
            text: format!("said in {number}"),
        }),
        Step::Deadline(a, set) => {
            let subject: Subject = "agreement:nato-jpn".parse().unwrap();
            let activity: ActivityId = IDS[a].parse().unwrap();
            match set {
                true => ActivityAct::SetDeadline(SetDeadline {
                    activity,
                    subject,
                    text: "sign before".into(),
                    due: None,
                }),
                false => ActivityAct::RemoveDeadline(RemoveDeadline { activity, subject }),
            }
        }
        Step::Cancel(a) => ActivityAct::Cancel(CancelActivity {
            activity: IDS[a].parse().unwrap(),
            reason: "storm".into(),
        }),
    }
}

/// A clerk at a counter: chairs that are taken, a queue before the door, stamped papers.
#[derive(Clone, Debug, Default)]
struct Clerk {
    chairs: Option<u32>,
    came: u32,
    seated: Vec<(u32, usize)>,
    queue: Vec<(u32, usize)>,
    stamped: BTreeSet<usize>,
    there: BTreeMap<usize, bool>,
    certified: BTreeSet<usize>,
}

impl Clerk {
    fn has(&self, person: usize) -> bool {
        self.place(person).is_some() || self.queue.iter().any(|(_, one)| *one == person)
    }

    fn place(&self, person: usize) -> Option<usize> {
        self.seated.iter().position(|(_, one)| *one == person)
    }

    fn call(&mut self) {
        while self
            .chairs
            .is_none_or(|chairs| self.seated.len() < chairs as usize)
            && !self.queue.is_empty()
        {
            let next = self.queue.remove(0);
            self.seated.push(next);
        }
    }

    /// Does a step; whether it could.
    fn take(&mut self, step: &Step) -> bool {
        let done = match *step {
            Step::Nominate(_, _, n) => {
                let new = !self.has(n);
                if new {
                    self.came += 1;
                    self.queue.push((self.came, n));
                    self.stamped.remove(&n);
                    self.there.remove(&n);
                    self.certified.remove(&n);
                }
                new
            }
            Step::Confirm(_, _, n) => self.has(n) && self.stamped.insert(n),
            Step::Withdraw(_, _, n, _) => {
                let may = self.has(n) && self.there.get(&n) != Some(&true);
                if may {
                    self.seated.retain(|(_, one)| *one != n);
                    self.queue.retain(|(_, one)| *one != n);
                }
                may
            }
            Step::Attend(_, _, n, attended) => {
                let sits = self.place(n).is_some() && self.stamped.contains(&n);
                let may = sits && !self.certified.contains(&n);
                if may {
                    self.there.insert(n, attended);
                }
                may
            }
            Step::Certify(_, _, n) => {
                let was = self.has(n) && self.there.get(&n) == Some(&true);
                was && self.certified.insert(n)
            }
            Step::Seats(_, _, chairs) => {
                let sure = self.seated.iter();
                let sure = sure.filter(|(_, n)| self.stamped.contains(n)).count();
                let may = chairs.is_none_or(|chairs| sure <= chairs as usize);
                if may {
                    self.chairs = chairs;
                    while chairs.is_some_and(|chairs| self.seated.len() > chairs as usize) {
                        let free = self
                            .seated
                            .iter()
                            .filter(|(_, n)| !self.stamped.contains(n));
                        let last = *free.max().unwrap();
                        self.seated.retain(|one| *one != last);
                        self.queue.push(last);
                        self.queue.sort_unstable();
                    }
                }
                may
            }
            _ => true,
        };
        self.call();
        done
    }
}

fn of(step: &Step) -> Option<(usize, usize)> {
    match *step {
        Step::Nominate(a, p, _)
        | Step::Confirm(a, p, _)
        | Step::Withdraw(a, p, _, _)
        | Step::Attend(a, p, _, _)
        | Step::Certify(a, p, _)
        | Step::Seats(a, p, _)
        | Step::Feedback(a, p) => Some((a, p)),
        Step::Move(..) | Step::Deadline(..) | Step::Cancel(_) => None,
    }
}

/// What a plan says where nobody but that party was ever invited.
fn alone(act: &ActivityAct, reader: &PartyCode) -> Option<ActivityAct> {
    let only = |plan: &PlanActivity| {
        let mut plan = plan.clone();
        plan.invited.retain(|one| one.party == *reader);
        plan
    };
    match act {
        ActivityAct::Add(plan) => Some(ActivityAct::Add(only(plan))),
        ActivityAct::Change(plan) => Some(ActivityAct::Change(only(plan))),
        other => (other.party().is_none_or(|of| of == reader)).then(|| other.clone()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn places_and_queues_are_as_a_clerk_would_keep_them(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut activities = Activities::default();
        let mut clerks = vec![vec![Clerk { chairs: Some(1), ..Clerk::default() }; 3]; 2];
        let mut cancelled = [false; 2];
        let mut done = Vec::new();
        for activity in 0..2 {
            let act = ActivityAct::Add(plan(activity, &[Some(1); 3], "Tokyo"));
            prop_assert!(apply(&mut activities, activity as u64, &act));
            done.push((activity as u64, act));
        }
        for (number, step) in (2..).zip(&steps) {
            let act = act(step, &activities, number);
            let taken = apply(&mut activities, number, &act);
            if taken {
                done.push((number, act));
            }
            match (of(step), step) {
                (Some((a, _)), _) if cancelled[a] => prop_assert!(!taken),
                (Some((a, p)), _) => prop_assert_eq!(taken, clerks[a][p].take(step), "{:?}", step),
                (None, Step::Cancel(a)) => cancelled[*a] = true,
                _ => {}
            }
            for (a, id) in IDS.iter().enumerate() {
                let activity = activities.find(&id.parse().unwrap()).unwrap();
                for (p, clerk) in clerks[a].iter().enumerate() {
                    let code = party(p);
                    let own = activity.nominees_of(&code);
                    let names = |which: &dyn Fn(&Nomination) -> bool| -> Vec<&str> {
                        let found = own.iter().filter(|one| which(one));
                        found.map(|one| one.person.as_str()).collect()
                    };
                    let mut seated: Vec<(u32, usize)> = clerk.seated.clone();
                    seated.sort_unstable();
                    let named = |list: &[(u32, usize)]| -> Vec<&str> {
                        list.iter().map(|(_, n)| PEOPLE[*n]).collect()
                    };
                    prop_assert_eq!(names(&Nomination::has_place), named(&seated));
                    let waits = |one: &Nomination| one.standing() == Standing::Waiting;
                    prop_assert_eq!(names(&waits), named(&clerk.queue));
                    let confirmed = own.iter().filter(|one| one.is_confirmed()).count();
                    let seats = activity.invitation(&code).unwrap().seats;
                    prop_assert!(seats.is_none_or(|seats| confirmed <= seats as usize));
                    let free = seats.map(|seats| seats - u32::try_from(seated.len()).unwrap());
                    prop_assert_eq!(activity.free_seats(&code), free);
                }
            }
        }
        // Each party sees what it would see if nobody else were there.
        for p in 0..3 {
            let reader = party(p);
            let mut other = Activities::default();
            for (number, act) in &done {
                if let Some(act) = alone(act, &reader) {
                    prop_assert!(apply(&mut other, *number, &act));
                }
            }
            for id in IDS {
                let id = id.parse().unwrap();
                let view = |all: &Activities, staff| {
                    let seen = all.seen(&id, (&reader, staff), &|_| true);
                    format!("{seen:?}")
                };
                let own = view(&activities, false);
                prop_assert_eq!(&own, &view(&other, false));
                prop_assert_eq!(&own, &view(&other, true));
                for foreign in PARTIES.iter().filter(|code| **code != reader.as_str()) {
                    prop_assert!(!own.contains(foreign), "{} in {}", foreign, own);
                }
            }
        }
    }

    #[test]
    fn the_same_entries_give_the_same_places(steps in prop::collection::vec(step(), 1..60)) {
        let mut activities = Activities::default();
        let mut done = Vec::new();
        for (number, step) in (0..).zip(&steps) {
            let act = match number {
                0 | 1 => ActivityAct::Add(plan(number as usize, &[Some(1), None, Some(2)], "x")),
                _ => act(step, &activities, number),
            };
            if apply(&mut activities, number, &act) {
                done.push(entry(number, act));
            }
        }
        let mut again = Activities::default();
        for entry in done {
            let entry = Entry::decode(&entry.encode()).unwrap();
            let Act::Activity(act) = &entry.act else { panic!("another act") };
            again.apply(&entry, act).unwrap();
        }
        prop_assert_eq!(activities, again);
    }
}

fn two_courses() -> Activities {
    let mut activities = Activities::default();
    let mut second = plan(1, &[None; 3], "Osaka");
    (second.start, second.end) = (at(200), at(210));
    second.needs = vec![Prerequisite::Certificate("course".parse().unwrap())];
    let seats = [Some(1), Some(1), Some(1)];
    assert!(apply(
        &mut activities,
        0,
        &ActivityAct::Add(plan(0, &seats, "Tokyo"))
    ));
    assert!(apply(&mut activities, 1, &ActivityAct::Add(second)));
    activities
}

#[test]
fn a_certificate_is_needed_where_the_plan_says_so() {
    let mut activities = two_courses();
    let wanted = nominee(1, 1, 0);
    let refused = activities.may_nominate(&wanted, true, false).unwrap_err();
    assert_eq!(refused.code(), "activity.prerequisite");
    assert_eq!(activities.may_nominate(&wanted, false, true), Ok(()));
    let steps = [
        Step::Nominate(0, 1, 0),
        Step::Confirm(0, 1, 0),
        Step::Attend(0, 1, 0, true),
        Step::Certify(0, 1, 0),
    ];
    for (number, step) in (2..).zip(&steps) {
        let act = act(step, &activities, number);
        assert!(apply(&mut activities, number, &act));
    }
    assert_eq!(activities.may_nominate(&wanted, false, false), Ok(()));
    // Another party's person of the same name has none.
    let other = activities.may_nominate(&nominee(1, 2, 0), false, false);
    assert_eq!(other.unwrap_err().code(), "activity.prerequisite");
}

#[test]
fn nobody_is_in_two_places_at_once_without_a_reason() {
    let mut activities = Activities::default();
    for activity in 0..2 {
        let act = ActivityAct::Add(plan(activity, &[None; 3], "Tokyo"));
        assert!(apply(&mut activities, activity as u64, &act));
    }
    let act = act(&Step::Nominate(0, 1, 0), &activities, 2);
    assert!(apply(&mut activities, 2, &act));
    let other = nominee(1, 1, 0);
    let refused = activities.may_nominate(&other, false, false).unwrap_err();
    assert_eq!(refused.code(), "activity.conflict");
    assert_eq!(activities.may_nominate(&other, true, false), Ok(()));
    assert_eq!(
        activities.may_nominate(&nominee(1, 2, 0), false, false),
        Ok(())
    );
    // One that begins when the other ends is no conflict.
    let mut later = activities
        .find(&IDS[1].parse().unwrap())
        .unwrap()
        .plan()
        .clone();
    (later.start, later.end) = (at(110), at(111));
    assert!(apply(&mut activities, 3, &ActivityAct::Change(later)));
    assert_eq!(activities.may_nominate(&other, false, false), Ok(()));
}

#[test]
fn a_deadline_moves_with_its_activity_and_falls_away_with_it() {
    let mut activities = two_courses();
    let jpn = party(1);
    let subject: Subject = "agreement:nato-jpn".parse().unwrap();
    let set = act(&Step::Deadline(0, true), &activities, 2);
    assert!(apply(&mut activities, 2, &set));
    let due = |activities: &Activities, party: &PartyCode, staff| -> Vec<Instant> {
        let found = activities.deadlines_of(&subject, party, staff);
        found.iter().map(|one| one.due).collect()
    };
    assert_eq!(due(&activities, &jpn, false), [at(100)]);
    let stranger: PartyCode = "CHE".parse().unwrap();
    assert_eq!(due(&activities, &stranger, false), []);
    assert_eq!(due(&activities, &stranger, true), [at(100)]);
    let id: ActivityId = IDS[0].parse().unwrap();
    let mut plan = activities.find(&id).unwrap().plan().clone();
    plan.start = at(90);
    assert!(apply(&mut activities, 3, &ActivityAct::Change(plan)));
    assert_eq!(due(&activities, &jpn, false), [at(90)]);
    assert_eq!(activities.find(&id).unwrap().sequence(), 1);
    // A reader who may not know of the agreement is not told of it with the activity.
    let hidden = activities.seen(&id, (&jpn, false), &|_| false).unwrap();
    assert!(hidden.deadlines.is_empty() && hidden.goals.is_empty());
    let cancel = act(&Step::Cancel(0), &activities, 4);
    assert!(apply(&mut activities, 4, &cancel));
    assert_eq!(due(&activities, &jpn, true), []);
    assert_eq!(activities.find(&id).unwrap().sequence(), 2);
    assert_eq!(activities.seen(&id, (&stranger, false), &|_| true), None);
}

#[test]
fn a_party_with_nominees_stays_invited() {
    let mut activities = two_courses();
    let act = act(&Step::Nominate(0, 1, 0), &activities, 2);
    assert!(apply(&mut activities, 2, &act));
    let id: ActivityId = IDS[0].parse().unwrap();
    let mut plan = activities.find(&id).unwrap().plan().clone();
    plan.invited.retain(|one| one.party != party(1));
    let refused = activities.check(&ActivityAct::Change(plan)).unwrap_err();
    assert_eq!(refused.code(), "activity.has-nominees");
}

#[test]
fn a_certificate_says_what_was_attended_and_keeps_to_it() {
    let mut activities = two_courses();
    let of = nominee(0, 1, 0);
    let act = act(&Step::Nominate(0, 1, 0), &activities, 2);
    assert!(apply(&mut activities, 2, &act));
    let activity = activities.find(&of.activity).unwrap();
    let number = "certificate-7k2m9x4q".parse().unwrap();
    let host = ("NATO".parse().unwrap(), "Tokyo");
    let text = write_certificate(activity, &of, &number, (&host.0, host.1), at(120));
    assert_eq!(
        text,
        "Certificate of attendance\n\n\
         number: certificate-7k2m9x4q\n\
         name: anna\n\
         person: JPN/anna\n\
         training: Course\n\
         activity: course\n\
         area: cyber\n\
         place: Tokyo\n\
         begin: 1970-01-05T04:00:00+00:00[UTC]\n\
         end: 1970-01-05T14:00:00+00:00[UTC]\n\
         issued: 1970-01-06T00:00:00.000000Z\n\
         by: NATO, office Tokyo\n"
    );
}

#[test]
fn a_plan_that_is_none_is_refused() {
    let good = plan(0, &[None; 3], "Tokyo");
    assert_eq!(check_plan(&good), Ok(()));
    type Breaks = fn(&mut PlanActivity);
    let broken: [(Breaks, &str); 8] = [
        (|plan| plan.title = " ".into(), "activity.empty-text"),
        (
            |plan| plan.title = "x".repeat(201),
            "activity.malformed-text",
        ),
        (|plan| plan.place = "a\nb".into(), "activity.malformed-text"),
        (
            |plan| plan.text = Some("\u{1b}[2J".into()),
            "activity.malformed-text",
        ),
        (|plan| plan.end = plan.start, "activity.ends-before-start"),
        (
            |plan| plan.invited.push(plan.invited[0].clone()),
            "activity.duplicate",
        ),
        (
            |plan| plan.goals.push(plan.goals[0].clone()),
            "activity.duplicate",
        ),
        (
            |plan| plan.needs = vec![Prerequisite::Text("x".into()); 1001],
            "activity.too-many",
        ),
    ];
    for (breaks, code) in broken {
        let mut plan = good.clone();
        breaks(&mut plan);
        let error = check_plan(&plan).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.is_malformed());
    }
}
