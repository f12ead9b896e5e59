//! Whatever is written reads back the same.

use legation_core::time::{Day, Instant};
use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = String> {
    // Carriage returns and control characters have no form in a calendar and are not written.
    prop::collection::vec(
        prop_oneof![
            4 => any::<char>().prop_filter("control", |c| !c.is_control()),
            1 => prop::sample::select(vec!['\\', ';', ',', '\n', ':', '"', '^', 'n', ' ']),
        ],
        0..120,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn when() -> impl Strategy<Value = When> {
    let second = -60_000_000_000_i64..250_000_000_000;
    prop_oneof![
        (second.clone(), 0..90_000_000_i64).prop_map(|(start, length)| {
            let start = Instant::from_micros(start * 1_000_000);
            When::Time {
                start,
                end: start.plus_micros(length * 1_000_000),
            }
        }),
        (second, 0..60_i64).prop_map(|(start, length)| {
            let zone = legation_core::party::Zone::utc();
            let start = Instant::from_micros(start * 1_000_000);
            let end = start.plus_micros(length * 86_400_000_000);
            When::Days {
                first: Day::of(start, &zone),
                last: Day::of(end, &zone),
            }
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let times = (when(), 0..4_000_000_000_i64, any::<u32>(), any::<bool>());
    let texts = (
        text(),
        text(),
        prop::option::of(text()),
        prop::option::of(text()),
    );
    let people = prop::collection::vec((text(), "[a-z]{1,40}@[a-z]{1,60}\\.example"), 0..3);
    (times, texts, people).prop_map(|(times, texts, people)| {
        let (when, stamp, sequence, is_busy) = times;
        let (uid, summary, description, place) = texts;
        let people: Vec<Mailbox> = people
            .into_iter()
            .map(|(name, address)| Mailbox { name, address })
            .collect();
        let attend = |mailbox: &Mailbox| Attendee {
            mailbox: mailbox.clone(),
            partstat: PartStat::Tentative,
            rsvp: is_busy,
        };
        Event {
            uid,
            sequence,
            stamp: Instant::from_micros(stamp * 1_000_000),
            when,
            summary,
            description,
            place,
            status: Status::Confirmed,
            is_busy,
            organizer: Some(Mailbox {
                name: "Office".into(),
                address: "a@b.example".into(),
            }),
            attendees: people.iter().map(attend).collect(),
        }
    })
}

/// The event that stands in a component.
fn read_back(one: &Component) -> Event {
    let get = |name: &'static str| one.one(name).unwrap();
    let start = get("DTSTART").unwrap();
    let when = if start.param("VALUE") == Some("DATE") {
        let first = value::day(start.value()).unwrap();
        let after = value::day(get("DTEND").unwrap().value()).unwrap();
        When::Days {
            first,
            last: after.date().yesterday().unwrap().into(),
        }
    } else {
        let (start, is_utc) = value::time(start.value()).unwrap();
        assert!(is_utc);
        let end = get("DTEND").map_or(start, |end| value::time(end.value()).unwrap().0);
        When::Time { start, end }
    };
    let mailbox = |property: &Property| Mailbox {
        name: property.param("CN").unwrap().to_owned(),
        address: value::mail_address(property.value()).unwrap(),
    };
    let attendee = |property: &Property| Attendee {
        mailbox: mailbox(property),
        partstat: match property.param("PARTSTAT").unwrap() {
            "TENTATIVE" => PartStat::Tentative,
            other => panic!("{other}"),
        },
        rsvp: property.param("RSVP") == Some("TRUE"),
    };
    Event {
        uid: get("UID").unwrap().text(),
        sequence: get("SEQUENCE").unwrap().value().parse().unwrap(),
        stamp: value::time(get("DTSTAMP").unwrap().value()).unwrap().0,
        when,
        summary: get("SUMMARY").unwrap().text(),
        description: get("DESCRIPTION").map(Property::text),
        place: get("LOCATION").map(Property::text),
        status: match get("STATUS").unwrap().value() {
            "CONFIRMED" => Status::Confirmed,
            other => panic!("{other}"),
        },
        is_busy: get("TRANSP").unwrap().value() == "OPAQUE",
        organizer: get("ORGANIZER").map(mailbox),
        attendees: one.all("ATTENDEE").map(attendee).collect(),
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(events in prop::collection::vec(event(), 0..4)) {
        let text = write(Method::Request, Some("A, B"), &events);
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let read = Calendar::read(text.as_bytes()).unwrap();
        read.verify().unwrap();
        let back: Vec<Event> = read.events().map(read_back).collect();
        prop_assert_eq!(back, events);
    }

    #[test]
    fn nothing_breaks_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut text = calendar("").into_bytes();
        text.extend(bytes);
        let _ = holidays(&text, 1..=9999);
        let _ = replies(&text);
    }
}
