//! Records at random: heads with markings and references out of short lists.
//!
//! The bytes behind the heads do not exist; digest and body number stand for them.

use std::collections::BTreeSet;

use legation_core::act::{Act, File};
use legation_core::id::{Digest, RecordId};
use legation_core::label::{Level, tlp_level};
use legation_core::party::Audience;
use legation_core::record::{Creator, Head, Meaning};
use legation_core::state::State;
use legation_core::time::Instant;

use crate::dice::Dice;
use crate::world::AREAS;
use crate::world::draft::random_audience;

/// Every kind there is.
pub const KINDS: [&str; 7] = [
    "indicator",
    "malware",
    "relationship",
    "identity",
    "report",
    "ipv4-addr",
    "marking-definition",
];

/// The ids that records may have; the kind stands before the dashes.
pub const IDS: [&str; 14] = [
    "indicator--00000000-0000-4000-8000-000000000001",
    "indicator--00000000-0000-4000-8000-000000000002",
    "indicator--00000000-0000-4000-8000-000000000003",
    "malware--00000000-0000-4000-8000-000000000001",
    "malware--00000000-0000-4000-8000-000000000002",
    "relationship--00000000-0000-4000-8000-000000000001",
    "relationship--00000000-0000-4000-8000-000000000002",
    "relationship--00000000-0000-4000-8000-000000000003",
    "identity--00000000-0000-4000-8000-000000000001",
    "identity--00000000-0000-4000-8000-000000000002",
    "report--00000000-0000-4000-8000-000000000001",
    "report--00000000-0000-4000-8000-000000000002",
    "ipv4-addr--00000000-0000-5000-8000-000000000001",
    "ipv4-addr--00000000-0000-5000-8000-000000000002",
];

/// Ids to which nobody ever refers: whoever may not see such a record cannot be touched by it.
pub const ALOOF: [&str; 8] = [
    "report--0000000a-0000-1000-8000-000000000001",
    "report--0000000a-0000-1000-8000-000000000002",
    "report--0000000a-0000-1000-8000-000000000003",
    "indicator--0000000a-0000-4000-8000-000000000001",
    "indicator--0000000a-0000-4000-8000-000000000002",
    "malware--0000000a-0000-4000-8000-000000000001",
    "malware--0000000a-0000-4000-8000-000000000002",
    "ipv4-addr--0000000a-0000-5000-8000-000000000001",
];

/// Ids to which records refer and which nobody ever files.
pub const NEVER_HELD: [&str; 2] = [
    "tool--00000000-0000-4000-8000-000000000001",
    "tool--00000000-0000-4000-8000-000000000002",
];

/// The identities that may have created a record; the last is never filed.
pub const CREATORS: [&str; 3] = [
    "identity--00000000-0000-4000-8000-000000000001",
    "identity--00000000-0000-4000-8000-000000000002",
    "identity--00000000-0000-4000-8000-000000000003",
];

/// Built-in markings: TLP 1.0 WHITE, GREEN, AMBER, RED, then TLP 2.0 CLEAR to RED.
pub const TLP: [&str; 9] = [
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
];

/// Markings that mostly are statements.
const STATEMENTS: [&str; 2] = [
    "marking-definition--0000000e-0000-4000-8000-000000000001",
    "marking-definition--0000000e-0000-4000-8000-000000000002",
];
/// Markings that mostly name who may have a record.
const NAMING: [&str; 3] = [
    "marking-definition--0000000b-0000-4000-8000-000000000001",
    "marking-definition--0000000b-0000-4000-8000-000000000002",
    "marking-definition--0000000b-0000-4000-8000-000000000003",
];
/// Markings that mostly give a level, each time another.
const LEVELS: [&str; 2] = [
    "marking-definition--0000000c-0000-4000-8000-000000000001",
    "marking-definition--0000000c-0000-4000-8000-000000000002",
];
/// Markings that mostly nobody here understands.
pub const UNKNOWN_MARKINGS: [&str; 2] = [
    "marking-definition--0000000d-0000-4000-8000-000000000001",
    "marking-definition--0000000d-0000-4000-8000-000000000002",
];

/// The built-in TLP 2.0 marking of a level.
pub fn tlp(level: Level) -> &'static str {
    let new = TLP[4..].iter();
    new.copied()
        .find(|id| tlp_level(id) == Some(level))
        .expect("every level has a marking")
}

/// A record in its simplest form: kind from its id, no version, no marking, no reference.
pub fn head(id: &str) -> Head {
    let kind = id.split("--").next().unwrap();
    Head {
        id: id.parse().unwrap(),
        version: None,
        kind: kind.parse().unwrap(),
        object_markings: Vec::new(),
        granular_markings: Vec::new(),
        references: Vec::new(),
        meaning: None,
        digest: Digest::of(id.as_bytes()),
        creator: None,
        revoked: false,
        fixed_markings: Vec::new(),
    }
}

/// The same record as created by that identity, to which nothing else in it refers.
pub fn created_by(mut head: Head, identity: &str) -> Head {
    let identity: RecordId = identity.parse().unwrap();
    head.references.retain(|one| *one != identity);
    head.creator = Some(Creator {
        place: head.references.len() as u32,
        alone: true,
    });
    head.references.push(identity);
    head
}

/// Record ids out of texts.
pub fn ids(texts: &[&str]) -> Vec<RecordId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// The act of filing.
pub fn file(number: u64, area: &str, originator: &str, records: Vec<Head>) -> Act {
    let mut status = [0; 16];
    status[..8].copy_from_slice(&number.to_be_bytes());
    Act::File(File {
        area: area.parse().unwrap(),
        originator: originator.parse().unwrap(),
        status,
        records,
        unchanged: Vec::new(),
        refused: Vec::new(),
    })
}

/// What was filed before, so that nobody files the same version again.
#[derive(Clone, Debug, Default)]
pub(super) struct Filing {
    filed: BTreeSet<(String, String, String, Option<Instant>)>,
}

impl Filing {
    /// Some party files a few records.
    pub(super) fn act(&mut self, dice: &mut Dice, state: &State) -> Act {
        let parties: Vec<String> = state.parties().map(|one| one.code.to_string()).collect();
        let party = if dice.percent(30) {
            parties[0].clone()
        } else {
            dice.pick(&parties).clone()
        };
        let area = *dice.pick(&AREAS);
        let mut records = Vec::new();
        for _ in 0..=dice.below(4) {
            let head = random_head(dice);
            let name = (
                area.to_owned(),
                party.clone(),
                head.id.to_string(),
                head.version,
            );
            if self.filed.insert(name) {
                records.push(head);
            }
        }
        file(state.next().0, area, &party, records)
    }
}

fn random_head(dice: &mut Dice) -> Head {
    if dice.percent(22) {
        return random_definition(dice);
    }
    let id = if dice.percent(25) {
        *dice.pick(&ALOOF)
    } else {
        *dice.pick(&IDS)
    };
    let mut head = head(id);
    if head.kind.as_str() != "ipv4-addr" && dice.percent(96) {
        head.version = Some(Instant::from_micros(dice.between(1, 3)));
    }
    head.digest = Digest::of(format!("{id}{:?}{}", head.version, dice.below(5) / 4).as_bytes());
    match dice.below(10) {
        0..=5 => head.object_markings.push(random_tlp(dice)),
        6 => head
            .object_markings
            .extend([random_tlp(dice), random_marking(dice)]),
        7 => head.object_markings.push(random_marking(dice)),
        _ => {}
    }
    // RED needs a name, or nobody ever sees one.
    if head
        .object_markings
        .iter()
        .any(|one| tlp_level(one.as_str()) == Some(Level::Red))
    {
        let named = *dice.pick(&NAMING);
        head.object_markings.push(named.parse().unwrap());
    }
    for _ in 0..*dice.pick(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 2]) {
        let marking = if dice.percent(60) {
            random_tlp(dice)
        } else {
            random_marking(dice)
        };
        if !head.granular_markings.contains(&marking) {
            head.granular_markings.push(marking);
        }
    }
    head.fixed_markings = head.granular_markings.clone();
    head.fixed_markings.retain(|_| dice.percent(25));
    head.revoked = head.version.is_some() && dice.percent(10);
    let count = *dice.pick(&[0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
    let others: Vec<&str> = IDS.into_iter().chain(NEVER_HELD).collect();
    let referred = (0..count).map(|_| dice.pick(&others).parse().unwrap());
    let mut references: Vec<RecordId> = referred.collect();
    references.extend(head.object_markings.iter().cloned());
    references.extend(head.granular_markings.iter().cloned());
    let creator: Option<RecordId> = dice.percent(45).then(|| {
        let creator = *dice.pick(&CREATORS);
        creator.parse().unwrap()
    });
    let alone = creator.as_ref().is_some_and(|id| !references.contains(id));
    references.extend(creator.clone());
    references.retain(|one| *one != head.id);
    references.sort_unstable();
    references.dedup();
    let place = creator.and_then(|creator| references.iter().position(|one| *one == creator));
    head.creator = place.map(|place| Creator {
        place: place as u32,
        alone,
    });
    head.references = references;
    head
}

fn random_tlp(dice: &mut Dice) -> RecordId {
    dice.pick(&TLP).parse().unwrap()
}

fn random_marking(dice: &mut Dice) -> RecordId {
    let all = [
        &STATEMENTS[..],
        &NAMING[..],
        &NAMING[..],
        &LEVELS[..],
        &UNKNOWN_MARKINGS[..],
    ]
    .concat();
    dice.pick(&all).parse().unwrap()
}

/// A marking definition: mostly what its id suggests, at times something else; at times one that
/// pretends to be a level of TLP.
fn random_definition(dice: &mut Dice) -> Head {
    let (id, usual) = match dice.below(11) {
        0..=1 => (*dice.pick(&STATEMENTS), Meaning::Statement),
        9..=10 => (*dice.pick(&LEVELS), Meaning::Level(*dice.pick(&Level::ALL))),
        2..=5 => (*dice.pick(&NAMING), Meaning::ReleasableTo(audience(dice))),
        6..=7 => (*dice.pick(&UNKNOWN_MARKINGS), Meaning::Unknown),
        _ => (*dice.pick(&TLP), Meaning::Level(Level::Clear)),
    };
    let mut head = head(id);
    head.meaning = Some(match dice.below(14) {
        0 => Meaning::Level(*dice.pick(&Level::ALL)),
        1 => Meaning::ReleasableTo(audience(dice)),
        2 => Meaning::Statement,
        3 => Meaning::Unknown,
        _ => usual,
    });
    // Most definitions are as open as can be, some are marked themselves.
    match dice.below(10) {
        0..=5 => head
            .object_markings
            .push(tlp(Level::Clear).parse().unwrap()),
        6..=7 => head.object_markings.push(random_tlp(dice)),
        8 => head.object_markings.push(random_marking(dice)),
        _ => {}
    }
    head.object_markings.retain(|one| *one != head.id);
    head.references.clone_from(&head.object_markings);
    head.version = dice
        .percent(10)
        .then(|| Instant::from_micros(dice.between(1, 3)));
    head.digest = Digest::of(format!("{id}{:?}{:?}", head.version, head.meaning).as_bytes());
    head
}

fn audience(dice: &mut Dice) -> Vec<Audience> {
    let texts = random_audience(dice);
    texts.iter().map(|text| text.parse().unwrap()).collect()
}
