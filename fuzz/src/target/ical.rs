//! iCalendar. Faults stand within the text, holidays are in order and of the years asked for, bare
//! line feeds mean the same, and any text stands in an event as it was.

use legation_core::time::Instant;
use legation_formats::ical::{Calendar, Event, Method, Status, When, holidays, replies, write};

pub(super) const WORDS: &[&str] = &[
    "BEGIN:VCALENDAR\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "METHOD:REPLY\r\n",
    "SUMMARY:A\\, B\r\n",
    "DTSTART;VALUE=DATE:20240229\r\n",
    "DTSTART:20240229T235960Z\r\n",
    "DTEND;VALUE=DATE:20240302\r\n",
    "DURATION:P1W\r\n",
    "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\n",
    "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=3\r\n",
    ";UNTIL=20300101",
    ";BYMONTHDAY=-1,31",
    "EXDATE;VALUE=DATE:20240229,20250301\r\n",
    "RDATE;VALUE=DATE:99991231\r\n",
    "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"A^'B\":mailto:a@b.example\r\n",
    "SEQUENCE:4294967295\r\n",
    "DTSTAMP:20240101T000000Z\r\n",
    "UID:a\r\n",
    "\r\n ",
    "\r\n\t",
    "\\n",
    "\"",
    ";TZID=Asia/Tokyo",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let lines = bytes.split(|b| *b == b'\n').count();
    let days = holidays(bytes, 2020..=2030);
    match &days {
        Ok(days) => {
            assert!(days.is_sorted() && days.windows(2).all(|two| two.first() != two.last()));
            assert!(
                days.iter()
                    .all(|day| (2020..=2030).contains(&day.date.date().year()))
            );
        }
        Err(error) => assert!((1..=lines).contains(&error.line), "{error}"),
    }
    let answers = replies(bytes);
    if let Err(error) = &answers {
        assert!((1..=lines).contains(&error.line), "{error}");
    }
    let Ok(calendar) = Calendar::read(bytes) else {
        assert!(days.is_err() && answers.is_err());
        return false;
    };
    if let Err(error) = calendar.verify() {
        assert!((1..=lines).contains(&error.line), "{error}");
    }
    let bare: Vec<u8> = String::from_utf8_lossy(bytes).replace("\r\n", "\n").into();
    assert_eq!(holidays(&bare, 2020..=2030), days);
    for event in calendar.events() {
        let texts = event.properties().iter().map(|one| one.text());
        let whole = texts.collect::<Vec<String>>().join("\n");
        // What has no form in a calendar is written as a blank.
        let kept: String = whole
            .chars()
            .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
            .collect();
        let at = Instant::from_micros(0);
        let made = Event {
            uid: "a".into(),
            sequence: 0,
            stamp: at,
            when: When::Time { start: at, end: at },
            summary: whole,
            description: None,
            place: None,
            status: Status::Confirmed,
            is_busy: true,
            organizer: None,
            attendees: Vec::new(),
        };
        let written = write(Method::Publish, None, &[made]);
        assert!(written.split("\r\n").all(|line| line.len() <= 75));
        let Ok(back) = Calendar::read(written.as_bytes()) else {
            panic!("{written}");
        };
        assert_eq!(back.verify(), Ok(()));
        let read = back.events().flat_map(|one| one.all("SUMMARY")).next();
        assert_eq!(read.map(|one| one.text()), Some(kept));
    }
    true
}
