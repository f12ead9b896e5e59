//! Poisoning another's object: somebody files a later version of it, as a claim. What its readers
//! are shown stays the author's, whatever the attacker tries.

use legation_core::act::{Act, RegisterIdentity, UnregisterIdentity};
use legation_core::label::Level;
use legation_core::party::Status;
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_testkit::history::code;
use legation_testkit::stage::{Stage, area, newest, numbers};
use legation_testkit::world::Draft;
use legation_testkit::world::filing::{CREATORS, IDS, created_by, head, ids, tlp};

/// The object, of which Japan is the creator.
const OBJECT: &str = IDS[0];
const JAPAN: &str = CREATORS[2];

fn version(number: i64) -> Head {
    Head {
        object_markings: ids(&[tlp(Level::Clear)]),
        version: Some(Instant::from_micros(number)),
        ..head(OBJECT)
    }
}

fn of_japan(number: i64) -> Head {
    created_by(version(number), JAPAN)
}

/// Japan and Korea give CLEAR to each other and to France, which takes it.
fn office() -> Stage {
    let mut stage = Stage::open(&[
        ("FRA", Status::Member),
        ("JPN", Status::Partner),
        ("KOR", Status::Partner),
    ]);
    for party in ["FRA", "JPN", "KOR"] {
        let id = format!("nato-{}", party.to_lowercase());
        let draft = Draft::new(&id, 1, party).take("cyber", Level::Clear).give(
            "cyber",
            Level::Clear,
            &["members", "partners"],
            None,
        );
        stage.agree(&draft);
    }
    stage.wait(1_000_000);
    stage
}

fn grant(stage: &mut Stage, party: &str, granted: bool) {
    stage.act(Act::RegisterIdentity(RegisterIdentity {
        party: code(party),
        identity: JAPAN.parse().unwrap(),
        granted,
    }));
}

/// What everybody is shown, which has to be the same for all; the oracle says so too.
#[track_caller]
fn shown(stage: &Stage) -> Vec<u32> {
    let shown = stage.shown("FRA", "cyber");
    for party in ["NATO", "FRA"] {
        assert_eq!(stage.shown(party, "cyber"), shown, "{party}");
        assert_eq!(
            stage.expected(party, "cyber"),
            shown,
            "the oracle on {party}"
        );
    }
    shown
}

/// The newest version that France finds when it asks for the object.
fn newest_for_france(stage: &Stage) -> Vec<u32> {
    let mut query = newest(10);
    query.ids = Some(vec![OBJECT.into()]);
    numbers(&stage.page("FRA", "cyber", &query))
}

fn claims(stage: &Stage) -> Vec<(u32, bool)> {
    let claims: Vec<_> = stage.fold.claims(&code("NATO")).collect();
    let told = claims.iter().map(|claim| (claim.record.0, claim.granted));
    told.collect()
}

/// What an attacker may file as the next version of Japan's object.
fn attacks() -> [(&'static str, Head); 4] {
    [
        ("the same creator", of_japan(9)),
        ("the creator stripped", version(9)),
        ("the creator replaced", created_by(version(9), CREATORS[1])),
        (
            "revoked",
            Head {
                revoked: true,
                ..of_japan(9)
            },
        ),
    ]
}

#[test]
fn a_later_version_of_anothers_object_is_never_the_newest() {
    for is_granted in [false, true] {
        for (what, attack) in attacks() {
            let mut stage = office();
            if is_granted {
                grant(&mut stage, "JPN", true);
            }
            stage.file("JPN", "cyber", vec![of_japan(1)]);
            stage.wait(1_000_000);
            let page = stage.page("FRA", "cyber", &newest(10));
            stage.receive("FRA", "cyber", &page);
            // Whose object it is stands by a grant only where the claim names that creator.
            let names_japan = attack.creator().is_some_and(|id| id.as_str() == JAPAN);
            stage.file("KOR", "cyber", vec![attack]);
            let case = format!("{what}, granted {is_granted}");
            assert_eq!(shown(&stage), [0], "{case}");
            assert_eq!(newest_for_france(&stage), [0], "{case}");
            // Who has read everything is told of nothing; the office is told of the claim.
            let mut rest = newest(10);
            rest.after = Some(page.items[0].date);
            assert_eq!(numbers(&stage.page("FRA", "cyber", &rest)), [], "{case}");
            assert_eq!(claims(&stage), [(1, is_granted && names_japan)], "{case}");
            // The author's own next version is the newest, though it is the older one.
            stage.file("JPN", "cyber", vec![of_japan(2)]);
            assert_eq!(shown(&stage), [0, 2], "{case}");
            assert_eq!(newest_for_france(&stage), [2], "{case}");
        }
    }
}

/// Whoever comes first has the place; the creator takes it with its registration, and with it what
/// the first had filed vanishes.
#[test]
fn an_attacker_that_came_first_gives_way_to_the_registered_creator() {
    for (what, attack) in attacks() {
        let mut stage = office();
        stage.file("KOR", "cyber", vec![attack.clone()]);
        stage.wait(1_000_000);
        stage.file("JPN", "cyber", vec![of_japan(1)]);
        assert_eq!(shown(&stage), [0], "{what}");
        let page = stage.page("FRA", "cyber", &newest(10));
        stage.receive("FRA", "cyber", &page);
        grant(&mut stage, "JPN", false);
        assert_eq!(shown(&stage), [0], "{what}: a mere request moves nothing");
        let losses = stage.fold.losses(&code("FRA"));
        grant(&mut stage, "JPN", true);
        let is_japans = attack.creator().is_some_and(|id| id.as_str() == JAPAN);
        if !is_japans {
            // It does not say that it is Japan's, and it was the first.
            assert_eq!(shown(&stage), [0], "{what}");
            continue;
        }
        assert_eq!(shown(&stage), [1], "{what}");
        assert_ne!(stage.fold.losses(&code("FRA")), losses, "{what}");
        assert_eq!(claims(&stage), [(0, true)], "{what}");
        // A client that has read up to the claim finds the object behind it.
        let mut rest = newest(10);
        rest.after = Some(page.items[0].date);
        assert_eq!(numbers(&stage.page("FRA", "cyber", &rest)), [1], "{what}");
        stage.act(Act::UnregisterIdentity(UnregisterIdentity {
            party: code("JPN"),
            identity: JAPAN.parse().unwrap(),
        }));
        assert_eq!(shown(&stage), [0], "{what}");
    }
}

/// What everybody who is released it files for another who speaks for its creator is no object.
#[test]
fn what_is_foreign_alone_is_not_shown() {
    let mut stage = office();
    stage.file("KOR", "cyber", vec![of_japan(1)]);
    assert_eq!(shown(&stage), [0]);
    grant(&mut stage, "JPN", true);
    assert_eq!(shown(&stage), []);
    assert!(
        stage
            .fold
            .is_released(&code("FRA"), legation_core::id::RecordNumber(0)),
        "released all the same"
    );
    assert_eq!(stage.fold.count(&code("FRA"), &area("cyber")), 0);
}

/// Nobody can be granted what another party has.
#[test]
fn an_identity_is_granted_once() {
    let mut stage = office();
    grant(&mut stage, "JPN", true);
    let mut history = stage.history.clone();
    let second = Act::RegisterIdentity(RegisterIdentity {
        party: code("KOR"),
        identity: JAPAN.parse().unwrap(),
        granted: true,
    });
    let entry = history.push(stage.now, second);
    assert!(stage.fold.apply(entry).is_err());
}
