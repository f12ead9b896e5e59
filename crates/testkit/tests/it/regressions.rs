//! Small histories of faults that random worlds found, or that thinking about them did.

use legation_core::label::Level;
use legation_core::party::Status;
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_core::view::Versions;
use legation_testkit::history::code;
use legation_testkit::stage::{Stage, newest, numbers};
use legation_testkit::world::Draft;
use legation_testkit::world::filing::{head, ids, tlp};

fn clear(id: &str, version: i64) -> Head {
    Head {
        object_markings: ids(&[tlp(Level::Clear)]),
        version: Some(Instant::from_micros(version)),
        ..head(id)
    }
}

/// Japan takes everything CLEAR in cyber, Korea gives it to nobody.
fn tokyo() -> Stage {
    let mut stage = Stage::open(&[("JPN", Status::Partner), ("KOR", Status::Partner)]);
    stage.agree(&Draft::new("nato-jpn", 1, "JPN").take("cyber", Level::Clear));
    stage.wait(1_000_000);
    stage
}

/// The dates of a filing of several records reach past its instant; what somebody else files in
/// these microseconds must not move the place at which a page was cut.
#[test]
fn a_page_may_end_within_a_filing_that_another_overlaps() {
    for hidden_in in ["cyber", "space"] {
        let mut stage = tokyo();
        let heads = ["indicator--1", "indicator--2", "indicator--3", "malware--1"];
        stage.file("NATO", "cyber", heads.map(|id| clear(id, 1)).to_vec());
        stage.wait(1);
        stage.file("KOR", hidden_in, vec![clear("malware--2", 1)]);
        stage.wait(5);
        let mut query = newest(2);
        let page = stage.page("JPN", "cyber", &query);
        assert_eq!((numbers(&page), page.more), (vec![0, 1], true));
        query.after = Some(page.items[1].date);
        assert_eq!(numbers(&stage.page("JPN", "cyber", &query)), [2, 3]);
        query.after = None;
        query.limit = 10;
        query.until = Some(page.items[1].date);
        assert_eq!(numbers(&stage.page("JPN", "cyber", &query)), [0, 1]);
    }
}

/// A listing of first versions that was begun before an older version arrived goes on without it.
#[test]
fn the_first_version_is_the_one_that_was_the_first_then() {
    let mut stage = tokyo();
    stage.file("NATO", "cyber", vec![clear("indicator--1", 2)]);
    let mut query = newest(10);
    query.versions = Versions {
        all: false,
        last: false,
        first: true,
        exact: Vec::new(),
    };
    let page = stage.page("JPN", "cyber", &query);
    assert_eq!(numbers(&page), [0]);
    stage.wait(1);
    stage.file("NATO", "cyber", vec![clear("indicator--1", 1)]);
    assert_eq!(numbers(&stage.page("JPN", "cyber", &query)), [1]);
    query.until = page.until;
    assert_eq!(numbers(&stage.page("JPN", "cyber", &query)), [0]);
}

/// A page is cut, then a suspension is lifted, then the receipt is written: what came back took
/// its old place before the end of the page, so the page must not be sent as it is.
#[test]
fn what_returns_between_page_and_receipt_shows_in_the_losses() {
    let mut stage = Stage::open(&[("JPN", Status::Partner), ("KOR", Status::Partner)]);
    stage.agree(&Draft::new("nato-jpn", 1, "JPN").take("cyber", Level::Clear));
    stage.agree(&Draft::new("nato-kor", 1, "KOR").give("cyber", Level::Clear, &["JPN"], None));
    stage.file("KOR", "cyber", vec![clear("indicator--1", 1)]);
    stage.wait(1_000_000);
    stage.file("NATO", "cyber", vec![clear("indicator--2", 1)]);
    stage.suspend("nato-kor");
    let page = stage.page("JPN", "cyber", &newest(10));
    assert_eq!(numbers(&page), [1]);
    let losses = stage.fold.losses(&code("JPN"));
    stage.resume("nato-kor");
    let untouched = stage.fold.losses(&code("JPN")) == losses;
    stage.receive("JPN", "cyber", &page);
    let mut rest = newest(10);
    rest.after = Some(page.items[0].date);
    let next = stage.page("JPN", "cyber", &rest);
    assert!(
        !untouched || numbers(&next) == [0],
        "the client has {:?} and is never told of record 0",
        numbers(&page)
    );
}

/// Notice is given before a signed version takes effect: it never does, and `keep` keeps nothing
/// that was never given.
#[test]
fn what_is_terminated_before_it_begins_gives_nothing() {
    let mut stage = tokyo();
    stage.file("KOR", "cyber", vec![clear("indicator--1", 1)]);
    let mut korea = Draft::new("nato-kor", 1, "KOR").give("cyber", Level::Clear, &["JPN"], None);
    korea.in_force = stage.now.plus_micros(100);
    korea.keep = true;
    stage.agree(&korea);
    stage.terminate("nato-kor", 50);
    for _ in 0..4 {
        stage.wait(50);
        assert_eq!(stage.shown("JPN", "cyber"), []);
        assert_eq!(stage.expected("JPN", "cyber"), []);
    }
}
