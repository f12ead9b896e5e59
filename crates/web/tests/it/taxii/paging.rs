//! Pages: nothing missed, nothing twice, a page asked for again is the same page, whatever is
//! filed meanwhile; and a cursor opens for nothing but what it was made for.

use std::collections::BTreeSet;

use legation_core::party::Status;

use super::venue::{GREEN, RED, Venue, domain, id, indicator, tool};

/// So many objects in one filing, all of the same instant as far as the journal goes.
const MANY: usize = 25_000;

#[test]
fn a_great_filing_pages_while_others_file() {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    // Every third is withheld from JPN, and leaves no gap that it could see.
    let objects: Vec<_> = (0..MANY)
        .map(|n| indicator(n, 1, if n % 3 == 2 { RED } else { GREEN }))
        .collect();
    venue.file(&venue.chief, "cyber", &objects);
    let expected: Vec<_> = (0..MANY)
        .filter(|n| n % 3 != 2)
        .map(|n| id("indicator", n))
        .collect();
    let mut filed_later = 0;
    for limit in [10_000, 1, 7, 1009, 3333] {
        let mut seen: Vec<String> = Vec::new();
        let mut query = format!("objects/?match[type]=indicator&limit={limit}");
        let mut last;
        let mut pages = 0;
        loop {
            let page = venue.area(&jpn, "cyber", &query);
            let ids = page.ids();
            assert!(ids.len() <= limit);
            let again = venue.area(&jpn, "cyber", &query);
            let next = page.next();
            if pages > 0 {
                assert_eq!(again.body, page.body, "a page asked for again is the same");
            }
            last = page.header("x-taxii-date-added-last").map(str::to_owned);
            seen.extend(ids);
            pages += 1;
            // A limit of 1 is tried for a while, not to the end.
            let Some(next) = next.filter(|_| limit > 7 || pages < 40) else {
                break;
            };
            assert_eq!(page.json()["more"], true);
            if pages < 4 {
                let number = MANY + filed_later;
                filed_later += 1;
                venue.file(
                    &venue.chief,
                    "cyber",
                    &[
                        indicator(number, 1, GREEN),
                        indicator(number + 50_000, 1, RED),
                    ],
                );
            }
            query = format!("objects/?match%5Btype%5D=indicator&limit={limit}&next={next}");
        }
        assert_eq!(
            seen[..],
            expected_up_to(&expected, seen.len())[..],
            "limit {limit}"
        );
        if limit > 7 {
            // What was filed meanwhile comes after the last date, once.
            let after = last.unwrap();
            let path = format!("objects/?match[type]=indicator&added_after={after}");
            let rest = venue.area(&jpn, "cyber", &path).ids();
            assert_eq!(
                seen.len() + rest.len(),
                expected.len() + filed_later,
                "limit {limit}"
            );
        }
    }
}

/// The first so many of the view: the great filing, then what was filed one by one.
fn expected_up_to(expected: &[String], count: usize) -> Vec<String> {
    let later = (MANY..).map(|n| id("indicator", n));
    expected.iter().cloned().chain(later).take(count).collect()
}

#[test]
fn a_poller_that_keeps_only_the_last_date_misses_nothing() {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let agreement = venue.agree("JPN", &["cyber"]);
    let mut seen: Vec<String> = Vec::new();
    let mut after: Option<String> = None;
    let mut poll = |limit: usize| {
        let since = after.as_ref().map(|after| format!("&added_after={after}"));
        let path = format!("objects/?limit={limit}{}", since.unwrap_or_default());
        let page = venue.area(&jpn, "cyber", &path);
        seen.extend(page.ids());
        if let Some(last) = page.header("x-taxii-date-added-last") {
            after = Some(last.to_owned());
        }
        page.ids().len()
    };
    let file = |from: usize, to: usize| {
        let objects: Vec<_> = (from..to).map(|n| tool(n, 1, GREEN)).collect();
        venue.file(&venue.chief, "cyber", &objects);
    };
    file(0, 30);
    for _ in 0..4 {
        poll(7);
    }
    venue.suspend(&agreement);
    file(30, 60);
    venue.resume(&agreement);
    file(60, 70);
    while poll(9) > 0 {}
    file(70, 71);
    while poll(1) > 0 {}
    let all: BTreeSet<String> = (0..71).map(|n| id("tool", n)).collect();
    assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), all);
}

#[test]
fn a_new_version_of_an_old_object_appears() {
    let venue = Venue::open();
    venue.file(
        &venue.chief,
        "cyber",
        &[indicator(1, 1, GREEN), domain(2, GREEN)],
    );
    let first = venue.area(&venue.chief, "cyber", "objects/");
    let last = first.header("x-taxii-date-added-last").unwrap().to_owned();
    let after = |rest: &str| {
        venue.area(
            &venue.chief,
            "cyber",
            &format!("objects/?added_after={last}{rest}"),
        )
    };
    assert_eq!(after("").text(), "{}");
    venue.file(&venue.chief, "cyber", &[indicator(1, 2, GREEN)]);
    let new = after("");
    assert_eq!(new.ids(), [id("indicator", 1)]);
    assert_eq!(
        new.json()["objects"][0]["modified"],
        "2024-01-01T00:00:02.000Z"
    );
    assert_eq!(after("&match[version]=first").text(), "{}");
}

#[test]
fn a_cursor_opens_nothing_else() {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let second = venue.client("JPN", "second");
    let kor = venue.admit("KOR", Status::Partner);
    venue.agree("JPN", &["cyber", "space"]);
    venue.agree("KOR", &["cyber", "space"]);
    for area in ["cyber", "space"] {
        let objects: Vec<_> = (0..9).map(|n| tool(n, 1, GREEN)).collect();
        venue.file(&venue.chief, area, &objects);
        venue.file(&venue.chief, area, &[tool(0, 2, GREEN)]);
    }
    let first = venue.area(&jpn, "cyber", "objects/?limit=2");
    let next = first.next().unwrap();
    let tail = format!("limit=2&next={next}");
    assert_eq!(
        venue
            .area(&jpn, "cyber", &format!("objects/?{tail}"))
            .ids()
            .len(),
        2
    );
    // The limit is no filter: another one may go on.
    assert_eq!(
        venue
            .area(&jpn, "cyber", &format!("objects/?limit=3&next={next}"))
            .ids()
            .len(),
        3
    );
    let by_id = format!("objects/{}/", id("tool", 0));
    let mut bent = next.clone().into_bytes();
    bent[3] = if bent[3] == b'A' { b'B' } else { b'A' };
    let bent = String::from_utf8(bent).unwrap();
    let long = "A".repeat(4000);
    for (secret, area, path) in [
        (&second, "cyber", format!("objects/?{tail}")),
        (&kor, "cyber", format!("objects/?{tail}")),
        (&venue.chief, "cyber", format!("objects/?{tail}")),
        (&jpn, "space", format!("objects/?{tail}")),
        (&jpn, "cyber", format!("manifest/?{tail}")),
        (&jpn, "cyber", format!("{by_id}?{tail}")),
        (&jpn, "cyber", format!("{by_id}versions/?{tail}")),
        (&jpn, "cyber", format!("objects/?{tail}&match[type]=tool")),
        (&jpn, "cyber", format!("objects/?{tail}&match[version]=all")),
        (
            &jpn,
            "cyber",
            format!("objects/?{tail}&match[id]={}", id("tool", 3)),
        ),
        (
            &jpn,
            "cyber",
            format!("objects/?{tail}&match[spec_version]=2.1"),
        ),
        (
            &jpn,
            "cyber",
            format!("objects/?{tail}&added_after=2020-01-01T00:00:00Z"),
        ),
        (&jpn, "cyber", format!("objects/?next={bent}")),
        (&jpn, "cyber", format!("objects/?next={long}")),
        (&jpn, "cyber", "objects/?next=1".into()),
        (&jpn, "cyber", format!("objects/?next={next}%3D")),
    ] {
        let answer = venue.area(secret, area, &path);
        assert_eq!(answer.refusal(400), "web.malformed-request", "{path}");
    }
    // A new password makes no new account: its cursors stay good, the old password is not.
    let renewed = venue.client("JPN", "poller");
    assert_eq!(
        venue
            .area(&renewed, "cyber", &format!("objects/?{tail}"))
            .ids()
            .len(),
        2
    );
    assert_eq!(venue.area(&jpn, "cyber", "objects/").status, 401);
}
