//! Measures the fold and the views at size: a million records by default, without bodies.
//!
//! Run by `cargo xtask bench`. Prints one line per figure; ratios are what counts, since machines
//! differ. It measures what is in memory; disk and network are measured elsewhere.

use std::time::Instant as Stopwatch;

use legation_core::act::{
    Act, Actor, AddParty, Basis, DateSet, Entry, Extent, File, Open, Receipt, SignAgreement,
    TableAgreement,
};
use legation_core::entry::GENESIS;
use legation_core::id::{Digest, EntryNumber, PartyCode};
use legation_core::party::{Status, Zone};
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_core::view::{Fold, Query, Versions};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";

struct Bench {
    entries: Vec<Entry>,
    fold: Option<Fold>,
    at: i64,
}

impl Bench {
    fn push(&mut self, act: Act) -> Outcome<()> {
        let number = EntryNumber(self.entries.len() as u64);
        self.at += 2_000;
        let entry = Entry::new(
            number,
            Instant::from_micros(self.at),
            Actor::Office,
            act,
            GENESIS,
        );
        match &mut self.fold {
            None => self.fold = Some(Fold::open(&entry)?),
            Some(fold) => fold.apply(&entry)?,
        }
        self.entries.push(entry);
        Ok(())
    }

    fn fold(&self) -> Outcome<&Fold> {
        self.fold.as_ref().ok_or_else(|| "not opened".into())
    }
}

fn agreement(party: &str, version: u32, up_to: &str) -> String {
    let take = format!("[[take]]\narticle = \"1\"\narea = \"cyber\"\nup_to = \"{up_to}\"\n");
    format!(
        "+++\nid = \"nato-{}\"\ntitle = \"t\"\nversion = {version}\nparties = [\"NATO\", \"{party}\"]\n\
         in_force = 1970-01-01T00:00:00Z\n{take}+++\n# 1 Terms\n",
        party.to_lowercase()
    )
}

fn sign(bench: &mut Bench, party: &PartyCode, version: u32, up_to: &str) -> Outcome<()> {
    let file = agreement(party.as_str(), version, up_to).into_bytes();
    bench.push(Act::TableAgreement(TableAgreement { file }))?;
    for signer in ["NATO".parse()?, party.clone()] {
        bench.push(Act::SignAgreement(SignAgreement {
            id: format!("nato-{}", party.as_str().to_lowercase()).parse()?,
            version: legation_core::id::AgreementVersion(version),
            party: signer,
            fingerprint: String::new(),
            signature: String::new(),
        }))?;
    }
    Ok(())
}

fn head(number: u32, hidden: bool) -> Outcome<Head> {
    let id = format!("indicator--{number:08x}-0000-4000-8000-{number:012x}").parse()?;
    let referred = format!(
        "malware--{:08x}-0000-4000-8000-{:012x}",
        number / 10,
        number / 10
    );
    Ok(Head {
        id,
        version: Some(Instant::from_micros(1)),
        kind: "indicator".parse()?,
        object_markings: vec![if hidden { AMBER } else { GREEN }.parse()?],
        granular_markings: Vec::new(),
        references: vec![referred.parse()?],
        meaning: None,
        digest: Digest::of(&number.to_be_bytes()),
    })
}

fn time(label: &str, runs: u32, mut work: impl FnMut()) -> f64 {
    let mut samples: Vec<f64> = (0..5)
        .map(|_| {
            let watch = Stopwatch::now();
            (0..runs).for_each(|_| work());
            watch.elapsed().as_secs_f64() / f64::from(runs)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let median = samples.get(2).copied().unwrap_or_default();
    println!("{label:<58} {:>12.1} us", median * 1e6);
    median
}

/// The dates of a page of 100 after a date.
fn read(fold: &Fold, party: &PartyCode, after: Option<Instant>) -> Vec<Instant> {
    let versions = Versions::default();
    let query = Query {
        after,
        until: None,
        ids: None,
        kinds: None,
        versions,
        limit: 100,
    };
    let Ok(area) = "cyber".parse() else {
        return Vec::new();
    };
    fold.page(party, &area, &query)
        .items
        .iter()
        .map(|item| item.date)
        .collect()
}

fn page(fold: &Fold, party: &PartyCode) -> usize {
    read(fold, party, None).len()
}

fn main() -> Outcome<()> {
    let records: u32 = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |n| n.parse())?;
    let parties: u32 = std::env::args().nth(2).map_or(Ok(100), |n| n.parse())?;
    let mut bench = Bench {
        entries: Vec::new(),
        fold: None,
        at: 1_700_000_000_000_000,
    };
    let house = "[[ceiling]]\nup_to = \"RED\"\n".to_owned();
    bench.push(Act::Open(Open {
        alliance: "NATO".parse()?,
        name: "NATO".into(),
        office: "Tokyo".into(),
        zone: Zone::utc(),
        seed: [0; 16],
        house,
    }))?;
    let codes: Vec<PartyCode> = (0..parties)
        .map(|n| format!("P{n}").parse())
        .collect::<Result<_, _>>()?;
    for (number, code) in codes.iter().enumerate() {
        let (name, zone, status) = (String::new(), Zone::utc(), Status::Partner);
        bench.push(Act::AddParty(AddParty {
            code: code.clone(),
            name,
            status,
            zone,
        }))?;
        // The first party takes everything, the others the one in a thousand that is GREEN.
        sign(
            &mut bench,
            code,
            1,
            if number == 0 { "AMBER" } else { "GREEN" },
        )?;
    }
    let watch = Stopwatch::now();
    for first in (0..records).step_by(1000) {
        let heads = (first..(first + 1000).min(records))
            .map(|number| head(number, number % 1000 != 0))
            .collect::<Outcome<Vec<_>>>()?;
        bench.push(Act::File(File {
            area: "cyber".parse()?,
            originator: "NATO".parse()?,
            status: [0; 16],
            records: heads,
            unchanged: Vec::new(),
            refused: Vec::new(),
        }))?;
    }
    println!("{records} records, {parties} parties");
    let filing = watch.elapsed().as_secs_f64();
    println!(
        "{:<58} {:>12.2} s",
        "filing, heads only, all views kept up", filing
    );

    let (all, few) = (codes.first().ok_or("none")?, codes.last().ok_or("none")?);
    let fold = bench.fold()?;
    let sees_all = time("page of 100, party that sees everything", 20, || {
        assert_eq!(page(fold, all), 100);
    });
    let sees_few = time("page of 100, party that sees 0.1 %", 20, || {
        assert!(page(fold, few) > 0);
    });
    println!("{:<58} {:>12.2}", "  ratio", sees_few / sees_all);

    // Receipts: 10,000 of 100 records each for one party, then who.
    let mut cursor = None;
    for _ in 0..10_000 {
        let page = read(bench.fold()?, all, cursor);
        cursor = page.last().copied();
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            continue;
        };
        bench.push(Act::Release(Receipt {
            party: all.clone(),
            area: "cyber".parse()?,
            filter: String::new(),
            agreements: vec![Basis {
                agreement: "nato-p0".parse()?,
                version: legation_core::id::AgreementVersion(1),
            }],
            first: *first,
            last: *last,
            dates: DateSet::of(page.iter().copied()),
            extent: Extent::Bodies,
            ahead: false,
        }))?;
    }
    let fold = bench.fold()?;
    let middle = legation_core::id::RecordNumber(records / 2);
    time("who: the receipts of one record among 10,000", 20, || {
        assert!(!fold.recipients(middle).is_empty());
    });
    time("why: the verdict on one record", 20, || {
        assert!(fold.explain(few, middle).is_some());
    });

    let watch = Stopwatch::now();
    sign(&mut bench, few, 2, "AMBER")?;
    let amended = watch.elapsed().as_secs_f64();
    println!(
        "{:<58} {:>12.1} us",
        "amendment in force: one party gains everything",
        amended * 1e6
    );
    assert_eq!(page(bench.fold()?, few), 100);

    let frames: Vec<Vec<u8>> = bench.entries.iter().map(Entry::encode).collect();
    let bytes: usize = frames.iter().map(Vec::len).sum();
    println!(
        "{:<58} {:>12.1} B",
        "journal frames, bytes a record",
        bytes as f64 / f64::from(records)
    );
    drop(bench);
    let watch = Stopwatch::now();
    let mut fold = Fold::open(&Entry::decode(frames.first().ok_or("none")?)?)?;
    for frame in frames.iter().skip(1) {
        fold.apply(&Entry::decode(frame)?)?;
    }
    println!(
        "{:<58} {:>12.2} s",
        "start: decode and fold the whole journal",
        watch.elapsed().as_secs_f64()
    );
    Ok(())
}
