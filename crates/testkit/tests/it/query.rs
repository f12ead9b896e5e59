//! A page worked out naively from the list of everything shown, to hold a real page against.

use std::collections::BTreeMap;

use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Fold, Page, Query, Versions};
use legation_testkit::dice::Dice;
use legation_testkit::oracle::Oracle;
use legation_testkit::world::filing::{ALOOF, IDS, KINDS};

/// Records and dates of a page.
pub(crate) fn items(page: &Page) -> Vec<(RecordNumber, Instant)> {
    page.items
        .iter()
        .map(|item| (*item.record.get(), item.date))
        .collect()
}

/// A query that asks for those versions and nothing else.
pub(crate) fn whole(versions: Versions) -> Query {
    Query {
        after: None,
        until: None,
        ids: None,
        kinds: None,
        versions,
        limit: 100_000,
    }
}

pub(crate) fn versions(all: bool, last: bool, first: bool) -> Versions {
    Versions {
        all,
        last,
        first,
        exact: Vec::new(),
    }
}

/// Some query.
///
/// `known` are ids that may be asked for beside those of which records are made.
pub(crate) fn random(
    dice: &mut Dice,
    dates: &BTreeMap<RecordNumber, Instant>,
    known: Vec<String>,
) -> Query {
    let dates: Vec<Instant> = dates.values().copied().collect();
    let date = |dice: &mut Dice, chance: usize| {
        (!dates.is_empty() && dice.percent(chance))
            .then(|| dice.pick(&dates).plus_micros(dice.between(-1, 1)))
    };
    let (after, until) = (date(dice, 40), date(dice, 40));
    let mut versions = versions(dice.percent(25), dice.percent(60), dice.percent(25));
    if dice.percent(20) || !(versions.all || versions.last || versions.first) {
        versions.exact = dice.some(&[1, 2, 3].map(Instant::from_micros), 2);
    }
    Query {
        after,
        until,
        ids: dice.percent(25).then(|| {
            let filed = IDS.iter().chain(&ALOOF).map(|&id| id.into());
            let all: Vec<String> = known.into_iter().chain(filed).collect();
            dice.some(&all, 5)
        }),
        kinds: dice.percent(25).then(|| {
            let kinds = dice.some(&KINDS, 4);
            kinds.iter().map(|kind| kind.parse().unwrap()).collect()
        }),
        versions,
        limit: 1 + dice.below(12),
    }
}

/// Holds the page of a query against what is shown with which dates.
pub(crate) fn check(
    fold: &Fold,
    oracle: &Oracle,
    (party, area): (&PartyCode, &AreaName),
    dates: &BTreeMap<RecordNumber, Instant>,
    query: &Query,
) {
    let version = |record: &RecordNumber| oracle.name(record.0 as usize).2;
    let id = |record: &RecordNumber| oracle.name(record.0 as usize).1;
    let known: Vec<RecordNumber> = dates
        .iter()
        .filter(|(_, date)| query.until.is_none_or(|until| **date <= until))
        .map(|(record, _)| *record)
        .collect();
    let among_versions = |record: &RecordNumber| {
        let others = || known.iter().filter(|other| id(other) == id(record));
        let asked = &query.versions;
        asked.all
            || (asked.last && others().all(|other| version(other) <= version(record)))
            || (asked.first && others().all(|other| version(other) >= version(record)))
            || version(record).is_some_and(|version| asked.exact.contains(&version))
    };
    let mut expected: Vec<(RecordNumber, Instant)> = known
        .iter()
        .filter(|record| among_versions(record))
        .filter(|record| {
            let ids = query.ids.as_ref();
            ids.is_none_or(|ids| ids.contains(&fold.known_id(party, **record)))
        })
        .filter(|record| {
            let kind = id(record).split("--").next().unwrap();
            let kinds = query.kinds.as_ref();
            kinds.is_none_or(|kinds| kinds.iter().any(|one| one.as_str() == kind))
        })
        .map(|record| (*record, dates[record]))
        .filter(|(_, date)| query.after.is_none_or(|after| after < *date))
        .collect();
    expected.sort_by_key(|(_, date)| *date);
    let more = expected.len() > query.limit;
    expected.truncate(query.limit);
    let page = fold.page(party, area, query);
    assert_eq!(items(&page), expected, "{party} {area} {query:?}");
    assert_eq!(page.more, more, "more of {party} {area} {query:?}");
}
