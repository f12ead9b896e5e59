//! Recalls in the fold: whose notice is whose, in which order it is told and acknowledged, what is
//! open, and what no journal of this program says.

use legation_core::act::{
    AcknowledgeRecall, Act, Actor, Cause, Entry, Recall, Recipient, TellRecall,
};
use legation_core::entry::GENESIS;
use legation_core::id::{EntryNumber, NoticeId, RecordNumber};
use legation_core::party::Status;
use legation_core::view::Fold;
use legation_testkit::history::code;
use legation_testkit::stage::Stage;
use legation_testkit::world::filing::head;

const HOUR: i64 = 3_600_000_000;

/// An office that has filed three records.
fn office() -> Stage {
    let mut stage = Stage::open(&[("JPN", Status::Partner), ("KOR", Status::Partner)]);
    let heads = ["indicator--1", "indicator--2", "malware--1"].map(head);
    stage.file("NATO", "cyber", heads.to_vec());
    stage.wait(HOUR);
    stage
}

fn recall(stage: &Stage, cause: Cause, recipients: &[(&str, &[u32])]) -> Act {
    let numbers = |all: &[u32]| all.iter().copied().map(RecordNumber).collect::<Vec<_>>();
    let mut records: Vec<u32> = recipients.iter().flat_map(|one| one.1).copied().collect();
    records.sort_unstable();
    records.dedup();
    Act::Recall(Recall {
        cause,
        reason: "wrong".into(),
        records: numbers(&records),
        recipients: recipients
            .iter()
            .map(|(party, records)| Recipient {
                party: code(party),
                records: numbers(records),
            })
            .collect(),
        due: stage.now.plus_micros(72 * HOUR),
    })
}

fn tell(party: &str, notice: NoticeId) -> Act {
    Act::TellRecall(TellRecall {
        party: code(party),
        notices: vec![notice],
    })
}

fn acknowledge(party: &str, notice: NoticeId) -> Act {
    Act::AcknowledgeRecall(AcknowledgeRecall {
        party: code(party),
        notice,
    })
}

fn notice_of(stage: &Stage, party: &str) -> NoticeId {
    let state = stage.fold.state();
    state.notices_of(&code(party), None).last().unwrap().id
}

/// The code with which a fold refuses an act that no office would have written.
fn refusal(stage: &Stage, act: Act) -> &'static str {
    let next = EntryNumber(stage.history.entries().len() as u64);
    let entry = Entry::new(next, stage.now, Actor::Office, act, GENESIS);
    let mut fold = stage.fold.clone();
    fold.apply(&entry).unwrap_err().code()
}

#[test]
fn each_recipient_has_a_notice_of_its_own() {
    let mut stage = office();
    stage.act(recall(
        &stage,
        Cause::Withdrawn,
        &[("JPN", &[0, 2]), ("KOR", &[2])],
    ));
    let state = stage.fold.state();
    let all: Vec<_> = state.notices(None).collect();
    assert_eq!(all.len(), 2);
    for (notice, (party, records)) in all.iter().zip([("JPN", vec![0, 2]), ("KOR", vec![2])]) {
        assert_eq!(*notice.party, code(party));
        let found: Vec<u32> = notice.records.iter().map(|one| one.0).collect();
        assert_eq!(found, records);
        assert_eq!((notice.told, notice.acknowledged), (None, None));
        assert_eq!(notice.due, stage.now.plus_micros(72 * HOUR));
        let own: Vec<_> = state.notices_of(&code(party), None).collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].id, notice.id);
        assert_eq!(state.notice(notice.id).unwrap().party, notice.party);
    }
    assert_ne!(all[0].id, all[1].id);
    assert_eq!(state.notices_of(&code("NATO"), None).count(), 0);
    assert_eq!(state.notices_of(&code("XYZ"), None).count(), 0);
    // Whoever goes on from a notice gets what comes after it.
    assert_eq!(state.notices(Some(all[0].id)).count(), 1);
    assert_eq!(state.notices(Some(all[1].id)).count(), 0);
    assert_eq!(state.notices_of(&code("JPN"), Some(all[0].id)).count(), 0);
}

#[test]
fn a_notice_is_told_then_acknowledged_and_open_until_then() {
    let mut stage = office();
    stage.act(recall(
        &stage,
        Cause::Erased,
        &[("JPN", &[0]), ("KOR", &[0])],
    ));
    let (jpn, kor) = (notice_of(&stage, "JPN"), notice_of(&stage, "KOR"));
    let due = stage.now.plus_micros(72 * HOUR);
    let open = |stage: &Stage, at| stage.fold.state().open_notices(at);
    assert_eq!(open(&stage, due), (2, 0));
    assert_eq!(open(&stage, due.plus_micros(1)), (2, 2));
    assert_eq!(refusal(&stage, acknowledge("JPN", jpn)), "fold.no-notice");
    stage.wait(HOUR);
    stage.act(tell("JPN", jpn));
    assert_eq!(refusal(&stage, tell("JPN", jpn)), "fold.no-notice");
    stage.wait(HOUR);
    stage.act(acknowledge("JPN", jpn));
    assert_eq!(refusal(&stage, acknowledge("JPN", jpn)), "fold.no-notice");
    let notice = stage.fold.state().notice(jpn).unwrap();
    let marks = [notice.told, notice.acknowledged].map(|mark| mark.unwrap().at);
    assert_eq!(marks, [stage.now.plus_micros(-HOUR), stage.now]);
    assert!(!notice.is_overdue(due.plus_micros(1)));
    let other = stage.fold.state().notice(kor).unwrap();
    assert!(!other.is_overdue(due));
    assert!(other.is_overdue(due.plus_micros(1)));
    assert_eq!(open(&stage, due.plus_micros(1)), (1, 1));
    // What was saved on the way is what the entries come to.
    let saved = stage.fold.save();
    let loaded = Fold::load(&saved).unwrap();
    assert_eq!(loaded.save(), saved);
    assert_eq!(loaded.state().open_notices(due.plus_micros(1)), (1, 1));
    let again = loaded.state().notice(jpn).unwrap();
    assert_eq!(again.acknowledged, notice.acknowledged);
}

#[test]
fn nobody_speaks_for_another() {
    let mut stage = office();
    stage.act(recall(&stage, Cause::Withdrawn, &[("JPN", &[0])]));
    let notice = notice_of(&stage, "JPN");
    for party in ["KOR", "NATO", "XYZ"] {
        assert_eq!(refusal(&stage, tell(party, notice)), "fold.no-notice");
        assert_eq!(
            refusal(&stage, acknowledge(party, notice)),
            "fold.no-notice"
        );
    }
    let never = NoticeId::of(&[9; 16], EntryNumber(1), &code("JPN"));
    assert_eq!(refusal(&stage, tell("JPN", never)), "fold.no-notice");
}

#[test]
fn a_stronger_cause_covers_a_weaker_one() {
    let mut stage = office();
    let causes = [Cause::Revoked, Cause::Withdrawn, Cause::Erased];
    let is = |stage: &Stage| {
        let state = stage.fold.state();
        causes.map(|cause| state.is_recalled(&code("JPN"), RecordNumber(0), cause))
    };
    assert_eq!(is(&stage), [false; 3]);
    stage.act(recall(&stage, Cause::Withdrawn, &[("JPN", &[0])]));
    assert_eq!(is(&stage), [true, true, false]);
    stage.act(recall(&stage, Cause::Revoked, &[("JPN", &[0])]));
    assert_eq!(is(&stage), [true, true, false]);
    stage.act(recall(&stage, Cause::Erased, &[("JPN", &[0])]));
    assert_eq!(is(&stage), [true; 3]);
    let state = stage.fold.state();
    assert!(!state.is_recalled(&code("KOR"), RecordNumber(0), Cause::Revoked));
    assert!(!state.is_recalled(&code("JPN"), RecordNumber(1), Cause::Revoked));
}

#[test]
fn what_no_office_writes_is_refused() {
    let stage = office();
    let of = |recipients: &[(&str, &[u32])]| recall(&stage, Cause::Withdrawn, recipients);
    for (act, wanted) in [
        (of(&[]), "fold.recall"),
        (of(&[("JPN", &[])]), "fold.recall"),
        (of(&[("JPN", &[3])]), "fold.recall"),
        (of(&[("JPN", &[1, 0])]), "fold.recall"),
        (of(&[("JPN", &[0, 0])]), "fold.recall"),
        (of(&[("KOR", &[0]), ("JPN", &[0])]), "fold.recall"),
        (of(&[("JPN", &[0]), ("JPN", &[0])]), "fold.recall"),
        (of(&[("XYZ", &[0])]), "fold.unknown-party"),
    ] {
        assert_eq!(refusal(&stage, act.clone()), wanted, "{act:?}");
    }
    let Act::Recall(mut more) = of(&[("JPN", &[0])]) else {
        unreachable!()
    };
    more.recipients[0].records.push(RecordNumber(1));
    assert_eq!(refusal(&stage, Act::Recall(more)), "fold.recall");
}
