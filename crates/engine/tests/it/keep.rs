//! Keeping: verification finds what was altered, erasure is said, copies are sound and opened.

use std::path::Path;

use legation_core::id::EntryNumber;
use legation_engine::{Office, backup, restore, verify, verify_proof};

use crate::sample::{GREEN, Sample, id, malware, sample};

async fn filled() -> Sample {
    let sample = sample().await;
    let objects: Vec<String> = (0..40)
        .map(|number| {
            malware(
                number,
                GREEN,
                r#","description":"a mark to be found on disk""#,
            )
        })
        .collect();
    sample.file(&sample.chief, &objects).await;
    let jpn = sample.client("JPN").await;
    sample.ids(&jpn).await;
    sample
}

async fn close(office: Office) {
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
}

/// Alters a text wherever it lies on disk: pages that are free now hold older copies.
fn spoil(dir: &Path, text: &str) {
    let altered = alter(dir, text.as_bytes(), 0);
    assert!(altered > 0);
}

/// Alters the compressed bytes of the forty bodies.
fn spoil_bodies(dir: &Path) {
    // The head of a block: how many bodies, in how many chunks; then the lines of its directory.
    let block = [40_u32.to_be_bytes(), 1_u32.to_be_bytes()].concat();
    let altered = alter(dir, &block, 8 + 13 + 40 * 4 + 100);
    assert!(altered > 0);
}

/// Alters a byte that far behind each place where the pattern lies; how often.
fn alter(dir: &Path, pattern: &[u8], behind: usize) -> usize {
    let file = dir.join("journal").join("data.mdb");
    let mut bytes = std::fs::read(&file).unwrap();
    let windows = bytes.windows(pattern.len()).enumerate();
    let places: Vec<usize> = windows
        .filter(|(_, window)| *window == pattern)
        .map(|(at, _)| at + behind)
        .collect();
    for &at in &places {
        bytes[at] ^= 0x55;
    }
    std::fs::write(&file, bytes).unwrap();
    places.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_journal_verifies_and_says_what_it_read() {
    let sample = filled().await;
    sample
        .office
        .erase(&sample.chief, id(7), None, "an order of a court".into())
        .await
        .unwrap();
    let Sample {
        dir,
        office,
        log_key,
        ..
    } = sample;
    close(office).await;
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert_eq!(findings.faults, Vec::<String>::new());
    assert_eq!((findings.bodies, findings.erased), (39, 1));
    assert!(findings.rows > 0 && findings.tiles > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_body_and_a_foreign_key_are_found() {
    let sample = filled().await;
    let Sample {
        dir,
        office,
        log_key,
        ..
    } = sample;
    close(office).await;
    let other = "legation/nato/tokyo+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert!(
        verify(dir.path(), other, &mut |_, _| {}).is_err()
            || !verify(dir.path(), other, &mut |_, _| {})
                .unwrap()
                .faults
                .is_empty()
    );
    spoil_bodies(dir.path());
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert!(
        findings
            .faults
            .iter()
            .any(|fault| fault.contains("bodies cannot be read")),
        "{findings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_entry_is_found() {
    let sample = filled().await;
    let reason = "a reason that stands in an entry";
    sample
        .office
        .withdraw(&sample.chief, id(3), None, reason.into())
        .await
        .unwrap();
    let Sample {
        dir,
        office,
        log_key,
        ..
    } = sample;
    close(office).await;
    spoil(dir.path(), reason);
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert!(!findings.faults.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_the_office_and_an_unsound_one_is_not_believed() {
    let sample = filled().await;
    let size = sample.office.log_size().unwrap();
    let Sample {
        dir,
        office,
        token,
        clock,
        ..
    } = sample;
    close(office).await;
    let copy = dir.path().join("copy");
    let first = backup(dir.path(), &copy, false, &mut |_, _| {}).unwrap();
    assert!(first.whole && first.findings.is_some());
    assert_eq!((first.new, first.entries), (size, size));
    let again = backup(dir.path(), &copy, true, &mut |_, _| {}).unwrap();
    assert!(!again.whole && again.findings.is_some());
    assert_eq!(
        (again.new, again.entries, again.root),
        (0, size, first.root)
    );
    let keys = backup(dir.path(), &dir.path().join("keys"), false, &mut |_, _| {});
    assert_eq!(keys.unwrap_err().code, "backup.exists");
    let back = dir.path().join("back");
    restore(&copy, &back, &mut |_, _| {}).unwrap();
    let office = crate::sample::open(&back, &clock);
    assert!(office.authenticate(&token).unwrap().is_some());
    assert_eq!(office.log_size().unwrap(), size);
    close(office).await;

    // An entry: the last block of bodies is brought up to date with the rest.
    spoil(&copy, "SHA256:");
    let thorough = backup(dir.path(), &copy, true, &mut |_, _| {});
    assert_eq!(thorough.unwrap_err().code, "backup.unsound");
    let other = dir.path().join("other");
    assert_eq!(
        restore(&copy, &other, &mut |_, _| {}).unwrap_err().code,
        "backup.unsound"
    );
    assert!(!other.exists(), "what was begun is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_gets_proofs_for_its_own_entries_only() {
    let sample = filled().await;
    let jpn = sample.client("JPN").await;
    let kor = sample.client("KOR").await;
    let key = sample.office.log_key().unwrap();
    let mine = sample.office.entries(&jpn, EntryNumber(0), 1000).unwrap();
    assert!(!mine.is_empty());
    for &number in &mine {
        let proof = sample.office.proof(&jpn, number).unwrap();
        verify_proof(&proof, &key).unwrap();
        let mut bent = proof.clone();
        if let Some(byte) = bent.frame.last_mut() {
            *byte ^= 1;
        }
        assert!(verify_proof(&bent, &key).is_err());
    }
    let theirs = sample.office.entries(&kor, EntryNumber(0), 1000).unwrap();
    for number in (0..sample.office.log_size().unwrap()).map(EntryNumber) {
        assert_eq!(
            sample.office.proof(&jpn, number).is_ok(),
            mine.contains(&number)
        );
        assert_eq!(
            sample.office.proof(&kor, number).is_ok(),
            theirs.contains(&number)
        );
    }
}
