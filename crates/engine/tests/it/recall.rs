//! Recalls: whoever received what came to an end is called, and nobody else; held against the
//! receipts of the journal, read apart from the office.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use legation_core::act::{Act, Cause, Entry, Extent};
use legation_core::agreement::signature::from_seed;
use legation_core::id::{EntryNumber, NoticeId, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Fold, Query, Versions};
use legation_engine::{Caller, Fault, NewParty, Office, RecallNotice, RecallQuery, verify};
use legation_testkit::dice::Dice;

use crate::sample::{
    AGREEMENT, GREEN, RED, Sample, cyber, everything, id, instant, malware, open, sample, table,
};

const ALL: RecallQuery = RecallQuery {
    overdue: false,
    after: None,
    limit: usize::MAX,
};

const OVERDUE: RecallQuery = RecallQuery {
    overdue: true,
    ..ALL
};

/// A version of a malware object.
fn version(number: u32, version: u32, marking: &str, revoked: bool) -> String {
    let more = if revoked { r#","revoked":true"# } else { "" };
    let modified = format!(r#""modified":"2025-01-01T00:00:00.{version:03}Z""#);
    malware(number, marking, more).replace(r#""modified":"2025-01-01T00:00:00.000Z""#, &modified)
}

fn every_version() -> Query {
    Query {
        versions: Versions {
            all: true,
            ..Versions::default()
        },
        ..everything()
    }
}

async fn notices(office: &Office, caller: &Caller) -> Vec<RecallNotice> {
    office.recalls(caller, ALL).await.unwrap().notices
}

fn entries(office: &Office, chief: &Caller) -> Vec<Entry> {
    let numbers = office.entries(chief, EntryNumber(0), usize::MAX).unwrap();
    let frame = |number| office.proof(chief, number).unwrap().frame;
    let entries = numbers.into_iter();
    entries
        .map(|number| Entry::decode(&frame(number)).unwrap())
        .collect()
}

/// Who must have which notices, worked out from the entries alone: receipts before the end, no
/// originator, no host, nothing twice for the same or a lesser cause.
#[derive(Default)]
struct Clerk {
    fold: Option<Fold>,
    records: Vec<(PartyCode, String, Option<Instant>)>,
    received: BTreeMap<usize, BTreeSet<PartyCode>>,
    called: BTreeMap<(PartyCode, usize), u8>,
    due: Vec<Due>,
    told: BTreeSet<NoticeId>,
    acknowledged: BTreeSet<NoticeId>,
}

/// A notice that is due: what for, whose, of what.
type Due = (Cause, PartyCode, BTreeSet<(String, Option<Instant>)>);

impl Clerk {
    fn of(entries: &[Entry]) -> Self {
        let mut clerk = Self::default();
        entries.iter().for_each(|entry| clerk.read(entry));
        clerk
    }

    fn read(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Release(receipt) => {
                // What the view was when the receipt was written.
                let released = self.fold.as_ref().unwrap().released_by(receipt);
                for record in released {
                    let who = self.received.entry(record.0 as usize).or_default();
                    who.insert(receipt.party.clone());
                }
            }
            Act::Withdraw(act) => self.call(Cause::Withdrawn, &act.records),
            Act::Erase(act) => self.call(Cause::Erased, &act.records),
            Act::File(act) => {
                let mut revoked = Vec::new();
                for head in act.records.iter().filter(|head| head.revoked) {
                    for (number, (filer, id, version)) in self.records.iter().enumerate() {
                        let same = *filer == act.originator && id == head.id.as_str();
                        if same && *version < head.version {
                            revoked.push(RecordNumber(number as u32));
                        }
                    }
                }
                self.call(Cause::Revoked, &revoked);
                let filed = act.records.iter();
                self.records.extend(
                    filed.map(|head| (act.originator.clone(), head.id.to_string(), head.version)),
                );
            }
            Act::TellRecall(act) => {
                for notice in &act.notices {
                    assert!(self.told.insert(*notice), "told twice");
                }
            }
            Act::AcknowledgeRecall(act) => {
                assert!(self.told.contains(&act.notice), "never told");
                assert!(self.acknowledged.insert(act.notice), "twice");
            }
            _ => {}
        }
        match &mut self.fold {
            None => self.fold = Some(Fold::open(entry).unwrap()),
            Some(fold) => fold.apply(entry).unwrap(),
        }
    }

    fn call(&mut self, cause: Cause, ended: &[RecordNumber]) {
        let weight = match cause {
            Cause::Revoked => 1,
            Cause::Withdrawn => 2,
            Cause::Erased => 3,
        };
        let mut due: BTreeMap<PartyCode, BTreeSet<(String, Option<Instant>)>> = BTreeMap::new();
        for number in ended.iter().map(|record| record.0 as usize) {
            let (filer, id, version) = &self.records[number];
            for party in self.received.get(&number).into_iter().flatten() {
                let before = self.called.entry((party.clone(), number)).or_default();
                if party.as_str() == "NATO" || party == filer || *before >= weight {
                    continue;
                }
                *before = weight;
                let of_party = due.entry(party.clone()).or_default();
                of_party.insert((id.clone(), *version));
            }
        }
        let due = due.into_iter();
        self.due.extend(due.map(|(party, of)| (cause, party, of)));
    }
}

fn brief(notice: &RecallNotice) -> Due {
    let records = notice.records.iter();
    let records = records.map(|record| (record.id.clone(), record.version));
    (notice.cause, notice.party.clone(), records.collect())
}

/// Holds what the office tells against what its entries come to.
async fn check(sample: &Sample, parties: &[Caller]) {
    let clerk = Clerk::of(&entries(&sample.office, &sample.chief));
    let all = notices(&sample.office, &sample.chief).await;
    assert_eq!(all.iter().map(brief).collect::<Vec<_>>(), clerk.due);
    for notice in &all {
        assert_eq!(notice.told.is_some(), clerk.told.contains(&notice.id));
        let acknowledged = clerk.acknowledged.contains(&notice.id);
        assert_eq!(notice.acknowledged.is_some(), acknowledged);
        assert!(notice.origin.is_some());
    }
    for caller in parties {
        let own = notices(&sample.office, caller).await;
        let wanted: Vec<NoticeId> = all
            .iter()
            .filter(|one| one.party == caller.party)
            .map(|one| one.id)
            .collect();
        assert_eq!(own.iter().map(|one| one.id).collect::<Vec<_>>(), wanted);
        for notice in own {
            assert!(notice.told.is_some(), "told before it is handed over");
            assert_eq!(notice.origin, None);
            let originators = notice
                .records
                .iter()
                .filter_map(|one| one.originator.as_ref());
            assert_eq!(originators.count(), 0);
        }
    }
}

/// A third partner, under the same terms.
async fn invite(sample: &Sample, code: &str) {
    let (host, _) = from_seed(&[1; 32], "host").unwrap();
    let (theirs, public) = from_seed(&[9; 32], code).unwrap();
    let new = NewParty {
        code: code.parse().unwrap(),
        name: code.into(),
        status: "partner".parse().unwrap(),
        zone: "UTC".parse().unwrap(),
        key: Some(public),
    };
    sample.office.add_party(&sample.chief, new).await.unwrap();
    let file = AGREEMENT
        .replace("JPN", code)
        .replace("nato-jpn", &format!("nato-{}", code.to_lowercase()));
    let keys = [("NATO", host.as_str()), (code, theirs.as_str())];
    table(&sample.office, &sample.chief, &file, &keys).await;
}

/// One thing that somebody does, at random.
async fn step(sample: &Sample, callers: &[Caller], dice: &mut Dice) {
    let office = &sample.office;
    let caller = dice.pick(callers);
    let number = dice.below(6) as u32;
    match dice.below(20) {
        0..=6 => {
            let mut objects = Vec::new();
            for _ in 0..=dice.below(3) {
                let marking = if dice.percent(90) { GREEN } else { RED };
                let (number, nth) = (dice.below(6) as u32, dice.below(5) as u32);
                objects.push(version(number, nth, marking, dice.percent(30)));
            }
            // One envelope may hold a version twice, in other words: the second is refused.
            sample.file(caller, &objects).await;
        }
        7..=12 => {
            let query = match dice.percent(50) {
                true => everything(),
                false => every_version(),
            };
            let extent = match dice.percent(80) {
                true => Extent::Bodies,
                false => Extent::Heads,
            };
            let area = cyber();
            let page = office.read(caller, &area, &query, extent, "");
            page.await.unwrap();
        }
        13..=14 => {
            let version = dice
                .percent(50)
                .then(|| instant(&format!("2025-01-01T00:00:00.00{}Z", dice.below(5))));
            // There may be nothing of that id that is alive and the caller's.
            let _ = office
                .withdraw(caller, id(number), version, "wrong".into())
                .await;
        }
        15 => {
            let versions = vec![Some(instant("2025-01-01T00:00:00.001Z"))];
            let _ = office
                .withdraw_exactly(caller, id(number), versions, cyber(), "deleted".into())
                .await;
        }
        16 => {
            let _ = office
                .erase(&sample.chief, id(number), None, "law".into())
                .await;
        }
        17 => drop(notices(office, caller).await),
        _ => {
            // By the id alone, told or not: the office's people may have passed it on.
            let all = notices(office, &sample.chief).await;
            let own = all.iter().filter(|one| one.party == caller.party);
            let own: Vec<NoticeId> = own.map(|one| one.id).collect();
            if !own.is_empty() && caller.party != sample.chief.party {
                let notice = *dice.pick(&own);
                let done = office.acknowledge(caller, notice).await.unwrap();
                assert!(done.acknowledged.is_some());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_received_what_ended_is_called_and_nobody_else() {
    let mut called = BTreeMap::new();
    for seed in 0..6 {
        let sample = sample().await;
        invite(&sample, "AUS").await;
        let mut callers = vec![sample.chief.clone()];
        for party in ["JPN", "KOR", "AUS"] {
            callers.push(sample.client(party).await);
        }
        let mut dice = Dice::seeded(seed);
        for _ in 0..12 {
            for _ in 0..12 {
                sample.clock.tick();
                step(&sample, &callers, &mut dice).await;
            }
            let clerk = Clerk::of(&entries(&sample.office, &sample.chief));
            let all = notices(&sample.office, &sample.chief).await;
            assert_eq!(
                all.iter().map(brief).collect::<Vec<_>>(),
                clerk.due,
                "{seed}"
            );
        }
        check(&sample, &callers[1..]).await;
        for notice in notices(&sample.office, &sample.chief).await {
            *called.entry(notice.cause.as_str()).or_insert(0) += 1;
        }
        // Opened again, it is as it was, and the journal says so.
        let before = notices(&sample.office, &sample.chief).await;
        let Sample {
            dir,
            office,
            clock,
            chief,
            log_key,
            ..
        } = sample;
        office.close().await.unwrap();
        drop(office);
        let again = open(dir.path(), &clock);
        assert_eq!(notices(&again, &chief).await, before);
        drop(again);
        let findings = loop {
            match verify(dir.path(), &log_key, &mut |_, _| {}) {
                // The writer lets go of the journal a moment after its office is dropped.
                Err(error) if error.code == "journal.in-use" => {
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
                verified => break verified.unwrap(),
            }
        };
        assert_eq!(findings.faults, Vec::<String>::new());
    }
    // The schedules came to every kind of recall, many times.
    assert!(
        called.len() == 3 && called.values().all(|&count| count > 10),
        "{called:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_recalls_what_another_filed() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    sample
        .file(&sample.chief, &[version(1, 0, GREEN, false)])
        .await;
    sample.file(&jpn, &[version(2, 0, GREEN, false)]).await;
    for caller in [&jpn, &kor] {
        assert_eq!(sample.ids(caller).await.len(), 2);
    }
    let claims = [version(1, 7, GREEN, true), version(2, 7, GREEN, true)];
    let filed = sample.file(&kor, &claims).await;
    assert_eq!(filed.filed.len(), 2);
    let before = sample.office.log_size().unwrap();
    assert!(notices(&sample.office, &sample.chief).await.is_empty());
    for caller in [&jpn, &kor] {
        assert!(notices(&sample.office, caller).await.is_empty());
    }
    assert_eq!(sample.office.log_size().unwrap(), before);
    // The originator itself does, whether or not its recipients may see the new version; an older
    // version than what they have calls nothing back.
    sample.file(&jpn, &[version(2, 3, RED, true)]).await;
    let notice = notices(&sample.office, &kor).await;
    assert_eq!(notice.len(), 1);
    assert_eq!(notice[0].cause, Cause::Revoked);
    let received = [(id(2), Some(instant("2025-01-01T00:00:00Z")))];
    assert_eq!(brief(&notice[0]).2, BTreeSet::from(received));
    assert!(notices(&sample.office, &jpn).await.is_empty());
    check(&sample, &[jpn, kor]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_ahead_and_not_sent_is_not_recalled() {
    let sample = sample().await;
    let objects: Vec<String> = (0..100).map(|n| malware(n, GREEN, "")).collect();
    sample.file(&sample.chief, &objects).await;
    let jpn = sample.client("JPN").await;
    let mut query = Query {
        limit: 10,
        ..everything()
    };
    for _ in 0..3 {
        let area = cyber();
        let page = sample
            .office
            .read(&jpn, &area, &query, Extent::Bodies, "limit=10")
            .await
            .unwrap();
        query.until = page.until;
        query.after = page.items.last().map(|item| item.date);
    }
    // An end of what was not sent yet ends the receipt too: what goes out later says so.
    let revoked = malware(35, RED, r#","revoked":true"#)
        .replace(r#""modified":"2025-01-01"#, r#""modified":"2025-01-02"#);
    let size = sample.office.log_size().unwrap();
    sample.file(&sample.chief, &[revoked]).await;
    assert_eq!(sample.office.log_size().unwrap(), size + 1);
    let area = cyber();
    let page = sample
        .office
        .read(&jpn, &area, &query, Extent::Bodies, "limit=10");
    assert!(page.await.unwrap().items.len() == 10);
    let who = sample.office.who(&sample.chief, &id(35)).unwrap();
    assert!(who.received[0].receipt.0 > size);
    // What a killed office leaves cannot say what it sent: whoever may have it is called.
    let left = tempfile::TempDir::new().unwrap();
    let dir = left.path().join("office");
    crate::ahead::copy(sample.dir.path(), &dir);
    let killed = open(&dir, &sample.clock);
    let why = || "wrong".to_owned();
    for (number, called) in [(15, 1), (50, 0), (29, 1), (40, 0)] {
        let ended = sample
            .office
            .withdraw(&sample.chief, id(number), None, why());
        assert_eq!(ended.await.unwrap().notified.len(), called, "{number}");
    }
    assert_eq!(notices(&sample.office, &jpn).await.len(), 2);
    for (number, called) in [(15, 1), (60, 1), (29, 1)] {
        let ended = killed.withdraw(&sample.chief, id(number), None, why());
        assert_eq!(ended.await.unwrap().notified.len(), called, "{number}");
    }
}

/// Readers whose receipts were written ahead, and withdrawals, at once: whatever is known to have
/// been sent under an earlier receipt is recalled.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_sent_between_the_receipts_and_the_recall() {
    const OBJECTS: u32 = 240;
    let sample = sample().await;
    let objects: Vec<String> = (0..OBJECTS).map(|n| malware(n, GREEN, "")).collect();
    sample.file(&sample.chief, &objects).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for party in ["JPN", "KOR"] {
        let caller = sample.client(party).await;
        let (office, stop) = (sample.office.clone(), Arc::clone(&stop));
        readers.push(tokio::spawn(async move {
            let mut query = Query {
                limit: 3,
                ..everything()
            };
            while !stop.load(Ordering::SeqCst) {
                let area = cyber();
                let page = office.read(&caller, &area, &query, Extent::Bodies, "limit=3");
                // With so much withdrawn at once there may be no page that holds.
                let Ok(page) = page.await else {
                    continue;
                };
                query.until = page.until;
                query.after = page.items.last().map(|item| item.date);
                if !page.more {
                    (query.until, query.after) = (None, None);
                }
            }
        }));
    }
    let mut notified = BTreeMap::new();
    for number in (0..OBJECTS).step_by(4) {
        let ended = sample
            .office
            .withdraw(&sample.chief, id(number), None, "wrong".into())
            .await
            .unwrap();
        notified.insert(number, ended.notified);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    sample.office.close().await.unwrap();
    let mut ends: BTreeMap<u32, EntryNumber> = BTreeMap::new();
    for entry in entries(&sample.office, &sample.chief) {
        if let Act::Withdraw(act) = &entry.act {
            ends.insert(act.records[0].0, entry.number);
        }
    }
    let mut compared = 0;
    for (number, notified) in notified {
        for one in sample
            .office
            .who(&sample.chief, &id(number))
            .unwrap()
            .received
        {
            // Records were filed in the order of their numbers.
            assert!(one.certain && one.receipt < ends[&number]);
            assert!(notified.contains(&one.party), "{} has {number}", one.party);
            compared += 1;
        }
    }
    assert!(compared > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_told_once_and_acknowledged_once() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    sample
        .file(&sample.chief, &[version(1, 0, GREEN, false)])
        .await;
    sample.read(&jpn).await.unwrap();
    let ended = sample
        .office
        .withdraw(&sample.chief, id(1), None, "wrong".into())
        .await
        .unwrap();
    assert_eq!(ended.notified, ["JPN".parse().unwrap()]);
    let all = notices(&sample.office, &sample.chief).await;
    let notice = all[0].id;
    assert_eq!((all.len(), all[0].told.is_none()), (1, true));
    assert_eq!(ended.due, Some(all[0].due));
    // Three days from when it was planned, microseconds before its entry.
    let late = all[0].at.plus_micros(72 * 3_600_000_000).micros() - all[0].due.micros();
    assert!((0..1000).contains(&late), "{late}");
    // Staff that looks is not the party that is told, and cannot speak for it.
    let refused = sample.office.acknowledge(&sample.chief, notice).await;
    assert_eq!(refused.unwrap_err().fault, Fault::Forbidden);
    // To others it is not there.
    let never = NoticeId::of(&[0; 16], EntryNumber(0), &kor.party);
    for id in [notice, never] {
        let shown = sample.office.recall(&kor, id).await.unwrap_err();
        let acknowledged = sample.office.acknowledge(&kor, id).await.unwrap_err();
        let after = RecallQuery {
            after: Some(id),
            ..ALL
        };
        let listed = sample.office.recalls(&kor, after).await.unwrap_err();
        for error in [&shown, &acknowledged, &listed] {
            assert_eq!(error.code, "engine.not-found");
            assert_eq!(*error, shown);
        }
    }
    // Many at once: one telling and one acknowledgement.
    let before = sample.office.log_size().unwrap();
    let mut asked = Vec::new();
    for turn in 0..16 {
        let (office, jpn) = (sample.office.clone(), jpn.clone());
        asked.push(tokio::spawn(async move {
            if turn % 2 == 0 {
                office.acknowledge(&jpn, notice).await.unwrap();
            } else {
                notices(&office, &jpn).await;
            }
        }));
    }
    for one in asked {
        one.await.unwrap();
    }
    assert_eq!(sample.office.log_size().unwrap(), before + 2);
    check(&sample, &[jpn.clone(), kor]).await;
    // Both entries are the party's, with their proofs; the recall itself is nobody's but the
    // office's.
    let own = sample.office.entries(&jpn, EntryNumber(0), usize::MAX);
    let own = own.unwrap();
    let of_party: Vec<u64> = (before..before + 2).collect();
    assert!(
        of_party
            .iter()
            .all(|&entry| own.contains(&EntryNumber(entry)))
    );
    let recall = all[0].origin.as_ref().unwrap().0;
    assert!(!own.contains(&recall));
    assert!(sample.office.proof(&jpn, recall).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_in_time_is_overdue() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    let rules = "[[ceiling]]\nup_to = \"RED\"\n[recall]\nacknowledge_within_hours = 1\n";
    let set = sample.office.set_house(&sample.chief, rules.into());
    set.await.unwrap();
    sample
        .file(&sample.chief, &[version(1, 0, GREEN, false)])
        .await;
    for caller in [&jpn, &kor] {
        sample.read(caller).await.unwrap();
    }
    let ended = sample
        .office
        .withdraw(&sample.chief, id(1), None, "wrong".into());
    let due = ended.await.unwrap().due.unwrap();
    let own = notices(&sample.office, &jpn).await;
    sample.office.acknowledge(&jpn, own[0].id).await.unwrap();
    let overdue = async |caller: &Caller| {
        let page = sample.office.recalls(caller, OVERDUE).await.unwrap();
        let parties = page.notices.into_iter();
        parties.map(|one| one.party.to_string()).collect::<Vec<_>>()
    };
    sample.clock.set(&due.to_string());
    assert!(overdue(&sample.chief).await.is_empty());
    sample.clock.step(1);
    assert_eq!(overdue(&sample.chief).await, ["KOR"]);
    assert_eq!(overdue(&kor).await, ["KOR"]);
    assert!(overdue(&jpn).await.is_empty());
    let late = notices(&sample.office, &kor).await;
    assert!(late[0].overdue);
    sample.office.acknowledge(&kor, late[0].id).await.unwrap();
    assert!(overdue(&sample.chief).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_come_in_pages() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    let objects: Vec<String> = (0..5).map(|n| version(n, 0, GREEN, false)).collect();
    sample.file(&sample.chief, &objects).await;
    for caller in [&jpn, &kor] {
        sample.read(caller).await.unwrap();
    }
    for number in 0..5 {
        let ended = sample
            .office
            .withdraw(&sample.chief, id(number), None, "wrong".into());
        ended.await.unwrap();
    }
    for (caller, count) in [(&jpn, 5), (&kor, 5), (&sample.chief, 10)] {
        let mut query = RecallQuery { limit: 2, ..ALL };
        let mut found = Vec::new();
        loop {
            let page = sample.office.recalls(caller, query).await.unwrap();
            assert!(page.notices.len() <= 2);
            query.after = page.notices.last().map(|last| last.id);
            found.extend(page.notices);
            if !page.more {
                break;
            }
        }
        assert_eq!(found, notices(&sample.office, caller).await);
        assert_eq!(found.len(), count);
    }
}
