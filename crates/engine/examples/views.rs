//! Measures the gate and the views at size, in memory: filing, amendments, house rules, pages.
//!
//! `views [RECORDS] [PARTIES] [same|own]`: `same` has all parties but the first take the same, `own`
//! gives each terms of its own. Prints one line per figure. Nothing of disk or network is in it.

use std::time::Instant as Stopwatch;

use legation_core::act::{Act, Actor, AddParty, Entry, File, Open, SetHouse, SignAgreement};
use legation_core::act::{SuspendAgreement, TableAgreement};
use legation_core::entry::GENESIS;
use legation_core::id::{AgreementVersion, AreaName, Digest, EntryNumber, PartyCode, RecordNumber};
use legation_core::party::{Status, Zone};
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_core::view::{Fold, Page, Query, Versions};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
const KINDS: [&str; 40] = [
    "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11", "k12", "k13", "k14",
    "k15", "k16", "k17", "k18", "k19", "k20", "k21", "k22", "k23", "k24", "k25", "k26", "k27",
    "k28", "k29", "k30", "k31", "k32", "k33", "k34", "k35", "k36", "k37", "k38", "k39",
];

struct World {
    fold: Fold,
    next: u64,
    at: i64,
    area: AreaName,
}

impl World {
    fn push(&mut self, act: Act) -> Outcome<f64> {
        self.at += 5_000;
        let at = Instant::from_micros(self.at);
        let entry = Entry::new(EntryNumber(self.next), at, Actor::Office, act, GENESIS);
        self.next += 1;
        let watch = Stopwatch::now();
        self.fold.apply(&entry)?;
        Ok(watch.elapsed().as_secs_f64())
    }

    fn table(&mut self, party: &PartyCode, version: u32, take: &str) -> Outcome<f64> {
        let lower = party.as_str().to_lowercase();
        let file = format!(
            "+++\nid = \"nato-{lower}\"\ntitle = \"t\"\nversion = {version}\n\
             parties = [\"NATO\", \"{party}\"]\nin_force = 1970-01-01T00:00:00Z\n\
             [[take]]\narticle = \"1\"\narea = \"cyber\"\n{take}+++\n# 1 Terms\n"
        );
        let mut took = self.push(Act::TableAgreement(TableAgreement {
            file: file.into_bytes(),
        }))?;
        for signer in ["NATO".parse()?, party.clone()] {
            took += self.push(Act::SignAgreement(SignAgreement {
                id: format!("nato-{lower}").parse()?,
                version: AgreementVersion(version),
                party: signer,
                fingerprint: String::new(),
                signature: String::new(),
            }))?;
        }
        Ok(took)
    }

    fn file(&mut self, records: Vec<Head>) -> Outcome<f64> {
        self.push(Act::File(File {
            area: self.area.clone(),
            originator: "NATO".parse()?,
            status: [0; 16],
            records,
            unchanged: Vec::new(),
            refused: Vec::new(),
        }))
    }

    fn page(&self, party: &PartyCode, query: &Query) -> Page {
        self.fold.page(party, &self.area, query)
    }
}

fn id(number: u32) -> String {
    format!("x--{number:08x}-0000-4000-8000-{number:012x}")
}

/// One in a thousand is GREEN; three in ten refer to two others; one in twenty is a newer version
/// of one before.
fn head(number: u32) -> Outcome<Head> {
    let same = if number % 20 == 19 {
        number - 10
    } else {
        number
    };
    let mut references = vec![id(0).parse()?];
    if number % 10 > 6 {
        references.push(id(number / 2).parse()?);
        references.push(id(number / 3).parse()?);
    }
    let kind = KINDS.get(same as usize % 97 % KINDS.len()).ok_or("none")?;
    Ok(Head {
        id: id(same).parse()?,
        version: Some(Instant::from_micros(i64::from(number))),
        kind: kind.parse()?,
        object_markings: vec![
            if number.is_multiple_of(1000) {
                GREEN
            } else {
                AMBER
            }
            .parse()?,
        ],
        granular_markings: Vec::new(),
        references: if number == 0 { Vec::new() } else { references },
        meaning: None,
        digest: Digest::of(&number.to_be_bytes()),
        creator: None,
        revoked: false,
        fixed_markings: Vec::new(),
    })
}

fn tell(label: &str, seconds: f64) {
    println!("{label:<62} {:>12.2} us", seconds * 1e6);
}

fn time(label: &str, runs: u32, mut work: impl FnMut() -> usize) -> f64 {
    let mut samples: Vec<f64> = (0..9)
        .map(|_| {
            let watch = Stopwatch::now();
            for _ in 0..runs {
                std::hint::black_box(work());
            }
            watch.elapsed().as_secs_f64() / f64::from(runs)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let best = samples.first().copied().unwrap_or_default();
    println!("{label:<62} {:>12.2} us  ({} items)", best * 1e6, work());
    best
}

fn query(limit: usize) -> Query {
    Query {
        after: None,
        until: None,
        ids: None,
        kinds: None,
        versions: Versions::default(),
        limit,
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let records: u32 = arguments.next().map_or(Ok(1_000_000), |n| n.parse())?;
    let parties: usize = arguments.next().map_or(Ok(100), |n| n.parse())?;
    let own = arguments.next().is_some_and(|mode| mode == "own");
    let at = 1_700_000_000_000_000;
    let open = Act::Open(Open {
        alliance: "NATO".parse()?,
        name: "NATO".into(),
        office: "Tokyo".into(),
        zone: Zone::utc(),
        seed: [0; 16],
        house: "[[ceiling]]\nup_to = \"RED\"\n".to_owned(),
    });
    let first = Instant::from_micros(at);
    let entry = Entry::new(EntryNumber(0), first, Actor::Office, open, GENESIS);
    let mut world = World {
        fold: Fold::open(&entry)?,
        next: 1,
        at,
        area: "cyber".parse()?,
    };
    let codes: Vec<PartyCode> = (0..parties)
        .map(|n| format!("P{n}").parse())
        .collect::<Result<_, _>>()?;
    let (mut joined, mut signed) = (0.0, 0.0);
    for (number, code) in codes.iter().enumerate() {
        joined += world.push(Act::AddParty(AddParty {
            code: code.clone(),
            name: String::new(),
            status: Status::Partner,
            zone: Zone::utc(),
        }))?;
        let take = match number {
            0 => "up_to = \"AMBER\"\n".to_owned(),
            _ if own => {
                let kinds: Vec<String> = (0..40)
                    .filter(|kind| number >> (kind % 10) & 1 == 0 || *kind == 0)
                    .map(|kind| format!("\"k{kind}\""))
                    .collect();
                format!("up_to = \"AMBER\"\nkinds = [{}]\n", kinds.join(", "))
            }
            _ => "up_to = \"GREEN\"\n".to_owned(),
        };
        signed += world.table(code, 1, &take)?;
    }
    println!("{records} records, {parties} parties, own terms: {own}");
    tell("  a party added, mean", joined / parties as f64);
    tell(
        "  an agreement tabled and signed, mean",
        signed / parties as f64,
    );
    let mut filings = Vec::new();
    for first in (0..records).step_by(1000) {
        let heads = (first..(first + 1000).min(records))
            .map(head)
            .collect::<Outcome<Vec<_>>>()?;
        filings.push(world.file(heads)?);
    }
    tell(
        "  first filing",
        filings.first().copied().unwrap_or_default(),
    );
    let last = filings.len() * 9 / 10;
    let mut late = filings.split_off(last);
    late.sort_by(f64::total_cmp);
    tell("filing of 1,000 records, fastest of the last tenth", {
        late.first().copied().unwrap_or_default()
    });

    let all = codes.first().ok_or("none")?;
    let few = codes.last().ok_or("none")?;
    pages(&world, all, few, records)?;
    amendments(&mut world, few, &codes, records)
}

fn pages(world: &World, all: &PartyCode, few: &PartyCode, records: u32) -> Outcome<()> {
    let read = |party: &PartyCode, query: &Query| world.page(party, query).items.len();
    let whole = time("page of 100, all", 200, || read(all, &query(100)));
    let part = time("page of 100, few", 200, || read(few, &query(100)));
    println!("{:<62} {:>12.2}", "  ratio", part / whole);
    time("page of 1,000, all", 50, || read(all, &query(1000)));
    let after = |party: &PartyCode, record: u32| -> Outcome<Instant> {
        let from = (0..3000).find_map(|more| {
            let record = RecordNumber(record.saturating_sub(more));
            world.fold.date_added(party, record)
        });
        Ok(from.ok_or("nothing shown there")?.1)
    };
    for party in [all, few] {
        let deep = Query {
            after: Some(after(party, records / 2)?),
            ..query(100)
        };
        time("page of 100, from the middle on", 200, || {
            read(party, &deep)
        });
        let bounded = Query {
            until: Some(after(party, records - 3000)?),
            ..deep
        };
        let label = "page of 100, from the middle on, as of 3,000 records ago";
        time(label, 200, || read(party, &bounded));
        let end = world.page(party, &query(1)).until;
        let poll = Query {
            after: end,
            ..query(100)
        };
        time("empty poll", 2000, || read(party, &poll));
    }
    for (from, count) in [(0, 1), (20, 1), (10, 10), (0, 40)] {
        let kinds = KINDS.iter().skip(from).take(count).map(|kind| kind.parse());
        let wanted = Query {
            kinds: Some(kinds.collect::<Result<Vec<_>, _>>()?),
            ..query(100)
        };
        let label = format!("page of 100, match[type] with {count} kinds");
        time(&label, 200, || read(all, &wanted));
    }
    let near = Query {
        ids: Some((0..100).map(|n| id(records / 2 + n)).collect()),
        ..query(100)
    };
    time("page of 100, match[id], neighbours", 200, || {
        read(all, &near)
    });
    let far = Query {
        ids: Some((0..100).map(|n| id(records / 101 * n)).collect()),
        ..query(100)
    };
    time("page of 100, match[id], far apart", 200, || read(all, &far));
    for (label, versions) in [
        ("all", (true, false, false)),
        ("first", (false, false, true)),
        ("first,last", (false, true, true)),
    ] {
        let (every, last, first) = versions;
        let wanted = Query {
            versions: Versions {
                all: every,
                last,
                first,
                exact: Vec::new(),
            },
            ..query(100)
        };
        let label = format!("page of 100, match[version]={label}");
        time(&label, 200, || read(all, &wanted));
    }
    Ok(())
}

fn amendments(
    world: &mut World,
    few: &PartyCode,
    codes: &[PartyCode],
    records: u32,
) -> Outcome<()> {
    let pairs = 20_000_u32;
    let watch = Stopwatch::now();
    for pair in 0..pairs {
        let party = codes.get(pair as usize % codes.len()).ok_or("none")?;
        let record = RecordNumber((u64::from(pair) * 7919 % u64::from(records)) as u32);
        std::hint::black_box(world.fold.explain(party, record));
    }
    let one = watch.elapsed().as_secs_f64() / f64::from(pairs);
    let anew = one * f64::from(records) * codes.len() as f64;
    println!(
        "{:<62} {anew:>12.2} s",
        "every record anew for every party, by sample"
    );
    let mut version = 1;
    let mut amend = |world: &mut World, label: &str, take: &str| -> Outcome<()> {
        version += 1;
        let before = world.fold.count(few, &world.area);
        let mut took = world.table(few, version, take)?;
        let watch = Stopwatch::now();
        let shown = world.page(few, &query(100)).items.len();
        took += watch.elapsed().as_secs_f64();
        let after = world.fold.count(few, &world.area);
        tell(label, took);
        println!(
            "    {before} -> {after} records, page of {shown}; {:.0} times faster",
            anew / took
        );
        Ok(())
    };
    amend(world, "amendment: to everything", "up_to = \"AMBER\"\n")?;
    amend(
        world,
        "amendment: to one in a thousand",
        "up_to = \"GREEN\"\n",
    )?;
    amend(
        world,
        "amendment: back to everything",
        "up_to = \"AMBER\"\n",
    )?;
    let most = |from: usize| {
        let kinds: Vec<String> = KINDS
            .iter()
            .skip(from)
            .map(|k| format!("\"{k}\""))
            .collect();
        format!("up_to = \"AMBER\"\nkinds = [{}]\n", kinds.join(", "))
    };
    amend(world, "amendment: loses one kind of 40", &most(1))?;
    amend(world, "amendment: gains it back", &most(0))?;
    amend(world, "amendment: the first 20 kinds go", &most(20))?;
    amend(world, "amendment: everything again", "up_to = \"AMBER\"\n")?;
    let house = |up_to: &str| SetHouse {
        text: format!("[[ceiling]]\nup_to = \"{up_to}\"\n"),
    };
    tell(
        "house rules: GREEN at most",
        world.push(Act::SetHouse(house("GREEN")))?,
    );
    tell(
        "house rules: RED again",
        world.push(Act::SetHouse(house("RED")))?,
    );
    let lower = few.as_str().to_lowercase();
    let suspended = world.push(Act::SuspendAgreement(SuspendAgreement {
        id: format!("nato-{lower}").parse()?,
        reason: String::new(),
    }))?;
    tell("suspension of one who sees everything", suspended);
    Ok(())
}
