//! Readers and writer against vectors: our own in `valid` and `invalid` (meetings, invitations,
//! replies, zones and ways to get them wrong, written for this), small ones here, and the corpus.

mod corpus;
mod property;

use super::*;

fn day(text: &str) -> legation_core::time::Day {
    text.parse().unwrap()
}

fn calendar(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A//B//EN\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn days(event: &str, years: std::ops::RangeInclusive<i16>) -> Vec<String> {
    let text = calendar(&format!("SUMMARY:H\r\n{event}"));
    let read = holidays(text.as_bytes(), years).unwrap();
    read.iter().map(|one| one.date.to_string()).collect()
}

fn refusal(event: &str) -> (&'static str, usize) {
    let text = calendar(&format!("SUMMARY:H\r\n{event}"));
    let error = holidays(text.as_bytes(), 2026..=2027).unwrap_err();
    (error.code(), error.line)
}

#[test]
fn holidays_are_days_with_names() {
    let text = calendar("SUMMARY:Jour de l'An\\, f\u{e9}ri\u{e9}\r\nDTSTART;VALUE=DATE:20260101");
    let read = holidays(text.as_bytes(), 2026..=2026).unwrap();
    assert_eq!(
        read,
        [Holiday {
            date: day("2026-01-01"),
            name: "Jour de l'An, f\u{e9}ri\u{e9}".into()
        }]
    );
    assert_eq!(holidays(text.as_bytes(), 2027..=2030).unwrap(), []);
    // Bare line feeds and a byte order mark do no harm.
    let bare = format!("\u{feff}{}", text.replace('\r', ""));
    assert_eq!(holidays(bare.as_bytes(), 2026..=2026).unwrap(), read);
}

#[test]
fn holidays_recur() {
    let yearly = "DTSTART;VALUE=DATE:20200503\r\nRRULE:FREQ=YEARLY";
    assert_eq!(days(yearly, 2025..=2026), ["2025-05-03", "2026-05-03"]);
    assert_eq!(days(yearly, 2018..=2020), ["2020-05-03"]);
    // The fourth Thursday of November; the last Monday of May.
    let nth = "DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH";
    assert_eq!(days(nth, 2026..=2027), ["2026-11-26", "2027-11-25"]);
    let last = "DTSTART;VALUE=DATE:20200525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO";
    assert_eq!(days(last, 2026..=2027), ["2026-05-25", "2027-05-31"]);
    // The Saturday from 20 to 26 June.
    let within = "DTSTART;VALUE=DATE:20200620\r\nRRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26";
    assert_eq!(days(within, 2026..=2026), ["2026-06-20"]);
    let leap = "DTSTART;VALUE=DATE:20200229\r\nRRULE:FREQ=YEARLY";
    assert_eq!(days(leap, 2021..=2028), ["2024-02-29", "2028-02-29"]);
    let counted = "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY;INTERVAL=2;COUNT=3";
    assert_eq!(
        days(counted, 2020..=2030),
        ["2020-01-01", "2022-01-01", "2024-01-01"]
    );
    assert_eq!(days(counted, 2024..=2024), ["2024-01-01"]);
    let until = "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY;UNTIL=20220101";
    assert_eq!(days(until, 2021..=2030), ["2021-01-01", "2022-01-01"]);
    let out = "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20220101\r\nRDATE;VALUE=DATE:20220103";
    assert_eq!(
        days(out, 2021..=2023),
        ["2021-01-01", "2022-01-03", "2023-01-01"]
    );
}

#[test]
fn holidays_last() {
    let two = "DTSTART;VALUE=DATE:20251231\r\nDTEND;VALUE=DATE:20260103\r\nRRULE:FREQ=YEARLY";
    assert_eq!(
        days(two, 2027..=2027),
        ["2027-01-01", "2027-01-02", "2027-12-31"]
    );
    let week = "DTSTART:20260504\r\nDURATION:P1W";
    assert_eq!(days(week, 2026..=2026).len(), 7);
    assert_eq!(
        days("DTSTART:20260504\r\nSTATUS:CANCELLED", 2026..=2026),
        [""; 0]
    );
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    assert_eq!(refusal("DTSTART:20260504T100000Z"), ("ical.not-a-day", 8));
    for rule in [
        "FREQ=WEEKLY",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=3",
        "FREQ=YEARLY;COUNT=1;UNTIL=20300101",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=13",
        "BYMONTH=1",
        "",
    ] {
        let event = format!("DTSTART:20260504\r\nRRULE:{rule}");
        assert_eq!(refusal(&event), ("ical.unknown-rule", 9), "{rule}");
    }
    assert_eq!(refusal("DTSTART:20260230"), ("ical.malformed-value", 8));
    assert_eq!(refusal("X-A:1"), ("ical.missing", 4));
    assert_eq!(
        refusal("DTSTART:20260504\r\nDTEND:20260503"),
        ("ical.order", 9)
    );
    let both = "DTSTART:20260504\r\nDTEND:20260505\r\nDURATION:P1D";
    assert_eq!(refusal(both), ("ical.excluding", 10));
    assert_eq!(
        refusal("DTSTART:20260504\r\nDTSTART:20260505"),
        ("ical.duplicate", 9)
    );
    assert_eq!(refusal("DTSTART;:20260504"), ("ical.malformed-line", 8));
}

#[test]
fn rules_are_followed_so_far() {
    let one = "BEGIN:VEVENT\nSUMMARY:H\nDTSTART:00010101\nRRULE:FREQ=YEARLY;COUNT=9000;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=1MO\nEND:VEVENT\n";
    let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", one.repeat(5_000));
    let error = holidays(text.as_bytes(), 9000..=9999).unwrap_err();
    assert_eq!(error.code(), "ical.too-often");
}

#[test]
fn a_reply_says_who_answers_what() {
    let text = include_bytes!("tests/valid/reply.ics");
    let [reply] = replies(text).unwrap().try_into().unwrap();
    assert_eq!(reply.uid, "meeting-17@hub.alliance.example");
    assert_eq!(reply.address, "jm@partner.example");
    assert_eq!(reply.partstat, PartStat::Declined);
    assert_eq!(reply.sequence, 0);
    assert_eq!(reply.recurrence, None);
    assert_eq!(reply.stamp.to_string(), "2026-03-02T08:00:00.000000Z");
    let request = include_bytes!("tests/valid/request.ics");
    assert_eq!(replies(request).unwrap_err().code(), "ical.method");
    let two = include_bytes!("tests/invalid/reply-two-attendees.ics");
    let error = replies(two).unwrap_err();
    assert_eq!((error.code(), error.line), ("ical.duplicate", 12));
}

#[test]
fn lines_are_folded_at_75_octets_between_characters() {
    let event = Event {
        uid: "a".into(),
        sequence: 0,
        stamp: "2026-01-01T00:00:00Z".parse().unwrap(),
        when: When::Days {
            first: day("2026-02-28"),
            last: day("2026-03-01"),
        },
        summary: "\u{6771}\u{4eac}".repeat(60),
        description: Some("one\ntwo; three, four\\n".into()),
        place: None,
        status: Status::Cancelled,
        is_busy: false,
        organizer: None,
        attendees: Vec::new(),
    };
    let text = write(Method::Publish, Some("NATO"), &[event]);
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert!(text.contains("\r\nDTEND;VALUE=DATE:20260302\r\n"));
    assert!(text.contains("\r\nDESCRIPTION:one\\ntwo\\; three\\, four\\\\n\r\n"));
    assert!(!text.replace("\r\n", "").contains('\n'));
}

#[test]
fn a_reply_is_found_in_a_mail() {
    let reply = include_str!("tests/valid/reply.ics");
    let expected = replies(reply.as_bytes()).unwrap();
    let mail = |kind: &str, encoding: &str, body: &str| {
        format!(
            "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nI come\r\n--x\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--x--\r\n"
        )
    };
    let base64 = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(reply)
    };
    for text in [
        mail("text/calendar; method=REPLY; charset=utf-8", "8bit", reply),
        mail("TEXT/Calendar; method=REPLY", "base64", &base64),
        mail("application/ics; name=a.ics", "base64", &base64),
        reply.to_owned(),
    ] {
        assert_eq!(
            replies_of_mail(text.as_bytes()).unwrap(),
            expected,
            "{text}"
        );
    }
    let without = mail("text/html", "8bit", "<p>I come");
    let error = replies_of_mail(without.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "ical.not-a-calendar");
    assert_eq!(
        replies_of_mail(b"").unwrap_err().code(),
        "ical.not-a-calendar"
    );
}
