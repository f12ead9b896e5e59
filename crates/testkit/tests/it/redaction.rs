//! Redaction told step by step: levels of what is left, waived creators, ids, and dates of what is
//! derived anew.

use legation_core::label::Level;
use legation_core::party::Status;
use legation_core::record::{Head, Meaning};
use legation_core::time::Instant;
use legation_core::view::{Fold, Query};
use legation_testkit::history::code;
use legation_testkit::stage::{Stage, newest, numbers};
use legation_testkit::world::Draft;
use legation_testkit::world::filing::{
    CREATORS, IDS, UNKNOWN_MARKINGS, created_by, head, ids, tlp,
};

const OBJECT: &str = IDS[0];

fn office() -> Stage {
    Stage::open(&[("JPN", Status::Partner), ("KOR", Status::Partner)])
}

fn takes(version: u32, up_to: Level, redact: &[&str], above: Option<Level>) -> Draft {
    Draft::new("nato-jpn", version, "JPN")
        .take("cyber", up_to)
        .redact(redact, above)
}

fn green(id: &str) -> Head {
    Head {
        object_markings: ids(&[tlp(Level::Green)]),
        version: Some(Instant::from_micros(1)),
        ..head(id)
    }
}

fn after(date: Instant) -> Query {
    Query {
        after: Some(date),
        ..newest(10)
    }
}

#[track_caller]
fn shown(stage: &Stage) -> Vec<u32> {
    let shown = stage.shown("JPN", "cyber");
    assert_eq!(shown, stage.expected("JPN", "cyber"), "the oracle");
    shown
}

/// A GREEN object with a part that is marked, taken up to a level with and without a bound.
#[test]
fn what_is_left_is_judged_by_its_own_level() {
    let [clear, green_level, amber, red] = [Level::Clear, Level::Green, Level::Amber, Level::Red];
    let unknown = UNKNOWN_MARKINGS[0];
    for (part, is_fixed, up_to, bound, is_released) in [
        // Without a bound the part counts.
        (tlp(amber), false, green_level, None, false),
        (tlp(amber), false, amber, None, true),
        // Above the bound it is left out; at it, it stays and counts.
        (tlp(amber), false, green_level, Some(green_level), true),
        (tlp(amber), false, green_level, Some(amber), false),
        (tlp(red), false, green_level, Some(amber), true),
        // The object itself is never left out.
        (tlp(amber), false, clear, Some(clear), false),
        // Nor is what cannot be.
        (tlp(amber), true, green_level, Some(green_level), false),
        (tlp(amber), true, amber, Some(green_level), true),
        // What nobody here understands goes as well, unless it must stay.
        (unknown, false, red, None, false),
        (unknown, false, green_level, Some(green_level), true),
        (unknown, false, green_level, Some(amber), true),
        (unknown, true, red, Some(green_level), false),
    ] {
        let mut stage = office();
        stage.agree(&takes(1, up_to, &[], bound));
        let mut record = green(OBJECT);
        record.granular_markings = ids(&[part]);
        if is_fixed {
            record.fixed_markings = ids(&[part]);
        }
        stage.file("NATO", "cyber", vec![record]);
        let case = format!("{part} fixed {is_fixed}, up to {up_to}, bound {bound:?}");
        assert_eq!(shown(&stage) == [0], is_released, "{case}");
    }
}

/// Who is named for a part is named for what is left without it, too.
#[test]
fn a_part_that_is_left_out_still_says_who_may_have_the_object() {
    let marking = UNKNOWN_MARKINGS[1];
    let mut stage = office();
    stage.agree(&takes(1, Level::Red, &[], Some(Level::Clear)));
    let definition = Head {
        meaning: Some(Meaning::ReleasableTo(vec!["KOR".parse().unwrap()])),
        object_markings: ids(&[tlp(Level::Clear)]),
        ..head(marking)
    };
    let mut record = green(OBJECT);
    record.granular_markings = ids(&[marking]);
    stage.file("NATO", "cyber", vec![definition, record]);
    assert_eq!(shown(&stage), [0]);
}

#[test]
fn a_derived_object_does_not_need_its_creator() {
    let identity = CREATORS[0];
    for (redact, is_alone, expected) in [
        (&[][..], true, &[][..]),
        (&["description"][..], true, &[1][..]),
        (&["description"][..], false, &[][..]),
    ] {
        let mut stage = office();
        stage.agree(&takes(1, Level::Green, redact, None));
        let creator = Head {
            object_markings: ids(&[tlp(Level::Amber)]),
            ..head(identity)
        };
        let mut record = created_by(green(OBJECT), identity);
        if let Some(creator) = &mut record.creator {
            creator.alone = is_alone;
        }
        stage.file("NATO", "cyber", vec![creator, record]);
        assert_eq!(shown(&stage), expected, "{redact:?} alone {is_alone}");
    }
}

#[test]
fn a_derived_object_has_an_id_of_its_own() {
    let mut stage = office();
    stage.agree(&takes(1, Level::Green, &["description"], None));
    let korea = Draft::new("nato-kor", 1, "KOR").take("cyber", Level::Green);
    stage.agree(&korea.redact(&["description"], None));
    let record = stage.file("NATO", "cyber", vec![green(OBJECT)])[0];
    let known = ["NATO", "JPN", "KOR"].map(|party| stage.fold.known_id(&code(party), record));
    assert_eq!(known[0], OBJECT);
    assert!(known[1] != OBJECT && known[2] != OBJECT && known[1] != known[2]);
    for (id, expected) in [(OBJECT, &[][..]), (&known[1], &[0]), (&known[2], &[])] {
        let query = Query {
            ids: Some(vec![id.into()]),
            ..newest(10)
        };
        assert_eq!(
            numbers(&stage.page("JPN", "cyber", &query)),
            expected,
            "{id}"
        );
    }
    assert_eq!(stage.fold.known_records(&code("JPN"), &known[1]), [record]);
    // Under a suspension nothing leaves, and the id is still the one that Japan knows: a recall
    // must not tie it to the record's own.
    stage.suspend("nato-jpn");
    assert_eq!(shown(&stage), []);
    assert_eq!(stage.fold.known_id(&code("JPN"), record), known[1]);
    let loaded = Fold::load(&stage.fold.save()).unwrap();
    assert_eq!(loaded.known_id(&code("JPN"), record), known[1]);
    stage.resume("nato-jpn");
    assert_eq!(stage.fold.known_id(&code("JPN"), record), known[1]);
}

/// Whoever has read everything meets what is derived anew once more, as the other object that it
/// is now; what is derived as before keeps its date.
#[test]
fn what_is_derived_anew_comes_again() {
    let mut stage = office();
    stage.agree(&takes(1, Level::Green, &[], None));
    stage.file("NATO", "cyber", vec![green(OBJECT)]);
    let mut version = 1;
    for (redact, above, is_anew) in [
        (&["description"][..], None, true),
        (&["description"][..], None, false),
        (&["description", "x_notes"][..], None, true),
        (&["description", "x_notes"][..], Some(Level::Amber), true),
        (&[][..], None, true),
        (&[][..], None, false),
    ] {
        stage.wait(1_000_000);
        let page = stage.page("JPN", "cyber", &newest(10));
        stage.receive("JPN", "cyber", &page);
        let (date, losses) = (page.items[0].date, stage.fold.losses(&code("JPN")));
        version += 1;
        stage.wait(1_000_000);
        stage.agree(&takes(version, Level::Green, redact, above));
        assert_eq!(shown(&stage), [0]);
        let rest = numbers(&stage.page("JPN", "cyber", &after(date)));
        assert_eq!(
            rest == [0],
            is_anew,
            "version {version}: {redact:?} {above:?}"
        );
        assert_eq!(stage.fold.losses(&code("JPN")) != losses, is_anew);
    }
}

/// The terms change while nothing is shown: the record comes back as another object, so its old
/// place, which has been read past, will not do. A save on the way changes nothing.
#[test]
fn what_comes_back_as_another_object_comes_again() {
    for saves in [false, true] {
        for (before, after_it) in [(&[][..], &["x_notes"][..]), (&["x_notes"], &[])] {
            let mut stage = office();
            stage.agree(&takes(1, Level::Green, before, None));
            stage.file("NATO", "cyber", vec![green(OBJECT)]);
            stage.wait(1_000_000);
            let page = stage.page("JPN", "cyber", &newest(10));
            stage.receive("JPN", "cyber", &page);
            let rest = after(page.items[0].date);
            // Merely suspended and resumed, it is what it was and stands where it stood.
            stage.suspend("nato-jpn");
            if saves {
                stage.fold = Fold::load(&stage.fold.save()).unwrap();
            }
            stage.resume("nato-jpn");
            assert_eq!(numbers(&stage.page("JPN", "cyber", &rest)), []);
            stage.suspend("nato-jpn");
            stage.agree(&takes(2, Level::Green, after_it, None));
            assert_eq!(shown(&stage), []);
            if saves {
                stage.fold = Fold::load(&stage.fold.save()).unwrap();
            }
            stage.wait(1_000_000);
            stage.resume("nato-jpn");
            assert_eq!(shown(&stage), [0]);
            assert_eq!(numbers(&stage.page("JPN", "cyber", &rest)), [0]);
        }
    }
}
