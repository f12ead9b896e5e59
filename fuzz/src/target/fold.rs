//! The fold as it is kept in a snapshot: bytes that anybody may have altered.
//!
//! An input alters a fold that was saved, so that it stays an input whatever the layout becomes:
//! `how place length bytes`, again and again. `how` counts modulo four: put the bytes there,
//! mask what is there with them, cut from there as many as they are, or begin anew with them alone.
//! Places are of 24 bits, counted modulo the length.

use std::sync::LazyLock;

use legation_core::act::{
    AcknowledgeRecall, Act, Actor, AddClient, AddParty, Basis, Cause, Closing, DateSet, Entry,
    Extent, File, Open, Places, Recall, Receipt, Recipient, SignAgreement, TableAgreement,
    TellRecall, Withdraw,
};
use legation_core::entry::GENESIS;
use legation_core::id::{AgreementVersion, Digest, EntryNumber, NoticeId, RecordNumber};
use legation_core::label::Level;
use legation_core::party::{Status, Zone};
use legation_core::record::{Creator, Head, Meaning};
use legation_core::time::Instant;
use legation_core::view::Fold;

const AGREEMENT: &str = "+++\nid = \"nato-jpn\"\ntitle = \"Plan\"\nversion = 1\n\
    parties = [\"NATO\", \"JPN\"]\nin_force = 2020-01-01T00:00:00Z\n\
    until = 2030-01-01T00:00:00Z\n\n[[take]]\narticle = \"1\"\narea = \"cyber\"\n\
    up_to = \"RED\"\n+++\n# 1 Takes\n";

fn head(number: u32, version: i64, references: &[u32], meaning: Option<Meaning>) -> Head {
    let id = |number: u32| match number % 4 {
        3 => format!("text-{number}"),
        _ => format!("malware--{number:08x}-0000-4000-8000-000000000001"),
    };
    let parse = |number: &u32| id(*number).parse().expect("an id");
    let clear = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
    Head {
        id: parse(&number),
        version: Some(Instant::from_micros(version)),
        kind: "malware".parse().expect("a kind"),
        object_markings: vec![clear.parse().expect("an id")],
        granular_markings: if number.is_multiple_of(5) {
            vec![parse(&9)]
        } else {
            Vec::new()
        },
        references: references.iter().map(parse).collect(),
        meaning,
        digest: Digest::of(&number.to_le_bytes()),
        creator: (number.is_multiple_of(3) && !references.is_empty()).then_some(Creator {
            place: 0,
            alone: number.is_multiple_of(2),
        }),
        revoked: number.is_multiple_of(7),
        fixed_markings: if number.is_multiple_of(10) {
            vec![parse(&9)]
        } else {
            Vec::new()
        },
    }
}

fn file(records: Vec<Head>, status: u8) -> Act {
    Act::File(File {
        area: "cyber".parse().expect("an area"),
        originator: "NATO".parse().expect("a party"),
        status: [status; 16],
        records,
        unchanged: Vec::new(),
        refused: Vec::new(),
    })
}

fn acts() -> Vec<Act> {
    let party = |code: &str| code.parse().expect("a party");
    let agreement = || "nato-jpn".parse().expect("an id");
    let sign = |code| {
        Act::SignAgreement(SignAgreement {
            id: agreement(),
            version: AgreementVersion(1),
            party: party(code),
            fingerprint: "SHA256:a".into(),
            signature: String::new(),
        })
    };
    let many = (0..40).map(|n| head(n, 1, &[n + 1, n / 2], None)).collect();
    let release = |first, last, ahead| {
        let (first, last) = (Instant::from_micros(first), Instant::from_micros(last));
        Act::Release(Receipt {
            party: party("JPN"),
            area: "cyber".parse().expect("an area"),
            filter: "objects".into(),
            agreements: vec![Basis {
                agreement: agreement(),
                version: AgreementVersion(1),
            }],
            first,
            last,
            dates: DateSet::of([first, last]),
            extent: Extent::Bodies,
            ahead,
        })
    };
    vec![
        Act::Open(Open {
            alliance: party("NATO"),
            name: "NATO".into(),
            office: "Tokyo".into(),
            zone: Zone::utc(),
            seed: [1; 16],
            house: "[[ceiling]]\nup_to = \"RED\"\n".into(),
        }),
        Act::AddParty(AddParty {
            code: party("JPN"),
            name: "Japan".into(),
            status: Status::Partner,
            zone: Zone::utc(),
        }),
        Act::AddClient(AddClient {
            party: party("JPN"),
            name: "misp".parse().expect("a name"),
            secret: Digest::of(b"secret"),
        }),
        Act::TableAgreement(TableAgreement {
            file: AGREEMENT.into(),
        }),
        sign("NATO"),
        sign("JPN"),
        file(many, 1),
        file(vec![head(9, 2, &[], Some(Meaning::Level(Level::Amber)))], 2),
        file((30..60).map(|n| head(n, 2, &[n - 1], None)).collect(), 3),
        release(AT + 6_000_000, AT + 6_000_004, true),
        release(AT + 8_000_000, AT + 8_000_001, false),
        Act::Close(Closing {
            party: party("JPN"),
            receipt: EntryNumber(9),
            sent: Places::of([0]),
            answers: 1,
            last: Instant::from_micros(AT + 6_000_000),
        }),
        Act::Withdraw(Withdraw {
            records: vec![RecordNumber(3), RecordNumber(30)],
            reason: "a mistake".into(),
        }),
        Act::Recall(Recall {
            cause: Cause::Withdrawn,
            reason: "a mistake".into(),
            records: vec![RecordNumber(3), RecordNumber(30)],
            recipients: vec![Recipient {
                party: party("JPN"),
                records: vec![RecordNumber(3)],
            }],
            due: Instant::from_micros(AT + 100_000_000),
        }),
        Act::TellRecall(TellRecall {
            party: party("JPN"),
            notices: vec![NoticeId::of(&[1; 16], EntryNumber(13), &party("JPN"))],
        }),
        Act::AcknowledgeRecall(AcknowledgeRecall {
            party: party("JPN"),
            notice: NoticeId::of(&[1; 16], EntryNumber(13), &party("JPN")),
        }),
    ]
}

/// When the office was opened; an act a second.
const AT: i64 = 1_700_000_000_000_000;

/// A fold with something of everything, as it is saved.
static SAVED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut fold: Option<Fold> = None;
    for (number, act) in acts().into_iter().enumerate() {
        let at = Instant::from_micros(AT + number as i64 * 1_000_000);
        let entry = Entry::new(EntryNumber(number as u64), at, Actor::Office, act, GENESIS);
        match &mut fold {
            None => fold = Some(Fold::open(&entry).expect("it opens")),
            Some(fold) => fold.apply(&entry).expect("it follows"),
        }
    }
    fold.expect("an office").save()
});

pub(super) fn run(input: &[u8]) -> bool {
    let Ok(fold) = Fold::load(&altered(input)).inspect_err(|error| {
        assert!(error.code().starts_with("snapshot."));
    }) else {
        return false;
    };
    let saved = fold.save();
    let again = Fold::load(&saved).expect("what was loaded is saved such that it loads");
    assert!(again.save() == saved, "the same fold is saved in two ways");
    true
}

fn altered(mut input: &[u8]) -> Vec<u8> {
    let mut bytes = SAVED.clone();
    while let [how, a, b, c, length, rest @ ..] = input {
        let (with, rest) = rest.split_at((*length as usize).min(rest.len()));
        input = rest;
        let place = u32::from_be_bytes([0, *a, *b, *c]) as usize % bytes.len().max(1);
        let end = (place + with.len()).min(bytes.len());
        match how % 4 {
            0 => bytes[place..end].copy_from_slice(&with[..end - place]),
            1 => (place..end)
                .zip(with)
                .for_each(|(at, mask)| bytes[at] ^= mask),
            2 => drop(bytes.drain(place..end)),
            // What another build saved is refused at once: that is tried often enough.
            _ => bytes = [&SAVED[..16], with].concat(),
        }
    }
    bytes
}
