//! The rehearsal: what would change for whom if a draft agreement came into force.
//!
//! Both sides of the comparison are worked out from nothing at the instant at which the draft
//! would take effect, one with the draft and one without. What then happens is worked out step by
//! step by the views; a test holds the two against each other.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::agreement::document::Document;
use crate::agreement::succession::{Agreement, TransitionError};
use crate::gate::closure::{Scene, from_nothing};
use crate::gate::permit::{Row, Terms};
use crate::gate::{Permits, Released, explain};
use crate::id::{AgreementId, AreaName, Digest, PartyCode, RecordId, RecordNumber};
use crate::party::{Party, Status};
use crate::state::{PartyIndex, State, concerns};
use crate::time::Instant;
use crate::view::Fold;
use crate::view::sight::shown;

/// What would change for one party in one area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// The party.
    pub party: PartyCode,
    /// The area.
    pub area: AreaName,
    /// How many records it would be shown and is not now.
    pub gains: u64,
    /// How many records it is shown now and would not be.
    pub loses: u64,
    /// A few of both.
    pub samples: Vec<Sample>,
}

/// A record that would come or go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its id.
    pub id: RecordId,
    /// Whether it would come.
    pub gain: bool,
    /// The clause that would let it come, or the rule that would take it away.
    pub because: String,
}

/// A sample is for a person to read.
const SAMPLES: usize = 5;

/// One side of the comparison.
struct Side<'a> {
    state: &'a State,
    agreements: BTreeMap<AgreementId, Agreement>,
    permits: Permits,
    at: Instant,
}

impl Fold {
    /// Rehearses a draft: as if both sides had signed it by `now`.
    ///
    /// # Errors
    /// When the draft cannot follow on what is tabled.
    pub fn rehearse(
        &self,
        draft: Document,
        digest: Digest,
        now: Instant,
    ) -> Result<Vec<Rehearsal>, TransitionError> {
        let state = self.state();
        let at = draft.in_force.max(now);
        let mut agreements = state.agreements.clone();
        let before = Side::of(state, agreements.clone(), at);
        let id = draft.id.clone();
        let agreement = agreements
            .entry(id.clone())
            .or_insert_with(|| Agreement::new(id));
        sign_all(agreement, Arc::new(draft), digest, state, now)?;
        let after = Side::of(state, agreements, at);
        Ok(compare(state, &before, &after))
    }
}

/// Tables the draft, unless these very bytes lie on the table, and has every side sign it.
fn sign_all(
    agreement: &mut Agreement,
    draft: Arc<Document>,
    digest: Digest,
    state: &State,
    now: Instant,
) -> Result<(), TransitionError> {
    let version = draft.version;
    match agreement.table(draft, digest, now) {
        Ok(()) | Err(TransitionError::AlreadyTabled { .. }) => {}
        Err(refused) => return Err(refused),
    }
    let signers: Vec<&Party> = state
        .parties()
        .filter(|party| party.status == Status::Host || concerns(agreement, party))
        .collect();
    for party in signers {
        let signature = String::from("rehearsed");
        match agreement.sign(version, party.code.clone(), party.status, signature, now) {
            Ok(()) | Err(TransitionError::AlreadySigned { .. }) => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(())
}

/// What a party would be released and shown on both sides.
struct Difference {
    new: Released,
    gains: RoaringBitmap,
    loses: RoaringBitmap,
}

/// Holds the two sides against each other, party by party and area by area.
fn compare(state: &State, before: &Side<'_>, after: &Side<'_>) -> Vec<Rehearsal> {
    let mut changes = Vec::new();
    // Parties that filed nothing and have the same verdicts would gain and lose the same.
    let mut cohorts: HashMap<(&Row, &Row), Rc<Difference>> = HashMap::new();
    for party in state.party_indexes().skip(1) {
        let work_out = || {
            let (old, new) = (before.released(party), after.released(party));
            let records = &state.records;
            let (old_shown, new_shown) = (shown(records, &old), shown(records, &new));
            // What is derived otherwise than before goes as one object and comes as another.
            let both = &old_shown & &new_shown;
            let anew = rederived(state, party, before, after) & both;
            Rc::new(Difference {
                gains: (&new_shown - &old_shown) | &anew,
                loses: (&old_shown - &new_shown) | &anew,
                new,
            })
        };
        let alone = !state.records.classes.of_originator(party).is_empty();
        let difference = if alone {
            work_out()
        } else {
            let rows = (before.permits.row(party), after.permits.row(party));
            Rc::clone(cohorts.entry(rows).or_insert_with(work_out))
        };
        let Difference { new, gains, loses } = &*difference;
        if gains.is_empty() && loses.is_empty() {
            continue;
        }
        for (area, of_area) in state.records.areas() {
            let (gains, loses) = (gains & of_area, loses & of_area);
            if gains.is_empty() && loses.is_empty() {
                continue;
            }
            let gained = gains
                .iter()
                .take(SAMPLES)
                .filter_map(|record| sample(after, new, party, record, true));
            let lost = loses
                .iter()
                .take(SAMPLES)
                .filter_map(|record| sample(after, new, party, record, false));
            changes.push(Rehearsal {
                party: state.party(party).code.clone(),
                area: area.clone(),
                gains: gains.len(),
                loses: loses.len(),
                samples: gained.chain(lost).collect(),
            });
        }
    }
    changes.sort_by(|one, other| (&one.party, &one.area).cmp(&(&other.party, &other.area)));
    changes
}

/// The records of the classes that are derived otherwise on the two sides.
fn rederived(
    state: &State,
    party: PartyIndex,
    before: &Side<'_>,
    after: &Side<'_>,
) -> RoaringBitmap {
    let (old, new) = (before.permits.row(party), after.permits.row(party));
    let mut found = RoaringBitmap::new();
    for number in old.derived.keys().chain(new.derived.keys()) {
        let class = state.records.classes.at(*number);
        let class = class.filter(|class| class.key.originator != party);
        if let Some(class) = class.filter(|_| old.derived.get(number) != new.derived.get(number)) {
            found |= state.records.derivable(class);
        }
    }
    found
}

fn sample(
    side: &Side<'_>,
    released: &Released,
    party: PartyIndex,
    record: u32,
    gain: bool,
) -> Option<Sample> {
    let number = RecordNumber(record);
    let verdict = explain(
        side.terms(),
        side.state,
        &side.permits,
        released,
        party,
        number,
    );
    Some(Sample {
        id: side.state.record_id(number).to_string().parse().ok()?,
        gain,
        because: verdict.to_string(),
    })
}

impl<'a> Side<'a> {
    fn of(state: &'a State, agreements: BTreeMap<AgreementId, Agreement>, at: Instant) -> Self {
        let mut side = Self {
            state,
            agreements,
            permits: Permits::default(),
            at,
        };
        let mut permits = Permits::default();
        let classes = &state.records.classes;
        let pairs = state.party_indexes().flat_map(|party| {
            classes
                .iter()
                .map(move |(number, class)| (party, number, class))
        });
        permits.judge(side.terms(), pairs);
        side.permits = permits;
        side
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            agreements: &self.agreements,
            ..Terms::of(self.state, self.at)
        }
    }

    fn released(&self, party: PartyIndex) -> Released {
        from_nothing(Scene {
            records: &self.state.records,
            permits: &self.permits,
            party,
        })
    }
}
