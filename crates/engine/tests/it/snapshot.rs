//! The snapshot beside the journal: it gives the office that the journal gives, and a wrong one
//! changes nothing.

use std::path::Path;

use legation_core::id::EntryNumber;
use legation_core::view::Fold;
use legation_engine::{Office, verify};
use legation_journal::LmdbJournal;
use legation_journal::snapshot::{Stamp, load, save};

use crate::sample::{GREEN, Hands, Sample, id, instant, malware, open, sample};

async fn close(office: Office) {
    office.close().await.unwrap();
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
}

/// What the office is, at one instant for all.
fn saved(office: &Office) -> Vec<u8> {
    let save = |fold: &Fold| {
        let mut fold = fold.clone();
        fold.advance(instant("2026-06-01T00:00:00Z"));
        fold.save()
    };
    office.with(save).unwrap()
}

async fn filled(count: u32) -> Sample {
    let sample = sample().await;
    let objects: Vec<String> = (0..count).map(|n| malware(n, GREEN, "")).collect();
    sample.file(&sample.chief, &objects).await;
    let jpn = sample.client("JPN").await;
    sample.ids(&jpn).await;
    sample
}

/// Puts another fold under the stamp of the snapshot that is there.
fn forge(dir: &Path, alter: impl FnOnce(&mut Stamp, &mut Vec<u8>)) {
    let place = dir.join("snapshot");
    let journal = LmdbJournal::open_read_only(&dir.join("journal")).unwrap();
    let build = legation_core::snapshot::layout();
    let (mut stamp, mut bytes) = load(&place, build, &journal).unwrap();
    alter(&mut stamp, &mut bytes);
    save(&place, &stamp, &mut |to| to.write_all(&bytes)).unwrap();
}

/// More receipts than are read from the snapshot at once.
#[tokio::test(flavor = "multi_thread")]
async fn it_gives_what_the_journal_gives_with_thousands_of_receipts() {
    let sample = filled(40).await;
    let jpn = sample.client("JPN").await;
    for _ in 0..2000 {
        sample.ids(&jpn).await;
    }
    let Sample {
        dir, office, clock, ..
    } = sample;
    close(office).await;
    let office = open(dir.path(), &clock);
    let started = saved(&office);
    close(office).await;
    std::fs::remove_file(dir.path().join("snapshot")).unwrap();
    assert!(saved(&open(dir.path(), &clock)) == started);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_starts_from_it_and_goes_on() {
    let Sample {
        dir,
        office,
        clock,
        chief,
        token,
        log_key,
    } = filled(40).await;
    let before = saved(&office);
    close(office).await;
    assert!(dir.path().join("snapshot").is_file());
    let office = open(dir.path(), &clock);
    assert!(saved(&office) == before);
    // What comes after it is folded on top.
    office
        .withdraw(&chief, id(7), None, "a mistake".into())
        .await
        .unwrap();
    let after = saved(&office);
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let office = open(dir.path(), &clock);
    assert!(saved(&office) == after);
    assert!(office.authenticate(&token).unwrap().is_some());
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert_eq!(findings.faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_foreign_one_is_left_aside() {
    let Sample {
        dir, office, clock, ..
    } = filled(3).await;
    let before = saved(&office);
    close(office).await;
    let place = dir.path().join("snapshot");
    let whole = std::fs::read(&place).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [&whole[..whole.len() - 1], &flipped, b"", b"LGSNAP\r\n"] {
        std::fs::write(&place, bytes).unwrap();
        let office = open(dir.path(), &clock);
        assert!(saved(&office) == before);
        drop(office);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_entries_do_not_give_is_found() {
    let sample = filled(3).await;
    let other = filled(4).await;
    let strange = saved(&other.office);
    let Sample {
        dir,
        office,
        log_key,
        ..
    } = sample;
    close(office).await;
    forge(dir.path(), |_, bytes| *bytes = strange);
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert_eq!(findings.faults.len(), 1);
    assert!(findings.faults[0].contains("snapshot"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_from_a_clock_that_stood_too_far_ahead_is_left_aside() {
    let Sample {
        dir, office, clock, ..
    } = filled(3).await;
    let shown = |office: &Office| {
        let (party, area) = ("JPN".parse().unwrap(), "cyber".parse().unwrap());
        office.with(|fold| fold.count(&party, &area)).unwrap()
    };
    assert_eq!(shown(&office), 3);
    // The agreement is over by then.
    clock.set("2030-01-01T00:00:00Z");
    assert_eq!(shown(&office), 0);
    legation_engine::write_snapshot(&office).unwrap();
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let clock = Hands::at("2026-06-01T00:00:00Z");
    let office = open(dir.path(), &clock);
    assert_eq!(shown(&office), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_entries_that_the_journal_lacks_is_left_aside() {
    let Sample {
        dir, office, clock, ..
    } = filled(3).await;
    let before = saved(&office);
    close(office).await;
    forge(dir.path(), |stamp, _| {
        stamp.entries = EntryNumber(stamp.entries.0 - 1);
    });
    let office = open(dir.path(), &clock);
    assert!(saved(&office) == before);
}
