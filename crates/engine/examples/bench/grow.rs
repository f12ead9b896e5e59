//! The fold and its views at size, without bodies, disk or network: what an act and a page cost in
//! memory as the office grows.
//!
//! One party takes everything, the others the one record in a thousand that is GREEN. Every record
//! refers to one that is not held, as a feed of indicators does.

use legation_core::act::{
    Act, Actor, AddParty, Basis, DateSet, Entry, Extent, File, Open, Receipt, SignAgreement,
    TableAgreement,
};
use legation_core::entry::GENESIS;
use legation_core::id::{AgreementVersion, Digest, EntryNumber, PartyCode, RecordNumber};
use legation_core::party::{Status, Zone};
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_core::view::{Fold, Page};

use crate::corpus::GREEN;
use crate::people::{Share, agreement};
use crate::venue::{ALL, cyber, query};
use crate::{Outcome, heap_bytes, seconds, tell};

const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";

/// Records of one filing.
const FILING: u32 = 1000;

/// Receipts of the party that sees everything, each of 100 records.
const RECEIPTS: usize = 10_000;

/// The frames of the journal are kept, to be folded again, up to so many records: beyond, they
/// would take more memory than the office.
const FRAMES_MAX: u32 = 1_000_000;

struct Journal {
    fold: Option<Fold>,
    frames: Option<Vec<Vec<u8>>>,
    next: u64,
    at: i64,
}

impl Journal {
    fn push(&mut self, act: Act) -> Outcome<()> {
        self.at += 2_000;
        let (number, at) = (EntryNumber(self.next), Instant::from_micros(self.at));
        let entry = Entry::new(number, at, Actor::Office, act, GENESIS);
        self.next += 1;
        match &mut self.fold {
            None => self.fold = Some(Fold::open(&entry)?),
            Some(fold) => fold.apply(&entry)?,
        }
        if let Some(frames) = &mut self.frames {
            frames.push(entry.encode());
        }
        Ok(())
    }

    fn fold(&self) -> Outcome<&Fold> {
        self.fold.as_ref().ok_or_else(|| "not opened".into())
    }

    fn table(&mut self, party: &PartyCode, version: u32, share: Share) -> Outcome<Act> {
        let file = agreement(party.as_str(), version, share).into_bytes();
        self.push(Act::TableAgreement(TableAgreement { file }))?;
        let signed = |signer: PartyCode| -> Outcome<Act> {
            Ok(Act::SignAgreement(SignAgreement {
                id: format!("nato-{}", party.as_str().to_lowercase()).parse()?,
                version: AgreementVersion(version),
                party: signer,
                fingerprint: String::new(),
                signature: String::new(),
            }))
        };
        self.push(signed("NATO".parse()?)?)?;
        signed(party.clone())
    }
}

fn head(number: u32) -> Outcome<Head> {
    let marking = if number.is_multiple_of(1000) {
        GREEN
    } else {
        AMBER
    };
    let other = number / 10;
    Ok(Head {
        id: format!("indicator--{number:08x}-0000-4000-8000-{number:012x}").parse()?,
        version: Some(Instant::from_micros(1)),
        kind: "indicator".parse()?,
        object_markings: vec![marking.parse()?],
        granular_markings: Vec::new(),
        references: vec![format!("malware--{other:08x}-0000-4000-8000-{other:012x}").parse()?],
        meaning: None,
        digest: Digest::of(&number.to_be_bytes()),
        creator: None,
        revoked: false,
        fixed_markings: Vec::new(),
    })
}

fn page(fold: &Fold, party: &PartyCode, after: Option<Instant>, limit: usize) -> Outcome<Page> {
    Ok(fold.page(party, &cyber()?, &query(after, limit)))
}

pub(crate) fn measure(records: u32, parties: u32, runs: u32) -> Outcome<()> {
    let before = heap_bytes();
    let mut journal = Journal {
        fold: None,
        frames: (records <= FRAMES_MAX).then(Vec::new),
        next: 0,
        at: 1_700_000_000_000_000,
    };
    let codes = open(&mut journal, parties)?;
    let filing = seconds(|| {
        for first in (0..records).step_by(FILING as usize) {
            let heads = (first..(first + FILING).min(records)).map(head);
            journal.push(Act::File(File {
                area: cyber()?,
                originator: "NATO".parse()?,
                status: [0; 16],
                records: heads.collect::<Outcome<_>>()?,
                unchanged: Vec::new(),
                refused: Vec::new(),
            }))?;
        }
        Ok(())
    })?;
    tell("filing", &[filing / f64::from(records)]);
    let frames = journal.frames.iter().flatten();
    let kept: usize = frames
        .map(|frame| frame.capacity() + size_of::<Vec<u8>>())
        .sum();
    tell(
        "heap",
        &[(heap_bytes() - before - kept as f64) / f64::from(records)],
    );

    let (all, few) = (codes.first().ok_or("none")?, codes.last().ok_or("none")?);
    measure_pages(journal.fold()?, all, few, runs)?;
    write_receipts(&mut journal, all)?;
    measure_audit(journal.fold()?, few, records, runs)?;
    measure_amendments(&mut journal, few, runs)?;
    measure_start(journal)
}

/// Opens the office and admits the parties: the first takes everything.
fn open(journal: &mut Journal, parties: u32) -> Outcome<Vec<PartyCode>> {
    journal.push(Act::Open(Open {
        alliance: "NATO".parse()?,
        name: "NATO".into(),
        office: "Tokyo".into(),
        zone: Zone::utc(),
        seed: [0; 16],
        house: "[[ceiling]]\nup_to = \"RED\"\n".to_owned(),
    }))?;
    let mut codes = Vec::new();
    for number in 0..parties {
        let code: PartyCode = format!("P{number}").parse()?;
        journal.push(Act::AddParty(AddParty {
            code: code.clone(),
            name: String::new(),
            status: Status::Partner,
            zone: Zone::utc(),
        }))?;
        let share = if number == 0 { Share::All } else { Share::Few };
        let last = journal.table(&code, 1, share)?;
        journal.push(last)?;
        codes.push(code);
    }
    Ok(codes)
}

/// Samples of the mean time of some work, done often enough to be timed.
fn samples(runs: u32, often: u32, mut work: impl FnMut(u32) -> Outcome<()>) -> Outcome<Vec<f64>> {
    let mut samples = Vec::new();
    for _ in 0..runs {
        let spent = seconds(|| (0..often).try_for_each(&mut work))?;
        samples.push(spent / f64::from(often));
    }
    Ok(samples)
}

fn measure_pages(fold: &Fold, all: &PartyCode, few: &PartyCode, runs: u32) -> Outcome<()> {
    for (name, party) in [("page_all", all), ("page_few", few)] {
        let count = fold.count(party, &cyber()?) as usize;
        // From the middle of the view: what lies before it should cost nothing.
        let half = page(fold, party, None, count / 2)?;
        let after = half.items.last().map(|item| item.date);
        let read = |_| page(fold, party, after, 100).map(|page| drop(std::hint::black_box(page)));
        tell(name, &samples(runs, 50, read)?);
    }
    for limit in [10, 100, 1_000, 10_000] {
        let read = |_| page(fold, all, None, limit).map(|page| drop(std::hint::black_box(page)));
        tell(&format!("page_of_{limit}"), &samples(runs, 20, read)?);
    }
    Ok(())
}

/// Receipts for one page after the other, again from the beginning when the view ends.
fn write_receipts(journal: &mut Journal, party: &PartyCode) -> Outcome<()> {
    let mut after = None;
    for _ in 0..RECEIPTS {
        let read = page(journal.fold()?, party, after, 100)?;
        let dates: Vec<Instant> = read.items.iter().map(|item| item.date).collect();
        after = dates.last().copied().filter(|_| read.more);
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
            continue;
        };
        journal.push(Act::Release(Receipt {
            party: party.clone(),
            area: cyber()?,
            filter: String::new(),
            agreements: vec![Basis {
                agreement: "nato-p0".parse()?,
                version: AgreementVersion(1),
            }],
            first: *first,
            last: *last,
            dates: DateSet::of(dates.iter().copied()),
            extent: Extent::Bodies,
            ahead: false,
        }))?;
    }
    Ok(())
}

fn measure_audit(fold: &Fold, few: &PartyCode, records: u32, runs: u32) -> Outcome<()> {
    let spread = |at: u32| RecordNumber((records / 21) * (at + 1));
    let who = |at| {
        std::hint::black_box(fold.recipients(spread(at)));
        std::hint::black_box(fold.could(spread(at)));
        Ok(())
    };
    tell("who", &samples(runs, 20, who)?);
    let why = |at| {
        std::hint::black_box(fold.explain(few, spread(at)));
        Ok(())
    };
    tell("why", &samples(runs, 20, why)?);
    Ok(())
}

/// One party gains everything, then loses all but what it had: until its page has been read.
fn measure_amendments(journal: &mut Journal, few: &PartyCode, runs: u32) -> Outcome<()> {
    // With one party alone it is the one that sees everything already.
    if few.as_str() == ALL {
        return Ok(());
    }
    let (mut gains, mut losses, mut version) = (Vec::new(), Vec::new(), 1);
    for _ in 0..runs {
        for (share, samples) in [(Share::All, &mut gains), (Share::Few, &mut losses)] {
            version += 1;
            let last = journal.table(few, version, share)?;
            samples.push(seconds(|| {
                journal.push(last)?;
                page(journal.fold()?, few, None, 100)
            })?);
        }
    }
    tell("amend_gain", &gains);
    tell("amend_lose", &losses);
    Ok(())
}

/// Decodes and folds the whole journal again.
fn measure_start(journal: Journal) -> Outcome<()> {
    let Some(frames) = journal.frames else {
        return Ok(());
    };
    drop(journal.fold);
    let spent = seconds(|| {
        let mut fold = Fold::open(&Entry::decode(frames.first().ok_or("no frames")?)?)?;
        for frame in frames.iter().skip(1) {
            fold.apply(&Entry::decode(frame)?)?;
        }
        Ok(())
    })?;
    tell("refold", &[spent]);
    Ok(())
}
