//! Writes those inputs of the corpora that nobody writes by hand: entries, and what a log signs.
//!
//! `cargo run -p legation-fuzz --example seed` writes them anew. Inputs that a run found, and those
//! written by hand, stay as they are.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program for developers: it stops where something is wrong"
)]

use std::fs;

use legation_core::act::{
    AcknowledgeRecall, Act, Actor, AddClient, AddKey, AddParty, AddPerson, Basis, Cause, Closing,
    DateSet, Entry, Erase, Extent, File, Named, Open, Places, Recall, Receipt, Recipient, Refusal,
    ResumeAgreement, RevokeClient, RevokeKey, Role, SetHouse, SignAgreement, SignIn,
    SuspendAgreement, TableAgreement, TellRecall, TerminateAgreement, Withdraw,
};
use legation_core::entry::GENESIS;
use legation_core::id::{AgreementVersion, Digest, EntryNumber, NoticeId, RecordNumber};
use legation_core::label::Level;
use legation_core::party::{Status, Zone};
use legation_core::record::{Creator, Head, Meaning};
use legation_core::time::Instant;
use legation_fuzz::{corpus_dir, snapshot_of, stored_values};
use legation_tree::{
    Appender, Checkpoint, Note, NoteSigner, TlogProof, consistency_proof, encode_bundle,
    inclusion_proof, leaf_hash,
};

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let dir = corpus_dir(target);
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(name), bytes).unwrap();
}

fn main() {
    entries();
    log();
    proofs();
    cursors();
    disks();
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

#[expect(clippy::too_many_lines, reason = "one of each act")]
fn acts() -> Vec<(&'static str, Act)> {
    let jpn = || "JPN".parse().unwrap();
    let digest = Digest::of(b"x");
    let head = |meaning| Head {
        id: "indicator--00000000-0000-4000-8000-000000000001"
            .parse()
            .unwrap(),
        version: Some(at("2024-05-01T08:00:00Z")),
        kind: "indicator".parse().unwrap(),
        object_markings: vec!["marking-definition--a".parse().unwrap()],
        granular_markings: Vec::new(),
        references: vec![
            "malware--b".parse().unwrap(),
            "identity--c".parse().unwrap(),
        ],
        meaning,
        digest,
        creator: Some(Creator {
            place: 1,
            alone: true,
        }),
        revoked: false,
        fixed_markings: Vec::new(),
    };
    let agreement = || "nato-jpn".parse().unwrap();
    vec![
        (
            "open",
            Act::Open(Open {
                alliance: "NATO".parse().unwrap(),
                name: "NATO".into(),
                office: "Tokyo".into(),
                zone: Zone::utc(),
                seed: [1; 16],
                house: "[[ceiling]]\nup_to = \"RED\"\n".into(),
            }),
        ),
        (
            "add-party",
            Act::AddParty(AddParty {
                code: jpn(),
                name: "Japan".into(),
                status: Status::Partner,
                zone: "Asia/Tokyo".parse().unwrap(),
            }),
        ),
        (
            "add-key",
            Act::AddKey(AddKey {
                party: jpn(),
                line: "ssh-ed25519 AAAA".into(),
                fingerprint: "SHA256:a".into(),
            }),
        ),
        (
            "revoke-key",
            Act::RevokeKey(RevokeKey {
                party: jpn(),
                fingerprint: "SHA256:a".into(),
            }),
        ),
        (
            "add-client",
            Act::AddClient(AddClient {
                party: jpn(),
                name: "misp".parse().unwrap(),
                secret: digest,
            }),
        ),
        (
            "revoke-client",
            Act::RevokeClient(RevokeClient {
                party: jpn(),
                name: "misp".parse().unwrap(),
            }),
        ),
        (
            "add-person",
            Act::AddPerson(AddPerson {
                party: jpn(),
                name: "anna.berg".parse().unwrap(),
                role: Role::Delegate,
                link: Some(digest),
                token: None,
            }),
        ),
        (
            "sign-in",
            Act::SignIn(SignIn {
                party: jpn(),
                name: "anna.berg".parse().unwrap(),
                token: digest,
            }),
        ),
        (
            "set-house",
            Act::SetHouse(SetHouse {
                text: "# none\n".into(),
            }),
        ),
        (
            "table",
            Act::TableAgreement(TableAgreement {
                file: b"+++\n+++\n".to_vec(),
            }),
        ),
        (
            "sign",
            Act::SignAgreement(SignAgreement {
                id: agreement(),
                version: AgreementVersion(1),
                party: jpn(),
                fingerprint: "SHA256:a".into(),
                signature: "-----BEGIN SSH SIGNATURE-----".into(),
            }),
        ),
        (
            "suspend",
            Act::SuspendAgreement(SuspendAgreement {
                id: agreement(),
                reason: "why".into(),
            }),
        ),
        (
            "resume",
            Act::ResumeAgreement(ResumeAgreement {
                id: agreement(),
                reason: "why".into(),
            }),
        ),
        (
            "terminate",
            Act::TerminateAgreement(TerminateAgreement {
                id: agreement(),
                effective: at("2027-01-01T00:00:00Z"),
                reason: "why".into(),
            }),
        ),
        (
            "file",
            Act::File(File {
                area: "cyber".parse().unwrap(),
                originator: jpn(),
                status: [2; 16],
                records: vec![head(None), head(Some(Meaning::Level(Level::Amber)))],
                unchanged: vec![Named {
                    id: "a".parse().unwrap(),
                    version: None,
                }],
                refused: vec![Refusal {
                    index: 3,
                    id: Some("b".into()),
                    version: None,
                    code: "stix.missing".into(),
                    text: "no id".into(),
                }],
            }),
        ),
        (
            "withdraw",
            Act::Withdraw(Withdraw {
                records: vec![RecordNumber(1)],
                reason: "why".into(),
            }),
        ),
        (
            "erase",
            Act::Erase(Erase {
                records: vec![RecordNumber(1)],
                reason: "law".into(),
            }),
        ),
        (
            "release",
            Act::Release(Receipt {
                party: jpn(),
                area: "cyber".parse().unwrap(),
                filter: "objects".into(),
                agreements: vec![Basis {
                    agreement: agreement(),
                    version: AgreementVersion(2),
                }],
                first: Instant::from_micros(10),
                last: Instant::from_micros(900),
                dates: DateSet::of([10, 11, 12, 900].map(Instant::from_micros)),
                extent: Extent::Bodies,
                ahead: true,
            }),
        ),
        (
            "close",
            Act::Close(Closing {
                party: jpn(),
                receipt: EntryNumber(7),
                sent: Places::of([0, 1, 3]),
                answers: 2,
                last: Instant::from_micros(901),
            }),
        ),
        (
            "recall",
            Act::Recall(Recall {
                cause: Cause::Erased,
                reason: "law".into(),
                records: vec![RecordNumber(1), RecordNumber(4)],
                recipients: vec![Recipient {
                    party: jpn(),
                    records: vec![RecordNumber(4)],
                }],
                due: Instant::from_micros(1000),
            }),
        ),
        (
            "tell-recall",
            Act::TellRecall(TellRecall {
                party: jpn(),
                notices: vec![notice()],
            }),
        ),
        (
            "acknowledge-recall",
            Act::AcknowledgeRecall(AcknowledgeRecall {
                party: jpn(),
                notice: notice(),
            }),
        ),
    ]
}

fn notice() -> NoticeId {
    NoticeId::of(&[7; 16], EntryNumber(19), &"JPN".parse().unwrap())
}

fn entries() {
    for (number, (name, act)) in acts().into_iter().enumerate() {
        let actor = match number % 3 {
            0 => Actor::Office,
            1 => Actor::Client("JPN".parse().unwrap(), "misp".parse().unwrap()),
            _ => Actor::Person("NATO".parse().unwrap(), "chief".parse().unwrap()),
        };
        let number = EntryNumber(number as u64);
        let entry = Entry::new(number, at("2024-05-01T08:00:00Z"), actor, act, GENESIS);
        write("entry", &format!("{name}.cbor"), entry.encode());
        if name == "close" {
            let frame = entry.encode();
            write("entry", "cut.cbor", &frame[..frame.len() / 2]);
        }
    }
}

fn log() {
    const ORIGIN: &str = "log.example/tokyo";
    let signer = NoteSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    let other = NoteSigner::from_seed("log.example/oslo", &[2; 32]).unwrap();
    let mut tree = Appender::empty();
    let mut signed = Vec::new();
    for size in 0..10 {
        let checkpoint = Checkpoint::new(ORIGIN, size, tree.root()).unwrap();
        signed.push(checkpoint.sign(&signer));
        if size == 5 {
            write("checkpoint", "bare.txt", checkpoint.to_string());
            write("checkpoint", "by-another.txt", checkpoint.sign(&other));
        }
        tree.append(leaf_hash(b"leaf"));
    }
    write("checkpoint", "empty.txt", &signed[0]);
    write("checkpoint", "nine.txt", &signed[9]);
    write(
        "checkpoint",
        "extended.txt",
        format!("{ORIGIN}\n1\n{}\nmore\n", leaf_hash(b"leaf")),
    );
    write("checkpoint", "cut.txt", &signed[9][..60]);

    let mut note = Note::new("a text\n\nof two parts\n").unwrap();
    note.sign(&signer);
    note.sign(&other);
    write("note", "two.txt", note.to_string());
    write("note", "checkpoint.txt", &signed[3]);
    write("note", "unsigned.txt", "a text\n");
    write("verifier-key", "tokyo.txt", signer.vkey());
    write("verifier-key", "oslo.txt", other.vkey());
    write(
        "verifier-key",
        "wrong-id.txt",
        signer.vkey().replacen('+', "+0", 1),
    );

    let tiles: std::collections::BTreeMap<_, _> = tree.take_dirty_tiles().into_iter().collect();
    let file = |size: u64, index: u64, extra| TlogProof {
        extra,
        index,
        hashes: inclusion_proof(index, size, &tiles).unwrap(),
        checkpoint: signed[size as usize].clone(),
    };
    write(
        "proof-file",
        "nine.tlog-proof",
        file(9, 4, None).to_string(),
    );
    write(
        "proof-file",
        "extra.tlog-proof",
        file(6, 5, Some(b"extra".to_vec())).to_string(),
    );
    write("proof-file", "one.tlog-proof", file(1, 0, None).to_string());
    write(
        "proof-file",
        "none.tlog-proof",
        "c2sp.org/tlog-proof@v1\nindex 01\n\n",
    );

    write(
        "bundle",
        "three.bin",
        encode_bundle([b"a" as &[u8], b"", &[7; 300]]).unwrap(),
    );
    write("bundle", "empty.bin", "");
    write(
        "bundle",
        "full.bin",
        encode_bundle([b"x" as &[u8]; 256]).unwrap(),
    );
    write("bundle", "cut.bin", [0, 5, 1, 2]);
}

/// Zeroes stand for the honest hashes; see the target.
fn proofs() {
    let mut tree = Appender::empty();
    (0..300_u64).for_each(|n| tree.append(leaf_hash(&n.to_be_bytes())));
    let tiles: std::collections::BTreeMap<_, _> = tree.take_dirty_tiles().into_iter().collect();
    for (size, index, old) in [(1, 0, 1), (9, 4, 6), (64, 63, 32), (255, 200, 129)] {
        for sort in 0..4_u8 {
            let real = u64::from(size) + if sort & 2 == 0 { 0 } else { 45 };
            let hashes = if sort & 1 == 0 {
                inclusion_proof(u64::from(index), real, &tiles)
                    .unwrap()
                    .len()
            } else {
                consistency_proof(u64::from(old), real, &tiles)
                    .unwrap()
                    .len()
            };
            let mut bytes = vec![size, index, old, sort];
            bytes.extend(vec![0; 32 * hashes]);
            write("proof", &format!("{size}-{sort}.bin"), bytes);
        }
    }
    write("proof", "short.bin", [9, 4, 6, 0, 1, 2, 3]);
}

fn cursors() {
    for (name, after, until, text) in [
        ("plain", 5_i64, 9_i64, "AAAAAAAAAAAA"),
        ("bounds", i64::MIN, i64::MAX, ""),
        (
            "masked",
            1_700_000_000_000_000,
            1_800_000_000_000_000,
            "\u{1}",
        ),
    ] {
        let mut bytes = after.to_be_bytes().to_vec();
        bytes.extend(until.to_be_bytes());
        bytes.extend(text.as_bytes());
        write("cursor", &format!("{name}.bin"), bytes);
    }
}

/// The journal itself is made by the target: these say which value is bent, and how.
fn disks() {
    for (name, table, place, how, bytes) in [
        ("entry-replaced", 1, 3, 0, b"\0\0short" as &[u8]),
        ("entry-masked", 1, 9, 1, b"\0\0\0\0\0\0\0\0\x01"),
        ("entry-cut", 1, 4, 2, b"\x20"),
        ("entry-gone", 1, 5, 3, b""),
        ("body-masked", 2, 0, 1, b"\x80"),
        ("block-masked", 3, 0, 1, b"\0\0\0\0\xff\xff"),
        ("block-cut", 3, 1, 2, b"\x05"),
        ("block-longer", 3, 0, 4, b"more"),
        ("gone-masked", 4, 0, 1, b"\x7f"),
        ("meta-head", 0, 2, 1, b"\0\0\0\0\0\0\x7f"),
        ("meta-format", 0, 1, 1, b"\0\0\0\x08"),
        ("meta-checkpoint", 0, 0, 0, b"\xff\xfe"),
        ("row-replaced", 5, 2, 0, b"another"),
        ("tile-cut", 6, 0, 2, b"\x21"),
        ("nothing-there", 1, 200, 3, b""),
    ] {
        let mut input = vec![table, place, how];
        input.extend(bytes);
        write("journal", &format!("{name}.bin"), input);
    }
    for (n, value) in stored_values().into_iter().enumerate() {
        write("value", &format!("{n}.bin"), &value);
    }
    write("value", "short.bin", [1, 2, 3]);
    for (name, input) in [
        ("as-it-is.bin", &b""[..]),
        (
            "a-length.bin",
            b"\0\0\0\x18\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
        ),
        ("a-column.bin", b"\x01\x00\x07\x00\x04\x01\x01\x01\x01"),
        ("its-end.bin", b"\x02\xff\xff\xff\x01x"),
        ("the-body.bin", b"\x01\x00\x03\x00\x02\x80\x01"),
        (
            "alone.bin",
            b"\x03\0\0\0\x10\x19\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ),
    ] {
        write("fold", name, input);
    }
    let whole = snapshot_of(5, b"what was saved");
    write("snapshot", "whole.bin", &whole);
    write("snapshot", "empty.bin", snapshot_of(0, b""));
    write("snapshot", "all.bin", snapshot_of(12, &[7; 300]));
    write("snapshot", "cut.bin", &whole[..whole.len() - 5]);
    let mut bent = whole;
    bent[20] ^= 1;
    write("snapshot", "of-another-journal.bin", bent);
    write("snapshot", "foreign.bin", "text");
}
