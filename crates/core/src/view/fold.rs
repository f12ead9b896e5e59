//! State and views together: the one fold of the journal, and the questions that a face may ask.
//!
//! Entries change it, and so does the clock where an agreement begins or ends by date. Both are
//! taken in order, so that a rebuilt office stands exactly where the running one stood.

use std::sync::Arc;

use crate::act::{Act, Entry, Receipt};
use crate::gate::permit::Terms;
use crate::gate::{Cleared, Verdict, explain};
use crate::id::{AgreementId, AreaName, EntryNumber, PartyCode, RecordNumber};
use crate::state::book::Run;
use crate::state::{FoldError, PartyIndex, Release, State};
use crate::time::Instant;
use crate::view::area::Track;
use crate::view::boundary::Boundaries;
use crate::view::guise::Guise;
use crate::view::page::Reader;
use crate::view::{Moment, Page, PartyView, Query, Views};

/// What the office is now.
#[derive(Clone, Debug)]
pub struct Fold {
    state: State,
    views: Views,
    // Up to when dates have been taken into account; never before the last entry.
    clock: Instant,
    boundaries: Boundaries,
}

impl Fold {
    /// The office after its first entry.
    ///
    /// # Errors
    /// When the entry does not open an office.
    pub fn open(entry: &Entry) -> Result<Self, FoldError> {
        let state = State::open(entry)?;
        let mut fold = Self {
            state,
            views: Views::default(),
            clock: entry.at,
            boundaries: Boundaries::default(),
        };
        let effects = crate::state::Effects {
            party: true,
            ..Default::default()
        };
        let moment = Moment {
            entry: entry.number,
            at: entry.at,
        };
        fold.views.follow(&fold.state, &effects, moment);
        Ok(fold)
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// When the entry does not follow; the fold is unusable from then on.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FoldError> {
        self.advance(entry.at);
        let effects = self.state.apply(entry)?;
        if let Act::Release(receipt) = &entry.act {
            let places = self.places_in(receipt);
            self.state.note_release(entry, receipt, &places);
        }
        let moment = Moment {
            entry: entry.number,
            at: entry.at,
        };
        self.views.follow(&self.state, &effects, moment);
        // Only an act on an agreement can move the dates in agreements.
        self.note_boundaries(&effects.agreements);
        Ok(())
    }

    /// Takes the dates up to that instant into account.
    pub fn advance(&mut self, now: Instant) {
        while let Some(boundary) = self.next_boundary().filter(|&boundary| boundary <= now) {
            let crossed = self.boundaries.at(boundary);
            let before = EntryNumber(self.state.next().0.saturating_sub(1));
            let moment = Moment {
                entry: before,
                at: boundary,
            };
            self.views.cross(&self.state, &crossed, moment);
            self.clock = boundary;
            self.note_boundaries(&crossed);
        }
        self.clock = self.clock.max(now);
    }

    fn note_boundaries(&mut self, agreements: &[AgreementId]) {
        for agreement in agreements.iter().filter_map(|id| self.state.agreement(id)) {
            self.boundaries.note(agreement, self.clock);
        }
    }

    /// The next instant at which the clock alone changes something.
    pub fn next_boundary(&self) -> Option<Instant> {
        self.boundaries.first()
    }

    /// Up to when dates have been taken into account.
    pub fn clock(&self) -> Instant {
        self.clock
    }

    /// What holds.
    pub fn state(&self) -> &State {
        &self.state
    }

    fn party(&self, party: &PartyCode) -> Option<(PartyIndex, &PartyView)> {
        let index = self.state.party_index(party)?;
        Some((index, self.views.party(index)?))
    }

    /// A page of the view of a party in an area.
    pub fn page(&self, party: &PartyCode, area: &AreaName, query: &Query) -> Page {
        let Some((index, party)) = self.party(party) else {
            return Page::default();
        };
        let Some(view) = party.areas.get(area) else {
            return Page::default();
        };
        let guise = Guise {
            state: &self.state,
            party: index,
            row: self.views.permits.row(index),
        };
        Reader {
            state: &self.state,
            sight: &party.sight,
            track: &view.track,
            area,
            guise,
        }
        .page(query)
    }

    /// The records that a receipt names, as the view of its party stands now: at the receipt's own
    /// entry, exactly what was released.
    pub fn released_by(&self, receipt: &Receipt) -> Vec<RecordNumber> {
        let view = self
            .party(&receipt.party)
            .and_then(|(_, view)| view.areas.get(&receipt.area));
        let places = self.places_in(receipt).into_iter();
        view.map_or_else(Vec::new, |view| view.track.records_at(places))
    }

    fn places_in(&self, receipt: &Receipt) -> Vec<Run> {
        let view = self
            .party(&receipt.party)
            .and_then(|(_, view)| view.areas.get(&receipt.area));
        view.map_or_else(Vec::new, |view| {
            view.track.places_dated(&self.state.records, &receipt.dates)
        })
    }

    /// What was released to a party, oldest first.
    pub fn releases(&self, party: &PartyCode) -> Vec<Release<'_>> {
        let ledger = &self.state.ledger;
        let Some(party) = self.state.party_index(party) else {
            return Vec::new();
        };
        let mut found: Vec<Release<'_>> = ledger
            .books(party)
            .flat_map(|(area, book)| {
                let rows = book.rows.all().iter();
                rows.filter_map(move |row| ledger.release(area, row))
            })
            .collect();
        found.sort_by_key(|release| release.entry);
        found
    }

    /// The records that were released to a party under a receipt of its own, in the order of their
    /// dates: exactly these, or at most these as long as the receipt is open.
    pub fn released_under(&self, party: &PartyCode, release: &Release<'_>) -> Vec<RecordNumber> {
        let held = self.party(party).and_then(|(index, view)| {
            let (_, books) = self.state.ledger.books_in(release.area)?;
            let book = books.get(index.0 as usize)?;
            Some((view.areas.get(release.area)?, book))
        });
        held.map_or_else(Vec::new, |(view, book)| {
            view.track.records_at(book.runs_of(&release.row))
        })
    }

    /// Who received a record, by receipt, oldest first.
    pub fn recipients(&self, record: RecordNumber) -> Vec<(&PartyCode, Release<'_>)> {
        let ledger = &self.state.ledger;
        let label = self.state.record_label(record);
        let Some((area, books)) = label.and_then(|label| ledger.books_in(&label.area)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        // Parties with the same history share a track, and a record has the same places in it.
        let mut known: Vec<(*const Track, Vec<u32>)> = Vec::new();
        for (party, book) in self.state.party_indexes().zip(books) {
            if book.rows.len() == 0 {
                continue;
            }
            let view = self.views.party(party);
            let Some(view) = view.and_then(|view| view.areas.get(area)) else {
                continue;
            };
            let track = Arc::as_ptr(&view.track);
            let at = match known.iter().position(|(other, _)| *other == track) {
                Some(at) => at,
                None => {
                    known.push((track, view.track.places_of(record)));
                    known.len() - 1
                }
            };
            let places = known.get(at).map_or(&[][..], |(_, places)| places);
            let rows = places.iter().flat_map(|&place| book.naming(place));
            let code = &self.state.party(party).code;
            found.extend(rows.filter_map(|row| Some((code, ledger.release(area, row)?))));
        }
        found.sort_by_key(|(_, release)| release.entry);
        found
    }

    /// What a snapshot is made of.
    pub(crate) fn parts(&self) -> (&State, &Views, Instant) {
        (&self.state, &self.views, self.clock)
    }

    /// The fold of those parts; which dates come next follows from the agreements.
    pub(crate) fn of_parts(state: State, mut views: Views, clock: Instant) -> Self {
        let terms = Terms::of(&state, clock);
        views.permits.derive(terms, &state.records.classes);
        let mut fold = Self {
            state,
            views,
            clock,
            boundaries: Boundaries::default(),
        };
        let all: Vec<AgreementId> = fold.state.agreements().map(|one| one.id.clone()).collect();
        fold.note_boundaries(&all);
        fold
    }

    /// The date of a record in the view of a party, if it is shown there.
    pub fn date_added(
        &self,
        party: &PartyCode,
        record: RecordNumber,
    ) -> Option<(Cleared<RecordNumber>, Instant)> {
        let (_, party) = self.party(party)?;
        let area = &self.state.record_label(record)?.area;
        let cleared = party
            .sight
            .released
            .clear(record)
            .filter(|_| party.sight.is_shown(record.0))?;
        let view = party.areas.get(area)?;
        let place = view.track.place(&self.state.records, record)?;
        Some((cleared, place.date))
    }

    /// Everything that is shown to a party in an area, in filing order.
    pub fn shown(&self, party: &PartyCode, area: &AreaName) -> Vec<RecordNumber> {
        let shown = self.party(party).zip(self.state.records.of_area(area));
        shown.map_or_else(Vec::new, |((_, view), of_area)| {
            let shown = view.sight.shown(of_area);
            shown.into_iter().map(RecordNumber).collect()
        })
    }

    /// Whether a record is shown to a party: released, and neither a copy nor a claim.
    pub fn is_shown(&self, party: &PartyCode, record: RecordNumber) -> bool {
        self.party(party)
            .is_some_and(|(_, view)| view.sight.is_shown(record.0))
    }

    /// Whether a record is released to a party, shown or a duplicate of one that is.
    pub fn is_released(&self, party: &PartyCode, record: RecordNumber) -> bool {
        self.party(party)
            .is_some_and(|(_, view)| view.sight.released.clear(record).is_some())
    }

    /// How many records a party is shown in an area, every version counted.
    pub fn count(&self, party: &PartyCode, area: &AreaName) -> u64 {
        let shown = self.party(party).zip(self.state.records.of_area(area));
        shown.map_or(0, |((_, view), of_area)| view.sight.count(of_area))
    }

    /// Counts every time that something stopped being released to a party, or came back to the
    /// place that it had in a view before. As long as it stands, whatever was cleared for the party
    /// is cleared still, and no page that was cut for it lacks anything up to its end.
    pub fn losses(&self, party: &PartyCode) -> u64 {
        self.party(party).map_or(0, |(_, view)| view.losses)
    }

    /// A mark that moves whenever [`Fold::losses`] moves for anybody.
    pub fn loss_mark(&self) -> u64 {
        self.views.lost
    }

    /// The parties whose [`Fold::losses`] moved since [`Fold::loss_mark`] stood at `mark`, with
    /// what they are now. Costs nothing when none did.
    pub fn losses_since(&self, mark: u64) -> impl Iterator<Item = (PartyIndex, u64)> + '_ {
        let none = mark >= self.views.lost;
        let parties = if none { &[] } else { &*self.views.parties };
        self.state
            .party_indexes()
            .zip(parties)
            .filter(move |(_, view)| view.lost_at > mark)
            .map(|(party, view)| (party, view.losses))
    }

    /// The verdict on one record for one party, with what decided.
    pub fn explain(&self, party: &PartyCode, record: RecordNumber) -> Option<Verdict> {
        let (index, view) = self.party(party)?;
        let terms = Terms::of(&self.state, self.clock);
        let permits = &self.views.permits;
        Some(explain(
            terms,
            &self.state,
            permits,
            &view.sight.released,
            index,
            record,
        ))
    }

    /// The parties to whom a record is released now, the host left out.
    pub fn could(&self, record: RecordNumber) -> Vec<PartyCode> {
        let views = self.views.parties.iter();
        self.state
            .parties()
            .zip(views)
            .skip(1)
            .filter(|(_, view)| view.sight.released.clear(record).is_some())
            .map(|(party, _)| party.code.clone())
            .collect()
    }
}
