//! Reading: receipts before bytes, revocation, dates that the clock alone brings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use legation_core::act::{Act, Entry};
use legation_core::id::EntryNumber;
use legation_core::view::Fold;
use legation_engine::{Fault, Office, SystemDice};
use legation_journal::LmdbJournal;
use legation_journal::contract::{self, Faulty};

use crate::sample::{GREEN, cyber, everything, id, malware, open, sample};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_receipt_and_an_empty_one_needs_none() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let before = sample.office.log_size().unwrap();
    assert!(sample.ids(&jpn).await.is_empty());
    assert_eq!(sample.office.log_size().unwrap(), before);
    sample
        .file(
            &sample.chief,
            &[malware(1, GREEN, ""), malware(2, GREEN, "")],
        )
        .await;
    assert_eq!(sample.ids(&jpn).await, [id(1), id(2)]);
    let who = sample.office.who(&sample.chief, &id(1)).unwrap();
    let one = who.received.first().unwrap();
    assert_eq!(who.received.len(), 1);
    assert_eq!(one.party.as_str(), "JPN");
    let (agreement, version) = one.agreement.clone().unwrap();
    assert_eq!((agreement.as_str(), version.0), ("nato-jpn", 1));
    assert_eq!(
        who.could.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
        ["JPN", "KOR"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_durable_receipt_nothing_leaves() {
    let sample = sample().await;
    sample.file(&sample.chief, &[malware(1, GREEN, "")]).await;
    let jpn = sample.client("JPN").await;
    let crate::sample::Sample {
        dir, office, clock, ..
    } = sample;
    close(office).await;
    let mut faulty = None;
    let office = Office::open_on(
        dir.path(),
        Arc::new(clock),
        Arc::new(SystemDice),
        |journal| {
            let journal = Arc::new(Faulty::new(journal));
            faulty = Some(Arc::clone(&journal));
            journal
        },
    );
    let (office, faulty): (Office, Arc<Faulty<LmdbJournal>>) = (office.unwrap(), faulty.unwrap());
    let read = || async {
        office
            .read(
                &jpn,
                &cyber(),
                &everything(),
                legation_core::act::Extent::Bodies,
                "",
            )
            .await
    };
    for (fault, code) in [
        (contract::Fault::DiskFull, "journal.disk-full"),
        (contract::Fault::Unpersisted, "journal.commit-failed"),
    ] {
        faulty.fail(fault);
        assert_eq!(read().await.unwrap_err().code, code);
    }
    assert_eq!(read().await.unwrap_err().code, "journal.poisoned");
    faulty.reopen();
    assert_eq!(read().await.unwrap().items.len(), 1);
}

/// Waits until the writer has let go of the journal.
async fn close(office: Office) {
    drop(office);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_lets_go_at_the_instant_of_a_loss() {
    let sample = sample().await;
    sample.file(&sample.chief, &[malware(1, GREEN, "")]).await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    let (page, other) = (
        sample.read(&jpn).await.unwrap(),
        sample.read(&kor).await.unwrap(),
    );
    assert!(page.guard.holds() && other.guard.holds());
    sample
        .office
        .suspend(&sample.chief, "nato-jpn".parse().unwrap(), "x".into())
        .await
        .unwrap();
    assert!(!page.guard.holds());
    assert!(other.guard.holds(), "another party's loss is not ours");
    // The clock alone does it too.
    sample.clock.set("2026-12-31T23:59:59.999999Z");
    assert!(other.guard.holds());
    sample.clock.set("2027-01-01T00:00:00Z");
    assert!(!other.guard.holds());
    assert_eq!(sample.read(&kor).await.unwrap_err().fault, Fault::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_do_not_move_when_the_office_is_opened_again() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    for number in 0..50 {
        sample
            .file(
                &sample.chief,
                &[
                    malware(2 * number, GREEN, ""),
                    malware(2 * number + 1, GREEN, ""),
                ],
            )
            .await;
        if number == 20 {
            sample
                .office
                .suspend(&sample.chief, "nato-jpn".parse().unwrap(), "x".into())
                .await
                .unwrap();
        }
        if number == 30 {
            sample
                .office
                .resume(&sample.chief, "nato-jpn".parse().unwrap(), "x".into())
                .await
                .unwrap();
            sample.read(&jpn).await.unwrap();
        }
    }
    let page = |office: &Office| {
        office
            .with(|fold| fold.page(&jpn.party, &cyber(), &everything()).items)
            .unwrap()
    };
    let before = page(&sample.office);
    assert_eq!(before.len(), 100);
    assert!(before.is_sorted_by(|one, next| one.date < next.date));
    let crate::sample::Sample {
        dir, office, clock, ..
    } = sample;
    close(office).await;
    assert_eq!(page(&open(dir.path(), &clock)), before);
}

/// The strongest form of "revocation bites": reads and suspensions race, and afterwards the
/// journal itself is asked whether every receipt was true at its own entry.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_receipt_is_true_at_its_own_entry() {
    let sample = sample().await;
    let objects: Vec<String> = (0..200).map(|number| malware(number, GREEN, "")).collect();
    sample.file(&sample.chief, &objects).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for party in ["JPN", "KOR"] {
        let caller = sample.client(party).await;
        for _ in 0..3 {
            let (office, caller, stop) = (sample.office.clone(), caller.clone(), Arc::clone(&stop));
            readers.push(tokio::spawn(async move {
                let mut pages = 0_u32;
                while !stop.load(Ordering::SeqCst) {
                    let extent = legation_core::act::Extent::Bodies;
                    match office
                        .read(&caller, &cyber(), &everything(), extent, "")
                        .await
                    {
                        Ok(_) => pages += 1,
                        Err(error) => assert_eq!(error.fault, Fault::NotFound),
                    }
                }
                pages
            }));
        }
    }
    for round in 0..60 {
        let id: legation_core::id::AgreementId = if round % 2 == 0 {
            "nato-jpn"
        } else {
            "nato-kor"
        }
        .parse()
        .unwrap();
        sample
            .office
            .suspend(&sample.chief, id.clone(), "x".into())
            .await
            .unwrap();
        sample.clock.tick();
        if round % 3 == 0 {
            let gone = crate::sample::id(round);
            sample
                .office
                .withdraw(&sample.chief, gone, None, "x".into())
                .await
                .unwrap();
        }
        sample
            .office
            .resume(&sample.chief, id, "x".into())
            .await
            .unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    let mut pages = 0;
    for reader in readers {
        pages += reader.await.unwrap();
    }
    assert!(pages > 0);
    let entries = sample
        .office
        .entries(&sample.chief, EntryNumber(0), usize::MAX)
        .unwrap();
    let mut fold: Option<Fold> = None;
    let mut receipts = 0;
    for number in entries {
        let proof = sample.office.proof(&sample.chief, number).unwrap();
        let entry = Entry::decode(&proof.frame).unwrap();
        let Some(fold) = &mut fold else {
            fold = Some(Fold::open(&entry).unwrap());
            continue;
        };
        fold.advance(entry.at);
        if let Act::Release(receipt) = &entry.act {
            receipts += 1;
            let records = fold.released_by(receipt);
            assert_eq!(records.len() as u64, receipt.dates.len());
            for record in records {
                assert!(
                    fold.is_released(&receipt.party, record),
                    "entry {number}: {record} was not released to {}",
                    receipt.party
                );
            }
        }
        fold.apply(&entry).unwrap();
    }
    assert!(receipts > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_back_changes_nothing() {
    let sample = sample().await;
    sample.file(&sample.chief, &[malware(1, GREEN, "")]).await;
    let jpn = sample.client("JPN").await;
    let now = sample.office.now().unwrap();
    sample.clock.set("2019-01-01T00:00:00Z");
    assert_eq!(sample.ids(&jpn).await, [id(1)]);
    sample.file(&sample.chief, &[malware(2, GREEN, "")]).await;
    assert_eq!(sample.ids(&jpn).await, [id(1), id(2)]);
    assert!(sample.office.now().unwrap() > now);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_party_reads_back_goes_under_no_agreement() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    sample.file(&jpn, &[malware(1, GREEN, "")]).await;
    assert_eq!(sample.ids(&jpn).await, [id(1)]);
    assert_eq!(sample.ids(&kor).await, [id(1)]);
    let who = sample.office.who(&sample.chief, &id(1)).unwrap();
    let under: Vec<Option<String>> = who
        .received
        .iter()
        .map(|one| one.agreement.as_ref().map(|(id, _)| id.to_string()))
        .collect();
    assert_eq!(under, [None, Some("nato-kor".to_owned())]);
}
