//! A random world with the real fold on one side and the oracle on the other, held against each
//! other after every step.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::act::Act;
use legation_core::derivation::Derivation;
use legation_core::gate::{Ground, Rule, Verdict};
use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::state::PartyIndex;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_testkit::history::History;
use legation_testkit::oracle::{Answer, Derived, Judgement, Oracle};
use legation_testkit::poller::Poller;
use legation_testkit::world::filing::KINDS;
use legation_testkit::world::{AREAS, World, house};

use crate::cursor::Cursor;
use crate::query;
use crate::track::Track;

/// How much was done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    pub(crate) comparisons: u64,
    pub(crate) pages: u64,
    pub(crate) verdicts: u64,
    pub(crate) polls: u64,
    pub(crate) rehearsals: u64,
    /// Released by the terms of agreements.
    pub(crate) released: u64,
    /// Withheld, by rule: alive, take, give, named, house, closure.
    pub(crate) withheld: [u64; 6],
    /// Derived records among those released.
    pub(crate) derived: u64,
    /// Released and not shown, because the object is another's.
    pub(crate) unshown: u64,
    /// Records that were shown and came to be derived otherwise.
    pub(crate) renewals: u64,
    /// Released although their creator is not.
    pub(crate) waived: u64,
    /// Of the rehearsed changes those of records that stay and are derived otherwise.
    pub(crate) rehearsed_renewals: u64,
}

impl Tally {
    /// Adds what was done elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.comparisons += other.comparisons;
        self.pages += other.pages;
        self.verdicts += other.verdicts;
        self.polls += other.polls;
        self.rehearsals += other.rehearsals;
        self.released += other.released;
        for (sum, more) in self.withheld.iter_mut().zip(other.withheld) {
            *sum += more;
        }
        self.derived += other.derived;
        self.unshown += other.unshown;
        self.renewals += other.renewals;
        self.waived += other.waived;
        self.rehearsed_renewals += other.rehearsed_renewals;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} steps, {} comparisons of a party and area, {} pages, {} polls, {} rehearsals, \
             {} verdicts: {} released by terms, withheld by rule",
            self.steps,
            self.comparisons,
            self.pages,
            self.polls,
            self.rehearsals,
            self.verdicts,
            self.released
        )?;
        for (rule, count) in RULES.iter().zip(self.withheld) {
            write!(f, " {rule} {count}")?;
        }
        write!(
            f,
            "; {} of the released derived, {} another's and not shown, {} derived anew, {} with a \
             creator waived, {} derived anew in rehearsal",
            self.derived, self.unshown, self.renewals, self.waived, self.rehearsed_renewals
        )
    }
}

/// The rules in the order in which they refuse.
pub(crate) const RULES: [Rule; 6] = [
    Rule::Alive,
    Rule::Take,
    Rule::Give,
    Rule::Named,
    Rule::House,
    Rule::Closure,
];

/// One random world on trial.
pub(crate) struct Trial {
    pub(crate) world: World,
    pub(crate) history: History,
    pub(crate) fold: Fold,
    pub(crate) oracle: Oracle,
    pub(crate) now: Instant,
    pub(crate) judgement: Judgement,
    pub(crate) tracks: BTreeMap<(PartyCode, AreaName), Track>,
    /// What each party was ever released.
    pub(crate) ever: BTreeMap<PartyCode, BTreeSet<RecordNumber>>,
    pub(crate) pollers: Vec<Poller>,
    pub(crate) cursors: Vec<Cursor>,
    pub(crate) tally: Tally,
}

/// A derivation in the oracle's words.
pub(crate) fn as_judged(derivation: &Derivation) -> Derived {
    Derived {
        agreement: derivation.agreement.clone(),
        redact: derivation.redact.clone(),
        above: derivation.above,
    }
}

pub(crate) fn areas() -> [AreaName; 2] {
    AREAS.map(|area| area.parse().unwrap())
}

impl Trial {
    /// The world of that seed, with its early parties.
    pub(crate) fn seeded(seed: u64) -> Self {
        let now = Instant::from_micros(1_700_000_000_000_000);
        let history = History::open(now, house::OPEN);
        let oracle = Oracle::of(history.entries());
        let mut trial = Self {
            world: World::seeded(seed),
            fold: history.fold(),
            judgement: oracle.judge(now),
            history,
            oracle,
            now,
            tracks: BTreeMap::new(),
            ever: BTreeMap::new(),
            pollers: Vec::new(),
            cursors: Vec::new(),
            tally: Tally::default(),
        };
        for act in trial.world.beginning(now) {
            trial.step(trial.now, Some(act));
        }
        trial.invite();
        trial
    }

    /// One step: the clock moves to that instant, and something may happen then.
    pub(crate) fn step(&mut self, now: Instant, act: Option<Act>) {
        for boundary in self.oracle.boundaries(self.now, now) {
            let judgement = self.oracle.judge(boundary);
            self.follow(judgement, boundary);
        }
        let read = match &act {
            Some(Act::Release(receipt)) => {
                Some((receipt.party.clone(), receipt.area.clone(), receipt.last))
            }
            _ => None,
        };
        let (mark, losses) = (self.fold.loss_mark(), self.losses());
        match act {
            Some(act) => {
                let entry = self.history.push(now, act);
                self.fold.apply(entry).unwrap();
                self.oracle.apply(entry);
            }
            None => self.fold.advance(now),
        }
        let moved: Vec<(PartyIndex, u64)> = self
            .losses()
            .into_iter()
            .filter(|(party, now)| losses.get(party).copied().unwrap_or_default() != *now)
            .collect();
        let told: Vec<(PartyIndex, u64)> = self.fold.losses_since(mark).collect();
        assert_eq!(told, moved, "whose losses moved");
        assert_eq!(self.fold.loss_mark() == mark, moved.is_empty());
        self.now = now;
        let judgement = self.oracle.judge(now);
        self.follow(judgement, now);
        self.compare();
        if let Some((party, area, last)) = read {
            self.tracks
                .entry((party, area))
                .or_default()
                .read_up_to(last);
        }
        self.tally.steps += 1;
    }

    fn losses(&self) -> BTreeMap<PartyIndex, u64> {
        let state = self.fold.state();
        state
            .parties()
            .map(|party| {
                let index = state.party_index(&party.code).unwrap();
                (index, self.fold.losses(&party.code))
            })
            .collect()
    }

    /// Something random happens, or only time passes.
    pub(crate) fn random_step(&mut self) {
        let boundary = self.fold.next_boundary();
        let now = self.world.next_instant(self.now, boundary);
        if self.world.dice.percent(8) {
            self.step(now, None);
            return;
        }
        // The acts that are possible are those that are possible then.
        let mut then = self.fold.clone();
        then.advance(now);
        let act = self.world.act(&then, now);
        self.step(now, Some(act));
        self.invite();
    }

    /// Every party has two clients for each area as soon as it is known.
    fn invite(&mut self) {
        for party in self.judgement.parties().to_vec() {
            if self.pollers.iter().any(|poller| poller.party == party) {
                continue;
            }
            for area in areas() {
                let kinds = self.world.dice.some(&KINDS, 3);
                let kinds = kinds.iter().map(|kind| kind.parse().unwrap()).collect();
                for kinds in [None, None, Some(kinds)] {
                    self.pollers
                        .push(Poller::new(party.clone(), area.clone(), kinds));
                }
            }
        }
    }

    fn follow(&mut self, judgement: Judgement, at: Instant) {
        for (index, party) in judgement.parties().iter().enumerate() {
            let ever = self.ever.entry(party.clone()).or_default();
            for record in 0..judgement.record_count() {
                if judgement.answer(index, record) == Answer::Released {
                    ever.insert(RecordNumber(record as u32));
                }
            }
            for area in areas() {
                let shown = judgement.shown(index, &area);
                let newest = judgement.newest(&shown);
                let derived = |record: RecordNumber| {
                    let derived = judgement.derived(index, record.0 as usize);
                    derived.cloned()
                };
                let permitted = |record: RecordNumber| {
                    let answer = judgement.answer(index, record.0 as usize);
                    matches!(answer, Answer::Released | Answer::Refused(Rule::Closure))
                };
                self.tally.unshown += judgement.unshown(index, &area).len() as u64;
                let track = self.tracks.entry((party.clone(), area)).or_default();
                let before = track.renewals;
                track.follow(shown, newest, derived, permitted, at);
                self.tally.renewals += track.renewals - before;
            }
        }
        self.tally.waived += judgement.waived();
        self.judgement = judgement;
    }

    fn compare(&mut self) {
        let parties = self.judgement.parties().to_vec();
        for (index, party) in parties.iter().enumerate() {
            for area in areas() {
                self.compare_view(index, party, &area);
            }
            for record in 0..self.judgement.record_count() {
                self.compare_verdict(index, party, record);
            }
            let known = self.fold.state().find_party(party).unwrap();
            let basis: Vec<_> = self
                .fold
                .state()
                .basis(known, self.now)
                .into_iter()
                .map(|basis| (basis.agreement, basis.version))
                .collect();
            assert_eq!(
                basis,
                self.oracle.basis(party, self.now),
                "basis of {party}"
            );
        }
        for record in 0..self.judgement.record_count() {
            let could: Vec<&PartyCode> = parties
                .iter()
                .enumerate()
                .skip(1)
                .filter(|(index, _)| self.judgement.answer(*index, record) == Answer::Released)
                .map(|(_, party)| party)
                .collect();
            let found = self.fold.could(RecordNumber(record as u32));
            assert!(found.iter().eq(could), "could have {record}");
        }
    }

    fn compare_view(&mut self, index: usize, party: &PartyCode, area: &AreaName) {
        let key = (party.clone(), area.clone());
        let shown = self.fold.shown(party, area);
        if shown != self.tracks[&key].shown {
            self.describe(index, party);
        }
        let track = self.tracks.get_mut(&key).unwrap();
        assert_eq!(
            shown, track.shown,
            "shown to {party} in {area} at {}",
            self.now
        );
        assert_eq!(self.fold.count(party, area), shown.len() as u64, "count");
        let date = |record: &RecordNumber| {
            let dated = self.fold.date_added(party, *record);
            (*record, dated.expect("what is shown has a date").1)
        };
        let dates: BTreeMap<RecordNumber, Instant> = shown.iter().map(date).collect();
        track.check_dates(&dates);
        let oldest = self.judgement.oldest(&shown);
        for (versions, expected) in [
            (query::versions(true, false, false), &shown),
            (query::versions(false, true, false), &track.newest),
            (query::versions(false, false, true), &oldest),
        ] {
            let mut expected: Vec<_> = expected.iter().map(|one| (*one, dates[one])).collect();
            expected.sort_by_key(|(_, date)| *date);
            let page = self.fold.page(party, area, &query::whole(versions.clone()));
            let found = query::items(&page);
            assert_eq!(found, expected, "{party} {area} {versions:?}");
            assert!(!page.more, "all of it is on the page");
            assert!(found.is_sorted_by(|one, two| one.1 < two.1), "order");
            assert!(
                found.last().is_none_or(|last| Some(last.1) <= page.until),
                "a page reaches its last item"
            );
        }
        let known = shown.iter().map(|one| self.fold.known_id(party, *one));
        let random = query::random(&mut self.world.dice, &dates, known.collect());
        query::check(&self.fold, &self.oracle, (party, area), &dates, &random);
        self.check_ids_asked_for(party, area, &shown);
        self.tally.pages += 4;
        self.tally.comparisons += 1;
    }

    /// Tells of every record on which fold and oracle differ, before a comparison fails.
    fn describe(&self, index: usize, party: &PartyCode) {
        for record in 0..self.judgement.record_count() {
            let number = RecordNumber(record as u32);
            let answer = self.judgement.answer(index, record);
            if self.fold.is_released(party, number) != (answer == Answer::Released) {
                eprintln!(
                    "record {record} to {party}: the oracle says {answer:?}, the fold {:?}; {:?}",
                    self.fold.explain(party, number),
                    self.oracle.head(record),
                );
            }
        }
        for entry in self.history.entries().iter().rev().take(4) {
            eprintln!("{} {:?}", entry.at, entry.act);
        }
    }

    fn compare_verdict(&mut self, index: usize, party: &PartyCode, record: usize) {
        let number = RecordNumber(record as u32);
        let answer = self.judgement.answer(index, record);
        let released = answer == Answer::Released;
        assert_eq!(
            self.fold.is_released(party, number),
            released,
            "record {record} to {party}: the oracle says {answer:?}"
        );
        let derived = self.judgement.derived(index, record);
        self.tally.derived += u64::from(released && derived.is_some());
        // What a party may not have keeps the form in which it had it last, if it ever did.
        let found = self.fold.derivation(party, number).map(as_judged);
        assert!(
            found.as_ref() == derived || !released,
            "record {record} to {party}, {answer:?}: derived by {found:?}, the oracle says {derived:?}"
        );
        let verdict = self.fold.explain(party, number).expect("a verdict");
        match (&verdict, answer) {
            (Verdict::Release(ground), Answer::Released) => {
                if let Ground::Terms { take, .. } = ground {
                    self.tally.released += 1;
                    let basis = self.oracle.basis(party, self.now);
                    assert!(
                        basis.contains(&(take.agreement.clone(), take.version)),
                        "{verdict:?} rests on what is in force"
                    );
                }
            }
            (Verdict::Withhold(reason), Answer::Refused(rule)) => {
                assert_eq!(reason.rule, rule, "record {record} to {party}: {reason:?}");
                let place = RULES.iter().position(|one| *one == rule).unwrap();
                self.tally.withheld[place] += 1;
            }
            _ => panic!("record {record} to {party}: {verdict:?}, the oracle says {answer:?}"),
        }
        self.tally.verdicts += 1;
    }

    /// One client asks for one page; the receipt stands before the page is taken. Something may
    /// come between page and receipt: then the page is taken only if `losses` stands unchanged,
    /// as an office does it.
    pub(crate) fn poll(&mut self) {
        let at = self.world.dice.below(self.pollers.len());
        let limit = 1 + self.world.dice.below(8);
        let query = self.pollers[at].query(limit);
        let (party, area) = (
            self.pollers[at].party.clone(),
            self.pollers[at].area.clone(),
        );
        let page = self.fold.page(&party, &area, &query);
        self.tally.polls += 1;
        let losses = self.fold.losses(&party);
        let forms: Vec<Option<Derived>> = page
            .items
            .iter()
            .map(|item| self.fold.derivation(&party, *item.record.get()))
            .map(|derived| derived.map(as_judged))
            .collect();
        if let Some(receipt) = self.pollers[at].receipt(&self.fold, &page) {
            if self.world.dice.percent(30) {
                for _ in 0..=self.world.dice.below(3) {
                    self.random_step();
                }
            }
            self.step(self.now, Some(receipt));
            if self.fold.losses(&party) != losses {
                return;
            }
        }
        let index = self
            .judgement
            .parties()
            .iter()
            .position(|one| *one == party);
        let judgement = self.judgement.clone();
        let derived = |record: RecordNumber| {
            let derived = judgement.derived(index.unwrap(), record.0 as usize);
            derived.cloned()
        };
        for (item, before) in page.items.iter().zip(forms) {
            let record = *item.record.get();
            assert!(
                self.tracks[&(party.clone(), area.clone())]
                    .shown
                    .contains(&record)
                    && derived(record) == before,
                "record {record} was cut for {party}, is gone or another, and the losses stand"
            );
        }
        let track = &self.tracks[&(party, area)];
        let poller = &mut self.pollers[at];
        poller.take(&page, &track.turns, derived);
        if page.more
            || self
                .fold
                .page(&poller.party, &poller.area, &poller.query(1))
                .more
        {
            return;
        }
        if !self
            .fold
            .page(&poller.party, &poller.area, &poller.query(1))
            .items
            .is_empty()
        {
            return;
        }
        let wanted: Vec<RecordNumber> = track
            .newest
            .iter()
            .copied()
            .filter(|record| {
                let id = self.oracle.name(record.0 as usize).1;
                let kind = id.split("--").next().unwrap();
                let kinds = poller.kinds.as_ref();
                kinds.is_none_or(|kinds| kinds.iter().any(|one| one.as_str() == kind))
            })
            .collect();
        let missing = poller.missing(&wanted, derived);
        assert!(
            missing.is_empty(),
            "a client of {} has caught up in {} and misses {missing:?}",
            poller.party,
            poller.area
        );
    }
}
