//! Tests of the fold, of what may follow, and of who knows of a consultation.

use proptest::prelude::*;

use super::*;
use crate::act::{
    Act, Actor, AddDocument, AskConsultation, CancelMeeting, CloseConsultation, CompleteFollowUp,
    LinkConsultation, OpenConsultation, ReopenConsultation, Say, SetAgenda, SetHolidays,
    SetOutcome, SetParticipants, WriteMinutes,
};
use crate::id::EntryNumber;

const PARTIES: [&str; 4] = ["AUS", "FRA", "JPN", "KOR"];

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

fn codes(some: &[&str]) -> Vec<PartyCode> {
    some.iter().map(|one| code(one)).collect()
}

fn id(number: usize) -> ConsultationId {
    format!("consultation-{number}").parse().unwrap()
}

fn entry(number: u64, act: &ConsultationAct) -> Entry {
    let at = Instant::from_micros(i64::try_from(number).unwrap() * 1_000_000);
    let act = Act::Consultation(act.clone());
    Entry::new(EntryNumber(number), at, Actor::Office, act, Digest::of(b""))
}

fn ask(number: usize, party: &str, with: &[&str]) -> ConsultationAct {
    ConsultationAct::Ask(AskConsultation {
        id: id(number),
        party: code(party),
        subject: "Cables under the sea".into(),
        area: "cyber".parse().unwrap(),
        participants: codes(with),
        reason: "two were cut".into(),
    })
}

fn open(number: usize, with: &[&str]) -> ConsultationAct {
    ConsultationAct::Open(OpenConsultation {
        id: id(number),
        participants: codes(with),
        reason: "agreed".into(),
    })
}

fn meet(number: u32, start: &str, end: &str) -> ConsultationAct {
    ConsultationAct::Meet(SetMeeting {
        id: id(0),
        number,
        title: "First meeting".into(),
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        zone: Zone::utc(),
        place: None,
        link: None,
    })
}

fn say(item: Option<u32>) -> ConsultationAct {
    ConsultationAct::Say(Say {
        id: id(0),
        party: code("JPN"),
        speech: Speech::Position,
        item,
        text: "We agree.".into(),
    })
}

fn close(number: usize) -> ConsultationAct {
    let reason = "done".into();
    ConsultationAct::Close(CloseConsultation {
        id: id(number),
        reason,
    })
}

fn reopen(number: usize) -> ConsultationAct {
    let reason = "news".into();
    ConsultationAct::Reopen(ReopenConsultation {
        id: id(number),
        reason,
    })
}

fn follow_up(number: u32) -> ConsultationAct {
    ConsultationAct::FollowUp(SetFollowUp {
        id: id(0),
        number,
        title: "Send the list".into(),
        owner: code("KOR"),
        person: None,
        due: "2026-04-01".parse().unwrap(),
    })
}

fn complete(number: u32, done: bool) -> ConsultationAct {
    ConsultationAct::Complete(CompleteFollowUp {
        id: id(0),
        number,
        done,
        party: code("KOR"),
        note: None,
    })
}

fn fold(acts: &[ConsultationAct]) -> Consultations {
    let mut fold = Consultations::default();
    for (number, act) in (0..).zip(acts) {
        fold.apply(&entry(number, act), act).unwrap();
    }
    fold
}

const TIMES: (&str, &str) = ("2026-03-18T09:00:00Z", "2026-03-18T10:00:00Z");

#[test]
fn a_meeting_counts_its_changes() {
    let begun = [ask(0, "JPN", &["KOR"]), open(0, &["JPN", "KOR"])];
    let later = ("2026-03-19T09:00:00Z", "2026-03-19T10:00:00Z");
    let cancel = ConsultationAct::CancelMeeting(CancelMeeting {
        id: id(0),
        number: 1,
        reason: "a storm".into(),
    });
    let acts = [
        meet(1, TIMES.0, TIMES.1),
        meet(2, TIMES.0, TIMES.1),
        meet(1, later.0, later.1),
        cancel.clone(),
    ];
    let all = fold(&[&begun[..], &acts].concat());
    let meetings = &all.get(&id(0)).unwrap().meetings;
    let told: Vec<_> = meetings
        .iter()
        .map(|one| (one.number, one.sequence, one.cancelled))
        .collect();
    assert_eq!(told, [(1, 2, true), (2, 0, false)]);
    assert_eq!(
        all.check(&cancel).unwrap_err().code(),
        "consultation.cancelled"
    );
    // It takes place after all.
    let again = fold(&[&begun[..], &acts, &[meet(1, TIMES.0, TIMES.1)]].concat());
    let meeting = again.get(&id(0)).unwrap().meeting(1).unwrap();
    assert_eq!((meeting.sequence, meeting.cancelled), (3, false));
}

#[test]
fn what_does_not_follow_is_refused() {
    let asked = fold(&[ask(0, "JPN", &["KOR"])]);
    let refused = |all: &Consultations, act: &ConsultationAct| all.check(act).unwrap_err().code();
    assert_eq!(refused(&asked, &ask(0, "KOR", &[])), "consultation.exists");
    assert_eq!(refused(&asked, &say(None)), "consultation.status");
    assert_eq!(refused(&asked, &open(1, &["JPN"])), "consultation.unknown");
    assert_eq!(refused(&asked, &open(0, &[])), "consultation.participants");
    assert_eq!(
        refused(&asked, &open(0, &["JPN", "JPN"])),
        "consultation.participants"
    );
    assert_eq!(refused(&asked, &reopen(0)), "consultation.status");
    let running = fold(&[ask(0, "JPN", &["KOR"]), open(0, &["JPN", "KOR"])]);
    assert_eq!(refused(&running, &say(Some(1))), "consultation.no-item");
    assert_eq!(
        refused(&running, &meet(2, TIMES.0, TIMES.1)),
        "consultation.no-meeting"
    );
    assert_eq!(
        refused(&running, &meet(1, TIMES.1, TIMES.0)),
        "consultation.times"
    );
    assert_eq!(
        refused(&running, &meet(1, TIMES.0, "2027-03-18T09:00:00Z")),
        "consultation.times"
    );
    assert_eq!(
        refused(&running, &follow_up(2)),
        "consultation.no-follow-up"
    );
    assert_eq!(
        refused(&running, &complete(1, true)),
        "consultation.no-follow-up"
    );
    let agenda = ConsultationAct::Agenda(SetAgenda {
        id: id(0),
        items: vec![AgendaItem {
            title: "Repairs".into(),
            lead: Some(code("AUS")),
        }],
    });
    assert_eq!(refused(&running, &agenda), "consultation.no-participant");
    let minutes = ConsultationAct::Minutes(WriteMinutes {
        id: id(0),
        meeting: Some(1),
        text: "x".into(),
    });
    assert_eq!(refused(&running, &minutes), "consultation.no-meeting");
    let bond = |linked| {
        let to = Bond::Agreement("nato-jpn".parse().unwrap());
        let id = id(0);
        ConsultationAct::Link(LinkConsultation { id, to, linked })
    };
    assert_eq!(refused(&running, &bond(false)), "consultation.linked");
    assert_eq!(running.check(&bond(true)), Ok(()));
    let long = "x".repeat(1024 * 1024 + 1);
    let outcome = ConsultationAct::Outcome(SetOutcome {
        id: id(0),
        text: long,
    });
    assert_eq!(refused(&running, &outcome), "consultation.text");
    let days = ["2026-01-02", "2026-01-01"].map(|day| Holiday {
        on: day.parse().unwrap(),
        name: "x".into(),
    });
    let holidays = ConsultationAct::Holidays(SetHolidays {
        party: code("JPN"),
        days: days.into(),
        source: "x".into(),
        digest: Digest::of(b""),
    });
    assert_eq!(refused(&running, &holidays), "consultation.holidays");
}

#[test]
fn a_closed_consultation_rests_until_it_is_reopened() {
    let acts = [
        ask(0, "JPN", &["KOR"]),
        open(0, &["JPN", "KOR"]),
        follow_up(1),
        close(0),
    ];
    let closed = fold(&acts);
    assert_eq!(
        closed.check(&say(None)).unwrap_err().code(),
        "consultation.status"
    );
    assert_eq!(
        closed.check(&close(0)).unwrap_err().code(),
        "consultation.status"
    );
    // What was agreed is still to be done.
    assert_eq!(closed.check(&complete(1, true)), Ok(()));
    let again = fold(&[&acts[..], &[complete(1, true), reopen(0), say(None)]].concat());
    let consultation = again.get(&id(0)).unwrap();
    assert_eq!(consultation.status, ConsultationStatus::Open);
    assert!(consultation.follow_up(1).unwrap().done.is_some());
    assert_eq!(consultation.turns.len(), 4);
}

fn wishes() -> impl Strategy<Value = Vec<ConsultationAct>> {
    let some = || proptest::sample::subsequence(&PARTIES[..], 0..=4);
    let party = || proptest::sample::select(&PARTIES[..]);
    let set = |number, some: Vec<&str>| {
        ConsultationAct::Participants(SetParticipants {
            id: id(number),
            participants: codes(&some),
            reason: "x".into(),
        })
    };
    let wish = prop_oneof![
        (0..3_usize, party(), some()).prop_map(|(n, party, some)| ask(n, party, &some)),
        (0..3_usize, some()).prop_map(|(n, some)| open(n, &some)),
        (0..3_usize, some()).prop_map(move |(n, some)| set(n, some)),
        (0..3_usize).prop_map(close),
        (0..3_usize).prop_map(reopen),
        (1..4_u32).prop_map(|n| meet(n, TIMES.0, TIMES.1)),
        (1..4_u32).prop_map(follow_up),
        (1..4_u32, any::<bool>()).prop_map(|(n, done)| complete(n, done)),
        Just(say(None)),
    ];
    proptest::collection::vec(wish, 0..40)
}

/// Who knows of a consultation, by the acts alone.
fn knows(taken: &[ConsultationAct], number: usize, party: &PartyCode) -> bool {
    let about = |act: &&ConsultationAct| act.id() == Some(&id(number));
    let mut lists = taken.iter().filter(about).filter_map(|act| match act {
        ConsultationAct::Open(act) => Some(&act.participants),
        ConsultationAct::Participants(act) => Some(&act.participants),
        _ => None,
    });
    match lists.next_back() {
        Some(list) => list.contains(party),
        None => taken
            .iter()
            .filter(about)
            .any(|act| matches!(act, ConsultationAct::Ask(act) if act.party == *party)),
    }
}

proptest! {
    #[test]
    fn who_knows_of_a_consultation_is_as_the_acts_say(wishes in wishes()) {
        let mut all = Consultations::default();
        let mut taken: Vec<ConsultationAct> = Vec::new();
        for (place, act) in (0..).zip(&wishes) {
            let before = all.clone();
            match all.apply(&entry(place, act), act) {
                Ok(()) => taken.push(act.clone()),
                // What is refused leaves nothing behind.
                Err(_) => prop_assert_eq!(&all, &before),
            }
            for number in 0..3 {
                let found = all.get(&id(number));
                for party in PARTIES.map(code) {
                    let sees = found.is_some_and(|one| one.is_seen_by(&party, false));
                    prop_assert_eq!(sees, knows(&taken, number, &party));
                }
                prop_assert!(found.is_none_or(|one| one.is_seen_by(&code("XYZ"), true)));
            }
        }
        for one in all.iter() {
            let numbers: Vec<u32> = one.meetings.iter().map(|meeting| meeting.number).collect();
            let count = u32::try_from(numbers.len()).unwrap();
            prop_assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn acts_are_read_as_written(wishes in wishes()) {
        let document = ConsultationAct::AddDocument(AddDocument {
            id: id(0),
            party: code("JPN"),
            record: "x".parse().unwrap(),
            version: None,
            note: Some("to be read".into()),
        });
        for act in wishes.into_iter().chain([document]) {
            let bytes = minicbor::to_vec(&act).unwrap();
            prop_assert_eq!(minicbor::decode::<ConsultationAct>(&bytes).unwrap(), act);
        }
    }
}
