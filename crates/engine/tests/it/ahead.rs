//! Receipts written ahead: few, never less than what was sent, and exact in the end.

use std::path::Path;

use legation_core::act::{Act, Closing, Entry, Extent, Receipt};
use legation_core::id::EntryNumber;
use legation_core::view::Query;
use legation_engine::{Caller, Office};

use crate::sample::{GREEN, Sample, cyber, everything, id, malware, open, sample};

/// Reads pages of ten one after the other, as many as are asked for.
async fn page_through(sample: &Sample, caller: &Caller, pages: usize) -> Vec<String> {
    let mut query = Query {
        limit: 10,
        ..everything()
    };
    let mut ids = Vec::new();
    for _ in 0..pages {
        let mut reading = sample
            .office
            .read(caller, &cyber(), &query, Extent::Bodies, "limit=10")
            .await
            .unwrap();
        ids.extend(sample.loaded(&mut reading));
        query.until = reading.until;
        query.after = reading.items.last().map(|item| item.date);
        if !reading.more {
            break;
        }
    }
    ids
}

async fn filled(objects: u32) -> Sample {
    let sample = sample().await;
    let objects: Vec<String> = (0..objects).map(|n| malware(n, GREEN, "")).collect();
    sample.file(&sample.chief, &objects).await;
    sample
}

fn receipts(office: &Office, chief: &Caller) -> (Vec<Receipt>, Vec<Closing>) {
    let (mut receipts, mut closings) = (Vec::new(), Vec::new());
    for number in office.entries(chief, EntryNumber(0), usize::MAX).unwrap() {
        let frame = office.proof(chief, number).unwrap().frame;
        match Entry::decode(&frame).unwrap().act {
            Act::Release(receipt) => receipts.push(receipt),
            Act::Close(closing) => closings.push(closing),
            _ => {}
        }
    }
    (receipts, closings)
}

fn recipients(office: &Office, chief: &Caller, number: u32) -> Vec<bool> {
    let who = office.who(chief, &id(number)).unwrap();
    who.received.iter().map(|one| one.certain).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_goes_on_has_its_receipt_already() {
    let sample = filled(300).await;
    let jpn = sample.client("JPN").await;
    let ids = page_through(&sample, &jpn, 100).await;
    assert_eq!(ids, (0..300).map(id).collect::<Vec<_>>());
    let (written, closed) = receipts(&sample.office, &sample.chief);
    assert_eq!((written.len(), closed.len()), (2, 0));
    let named: u64 = written.iter().map(|receipt| receipt.dates.len()).sum();
    assert_eq!(named, 300);
    assert_eq!(
        written.iter().map(|one| one.ahead).collect::<Vec<_>>(),
        [false, true]
    );
    // Whoever stops early has been sent what it was sent, and no more, from the first page on.
    let kor = sample.client("KOR").await;
    assert_eq!(page_through(&sample, &kor, 4).await.len(), 40);
    for (number, parties) in [(0, 2), (39, 2), (40, 1), (299, 1)] {
        let told = recipients(&sample.office, &sample.chief, number);
        assert_eq!(told, vec![true; parties], "{number}");
    }
    sample.office.close().await.unwrap();
    let (_, closed) = receipts(&sample.office, &sample.chief);
    let sent: Vec<(u64, u64)> = closed
        .iter()
        .map(|closing| (closing.sent.len(), closing.answers))
        .collect();
    assert_eq!(sent, [(290, 29), (30, 3)]);
    for (number, parties) in [(0, 2), (39, 2), (40, 1), (299, 1)] {
        let told = recipients(&sample.office, &sample.chief, number);
        assert_eq!(told, vec![true; parties], "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_ahead_when_an_office_was_killed_may_have_been_sent() {
    let sample = filled(100).await;
    let jpn = sample.client("JPN").await;
    page_through(&sample, &jpn, 3).await;
    // The directory as it lies there while the office runs is what a killed one leaves.
    let left = tempfile::TempDir::new().unwrap();
    let dir = left.path().join("office");
    copy(sample.dir.path(), &dir);
    let killed = open(&dir, &sample.clock);
    assert_eq!(recipients(&killed, &sample.chief, 9), [true]);
    assert_eq!(recipients(&killed, &sample.chief, 10), [false]);
    assert_eq!(recipients(&killed, &sample.chief, 99), [false]);
    // One that was let go says what it sent.
    assert_eq!(recipients(&sample.office, &sample.chief, 29), [true]);
    assert!(recipients(&sample.office, &sample.chief, 99).is_empty());
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_and_a_change_of_terms_end_what_was_written_ahead() {
    let sample = filled(100).await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    page_through(&sample, &jpn, 3).await;
    page_through(&sample, &kor, 3).await;
    let before = receipts(&sample.office, &sample.chief).0.len();
    sample
        .office
        .withdraw(&sample.chief, id(50), None, "x".into())
        .await
        .unwrap();
    assert_eq!(page_through(&sample, &jpn, 100).await.len(), 99);
    let (written, _) = receipts(&sample.office, &sample.chief);
    assert_eq!(
        written.len(),
        before + 2,
        "the first page, and the rest anew"
    );
    assert!(recipients(&sample.office, &sample.chief, 50).is_empty());
    // Terms of others end it too: a receipt names the agreements that hold when it is written.
    sample
        .office
        .suspend(&sample.chief, "nato-kor".parse().unwrap(), "x".into())
        .await
        .unwrap();
    let before = receipts(&sample.office, &sample.chief).0.len();
    page_through(&sample, &jpn, 100).await;
    let (written, _) = receipts(&sample.office, &sample.chief);
    assert_eq!(written.len(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_nobody_uses_any_more_is_closed_by_itself() {
    let sample = filled(100).await;
    let jpn = sample.client("JPN").await;
    page_through(&sample, &jpn, 3).await;
    sample.clock.set("2030-01-01T00:00:00Z");
    for _ in 0..100 {
        if !receipts(&sample.office, &sample.chief).1.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (_, closed) = receipts(&sample.office, &sample.chief);
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].sent.len(), 20);
    assert_eq!(closed[0].answers, 2);
}
