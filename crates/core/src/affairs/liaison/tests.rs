//! Tests of the fold, of who sees an office, and of its history as of a day.

use proptest::prelude::*;

use super::*;
use crate::act::{Act, AmendOffice, MoveOffice, ProposeOffice, TellOffice};
use crate::id::Digest;

const START: &str = "2023-05-01T12:00:00Z";

fn entry(number: u64, act: &LiaisonAct) -> Entry {
    let start: Instant = START.parse().unwrap();
    let at = start.plus_micros(i64::try_from(number).unwrap() * 86_400_000_000);
    let act = Act::Liaison(act.clone());
    Entry::new(EntryNumber(number), at, Actor::Office, act, Digest::of(b""))
}

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn id() -> LiaisonId {
    "tokyo".parse().unwrap()
}

fn ground() -> Ground {
    Ground::Statement("statement-1".parse().unwrap())
}

fn propose() -> LiaisonAct {
    LiaisonAct::Propose(ProposeOffice {
        id: id(),
        city: "Tokyo".into(),
        host: code("JPN"),
        particulars: Particulars::default(),
        on: day("2023-05-01"),
        reason: "a first office in Asia".into(),
        ground: None,
    })
}

fn step(to: LiaisonStatus, on: Day) -> LiaisonAct {
    LiaisonAct::Move(MoveOffice {
        id: id(),
        to,
        on,
        reason: "x".into(),
        ground: ground(),
    })
}

fn tell(parties: &[&str]) -> LiaisonAct {
    LiaisonAct::Tell(TellOffice {
        id: id(),
        parties: parties.iter().map(|one| code(one)).collect(),
        reason: "x".into(),
    })
}

fn accredit(parties: &[&str], on: Day) -> LiaisonAct {
    LiaisonAct::Amend(AmendOffice {
        id: id(),
        particulars: Particulars {
            accredited: parties.iter().map(|one| code(one)).collect(),
            ..Particulars::default()
        },
        on,
        reason: "x".into(),
        ground: None,
    })
}

fn fold(acts: &[LiaisonAct]) -> LiaisonOffices {
    let mut offices = LiaisonOffices::default();
    for (number, act) in (0..).zip(acts) {
        offices.apply(&entry(number, act), act).unwrap();
    }
    offices
}

#[test]
fn a_status_follows_along_an_offices_life() {
    use LiaisonStatus::{Closed, Decided, Negotiating, Open, Proposed, Suspended};
    let edges = [
        (Proposed, Negotiating),
        (Proposed, Closed),
        (Negotiating, Decided),
        (Negotiating, Closed),
        (Decided, Negotiating),
        (Decided, Open),
        (Decided, Closed),
        (Open, Suspended),
        (Open, Closed),
        (Suspended, Open),
        (Suspended, Closed),
    ];
    for from in LiaisonStatus::ALL {
        for to in LiaisonStatus::ALL {
            assert_eq!(
                from.may_become(to),
                edges.contains(&(from, to)),
                "{from} {to}"
            );
        }
        assert_eq!(from.as_str().parse(), Ok(from));
    }
    assert_eq!("under-negotiation".parse(), Ok(Negotiating));
    assert_eq!(
        "gone".parse::<LiaisonStatus>().unwrap_err().code(),
        "liaison.unknown-status"
    );
}

#[test]
fn what_does_not_follow_is_refused() {
    let now: Instant = START.parse().unwrap();
    let offices = fold(&[propose()]);
    let refused = |act: &LiaisonAct| offices.check(act, now).unwrap_err().code();
    assert_eq!(refused(&propose()), "liaison.exists");
    let open = step(LiaisonStatus::Open, day("2023-05-01"));
    assert_eq!(refused(&open), "liaison.step");
    let early = step(LiaisonStatus::Negotiating, day("2023-04-30"));
    assert_eq!(refused(&early), "liaison.day");
    // It is tomorrow already at the far side of the date line, and not the day after.
    let ahead = step(LiaisonStatus::Negotiating, day("2023-05-02"));
    assert_eq!(offices.check(&ahead, now), Ok(()));
    let future = step(LiaisonStatus::Negotiating, day("2023-05-03"));
    assert_eq!(refused(&future), "liaison.day");
    assert_eq!(refused(&tell(&[])), "liaison.limit");
    let none = LiaisonOffices::default();
    assert_eq!(
        none.check(&tell(&["JPN"]), now).unwrap_err().code(),
        "liaison.unknown"
    );
}

#[test]
fn history_is_as_of_any_day() {
    let offices = fold(&[
        propose(),
        step(LiaisonStatus::Negotiating, day("2023-05-02")),
        step(LiaisonStatus::Decided, day("2023-05-02")),
        step(LiaisonStatus::Open, day("2023-05-04")),
    ]);
    let office = offices.get(&id()).unwrap();
    let status = |text| {
        office
            .as_of(Sight::Whole, day(text))
            .map(|step| step.status)
    };
    assert_eq!(status("2023-04-30"), None);
    assert_eq!(status("2023-05-01"), Some(LiaisonStatus::Proposed));
    assert_eq!(status("2023-05-02"), Some(LiaisonStatus::Decided));
    assert_eq!(status("2023-05-03"), Some(LiaisonStatus::Decided));
    assert_eq!(status("2030-01-01"), Some(LiaisonStatus::Open));
    let outside = office.sight(&code("JPN"), Status::Partner, false).unwrap();
    assert_eq!(outside, Sight::Outside { since: 3 });
    assert_eq!(office.as_of(outside, day("2023-05-03")), None);
}

#[test]
fn a_host_that_is_told_sees_what_follows() {
    let offices = fold(&[
        propose(),
        step(LiaisonStatus::Negotiating, day("2023-05-02")),
        tell(&["JPN"]),
        step(LiaisonStatus::Closed, day("2023-05-04")),
    ]);
    let office = offices.get(&id()).unwrap();
    let sight = office.sight(&code("JPN"), Status::Partner, false).unwrap();
    let shown: Vec<LiaisonStatus> = office.shown(sight).iter().map(|one| one.status).collect();
    assert_eq!(shown, [LiaisonStatus::Negotiating, LiaisonStatus::Closed]);
    assert!(!office.was_open());
    assert_eq!(office.sight(&code("KOR"), Status::Partner, false), None);
}

/// A walk that an office may take, drawn as wishes of which some are refused.
fn wishes() -> impl Strategy<Value = Vec<LiaisonAct>> {
    const PARTIES: [&str; 3] = ["JPN", "KOR", "AUS"];
    let some = proptest::sample::subsequence(&PARTIES[..], 0..=3);
    let wish = prop_oneof![
        4 => (0..6_usize).prop_map(|to| step(LiaisonStatus::ALL[to], day("2023-05-01"))),
        1 => some.clone().prop_map(|some| accredit(&some, day("2023-05-01"))),
        1 => some.prop_map(|some| tell(&some)),
    ];
    proptest::collection::vec(wish, 0..14)
}

proptest! {
    /// A slow judge that looks at the acts alone says who sees an office.
    #[test]
    fn who_sees_an_office_is_as_the_acts_say(wishes in wishes()) {
        let mut offices = LiaisonOffices::default();
        let mut taken = vec![propose()];
        offices.apply(&entry(0, &taken[0]), &taken[0]).unwrap();
        for (number, act) in (1..).zip(&wishes) {
            if offices.apply(&entry(number, act), act).is_ok() {
                taken.push(act.clone());
            }
            let office = offices.get(&id()).unwrap();
            for party in ["JPN", "KOR", "AUS", "USA"].map(code) {
                let opened = taken.iter().any(|one| matches!(one, LiaisonAct::Move(one) if one.to == LiaisonStatus::Open));
                let last = taken.iter().rev().find_map(|one| match one {
                    LiaisonAct::Amend(one) => Some(one.particulars.accredited.contains(&party)),
                    _ => None,
                });
                let named = party.as_str() == "JPN" || last == Some(true);
                let told = taken.iter().any(|one| matches!(one, LiaisonAct::Tell(one) if one.parties.contains(&party)));
                let sees = told || (named && opened);
                for standing in [Status::Partner, Status::Observer] {
                    let sight = office.sight(&party, standing, false);
                    prop_assert_eq!(sight.is_some(), sees);
                    // What is seen begins no earlier than at the telling or the opening.
                    if let Some(Sight::Outside { since }) = sight {
                        let before = &office.steps()[..since];
                        prop_assert!(before.iter().all(|one| one.status != LiaisonStatus::Open || !named));
                        prop_assert_eq!(&office.steps()[since..], office.shown(sight.unwrap()));
                    }
                    prop_assert_eq!(office.sight(&party, standing, true), Some(Sight::Whole));
                }
                prop_assert_eq!(office.sight(&party, Status::Member, false), Some(Sight::Whole));
            }
            prop_assert_eq!(office.current(), office.steps().last().unwrap());
        }
    }

    /// An act survives its encoding.
    #[test]
    fn acts_are_read_as_written(wishes in wishes()) {
        for act in wishes {
            let bytes = minicbor::to_vec(&act).unwrap();
            prop_assert_eq!(minicbor::decode::<LiaisonAct>(&bytes).unwrap(), act);
        }
    }
}
